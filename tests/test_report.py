import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest
from click.testing import CliRunner

from ipt_rag.chatbot import Chatbot
from ipt_rag.cli import main
from ipt_rag.errors import SettingsError
from ipt_rag.evaluate import Judged, judge
from ipt_rag.evaluate.misses import false_answers, worst_misses
from ipt_rag.evaluate.report import report_html, require_report, write_report
from ipt_rag.evaluate.run import Evaluation, run_evaluation
from ipt_rag.evaluate.runs import Difference
from ipt_rag.records import Answer, Passage, Quote

pytest.importorskip("matplotlib", reason="Matplotlib is not installed (make test installs it)")

HOSTILE = """</h3><script>alert(1)</script><img src=x onerror=alert(2)>"' {{ 7 * 7 }} <a href="//example.org">"""
PASSAGES = [
    Passage("tides", ("Coasts", "Moon"), "paragraph", text, 0, len(text), None, (4,), (4,), llm)
    for text, llm in (
        ("The **moon** pulls the tide.", False),
        ("Lanterns burn oil.", True),
        ("Tea holds caffeine.", False),
        ("A kettle boils water.", False),
    )
]
DIFFERENCE = Difference("right passage in the first 1", 0.25, 0.5, 3, 1, 0.625, -0.1, 0.6, 8)


@dataclass
class Shelf:
    """An index of the four passages."""

    digest: str = "0123456789abcdef"

    def passage(self, number: int) -> Passage:
        """Return a passage."""
        return PASSAGES[number]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(PASSAGES)


class Librarian:
    """A chatbot that ranks the passages as the question says: "2 0" is lanterns before the moon, "refuse" refuses.

    From the first place on each question's confidence is its length in tenths; from 0.5 on it answers.
    """

    index = Shelf()

    def ask(self, question: str, *, ranked: int) -> Answer:
        """Return the answer."""
        if "refuse" in question:
            return Answer("refused", 0.0, (), (), (), (), "phi", ("a name",), (), "")
        order = [PASSAGES[int(digit)] for digit in re.findall(r"\b[0-3]\b", question)][:ranked]
        quotes = tuple(
            Quote(
                passage.text, passage.article, "Tides", " › ".join(passage.section), "paragraph", 0, 9, None,
                passage.sources, passage.sources, passage.llm, passage.provenance, (), 0.5, (),
            )
            for passage in order
        )  # fmt: skip
        confidence = min(len(question), 10) / 10
        status = "answered" if confidence >= 0.5 else "not_in_articles"
        return Answer(status, confidence, quotes[:1], quotes, (), (), "", (), (), self.index.digest)  # type: ignore[arg-type]


ANSWERABLE = [
    {"question": "0 first", "facts": ["tide"], "style": "short"},
    {"question": "1 0", "facts": ["tide"], "style": "short"},
    {"question": "1 3 0 2", "facts": ["tide"], "style": "long"},
    {"question": "1 2", "facts": ["tide"], "style": "long"},
    {"question": "1 2 not ranked", "facts": ["tide"], "style": HOSTILE},
    {"question": "2", "facts": ["harbour"]},
    {"question": "refuse 555-0100", "facts": ["oil"], "style": "short"},
    {"question": f"3 2 {HOSTILE}", "facts": ["Lanterns"], "style": "short"},
]
UNANSWERABLE = [
    {"question": "0 near", "kind": "near_miss"},
    {"question": "2 farther off", "kind": "other"},
    {"question": "3", "kind": HOSTILE},
]


def evaluated(answerable: Sequence[dict[str, object]], unanswerable: Sequence[dict[str, object]]) -> Evaluation:
    """Return how these questions go over the four passages."""
    chatbot = Librarian()
    return run_evaluation(
        lambda text: chatbot.ask(text, ranked=10),
        answerable,
        unanswerable,
        by="facts",
        passages=PASSAGES,
        progress=lambda done: None,
    )


def page(*, unanswerable: bool = True, differences: Sequence[Difference] = (DIFFERENCE,)) -> str:
    """Return the report on the questions above."""
    return report_html(
        evaluated(ANSWERABLE, UNANSWERABLE if unanswerable else []), differences, index="0" * 16, date="2026-01-02"
    )


@pytest.fixture(scope="module")
def text() -> str:
    """The report as it is written."""
    return page()


@pytest.fixture(scope="module")
def report(text: str) -> lxml.html.HtmlElement:
    """The report as a browser reads it."""
    return lxml.html.document_fromstring(text)


def judged(answerable: bool) -> list[Judged]:
    """Return how the questions above went."""
    chatbot, questions = Librarian(), ANSWERABLE if answerable else UNANSWERABLE
    return judge(lambda text: chatbot.ask(text, ranked=10), questions, by="facts", answerable=answerable)


def words(element: lxml.html.HtmlElement) -> str:
    """Return the text of an element on one line."""
    return " ".join(element.text_content().split())


def rows(root: lxml.html.HtmlElement, caption: str) -> list[list[str]]:
    """Return the cells of the table whose caption begins with these words."""
    tables = [table for table in root.iter("table") if words(table.find("caption")).startswith(caption)]
    return [[words(cell) for cell in row] for table in tables for row in table.find("tbody")]


# ---- misses


def test_the_farthest_off_come_first() -> None:
    """Not ranked at all before a late rank, the more confident first, and none whose first passage is right."""
    misses = worst_misses(judged(True), PASSAGES, "facts")
    assert [(miss.question[:7], miss.rank) for miss in misses] == [
        ("1 2 not", 0),
        ("1 2", 0),
        ("2", 0),
        ("", 0),
        ("3 2 </h", 3),
        ("1 3 0 2", 3),
        ("1 0", 2),
    ]


def test_a_miss_shows_what_stood_first_and_what_is_right() -> None:
    """The right passage is the one ranked best, or else one of the index; each with its numbers and its place."""
    by_question = {miss.question: miss for miss in worst_misses(judged(True), PASSAGES, "facts")}
    ranked, unranked, none = by_question["1 0"], by_question["1 2"], by_question["2"]
    assert ranked.first
    assert (ranked.first.text, ranked.first.sources, ranked.first.llm) == ("Lanterns burn oil.", (4,), True)
    assert ranked.right == unranked.right
    assert ranked.right
    assert (ranked.right.text, ranked.right.place) == ("The moon pulls the tide.", "tides › Coasts › Moon")
    assert none.right is None


def test_false_answers_are_the_unanswerable_that_were_answered() -> None:
    """The most confident first."""
    found = false_answers(judged(False))
    assert [miss.question for miss in found] == ["2 farther off", "0 near"]


# ---- the page


def test_the_page_says_what_it_is_of(report: lxml.html.HtmlElement) -> None:
    """Date, version, index and counts stand at its head, and that it holds the questions."""
    said = {words(term): words(term.getnext()) for term in report.find_class("about")[0].iter("dt")}
    assert said["Date"] == "2026-01-02"
    assert said["Index"] == f"{'0' * 16}, 4 passages"
    assert said["Questions"] == "8 that the articles answer, 3 that they do not"
    assert re.fullmatch(r"\d+\.\d+\.\d+", said["ipt-rag"])
    assert "holds texts of your questions" in words(report.find_class("note")[0])


def test_hostile_words_stay_words(report: lxml.html.HtmlElement, text: str) -> None:
    """A question, a style and a kind that hold markup, a script or a template are shown as they are, and do nothing."""
    tags = {element.tag for element in report.iter() if isinstance(element.tag, str)}
    assert tags.isdisjoint({"script", "img", "a", "iframe", "object", "embed", "link", "form", "base", "foreignobject"})
    assert [name for element in report.iter() for name in element.attrib if name.startswith("on")] == []
    assert [words(heading) for heading in report.iter("h3")].count(f"3 2 {HOSTILE}") == 1
    assert HOSTILE in [row[0] for row in rows(report, "Right passage first, by style")]
    assert HOSTILE in [row[0] for row in rows(report, "Unanswerable questions")]
    assert "{{ 7 * 7 }}" in text


def test_signs_that_html_cannot_hold_are_replaced() -> None:
    """So are those that turn the direction of what stands around them."""
    strange = [{"question": "1\x00\u202e2", "facts": ["tide"], "style": "\x07"}]
    found = report_html(evaluated(strange, []), [], index="0" * 16, date="2026-01-02")
    assert "1\ufffd\ufffd2" in found
    assert re.search(r"[\x00-\x08\x0b-\x1f\u202e]", found) is None


def test_the_page_needs_nothing_from_outside(report: lxml.html.HtmlElement, text: str) -> None:
    """Every reference is to the page itself, and the browser is told to fetch nothing."""
    pointers = [value for element in report.iter() for name, value in element.attrib.items() if name in ("src", "href")]
    assert pointers
    assert all(value.startswith("#") for value in pointers)
    assert set(re.findall(r"url\((.)|@import", text)) == {"#"}
    policy = report.find(".//meta[@http-equiv='Content-Security-Policy']")
    assert policy is not None
    assert policy.get("content") == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_page_can_be_read_by_ear(report: lxml.html.HtmlElement) -> None:
    """One h1, no level passed over; each table with a caption and headed columns; each drawing named; ids once."""
    levels = [int(element.tag[1]) for element in report.iter("h1", "h2", "h3")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(words(table.find("caption")) for table in report.iter("table"))
    assert {cell.get("scope") for cell in report.iter("th")} == {"col", "row"}
    ids = [element.get("id") for element in report.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    named = [name for drawing in report.iter("svg") for name in drawing.get("aria-labelledby", "").split()]
    assert len(named) == 6
    assert set(named) <= set(ids)


def test_each_miss_shows_its_passages(report: lxml.html.HtmlElement) -> None:
    """The question, what was ranked first, and the right passage with its rank, words and numbers as in the article."""
    [item] = [item for item in report.iter("li") if words(item.find("h3")) == "1 3 0 2"]
    assert words(item) == (
        "1 3 0 2 Confidence 0.70, answered. Ranked first Lanterns burn oil. [4] [LLM] tides › Coasts › Moon "
        "Right, ranked 3 The moon pulls the tide. [4] tides › Coasts › Moon"
    )
    [item] = [item for item in report.iter("li") if words(item.find("h3")) == "2"]
    assert "No passage of this index is right for it" in words(item)


def test_a_refused_question_is_not_repeated(text: str) -> None:
    """The guard refused it unread; the report says so, and not what it was."""
    assert "555-0100" not in text
    assert "A question that the guard refused" in text


def test_without_unanswerable_questions_the_page_says_what_is_missing() -> None:
    """No curve and no false answers, and which option brings them."""
    root = lxml.html.document_fromstring(page(unanswerable=False, differences=()))
    headings = [words(heading) for heading in root.iter("h2")]
    assert "False answers" not in headings
    assert "Against the saved run" not in headings
    assert "--unanswerable" in words(root)
    assert len(root.findall(".//svg")) == 2


def test_a_run_without_a_miss() -> None:
    """The page says so."""
    found = report_html(evaluated(ANSWERABLE[:1], UNANSWERABLE[2:]), [], index="0" * 16, date="2026-01-02")
    assert "None: every question has a right passage first." in found
    assert "None: every question that the articles do not answer was turned away." in found


def test_the_same_evaluation_gives_the_same_bytes(text: str, tmp_path: Path, root: Path) -> None:
    """In another process, with hashes in another order, and whatever a person's own settings of Matplotlib."""
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\nfont.size: 30\nsvg.fonttype: path\n")
    told = subprocess.run(
        [sys.executable, "-c", "import sys, test_report; sys.stdout.buffer.write(test_report.page().encode())"],
        env={
            **os.environ,
            "PYTHONHASHSEED": "7",
            "MATPLOTLIBRC": str(tmp_path),
            "PYTHONPATH": f"{root}/src:{root}/tests",
        },
        capture_output=True,
        check=True,
    )
    assert told.stdout == text.encode()


# ---- the command


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command over the questions above, which the librarian answers, compared with a run saved before."""
    monkeypatch.setattr(Chatbot, "open", lambda index: Librarian())
    for name, questions in (("yes", ANSWERABLE), ("no", UNANSWERABLE)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, questions)))
    command = ["eval", str(tmp_path / "yes.jsonl"), "--unanswerable", str(tmp_path / "no.jsonl")]
    assert CliRunner().invoke(main, [*command, "--save", str(tmp_path / "run.json")]).exit_code == 0
    return [*command, "--against", str(tmp_path / "run.json"), "--report", str(tmp_path / "new" / "report")]


def test_the_report_holds_the_figures_that_are_printed(files: list[str], tmp_path: Path) -> None:
    """Name, value, interval and number of questions, and the paired comparison: the same, none more and none less."""
    result = CliRunner().invoke(main, files)
    assert result.exit_code == 0, result.output
    written = tmp_path / "new" / "report" / "report.html"
    assert f"Wrote {written}. It holds texts of the questions." in result.output
    root = lxml.html.document_fromstring(written.read_text(encoding="utf-8"))
    printed = [
        [name.strip() or "none given", *rest]
        for name, *rest in re.findall(
            r"^  (.*?) +(\d\.\d{3})  +(\d\.\d\d–\d\.\d\d)  +(\d+) questions$", result.output, re.M
        )
    ]
    shown = [
        row for table in ("Ranking,", "Right passage first, by style", "Unanswerable") for row in rows(root, table)
    ]
    assert printed == shown
    compared = re.findall(
        r"^  (.*?) +(\S+) → (\S+)   (\S+ to \S+)   (\d+) gained, (\d+) lost, p = (\S+), (\d+) questions$",
        result.output,
        re.M,
    )
    assert list(map(list, compared)) == rows(root, "This run and the saved one")
    assert compared
    assert {"right passage in the first 5", "mean reciprocal rank", "nDCG@10"} <= {row[0] for row in printed}


def test_without_matplotlib_the_command_says_how_to_install_it(
    files: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One sentence, before anything is read or asked."""
    found = importlib.util.find_spec
    monkeypatch.setattr("ipt_rag.evaluate.report.find_spec", lambda name: None if name == "matplotlib" else found(name))
    result = CliRunner().invoke(main, files)
    assert (result.exit_code, result.output) == (
        1,
        "Error: --report needs Matplotlib, which is not installed. Run `pip install 'ipt-rag[report]'`.\n",
    )
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_is_told_first(tmp_path: Path) -> None:
    """A file stands where the folder would be."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(SettingsError, match=r"taken cannot be made \(File exists\)\. Name another folder"):
        require_report(tmp_path / "taken")


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder stands where the file would be."""
    (tmp_path / "report.html").mkdir()
    with pytest.raises(SettingsError, match=r"report\.html cannot be written \(Is a directory\)\. Name another"):
        write_report(tmp_path, evaluated(ANSWERABLE, []), [], index="0" * 16, date="2026-01-02")


# ---- in a browser


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_a_browser_shows_the_page_and_fetches_nothing(
    text: str, tmp_path: Path, chromium: str, scheme: str, width: int
) -> None:
    """Axe finds nothing wrong, nothing scrolls sideways, no script of a question runs, and the plots are seen."""
    pytest.importorskip("playwright", reason="playwright is not installed (make test installs it)")
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    (tmp_path / "report.html").write_text(text, encoding="utf-8")
    fetched: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shown = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
        shown.on("request", lambda request: fetched.append(request.url))
        shown.on("dialog", lambda dialog: complaints.append(dialog.message))
        shown.on("console", lambda line: complaints.append(line.text))
        shown.goto((tmp_path / "report.html").as_uri())
        sideways = shown.evaluate("document.documentElement.scrollWidth > innerWidth")
        drawn = shown.evaluate("[...document.querySelectorAll('svg')].map(svg => svg.getBoundingClientRect().height)")
        shown.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        wrong = Axe().run(shown).response["violations"]
        browser.close()
    assert fetched == [(tmp_path / "report.html").as_uri()]
    assert complaints == []
    assert not sideways
    assert len(drawn) == 3
    assert min(drawn) > 100
    assert [entry["id"] for entry in wrong] == []
