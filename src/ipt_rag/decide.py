"""Signals of the ranking -> whether to answer, with a calibrated confidence.

The confidence is a logistic regression over the signals below, fitted by `scripts/fit_decision.py` and kept in
`decision.json`: at confidence 0.8, eight of ten such answers were right on the questions it was fitted on.
Every signal is a feature, none a veto.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files

from ipt_rag.records import Reason


@dataclass(frozen=True, slots=True)
class Signals:
    """What the ranking tells about the best passage; each grows with the likelihood that it answers."""

    score: float  # MaxSim of the best passage, 0 to 1
    weakest: float  # closest match of the question's weakest content word, 0 to 1
    coverage: float  # share of the question's content words that stand in the best passage, weighted by rarity, 0 to 1
    dense: float  # cosine of question and best passage, -1 to 1
    lead: float  # how far the best score stands above the tenth, 0 to 1
    words: float  # content words in the question, 0 to 1 (five or more)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to answer, and why not."""

    answer: bool
    confidence: float  # 0 to 1
    reason: Reason  # "" when answering


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted logistic regression: `weights` and `bias` over the signals, and the least confidence that answers."""

    weights: Mapping[str, float]
    bias: float
    threshold: float

    def confidence(self, signals: Signals) -> float:
        """Return the calibrated share of right answers at these signals, 0 to 1."""
        values = asdict(signals)
        logit = self.bias + sum(weight * values[name] for name, weight in self.weights.items())
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))), 4)


def decide(signals: Signals | None, words: Sequence[str], model: Model) -> Decision:
    """Return the decision; no signals means that nothing in the articles came near."""
    if signals is None:
        return Decision(False, 0.0, "nothing_close" if words else "too_vague")
    confidence = model.confidence(signals)
    if confidence >= model.threshold:
        return Decision(True, confidence, "")
    if not words:
        return Decision(False, confidence, "too_vague")
    return Decision(False, confidence, "fact_missing" if signals.score >= 0.5 else "nothing_close")


@cache
def shipped_model() -> Model:
    """Return the model fitted for this version."""
    kept = json.loads(files("ipt_rag").joinpath("decision.json").read_text(encoding="utf-8"))
    return Model(kept["weights"], kept["bias"], kept["threshold"])
