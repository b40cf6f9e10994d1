import dataclasses
import re
from pathlib import Path

import pytest

from ipt_rag.check import Change, QuoteCheck
from ipt_rag.holdings import Holding
from ipt_rag.importing import AddedPage, ImportReport
from ipt_rag.importing.page import Doubt, LeftOut
from ipt_rag.keys import KeyLine
from ipt_rag.questions import Lacking, Outcome, Taken
from ipt_rag.records import Answer, Part, Place, Quote, Reference, Span
from ipt_rag.removal import Removed
from ipt_rag.terminal import (
    added_text,
    answer_text,
    checked_text,
    holdings_text,
    lacking_text,
    removed_text,
    taken_text,
)

QUOTE = Quote(
    text="**Sick role** — in brief, a framing.",
    article="ipt",
    title="IPT",
    section="Key terms",
    kind="definition",
    start=5,
    end=41,
    lead_in=Span("Terms of the *field*:", 0, 4),
    sources=(4, 1),
    own_sources=(4, 1),
    llm=True,
    provenance="mixed",
    tiers=("T1", "T2"),
    score=0.9,
    matched=(),
)
ANSWERED = Answer(
    status="answered",
    confidence=0.9,
    quotes=(QUOTE,),
    ranked=(),
    references=(Reference("ipt", 4, "T2", "ISIPT. Basics.", ""), Reference("ipt", 1, "", "Cuijpers P. Review.", "")),
    nearest=(),
    reason="",
    kinds=(),
    notices=(),
    index="0" * 16,
)
NO = dataclasses.replace(ANSWERED, status="not_in_articles", quotes=(), references=(), reason="nothing_close")


def test_an_answer_in_full() -> None:
    """A quote is printed with label, lead-in, its own numbers, place, provenance and tiers; its sources follow."""
    assert (
        answer_text(ANSWERED)
        == """\
   (Definition)
   Terms of the field:
1. Sick role — in brief, a framing. [4] [1] [LLM]
   — IPT › Key terms
   Sourced and LLM-worded · T1, T2 · characters 5–41 of ipt.md

Sources of this answer:
  [4] T2 · ISIPT. Basics. (ipt)
  [1] Cuijpers P. Review. (ipt)

LLM-generated — verify before clinical use"""
    )


def test_no_answer() -> None:
    """Where the articles do not answer, that is said with the reason, and where to look."""
    near = (Place("ipt", "IPT", "Evidence"), Place("ipt", "IPT", ""))
    assert (
        answer_text(dataclasses.replace(NO, nearest=near))
        == """\
The articles do not answer this. No passage comes close to the question.
Nearest sections:
  - IPT › Evidence
  - IPT"""
    )


def test_each_of_several_questions_has_its_quotes() -> None:
    """Every part is printed with what was asked, and with its quotes or that the articles do not answer it."""
    near = (Place("ipt", "IPT", "Evidence"),)
    parts = (Part("Is it dear?", (), "fact_missing", near, ()), Part("What is the sick role?", (0,), "", (), ()))
    lines = answer_text(dataclasses.replace(ANSWERED, parts=parts)).splitlines()
    silent, answered = lines.index("Asked: Is it dear?"), lines.index("Asked: What is the sick role?")
    assert lines[silent + 2].startswith("The articles do not answer this.")
    assert silent < lines.index("  - IPT › Evidence") < answered
    assert answered < lines.index("1. Sick role — in brief, a framing. [4] [1] [LLM]")
    assert sum("Sick role" in line for line in lines) == 1


def test_a_quote_of_two_parts_is_printed_once() -> None:
    """Numbers run on from part to part as they are printed; the second part says which of them answers it too."""
    quotes = tuple(dataclasses.replace(QUOTE, text=f"Text {name}.", lead_in=None) for name in "abc")
    parts = (Part("One?", (0, 1), "", (), ()), Part("Two?", (2, 0), "", (), ()))
    lines = answer_text(dataclasses.replace(ANSWERED, quotes=quotes, parts=parts)).splitlines()
    opening = [line.strip() for line in lines if re.match(r"\d\. |Asked|   Quote", line)]
    assert opening == [
        "Asked: One?",
        "1. Text a. [4] [1] [LLM]",
        "2. Text b. [4] [1] [LLM]",
        "Asked: Two?",
        "3. Text c. [4] [1] [LLM]",
        "Quote 1 above answers this too.",
    ]


def test_the_other_side_is_named() -> None:
    """Where another article is quoted too, that is said above its first quote, and not above the others."""
    other = dataclasses.replace(QUOTE, article="tea", title="Tea")
    lines = answer_text(dataclasses.replace(ANSWERED, quotes=(QUOTE, other, other, QUOTE))).splitlines()
    assert lines.count("Another article says:") == 1
    assert (
        lines.index("   — IPT › Key terms") < lines.index("Another article says:") < lines.index("   — Tea › Key terms")
    )


def test_the_other_side_is_named_in_each_part() -> None:
    """As on the page: each part counts from its own first quote, also where a quote stands in an earlier part."""
    other = dataclasses.replace(QUOTE, article="tea", title="Tea")
    parts = (Part("One?", (0, 1), "", (), ()), Part("Two?", (1,), "", (), ()), Part("Three?", (0, 1), "", (), ()))
    lines = answer_text(dataclasses.replace(ANSWERED, quotes=(QUOTE, other), parts=parts)).splitlines()
    told = [line.strip() for line in lines if re.match(r"Another|Asked|   Quote", line)]
    assert told == [
        "Asked: One?",
        "Another article says:",
        "Asked: Two?",
        "Quote 2 above answers this too.",
        "Asked: Three?",
        "Quote 1 above answers this too.",
        "Another article says:",
        "Quote 2 above answers this too.",
    ]


def test_cautions_are_offered() -> None:
    """An answer out of indications names the sections of cautions."""
    printed = answer_text(dataclasses.replace(ANSWERED, cautions=(Place("ipt", "IPT", "Cautions"),)))
    assert "This article's cautions:\n  - IPT › Cautions" in printed


def test_a_refusal_names_the_kind() -> None:
    """A refusal says what was met and what to write instead; nothing else is printed."""
    refused = Answer("refused", 0.0, (), (), (), (), "phi", ("a phone number",), (), "")
    assert "a phone number" in answer_text(refused)
    assert "Sources" not in answer_text(refused)


def test_notices_come_first() -> None:
    """What must be seen stands above the quotes."""
    assert answer_text(dataclasses.replace(ANSWERED, notices=("Call for help.",))).startswith("! Call for help.\n\n")


@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\x9b", "\r", "\x00", "\u2028", "\x85"])
def test_no_sign_steers_the_terminal(sign: str) -> None:
    """A control sign in an article is printed as a space."""
    quote = dataclasses.replace(QUOTE, text=f"Tea{sign}[2Jis old.", title=f"I{sign}PT")
    reference = Reference("ipt", 4, "T1", f"A{sign}B", "")
    printed = answer_text(dataclasses.replace(ANSWERED, quotes=(quote,), references=(reference,)))
    assert sign not in printed
    assert "[2Jis old." in printed


def test_every_word_of_a_long_quote_is_printed() -> None:
    """A long passage is set in lines of a terminal's width, its words in their order and its markers at the end."""
    words = [f"word{number}" for number in range(60)] + ["d=-0.19", "12-16"]
    printed = answer_text(dataclasses.replace(ANSWERED, quotes=(dataclasses.replace(QUOTE, text=" ".join(words)),)))
    lines = printed.splitlines()
    assert max(map(len, lines)) <= 88
    assert [word for word in printed.split() if word in words] == words
    assert "12-16 [4] [1] [LLM]" in " ".join(printed.split())


def test_a_list_is_printed_line_by_line() -> None:
    """A passage of several lines keeps them; its numbers stand behind the last."""
    quote = dataclasses.replace(QUOTE, text="Rules:\n\n- warm\n- pour", lead_in=None, kind="paragraph")
    assert "1. Rules:\n\n   - warm\n   - pour [4] [1] [LLM]\n" in answer_text(
        dataclasses.replace(ANSWERED, quotes=(quote,))
    ).replace("   \n", "\n")


def test_an_import_reports_what_it_did() -> None:
    """What was recognised is counted, what was left out and what is doubtful is listed with its line."""
    report = ImportReport(
        file="page.txt",
        title="IPT",
        sections=2,
        paragraphs=3,
        items=0,
        definitions=0,
        rows=0,
        vignettes=0,
        marker_groups=4,
        llm_tags=0,
        sources=1,
        left_out=(LeftOut(7, "0 upvotes", "votes"),),
        doubts=(Doubt(9, "areasgrief", "glued words"),),
        counted="line",
    )
    assert added_text(AddedPage(Path("corpus/ipt.md"), "added", report)) == (
        "Wrote corpus/ipt.md\n"
        "  2 sections, 3 paragraphs, 4 marker groups, 1 source\n"
        "  left out, line 7 (votes): 0 upvotes\n"
        "  look at line 9: glued words: areasgrief"
    )
    assert added_text(AddedPage(Path("a.md"), "unchanged", report)).startswith("Nothing changed in a.md\n")
    assert added_text(AddedPage(Path("a.md"), "unchanged", None, ("Kept the file as b.",))) == (
        "Nothing changed in a.md: it was made from this very file (--replace makes it anew)\n  Kept the file as b."
    )


@pytest.mark.parametrize(
    ("removed", "said"),
    [
        pytest.param(
            Removed(Path("a.md"), True, "0" * 16), f"Index {'0' * 16} holds what is left.", id="from an index"
        ),
        pytest.param(
            Removed(Path("a.md"), True, ""), "No article is left, so neither is an index in i.", id="the last"
        ),
        pytest.param(Removed(Path("a.md"), False, ""), "The index in i does not hold it.", id="never indexed"),
    ],
)
def test_a_removal_says_what_is_left(removed: Removed, said: str) -> None:
    """Where an index held the article, a page that is open still does, until it is started anew."""
    lines = removed_text(removed, Path("i")).splitlines()
    assert lines[:2] == ["Removed a.md", said]
    assert bool(lines[2:]) == removed.indexed


def test_holdings_are_counted_for_each_article_and_for_all() -> None:
    """What an article lacks is not printed as a zero; the last line is the sum."""
    tea = Holding(
        slug="tea",
        title="On tea",
        language="en",
        kind="invented",
        version="",
        date="",
        licence="CC0-1.0",
        origin="",
        file="tea.md",
        original="originals/0.md",
        sentences=1200,
        passages=3,
        sources=2,
        keys=7,
        by_provenance={"sourced": 2, "mixed": 0, "LLM": 0, "unmarked": 1},
        by_tier={"T1": 1, "T2": 0, "T3": 2},
        sources_by_tier={"T1": 1, "T2": 0, "T3": 1},
    )
    bare = dataclasses.replace(
        tea, slug="tides", language="", kind="", licence="", original="", by_tier={}, sources=0, sources_by_tier={}
    )
    assert holdings_text([tea, bare]) == (
        "tea: On tea\n"
        "  en · invented · CC0-1.0 · original kept\n"
        "  1,200 sentences, 3 passages (sourced 2, unmarked 1), 7 anticipated questions\n"
        "  passages by tier: T1 1, T3 2; sources: 2 (T1 1, T3 1)\n"
        "tides: On tea\n"
        "  the front matter says no more\n"
        "  1,200 sentences, 3 passages (sourced 2, unmarked 1), 7 anticipated questions\n"
        "  passages by tier: none; sources: 0 (none)\n"
        "2 articles: 2,400 sentences, 6 passages (sourced 4, unmarked 2), 14 anticipated questions"
    )


def test_a_quote_cannot_steer_the_terminal() -> None:
    """What was said of a changed quote is printed without its control signs."""
    check = QuoteCheck("changed", (Change("word", "\x1b[2J", "old"),), (), (), "tea", (), "Tea is old.", 0, 11)
    assert "\x1b" not in checked_text(check)


GONE = KeyLine(3, "Tea is \x1bold", ("Is it old?", "age"))


def test_what_lacks_questions() -> None:
    """The count, and each line of the questions file that lost its passage; no sign of it steers the terminal."""
    assert (
        lacking_text(Lacking("tea", 7, (), (GONE,)), 8)
        == """\
0 of 7 passages of tea have fewer than 8 questions.
  line 3 of the questions file: its passage (“Tea is  old …”) has changed or is gone, 2 questions do not count"""
    )


def test_what_was_taken_by_line() -> None:
    """Each line with how many of its questions were taken, and why the others were not."""
    outcomes = (
        Outcome(1, 1, "taken", ""),
        Outcome(1, 2, "taken", ""),
        Outcome(2, 0, "refused", "is no passage"),
        Outcome(4, 1, "there", "is there already"),
        Outcome(4, 2, "kept", "lies closer to another"),
    )
    assert (
        taken_text(Taken(Path("tea.questions.jsonl"), outcomes, ()))
        == """\
Wrote tea.questions.jsonl
  line 1: 2 taken
  line 2: 0 taken of 1
    the line is no passage
  line 4: 1 taken of 2
    question 1 is there already
    question 2 lies closer to another: taken all the same
3 taken, 1 refused."""
    )
    refused = Taken(Path("tea.questions.jsonl"), outcomes[2:3], ())
    assert taken_text(refused).startswith("Nothing changed in tea.questions.jsonl\n")
