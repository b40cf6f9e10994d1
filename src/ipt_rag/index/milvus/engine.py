"""The door to Milvus: one connection, errors in our words, the names of collections, and which one answers."""

import logging
import os
import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from ipt_rag.config import named
from ipt_rag.errors import IndexMissingError, IndexUnreachableError, SettingsError

ALIAS = "ipt_rag"
GENERATION = re.compile(r"ipt_rag_([0-9a-f]{16})(_pieces)?")
GRAPH = re.compile(r"ipt_rag_graph_([0-9a-f]{16})")
ANSWER_S = 3.0  # a question waits no longer for the engine; a page says then that the index is not reachable
EMBEDDED_S = 60.0  # for an engine in this very process, which may be busy but is never away
RETRIES = 5  # of a call of a build, which may take long but not be tried for ever
WITH_WORDS = (2, 5)  # the first version whose server has full text
NOT_THERE = (100, 1600)  # codes: no such collection, no such alias


class Engine:
    """A connection that is made with the first call, and made anew after one that failed; safe to use from threads.

    `patient`: nobody waits for an answer, so that a busy engine is given the time that it takes.
    """

    def __init__(self, index: Path | str, *, patient: bool = False) -> None:
        if find_spec("pymilvus") is None:
            raise SettingsError(
                f"The index {named(index)} needs the package pymilvus, which is not installed. "
                "Run `pip install 'ipt-rag[milvus]'`."
            )
        self.index = index
        self.named = named(index)
        self.embedded = isinstance(index, Path)
        self._patient = patient
        self._answer_s = EMBEDDED_S if self.embedded else ANSWER_S
        self._lock = threading.Lock()
        self._connected: Any = None
        _start_closing()

    def ask(self, method: str, *arguments: Any, **options: Any) -> Any:
        """Return what a method of MilvusClient returns, within seconds unless this is patient or in this process.

        Raises:
            IndexMissingError: there is no such collection or alias.
            IndexUnreachableError: it does not answer, or cannot yet.
        """
        limit = {"retry_times": RETRIES} if self._patient else {"timeout": self._answer_s}
        return self._call(method, arguments, {**limit, **options})

    def work(self, method: str, *arguments: Any, **options: Any) -> Any:
        """Return the same, however long the engine works at it; raises as `ask`."""
        return self._call(method, arguments, {"retry_times": RETRIES, **options})

    def _call(self, method: str, arguments: Sequence[Any], options: dict[str, Any]) -> Any:
        milvus = _pymilvus()
        from grpc import RpcError  # comes with pymilvus

        client = None
        try:
            client = self._client(milvus)
            return getattr(client, method)(*arguments, **options)
        except milvus.MilvusException as error:
            if error.code in NOT_THERE:
                raise IndexMissingError(self.missing()) from None
            self._drop(client)
            raise self.unreachable() from None
        except (RpcError, ValueError, OSError):  # ValueError: another thread gave this connection up
            self._drop(client)
            raise self.unreachable() from None

    def _client(self, milvus: Any) -> Any:
        with self._lock:
            if self._connected is None:
                if self.embedded:
                    Path(self.index).parent.mkdir(parents=True, exist_ok=True)
                self._connected = milvus.MilvusClient(str(self.index), timeout=self._answer_s, dedicated=True)
            return self._connected

    def _drop(self, client: Any) -> None:
        """Give a connection up: gRPC would wait ever longer before it tried a dead one again."""
        with self._lock:
            if client is not None and client is self._connected and not self.embedded:
                self._connected = None
                client.close()

    def close(self) -> None:
        """End the connection."""
        with self._lock:
            connected, self._connected = self._connected, None
        if connected is not None:
            connected.close()

    def close_later(self) -> None:
        """Have another thread end the connection; waits for nothing, so that Python's collector may call it.

        It may run in any thread, Milvus Lite's own in this process among them, and would there wait for pymilvus's one
        lock, which whoever connects holds until Milvus Lite has answered.
        """
        _to_close.put(self)

    def missing(self) -> str:
        """Return the sentence for an engine without an index."""
        return f"There is no index in {self.named}. Run `ipt-rag build --index {self.named}` to make it."

    def unreachable(self) -> IndexUnreachableError:
        """Return the error for an engine that does not answer."""
        then = (
            "See that it is a Milvus Lite file that no other program has open."
            if self.embedded
            else "Start its server, or mend the address; once it is back, questions are answered again."
        )
        return IndexUnreachableError(f"The index is not reachable at {self.named}. {then}")

    @property
    def version(self) -> str:
        """Name and version: "Milvus 2.3.5", "Milvus Lite 3.2.2"."""
        found = re.search(r"\d+(?:\.\d+)+", str(self.ask("get_server_version")))
        return f"Milvus{' Lite' if self.embedded else ''} {found[0] if found else ''}".rstrip()

    @property
    def has_full_text(self) -> bool:
        """Whether it ranks by words (BM25)."""
        numbers = re.findall(r"\d+", self.version)[:2]
        return self.embedded or tuple(map(int, numbers)) >= WITH_WORDS

    def current_digest(self) -> str | None:
        """Return the digest of the generation that answers, or None where there is none."""
        try:
            # describe_alias would be the word for it, but a server of 2.3 looks in its default database alone.
            target = self.ask("describe_collection", ALIAS)["collection_name"]
        except IndexMissingError:
            return None
        found = GENERATION.fullmatch(str(target))
        return found[1] if found else None

    def collections(self) -> list[str]:
        """Return the names of all collections."""
        return list(self.ask("list_collections"))

    def rows(self, collection: str, condition: str = "") -> int:
        """Return how many rows a collection has, those that meet a condition."""
        return int(self.ask("query", collection, filter=condition, output_fields=["count(*)"])[0]["count(*)"])


_to_close: SimpleQueue[Engine] = SimpleQueue()  # of the queues the one that a collector's call may fill


@cache
def _start_closing() -> None:
    def close() -> None:
        while True:
            with suppress(Exception):  # nobody waits for it
                _to_close.get().close()

    threading.Thread(target=close, name="closing connections", daemon=True).start()


def passages_name(digest: str) -> str:
    """Return the name of the collection of a generation's passages."""
    return f"{ALIAS}_{digest}"


def pieces_name(digest: str) -> str:
    """Return the name of the collection of a generation's pieces."""
    return f"{ALIAS}_{digest}_pieces"


def graph_name(sha256: str) -> str:
    """Return the name of the collection that holds a graph."""
    return f"{ALIAS}_graph_{sha256[:16]}"


def field_types() -> Any:
    """Return pymilvus, for the makers of schemas."""
    return _pymilvus()


def _pymilvus() -> Any:
    # It would read settings from a file `.env` of the working folder.
    os.environ.setdefault("PYTHON_DOTENV_DISABLED", "1")
    import pymilvus

    # It logs what failed with the whole call, in which words of a question may stand.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL + 1)
    logging.getLogger("milvus_lite").setLevel(logging.CRITICAL + 1)
    return pymilvus
