"""What encoders yield, and what the build and the chatbot need of them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of one text: unit vectors, shape (tokens, dim), and where each token stands in the text."""

    vectors: Matrix
    spans: tuple[tuple[int, int], ...]


class PassageEncoder(Protocol):
    """What the build needs: many texts at a time, and the same encoder as a graph for questions."""

    @property
    def name(self) -> str:
        """Name and digest of the weights, as kept in the manifest."""

    @property
    def dim(self) -> int:
        """Length of every vector."""

    @property
    def axes(self) -> Matrix:
        """The axes on which its tokens differ most, unit vectors, shape (axes, dim)."""

    @property
    def question_graph(self) -> bytes:
        """The graph that encodes questions, to be kept in the index."""

    def count_tokens(self, text: str) -> int:
        """Return how many tokens of its window a text takes, its own two marks not counted."""

    def encode_tokens(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> list[TokenVectors]:
        """Return the token vectors of each text, without the encoder's own two marks."""


class TextEncoder(PassageEncoder, Protocol):
    """What evaluation needs besides: one vector for a whole text."""

    def encode(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Matrix:
        """Return unit vectors, shape (len(texts), dim)."""


class QuestionEncoder(Protocol):
    """What the chatbot needs: one question at a time."""

    @property
    def vocabulary(self) -> Collection[str]:
        """Words that the encoder knows whole, lower case."""

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return where each token stands in a text, without the encoder's own two marks."""

    def encode_question(self, text: str) -> tuple[Matrix, TokenVectors]:
        """Return the vector of a question, shape (dim,), and those of its tokens, out of one pass."""
