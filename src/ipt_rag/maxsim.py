"""Tokens of a question and of passages -> how close each passage comes to each token of the question, twice over.

Roughly, for all candidates: 8-bit integers through `product.onnx`, a quarter of the time of 32-bit floats and of the
bytes. Exactly, for the few that may be shown. `product.onnx` multiplies integers, made by `scripts/make_product.py`.
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


class MaxSim:
    """Finds the closest matches of a question's tokens."""

    def __init__(self, product: Any) -> None:
        self._product = product

    @classmethod
    def open(cls) -> "MaxSim":
        """Return it with its graph loaded."""
        return cls(open_graph(files("ipt_rag").joinpath("product.onnx").read_bytes()))

    def rough(self, question: Matrix, high: ByteMatrix, starts: Starts) -> Matrix:
        """Return the cosine of each question token's closest match, shape (passages, question tokens), to within 0.01.

        Args:
            question: unit vectors, shape (question tokens, dim).
            high: upper bytes of the passages' tokens, one passage after the other, shape (tokens, dim).
            starts: row at which each passage's tokens begin.
        """
        if not len(question) or not len(starts):
            return np.zeros((len(starts), len(question)), dtype=np.float32)
        scale = np.maximum(np.abs(question).max(axis=1), 1e-12) / QUESTION_STEPS
        whole = np.rint(question / scale[:, np.newaxis]).astype(np.int8)
        [products] = self._product.run(None, {"tokens": high, "question": np.ascontiguousarray(whole.T)})
        closest = np.maximum.reduceat(products, starts, axis=0).astype(np.float32)
        # The second term is what the lower bytes would add, had each its mean.
        cosines: Matrix = closest * (256 * scale / STEPS) + question.sum(axis=1) * np.float32(127.5 / STEPS)
        return cosines


def exact(question: Matrix, tokens: Matrix, starts: Starts) -> Matrix:
    """Return the same from the passages' unit vectors, shape (tokens, dim), as exactly as they are stored."""
    closest: Matrix = np.maximum.reduceat(tokens @ question.T, starts, axis=0)
    return closest


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
