"""The promises of the design, over the project's own articles and with the real encoder."""

import dataclasses
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ipt_rag.build import build_index
from ipt_rag.chatbot import Chatbot
from ipt_rag.cli import main
from ipt_rag.corpus import read_corpus
from ipt_rag.embed import MiniLM
from ipt_rag.index import FILES, Index, current_digest
from ipt_rag.records import Answer, Quote

pytestmark = pytest.mark.model

COMMAND = (sys.executable, "-c", "from ipt_rag.cli import main; main()")
QUESTIONS = (
    "What does the sick role mean?",
    "How many sessions does a course for acute depression take?",
    "Is IPT just supportive counseling?",
    "What is a SMART objective for a role dispute?",
    "Does maintenance treatment reduce relapse?",
    "Which role conflicts do practitioners see behind mental health issues?",
    "What should I ask myself about my own culture?",
    "Give me an illustrative example of grief work",
    "Who wrote the 1984 manual?",
    "Which spark plugs fit a 1998 lawn mower?",
)
# Fictitious on purpose: reserved numbers and names, and no person.
IDENTIFIED = {
    "phone": ("Call her at 555-010-0199 about IPT", "555-010-0199"),
    "mail": ("Write to pat.example@example.org about grief", "pat.example@example.org"),
    "number": ("SSN 078-05-1120: is IPT indicated?", "078-05-1120"),
    "name": ("My patient Testina Mustermann grieves, what now?", "Mustermann"),
    "disguised": ("Call five five five, 010 dash 0199, about role disputes", "0199"),
}


@pytest.fixture(scope="module")
def answers(chatbot: Chatbot) -> list[Answer]:
    """The answers to all questions, each with its ten best passages."""
    return [chatbot.ask(question, ranked=10) for question in QUESTIONS]


@pytest.fixture(scope="module")
def quotes(answers: list[Answer]) -> list[Quote]:
    """Every quote and every ranked passage of these answers."""
    return [quote for answer in answers for quote in (*answer.quotes, *answer.ranked)]


def test_most_of_these_are_answered(answers: list[Answer]) -> None:
    """The promises below are held on answers: there are some, and there is a no."""
    assert sum(answer.status == "answered" for answer in answers) >= 5
    assert answers[-1].status == "not_in_articles"


def test_verbatim(quotes: list[Quote], root: Path) -> None:
    """Promise 1: every quote is a slice of an article file, read anew from the disk."""
    for quote in quotes:
        text = (root / "corpus" / f"{quote.article}.md").read_bytes().decode()
        assert text[quote.start : quote.end] == quote.text
        if quote.lead_in:
            assert text[quote.lead_in.start : quote.lead_in.end] == quote.lead_in.text


def test_the_index_knows_the_files_it_was_made_from(corpus_index: Path, root: Path) -> None:
    """The text and sha256 of each article in the index are those of its file."""
    index = Index.open(corpus_index)
    held = {article["slug"]: article["sha256"] for article in index.made_from["articles"]}
    for article in read_corpus(root / "corpus"):
        assert held.pop(article.slug) == article.sha256
        assert index.article_text(article.slug) == article.text
    assert not held


def test_numbers_are_kept_and_resolve(answers: list[Answer], root: Path) -> None:
    """Promise 2: a number is printed in the file directly after the quote or the run it belongs to, and is resolved."""
    articles = {article.slug: article for article in read_corpus(root / "corpus")}
    for answer in answers:
        resolved = {(each.article, each.number): each for each in answer.references}
        assert set(resolved) == {(quote.article, number) for quote in answer.quotes for number in quote.sources}
        for quote in answer.quotes:
            article = articles[quote.article]
            known = {source.number: source for source in article.sources}
            for number in quote.sources:
                reference = resolved[quote.article, number]
                assert (reference.reference, reference.tier) == (known[number].reference, known[number].tier)
            if quote.kind != "source":
                behind = article.text[quote.end : quote.end + 40].split("\n")[0]
                printed = quote.text + behind
                assert all(f"[{number}]" in printed for number in quote.own_sources)


def test_provenance_is_right(quotes: list[Quote]) -> None:
    """Promise 3: sourced, LLM, mixed or unmarked is what the citations say, and tiers are those of the sources."""
    said = {(True, False): "sourced", (True, True): "mixed", (False, True): "LLM", (False, False): "unmarked"}
    assert len({quote.provenance for quote in quotes}) >= 3
    for quote in quotes:
        assert quote.provenance == said[bool(quote.sources), quote.llm]
        assert bool(quote.tiers) == bool(quote.sources)
        assert list(quote.tiers) == sorted(set(quote.tiers))


def test_vignettes_are_labelled_and_no_findings(answers: list[Answer]) -> None:
    """Promise 3: an invented case opens with its label, cites no source, and is first only where one is asked for."""
    for question, answer in zip(QUESTIONS, answers, strict=True):
        for quote in (*answer.quotes, *answer.ranked):
            assert (quote.kind == "vignette") == quote.text.startswith("Illustrative example (not a guideline):")
            assert quote.kind != "vignette" or quote.provenance == "LLM"
        assert "example" in question or not answer.quotes or answer.quotes[0].kind != "vignette"


def test_no_is_said_with_a_reason(answers: list[Answer]) -> None:
    """Promise 4: without an answer there are no quotes, but a reason and sections to look in."""
    no = [answer for answer in answers if answer.status == "not_in_articles"]
    assert all(not answer.quotes and not answer.references and answer.reason and answer.nearest for answer in no)
    assert all(answer.quotes and not answer.nearest and not answer.reason for answer in answers if answer not in no)


def test_whole_passages_stand_together(corpus_index: Path) -> None:
    """A misconception is only ever quoted with its rebuttal, an item with its lead-in, a row with its header."""
    index = Index.open(corpus_index)
    passages = [index.passage(number) for number in range(len(index))]
    beliefs = [passage for passage in passages if passage.section == ("Common misconceptions",)]
    assert len(beliefs) == 4
    for passage in beliefs:
        belief, _, rebuttal = passage.text.partition("” ")
        assert belief.startswith("“")
        assert len(rebuttal) > len(belief)
    rows = [passage for passage in passages if passage.kind == "row"]
    assert len(rows) == 7
    for row in rows:
        assert row.lead_in
        assert row.lead_in.text.count("|") == row.text.count("|") == 2
    areas = [passage for passage in passages if passage.text.startswith("**Role transitions**")]
    assert areas[0].lead_in
    assert "four problem areas" in areas[0].lead_in.text
    assert not [passage for passage in passages if passage.text.rstrip().endswith(":")]


@pytest.mark.parametrize("kind", IDENTIFIED)
def test_identifiers_stop_at_the_door(
    chatbot: Chatbot, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 5: such a question is never encoded or searched, and no word of it is printed, logged or written."""
    question, secret = IDENTIFIED[kind]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Chatbot, "open", lambda index: chatbot)
    monkeypatch.setattr(chatbot.searcher, "search", lambda question: pytest.fail("a refused question was searched"))
    caplog.set_level(logging.DEBUG)
    words = {word for word in question.replace(",", " ").split() if len(word) > 3} | {secret}
    for arguments, typed in ((["ask", question], None), (["ask", "--json", "--ranked", "5", "-"], question)):
        result = CliRunner().invoke(main, arguments, input=typed)
        assert result.exit_code == 0
        assert secret not in result.output + caplog.text + repr(chatbot.ask(question))
    answer = json.loads(result.stdout)
    assert answer["status"] == "refused"
    assert answer["kinds"]
    assert not {word for word in words if word in result.output} - {"patient"}
    assert not list(tmp_path.rglob("*"))


def test_nothing_asked_is_written_to_the_index(chatbot: Chatbot, corpus_index: Path) -> None:
    """Asking leaves every byte of the index as it is, and nothing of a question beside it."""
    before = {path: path.read_bytes() for path in corpus_index.rglob("*") if path.is_file()}
    chatbot.ask("What is the xyzzy role of grief?", ranked=5)
    assert {path: path.read_bytes() for path in corpus_index.rglob("*") if path.is_file()} == before


def test_same_question_same_bytes(chatbot: Chatbot, answers: list[Answer]) -> None:
    """Promise 6: the same question has the same answer again, whatever was asked in between."""
    again = [chatbot.ask(question, ranked=10) for question in reversed(QUESTIONS)]
    assert repr(again[::-1]) == repr(answers)


@pytest.mark.parametrize("threads", ["1", "2", "4"])
def test_same_bytes_in_every_process(corpus_index: Path, answers: list[Answer], threads: str) -> None:
    """Promise 6: another process, with however many threads, prints the same bytes."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    done = subprocess.run(
        [*COMMAND, "ask", "--json", "--ranked", "10", "--index", str(corpus_index), "-"],
        input="\n".join(QUESTIONS),
        env={**os.environ, **dict.fromkeys(names, threads)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    expected = [json.dumps(dataclasses.asdict(answer), ensure_ascii=False) for answer in answers]
    assert done.stdout.splitlines() == expected


def test_an_answer_is_python_independent_text(answers: list[Answer]) -> None:
    """Scores and confidences are rounded, so that the last bits of a sum are never shown."""
    for answer in answers:
        assert answer.confidence == round(answer.confidence, 4)
        assert all(quote.score == round(quote.score, 4) for quote in answer.ranked)


@pytest.fixture
def overview(root: Path, tmp_path: Path) -> Path:
    """A corpus of the overview alone, without its keys, to be edited."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    shutil.copy(root / "corpus" / "ipt-overview.md", corpus)
    return corpus


def test_building_again(overview: Path, tmp_path: Path, minilm: MiniLM) -> None:
    """Twice changes nothing; an edit embeds what changed and no more; either way leads to the same index."""
    first = build_index(overview, tmp_path / "index", open_encoder=lambda _: minilm)
    assert not build_index(overview, tmp_path / "index", open_encoder=lambda _: pytest.fail("opened")).changed
    article = overview / "ipt-overview.md"
    text = article.read_text(encoding="utf-8")
    assert text.count("In some cases, IPT even seems") == 1
    article.write_text(text.replace("In some cases, IPT", "In a few cases, IPT"), encoding="utf-8")
    second = build_index(overview, tmp_path / "index", open_encoder=lambda _: minilm)
    assert first.embedded > 50 > 3 > second.embedded >= 1
    build_index(overview, tmp_path / "anew", open_encoder=lambda _: minilm)
    for name in (*FILES, "manifest.json"):
        updated, anew = (tmp_path / folder / second.digest / name for folder in ("index", "anew"))
        assert updated.read_bytes() == anew.read_bytes(), name


def test_a_killed_build_leaves_the_old_index_answering(
    overview: Path, corpus_index: Path, tmp_path: Path, chatbot: Chatbot, answers: list[Answer]
) -> None:
    """Promise 8: `kill -9` in the middle of embedding harms nothing; the old index answers as before."""
    index = tmp_path / "index"
    shutil.copytree(corpus_index, index)
    article = overview / "ipt-overview.md"
    article.write_text(article.read_text(encoding="utf-8").replace(" IPT ", " such therapy "), encoding="utf-8")
    command = [*COMMAND, "build", "--corpus", str(overview), "--index", str(index)]
    builder = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert builder.stderr
    for line in builder.stderr:
        if line.startswith("embedded "):
            builder.send_signal(signal.SIGKILL)
            break
    builder.stderr.close()
    assert builder.wait() == -signal.SIGKILL
    assert current_digest(index) == current_digest(corpus_index)
    after = Chatbot(Index.open(index), chatbot._encoder, chatbot._guard, chatbot._models)
    assert after.ask(QUESTIONS[0], ranked=10) == answers[0]
    assert [path.name for path in index.iterdir() if path.is_dir()] == [current_digest(index)]
