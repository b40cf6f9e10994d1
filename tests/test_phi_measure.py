"""Measuring the guard, and its figures on the project's own sets and on the evaluation data."""

import json
import os
from pathlib import Path

import pytest

from ipt_rag.errors import IptRagError
from ipt_rag.phi import KINDS, Guard
from ipt_rag.phi.measure import Rate, measure, report

OWN = Path(__file__).parent / "data" / "phi"
SHARED = os.environ.get("IPT_RAG_SHARED", "")
needs_shared = pytest.mark.skipif(
    not (Path(SHARED) / "eval" / "phi").is_dir() or not SHARED,
    reason="IPT_RAG_SHARED names no folder that holds eval/phi",
)


@pytest.fixture(scope="module")
def guard() -> Guard:
    """Every layer."""
    return Guard()


def rows(name: str) -> list[dict[str, object]]:
    """Return the rows of one of the project's own sets."""
    return [json.loads(line) for line in (OWN / name).read_text(encoding="utf-8").splitlines()]


def all_of(rates: tuple[Rate, ...]) -> float:
    """Return the overall share of a group of rates."""
    return next(rate.share for rate in rates if rate.name == "all")


def test_measure_counts_each_row_once(tmp_path: Path, guard: Guard) -> None:
    """A caught message, a missed one, a wrong place and a false refusal are told apart, by file and line."""
    file = tmp_path / "rows.jsonl"
    lines = [
        {"text": "call 646-555-0173", "categories": ["PHONE"]},
        {"text": "nothing here", "categories": ["MRN"]},
        {
            "text": "my code word is heron; call 646-555-0173",
            "categories": ["NAME"],
            "identifiers": [["NAME", "heron"]],
        },
        {"text": "what is ipt", "source": "plain"},
        {"text": "zip code 59718", "source": "plain"},
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    measurement = measure([file], guard)
    assert measurement.caught[0] == Rate("all", 2, 3)
    assert measurement.hit == (Rate("all", 0, 1), Rate("NAME", 0, 1))
    assert measurement.refused == (Rate("all", 1, 2), Rate("plain", 1, 2))
    assert measurement.missed_lines == (("rows.jsonl", 2), ("rows.jsonl", 3), ("rows.jsonl", 5))


def test_the_report_holds_no_word_of_a_message(tmp_path: Path, guard: Guard) -> None:
    """Only names of categories, sources and files, lines and figures are printed."""
    file = tmp_path / "rows.jsonl"
    file.write_text('{"text": "Xanthippe Quillfeather", "categories": ["NAME"]}\n', encoding="utf-8")
    printed = report(measure([file], guard))
    assert "Xanthippe" not in printed
    assert "NAME" in printed


@pytest.mark.parametrize("content", ["no json\n", '{"question": 1}\n', "[1]\n"])
def test_a_file_of_another_kind_is_refused_by_line(tmp_path: Path, guard: Guard, content: str) -> None:
    """The error names the file and the line, and repeats nothing of it."""
    file = tmp_path / "rows.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(IptRagError, match=r"rows\.jsonl:1: expected one JSON object"):
        measure([file], guard)


def test_our_own_sets_are_large_enough_and_cover_every_category() -> None:
    """400 messages with an identifier over all categories, 400 without, a part of each kept from tuning."""
    positives, negatives = rows("positives.jsonl"), rows("negatives.jsonl")
    assert min(len(positives), len(negatives)) >= 400
    assert {kind.short for kind in KINDS} <= {category for row in positives for category in row["categories"]}
    assert all({row["part"] for row in some} == {"tune", "unseen"} for some in (positives, negatives))
    assert len({str(row["text"]) for row in positives + negatives}) == len(positives) + len(negatives)


def test_our_own_sets_are_judged_as_promised(guard: Guard) -> None:
    """At least 98 % caught overall and 95 % in each category; at most 1 % refused for nothing."""
    measurement = measure([OWN / "positives.jsonl", OWN / "negatives.jsonl"], guard)
    assert all_of(measurement.caught) >= 0.98
    assert min(rate.share for rate in measurement.caught) >= 0.95
    assert all_of(measurement.refused) <= 0.01


@needs_shared
def test_the_evaluation_data_is_judged_as_promised(guard: Guard) -> None:
    """The targets hold on the development sets, and no question of ours is refused."""
    folder = Path(SHARED) / "eval" / "phi"
    chat = measure([folder / "chat_positives.jsonl", folder / "chat_negatives.jsonl"], guard)
    public = measure([folder / "positives_single.jsonl", folder / "negatives.jsonl"], guard)
    assert all_of(chat.caught) >= 0.98
    assert all_of(public.hit) >= 0.98
    assert all_of(chat.refused) <= 0.02
    assert all_of(public.refused) <= 0.01
    for name in ("answerable", "unanswerable"):
        lines = (folder.parent / "questions" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if guard.find(json.loads(line)["question"])] == []


@needs_shared
def test_lower_case_names_without_a_cue(guard: Guard) -> None:
    """Names typed in lower case are found as often as promised."""
    lines = (Path(SHARED) / "eval" / "phi" / "positives_single.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [row["text"].lower() for row in map(json.loads, lines) if row["categories"] == ["NAME"]]
    assert sum(bool(guard.find(text)) for text in texts) >= 0.9 * len(texts)
