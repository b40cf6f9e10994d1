import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipt_rag.decide import Decision, Model, Signals, decide, shipped_models

NAMES = [field.name for field in dataclasses.fields(Signals)]
ZERO = Signals(*[0.0] * len(NAMES))
MODEL = Model(weights={"strong": 4.0, "lacks_count": -2.0}, bias=-2.0, threshold=0.5)
signals = st.builds(Signals, **{name: st.floats(-1, 1) for name in NAMES})


def test_confidence_is_a_logistic_regression() -> None:
    """The confidence is that of the weighted sum, worked out by hand."""
    assert MODEL.confidence(dataclasses.replace(ZERO, strong=0.5)) == 0.5
    assert MODEL.confidence(dataclasses.replace(ZERO, strong=1.0)) == round(1 / (1 + math.exp(-2)), 4)
    assert MODEL.confidence(dataclasses.replace(ZERO, strong=1.0, lacks_count=1.0)) == 0.5


@given(signals, st.sampled_from(NAMES), st.floats(0, 1))
def test_confidence_follows_each_signal(at: Signals, name: str, step: float) -> None:
    """More of a signal with a positive weight is never less confidence, with a negative one never more."""
    more = dataclasses.replace(at, **{name: getattr(at, name) + step})
    weight = MODEL.weights.get(name, 0.0)
    difference = MODEL.confidence(more) - MODEL.confidence(at)
    assert difference * weight >= 0
    assert weight or difference == 0


@given(signals, st.sampled_from(["keyed", "plain"]))
def test_the_shipped_models_give_a_share(at: Signals, name: str) -> None:
    """Whatever the signals, the confidence is a share from 0 to 1."""
    assert 0 <= getattr(shipped_models(), name).confidence(at) <= 1


@pytest.mark.parametrize("name", ["keyed", "plain"])
def test_the_shipped_models_weigh_known_signals(name: str) -> None:
    """Each weight belongs to a signal, matching better speaks for an answer, and the threshold is a share."""
    model = getattr(shipped_models(), name)
    assert set(model.weights) <= set(NAMES)
    assert model.weights["strong"] > 0
    assert 0 < model.threshold < 1


def test_extreme_signals_do_not_overflow() -> None:
    """A weighted sum of any size is a confidence."""
    assert Model({"strong": 1e9}, 0.0, 0.5).confidence(dataclasses.replace(ZERO, strong=1.0)) == 1.0
    assert Model({"strong": -1e9}, 0.0, 0.5).confidence(dataclasses.replace(ZERO, strong=1.0)) == 0.0


def test_answering_begins_at_the_threshold() -> None:
    """At the threshold the articles answer, below it they do not."""
    assert decide(dataclasses.replace(ZERO, strong=0.5), MODEL) == Decision(True, 0.5, "")
    below = decide(dataclasses.replace(ZERO, strong=0.49), MODEL)
    assert not below.answer
    assert below.confidence < 0.5


def test_a_question_without_content_is_too_vague() -> None:
    """Nothing to go by is a reason, and no confidence."""
    assert decide(None, MODEL) == Decision(False, 0.0, "too_vague")


def test_reasons_for_no() -> None:
    """Where the topic is there and the fact is not, that is said; where the topic is not, nothing comes close."""
    assert decide(dataclasses.replace(ZERO, dense=0.9, coverage=0.9), MODEL).reason == "fact_missing"
    assert decide(ZERO, MODEL).reason == "nothing_close"
