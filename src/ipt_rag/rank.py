"""Candidates -> the best passages first, by late interaction: each token of the question finds its closest match.

MaxSim (ColBERT, Khattab and Zaharia, 2020): the score of a passage is the mean, over the question's tokens, of the
highest cosine with any token of the passage or of its keys. Tokens that match every candidate alike ("patient")
say little, so each is weighted by how far its best match stands out: a soft inverse document frequency.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate and how well it matched; scores are 0 to 1, higher is closer."""

    number: int
    score: float
    best: Matrix  # shape (question tokens,): cosine of each token's closest match


def rank(question: Matrix, candidates: Sequence[int], tokens_of: Callable[[int], Matrix]) -> list[Ranked]:
    """Return the candidates, best first; equal scores stand in the order of the articles.

    Args:
        question: token vectors, shape (tokens, dim).
        candidates: passage numbers.
        tokens_of: token vectors of a passage, shape (tokens, dim).
    """
    if not len(question) or not candidates:
        return []
    numbers = sorted(candidates)
    best = np.stack([_closest(question, tokens_of(number)) for number in numbers])
    weights = token_weights(best)
    scores = best @ weights
    ranked = [
        Ranked(number, round(float(min(max(score, 0.0), 1.0)), 5), row)
        for number, score, row in zip(numbers, scores, best, strict=True)
    ]
    return sorted(ranked, key=lambda hit: (-hit.score, hit.number))


def token_weights(best: Matrix) -> Matrix:
    """Return a weight for each token of the question, summing to 1; `best` has shape (candidates, tokens)."""
    standing_out = best.max(axis=0) - best.mean(axis=0) + 0.05
    weights: Matrix = (standing_out / standing_out.sum()).astype(np.float32)
    return weights


def _closest(question: Matrix, passage: Matrix) -> Matrix:
    if not len(passage):
        return np.zeros(len(question), dtype=np.float32)
    closest: Matrix = (question @ passage.T).max(axis=1)
    return closest
