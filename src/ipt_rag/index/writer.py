"""`Contents` -> one more generation of an index: the bytes of each of its files."""

import io
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ipt_rag.disk import Bytes
from ipt_rag.index.generations import publish_generation
from ipt_rag.index.terms import weighed
from ipt_rag.index.vectors import Matrix, flat, to_bytes
from ipt_rag.maxsim import ByteMatrix, MaxSim, Steps, bytes_of
from ipt_rag.records import Article, Chunk, Passage

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
CREATE TABLE terms (term TEXT PRIMARY KEY, passages BLOB, weights BLOB) STRICT, WITHOUT ROWID;
CREATE TABLE words (word TEXT PRIMARY KEY, count INTEGER) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as it goes into the index: what is searched of it, and the vectors of its tokens and keys."""

    passage: Passage
    search: str
    keys: tuple[str, ...]  # section heading and anticipated questions: searched, never shown as an answer
    stems: Sequence[str]  # of the content words of both, as often as they stand there
    tokens: Steps  # shape (tokens, dim)
    key_tokens: Sequence[Steps]  # one for each key


@dataclass(frozen=True, slots=True)
class Contents:
    """All that one generation holds; chunk `i` has the vector in row `i`."""

    articles: Sequence[tuple[Article, str]]
    entries: Sequence[Entry]
    chunks: Sequence[Chunk]  # `first` and `after` count entries
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


def _files(contents: Contents) -> Iterator[tuple[str, list[Bytes]]]:
    """Yield the files one at a time, since they need not be in memory together."""
    yield "passages.sqlite", [_passages(contents)]
    yield "vectors.faiss", [to_bytes(flat(contents.vectors))]
    tokens = _all_tokens(contents)
    yield "tokens.npy", [_npy_head(tokens), tokens.data]
    along = MaxSim.open().along(contents.axes, *tokens)
    yield "rough.npy", [_npy_head(along), along.data]
    yield "axes.npy", [_npy_head(contents.axes), np.ascontiguousarray(contents.axes).data]
    yield "question.onnx", [contents.question_graph]


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
                    json.dumps(sorted({*entry.stems}), ensure_ascii=False),
                    json.dumps([len(tokens) for tokens in entry.key_tokens]),
                    first,
                    keys_first,
                    after,
                ),
            )
            first = after
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


def _all_tokens(contents: Contents) -> ByteMatrix:
    parts = [part for entry in contents.entries for part in (entry.tokens, *entry.key_tokens)]
    width = contents.vectors.shape[1]
    return np.stack(bytes_of(np.concatenate([np.zeros((0, width), np.int16), *parts])))


def _npy_head(array: ByteMatrix | Matrix) -> bytes:
    """Return what stands before the numbers in a file of NumPy's format."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(array))
    return head.getvalue()
