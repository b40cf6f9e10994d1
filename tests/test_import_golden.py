"""The importer against hand-checked tables of the two licensed articles: offsets into them, none of their words."""

import csv
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from ipt_rag.corpus import read_article
from ipt_rag.importing import add_page
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
