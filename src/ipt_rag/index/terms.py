"""Terms of passages -> for each term the passages that hold it and its BM25 there, worked out once.

BM25 (Robertson and Zaragoza, 2009) with the inverse document frequency that never falls below zero, as Lucene has it.
Kept as numbers, as BM25S does (Lù, 2024), a search is a sum: SQLite's FTS5 worked them out anew for each question and
took longer than the encoder over 10,000 passages.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]
Weights = NDArray[np.float32]

SATURATION = (
    1.2  # k1: how soon a further mention of a term adds nothing; this and the next as SQLite and Lucene have them
)
LENGTH = 0.75  # b: how much a long passage's mentions count less


def weighed(passages: Iterable[Sequence[str]]) -> Iterator[tuple[str, Numbers, Weights]]:
    """Yield each term, in order, with the numbers of the passages that hold it, ascending, and its BM25 in each.

    Args:
        passages: the terms of each passage, as often as they stand there.
    """
    known: dict[str, int] = {}
    sizes, met = [], []
    for terms in passages:
        sizes.append(len(terms))
        met.append(np.array([known.setdefault(term, len(known)) for term in terms], dtype=np.int64))
    lengths = np.array(sizes, dtype=np.float64)
    holders = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
    # One number for each pair of term and passage: sorted, those of one term lie side by side, its passages ascending.
    pairs, counts = np.unique(np.concatenate([np.zeros(0, np.int64), *met]) * len(sizes) + holders, return_counts=True)
    numbers = (pairs % max(len(sizes), 1)).astype(np.int32)
    starts = np.searchsorted(pairs, np.arange(len(known) + 1) * len(sizes))
    discount = SATURATION * (1 - LENGTH + LENGTH * lengths / max(lengths.mean() if sizes else 0.0, 1e-12))
    for term, place in sorted(known.items()):
        here = slice(starts[place], starts[place + 1])
        holding, mentions = numbers[here], counts[here]
        rarity = np.log1p((len(sizes) - len(holding) + 0.5) / (len(holding) + 0.5))
        weights = rarity * mentions * (SATURATION + 1) / (mentions + discount[holding])
        yield term, holding, weights.astype(np.float32)


def best(postings: Sequence[tuple[Numbers, Weights]], passages: int, *, k: int) -> Mapping[int, float]:
    """Return the passages with the highest sums, the highest first and of equal ones the first in number.

    Args:
        postings: as `weighed` yields them, of the terms that are searched.
        passages: how many there are in all.
        k: how many at most.
    """
    scores = np.zeros(passages, dtype=np.float32)
    for numbers, weights in postings:
        scores[numbers] += weights
    held = np.flatnonzero(scores > 0)
    sums = scores[held]
    if len(held) > k:
        # Of those that score as the last one that fits, the first in number are kept.
        least = np.partition(sums, len(held) - k)[len(held) - k]
        over = held[sums > least]
        held = np.concatenate([over, held[sums == least][: k - len(over)]])
        sums = scores[held]
    order = np.lexsort((held, -sums))
    return dict(zip(held[order].tolist(), sums[order].tolist(), strict=True))
