import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from ipt_rag.cli import main
from ipt_rag.errors import FeedbackError, FeedbackRefusedError
from ipt_rag.feedback import FILE, KEY, Feedback, Note, read_notes
from ipt_rag.records import PhiFinding

QUESTION = "How tall is the lantern?"


def find_secret(text: str) -> list[PhiFinding]:
    """Find the word that stands for patient details."""
    return [PhiFinding("a name", 0, 1)] if "SECRET" in text else []


def take(folder: Path, verdict: str = "useful", *, keep_questions: bool = False, **parts: object) -> Note:
    """Take one note."""
    feedback = Feedback(folder, find_phi=find_secret, keep_questions=keep_questions)
    given = {"question": QUESTION, "passages": ["lanterns:10-20"], "index_digest": "0" * 16} | parts
    return feedback.take(verdict, **given, today=lambda: datetime(2026, 1, 31, 23, 59, tzinfo=UTC))  # type: ignore[arg-type]


def test_a_note_holds_a_day_and_no_question(tmp_path: Path) -> None:
    """Kept are day, verdict, digest, passages and index; of the question no word, in no file of the folder."""
    note = take(tmp_path / "notes")
    assert list(read_notes(tmp_path / "notes")) == [note]
    assert (note.day, note.verdict, note.passages, note.question) == ("2026-01-31", "useful", ("lanterns:10-20",), "")
    assert len(note.question_digest) == 32
    assert not any(b"lantern?" in path.read_bytes() for path in (tmp_path / "notes").iterdir())


def test_a_digest_says_nothing_without_the_key(tmp_path: Path) -> None:
    """The same question has one digest in a folder, another in the next one; only the owner reads key and notes."""
    here, there = tmp_path / "here", tmp_path / "there"
    assert take(here).question_digest == take(here, question="how tall is the  LANTERN?").question_digest
    assert take(here).question_digest != take(there).question_digest
    assert take(here).question_digest != take(here, question="Another one").question_digest
    for name in (FILE, KEY):
        assert stat.S_IMODE((here / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in here.iterdir()) == [KEY, FILE]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({"question": "SECRET and lanterns"}, id="in the question"),
        pytest.param({"text": "SECRET lights it", "source": "A book"}, id="in the text"),
        pytest.param({"text": "Oil lights it", "source": "SECRET"}, id="in the source"),
    ],
)
def test_patient_details_are_not_written(tmp_path: Path, parts: dict[str, str]) -> None:
    """What the guard finds is refused by its kind, before any file is made."""
    with pytest.raises(FeedbackRefusedError) as refused:
        take(tmp_path / "notes", "revision", **({"text": "Oil.", "source": "A book"} | parts))
    assert refused.value.kinds == ("a name",)
    assert "SECRET" not in str(refused.value)
    assert not (tmp_path / "notes").exists()


def test_a_question_is_kept_only_where_the_operator_says_so(tmp_path: Path) -> None:
    """With the switch the question stands in the note, after the guard."""
    assert take(tmp_path, keep_questions=True).question == QUESTION
    with pytest.raises(FeedbackRefusedError):
        take(tmp_path, keep_questions=True, question="SECRET")


@pytest.mark.parametrize(
    ("verdict", "parts", "sentence"),
    [
        ("excellent", {}, "no known form"),
        ("useful", {"passages": ["../../etc:1-2"]}, "no known form"),
        ("useful", {"passages": ["a word of the question"]}, "no known form"),
        ("useful", {"passages": ["tea:1-2"] * 11}, "no known form"),
        ("revision", {"text": "Better."}, "both its text and the source"),
        ("revision", {"source": "A book"}, "both its text and the source"),
        ("revision", {"text": "x" * 4001, "source": "A book"}, "Shorten"),
    ],
)
def test_what_cannot_be_kept(tmp_path: Path, verdict: str, parts: dict[str, object], sentence: str) -> None:
    """Feedback that is incomplete or of no known form is told in one sentence, and nothing is written."""
    with pytest.raises(FeedbackError, match=sentence):
        take(tmp_path / "notes", verdict, **parts)
    assert not (tmp_path / "notes").exists()


def test_export_prints_one_object_a_line(tmp_path: Path) -> None:
    """`ipt-rag feedback export` prints the notes in order, and nothing where there are none."""
    empty = CliRunner().invoke(main, ["feedback", "export", "--feedback", str(tmp_path / "none")])
    assert (empty.exit_code, empty.output) == (0, "")
    take(tmp_path)
    take(tmp_path, "revision", text="Oil lights it.", source="A book")
    result = CliRunner().invoke(main, ["feedback", "export", "--feedback", str(tmp_path)])
    rows = [json.loads(line) for line in result.output.splitlines()]
    assert [row["verdict"] for row in rows] == ["useful", "revision"]
    assert (rows[1]["text"], rows[1]["source"], rows[1]["question"]) == ("Oil lights it.", "A book", "")


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    """A file that is no feedback ends the export with one sentence and exit 1."""
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    result = CliRunner().invoke(main, ["feedback", "export", "--feedback", str(tmp_path)])
    assert result.exit_code == 1
    assert "damaged or no feedback file" in result.output
