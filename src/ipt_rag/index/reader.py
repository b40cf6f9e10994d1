"""One verified generation -> its passages, and which of them a question comes close to."""

import json
import os
import sqlite3
import threading
import weakref
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipt_rag.errors import IndexDamagedError, IndexMissingError
from ipt_rag.index.generations import REBUILD, Generation, current_digest, verified_generation
from ipt_rag.index.store import EVERYTHING, cited_tiers, filters_in_the_way
from ipt_rag.index.terms import Numbers, Weights, best
from ipt_rag.index.vectors import Matrix, from_verified_file, nearest
from ipt_rag.maxsim import ByteMatrix, Starts, Steps, joined, vectors_of
from ipt_rag.records import Filter, Kind, Passage, Source, Span

HOLDERS = "length(passages) / 4"  # numbers of four bytes


class Index:
    """One verified generation, open for reading from any thread: the `Store` in a folder of this machine."""

    engine = ""
    full_text = True

    def __init__(self, generation: Generation) -> None:
        weakref.finalize(self, os.close, generation.hold)
        folder = generation.folder
        self.digest = generation.digest
        self.made_from = generation.made_from
        self._listed = generation.listed
        self.folder = folder.parent  # of the generations
        self.question_graph = folder / "question.onnx"
        self._lock = threading.Lock()
        uri = f"{(folder / 'passages.sqlite').absolute().as_uri()}?mode=ro&immutable=1"
        self._database = sqlite3.connect(uri, uri=True, check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._vectors = from_verified_file(folder / "vectors.faiss")
        self._high, self._low = _mapped(folder / "tokens.npy")
        self._along = _mapped(folder / "rough.npy")
        self.axes: Matrix = np.load(folder / "axes.npy", allow_pickle=False)  # shape (axes, dim)
        self._means = _mapped(folder / "means.npy")
        ranges = self._rows("SELECT tokens_first, keys_first, tokens_after, means_first FROM passages ORDER BY id")
        self._ranges = np.array(ranges, dtype=np.int64).reshape(-1, 4)
        self.kinds: tuple[Kind, ...] = tuple(row[0] for row in self._rows("SELECT kind FROM passages ORDER BY id"))
        self.articles_of: tuple[str, ...] = tuple(
            row[0] for row in self._rows("SELECT article FROM passages ORDER BY id")
        )
        self._chunks = self._rows("SELECT first, after FROM chunks ORDER BY id")
        self._holders: dict[str, int] = {}

    @classmethod
    def open(cls, folder: Path) -> "Index":
        """Return the current generation after every file's digest was verified.

        Raises:
            IndexMissingError: no generation, or one of another format.
            IndexDamagedError: a file is missing or differs from its manifest, or cannot be read.
        """
        while True:
            named = current_digest(folder)
            try:
                return cls(verified_generation(folder))
            except (IndexMissingError, IndexDamagedError):
                if current_digest(folder) == named:
                    raise
            except (OSError, sqlite3.Error) as error:
                if current_digest(folder) == named:
                    raise IndexDamagedError(
                        f"The index in {folder} cannot be read ({error}). {REBUILD.format(folder=folder)}"
                    ) from None
            # Another took its place while it was opened, and this one may have been removed: open that one.

    @property
    def replaced(self) -> bool:
        """Whether another generation has taken this one's place on the disk."""
        return current_digest(self.folder) != self.digest

    def reopened(self) -> "Index":
        """Return the generation that is the current one now.

        Raises:
            IndexMissingError, IndexDamagedError: there is no whole one.
        """
        return Index.open(self.folder)

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
            "terms": (self._rows("SELECT count(*) FROM terms")[0][0], self._listed["terms"]),
            "chunks": (self.chunk_count, self._listed["chunks"]),
            "vectors": (self._vectors.ntotal, self.chunk_count),
            "token vectors": (len(self._high), int(self._ranges[-1, 2]) if len(self) else 0),
            "rough token vectors": (len(self._along), len(self._high)),
        }

    def dense(self, vector: Matrix, *, k: int, only: Filter = EVERYTHING) -> list[int]:
        """Return up to `k` passage numbers or a few more, those of the closest chunks first.

        `vector`, shape (dim,), is unit length like every stored row, so inner product is cosine.
        """
        found: list[int] = []
        for row in nearest(self._vectors, vector, k=len(self._chunks) if only.narrows else k):
            chunk = range(*self._chunks[row])
            found.extend([number for number in chunk if self._passes(number, only)] if only.narrows else chunk)
            if len(found) >= k:
                break
        return found[:k] if only.narrows else found

    def lexical(self, terms: Collection[str], *, k: int, only: Filter = EVERYTHING) -> Mapping[int, float]:
        """Return up to `k` passage numbers that hold any of the terms, with their BM25, the highest first."""
        postings = [self._posting(term) for term in dict.fromkeys(terms)]
        if not only.narrows:
            return best(postings, len(self), k=k)
        every = best(postings, len(self), k=len(self))
        return dict(islice((hit for hit in every.items() if self._passes(hit[0], only)), k))

    def _passes(self, number: int, only: Filter) -> bool:
        return not filters_in_the_way(only, self.articles_of[number], self._cited_tiers[number])

    @cached_property
    def _cited_tiers(self) -> list[frozenset[str]]:
        sources = self.sources()
        return [cited_tiers(self.passage(number), sources) for number in range(len(self))]

    def holders(self, term: str) -> int:
        """Return how many passages hold a term, in their text or keys."""
        if term in self._holders:
            return self._holders[term]
        count = sum(int(count) for (count,) in self._rows(f"SELECT {HOLDERS} FROM terms WHERE term = ?", term))
        if count:  # else whatever is asked for would be kept
            self._holders[term] = count
        return count

    def holders_of_all(self) -> dict[str, int]:
        """Return the same of every term."""
        return dict(self._rows(f"SELECT term, {HOLDERS} FROM terms"))

    def _posting(self, term: str) -> tuple[Numbers, Weights]:
        [(numbers, weights)] = self._rows("SELECT passages, weights FROM terms WHERE term = ?", term) or [(b"", b"")]
        return np.frombuffer(numbers, "<i4"), np.frombuffer(weights, "<f4")

    def tokens(self, number: int) -> Matrix:
        """Return the token vectors of a passage without its keys, shape (tokens, dim)."""
        first, keys_first = self._ranges[number, :2]
        return vectors_of(self._high[first:keys_first], self._low[first:keys_first])

    def means(self, number: int) -> Matrix:
        """Return unit vectors, shape (1 + keys, dim): the mean of a passage's own tokens, then of each of its keys'."""
        after = self._ranges[number + 1, 3] if number + 1 < len(self) else len(self._means)
        means: Matrix = self._means[self._ranges[number, 3] : after]
        return means

    def all_tokens(self, numbers: NDArray[np.int64]) -> tuple[ByteMatrix, ByteMatrix, Starts]:
        """Return the tokens of some passages with their keys and each one's first row: upper bytes, lower bytes, rows.

        Both have the shape (tokens, dim).
        """
        rows, starts = self._rows_of(numbers)
        return np.take(self._high, rows, axis=0), np.take(self._low, rows, axis=0), starts

    def rough_tokens(self, numbers: NDArray[np.int64]) -> tuple[ByteMatrix, Starts]:
        """Return the same tokens along the axes, and each passage's first row."""
        rows, starts = self._rows_of(numbers)
        return np.take(self._along, rows, axis=0), starts

    def _rows_of(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], Starts]:
        ranges = self._ranges[numbers]
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
        """Return how often each content word stands in the passages, lower case."""
        return dict(self._rows("SELECT word, count FROM words"))

    def search_texts(self) -> list[str]:
        """Return what is searched of every passage, by number."""
        return [row[0] for row in self._rows("SELECT search FROM passages ORDER BY id")]

    def numbers_of(self, article: str) -> Sequence[int]:
        """Return the numbers of an article's passages, in order."""
        return [number for number, slug in enumerate(self.articles_of) if slug == article]

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self._high.shape[1])

    def token_sizes(self, number: int) -> tuple[int, ...]:
        """Return how many token vectors a passage has of its own, and then each of its keys."""
        first, keys_first = self._ranges[number, :2].tolist()
        sizes = self._rows("SELECT key_sizes FROM passages WHERE id = ?", number)[0][0]
        return (keys_first - first, *json.loads(sizes))

    def chunks(self) -> Iterator[tuple[range, Matrix]]:
        """Yield the passages of each chunk and its vector, shape (dim,), in order."""
        for row, (first, after) in enumerate(self._chunks):
            yield range(first, after), np.asarray(self._vectors.reconstruct(row), dtype=np.float32)

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

    def token_ranges(self) -> dict[str, tuple[int, int]]:
        """Return where the tokens of each text of a passage or key lie, so that a build need not make them again."""
        ranges: dict[str, tuple[int, int]] = {}
        for text, keys, key_sizes, first, keys_first in self._rows(
            "SELECT search, keys, key_sizes, tokens_first, keys_first FROM passages"
        ):
            ranges[text] = (first, keys_first)
            start = keys_first
            for key, size in zip(json.loads(keys), json.loads(key_sizes), strict=True):
                ranges[key] = (start, start + size)
                start += size
        return ranges

    def steps(self, first: int, after: int) -> Steps:
        """Return the tokens in a range as they are stored."""
        return joined(self._high[first:after], self._low[first:after])

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()


def _mapped(file: Path) -> Any:
    """Return the array in a file, of which what is asked for is read."""
    return np.asarray(np.load(file, mmap_mode="r", allow_pickle=False))  # a plain array: `memmap` slows each slice
