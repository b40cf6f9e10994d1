"""One verified generation -> its passages, and which of them a question comes close to."""

import json
import os
import sqlite3
import threading
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipt_rag.errors import IndexDamagedError, IndexMissingError
from ipt_rag.index.generations import REBUILD, Generation, current_digest, verified_generation
from ipt_rag.index.store import EVERYTHING, cited_tiers, filters_in_the_way
from ipt_rag.index.vectors import Matrix, from_verified_file, means
from ipt_rag.maxsim import ByteMatrix, Starts, Steps, joined, vectors_of
from ipt_rag.query import content_words
from ipt_rag.records import Filter, Kind, Passage, Source, Span


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
            "passages in the word index": (self._rows("SELECT count(*) FROM words")[0][0], len(self)),
            "chunks": (self.chunk_count, self._listed["chunks"]),
            "vectors": (self._vectors.ntotal, self.chunk_count),
            "token vectors": (len(self._high), int(self._ranges[-1, 2]) if len(self) else 0),
        }

    def dense(self, vector: Matrix, *, k: int, only: Filter = EVERYTHING) -> list[int]:
        """Return up to `k` passage numbers or a few more, those of the closest chunks first.

        `vector`, shape (dim,), is unit length like every stored row, so inner product is cosine.
        """
        if not self._chunks:
            return []
        depth = len(self._chunks) if only.narrows else min(k, len(self._chunks))
        _, rows = self._vectors.search(vector[np.newaxis], depth)
        found: list[int] = []
        for row in rows[0]:
            found.extend(number for number in range(*self._chunks[row]) if self._passes(number, only))
            if len(found) >= k:
                break
        return found[:k] if only.narrows else found

    def lexical(self, words: Sequence[str], *, k: int, only: Filter = EVERYTHING) -> list[tuple[int, float]]:
        """Return up to `k` passage numbers that hold any of the words, with their BM25, higher is closer."""
        if not words:
            return []
        match = " OR ".join('"' + word.replace('"', '""') + '"' for word in dict.fromkeys(words))
        rows = self._rows(
            "SELECT rowid, -bm25(words) AS score FROM words WHERE words MATCH ? ORDER BY score DESC, rowid LIMIT ?",
            match,
            len(self) if only.narrows else k,
        )
        return [(int(row), float(score)) for row, score in rows if self._passes(row, only)][:k]

    def _passes(self, number: int, only: Filter) -> bool:
        if not only.narrows:
            return True
        return not filters_in_the_way(only, self.articles_of[number], self._cited_tiers[number])

    @cached_property
    def _cited_tiers(self) -> list[frozenset[str]]:
        sources = self.sources()
        return [cited_tiers(self.passage(number), sources) for number in range(len(self))]

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
        return means(vectors_of(self._high[first:after], self._low[first:after]), sizes)

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

    def word_counts(self) -> Counter[str]:
        """Return how often each content word stands in the passages."""
        return Counter(word for text in self.search_texts() for word in content_words(text))

    def numbers_of(self, article: str) -> Sequence[int]:
        """Return the numbers of an article's passages, in order."""
        return [number for number, slug in enumerate(self.articles_of) if slug == article]

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self._high.shape[1])

    def token_sizes(self, number: int) -> tuple[int, ...]:
        """Return how many token vectors a passage has of its own, and then each of its keys."""
        first, keys_first, _ = self._ranges[number].tolist()
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
