"""Bytes -> a file on the disk that a crash leaves whole: written, synced, and only then given its name.

Every write of an index or an article goes through here, call by call of the system, so that each of them can be made to
fail by a test.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

Bytes = bytes | memoryview

BLOCK = 2**20  # bytes that are written at once, at least, but for the last ones


def write_synced(path: Path, parts: Iterable[Bytes]) -> str:
    """Write a new file out of its parts, and return its sha256 once the disk has them.

    Raises:
        OSError: it exists, or cannot be written; a part of it may lie there.
    """
    written = hashlib.sha256()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        for block in _blocks(parts):
            written.update(block)
            _write(handle, block)
        os.fsync(handle)
    finally:
        os.close(handle)
    return written.hexdigest()


def append_synced(path: Path, parts: Iterable[Bytes]) -> None:
    """Write to the end of a file, new or not, and return once the disk has it.

    Raises:
        OSError: it cannot be written; a part of it may lie there.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        for block in _blocks(parts):
            _write(handle, block)
        os.fsync(handle)
    finally:
        os.close(handle)


def _blocks(parts: Iterable[Bytes]) -> Iterator[bytearray]:
    """Yield the bytes of all parts, a call of the system's worth at a time."""
    block = bytearray()
    for part in parts:
        block += part
        if len(block) >= BLOCK:
            yield block
            block = bytearray()
    if block:
        yield block


def _write(handle: int, block: bytearray) -> None:
    left = memoryview(block)
    while left:
        left = left[os.write(handle, left) :]


def replace_file(target: Path, data: bytes) -> None:
    """Put a file in the place of another, or of none; whoever reads finds the old one or the new one, whole.

    The new one stands there for good once its folder is synced too.

    Raises:
        OSError: it cannot be written; what stood there stands there still.
    """
    for left in drafts_of(target):  # were one not a crash's but another writer's, its rename would fail and be told
        left.unlink(missing_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        write_synced(draft, [data])
        draft.replace(target)
    except BaseException:
        with suppress(OSError):  # what made us give up is what is to be told
            draft.unlink(missing_ok=True)
        raise


def drafts_of(target: Path) -> list[Path]:
    """Return what crashes have left beside a file: drafts that were never put in its place."""
    draft = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{8}}")
    beside = target.parent.iterdir() if target.parent.is_dir() else ()
    return [path for path in beside if draft.fullmatch(path.name)]


def sync_folder(folder: Path) -> None:
    """Return once the disk has the names in a folder.

    Raises:
        OSError: it may have lost some.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
