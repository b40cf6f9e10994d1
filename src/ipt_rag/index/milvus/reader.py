"""One generation in Milvus -> its passages, and which of them a question comes close to."""

import hashlib
import json
import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ipt_rag.errors import IndexDamagedError, IndexMissingError
from ipt_rag.index.generations import FORMAT, sealed
from ipt_rag.index.milvus import rows
from ipt_rag.index.milvus.engine import Engine, graph_name, passages_name, pieces_name
from ipt_rag.index.milvus.kept import Kept
from ipt_rag.index.milvus.writer import MANIFEST
from ipt_rag.index.store import EVERYTHING
from ipt_rag.index.vectors import Matrix, unit_mean
from ipt_rag.maxsim import ByteMatrix, Starts, vectors_of
from ipt_rag.records import Filter, Kind, Passage, Source

KEPT_PASSAGES = 20_000  # some kilobytes each
KEPT_BYTES = 128_000_000  # of upper bytes of tokens, as many of lower ones, and of tokens along the axes
AHEAD = 256  # passages read with one that is asked for alone: the next are asked for next
ROWS_AT_ONCE = 512  # pieces of one call: some 25 MB, of 64 that a server sends
CHUNK_PASSAGES = 64  # more than any chunk has: what is asked for beyond `k`, so that the last chunk is whole

T = TypeVar("T")


class EngineStore:
    """The `Store` in Milvus: one generation, pinned; what was read of it is kept, since it never changes."""

    def __init__(self, engine: Engine, digest: str, manifest: Mapping[str, Any]) -> None:
        self.digest = digest
        self.made_from: Mapping[str, Any] = manifest["made_from"]
        self._engine = engine
        self._manifest = manifest
        self._passages, self._pieces = passages_name(digest), pieces_name(digest)
        self._facts = Kept[Mapping[str, Any]](self._read_facts, lambda facts: 1, KEPT_PASSAGES)
        self.axes: Matrix = np.array(manifest["axes"], dtype=np.float32)
        self._high, self._low, self._along = (
            Kept[bytes](partial(self._read_tokens, part=part), len, KEPT_BYTES) for part in ("high", "low", "along")
        )
        self.kinds = _Told[Kind](lambda number: self.passage(number).kind)
        self.articles_of = _Told[str](lambda number: self.passage(number).article)
        weakref.finalize(self, engine.close_later).atexit = False  # with the process it ends anyhow

    @classmethod
    def open(cls, index: Path | str) -> "EngineStore":
        """Return the current generation after its manifest was held against its seal.

        Raises:
            IndexMissingError: no generation, or one of another format.
            IndexDamagedError: it is not whole.
            IndexUnreachableError: the engine does not answer.
        """
        engine = Engine(index)
        try:
            while True:
                digest = engine.current_digest()
                if digest is None:
                    raise IndexMissingError(engine.missing())
                try:
                    for collection in (passages_name(digest), pieces_name(digest)):
                        engine.work("load_collection", collection)  # a server has; Milvus Lite forgets with its process
                    return cls(engine, digest, _manifest(engine, digest))
                except IndexMissingError:
                    if engine.current_digest() == digest:
                        raise
                # Another took its place while it was opened: open that one.
        except BaseException:
            engine.close()
            raise

    def reopened(self) -> "EngineStore":
        """Return the generation that the alias names now."""
        return EngineStore.open(self._engine.index)

    @property
    def replaced(self) -> bool:
        """Whether the alias names another generation."""
        return self._engine.current_digest() != self.digest

    @property
    def engine(self) -> str:
        """Name and version of the engine, and where it is."""
        return f"{self._engine.version} at {self._engine.named}"

    @property
    def full_text(self) -> bool:
        """Whether words are searched too."""
        return bool(self._manifest["full_text"])

    @property
    def chunk_count(self) -> int:
        """Number of chunks."""
        return int(self._manifest["chunks"])

    def __len__(self) -> int:
        """Return the number of passages."""
        return int(self._manifest["passages"])

    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Return how many there are of what, and how many there must be."""
        return {
            "passages": (self._engine.rows(self._passages), len(self)),
            "pieces of token vectors": (self._engine.rows(self._pieces, "id >= 0"), self._manifest["token_pieces"]),
        }

    @cached_property
    def question_graph(self) -> Path:
        """File of the graph, on this machine for as long as this store is open."""
        name = graph_name(self._manifest["graph"])
        self._engine.work("load_collection", name)
        last = -(-self._manifest["graph_bytes"] // rows.PIECE_BYTES)
        found = self._by_id(name, range(-last, 0), "high", self._engine.work)
        graph = rows.out_of(found[number] for number in range(-1, -last - 1, -1) if number in found)
        if hashlib.sha256(graph).hexdigest() != self._manifest["graph"]:
            raise _damage(self._engine)
        folder = tempfile.mkdtemp(prefix="ipt-rag-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        path = Path(folder) / "question.onnx"
        path.write_bytes(graph)
        return path

    def dense(self, vector: Matrix, *, k: int, only: Filter = EVERYTHING) -> list[int]:
        """Return up to `k` passage numbers or a few more, those of the closest chunks first."""
        found = self._search([vector], "vector", k + CHUNK_PASSAGES, only)
        numbers: list[int] = []
        of_chunks: dict[int, list[int]] = {}
        for hit in found:
            of_chunks.setdefault(hit["entity"]["chunk"], []).append(hit["id"])
        for of_chunk in of_chunks.values():
            numbers.extend(sorted(of_chunk))
            if len(numbers) >= k:
                break
        return numbers[:k] if only.narrows else numbers

    def lexical(self, terms: Collection[str], *, k: int, only: Filter = EVERYTHING) -> Mapping[int, float]:
        """Return up to `k` passage numbers that hold any of the terms, with their BM25, the highest first."""
        asked = rows.words_of(dict.fromkeys(terms))
        if not asked or not self.full_text:
            return {}
        # abs: BM25 is never below nought, and Milvus Lite gives it with a minus.
        found = [(hit["id"], abs(float(hit["distance"]))) for hit in self._search([asked], "bm25", k, only)]
        return dict(sorted(found, key=lambda hit: (-hit[1], hit[0])))

    def holders(self, term: str) -> int:
        """Return how many passages hold a term, in their text or keys."""
        return int(self._manifest["holders"].get(term, 0))

    def _search(self, data: Sequence[Any], field: str, limit: int, only: Filter) -> list[Any]:
        found = self._engine.ask(
            "search",
            self._passages,
            data=data,
            anns_field=field,
            limit=limit,
            filter=rows.expression(only),
            output_fields=["chunk", "facts"],
            search_params={"params": {"ef": 4 * limit}} if field == "vector" else {},
        )[0]
        self._facts.put({hit["id"]: hit["entity"]["facts"] for hit in found})
        return list(found)

    def tokens(self, number: int) -> Matrix:
        """Return the token vectors of a passage without its keys, shape (tokens, dim)."""
        return self._vectors(number)[: self._told(number)["sizes"][0]]

    def means(self, number: int) -> Matrix:
        """Return unit vectors, shape (1 + keys, dim): the mean of a passage's own tokens, then of each of its keys'."""
        ends = np.cumsum(self._told(number)["sizes"])[:-1]
        return np.stack([unit_mean(run) for run in np.split(self._vectors(number), ends)])

    def _vectors(self, number: int) -> Matrix:
        high, low, _ = self.all_tokens(np.array([number]))
        return vectors_of(high, low)

    def all_tokens(self, numbers: NDArray[np.int64]) -> tuple[ByteMatrix, ByteMatrix, Starts]:
        """Return the tokens of some passages with their keys and each one's first row: upper bytes, lower bytes, rows.

        Both have the shape (tokens, dim).
        """
        wanted, dim = numbers.tolist(), self._manifest["dim"]
        return self._joined(self._high, wanted, dim), self._joined(self._low, wanted, dim), self._starts(wanted)

    def rough_tokens(self, numbers: NDArray[np.int64]) -> tuple[ByteMatrix, Starts]:
        """Return the same tokens along the axes, and each passage's first row."""
        wanted = numbers.tolist()
        return self._joined(self._along, wanted, len(self.axes)), self._starts(wanted)

    def _starts(self, numbers: Sequence[int]) -> Starts:
        told = self._facts.get(numbers)
        sizes = [sum(told[number]["sizes"]) for number in numbers]
        return np.cumsum([0, *sizes[:-1]], dtype=np.int64)[: len(sizes)]

    def _joined(self, kept: Kept[bytes], numbers: Sequence[int], width: int) -> ByteMatrix:
        found = kept.get(numbers)
        return rows.token_bytes(b"".join(found[number] for number in numbers), width)

    def numbers_of(self, article: str) -> Sequence[int]:
        """Return the numbers of an article's passages, in order."""
        return range(*self._manifest["numbers"].get(article, (0, 0)))

    def passage(self, number: int) -> Passage:
        """Return a passage by its number."""
        return rows.passage_of(self._told(number))

    def search_text(self, number: int) -> str:
        """Return what of a passage is searched."""
        return str(self._told(number)["search"])

    def keys(self, number: int) -> tuple[str, ...]:
        """Return the keys of a passage: its section heading and anticipated questions."""
        return tuple(self._told(number)["keys"])

    def stems(self, number: int) -> frozenset[str]:
        """Return the stems of the content words of a passage and its keys."""
        return frozenset(self._told(number)["stems"])

    def _told(self, number: int) -> Mapping[str, Any]:
        return self._facts.get([number])[number]

    def vocabulary(self) -> Mapping[str, int]:
        """Return how often each content word stands in the passages, lower case."""
        vocabulary: Mapping[str, int] = self._manifest["vocabulary"]
        return vocabulary

    def articles(self) -> dict[str, str]:
        """Return the titles of the articles by slug, in the order of the corpus."""
        return dict(self._manifest["titles"])

    def article_text(self, slug: str) -> str | None:
        """Return the article file as it was indexed, or None where there is no such article."""
        if slug not in self.articles():
            return None
        return _file(self._engine, self.digest, f"article {slug}").decode()

    def sources(self) -> dict[str, dict[int, Source]]:
        """Return every article's sources by number."""
        return {slug: {each[0]: Source(*each) for each in of} for slug, of in self._manifest["sources"].items()}

    def _read_facts(self, numbers: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
        """Return the facts of passages; with a single one those of the next, which are mostly asked for next."""
        wanted = range(numbers[0], min(numbers[0] + AHEAD, len(self))) if len(numbers) == 1 else numbers
        return self._by_id(self._passages, wanted, "facts")

    def _read_tokens(self, numbers: Sequence[int], part: str) -> Mapping[int, bytes]:
        fit = rows.piece_tokens(self._manifest["dim"])
        pieces = {
            number: [number * rows.PIECES + place for place in range(-(-sum(facts["sizes"]) // fit))]
            for number, facts in self._facts.get(numbers).items()
        }
        found = self._by_id(self._pieces, [each for of in pieces.values() for each in of], part)
        return {number: rows.out_of(found[each] for each in of) for number, of in pieces.items()}

    def _by_id(
        self, collection: str, numbers: Sequence[int], field: str, call: Callable[..., Any] | None = None
    ) -> dict[int, Any]:
        """Return a field of rows by their number, as fast as a question asks for it unless another call is given.

        Raises:
            IndexDamagedError: a row is not there.
        """
        found: dict[int, Any] = {}
        for first in range(0, len(numbers), ROWS_AT_ONCE):
            wanted = [*numbers[first : first + ROWS_AT_ONCE]]
            call = call or self._engine.ask
            for row in call("query", collection, filter=f"id in {wanted}", output_fields=["id", field]):
                found[row["id"]] = row[field]
        if len(found) != len(numbers):
            raise _damage(self._engine)
        return found


class _Told(Generic[T]):
    """Something told of each passage, read when it is asked for."""

    def __init__(self, of: Callable[[int], T]) -> None:
        self._of = of

    def __getitem__(self, number: int, /) -> T:
        return self._of(number)


def _manifest(engine: Engine, digest: str) -> Mapping[str, Any]:
    """Return what the manifest of a generation tells, after it was held against its seal."""
    data = _file(engine, digest, MANIFEST)
    try:
        facts: dict[str, Any] = json.loads(data)
        facts.pop("seal")
        whole, written_by = data == sealed(facts) and facts["digest"] == digest, facts["made_from"]["format"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _damage(engine) from None
    if written_by != FORMAT:
        raise IndexMissingError(
            f"The index in {engine.named} was built by another version. "
            f"Run `ipt-rag build --index {engine.named}` to make it."
        )
    if not whole:
        raise _damage(engine)
    return facts


def _file(engine: Engine, digest: str, name: str) -> bytes:
    """Return a file of a generation, out of its pieces."""
    condition = f"id < 0 and name == {json.dumps(name, ensure_ascii=False)}"
    found = engine.work("query", pieces_name(digest), filter=condition, output_fields=["id", "high"])
    return rows.out_of(row["high"] for row in sorted(found, key=lambda row: -row["id"]))


def _damage(engine: Engine) -> IndexDamagedError:
    return IndexDamagedError(
        f"The index in {engine.named} is damaged. Run `ipt-rag build --index {engine.named}` to make it."
    )
