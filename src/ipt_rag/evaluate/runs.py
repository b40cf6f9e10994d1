"""A run of judged questions on disk, and how another run over the same questions compares."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ipt_rag.errors import SettingsError
from ipt_rag.evaluate.questions import Judged

FORMAT = 1
Outcome = tuple[bool, int, bool]  # whether answerable, place of the first right passage, whether answered


@dataclass(frozen=True, slots=True)
class Difference:
    """How this run differs from an earlier one, over the questions that both asked."""

    name: str
    before: float
    now: float
    gained: int  # questions right now and not before
    lost: int
    p: float  # exact McNemar, two-sided: how often chance alone gives a difference as large
    low: float  # 95 % paired bootstrap of `now - before`
    high: float
    questions: int


def save_run(path: Path, judged: Sequence[Judged]) -> None:
    """Write how each question went, under the digest of its words: the questions themselves are not kept.

    Raises:
        SettingsError: the file cannot be written.
    """
    run = {"format": FORMAT, "questions": {_name(one.question): _kept(one) for one in judged}}
    try:
        path.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror}). Name another file with --save.") from None


def read_run(path: Path, questions: Iterable[Mapping[str, Any]]) -> Mapping[str, Outcome]:
    """Return how each question of a saved run went, by the digest of its words.

    Raises:
        SettingsError: the file is no saved run, or none of these questions was in it.
    """
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        if run["format"] != FORMAT:
            raise ValueError
        earlier: dict[str, Outcome] = {
            name: (bool(k["answerable"]), int(k["first_right"]), bool(k["answered"]))
            for name, k in run["questions"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise SettingsError(f"{path} is no run saved with --save by this version. Save one, then compare.") from None
    if not any(_name(question) in earlier for question in questions):
        raise SettingsError(f"{path} shares no question with this run. Compare runs of the same question files.")
    return earlier


def compare_judged(before: Sequence[Judged], judged: Sequence[Judged]) -> list[Difference]:
    """Return the paired differences between two ways of answering the same questions."""
    earlier = {_name(one.question): (one.answerable, one.first_right, one.answered) for one in before}
    return compare(earlier, judged)


def compare(earlier: Mapping[str, Outcome], judged: Sequence[Judged]) -> list[Difference]:
    """Return the paired differences between an earlier run and this one: ranking, answers, false answers."""
    both = [(earlier[name], one) for one in judged if (name := _name(one.question)) in earlier]
    yes = [(before, one) for before, one in both if one.answerable and before[0]]
    no = [(before, one) for before, one in both if not one.answerable and not before[0]]
    outcomes: list[tuple[str, list[tuple[bool, bool]]]] = [
        (
            f"right passage in the first {depth}",
            [(0 < before[1] <= depth, 0 < one.first_right <= depth) for before, one in yes],
        )
        for depth in (1, 3)
    ]
    outcomes.append(("answerable answered", [(before[2], one.answered) for before, one in yes]))
    outcomes.append(("unanswerable answered", [(before[2], one.answered) for before, one in no]))
    return [_difference(name, pairs) for name, pairs in outcomes if pairs]


def _name(question: Mapping[str, Any]) -> str:
    return hashlib.sha256(question["question"].encode()).hexdigest()[:16]


def _kept(judged: Judged) -> dict[str, Any]:
    return {
        "answerable": judged.answerable,
        "first_right": judged.first_right,
        "confidence": judged.confidence,
        "answered": judged.answered,
    }


def _difference(name: str, pairs: Sequence[tuple[bool, bool]]) -> Difference:
    from scipy.stats import binomtest  # type: ignore[import-untyped]  # a second of import

    before, now = np.array(pairs, dtype=float).T
    gained, lost = int((now > before).sum()), int((now < before).sum())
    p = float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0
    draws = np.random.default_rng(0).integers(0, len(pairs), size=(2000, len(pairs)))
    low, high = np.quantile((now - before)[draws].mean(axis=1), (0.025, 0.975))
    return Difference(
        name, float(before.mean()), float(now.mean()), gained, lost, p, float(low), float(high), len(pairs)
    )
