import json
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from ipt_rag.cli import main
from ipt_rag.page_text import ENGLISH, SPANISH, PageText
from ipt_rag.records import Answer, Article, Place
from ipt_rag.render import turn_html, turn_markdown
from ipt_rag.verify import Shelf, verify_export
from word_library import WordLibrary

ARTICLES = Path(__file__).parent / "page_articles"
ASKED = (
    "the bow rake levels",
    "collect snails for mornings",
    "water in the evening invites snails",
    "a form of worm shells",
    "spade turns heavy soil",
    "mulch keeps water in soil",
    "allotment keeper snails dawn",
    "Which bow rake levels soil? Is there a quantum? Which bow rake levels gardens?",
)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    """The small articles."""
    library = WordLibrary.over(ARTICLES)
    return Shelf([library.article(slug) for slug in library.index.articles()], library.index.held, "0123456789abcdef")


@cache
def answered() -> tuple[list[tuple[str, Answer]], dict[str, Article]]:
    """Return the answers to all questions, and the articles."""
    library = WordLibrary.over(ARTICLES)
    articles = {slug: library.article(slug) for slug in library.index.articles()}
    return [(question, library.ask(question)) for question in ASKED], articles


def exported(folder: Path, ending: str, text: PageText = ENGLISH) -> Path:
    """Return a file with the answers to all questions, in the form that the page gives it."""
    answers, articles = answered()
    if ending == "json":
        turns = [{"turn": 1, "question": question, "answer": asdict(answer)} for question, answer in answers]
        body = json.dumps({"index": "0123456789abcdef", "turns": turns})
    elif ending == "md":
        body = "Index 0123456789abcdef\n\n" + "\n".join(
            turn_markdown(answer, question=question, text=text) for question, answer in answers
        )
    else:
        turns_html = "".join(
            turn_html(answer, question=question, turn=number, articles=articles, text=text)
            for number, (question, answer) in enumerate(answers, start=1)
        )
        body = f'<html lang="{text.language}"><body><p>Index 0123456789abcdef</p>{turns_html}</body></html>'
    path = folder / f"export.{ending}"
    path.write_text(body, "utf-8")
    return path


@pytest.mark.parametrize(("ending", "text"), [("json", ENGLISH), ("md", SPANISH), ("html", ENGLISH), ("html", SPANISH)])
def test_an_untouched_export_verifies(tmp_path: Path, shelf: Shelf, ending: str, text: PageText) -> None:
    """Every quote and source of every kind stands in the articles as the file says, in both languages of the page."""
    verified = verify_export(exported(tmp_path, ending, text), shelf)
    assert verified.differences == ()
    assert verified.quotes >= 8
    assert verified.sources >= 6
    assert verified.said_index == verified.index == "0123456789abcdef"


@pytest.mark.parametrize("ending", ["json", "md", "html"])
@pytest.mark.parametrize(
    ("printed", "said"),
    [
        pytest.param("levels heavy soil", "levels light soil", id="a word of a quote"),
        pytest.param("ten mornings", "two mornings", id="a number in a table row"),
        pytest.param("Water and soil. 1984.", "Water and soil. 1994.", id="a reference"),
        pytest.param("Greenhand A.", "Redhand A.", id="an author"),
    ],
)
def test_a_changed_export_is_named(tmp_path: Path, shelf: Shelf, ending: str, printed: str, said: str) -> None:
    """A word, a number or a reference that was changed is found, in each form of file."""
    path = exported(tmp_path, ending)
    path.write_text(path.read_text("utf-8").replace(printed, said), "utf-8")
    assert verify_export(path, shelf).differences


@pytest.mark.parametrize(
    ("ending", "printed", "said"),
    [
        ("json", '"sources": [2, 4]', '"sources": [2, 1]'),
        ("json", '"provenance": "sourced"', '"provenance": "unmarked"'),
        ("md", "soil. [2] [4]", "soil. [2] [1]"),
        ("md", "soil. [2] [4]", "soil. [2]"),
        ("html", ">[4]</a>", ">[1]</a>"),
        ("html", 'data-start="', 'data-start="1'),
    ],
)
def test_changed_numbers_and_places_are_named(
    tmp_path: Path, shelf: Shelf, ending: str, printed: str, said: str
) -> None:
    """A citation number, a provenance or a place that is not the article's is found."""
    path = exported(tmp_path, ending)
    before = path.read_text("utf-8")
    assert printed in before
    path.write_text(before.replace(printed, said), "utf-8")
    assert verify_export(path, shelf).differences


def change(what: str, json: tuple[str, str], md: tuple[str, str], html: tuple[str, str]) -> list[object]:
    """Return the cases of one change, in each form of file."""
    forms = {"json": json, "md": md, "html": html}
    return [pytest.param(ending, *words, id=f"{what}, {ending}") for ending, words in forms.items()]


MOVED = ("› Tools", "› Elsewhere")
RAISED = ("best source T2", "best source T1")
SOURCE_MOVED = ("Spade B. Water", "Spade C. Water")
ADDRESS_MOVED = ("example.org/gardens", "example.net/gardens")
WORD_MOVED = ("levels heavy soil", "levels light soil")


@pytest.mark.parametrize(
    ("ending", "printed", "said"),
    [
        *change("section", ('"section": "Tools', '"section": "Elsewhere'), MOVED, MOVED),
        *change("article", ('"title": "', '"title": "My '), ("pages — ", "pages — My "), ("<cite>", "<cite>My ")),
        *change("tier", ('"tiers": ["T2"', '"tiers": ["T1"'), RAISED, RAISED),
        *change("provenance", ('": "sourced"', '": "LLM"'), ("Sourced ·", "LLM ·"), (">Sourced ·", ">LLM ·")),
        *change("number", ('"sources": [2', '"sources": [3'), ("soil. [2]", "soil. [3]"), (">[2]</a>", ">[3]</a>")),
        *change("word", WORD_MOVED, WORD_MOVED, WORD_MOVED),
        *change("kind", ('"definition"', '"item"'), ("*Definition*", "*Finding*"), (">Definition<", ">Finding<")),
        *change("source", SOURCE_MOVED, SOURCE_MOVED, SOURCE_MOVED),
        *change("its tier", ('"tier": "T2"', '"tier": "T1"'), ("e) T2 ·", "e) T1 ·"), ("<b>T2</b>", "<b>T1</b>")),
        *change(
            "its address", ADDRESS_MOVED, ADDRESS_MOVED, ('href="https://example.org', 'href="https://example.net')
        ),
    ],
)
def test_one_change_in_any_form_is_named(tmp_path: Path, shelf: Shelf, ending: str, printed: str, said: str) -> None:
    """A section, article, tier, provenance, number, word, kind, source or address that is not the article's."""
    path = exported(tmp_path, ending)
    before = path.read_text("utf-8")
    assert printed in before
    path.write_text(before.replace(printed, said, 1), "utf-8")
    assert verify_export(path, shelf).differences


@pytest.mark.parametrize("ending", ["json", "md"])
def test_a_section_to_read_on_in_is_an_articles(tmp_path: Path, shelf: Shelf, ending: str) -> None:
    """Cautions and nearest sections are named as the articles name them; an HTML file holds none."""
    path = exported(tmp_path, ending)
    said = asdict(sorted(shelf.sections, key=repr)[-1])
    answers, _ = answered()
    answer = replace(answers[0][1], cautions=(Place(**said), Place(**said | {"section": "Elsewhere"})))
    turn = {"turn": 1, "question": "?", "answer": asdict(answer)}
    body = turn_markdown(answer, question="?", text=ENGLISH)
    path.write_text(json.dumps({"index": "", "turns": [turn]}) if ending == "json" else body, "utf-8")
    assert [each.where for each in verify_export(path, shelf).differences] == ["a section to read on in"]


@pytest.mark.parametrize(("ending", "entry"), [("md", "- [1] (plain-article)"), ("html", '-plain-article-1" tabindex')])
def test_a_source_left_out_is_named(tmp_path: Path, shelf: Shelf, ending: str, entry: str) -> None:
    """A number of a quote that the file lists nowhere is no source."""
    path = exported(tmp_path, ending)
    path.write_text(path.read_text("utf-8").replace(entry, "x" if ending == "md" else 'x" tabindex'), "utf-8")
    named = [(each.where, each.what) for each in verify_export(path, shelf).differences]
    assert ("source 1 of plain-article", "is cited, not listed") in named


@pytest.mark.parametrize("name", ["a.md", "a.html", "a.json"])
def test_a_file_without_a_quote_is_no_proof(tmp_path: Path, name: str) -> None:
    """Nothing was compared, so nothing stands there as the file says: one sentence and exit 1."""
    (tmp_path / name).write_text(
        '{"index": "", "turns": []}' if name == "a.json" else "# Read me\n\n> A proverb.\n"[:11]
    )
    result = CliRunner().invoke(main, ["verify", str(tmp_path / name), "--corpus", str(ARTICLES)])
    assert result.exit_code == 1
    assert "holds no quote from the articles" in result.output
    assert "All stand there" not in result.output


def test_a_quote_without_a_place_is_named(tmp_path: Path, shelf: Shelf) -> None:
    """Words put among the quotes do not pass for one."""
    path = exported(tmp_path, "md")
    path.write_text(path.read_text("utf-8") + "\n> Moles are birds. [1]\n", "utf-8")
    assert [each.what for each in verify_export(path, shelf).differences] == ["does not say where it stands"]
    page = exported(tmp_path, "html")
    page.write_text(page.read_text("utf-8").replace("</article>", "<blockquote>Moles.</blockquote></article>"), "utf-8")
    assert "does not say where it stands" in [each.what for each in verify_export(page, shelf).differences]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"text"),
        ("a.json", b"[]"),
        ("a.json", b"{"),
        ("a.json", b'{"index": "", "turns": 3}'),
        ("a.md", b"\xff\xfe"),
        ("a.html", b"<article class=turn><figure data-article=x>"),
    ],
)
def test_what_is_no_export_is_told(tmp_path: Path, name: str, content: bytes) -> None:
    """A file that the page did not make ends the command with one sentence and exit 1."""
    (tmp_path / name).write_bytes(content)
    result = CliRunner().invoke(main, ["verify", str(tmp_path / name), "--corpus", str(ARTICLES)])
    assert result.exit_code == 1
    assert "is no file that the page exports" in result.output


def test_the_command_says_what_it_compared(tmp_path: Path) -> None:
    """Exit 0 and the counts for an untouched file, exit 1 and the place for a changed one."""
    path = exported(tmp_path, "md")
    result = CliRunner().invoke(main, ["verify", str(path), "--corpus", str(ARTICLES)])
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "All stand there as the file says.")
    path.write_text(path.read_text("utf-8").replace("levels heavy", "levels light"), "utf-8")
    result = CliRunner().invoke(main, ["verify", str(path), "--corpus", str(ARTICLES)])
    assert result.exit_code == 1
    assert "plain-article" in result.output
    missing = CliRunner().invoke(main, ["verify", str(tmp_path / "none.md"), "--corpus", str(ARTICLES)])
    assert "cannot be read" in missing.output


@pytest.mark.model
def test_index_and_corpus_hold_the_same_passages(corpus_index: Path, root: Path) -> None:
    """It makes no difference to a verdict which of the two a file is compared with."""
    of_corpus, of_index = Shelf.of_corpus(root / "corpus"), Shelf.of_index(corpus_index)
    assert of_corpus.passages == of_index.passages
    assert of_corpus.articles == of_index.articles
