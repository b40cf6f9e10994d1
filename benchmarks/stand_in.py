"""Build an index of a large corpus in minutes, for measurements of search alone.

    .venv/bin/python benchmarks/stand_in.py CORPUS INDEX

The real tokenizer counts and parts the texts, and the real graph reads the questions; passages get a vector drawn for
each token's number in place of the encoder's, which takes one thread about twenty minutes for 10,000 passages. What is
found means nothing; how long it takes to find it is the same.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from ipt_rag.build import build_index
from ipt_rag.embed import Matrix, MiniLM, TokenVectors
from ipt_rag.embed.tokens import Tokenizer

VOCABULARY = 30_522


class StandIn:
    """The real encoder for all but the vectors of passages."""

    name = MiniLM.named("fp32")
    dim = MiniLM.dim

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.open()
        drawn = np.random.default_rng(0).standard_normal((VOCABULARY, self.dim), dtype=np.float32)
        self._drawn = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)

    @property
    def axes(self) -> Matrix:
        """The real encoder's axes."""
        return MiniLM.open().axes

    @cached_property
    def question_graph(self) -> bytes:
        """The real encoder's graph."""
        return MiniLM.open().question_graph

    def count_tokens(self, text: str) -> int:
        """Return how many tokens of its window a text takes."""
        return self._tokenizer.count(text)

    def encode_tokens(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> list[TokenVectors]:
        """Return the drawn vector of each token."""
        windows = (self._tokenizer.window(text) for text in texts)
        return [TokenVectors(self._drawn[numbers[1:-1]], spans) for numbers, spans in windows]


def main() -> None:
    """Build the index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("index", type=Path)
    options = parser.parse_args()
    build_index(options.corpus, options.index, open_encoder=lambda _: StandIn())


if __name__ == "__main__":
    main()
