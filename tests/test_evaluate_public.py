import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from conftest import WordCountEncoder
from ipt_rag.cli import main
from ipt_rag.embed import MiniLM
from ipt_rag.errors import SettingsError
from ipt_rag.evaluate.collection import Document, read_collection
from ipt_rag.evaluate.public import BM25_WEIGHT, fuse, measure

DOCUMENTS = [
    {"_id": "d1", "title": "Tea", "text": "Tea is brewed in a pot, and a pot keeps tea warm."},
    {"_id": "d2", "title": "", "text": "The tide follows the moon."},
    {"_id": "d3", "title": "Lamps", "text": "A lantern burns oil."},
]
QUESTIONS = [
    {"_id": "q1", "text": "What does the tide follow?"},
    {"_id": "q2", "text": "Which lantern burns oil?"},
    {"_id": "q3", "text": "A question of another split."},
]
JUDGMENTS = "query-id\tcorpus-id\tscore\nq1\td2\t1\nq2\td3\t2\nq2\td1\t1\nq1\td1\t0\n"


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    """A folder as BEIR has it: three documents, three questions, of which two are judged."""
    (tmp_path / "qrels").mkdir()
    for name, rows in (("corpus.jsonl", DOCUMENTS), ("queries.jsonl", QUESTIONS)):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "qrels" / "test.tsv").write_text(JUDGMENTS)
    return tmp_path


def test_a_beir_folder_is_read(beir: Path) -> None:
    """Documents in order, questions with a judgment only, gains above 0 only."""
    collection = read_collection(beir)
    assert [document.name for document in collection.documents] == ["d1", "d2", "d3"]
    assert collection.documents[1] == Document("d2", "", "The tide follows the moon.")
    assert collection.documents[2].search == "Lamps A lantern burns oil."
    assert collection.questions == {"q1": "What does the tide follow?", "q2": "Which lantern burns oil?"}
    assert collection.gains == {"q1": {"d2": 1}, "q2": {"d3": 2, "d1": 1}}


def test_the_short_names_are_read_too(beir: Path) -> None:
    """`docs.jsonl` with `id` and a `qrels.tsv` without a line of names hold the same."""
    whole = read_collection(beir)
    (beir / "docs.jsonl").write_text((beir / "corpus.jsonl").read_text().replace("_id", "id"))
    (beir / "qrels.tsv").write_text(JUDGMENTS.partition("\n")[2])
    (beir / "corpus.jsonl").unlink()
    (beir / "qrels" / "test.tsv").unlink()
    assert read_collection(beir) == whole


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        pytest.param("corpus.jsonl", None, r"no corpus\.jsonl or docs\.jsonl", id="no documents"),
        pytest.param("queries.jsonl", None, r"no queries\.jsonl", id="no questions"),
        pytest.param("qrels/test.tsv", None, r"no qrels/test\.tsv or qrels\.tsv", id="no judgments"),
        pytest.param("corpus.jsonl", b"", "no document or no judged question", id="empty"),
        pytest.param("qrels/test.tsv", b"q9\td1\t1\n", "no document or no judged question", id="none judged"),
        pytest.param(
            "corpus.jsonl", b'{"_id": "d1", "text": "a"}\n[]', r"corpus\.jsonl:2 is no JSON object", id="list"
        ),
        pytest.param("queries.jsonl", b'{"_id": "q1"}', r"queries\.jsonl:1 is no JSON object", id="no text"),
        pytest.param("queries.jsonl", b"\xff\xfe", "cannot be read as UTF-8 text", id="another encoding"),
        pytest.param("qrels/test.tsv", b"a\tb\tc\nq1 d1 1\n", r"test\.tsv:2 is not question", id="blanks, not tabs"),
    ],
)
def test_what_is_no_collection_is_told(beir: Path, name: str, content: bytes | None, told: str) -> None:
    """Each missing or malformed file is one sentence that names it, and the line."""
    if content is None:
        (beir / name).unlink()
    else:
        (beir / name).write_bytes(content)
    with pytest.raises(SettingsError, match=told):
        read_collection(beir)


def test_legs_worked_out_by_hand(beir: Path, counting: WordCountEncoder) -> None:
    """The first question has one right document, found first by each leg. The second has gains of 2 and 1.

    BM25 knows no document on tea for it. The other legs rank all three; "which" and "burns" lie on the axis of words
    without one of their own, as most words of d1 do and fewer of d2.
    """
    heard: list[str] = []
    measured = measure(read_collection(beir), counting, report=heard.append)
    found = {leg: {figure.name: figure.value for figure in figures} for leg, figures in measured.items()}
    ideal = 2 + 1 / np.log2(3)
    assert found["BM25"]["nDCG@10"] == pytest.approx((1 + 2 / ideal) / 2)
    assert found["BM25"]["recall@10"] == (1 + 1 / 2) / 2
    assert found["dense"]["recall@10"] == found["hybrid"]["recall@10"] == 1
    assert heard == ["embedded 3 of 3 documents", "asked 2 of 2 questions"]


def test_fusing_adds_a_share_of_bm25_to_the_cosine() -> None:
    """The best of BM25 gains the whole weight, one of half its BM25 half of it; ties go by number."""
    cosines = np.array([0.5, 0.5, 0.5 + BM25_WEIGHT * 0.75, 0.1], dtype=np.float32)
    assert fuse(cosines, [2, 0, 1], {0: 10.0, 1: 5.0}) == [0, 2, 1]
    assert fuse(cosines, [1, 0], {}) == [0, 1]
    assert fuse(cosines, [0], {1: 3.0}) == [1, 0]


def test_the_command_prints_the_legs_side_by_side(
    beir: Path, counting: WordCountEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures on standard output, progress on standard error."""
    monkeypatch.setattr(MiniLM, "open", lambda: counting)
    result = CliRunner().invoke(main, ["eval", "--public", "harbour", str(beir)])
    assert result.exit_code == 0
    title, legs, ndcg, recall = result.stdout.splitlines()
    assert title == "harbour: 2 questions, 3 documents"
    assert legs.split() == ["BM25", "dense", "hybrid"]
    assert [ndcg.split()[0], recall.split()[0]] == ["nDCG@10", "recall@10"]
    assert "embedded 3 of 3 documents" in result.stderr


def test_options_for_question_files_are_refused(beir: Path) -> None:
    """A folder has its own questions: an option that would do nothing is an error before anything is read."""
    result = CliRunner().invoke(main, ["eval", "--public", "harbour", str(beir), "--baseline"])
    assert result.exit_code == 2
    assert "leave out the options for question files" in result.stderr
