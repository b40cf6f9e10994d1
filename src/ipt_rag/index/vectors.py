"""Unit vectors <-> what finds the closest of them, and its bytes; the door to FAISS."""

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

# From so many vectors on the closest are looked for among short codes first: comparing a question with each vector
# would soon take longer than its encoding. See docs/performance.md, as for the two numbers below.
CODED_FROM = 4_000
CODE_DIMS = 2  # of a vector that one code of four bits stands for
COMPARED_AGAIN = 8  # times as many as are asked for are compared whole, those whose codes are closest


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


def index_of(vectors: Matrix) -> Any:
    """Return an index of vectors, (rows, dim), that compares with each, or from `CODED_FROM` on with their codes first.

    They are kept in 16 bits: half the memory is read for a question. The codes are those of product quantisation (Jégou
    et al., 2011), scanned in the processor's registers (André et al., 2015); every vector has one, so that no question
    leads astray, as it does in a graph or in lists where texts are alike. One thread makes them the same each time.
    """
    dim, half, cosine = vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    index: Any = faiss.IndexScalarQuantizer(dim, half, cosine)
    if len(vectors) >= CODED_FROM:
        index = faiss.index_factory(dim, f"PQ{dim // CODE_DIMS}x4fs,Refine(SQfp16)", cosine)
        index.k_factor = COMPARED_AGAIN
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    index.train(vectors)
    index.add(vectors)
    faiss.omp_set_num_threads(threads)
    return index


def nearest(index: Any, query: Matrix, *, k: int) -> list[int]:
    """Return the rows of up to `k` vectors, the closest first; where `k` is all there are, each is compared whole.

    Args:
        index: as `index_of` makes it.
        query: a unit vector, shape (dim,).
        k: how many at most.
    """
    if not index.ntotal:
        return []
    searched = index.refine_index if k >= index.ntotal and isinstance(index, faiss.IndexRefine) else index
    _, rows = searched.search(query[np.newaxis], min(k, index.ntotal))
    return [row for row in rows[0].tolist() if row >= 0]


def to_bytes(index: Any) -> memoryview:
    """Return what a file of such an index holds."""
    written: memoryview = faiss.serialize_index(index).data
    return written


def from_verified_file(path: Path) -> Any:
    """Return the index in a file whose digest was found right: FAISS trusts what it reads."""
    return faiss.deserialize_index(np.fromfile(path, dtype=np.uint8))
