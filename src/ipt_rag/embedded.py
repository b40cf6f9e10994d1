"""Texts -> the vectors of their tokens: what the last generation or a build that broke off has is not made again."""

import time
from collections.abc import Callable, Sequence
from itertools import accumulate

import numpy as np

from ipt_rag.embed import Matrix, PassageEncoder
from ipt_rag.index import Index, unit_mean
from ipt_rag.journal import Journal
from ipt_rag.maxsim import Steps, bytes_of, in_steps, vectors_of

Report = Callable[[str], None]

KEPT_TEXTS = 500  # texts embedded between two times that what was made is kept: what an interruption costs
PROGRESS_TEXTS = 100  # texts embedded between two lines of progress: some seconds on a small machine


class Embedded:
    """The token vectors of texts, in the last generation and in the journal of this build; few of them in memory."""

    def __init__(self, encoder: PassageEncoder, last: Index | None, journal: Journal, report: Report) -> None:
        self.count = 0  # of texts newly embedded
        self._encoder = encoder
        self._last = last
        self._journal = journal
        self._report = report
        self._ranges = last.token_ranges() if last else {}

    def make(self, texts: Sequence[str]) -> None:
        """Make what lacks and keep it, some hundred texts at a time; the longest first, which fills the passes."""
        lacking = [
            text for text in dict.fromkeys(texts) if text not in self._ranges and _name(text) not in self._journal
        ]
        lengths = {text: self._encoder.count_tokens(text) for text in lacking}
        ordered = sorted(lacking, key=lambda text: (-lengths[text], text))
        progress = _Progress([lengths[text] + 2 for text in ordered], self._report)
        # A text of signs that the encoder does not know at all gets one token that matches nothing.
        none = np.zeros((1, self._encoder.dim), np.int16)
        for start in range(0, len(ordered), KEPT_TEXTS):
            part = ordered[start : start + KEPT_TEXTS]
            encoded = self._encoder.encode_tokens(part, progress=progress.advance)
            steps = (in_steps(tokens.vectors) if len(tokens.vectors) else none for tokens in encoded)
            self._journal.append((_name(text), each.data) for text, each in zip(part, steps, strict=True))
            self.count += len(part)

    def size(self, text: str) -> int:
        """Return how many token vectors a text has."""
        if text in self._ranges:
            first, after = self._ranges[text]
            return after - first
        return self._journal.size(_name(text)) // (2 * self._encoder.dim)

    def tokens(self, text: str) -> Steps:
        """Return the token vectors of a text, shape (tokens, dim)."""
        if self._last and text in self._ranges:
            return self._last.steps(*self._ranges[text])
        return np.frombuffer(self._journal.read(_name(text)), np.int16).reshape(-1, self._encoder.dim)

    def means(self, groups: Sequence[Sequence[str]]) -> Matrix:
        """Return for each group of texts the direction of the mean of all their tokens, shape (groups, dim)."""
        means = np.zeros((len(groups), self._encoder.dim), np.float32)
        for row, texts in enumerate(groups):
            stored = np.concatenate([self.tokens(text) for text in texts])
            means[row] = unit_mean(vectors_of(*bytes_of(stored)))
        return means


class _Progress:
    """Lines of how many texts are done, and about how long the rest takes at the speed of those before."""

    def __init__(self, lengths: Sequence[int], report: Report) -> None:
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
        self._report(f"embedded {self._count:,} of {total:,} passages and keys{ahead}")


def _spoken(seconds: float) -> str:
    return f"{round(seconds)} s" if seconds < 100 else f"{round(seconds / 60)} min"


def _name(text: str) -> str:
    return f"tokens {text}"
