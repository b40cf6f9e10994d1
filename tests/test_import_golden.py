"""The importer against hand-checked tables of the two licensed articles: offsets into them, none of their words."""

import csv
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from invented_pages import Invented, Part, Said, as_docx, as_html, as_markdown, as_pdf
from ipt_rag.corpus import read_article
from ipt_rag.errors import ImportRefusedError
from ipt_rag.intake import add_page
from ipt_rag.lint import exit_code, lint_articles
from ipt_rag.plain import plain_text
from ipt_rag.records import Article
from ipt_rag.sentences import split_sentences

DATA = Path(__file__).parent / "data"
Cited = tuple[str, tuple[int, ...], bool, tuple[int, ...], bool]


def licensed(pattern: str) -> Path:
    """Return one of the licensed articles, or skip."""
    shared = os.environ.get("IPT_RAG_SHARED", "")
    found = sorted(Path(shared, "articles").glob(pattern)) if shared else []
    if not found:
        pytest.skip("the licensed articles are not here: set IPT_RAG_SHARED to the folder that holds articles/")
    return found[0]


def letters(text: str) -> str:
    """Return the letters and digits of a text: what is left when table bars, dashes and line ends differ."""
    return re.sub(r"[\W_]", "", text)


def expected(page: Path, table: str) -> Counter[Cited]:
    """Return the sentences of the hand-checked table, cut from the original file."""
    text = page.read_text("utf-8")
    rows = list(csv.DictReader((DATA / table).read_text("utf-8").splitlines(), delimiter="\t"))
    assert all(text.count("\n", 0, int(row["end"])) + 1 == int(row["line"]) for row in rows)
    return Counter(
        (
            letters(text[int(row["start"]) : int(row["end"])]),
            tuple(map(int, row["numbers"].split())),
            row["llm"] == "LLM",
            tuple(map(int, row["covering"].split())),
            row["covering_llm"] == "LLM",
        )
        for row in rows
    )


def imported(article: Article) -> Counter[Cited]:
    """Return the sentences of an imported article as the reader of articles splits them."""
    return Counter(
        (letters(plain_text(each.text)), each.own, each.own_llm, each.covering, each.covering_llm)
        for block in article.blocks
        for each in split_sentences(article, block)
    )


@pytest.mark.parametrize(
    ("pattern", "table"),
    [
        pytest.param("000_*.txt", "import_clinical.tsv", id="clinical"),
        pytest.param("002_*.txt", "import_magazine.tsv", id="magazine"),
    ],
)
def test_every_sentence_has_the_citations_of_the_hand_checked_table(pattern: str, table: str, tmp_path: Path) -> None:
    """No sentence is lost, cut or added, and each has its own and its covering markers."""
    page = licensed(pattern)
    article = read_article(add_page(page, tmp_path).path)
    wanted, got = expected(page, table), imported(article)
    assert wanted - got == Counter()
    assert got - wanted == Counter()


def test_counts_of_the_clinical_article(tmp_path: Path) -> None:
    """All 58 marker groups, 31 LLM tags and eight tiered sources are found, and the table has its columns back."""
    added = add_page(licensed("000_*.txt"), tmp_path)
    article = read_article(added.path)
    report = added.report
    assert (report.marker_groups, report.llm_tags, report.sources) == (58, 31, 8)
    assert (report.definitions, report.items, report.rows, report.vignettes) == (13, 6, 7, 2)
    assert [source.tier for source in article.sources] == ["T1", "T1", "T1", "T2", "T2", "T1", "T3", "T3"]
    assert not any("link" in source.reference[-8:] for source in article.sources)
    rows = [block for block in article.blocks if block.kind == "row"]
    assert {block.lead_in.text.count(" | ") for block in rows if block.lead_in} == {2}
    assert all(article.text[row.start : row.end].count(" | ") == 2 for row in rows)
    assert {section for block in article.blocks for section in block.section} >= {"Notices", "Provenance"}
    assert (article.about["version"], article.about["date"]) == ("1.0", "2026-06-04")


def test_furniture_of_the_clinical_article_is_reported(tmp_path: Path) -> None:
    """Every line that is not in the article file is listed with a reason, and nothing else is."""
    page = licensed("000_*.txt")
    added = add_page(page, tmp_path)
    assert [line.line for line in added.report.left_out] == [
        1,
        3,
        9,
        16,
        17,
        20,
        21,
        22,
        23,
        24,
        121,
        123,
        133,
        144,
        148,
        150,
        152,
    ]
    kept = letters(plain_text(added.path.read_text("utf-8")))
    left_out = {line.line for line in added.report.left_out}
    for number, line in enumerate(page.read_text("utf-8").split("\n"), start=1):
        words = letters(re.sub(r"(?:\d+| LLM)+$| — linkT\d$|^\s*\d+\.", "", line))[:40]
        assert (number in left_out) or words in kept


def test_furniture_of_the_magazine_article_is_reported(tmp_path: Path) -> None:
    """Share button, photo credit and pointer are left out; the report says that the page has no title."""
    report = add_page(licensed("002_*.txt"), tmp_path).report
    assert [line.line for line in report.left_out] == [7, 8, 61]
    assert (report.sections, report.marker_groups, report.sources) == (0, 0, 0)
    assert any("no title" in doubt.problem for doubt in report.doubts)


def test_what_is_doubtful_in_the_clinical_article_is_reported(tmp_path: Path) -> None:
    """Glued words, the restored table and the stated count of sources are named, by line."""
    report = add_page(licensed("000_*.txt"), tmp_path).report
    assert {doubt.line for doubt in report.doubts} == {88, 115, 146}


def as_invented(article: Article) -> Invented:
    """Return an imported article free of its format, to be printed in another one."""
    parts: list[Part] = []
    section: tuple[str, ...] = ()
    header = None
    for block in article.blocks:
        if block.section != section:
            section = block.section
            parts.append(Part("heading", (Said(section[-1], (), False),)))
        said = [Said(plain_text(each.text), each.own, each.own_llm) for each in split_sentences(article, block)]
        if block.kind == "row":
            if block.lead_in != header and block.lead_in:
                header = block.lead_in
                parts.append(Part("header", tuple(Said(cell, (), False) for cell in header.text.split(" | "))))
            cells = [Said(cell, (), False) for cell in said[0].text.split(" | ")]
            said = [*cells[:-1], Said(cells[-1].text, said[0].numbers, said[0].llm)]
        if block.kind == "definition":
            term, _, meaning = said[0].text.partition(" — ")
            said = [Said(term, (), False), Said(meaning, said[0].numbers, said[0].llm), *said[1:]]
        parts.append(Part("item" if block.kind == "question" else block.kind, tuple(said)))
    return Invented(article.title, tuple(parts), tuple((each.tier, each.reference) for each in article.sources))


@pytest.mark.parametrize(
    "form", ["HTML, linked", "HTML, raised", "HTML, bracketed", "Markdown, footnotes", "DOCX, raised"]
)
def test_the_clinical_article_in_other_formats(form: str, tmp_path: Path) -> None:
    """Converted to a web page, Markdown and Word, it comes back with every citation."""
    original = read_article(add_page(licensed("000_*.txt"), tmp_path, slug="original").path)
    page = as_invented(original)
    name, printed = {
        "HTML, linked": ("page.html", as_html(page, style="linked")),
        "HTML, raised": ("page.html", as_html(page, style="raised")),
        "HTML, bracketed": ("page.html", as_html(page, style="bracketed")),
        "Markdown, footnotes": ("page.md", as_markdown(page, style="footnotes")),
        "DOCX, raised": ("page.docx", as_docx(page)),
    }[form]
    converted = tmp_path / name
    converted.write_bytes(printed.encode() if isinstance(printed, str) else printed)
    added = add_page(converted, tmp_path)
    assert (added.report.marker_groups, added.report.llm_tags, added.report.sources) == (58, 31, 8)
    assert imported(read_article(added.path)) == imported(original)


def test_the_clinical_article_as_a_pdf(tmp_path: Path) -> None:
    """Printed with raised numbers and a ruled table, it comes back with every sentence and every citation.

    The PDF's font lacks one sign of the original's notices, so those two sentences are compared by citations alone.
    """
    original = read_article(add_page(licensed("000_*.txt"), tmp_path, slug="original").path)
    (tmp_path / "page.pdf").write_bytes(as_pdf(as_invented(original)))
    added = add_page(tmp_path / "page.pdf", tmp_path)
    assert (added.report.marker_groups, added.report.llm_tags, added.report.sources) == (58, 31, 8)
    before, after = imported(original), imported(read_article(added.path))
    lost, gained = before - after, after - before
    assert before.total() - lost.total() == 108
    assert sorted(str(said[1:]) for said in lost.elements()) == sorted(str(said[1:]) for said in gained.elements())


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"%PDF-1.7 and no more", "is cut off"), (b"hello there", "is no PDF")],
    ids=["cut short", "no PDF at all"],
)
def test_a_broken_pdf_is_one_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    """What only calls itself a PDF is refused in a sentence, and nothing is written."""
    (tmp_path / "page.pdf").write_bytes(content)
    with pytest.raises(ImportRefusedError, match=said):
        add_page(tmp_path / "page.pdf", tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()


@pytest.mark.parametrize(
    ("pattern", "faults"),
    [
        pytest.param(
            "000_*.txt",
            {
                ("A202", "says “7 sources”, but 8 are listed"),
                ("A201", "source 8 is never cited"),
                ("A302", "looks like “areas” and “grief” glued together"),
                ("A303", "an illustrative example, not a finding"),
                ("A102", "no licence in the front matter"),
            },
            id="clinical",
        ),
        pytest.param(
            "002_*.txt",
            {
                ("A103", "the title was taken from the first words; the page prints no title"),
                ("A102", "no date in the front matter"),
                ("A102", "no licence in the front matter"),
                ("A301", "none of its 61 sentences has a source or an LLM tag"),
            },
            id="magazine",
        ),
    ],
)
def test_what_is_wrong_with_the_licensed_articles_is_found(
    pattern: str, faults: set[tuple[str, str]], tmp_path: Path
) -> None:
    """Every known fault of each, and of no other kind but sentences in the boxes around the clinical article's text."""
    path = add_page(licensed(pattern), tmp_path).path
    found = lint_articles([path], count_tokens=len, max_tokens=100_000, find_phi=lambda _: ())
    assert faults <= {(each.code, each.message) for each in found}
    boxed = [
        each for each in found if re.fullmatch(r"(?:a sentence|\d sentences) without source or LLM tag", each.message)
    ]
    assert {(each.code, each.message) for each in found if each not in boxed} == faults
    assert exit_code(found) == 1
