import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import WordCountEncoder
from ipt_rag.cli import main
from ipt_rag.embed import MiniLM, QuestionGraph
from ipt_rag.evaluate import Judged
from ipt_rag.evaluate.baseline import OVERLAP, SIZE, beside_langchain
from ipt_rag.terminal import beside_text

TEA = "The pot holds tea. " * 60  # more than one piece
ARTICLES = [TEA, "The tide follows the moon.\n\nA lantern burns oil."]


def judged(question: str, first_right: int, confidence: float, *, answerable: bool = True) -> Judged:
    """Return how one question went with our own answers."""
    right = tuple(place == first_right for place in range(1, 4))
    row = {"question": question, "facts": ["follows the moon"]} if answerable else {"question": question}
    return Judged(row, answerable, right, 1, confidence, True, ())


def test_pieces_are_judged_like_passages(counting: WordCountEncoder) -> None:
    """The second article is one short piece and the closest to "tide moon"; for "tea pot" it comes after all others."""
    ours = [judged("tide moon", 1, 0.9), judged("tea pot", 1, 0.8)]
    beside = beside_langchain(ARTICLES, counting, ours, [], by="facts")
    assert beside.pieces == 1 + -(-(len(TEA) - OVERLAP) // (SIZE - OVERLAP))
    first, three = beside.columns["LangChain"]
    assert (first.value, three.value) == (0.5, 1)
    assert [figure.value for figure in beside.columns["ipt-rag"]] == [1, 1]
    assert [(each.name, each.before, each.now) for each in beside.differences] == [
        ("right passage in the first 1", 0.5, 1),
        ("right passage in the first 3", 1, 1),
    ]


def test_the_decision_is_compared_at_five_percent_each(counting: WordCountEncoder) -> None:
    """The cosine is the pipeline's confidence: "tea pot" comes nearer to a piece than both, "coffee" does not."""
    ours = [judged("tide moon", 1, 0.9), judged("tide", 1, 0.8)]
    refused = [judged("coffee", 0, 0.1, answerable=False), judged("tea pot", 0, 0.2, answerable=False)]
    beside = beside_langchain(ARTICLES, counting, ours, refused, by="facts")
    found = {system: {figure.name: figure.value for figure in row} for system, row in beside.columns.items()}
    assert found["ipt-rag"]["AUROC"] == 1
    assert found["LangChain"]["AUROC"] == 0.5
    assert found["LangChain"].keys() == {
        "right passage in the first 1",
        "right passage in the first 3",
        "AUROC",
        "answered at 5 % false answers",
    }
    answered = next(each for each in beside.differences if each.name == "answerable answered")
    assert (answered.before, answered.now) == (0, 1)


def test_the_table_names_both_and_the_unit(counting: WordCountEncoder) -> None:
    """Whoever reads the table learns that a piece is longer than a passage."""
    text = beside_text(beside_langchain(ARTICLES, counting, [judged("tide moon", 1, 0.9)], [], by="facts"))
    assert "LangChain" in text.splitlines()[1]
    assert "A piece has up to 1,000 characters, a passage is a sentence or two" in text


def test_a_piece_can_be_judged_by_snippets(counting: WordCountEncoder) -> None:
    """Snippets are found in a piece as in a passage."""
    one = Judged({"question": "tide", "gold": ["tide follows"]}, True, (True,), 1, 0.9, True, ())
    beside = beside_langchain(ARTICLES, counting, [one], [], by="gold")
    assert beside.columns["LangChain"][0].value == 1


def test_the_command_runs_both_over_the_same_articles(
    small_index: Path, counting: WordCountEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The three articles of the index are cut anew; both systems stand in one table."""
    monkeypatch.setattr(MiniLM, "open", lambda: counting)
    monkeypatch.setattr(QuestionGraph, "open", lambda graph: counting)
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"question": "What does a lantern burn?", "facts": ["whale oil"]}) + "\n")
    result = CliRunner().invoke(main, ["eval", str(questions), "--index", str(small_index), "--baseline"])
    assert result.exit_code == 0, result.output
    assert "LangChain's defaults (" in result.stdout
    assert "from LangChain's defaults to ours" in result.stdout
