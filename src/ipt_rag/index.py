"""The index on disk, one whole generation at a time: passages and words (SQLite), vectors (FAISS), tokens (NumPy).

    index/CURRENT                       the digest of the generation that answers, replaced by an atomic rename
    index/<digest>/manifest.json        what went in, and the sha256 of each file beside it
    index/<digest>/passages.sqlite      articles, passages, chunks, and the FTS5 word index
    index/<digest>/vectors.faiss        one unit vector for each chunk
    index/<digest>/tokens.npy           unit vectors of all tokens by passage: the upper bytes of all, then the lower
    index/<digest>/question.onnx        the encoder, as the graph that reads questions

A generation is written beside the others, fsynced, and only then named in CURRENT; reading one verifies every
digest before any file is opened. Nothing is ever unpickled.
"""

import errno
import hashlib
import json
import os
import re
import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from ipt_rag.errors import IndexDamagedError, IndexMissingError
from ipt_rag.maxsim import ByteMatrix, Starts, Steps, bytes_of, joined, vectors_of
from ipt_rag.records import Article, Chunk, Kind, Passage, Source, Span

FORMAT = 5  # raise whenever the same articles would make another generation, or the files change
FILES = ("passages.sqlite", "vectors.faiss", "tokens.npy", "question.onnx")
REBUILD = "Run `ipt-rag build --index {folder}` to make it."
SCHEMA = """
CREATE TABLE articles (slug TEXT PRIMARY KEY, title TEXT, file TEXT) STRICT;
CREATE TABLE sources (
    article TEXT, number INTEGER, tier TEXT, reference TEXT, address TEXT, start INTEGER, after INTEGER
) STRICT;
CREATE TABLE chunks (id INTEGER PRIMARY KEY, text TEXT, first INTEGER, after INTEGER) STRICT;
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, article TEXT, section TEXT, kind TEXT, text TEXT, start INTEGER, after INTEGER,
    lead_in TEXT, sources TEXT, own_sources TEXT, llm INTEGER, search TEXT, keys TEXT, stems TEXT, key_sizes TEXT,
    tokens_first INTEGER, keys_first INTEGER, tokens_after INTEGER
) STRICT;
CREATE VIRTUAL TABLE words USING fts5 (search, keys, tokenize = "porter unicode61 remove_diacritics 2");
"""

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as it goes into the index: what is searched of it, and the vectors of its tokens and keys."""

    passage: Passage
    search: str
    keys: tuple[str, ...]  # section heading and anticipated questions: searched, never shown as an answer
    stems: tuple[str, ...]  # of the content words of both, each once
    tokens: Steps  # shape (tokens, dim)
    key_tokens: Sequence[Steps]  # one for each key


@dataclass(frozen=True, slots=True)
class Contents:
    """All that one generation holds; chunk `i` has the vector in row `i`."""

    articles: Sequence[tuple[Article, str]]
    entries: Sequence[Entry]
    chunks: Sequence[Chunk]  # `first` and `after` count entries
    vectors: Matrix
    question_graph: bytes
    made_from: Mapping[str, Any]  # what decides the digest: format, encoder, settings, articles


def digest_of(made_from: Mapping[str, Any]) -> str:
    """Return the name of the generation made from these inputs: 16 hexadecimal digits."""
    canonical = json.dumps(made_from, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def current_digest(folder: Path) -> str | None:
    """Return the digest named in CURRENT, or None where there is none."""
    try:
        digest = (folder / "CURRENT").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return digest if re.fullmatch(r"[0-9a-f]{16}", digest) else None


def closest(vectors: Matrix, query: Matrix, *, k: int) -> list[tuple[int, float]]:
    """Return up to `k` rows of `vectors` and their cosines with `query`, the closest first; all are unit vectors."""
    cosines, rows = _flat(vectors).search(query[np.newaxis], min(k, len(vectors)))
    return [(int(row), float(cosine)) for row, cosine in zip(rows[0], cosines[0], strict=True)]


def _flat(vectors: Matrix) -> Any:
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    return flat


def write_generation(folder: Path, contents: Contents) -> str:
    """Write one generation, make it the current one, drop those before the last, and return its digest.

    Until the last rename the previous generation keeps answering. An OSError leaves it so.
    """
    digest = digest_of(contents.made_from)
    draft = folder / f".{digest}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        _write_passages(draft / "passages.sqlite", contents)
        (draft / "vectors.faiss").write_bytes(faiss.serialize_index(_flat(contents.vectors)).tobytes())
        with (draft / "tokens.npy").open("wb") as file:
            np.save(file, _all_tokens(contents), allow_pickle=False)
        (draft / "question.onnx").write_bytes(contents.question_graph)
        manifest = {
            "digest": digest,
            "made_from": contents.made_from,
            "passages": len(contents.entries),
            "chunks": len(contents.chunks),
            "files": {name: _sha256(draft / name) for name in FILES},
        }
        (draft / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        for path in draft.iterdir():
            _fsync(path)
        _fsync(draft)
        target = folder / digest
        shutil.rmtree(target, ignore_errors=True)  # a damaged generation of the same digest
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    previous = current_digest(folder)
    pointer = folder / f".CURRENT.{os.getpid()}"
    pointer.write_text(digest + "\n", encoding="ascii")
    _fsync(pointer)
    pointer.replace(folder / "CURRENT")
    _fsync(folder)
    drop_generations(folder, keep=(digest, previous))
    return digest


def drop_generations(folder: Path, *, keep: Collection[str | None]) -> None:
    """Remove the generations, drafts left by a crash among them, but those with these digests."""
    if current_digest(folder) not in keep:
        (folder / "CURRENT").unlink(missing_ok=True)
        _fsync(folder)
    for old in folder.iterdir():
        if old.is_dir() and old.name not in keep and re.fullmatch(r"\.?[0-9a-f]{16}(\.\d+)?", old.name):
            shutil.rmtree(old, ignore_errors=True)


class Index:
    """One verified generation, open for reading from any thread."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        self.digest: str = manifest["digest"]
        self.made_from: Mapping[str, Any] = manifest["made_from"]
        self._listed: Mapping[str, int] = {name: manifest[name] for name in ("passages", "chunks")}
        self.folder = folder.parent  # of the generations
        self.question_graph = folder / "question.onnx"
        self._lock = threading.Lock()
        uri = f"{(folder / 'passages.sqlite').absolute().as_uri()}?mode=ro&immutable=1"
        self._database = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._vectors = faiss.deserialize_index(np.fromfile(folder / "vectors.faiss", dtype=np.uint8))
        self._high, self._low = np.load(folder / "tokens.npy", mmap_mode="r", allow_pickle=False)
        ranges = self._rows("SELECT tokens_first, keys_first, tokens_after FROM passages ORDER BY id")
        self._ranges = np.array(ranges, dtype=np.int64).reshape(-1, 3)
        self.kinds: tuple[Kind, ...] = tuple(row[0] for row in self._rows("SELECT kind FROM passages ORDER BY id"))
        self.articles_of: tuple[str, ...] = tuple(
            row[0] for row in self._rows("SELECT article FROM passages ORDER BY id")
        )
        self._chunks = self._rows("SELECT first, after FROM chunks ORDER BY id")

    @classmethod
    def open(cls, folder: Path) -> "Index":
        """Return the current generation after every file's digest was verified.

        Raises:
            IndexMissingError: no generation, or one of another format.
            IndexDamagedError: a file is missing or differs from its manifest.
        """
        digest = current_digest(folder)
        if digest is None:
            raise IndexMissingError(f"There is no index in {folder}. {REBUILD.format(folder=folder)}")
        generation = folder / digest
        try:
            manifest = json.loads((generation / "manifest.json").read_text(encoding="utf-8"))
            made_from, files = manifest["made_from"], manifest["files"]
            whole = isinstance(made_from, dict) and isinstance(files, dict) and set(files) == set(FILES)
            whole = whole and manifest["digest"] == digest == digest_of(made_from)
            whole = whole and all(type(manifest[name]) is int for name in ("passages", "chunks"))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            raise IndexDamagedError(
                f"The manifest of the index in {folder} is missing or damaged. {REBUILD.format(folder=folder)}"
            ) from None
        if not whole:
            raise IndexDamagedError(
                f"The manifest of the index in {folder} is damaged. {REBUILD.format(folder=folder)}"
            )
        if made_from.get("format") != FORMAT:
            raise IndexMissingError(
                f"The index in {folder} was built by another version. {REBUILD.format(folder=folder)}"
            )
        for name in FILES:
            try:
                same = _sha256(generation / name) == files[name]
            except OSError:
                same = False
            if not same:
                raise IndexDamagedError(
                    f"{name} of the index in {folder} is missing or damaged. {REBUILD.format(folder=folder)}"
                )
        return cls(generation, manifest)

    @property
    def replaced(self) -> bool:
        """Whether another generation has taken this one's place on the disk."""
        return current_digest(self.folder) != self.digest

    @property
    def chunk_count(self) -> int:
        """Number of vectors."""
        return len(self._chunks)

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self._ranges)

    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Return how many there are of what, and how many there must be by another of the files."""
        return {
            "passages": (len(self), self._listed["passages"]),
            "passages in the word index": (self._rows("SELECT count(*) FROM words")[0][0], len(self)),
            "chunks": (self.chunk_count, self._listed["chunks"]),
            "vectors": (self._vectors.ntotal, self.chunk_count),
            "token vectors": (len(self._high), int(self._ranges[-1, 2]) if len(self) else 0),
        }

    def dense(self, vector: Matrix, *, k: int) -> list[int]:
        """Return up to `k` passage numbers or a few more, those of the closest chunks first.

        `vector`, shape (dim,), is unit length like every stored row, so inner product is cosine.
        """
        if not self._chunks:
            return []
        _, rows = self._vectors.search(vector[np.newaxis], min(k, len(self._chunks)))
        found: list[int] = []
        for row in rows[0]:
            found.extend(range(*self._chunks[row]))
            if len(found) >= k:
                break
        return found

    def lexical(self, words: Sequence[str], *, k: int) -> list[tuple[int, float]]:
        """Return up to `k` passage numbers that hold any of the words, with their BM25, higher is closer."""
        if not words:
            return []
        match = " OR ".join('"' + word.replace('"', '""') + '"' for word in dict.fromkeys(words))
        rows = self._rows(
            "SELECT rowid, -bm25(words) AS score FROM words WHERE words MATCH ? ORDER BY score DESC, rowid LIMIT ?",
            match,
            k,
        )
        return [(int(row), float(score)) for row, score in rows]

    def tokens(self, number: int) -> Matrix:
        """Return the token vectors of a passage without its keys, shape (tokens, dim)."""
        first, keys_first, _ = self._ranges[number]
        return vectors_of(self._high[first:keys_first], self._low[first:keys_first])

    def key_vectors(self, number: int) -> Matrix:
        """Return a unit vector for each key of a passage, the mean of its tokens' vectors, shape (keys, dim)."""
        _, first, after = self._ranges[number]
        sizes = json.loads(self._rows("SELECT key_sizes FROM passages WHERE id = ?", number)[0][0])
        if not sizes:
            return np.zeros((0, self._high.shape[1]), np.float32)
        starts = np.cumsum([0, *sizes[:-1]])
        sums: Matrix = np.add.reduceat(vectors_of(self._high[first:after], self._low[first:after]), starts, axis=0)
        unit: Matrix = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
        return unit

    def all_tokens(self, numbers: Sequence[int]) -> tuple[ByteMatrix, ByteMatrix, Starts]:
        """Return the tokens of some passages with their keys and each one's first row: upper bytes, lower bytes, rows.

        Both have the shape (tokens, dim).
        """
        rows, starts = self._rows_of(numbers)
        return self._high[rows], self._low[rows], starts

    def rough_tokens(self, numbers: Sequence[int]) -> tuple[ByteMatrix, Starts]:
        """Return the upper bytes alone of the same; those of all passages are not copied."""
        if len(numbers) == len(self):
            return self._high, self._ranges[:, 0]
        rows, starts = self._rows_of(numbers)
        return self._high[rows], starts

    def _rows_of(self, numbers: Sequence[int]) -> tuple[NDArray[np.int64], Starts]:
        ranges = self._ranges[list(numbers)]
        sizes = ranges[:, 2] - ranges[:, 0]
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)[:-1]])
        # One gather for all: a passage at a time costs more in calls than in arithmetic.
        rows = np.repeat(ranges[:, 0] - starts, sizes) + np.arange(int(sizes.sum()))
        return rows, starts

    def search_text(self, number: int) -> str:
        """Return what of a passage is searched."""
        return str(self._rows("SELECT search FROM passages WHERE id = ?", number)[0][0])

    def keys(self, number: int) -> tuple[str, ...]:
        """Return the keys of a passage: its section heading and anticipated questions."""
        return tuple(json.loads(self._rows("SELECT keys FROM passages WHERE id = ?", number)[0][0]))

    def stems(self, number: int) -> frozenset[str]:
        """Return the stems of the content words of a passage and its keys."""
        return frozenset(json.loads(self._rows("SELECT stems FROM passages WHERE id = ?", number)[0][0]))

    def stem_counts(self) -> Counter[str]:
        """Return how many passages hold a stem, keys included."""
        return Counter(stem for (stems,) in self._rows("SELECT stems FROM passages") for stem in json.loads(stems))

    def passage(self, number: int) -> Passage:
        """Return a passage by its number."""
        columns = "article, section, kind, text, start, after, lead_in, sources, own_sources, llm"
        row = self._rows(f"SELECT {columns} FROM passages WHERE id = ?", number)[0]
        article, section, kind, text, start, after, lead_in, sources, own_sources, llm = row
        return Passage(
            article=article,
            section=tuple(json.loads(section)),
            kind=kind,
            text=text,
            start=start,
            end=after,
            lead_in=Span(*json.loads(lead_in)) if lead_in else None,
            sources=tuple(json.loads(sources)),
            own_sources=tuple(json.loads(own_sources)),
            llm=bool(llm),
        )

    def vocabulary(self) -> dict[str, int]:
        """Return how many passages hold each word, folded and stemmed as the word index does."""
        with self._lock:
            self._database.execute(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, words, row)"
            )
            return dict(self._database.execute("SELECT term, doc FROM temp.vocabulary"))

    def search_texts(self) -> list[str]:
        """Return what is searched of every passage, by number."""
        return [row[0] for row in self._rows("SELECT search FROM passages ORDER BY id")]

    def articles(self) -> dict[str, str]:
        """Return the titles of the articles by slug, in the order of the corpus."""
        return dict(self._rows("SELECT slug, title FROM articles ORDER BY rowid"))

    def article_text(self, slug: str) -> str | None:
        """Return the article file as it was indexed, or None where there is no such article."""
        rows = self._rows("SELECT file FROM articles WHERE slug = ?", slug)
        return str(rows[0][0]) if rows else None

    def sources(self) -> dict[str, dict[int, Source]]:
        """Return every article's sources by number."""
        sources: dict[str, dict[int, Source]] = {}
        for article, *source in self._rows("SELECT * FROM sources ORDER BY rowid"):
            sources.setdefault(article, {})[source[0]] = Source(*source)
        return sources

    def stored_tokens(self) -> dict[str, Steps]:
        """Return the token vectors by text of passage or key, so that a build need not make them again."""
        stored: dict[str, Steps] = {}
        for text, keys, key_sizes, first, keys_first in self._rows(
            "SELECT search, keys, key_sizes, tokens_first, keys_first FROM passages"
        ):
            stored[text] = joined(self._high[first:keys_first], self._low[first:keys_first])
            start = keys_first
            for key, size in zip(json.loads(keys), json.loads(key_sizes), strict=True):
                stored[key] = joined(self._high[start : start + size], self._low[start : start + size])
                start += size
        return stored

    def stored_vectors(self) -> dict[str, Matrix]:
        """Return the chunk vectors by text."""
        return {
            text: np.asarray(self._vectors.reconstruct(row), dtype=np.float32)
            for row, (text,) in enumerate(self._rows("SELECT text FROM chunks ORDER BY id"))
        }

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()


def _write_passages(path: Path, contents: Contents) -> None:
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = OFF")  # the file is new and thrown away whole when writing fails
        database.executescript(SCHEMA)
        database.execute("BEGIN")
        for article, file in contents.articles:
            database.execute("INSERT INTO articles VALUES (?, ?, ?)", (article.slug, article.title, file))
            for source in article.sources:
                row = (
                    article.slug,
                    source.number,
                    source.tier,
                    source.reference,
                    source.address,
                    source.start,
                    source.end,
                )
                database.execute("INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        for number, chunk in enumerate(contents.chunks):
            database.execute("INSERT INTO chunks VALUES (?, ?, ?, ?)", (number, chunk.text, chunk.first, chunk.after))
        first = 0
        for number, entry in enumerate(contents.entries):
            passage = entry.passage
            keys_first = first + len(entry.tokens)
            after = keys_first + sum(map(len, entry.key_tokens))
            lead_in = passage.lead_in
            database.execute(
                f"INSERT INTO passages VALUES ({', '.join('?' * 18)})",
                (
                    number,
                    passage.article,
                    json.dumps(passage.section, ensure_ascii=False),
                    passage.kind,
                    passage.text,
                    passage.start,
                    passage.end,
                    json.dumps([lead_in.text, lead_in.start, lead_in.end], ensure_ascii=False) if lead_in else None,
                    json.dumps(passage.sources),
                    json.dumps(passage.own_sources),
                    int(passage.llm),
                    entry.search,
                    json.dumps(entry.keys, ensure_ascii=False),
                    json.dumps(entry.stems, ensure_ascii=False),
                    json.dumps([len(tokens) for tokens in entry.key_tokens]),
                    first,
                    keys_first,
                    after,
                ),
            )
            words = (number, entry.search, "\n".join(entry.keys))
            database.execute("INSERT INTO words (rowid, search, keys) VALUES (?, ?, ?)", words)
            first = after
        database.execute("INSERT INTO words (words) VALUES ('optimize')")
        database.execute("COMMIT")
    except sqlite3.OperationalError as error:  # "disk I/O error", "database or disk is full"
        raise OSError(errno.EIO, str(error), str(path)) from error
    finally:
        database.close()


def _all_tokens(contents: Contents) -> ByteMatrix:
    parts = [part for entry in contents.entries for part in (entry.tokens, *entry.key_tokens)]
    width = contents.vectors.shape[1]
    return np.stack(bytes_of(np.concatenate([np.zeros((0, width), np.int16), *parts])))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
