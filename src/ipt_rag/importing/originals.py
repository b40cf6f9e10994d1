"""The files that articles were made from, kept beside them by their digest.

    corpus/originals/<sha256>.<ending>    of the article with that `sha256` in its front matter

The reader of the corpus takes the articles of the folder itself and never looks in here.
"""

import re
from pathlib import Path, PurePath

from ipt_rag.disk import drafts_of
from ipt_rag.importing.whole_file import write_whole

FOLDER = "originals"
SHA256 = re.compile(r"[0-9a-f]{64}")


def kept_original(corpus: Path, sha256: str) -> Path | None:
    """Return where the file with this digest is kept, None where it is not."""
    if not SHA256.fullmatch(sha256):
        return None
    return next((corpus / FOLDER).glob(f"{sha256}*"), None)


def keep_original(corpus: Path, sha256: str, name: str, data: bytes) -> Path:
    """Keep a file, unless it is kept already, and return where; `name` is what it was called, for its ending.

    Raises:
        ImportRefusedError: it cannot be written.
    """
    target = corpus / FOLDER / f"{sha256}{PurePath(name).suffix.lower()}"
    if not target.is_file() or target.read_bytes() != data:
        write_whole(target, data)
    return target


def drop_original(corpus: Path, sha256: str) -> None:
    """Remove the kept file with this digest, and the folder after the last one.

    Raises:
        OSError: it cannot be removed.
    """
    if kept := kept_original(corpus, sha256):
        for left in (*drafts_of(kept), kept):
            left.unlink()
        if not any(kept.parent.iterdir()):
            kept.parent.rmdir()
