"""Signals of the ranking -> whether to answer, with a calibrated confidence.

The confidence is a logistic regression over the signals below, fitted by `scripts/fit_decision.py` on the tuning half
of the project's questions and kept in `decision.json`: at confidence 0.8, eight of ten such questions were ones that
the articles answer. Every signal is a feature, none a veto. Passages with anticipated questions match more closely
than those without, so there is one model for each.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ipt_rag.records import Reason

# Cosine of question and passage from which the topic is there and only the fact missing: on the tuning questions nine
# of ten near misses lie above it, nine of ten questions on other things below.
ON_TOPIC = 0.15


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for and against the best passage, each from 0 to 1 or -1 to 1."""

    weakest: float  # cosine of the content word that matched worst
    dense: float  # cosine of question and passage as wholes
    key: float  # cosine of the question and the closest key of the passage, 0 where it has none
    coverage: float  # share of the question's content words that stand in the passage or its keys, by rarity
    strong: float  # share of the question's tokens whose closest match has a cosine of 0.6 or more
    words: float  # content words in the question, six or more being 1
    noun: float  # 1: the noun asked for stands in the passage, 0: it does not, 0.5: none is asked for
    lacks_number: float  # 1: a number is asked for and the passage has none
    lacks_count: float  # 1: a noun's number is asked for, and none stands beside it
    lacks_year: float
    lacks_named_year: float  # 1: the question names a year and the passage has another or none
    lacks_meaning: float  # 1: a term's meaning is asked for, and the passage only mentions it
    lacks_measure: float  # 1: a statistic, a detail of print or a cost is asked for and not stated
    asks_place: float
    unknown_acronym: float  # 1: the question names one that stands nowhere in the articles


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to answer, and why not."""

    answer: bool
    confidence: float  # 0 to 1
    reason: Reason  # "" when answering


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted logistic regression: weights and bias over the signals, and the least confidence that answers."""

    weights: Mapping[str, float]
    bias: float
    threshold: float

    def confidence(self, signals: Signals) -> float:
        """Return the calibrated share of answerable questions at these signals, 0 to 1."""
        logit = self.bias + sum(weight * getattr(signals, name) for name, weight in self.weights.items())
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))), 4)


@dataclass(frozen=True, slots=True)
class Models:
    """The model for passages with anticipated questions, and that for passages without."""

    keyed: Model
    plain: Model


def decide(signals: Signals | None, model: Model) -> Decision:
    """Return the decision; no signals means that the question has no content word or nothing came near."""
    if signals is None:
        return Decision(False, 0.0, "too_vague")
    confidence = model.confidence(signals)
    if confidence >= model.threshold:
        return Decision(True, confidence, "")
    return Decision(False, confidence, "fact_missing" if signals.dense >= ON_TOPIC else "nothing_close")


@cache
def shipped_models() -> Models:
    """Return the models fitted for this version."""
    kept = json.loads(files("ipt_rag").joinpath("decision.json").read_text(encoding="utf-8"))
    return Models(**{name: Model(**kept[name]) for name in ("keyed", "plain")})
