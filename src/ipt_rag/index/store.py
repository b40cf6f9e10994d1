"""What a search needs of an index, whatever holds it: a folder of this machine, or an engine."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ipt_rag.index.vectors import Matrix
from ipt_rag.maxsim import ByteMatrix, Starts
from ipt_rag.records import Filter, FilterName, Kind, Passage, Source

T_co = TypeVar("T_co", covariant=True)
EVERYTHING = Filter()


class ByNumber(Protocol[T_co]):
    """Something told of each passage."""

    def __getitem__(self, number: int, /) -> T_co:
        """Return it for one passage."""


class Store(Protocol):
    """One generation, open for reading from any thread; passages are numbered from 0 in the order of the articles.

    What it cannot reach it does not guess: any method may raise IndexUnreachableError where an engine does not answer.
    """

    digest: str
    made_from: Mapping[str, Any]  # what decides the digest

    @property
    def question_graph(self) -> Path:
        """File of the encoder that reads questions."""

    @property
    def engine(self) -> str:
        """What holds the index, by name and version; "" for the files of this machine."""

    @property
    def full_text(self) -> bool:
        """Whether words are searched too; where not, `lexical` finds nothing."""

    @property
    def replaced(self) -> bool:
        """Whether another generation has taken this one's place."""

    def reopened(self) -> "Store":
        """Return the generation that is the current one now.

        Raises:
            IndexMissingError, IndexDamagedError: there is no whole one.
        """

    @property
    def chunk_count(self) -> int:
        """Number of chunks."""

    def __len__(self) -> int:
        """Return the number of passages."""

    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Return how many there are of what, and how many there must be."""

    def dense(self, vector: Matrix, *, k: int, only: Filter = EVERYTHING) -> list[int]:
        """Return up to `k` passage numbers or a few more, those of the closest chunks first.

        `vector`, shape (dim,), is unit length like every stored row, so inner product is cosine.
        """

    def lexical(self, terms: Collection[str], *, k: int, only: Filter = EVERYTHING) -> Mapping[int, float]:
        """Return up to `k` passage numbers that hold any of the terms, with their BM25, the highest first."""

    def holders(self, term: str) -> int:
        """Return how many passages hold a term, in their text or keys."""

    def tokens(self, number: int) -> Matrix:
        """Return the token vectors of a passage without its keys, shape (tokens, dim)."""

    def means(self, number: int) -> Matrix:
        """Return unit vectors, shape (1 + keys, dim): the mean of a passage's own tokens, then of each of its keys'."""

    @property
    def axes(self) -> Matrix:
        """Unit vectors along which tokens are compared roughly, shape (axes, dim)."""

    def all_tokens(self, numbers: NDArray[np.int64]) -> tuple[ByteMatrix, ByteMatrix, Starts]:
        """Return the tokens of some passages with their keys and each one's first row: upper bytes, lower bytes, rows.

        Both have the shape (tokens, dim).
        """

    def rough_tokens(self, numbers: NDArray[np.int64]) -> tuple[ByteMatrix, Starts]:
        """Return the same tokens along the axes, and each passage's first row."""

    @property
    def kinds(self) -> ByNumber[Kind]:
        """The kind of each passage."""

    @property
    def articles_of(self) -> ByNumber[str]:
        """The slug of each passage's article."""

    def numbers_of(self, article: str) -> Sequence[int]:
        """Return the numbers of an article's passages, in order."""

    def passage(self, number: int) -> Passage:
        """Return a passage by its number."""

    def search_text(self, number: int) -> str:
        """Return what of a passage is searched."""

    def keys(self, number: int) -> tuple[str, ...]:
        """Return the keys of a passage: its section heading and anticipated questions."""

    def stems(self, number: int) -> frozenset[str]:
        """Return the stems of the content words of a passage and its keys."""

    def vocabulary(self) -> Mapping[str, int]:
        """Return how often each content word stands in the passages, lower case."""

    def articles(self) -> dict[str, str]:
        """Return the titles of the articles by slug, in the order of the corpus."""

    def article_text(self, slug: str) -> str | None:
        """Return the article file as it was indexed, or None where there is no such article."""

    def sources(self) -> dict[str, dict[int, Source]]:
        """Return every article's sources by number."""


def cited_tiers(passage: Passage, sources: Mapping[str, Mapping[int, Source]]) -> frozenset[str]:
    """Return the tiers of a passage's sources, "" for a source without one; empty where it carries no number."""
    return frozenset(sources[passage.article][number].tier for number in passage.sources)


def filters_in_the_way(only: Filter, article: str, tiers: frozenset[str]) -> tuple[FilterName, ...]:
    """Return the filters that a passage of an article, with sources of these tiers, does not pass."""
    kept: list[FilterName] = []
    if only.articles and article not in only.articles:
        kept.append("articles")
    if only.tiers and tiers.isdisjoint(only.tiers):
        kept.append("tiers")
    if only.sourced_only and not tiers:
        kept.append("sourced")
    return tuple(kept)
