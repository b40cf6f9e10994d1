"""The files that articles were made from, kept beside them by their digest.

    corpus/originals/<sha256>.<ending>    of the article with that `sha256` in its front matter

The reader of the corpus takes the articles of the folder itself and never looks in here.
"""

import re
from collections.abc import Collection
from pathlib import Path, PurePath

from ipt_rag.importing.whole_file import sync_folder, write_whole

FOLDER = "originals"
NAME = re.compile(r"([0-9a-f]{64})(?:\.[a-z]+)?")


def kept_original(corpus: Path, sha256: str) -> Path | None:
    """Return where the file with this digest is kept, None where it is not."""
    return next((path for path in _originals(corpus) if path.name[:64] == sha256), None)


def keep_original(corpus: Path, sha256: str, name: str, data: bytes) -> Path:
    """Keep a file, unless it is kept already, and return where; `name` is what it was called, for its ending.

    Raises:
        OSError: it cannot be written.
    """
    target = corpus / FOLDER / f"{sha256}{PurePath(name).suffix.lower()}"
    if not target.is_file() or target.read_bytes() != data:
        write_whole(target, data)
    return target


def drop_originals(corpus: Path, *, but: Collection[str]) -> None:
    """Remove the kept files but those with these digests; what else a person put into the folder stays.

    Raises:
        OSError: one cannot be removed.
    """
    unused = [path for path in _originals(corpus) if path.name[:64] not in but]
    for path in unused:
        path.unlink()
    folder = corpus / FOLDER
    if unused:
        sync_folder(folder)
        if not any(folder.iterdir()):
            folder.rmdir()


def _originals(corpus: Path) -> list[Path]:
    folder = corpus / FOLDER
    return sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name)) if folder.is_dir() else []
