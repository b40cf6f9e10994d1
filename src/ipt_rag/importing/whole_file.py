"""A file's bytes -> the file on the disk, whole or not at all."""

import os
import tempfile
from pathlib import Path

from ipt_rag.errors import ImportRefusedError


def write_whole(target: Path, data: bytes) -> None:
    """Replace a file, its folder made where it is missing; a crash leaves the old or the new one, never a part.

    Raises:
        ImportRefusedError: it cannot be written; what stood there stands there still.
    """
    try:
        _write_whole(target, data)
    except OSError as error:
        raise ImportRefusedError(f"{target} cannot be written ({error.strerror}). Nothing was changed.") from None


def _write_whole(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
