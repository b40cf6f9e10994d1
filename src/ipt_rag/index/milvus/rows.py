"""A passage, its tokens and whole files <-> rows of collections, which hold no more than 65,535 bytes a field."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from ipt_rag.maxsim import ByteMatrix
from ipt_rag.records import Filter, Passage, Span

PIECE_BYTES = 36_864  # 96 tokens of 384 numbers; a third more in base64, still within a field
PIECES = 1_024  # of one passage at most, so that a piece's number tells whose it is
NO_WORD = re.compile(r"\W")
NO_VECTOR = [0.0, 0.0]  # Milvus has no collection without one


def facts_of(passage: Passage, search: str, keys: Iterable[str], stemmed: Iterable[str], sizes: Iterable[int]) -> Any:
    """Return all that is told of a passage, as JSON takes it; `sizes` counts its own tokens and those of each key."""
    told = {"search": search, "keys": [*keys], "stems": [*stemmed], "sizes": [*sizes]}
    return {**told, "passage": asdict(passage)}


def passage_of(facts: Mapping[str, Any]) -> Passage:
    """Return the passage of those facts."""
    told = facts["passage"]
    parts = {name: tuple(told[name]) for name in ("section", "sources", "own_sources")}
    return Passage(**{**told, **parts, "lead_in": Span(**told["lead_in"]) if told["lead_in"] else None})


def in_pieces(data: bytes, size: int = PIECE_BYTES) -> Iterator[dict[str, str]]:
    """Yield some bytes as JSON takes them, `size` of them at a time."""
    for first in range(0, len(data), size):
        yield {"bytes": base64.b64encode(data[first : first + size]).decode("ascii")}


def out_of(pieces: Iterable[Mapping[str, str]]) -> bytes:
    """Return the bytes again."""
    return b"".join(base64.b64decode(piece["bytes"]) for piece in pieces)


def token_rows(number: int, high: ByteMatrix, low: ByteMatrix, along: ByteMatrix) -> Iterator[dict[str, Any]]:
    """Yield the rows that hold a passage's tokens: both bytes, shape (tokens, dim), and along axes, (tokens, axes)."""
    size = piece_tokens(high.shape[1])
    pieces = (in_pieces(part.tobytes(), size * part.shape[1]) for part in (high, low, along))
    for place, parts in enumerate(zip(*pieces, strict=True)):
        row = dict(zip(("high", "low", "along"), parts, strict=True))
        yield {"id": number * PIECES + place, "name": "tokens", "vector": NO_VECTOR, **row}


def piece_tokens(dim: int) -> int:
    """Return how many tokens of so many numbers a piece holds."""
    return max(PIECE_BYTES // dim, 1)


def file_rows(name: str, data: bytes, first: int) -> list[dict[str, Any]]:
    """Return the rows that hold a file, numbered downwards from `first`."""
    return [
        {"id": first - place, "name": name, "high": piece, "low": {}, "along": {}, "vector": NO_VECTOR}
        for place, piece in enumerate(in_pieces(data))
    ]


def token_bytes(data: bytes, dim: int) -> ByteMatrix:
    """Return the bytes of tokens, shape (tokens, dim)."""
    return np.frombuffer(data, np.uint8).reshape(-1, dim)


def words_of(terms: Iterable[str]) -> str:
    """Return terms as the engine is to compare them: each a word for its tokenizer.

    >>> words_of(["kettl", "ipt-a"])
    'kettl ipt_a'
    """
    return " ".join(NO_WORD.sub("_", term) for term in terms)


def expression(only: Filter) -> str:
    """Return a filter as the engine evaluates it.

    >>> expression(Filter(("tea",), ("T1", "T2"), sourced_only=True))
    'article in ["tea"] and array_contains_any(tiers, ["T1", "T2"]) and sourced == true'
    """
    parts = [f"article in {_strings(only.articles)}"] if only.articles else []
    parts += [f"array_contains_any(tiers, {_strings(only.tiers)})"] if only.tiers else []
    parts += ["sourced == true"] if only.sourced_only else []
    return " and ".join(parts)


def _strings(values: Iterable[str]) -> str:
    quoted = ('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return f"[{', '.join(quoted)}]"
