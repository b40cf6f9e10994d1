"""Measure ranking and the decision to answer on question files, one JSON object a line.

Answerable: `question` with `gold` (verbatim snippets, any or all of which answer, by `need`) or `facts` (regular
expressions that hold whatever the wording). Unanswerable: `question`. Other keys (`style`, `kind`) group the figures.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ipt_rag.errors import SettingsError
from ipt_rag.plain import plain_text
from ipt_rag.records import Answer, Quote

DEPTH = 10  # passages looked at for each question

Judge = Literal["gold", "facts"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One question and how it went; `first_right` counts from 1, 0 where none of the first passages was right."""

    question: Mapping[str, Any]
    answerable: bool
    first_right: int
    confidence: float
    answered: bool
    top: Quote | None


def read_questions(path: Path, *, part: str | None = None) -> list[dict[str, Any]]:
    """Return the objects of a question file, or those of one `part`.

    Raises:
        SettingsError: a line is no JSON object with a `question`, or no question is left.
    """
    rows: list[dict[str, Any]] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{path} cannot be read as UTF-8 text. Name a file with one JSON object a line.") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            row["question"].strip()
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SettingsError(f"{path}:{number} is no JSON object with a `question`. Mend the line.") from None
        if part is None or row.get("part") == part:
            rows.append(row)
    if not rows:
        raise SettingsError(f"{path} holds no question{f' of the part {part!r}' if part else ''}. Name another file.")
    return rows


def judge(
    ask: Callable[[str], Answer], questions: Sequence[Mapping[str, Any]], *, by: Judge, answerable: bool
) -> list[Judged]:
    """Ask every question and return how each went; `ask` must return ranked passages, `DEPTH` of them."""
    judged = []
    for question in questions:
        answer = ask(question["question"])
        right = right_passage(question, by) if answerable else lambda text: False
        first = next((rank for rank, quote in enumerate(answer.ranked, start=1) if right(quote.text)), 0)
        top = answer.ranked[0] if answer.ranked else None
        judged.append(Judged(question, answerable, first, answer.confidence, answer.status == "answered", top))
    return judged


def right_passage(question: Mapping[str, Any], by: Judge) -> Callable[[str], bool]:
    """Return a test of whether a passage's text answers a question, or a part of one that asks for several things."""
    if by == "gold":
        snippets = [_fold(snippet) for snippet in question["gold"]]
        return lambda text: any(snippet in _fold(plain_text(text)) for snippet in snippets)
    patterns = [re.compile(pattern) for pattern in question["facts"]]
    return lambda text: any(pattern.search(plain_text(text)) for pattern in patterns)


def _fold(text: str) -> str:
    """Return text with quotes, dashes and white space of one kind, in small letters."""
    text = text.translate(str.maketrans("‘’“”–—\u00a0", "''\"\"-- "))
    return re.sub(r"\s+", " ", text).lower()


@dataclass(frozen=True, slots=True)
class Figure:
    """A share from 0 to 1 with its 95 % bootstrap interval over questions."""

    name: str
    value: float
    low: float
    high: float
    questions: int


def figures(answerable: Sequence[Judged], unanswerable: Sequence[Judged]) -> list[Figure]:
    """Return the figures of ranking (answerable alone) and, where there are unanswerable ones, of the decision.

    AUROC is the chance that, of a pair, the answerable question has the higher confidence. "answered at 5 %" is the
    share of the answerable whose confidence exceeds that of all but 5 % of the unanswerable.
    """
    first = np.array([judged.first_right for judged in answerable])
    reciprocal = np.array([1 / rank if rank else 0.0 for rank in first])
    measured = [_mean(f"right passage in the first {depth}", (first > 0) & (first <= depth)) for depth in (1, 3, 5)]
    measured.append(_mean("mean reciprocal rank", reciprocal))
    measured.append(_mean("answerable answered", np.array([judged.answered for judged in answerable])))
    if not unanswerable:
        return measured
    measured.append(_mean("unanswerable answered", np.array([judged.answered for judged in unanswerable])))
    near = [judged for judged in unanswerable if judged.question.get("kind") == "near_miss"]
    if near:
        measured.append(_mean("near misses answered", np.array([judged.answered for judged in near])))
    for name, negatives in (("AUROC", unanswerable), ("AUROC against near misses", near)):
        if negatives:
            measured.append(_paired(name, _auroc, answerable, negatives))
    measured.append(_paired("answered at 5 % false answers", _answered_at_five, answerable, unanswerable))
    return measured


def by_group(judged: Sequence[Judged], key: str) -> Iterator[Figure]:
    """Yield the share of right first passages (answerable) or of answered questions (unanswerable) by style or kind."""
    groups: dict[str, list[bool]] = {}
    for one in judged:
        right = one.first_right == 1 if one.answerable else one.answered
        groups.setdefault(str(one.question.get(key, "")), []).append(right)
    for name, hits in sorted(groups.items()):
        yield _mean(name, np.array(hits))


def _auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]  # a second of import that printing an answer must not pay

    labels = np.r_[np.ones(len(positive)), np.zeros(len(negative))]
    return float(roc_auc_score(labels, np.r_[positive, negative]))


def _answered_at_five(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    return float(np.mean(positive > np.quantile(negative, 0.95)))


def _mean(name: str, values: NDArray[Any]) -> Figure:
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
