from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipt_rag.journal import Journal

RECORDS = [("one", b"a record"), ("two", b""), ("three", b"x" * 5_000)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with three records, appended one at a time."""
    journal = Journal(tmp_path / "journal", "this")
    for record in RECORDS:
        journal.append([record])
    journal.close()
    return tmp_path / "journal"


def held(path: Path, about: str = "this") -> dict[str, bytes]:
    """Return what a journal holds of the three, opened anew."""
    journal = Journal(path, about)
    found = {name: journal.read(name) for name, _ in RECORDS if name in journal}
    assert {name: journal.size(name) for name in found} == {name: len(record) for name, record in found.items()}
    journal.close()
    return found


def test_what_was_appended_is_there(path: Path) -> None:
    """Records come back by name, in the same journal and in one opened anew; the last of a name counts."""
    assert held(path) == dict(RECORDS)
    journal = Journal(path, "this")
    journal.append([("one", b"another")])
    assert journal.read("one") == b"another"
    journal.close()
    assert held(path)["one"] == b"another"


def test_a_journal_about_something_else_is_begun_anew(path: Path) -> None:
    """Vectors of another encoder are none of ours, and do not stay either."""
    assert held(path, "that") == {}
    assert held(path, "this") == {}


@given(cut=st.integers(0, 5_500))
def test_a_journal_cut_off_anywhere_keeps_what_was_whole(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever a power cut left of the last record, those before it are there, and the next is added behind them."""
    path = tmp_path_factory.mktemp("journal") / "journal"
    journal = Journal(path, "this")
    for record in RECORDS:
        journal.append([record])
    journal.close()
    path.write_bytes(path.read_bytes()[:cut])
    kept = held(path)
    assert [*kept.items()] == RECORDS[: len(kept)]
    journal = Journal(path, "this")
    journal.append([("four", b"more")])
    journal.close()
    reopened = Journal(path, "this")
    assert reopened.read("four") == b"more"
    reopened.close()
    assert held(path) == kept


@pytest.mark.parametrize("place", [0, 3, 40, 80, 200, 2_000])
def test_no_damaged_record_is_read(path: Path, place: int) -> None:
    """A flipped bit ends the journal before the record it is in: what is read is what was written."""
    data = bytearray(path.read_bytes())
    data[place] ^= 4
    path.write_bytes(data)
    found = held(path)
    assert len(found) < len(RECORDS)
    assert found == {name: record for name, record in RECORDS if name in found}
