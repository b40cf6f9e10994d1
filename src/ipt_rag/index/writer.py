"""`Contents` -> one more generation of an index: the bytes of each of its files."""

import io
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike

from ipt_rag.disk import Bytes
from ipt_rag.index.generations import publish_generation
from ipt_rag.index.terms import weighed
from ipt_rag.index.vectors import Matrix, index_of, to_bytes, unit_mean
from ipt_rag.maxsim import MaxSim, Steps, bytes_of, vectors_of
from ipt_rag.records import Article, Chunk, Passage

ALONG_PASSAGES = 32  # whose tokens are put along the axes at a time: some MB
SCHEMA = """
CREATE TABLE articles (slug TEXT PRIMARY KEY, title TEXT, file TEXT) STRICT;
CREATE TABLE sources (
    article TEXT, number INTEGER, tier TEXT, reference TEXT, address TEXT, start INTEGER, after INTEGER
) STRICT;
CREATE TABLE chunks (id INTEGER PRIMARY KEY, first INTEGER, after INTEGER) STRICT;
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, article TEXT, section TEXT, kind TEXT, text TEXT, start INTEGER, after INTEGER,
    lead_in TEXT, sources TEXT, own_sources TEXT, llm INTEGER, search TEXT, keys TEXT, stems TEXT, key_sizes TEXT,
    tokens_first INTEGER, keys_first INTEGER, tokens_after INTEGER, means_first INTEGER
) STRICT;
CREATE TABLE terms (term TEXT PRIMARY KEY, passages BLOB, weights BLOB) STRICT, WITHOUT ROWID;
CREATE TABLE words (word TEXT PRIMARY KEY, count INTEGER) STRICT, WITHOUT ROWID;
"""


class Tokens(Protocol):
    """The token vectors of texts, fetched when they are written: those of a large corpus are not in memory together."""

    def size(self, text: str) -> int:
        """Return how many token vectors a text has."""

    def tokens(self, text: str) -> Steps:
        """Return them, shape (tokens, dim)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as it goes into the index, and what is searched of it."""

    passage: Passage
    search: str
    keys: tuple[str, ...]  # section heading and anticipated questions: searched, never shown as an answer
    stems: Sequence[str]  # of the content words of both, as often as they stand there


@dataclass(frozen=True, slots=True)
class Contents:
    """All that one generation holds; chunk `i` has the vector in row `i`."""

    articles: Sequence[tuple[Article, str]]
    entries: Sequence[Entry]
    chunks: Sequence[Chunk]  # `first` and `after` count entries
    tokens: Tokens  # of what is searched and of the keys
    vectors: Matrix
    words: Mapping[str, int]  # how often each content word stands in what is searched of the passages, lower case
    axes: Matrix  # of the encoder, shape (axes, dim)
    question_graph: bytes
    made_from: Mapping[str, Any]  # what decides the digest: format, encoder, settings, articles


def write_generation(folder: Path, contents: Contents) -> str:
    """Write one generation, make it the current one, collect those before the last, and return its digest.

    Raises:
        OSError: a file cannot be written; a whole generation is the current one still.
    """
    terms = {stem for entry in contents.entries for stem in entry.stems}
    counts = {"passages": len(contents.entries), "chunks": len(contents.chunks), "terms": len(terms)}
    return publish_generation(folder, contents.made_from, counts, _files(contents))


def _files(contents: Contents) -> Iterator[tuple[str, Iterable[Bytes]]]:
    """Yield the files one at a time, in parts, since they need not be in memory together."""
    dim = contents.vectors.shape[1]
    texts = [(entry.search, *entry.keys) for entry in contents.entries]
    count = sum(contents.tokens.size(text) for its_texts in texts for text in its_texts)
    means = sum(map(len, texts))
    yield "passages.sqlite", [_passages(contents)]
    yield "vectors.faiss", [to_bytes(index_of(contents.vectors))]
    yield "tokens.npy", chain([_npy_head((2, count, dim), np.uint8)], _halves(contents.tokens, texts))
    yield "rough.npy", chain([_npy_head((count, len(contents.axes)), np.uint8)], _along(contents, texts))
    yield "means.npy", chain([_npy_head((means, dim), np.float32)], _means(contents.tokens, texts))
    yield "axes.npy", [_npy_head(contents.axes.shape, np.float32), contents.axes.tobytes()]
    yield "question.onnx", [contents.question_graph]


def _halves(tokens: Tokens, texts: Sequence[Sequence[str]]) -> Iterator[bytes]:
    """Yield the upper bytes of all tokens, then the lower ones."""
    for half in (0, 1):
        for its_texts in texts:
            for text in its_texts:
                yield bytes_of(tokens.tokens(text))[half].tobytes()


def _along(contents: Contents, texts: Sequence[Sequence[str]]) -> Iterator[bytes]:
    """Yield the tokens of a passage after the other along the axes; a call for each passage would cost more."""
    maxsim = MaxSim.open()
    for start in range(0, len(texts), ALONG_PASSAGES):
        several = chain.from_iterable(texts[start : start + ALONG_PASSAGES])
        stored = np.concatenate([contents.tokens.tokens(text) for text in several])
        if len(stored):
            yield maxsim.along(contents.axes, *bytes_of(stored)).tobytes()


def _means(tokens: Tokens, texts: Sequence[Sequence[str]]) -> Iterator[bytes]:
    """Yield a unit vector for each passage's own tokens, and for those of each of its keys: their means."""
    for its_texts in texts:
        for text in its_texts:
            yield unit_mean(vectors_of(*bytes_of(tokens.tokens(text)))).tobytes()


def _passages(contents: Contents) -> bytes:
    """Return the database, made in memory: SQLite would write it with calls that no test could make fail."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
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
            database.execute("INSERT INTO chunks VALUES (?, ?, ?)", (number, chunk.first, chunk.after))
        first = mean = 0
        for number, entry in enumerate(contents.entries):
            passage = entry.passage
            key_sizes = [contents.tokens.size(key) for key in entry.keys]
            keys_first = first + contents.tokens.size(entry.search)
            after = keys_first + sum(key_sizes)
            lead_in = passage.lead_in
            database.execute(
                f"INSERT INTO passages VALUES ({', '.join('?' * 19)})",
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
                    json.dumps(sorted({*entry.stems}), ensure_ascii=False),
                    json.dumps(key_sizes),
                    first,
                    keys_first,
                    after,
                    mean,
                ),
            )
            first, mean = after, mean + 1 + len(entry.keys)
        postings = weighed([entry.stems for entry in contents.entries])
        database.executemany(
            "INSERT INTO terms VALUES (?, ?, ?)",
            (
                (term, numbers.astype("<i4").tobytes(), weights.astype("<f4").tobytes())
                for term, numbers, weights in postings
            ),
        )
        database.executemany("INSERT INTO words VALUES (?, ?)", sorted(contents.words.items()))
        database.execute("COMMIT")
        return database.serialize()


def _npy_head(shape: tuple[int, ...], number: DTypeLike) -> bytes:
    """Return what stands before the numbers in a file of NumPy's format."""
    head = io.BytesIO()
    described = {"descr": np.dtype(number).str, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(head, described)
    return head.getvalue()
