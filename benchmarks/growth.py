"""Measure index types of FAISS from 1,000 to a million vectors: the choice behind `ipt_rag.index.vectors`.

    .venv/bin/python benchmarks/growth.py [--largest 1000000]

Unit vectors of the encoder's width, drawn around one centre for every hundred by a fixed seed, and questions around the
same centres. One thread, its processor time; 64 are asked for. Recall is the share of the ten closest found as such.
Prints a table; JSON and log-log plots go into build/bench/, or the plots where `--plots` says.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import faiss
import matplotlib.pyplot as plt
import numpy as np
from measured import keep
from numpy.typing import NDArray

from ipt_rag.index.vectors import CODE_DIMS, COMPARED_AGAIN

DIM = 384
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
AROUND_A_CENTRE = 100
QUESTIONS = 200
FOUND = 10
LINKS, BUILD_DEPTH, SEARCH_DEPTH = 32, 100, 128  # of HNSW, which at a million takes half an hour to build
GRAPHS_TO, LISTS_TO = 100_000, 300_000  # vectors
ASKED_FOR = 64  # chunks, of a question
LISTS_SEEN = 16  # one list of IVF in so many is looked into
TRAINED_ON, ROUNDS = 39, 10  # vectors for each list of IVF, and how often; FAISS takes 256 and 25
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measured:
    """One index type at one size."""

    build_s: float
    query_ms: float
    bytes_a_vector: float
    recall: float


def main() -> None:
    """Measure every type at every size up to the largest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--plots", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)
    measured: dict[str, dict[int, Measured]] = {}
    for size in (size for size in SIZES if size <= options.largest):
        vectors, questions = drawn(size)
        exact = closest(flat_of(vectors), questions)
        for name, factory in types(size):
            each = measured.setdefault(name, {})[size] = measure(factory, vectors, questions, exact)
            print(
                f"{size:>9,} {name:<14} build {each.build_s:8.2f} s, query {each.query_ms:7.3f} ms, "
                f"{each.bytes_a_vector:6.0f} bytes, recall {each.recall:.4f}",
                flush=True,
            )
    for figure in ("build_s", "query_ms", "bytes_a_vector"):
        plot(figure, measured, options.plots)
    keep(
        "growth", {name: {str(size): asdict(each) for size, each in sizes.items()} for name, sizes in measured.items()}
    )


def drawn(size: int) -> tuple[Matrix, Matrix]:
    """Return vectors and questions around the same centres."""
    draw = np.random.default_rng(size)
    centres = draw.standard_normal((max(size // AROUND_A_CENTRE, 1), DIM), dtype=np.float32)

    def around(count: int) -> Matrix:
        vectors = centres[draw.integers(0, len(centres), count)]
        vectors += draw.standard_normal((count, DIM), dtype=np.float32)
        faiss.normalize_L2(vectors)
        return vectors

    return around(size), around(QUESTIONS)


def types(size: int) -> Iterator[tuple[str, str]]:
    """Yield the name of each index type and what FAISS calls it at this size."""
    yield "flat", "Flat"
    yield "16-bit floats", "SQfp16"
    yield "8 bits", "SQ8"
    yield "codes", f"PQ{DIM // CODE_DIMS}x4fs,Refine(SQfp16)"
    if size <= GRAPHS_TO:
        yield "HNSW", f"HNSW{LINKS},SQfp16"
    if 10_000 <= size <= LISTS_TO:  # fewer vectors train no lists
        yield "IVF", f"IVF{int(4 * size**0.5)},SQfp16"


def measure(factory: str, vectors: Matrix, questions: Matrix, exact: NDArray[np.int64]) -> Measured:
    """Return the figures of one type."""
    begun = time.thread_time()
    index = faiss.index_factory(DIM, factory, faiss.METRIC_INNER_PRODUCT)
    if isinstance(index, faiss.IndexHNSW):
        index.hnsw.efConstruction, index.hnsw.efSearch = BUILD_DEPTH, SEARCH_DEPTH
    if factory.startswith("IVF"):
        lists = faiss.extract_index_ivf(index)
        lists.cp.max_points_per_centroid, lists.cp.niter = TRAINED_ON, ROUNDS
        lists.nprobe = max(lists.nlist // LISTS_SEEN, 1)
    if isinstance(index, faiss.IndexRefine):
        index.k_factor = COMPARED_AGAIN
    index.train(vectors)
    index.add(vectors)
    build = time.thread_time() - begun
    begun = time.thread_time()
    found = closest(index, questions)
    query = (time.thread_time() - begun) / len(questions) * 1000
    recall = np.mean([len({*row} & {*best}) / FOUND for row, best in zip(found, exact, strict=True)])
    return Measured(build, query, faiss.serialize_index(index).nbytes / len(vectors), float(recall))


def flat_of(vectors: Matrix) -> faiss.Index:
    """Return an index that compares with every vector."""
    flat = faiss.IndexFlatIP(DIM)
    flat.add(vectors)
    return flat


def closest(index: faiss.Index, questions: Matrix) -> NDArray[np.int64]:
    """Return the numbers of the closest vectors, one question at a time, as they are asked."""
    return np.concatenate([index.search(question[np.newaxis], ASKED_FOR)[1][:, :FOUND] for question in questions])


def plot(figure: str, measured: dict[str, dict[int, Measured]], folder: Path) -> None:
    """Write one figure of all types over the sizes as a log-log plot."""
    drawing, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for name, sizes in measured.items():
        axes.loglog([*sizes], [getattr(each, figure) for each in sizes.values()], marker="o", label=name)
    axes.set_xlabel("vectors")
    axes.set_ylabel(figure.replace("_", " "))
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    folder.mkdir(parents=True, exist_ok=True)
    drawing.savefig(folder / f"growth-{figure.replace('_', '-')}.svg", metadata={"Date": None})
    plt.close(drawing)


if __name__ == "__main__":
    main()
