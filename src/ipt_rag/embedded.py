"""Texts -> their vectors, each made once: what the last generation or a build that broke off has is not made again."""

import time
from collections.abc import Callable, Sequence
from itertools import accumulate

import numpy as np

from ipt_rag.embed import Matrix, PassageEncoder
from ipt_rag.index import Index
from ipt_rag.journal import Journal
from ipt_rag.maxsim import Steps, in_steps

Report = Callable[[str], None]

KEPT_TEXTS = 500  # texts embedded between two times that what was made is kept: what an interruption costs
PROGRESS_TEXTS = 100  # texts embedded between two lines of progress: some seconds on a small machine


class Embedded:
    """The vectors of texts, in the last generation and in the journal of this build; few of them in memory."""

    def __init__(self, encoder: PassageEncoder, last: Index | None, journal: Journal, report: Report) -> None:
        self.count = 0  # of texts newly embedded
        self._encoder = encoder
        self._last = last
        self._journal = journal
        self._report = report
        self._ranges = last.token_ranges() if last else {}
        self._vectors = last.stored_vectors() if last else {}

    def make_tokens(self, texts: Sequence[str]) -> None:
        """Make the token vectors of those texts that lack them."""
        # A text of signs that the encoder does not know at all gets one token that matches nothing.
        none = np.zeros((1, self._encoder.dim), np.int16)

        def made(part: Sequence[str], progress: Callable[[int], None]) -> list[tuple[str, memoryview]]:
            encoded = self._encoder.encode_tokens(part, progress=progress)
            steps = (in_steps(tokens.vectors) if len(tokens.vectors) else none for tokens in encoded)
            return [(_tokens_of(text), each.data) for text, each in zip(part, steps, strict=True)]

        missing = [t for t in dict.fromkeys(texts) if t not in self._ranges and _tokens_of(t) not in self._journal]
        self._make(missing, "passages and keys", made)

    def make_vectors(self, texts: Sequence[str]) -> None:
        """Make the vectors of those texts that lack them."""

        def made(part: Sequence[str], progress: Callable[[int], None]) -> list[tuple[str, memoryview]]:
            vectors = self._encoder.encode(part, progress=progress)
            return [(_vector_of(text), vector.data) for text, vector in zip(part, vectors, strict=True)]

        missing = [t for t in dict.fromkeys(texts) if t not in self._vectors and _vector_of(t) not in self._journal]
        self._make(missing, "chunks", made)

    def size(self, text: str) -> int:
        """Return how many token vectors a text has."""
        if text in self._ranges:
            first, after = self._ranges[text]
            return after - first
        return self._journal.size(_tokens_of(text)) // (2 * self._encoder.dim)

    def tokens(self, text: str) -> Steps:
        """Return the token vectors of a text, shape (tokens, dim)."""
        if self._last and text in self._ranges:
            return self._last.steps(*self._ranges[text])
        return np.frombuffer(self._journal.read(_tokens_of(text)), np.int16).reshape(-1, self._encoder.dim)

    def vectors(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors of texts, shape (texts, dim)."""
        rows = [
            self._vectors[text]
            if text in self._vectors
            else np.frombuffer(self._journal.read(_vector_of(text)), np.float32)
            for text in texts
        ]
        return np.array(rows, dtype=np.float32).reshape(-1, self._encoder.dim)

    def _make(
        self,
        missing: Sequence[str],
        what: str,
        made: Callable[[Sequence[str], Callable[[int], None]], Sequence[tuple[str, memoryview]]],
    ) -> None:
        """Make what is missing and keep it, some hundred texts at a time; the longest first, which fills the passes."""
        lengths = {text: self._encoder.count_tokens(text) for text in missing}
        ordered = sorted(missing, key=lambda text: (-lengths[text], text))
        progress = _Progress(what, [lengths[text] + 2 for text in ordered], self._report)
        for start in range(0, len(ordered), KEPT_TEXTS):
            part = ordered[start : start + KEPT_TEXTS]
            self._journal.append(made(part, progress.advance))
            self.count += len(part)


class _Progress:
    """Lines of how many texts are done, and about how long the rest takes at the speed of those before."""

    def __init__(self, what: str, lengths: Sequence[int], report: Report) -> None:
        self._what = what
        self._done = [0, *accumulate(lengths)]  # tokens after so many texts
        self._report = report
        self._count = self._said = 0
        self._begun = time.monotonic()

    def advance(self, finished: int) -> None:
        self._count += finished
        total = len(self._done) - 1
        if self._count < total and self._count - self._said < PROGRESS_TEXTS:
            return
        self._said = self._count
        taken = time.monotonic() - self._begun
        left = taken * (self._done[-1] - self._done[self._count]) / self._done[self._count]
        ahead = f", about {_spoken(left)} left" if self._count < total else ""
        self._report(f"embedded {self._count:,} of {total:,} {self._what}{ahead}")


def _spoken(seconds: float) -> str:
    return f"{round(seconds)} s" if seconds < 100 else f"{round(seconds / 60)} min"


def _tokens_of(text: str) -> str:
    return f"tokens {text}"


def _vector_of(text: str) -> str:
    return f"vector {text}"
