"""A file's bytes -> the file in the corpus, whole or not at all."""

from pathlib import Path

from ipt_rag.disk import replace_file, sync_folder
from ipt_rag.errors import ImportRefusedError


def write_whole(target: Path, data: bytes) -> None:
    """Replace a file, its folder made where it is missing; a crash leaves the old or the new one, never a part.

    Raises:
        ImportRefusedError: it cannot be written, and what stood there stands there still; or it stands there, and the
            disk does not say that it will stay.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, data)
    except OSError as error:
        raise ImportRefusedError(f"{target} cannot be written ({error.strerror}). Nothing was changed.") from None
    try:
        sync_folder(target.parent)
    except OSError as error:
        raise ImportRefusedError(
            f"{target} was written, but the disk does not confirm it ({error.strerror}). Check the disk, and try again."
        ) from None
