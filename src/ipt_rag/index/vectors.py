"""Unit vectors <-> what finds the closest of them, and its bytes; the door to FAISS."""

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


def closest(vectors: Matrix, query: Matrix, *, k: int) -> list[tuple[int, float]]:
    """Return up to `k` rows of `vectors` and their cosines with `query`, the closest first; all are unit vectors."""
    cosines, rows = flat(vectors).search(query[np.newaxis], min(k, len(vectors)))
    return [(int(row), float(cosine)) for row, cosine in zip(rows[0], cosines[0], strict=True)]


def unit_mean(vectors: Matrix) -> Matrix:
    """Return the direction of the mean of vectors, shape (vectors, dim): a unit vector, shape (dim,), or noughts."""
    total = vectors.sum(axis=0)
    unit: Matrix = (total / max(float(np.linalg.norm(total)), 1e-12)).astype(np.float32)
    return unit


def flat(vectors: Matrix) -> Any:
    """Return an index of vectors that compares with each of them; inner product is cosine, all being unit vectors."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


def to_bytes(index: Any) -> memoryview:
    """Return what a file of such an index holds."""
    written: memoryview = faiss.serialize_index(index).data
    return written


def from_verified_file(path: Path) -> Any:
    """Return the index in a file whose digest was found right: FAISS trusts what it reads."""
    return faiss.deserialize_index(np.fromfile(path, dtype=np.uint8))
