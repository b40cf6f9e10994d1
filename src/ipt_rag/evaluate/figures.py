"""Judged questions -> figures with their 95 % bootstrap intervals; metrics from scikit-learn where it has them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipt_rag.evaluate.questions import DEPTH, Judged

BINS = 10  # of equally many questions each, for the calibration error
FALSE_PERCENT = (1, 5, 10)  # of the unanswerable: what of the answerable is answered at these


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure from 0 to 1 with its 95 % bootstrap interval over questions."""

    name: str
    value: float
    low: float
    high: float
    questions: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of about the same confidence, and how many of them went right."""

    confidence: float  # the mean, 0 to 1
    right: float  # share, 0 to 1
    questions: int


@dataclass(frozen=True, slots=True)
class Point:
    """What would be answered if every question from this confidence on were."""

    threshold: float  # 0 to 1; infinite where nothing is answered
    coverage: float  # share of the answerable questions, 0 to 1
    false_answers: float  # share of the unanswerable ones, 0 to 1


def figures(answerable: Sequence[Judged], unanswerable: Sequence[Judged]) -> list[Figure]:
    """Return the figures of ranking (answerable alone) and, where there are unanswerable ones, of the decision.

    AUROC is the chance that, of a pair, the answerable question has the higher confidence. "answered at 5 %" is the
    share of the answerable whose confidence exceeds that of all but 5 % of the unanswerable. The calibration error
    holds confidence against "answerable, with a right passage first".
    """
    first = np.array([judged.first_right for judged in answerable])
    reciprocal = np.array([1 / rank if rank else 0.0 for rank in first])
    measured = [
        mean_figure(f"right passage in the first {depth}", (first > 0) & (first <= depth)) for depth in (1, 3, 5)
    ]
    measured.append(mean_figure("mean reciprocal rank", reciprocal))
    measured.append(mean_figure("nDCG@10", np.array([ndcg(judged) for judged in answerable])))
    measured.append(mean_figure("answerable answered", np.array([judged.answered for judged in answerable])))
    if not unanswerable:
        return measured
    measured.append(mean_figure("unanswerable answered", np.array([judged.answered for judged in unanswerable])))
    near = [judged for judged in unanswerable if judged.question.get("kind") == "near_miss"]
    if near:
        measured.append(mean_figure("near misses answered", np.array([judged.answered for judged in near])))
    for name, negatives in (("AUROC", unanswerable), ("AUROC against near misses", near)):
        if negatives:
            measured.append(_paired(name, _auroc, answerable, negatives))
    for percent in FALSE_PERCENT:
        name = f"answered at {percent} % false answers"
        measured.append(_paired(name, partial(_answered_at, 1 - percent / 100), answerable, unanswerable))
    measured.append(_calibration([*answerable, *unanswerable]))
    return measured


def ndcg(judged: Judged) -> float:
    """Return the normalised discounted cumulative gain of one question's first ten passages, 0 to 1."""
    return ndcg_of(judged.right, [True] * (judged.relevant - sum(judged.right)))


def ndcg_of(ranked: Sequence[float], missed: Sequence[float]) -> float:
    """Return the nDCG@10 of one question, 0 to 1.

    Args:
        ranked: the gain of each of its first ten results, best first.
        missed: the gains of what should have been among them.
    """
    from sklearn.metrics import ndcg_score  # type: ignore[import-untyped]

    if not any(ranked):
        return 0.0
    padded = [*ranked, *[0.0] * DEPTH][:DEPTH]
    gains = np.array([*padded, *missed], dtype=float)
    return float(ndcg_score([gains], [-np.arange(len(gains), dtype=float)], k=DEPTH))


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the mean distance of confidence and share of right answers over `BINS` bins, 0 to 1, lower is better."""
    gaps = [each.questions * abs(each.confidence - each.right) for each in _bins(confidence, right)]
    return float(sum(gaps) / len(confidence))


def reliability(judged: Sequence[Judged]) -> list[Bin]:
    """Return the bins that the calibration error is the mean distance over, by confidence, empty ones left out."""
    return _bins(*_confidence_and_right(judged))


def coverage_curve(answerable: Sequence[Judged], unanswerable: Sequence[Judged]) -> list[Point]:
    """Return coverage against false answers at every threshold that tells them apart, the strictest first."""
    from sklearn.metrics import roc_curve  # a second of import, as above

    labels = [True] * len(answerable) + [False] * len(unanswerable)
    confidence = [judged.confidence for judged in (*answerable, *unanswerable)]
    false_answers, coverage, thresholds = roc_curve(labels, confidence)
    return [Point(*map(float, row)) for row in zip(thresholds, coverage, false_answers, strict=True)]


def _bins(confidence: NDArray[np.float64], right: NDArray[np.float64]) -> list[Bin]:
    split = np.array_split(np.argsort(confidence, kind="stable"), BINS)
    return [Bin(float(confidence[rows].mean()), float(right[rows].mean()), len(rows)) for rows in split if len(rows)]


def _confidence_and_right(judged: Sequence[Judged]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.array([one.confidence for one in judged]), np.array([float(one.first_right == 1) for one in judged])


def _calibration(judged: Sequence[Judged]) -> Figure:
    confidence, right = _confidence_and_right(judged)
    random = np.random.default_rng(0)
    draws = [random.integers(0, len(judged), len(judged)) for _ in range(500)]
    low, high = np.quantile([calibration_error(confidence[rows], right[rows]) for rows in draws], (0.025, 0.975))
    return Figure("calibration error", calibration_error(confidence, right), float(low), float(high), len(judged))


def by_group(judged: Sequence[Judged], key: str) -> Iterator[Figure]:
    """Yield the share of right first passages (answerable) or of answered questions (unanswerable) by style or kind."""
    groups: dict[str, list[bool]] = {}
    for one in judged:
        right = one.first_right == 1 if one.answerable else one.answered
        groups.setdefault(str(one.question.get(key, "")), []).append(right)
    for name, hits in sorted(groups.items()):
        yield mean_figure(name, np.array(hits))


def _auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    from sklearn.metrics import roc_auc_score  # a second of import that printing an answer must not pay

    labels = np.r_[np.ones(len(positive)), np.zeros(len(negative))]
    return float(roc_auc_score(labels, np.r_[positive, negative]))


def _answered_at(silent: float, positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    return float(np.mean(positive > np.quantile(negative, silent)))


def mean_figure(name: str, values: NDArray[Any]) -> Figure:
    """Return the mean of one value a question, each from 0 to 1."""
    values = values.astype(float)
    draws = np.random.default_rng(0).integers(0, len(values), size=(2000, len(values)))
    low, high = np.quantile(values[draws].mean(axis=1), (0.025, 0.975))
    return Figure(name, float(values.mean()), float(low), float(high), len(values))


def _paired(
    name: str,
    statistic: Callable[[NDArray[np.float64], NDArray[np.float64]], float],
    positive: Sequence[Judged],
    negative: Sequence[Judged],
) -> Figure:
    yes = np.array([judged.confidence for judged in positive])
    no = np.array([judged.confidence for judged in negative])
    random = np.random.default_rng(0)
    draws = [statistic(random.choice(yes, len(yes)), random.choice(no, len(no))) for _ in range(500)]
    low, high = np.quantile(draws, (0.025, 0.975))
    return Figure(name, statistic(yes, no), float(low), float(high), len(yes) + len(no))
