import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ipt_rag.maxsim import Matrix, MaxSim, bytes_of, in_steps, joined, vectors_of

numbers = arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 8)), elements=st.floats(-1, 1, width=32))


@pytest.fixture(scope="module")
def maxsim() -> MaxSim:
    """The product, opened once."""
    return MaxSim.open()


def unit_vectors(seed: int, count: int, dim: int) -> Matrix:
    """Return vectors of length 1 in any direction."""
    drawn = np.random.default_rng(seed).standard_normal((count, dim), dtype=np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@given(numbers)
def test_what_is_stored_comes_back(vectors: Matrix) -> None:
    """A number from -1 to 1 comes back to within half a step once its bytes were parted and joined."""
    stored = in_steps(vectors)
    assert np.array_equal(joined(*bytes_of(stored)), stored)
    assert np.abs(vectors_of(*bytes_of(stored)) - vectors).max() <= 0.6 / 32_767


STARTS = np.array([0, 1, 50, 299])


def closest(question: Matrix, tokens: Matrix) -> Matrix:
    """Return by passage and token of the question the highest cosine; the passages begin at `STARTS`."""
    return np.stack([(passage @ question.T).max(axis=0) for passage in np.split(tokens, STARTS[1:])])


def test_whole_numbers_are_stored_as_they_are() -> None:
    """One, zero and minus one are exact: a text is as close to itself as can be."""
    whole = np.array([[-1, 0, 1]], dtype=np.float32)
    assert np.array_equal(vectors_of(*bytes_of(in_steps(whole))), whole)


@pytest.mark.parametrize("dim", [4, 384])
@pytest.mark.parametrize("seed", range(3))
def test_each_token_finds_its_closest_match(maxsim: MaxSim, seed: int, dim: int) -> None:
    """By passage and token of the question: the highest cosine, to within 0.0001."""
    question, tokens = unit_vectors(seed, 7, dim), unit_vectors(seed + 9, 300, dim)
    high, low = bytes_of(in_steps(tokens))
    assert np.abs(maxsim.exact(question, high, low, STARTS) - closest(question, tokens)).max() < 0.0001


@pytest.mark.parametrize("seed", range(3))
def test_roughly_it_is_the_closest_along_the_axes(maxsim: MaxSim, seed: int) -> None:
    """Of vectors that differ along the axes alone the cosines come back to within 0.03: 8 bits by 7 bits."""
    axes = np.linalg.qr(unit_vectors(seed, 384, 96))[0].T.astype(np.float32)
    question, tokens = unit_vectors(seed + 1, 7, 96) @ axes, unit_vectors(seed + 2, 300, 96) @ axes
    along = maxsim.along(axes, *bytes_of(in_steps(tokens)))
    assert np.abs(maxsim.rough(question @ axes.T, along, STARTS) - closest(question, tokens)).max() < 0.03


def test_the_same_token_has_the_same_place_along_the_axes(maxsim: MaxSim) -> None:
    """A token is stored the same alone and among others: an index brought up to date is the one built anew."""
    axes, tokens = unit_vectors(0, 96, 384), bytes_of(in_steps(unit_vectors(1, 200, 384)))
    together = maxsim.along(axes, *tokens)
    for row in (0, 77, 199):
        assert np.array_equal(maxsim.along(axes, *(half[row : row + 1] for half in tokens))[0], together[row])


def test_products_are_whole_numbers_at_the_edges(maxsim: MaxSim) -> None:
    """Nothing is cut off where every number is the largest there is, whatever the processor: integers are exact."""
    ones = np.ones((1, 384), dtype=np.float32)
    for sign in (1, -1):
        high, low = bytes_of(in_steps(sign * ones))
        assert maxsim.exact(ones, high, low, np.array([0])) == pytest.approx(sign * 384, rel=1e-5)


def test_no_token_no_passage(maxsim: MaxSim) -> None:
    """A question without a token, or no passage at all, is no error."""
    along = np.zeros((2, 8), dtype=np.uint8)
    assert maxsim.rough(np.zeros((0, 8), np.float32), along, np.array([0])).shape == (1, 0)
    assert maxsim.rough(np.zeros((3, 8), np.float32), along[:0], np.zeros(0, np.int64)).shape == (0, 3)


def test_the_graph_is_what_its_script_makes(root: Path) -> None:
    """`product.onnx` holds nothing but the product that the script beside it writes down."""
    made = runpy.run_path(str(root / "scripts" / "make_product.py"))["product"]()
    assert (root / "src" / "ipt_rag" / "product.onnx").read_bytes() == made
