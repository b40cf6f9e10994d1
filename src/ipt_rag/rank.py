"""Candidates -> the best passages first, by late interaction: each token of the question finds its closest match.

MaxSim (ColBERT, Khattab and Zaharia, 2020): the score of a passage is the mean, over the question's tokens, of the
highest cosine with any token of the passage or of its keys. Half of each token's weight is the same for all, half
grows with how far its best match stands out among the candidates: a soft inverse document frequency, since a token
that matches every passage alike ("patient") says little. The word index has a small say beside it.
"""

from collections.abc import Callable, Mapping
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

# Chosen on the tuning half of our questions over both corpora; from 0.03 to 0.1 the hit rates differ by less than 0.01.
LEXICAL_WEIGHT = 0.06

# How many candidates are measured exactly: see docs/performance.md.
LEADING = 8


class Ranked(NamedTuple):
    """A candidate and how well it matched; higher is closer."""

    number: int
    score: float  # 0 to 1
    of_all: Matrix  # shape (candidates, question tokens): the same array in each, since a row for each costs time
    row: int

    @property
    def closest(self) -> Matrix:
        """Cosine of each question token's closest match, -1 to 1, shape (question tokens,)."""
        row: Matrix = self.of_all[self.row]
        return row


def rank(
    candidates: NDArray[np.int64],
    closest: Matrix,
    exactly: Callable[[NDArray[np.int64]], Matrix],
    *,
    lexical: Mapping[int, float],
    discounts: NDArray[np.float64],
) -> list[Ranked]:
    """Return the candidates, best first; equal scores stand in the order of the articles.

    Args:
        candidates: passage numbers, ascending.
        closest: cosine of each question token's closest match, shape (candidates, question tokens), rough.
        exactly: gives the same for some of the candidates, by their numbers, as it is: for those that lead.
        lexical: BM25 of those candidates that share words with the question, higher is closer.
        discounts: what to take off the score of each, such as of a vignette; shape (candidates,).
    """
    if not len(candidates) or not closest.shape[1]:
        return []
    worded = np.zeros(len(candidates))
    worded[np.searchsorted(candidates, [*lexical])] = [*lexical.values()]
    worded /= worded.max() or 1.0

    def scores() -> NDArray[np.float64]:
        mixed = closest @ token_weights(closest) + LEXICAL_WEIGHT * worded
        discounted: NDArray[np.float64] = mixed / (1 + LEXICAL_WEIGHT) - discounts
        return discounted

    leading = np.sort(np.argsort(-scores(), kind="stable")[:LEADING])
    measured = exactly(candidates[leading])
    # Of many rough cosines the highest errs upwards: those that stay rough are put right by as much, on average.
    closest = closest + (measured - closest[leading]).mean(axis=0)
    closest[leading] = measured
    rounded = scores().clip(0, 1).round(4)
    best_first = np.lexsort((candidates, -rounded))
    ordered = (candidates[best_first].tolist(), rounded[best_first].tolist(), repeat(closest), best_first.tolist())
    # Ranked(...) makes the same, in Python's own steps, for each of many candidates of which few are looked at.
    return [tuple.__new__(Ranked, hit) for hit in zip(*ordered, strict=False)]


def token_weights(closest: Matrix) -> Matrix:
    """Return a weight for each token of the question, summing to 1; `closest` has shape (candidates, tokens)."""
    standing_out = closest.max(axis=0) - closest.mean(axis=0) + 0.05  # 0.05: no token counts for nothing
    weights: Matrix = 0.5 / closest.shape[1] + 0.5 * standing_out / standing_out.sum()
    return weights.astype(np.float32)
