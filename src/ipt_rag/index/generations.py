"""A folder and its generations: one of them current, each whole under its seal, none collected while it is read.

A generation is written beside the others, synced, and only then named in CURRENT, by a rename. Who reads one holds a
shared lock on its manifest for as long; the system lets it go when the reader ends, however it ends.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipt_rag.disk import Bytes, drafts_of, replace_file, sync_folder, write_synced
from ipt_rag.errors import IndexDamagedError, IndexMissingError

FORMAT = 9  # raise whenever the same articles would make another generation, or the files change
FILES = ("passages.sqlite", "vectors.faiss", "tokens.npy", "rough.npy", "means.npy", "axes.npy", "question.onnx")
COUNTED = ("passages", "chunks", "terms")
REBUILD = "Run `ipt-rag build --index {folder}` to make it."
POINTER = "CURRENT"
MANIFEST = "manifest.json"
GENERATION = re.compile(r"\.?[0-9a-f]{16}(\.\d+)?")  # or a draft of one, which ends with the number of its process


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation whose files were all verified; not collected before `hold` is closed."""

    folder: Path
    digest: str
    made_from: Mapping[str, Any]
    listed: Mapping[str, int]  # how many of each of COUNTED the manifest tells of
    hold: int  # descriptor of the locked manifest


def digest_of(made_from: Mapping[str, Any]) -> str:
    """Return the name of the generation made from these inputs: 16 hexadecimal digits."""
    return hashlib.sha256(_canonical(made_from)).hexdigest()[:16]


def current_digest(folder: Path) -> str | None:
    """Return the digest named in CURRENT, or None where there is none."""
    try:
        named = (folder / POINTER).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
    return named[:-1] if re.fullmatch(r"[0-9a-f]{16}\n", named) else None


def verified_generation(folder: Path) -> Generation:
    """Return the current generation after every file was held against its digest.

    Raises:
        IndexMissingError: no generation, or one of another format.
        IndexDamagedError: a file is missing or differs from its manifest, or the manifest from its seal.
    """
    digest = current_digest(folder)
    if digest is None:
        raise IndexMissingError(f"There is no index in {folder}. {REBUILD.format(folder=folder)}")
    try:
        hold = os.open(folder / digest / MANIFEST, os.O_RDONLY)
    except OSError:
        raise _damage(folder, f"The manifest of the index in {folder} is missing or damaged.") from None
    try:
        with suppress(OSError):  # some file systems know no locks
            fcntl.flock(hold, fcntl.LOCK_SH | fcntl.LOCK_NB)
        facts = _verified(folder, digest, hold)
        listed = {name: facts[name] for name in COUNTED}
        return Generation(folder / digest, digest, facts["made_from"], listed, hold)
    except BaseException:
        os.close(hold)
        raise


def _verified(folder: Path, digest: str, manifest: int) -> Mapping[str, Any]:
    """Return what the manifest of a generation tells, after it and all its files were verified."""
    try:
        with open(manifest, "rb", closefd=False) as file:
            data = file.read()
        facts = json.loads(data)
        facts.pop("seal", None)  # made anew below from all the others
        made_from, files = facts["made_from"], facts["files"]
        written_by = made_from["format"]
        whole = data == sealed(facts) and facts["digest"] == digest == digest_of(made_from)
        whole = whole and isinstance(files, dict) and {*files} == {*FILES}
        whole = whole and all(type(facts[name]) is int for name in COUNTED)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _damage(folder, f"The manifest of the index in {folder} is missing or damaged.") from None
    if written_by != FORMAT:
        raise IndexMissingError(f"The index in {folder} was built by another version. {REBUILD.format(folder=folder)}")
    if not whole:
        raise _damage(folder, f"The manifest of the index in {folder} is damaged.")
    for name in FILES:
        try:
            same = _sha256(folder / digest / name) == files[name]
        except OSError:
            same = False
        if not same:
            raise _damage(folder, f"{name} of the index in {folder} is missing or damaged.")
    checked: Mapping[str, Any] = facts
    return checked


def publish_generation(
    folder: Path,
    made_from: Mapping[str, Any],
    counts: Mapping[str, int],
    files: Iterable[tuple[str, Iterable[Bytes]]],
) -> str:
    """Write one generation, make it the current one, collect those before the last, and return its digest.

    Until the last rename the previous generation keeps answering, and an OSError leaves one of the two.
    """
    digest = digest_of(made_from)
    draft = folder / f".{digest}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        sums = {}
        for name, parts in files:
            sums[name] = write_synced(draft / name, parts)
        facts = {"digest": digest, "made_from": made_from, "files": sums, **counts}
        write_synced(draft / MANIFEST, [sealed(facts)])
        sync_folder(draft)
        target = folder / digest
        shutil.rmtree(target, ignore_errors=True)  # a damaged generation of the same digest
        draft.rename(target)
        sync_folder(folder)  # no power cut may keep the pointer and lose what it points to
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    previous = current_digest(folder)
    replace_file(folder / POINTER, f"{digest}\n".encode())
    sync_folder(folder)
    collect_generations(folder, keep=(digest, previous))
    return digest


def collect_generations(folder: Path, *, keep: Collection[str | None]) -> None:
    """Remove the generations but those with these digests and those that are being read, and what crashes left.

    What cannot be removed now is left for the next time.
    """
    for old in _leftovers(folder, keep):
        with suppress(OSError):
            if not _is_read(old):
                _remove(old)


def drop_generations(folder: Path, *, keep: Collection[str | None]) -> None:
    """Remove the generations but those with these digests, and what crashes left; those being read go too.

    A reader keeps the files that it has open and answers from them until it looks for a newer generation.

    Raises:
        OSError: something cannot be removed.
    """
    if current_digest(folder) not in keep:
        (folder / POINTER).unlink(missing_ok=True)
        sync_folder(folder)
    for old in _leftovers(folder, keep):
        _remove(old)


def _leftovers(folder: Path, keep: Collection[str | None]) -> list[Path]:
    generations = [path for path in folder.iterdir() if path.name not in keep and GENERATION.fullmatch(path.name)]
    return [*(path for path in generations if path.is_dir()), *drafts_of(folder / POINTER)]


def _remove(old: Path) -> None:
    shutil.rmtree(old) if old.is_dir() else old.unlink()


def _is_read(old: Path) -> bool:
    """Return whether somebody reads a generation; nobody can begin to once it is no longer named in CURRENT."""
    try:
        with (old / MANIFEST).open("rb") as manifest:
            fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # no manifest, so a draft or half of a generation, or no locks
        pass
    return False


def _damage(folder: Path, what: str) -> IndexDamagedError:
    return IndexDamagedError(f"{what} {REBUILD.format(folder=folder)}")


def _canonical(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sealed(facts: Mapping[str, Any]) -> bytes:
    """Return the one text that a manifest with these facts has."""
    seal = hashlib.sha256(_canonical(facts)).hexdigest()
    return (json.dumps({**facts, "seal": seal}, indent=1, sort_keys=True) + "\n").encode()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
