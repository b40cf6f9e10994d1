from collections.abc import Callable

import faiss
import numpy as np
import pytest

from ipt_rag.index import vectors
from ipt_rag.index.vectors import Matrix, flat, from_verified_file, index_of, nearest, to_bytes

DIM = 32


def drawn(count: int, seed: int) -> Matrix:
    """Return unit vectors around forty centres."""
    centres = np.random.default_rng(0).standard_normal((40, DIM), dtype=np.float32)
    draw = np.random.default_rng(seed)
    made: Matrix = centres[draw.integers(0, 40, count)] + draw.standard_normal((count, DIM), dtype=np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes are made from a thousand vectors on."""
    monkeypatch.setattr(vectors, "CODED_FROM", 1_000)


def test_codes_from_so_many_on(few: None) -> None:
    """One vector fewer, and each is compared."""
    assert isinstance(index_of(drawn(999, 1)), faiss.IndexScalarQuantizer)
    assert isinstance(index_of(drawn(1_000, 1)), faiss.IndexRefine)


def alike(count: int, seed: int) -> Matrix:
    """Return unit vectors that all lie close together, as those of texts do that are made of the same words."""
    made = drawn(count, seed) + 2 * drawn(1, 0)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.mark.parametrize("texts", [drawn, alike])
def test_codes_find_what_comparing_each_finds(few: None, texts: Callable[[int, int], Matrix]) -> None:
    """Of the ten closest, at least 98 of 100, also where texts are alike and the questions are not like them."""
    made = texts(4_000, 1)
    coded, exact = index_of(made), flat(made)
    found = [len({*nearest(coded, query, k=64)[:10]} & {*nearest(exact, query, k=10)}) / 10 for query in drawn(200, 2)]
    assert np.mean(found) >= 0.98


def test_all_are_found_in_order(few: None) -> None:
    """Behind a filter, where all are asked for, codes leave none out."""
    made = drawn(1_500, 1)
    query = drawn(1, 2)[0]
    for k in (1_500, 9_999):
        found = nearest(index_of(made), query, k=k)
        assert sorted(found) == [*range(1_500)]
        assert np.diff(made[found] @ query).max() < 1e-3  # falling, but for what 16 bits cannot tell apart


def test_codes_are_the_same_bytes_each_time(few: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Made twice, with all threads there are, and read again with all it holds."""
    made = drawn(2_000, 1)
    written = [bytes(to_bytes(index_of(made))) for _ in range(2)]
    assert written[0] == written[1]
    path = tmp_path_factory.mktemp("codes") / "vectors.faiss"
    path.write_bytes(written[0])
    read = from_verified_file(path)
    assert read.reconstruct(7) == pytest.approx(made[7], abs=1e-3)
    assert read.k_factor == vectors.COMPARED_AGAIN
    assert nearest(read, made[7], k=1) == [7]


def test_sixteen_bits_are_enough() -> None:
    """Of the ten closest among vectors kept so, all are those of the vectors themselves but for a near tie in 1,000."""
    made = drawn(3_999, 1)
    kept, exact = index_of(made), flat(made)
    found = [len({*nearest(kept, query, k=10)} & {*nearest(exact, query, k=10)}) / 10 for query in drawn(200, 2)]
    assert np.mean(found) >= 0.999
    assert len(to_bytes(kept)) < 0.51 * len(to_bytes(exact))


def test_nothing_is_found_among_nothing() -> None:
    """An index of no vectors has no neighbours."""
    assert nearest(index_of(np.zeros((0, DIM), np.float32)), drawn(1, 2)[0], k=3) == []
