"""A question -> its vector and those of its tokens, through the graph in the index."""

from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ipt_rag.embed.tokens import Tokenizer
from ipt_rag.embed.vectors import Matrix, TokenVectors
from ipt_rag.graphs import open_graph


class QuestionGraph:
    """all-MiniLM-L6-v2 as an index holds it: a third of the time of a pass through PyTorch, and none of its import."""

    def __init__(self, session: Any, tokenizer: Tokenizer) -> None:
        self._session = session
        self._tokenizer = tokenizer

    @classmethod
    def open(cls, graph: Path) -> "QuestionGraph":
        """Return the encoder of questions from the graph of a verified index.

        Raises:
            EncoderError: the tokenizer's package is missing, or its file is not the one we know.
        """
        return cls(open_graph(graph), Tokenizer.open())

    @cached_property
    def vocabulary(self) -> Collection[str]:
        """Words that the encoder knows whole, lower case."""
        return self._tokenizer.vocabulary

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return where each token stands in a text, without the encoder's own two marks."""
        return self._tokenizer.spans(text)

    def encode_question(self, text: str) -> tuple[Matrix, TokenVectors]:
        """Return the vector of a question, shape (dim,), and those of its tokens, out of one pass."""
        numbers, spans = self._tokenizer.window(text)
        vector, tokens = self._session.run(None, {"numbers": np.array([numbers], dtype=np.int64)})
        return vector, TokenVectors(tokens, spans)
