"""Where an index is -> the store that holds it: a folder, a Milvus Lite file (`….db`), or the address of a server."""

from collections.abc import Callable, Collection
from pathlib import Path
from urllib.parse import urlsplit

from ipt_rag.config import index_at
from ipt_rag.index.generations import current_digest
from ipt_rag.index.reader import Index
from ipt_rag.index.store import Store

STAGED = Path("staged")  # folder of what is made for servers before it is copied to them
LITE = ".db"


def is_engine(index: Path | str) -> bool:
    """Return whether an engine holds an index, rather than a folder."""
    return isinstance(index, str) or index.suffix == LITE


def written_in(index: Path | str) -> Path:
    """Return the folder in which generations of an index are written: its own, or the one an engine is given them from.

    >>> written_in(Path("index")), written_in(Path("m.db")), written_in("http://host:19530")
    (PosixPath('index'), PosixPath('m.db.staged'), PosixPath('staged/host-19530'))
    """
    if isinstance(index, Path):
        return index.with_name(f"{index.name}.staged") if is_engine(index) else index
    parts = urlsplit(index)
    said = (parts.hostname or "engine", parts.port, *parts.path.split("/"))
    return STAGED / "-".join(str(part) for part in said if part)


def open_store(index: Path | str) -> Store:
    """Return the current generation of an index, verified.

    Raises:
        IndexMissingError: no generation, or one of another format.
        IndexDamagedError: it is not whole.
        IndexUnreachableError: the engine that holds it does not answer.
        SettingsError: it needs a package that is not installed.
    """
    at = index_at(index) if isinstance(index, str) else index
    if isinstance(at, Path) and not is_engine(at):
        return Index.open(at)
    from ipt_rag.index.milvus import EngineStore  # what a folder holds needs no engine

    return EngineStore.open(at)


def current_at(index: Path | str) -> str | None:
    """Return the digest of the generation that answers, or None where there is none; raises as `open_store`."""
    if isinstance(index, Path) and not is_engine(index):
        return current_digest(index)
    from ipt_rag.index.milvus import Engine

    engine = Engine(index)
    try:
        return engine.current_digest()
    finally:
        engine.close()


def hand_over(index: Path | str, report: Callable[[str], None]) -> bool:
    """Give an engine the generation that was written for it, and return whether it did not have it already.

    Of an index in a folder there is nothing to hand over.

    Raises:
        IndexUnreachableError: the engine does not answer; what answered before still does, or will.
    """
    if not is_engine(index):
        return False
    from ipt_rag.index.milvus import Engine, copy_generation

    engine = Engine(index, patient=True)
    try:
        return copy_generation(Index.open(written_in(index)), engine, report=report)
    finally:
        engine.close()


def take_out(index: Path | str, *, keep: Collection[str | None]) -> None:
    """Remove from an engine the generations but those with these digests, though somebody reads them."""
    if not is_engine(index):
        return
    from ipt_rag.index.milvus import Engine, drop_generations

    engine = Engine(index, patient=True)
    try:
        drop_generations(engine, keep=keep)
    finally:
        engine.close()
