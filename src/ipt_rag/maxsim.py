"""Tokens of a question and of passages -> how close each passage comes to each token of the question, twice over.

Roughly, for all candidates: along the few axes on which tokens differ most, as 8-bit integers through `product.onnx`.
Exactly, for the few that may be shown: 16 bits of a stored number times 14 of the question's, as three such products.
Sums of whole numbers have no order: they are the same on every processor.
"""

from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipt_rag.graphs import open_graph

Matrix = NDArray[np.float32]
ByteMatrix = NDArray[np.uint8]
Steps = NDArray[np.int16]
Starts = NDArray[np.int64]

STEPS = 32_767  # of a stored number from 0 to 1: 16 bits with the sign
# 7 bits for a question's numbers: with 8, processors without VNNI instructions would cut off sums of two products.
QUESTION_STEPS = 63
FINE_STEPS = 2 * QUESTION_STEPS  # between two of those, from half a step below to half a step above
ROUGH_STEPS = 127  # of a number along an axis, from 0 to 1


class MaxSim:
    """Finds the closest matches of a question's tokens."""

    def __init__(self, product: Any) -> None:
        self._product = product

    @classmethod
    def open(cls) -> "MaxSim":
        """Return it with its graph loaded."""
        return cls(open_graph(files("ipt_rag").joinpath("product.onnx").read_bytes()))

    def rough(self, question: Matrix, along: ByteMatrix, starts: Starts) -> Matrix:
        """Return the cosine of each question token's closest match, shape (passages, question tokens), about.

        Args:
            question: unit vectors along the axes, shape (question tokens, axes).
            along: of the passages' tokens, one passage after the other, as `along` returns them.
            starts: row at which each passage's tokens begin.
        """
        if not len(question) or not len(starts):
            return np.zeros((len(starts), len(question)), dtype=np.float32)
        scale, coarse, _ = _in_question_steps(question)
        closest = np.maximum.reduceat(self._products(along, coarse), starts, axis=0)
        return (closest * (scale / ROUGH_STEPS)).astype(np.float32)

    def exact(self, question: Matrix, high: ByteMatrix, low: ByteMatrix, starts: Starts) -> Matrix:
        """Return the same to within 0.0001.

        Args:
            question: unit vectors, shape (question tokens, dim).
            high: upper bytes of the passages' tokens, one passage after the other, shape (tokens, dim).
            low: the lower bytes.
            starts: row at which each passage's tokens begin.
        """
        closest: Matrix = np.maximum.reduceat(self._cosines(question, high, low), starts, axis=0).astype(np.float32)
        return closest

    def along(self, axes: Matrix, high: ByteMatrix, low: ByteMatrix) -> ByteMatrix:
        """Return stored vectors along some axes, counted from 0 for -1, shape (tokens, axes).

        Args:
            axes: unit vectors, shape (axes, dim).
            high: upper bytes, shape (tokens, dim).
            low: the lower bytes.
        """
        return (np.rint(self._cosines(axes, high, low) * ROUGH_STEPS).clip(-128, 127) + 128).astype(np.uint8)

    def _cosines(self, vectors: Matrix, high: ByteMatrix, low: ByteMatrix) -> NDArray[np.float64]:
        """Return the products of stored vectors with others, shape (stored, vectors), from both bytes."""
        scale, coarse, rest = _in_question_steps(vectors)
        fine = np.rint(rest * FINE_STEPS).astype(np.int8)
        upper, upper_fine = np.split(self._products(high, np.concatenate([coarse, fine])), 2, axis=1)
        lower = self._products(low, coarse) + 128 * coarse.sum(axis=1)  # 128: taken off as from the upper bytes
        # The lower bytes times the fine steps would add 0.00001 and need not be known, but for their mean.
        fine_mean = 127.5 * fine.sum(axis=1)
        cosines: NDArray[np.float64] = 256.0 * upper + lower + (256.0 * upper_fine + fine_mean) / FINE_STEPS
        return cosines * (scale / STEPS)

    def _products(self, stored: ByteMatrix, question: NDArray[np.int8]) -> NDArray[np.int32]:
        """Return (stored - 128) times the question's numbers, shape (stored, question)."""
        products: NDArray[np.int32]
        [products] = self._product.run(None, {"tokens": stored, "question": np.ascontiguousarray(question.T)})
        return products


def _in_question_steps(question: Matrix) -> tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.float64]]:
    """Return a scale for each token of a question, its numbers in whole steps of that, and what these leave over."""
    scale = np.maximum(np.abs(question).max(axis=1), 1e-12).astype(np.float64) / QUESTION_STEPS
    steps = question / scale[:, np.newaxis]
    coarse = np.rint(steps)
    return scale, coarse.astype(np.int8), steps - coarse


def in_steps(vectors: Matrix) -> Steps:
    """Return numbers from -1 to 1 as they are stored, to within 0.00002."""
    return np.rint(vectors * STEPS).astype(np.int16)


def bytes_of(stored: Steps) -> tuple[ByteMatrix, ByteMatrix]:
    """Return the upper bytes, counted from 0 for the lowest number, and the lower bytes."""
    return ((stored >> 8) + 128).astype(np.uint8), (stored & 255).astype(np.uint8)


def joined(high: ByteMatrix, low: ByteMatrix) -> Steps:
    """Return the stored numbers from their two bytes."""
    return ((high.astype(np.int16) - 128) << 8) | low


def vectors_of(high: ByteMatrix, low: ByteMatrix) -> Matrix:
    """Return the vectors, of unit length but for rounding."""
    return joined(high, low).astype(np.float32) / np.float32(STEPS)
