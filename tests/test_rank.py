from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ipt_rag.rank import LEADING, LEXICAL_WEIGHT, Matrix, Ranked, rank, token_weights

TEA, POT, TIDE = np.eye(3, dtype=np.float32)
cosines = arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 8)), elements=st.floats(-1, 1, width=32))


def order(
    question: list[Matrix],
    passages: dict[int, list[Matrix]],
    *,
    lexical: dict[int, float] | None = None,
    discounts: dict[int, float] | None = None,
) -> list[Ranked]:
    """Return the passages ranked for a question, each given by its token vectors."""

    def closest(numbers: Sequence[int]) -> Matrix:
        return np.stack([(np.stack(passages[number]) @ np.stack(question).T).max(axis=0) for number in numbers])

    numbers = np.array(sorted(passages))
    put_back = np.array([(discounts or {}).get(number, 0.0) for number in sorted(passages)])
    return rank(numbers, closest(numbers), closest, lexical=lexical or {}, discounts=put_back)


def test_each_token_finds_its_closest_match() -> None:
    """A passage with both words comes before one with one of them, before one with none, wherever they stand."""
    found = order([TEA, POT], {3: [TIDE, TIDE], 5: [TIDE, POT, TIDE, TEA], 8: [TEA, TIDE]})
    assert [hit.number for hit in found] == [5, 8, 3]
    assert [hit.closest.tolist() for hit in found] == [[1, 1], [1, 0], [0, 0]]
    assert found[0].score == pytest.approx(1 / (1 + LEXICAL_WEIGHT), abs=1e-4)
    assert found[2].score == 0


def test_longer_is_not_better() -> None:
    """A word said often matches no closer than a word said once."""
    once, often = order([TEA], {0: [TEA], 1: [TEA] * 9})
    assert (once.number, often.number, once.score) == (0, 1, often.score)


def test_ties_stand_in_the_order_of_the_articles() -> None:
    """Equal scores are ranked by number, whatever the numbers are."""
    assert [hit.number for hit in order([TEA], {9: [TEA], 2: [TEA], 4: [TEA]})] == [2, 4, 9]


def test_a_word_that_all_match_counts_less() -> None:
    """Where every passage has tea, it is the pot that decides."""
    weights = token_weights(np.array([[1, 1], [1, 0], [1, 0]], dtype=np.float32))
    assert weights[0] < weights[1]


def test_the_word_index_breaks_a_tie() -> None:
    """Of two passages that match alike, the one that shares words with the question comes first."""
    assert [hit.number for hit in order([TEA], {1: [TEA], 2: [TEA]}, lexical={2: 7.0})] == [2, 1]


def test_a_discount_puts_a_passage_back() -> None:
    """A passage that is seldom meant stands behind its equals."""
    assert [hit.number for hit in order([TEA], {1: [TEA], 2: [TEA]}, discounts={1: 0.05})] == [2, 1]


def test_nothing_to_rank() -> None:
    """Without a token or a candidate there is no hit."""

    def unasked(numbers: Sequence[int]) -> Matrix:
        raise AssertionError("there is nothing to measure")

    for count, tokens in ((1, 0), (0, 3)):
        nothing = np.zeros((count, tokens), np.float32)
        assert rank(np.arange(count), nothing, unasked, lexical={}, discounts=np.zeros(count)) == []


def test_those_that_lead_are_measured_exactly() -> None:
    """Rough cosines choose who leads; among these the exact ones decide, and the rest keep their place behind."""
    numbers = np.arange(LEADING + 4)
    rough = np.linspace(0.9, 0.1, len(numbers), dtype=np.float32)[:, np.newaxis]
    measured: list[int] = []

    def exactly(leading: Sequence[int]) -> Matrix:
        measured.extend(leading)
        return rough[list(leading)] + np.array([[0.5 if number == 5 else 0.0] for number in leading], np.float32)

    found = rank(numbers, rough, exactly, lexical={}, discounts=np.zeros(len(numbers)))
    assert measured == [*range(LEADING)]
    assert [hit.number for hit in found] == [5, *(number for number in numbers if number != 5)]
    assert found[0].closest == pytest.approx(rough[5] + 0.5)


@given(cosines)
def test_weights_sum_to_one(closest: Matrix) -> None:
    """The weights are a share for each token of the question, none without any."""
    weights = token_weights(closest)
    assert weights.shape == (closest.shape[1],)
    assert float(weights.sum()) == pytest.approx(1, abs=1e-5)
    assert (weights > 0).all()


@given(st.dictionaries(st.integers(0, 99), st.lists(st.sampled_from([TEA, POT, TIDE, -TEA]), min_size=1), min_size=1))
def test_scores_lie_between_0_and_1_in_order(passages: dict[int, list[Matrix]]) -> None:
    """Every candidate is ranked once, best first, with a score from 0 to 1."""
    found = order([TEA, POT], passages)
    assert sorted(hit.number for hit in found) == sorted(passages)
    assert all(0 <= hit.score <= 1 for hit in found)
    assert [(-hit.score, hit.number) for hit in found] == sorted((-hit.score, hit.number) for hit in found)
