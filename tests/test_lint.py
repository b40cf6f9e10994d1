"""Lint: each fault by file, line and code; clean files are clean."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from ipt_rag.cli import main
from ipt_rag.corpus import read_article
from ipt_rag.keys import keys_path, text_digest
from ipt_rag.lint import LintFinding, as_github, as_json, as_text, exit_code, lint_articles
from ipt_rag.passages import split_passages
from ipt_rag.records import PhiFinding
from ipt_rag.sentences import split_sentences

CLEAN = """---
title: Calm Talk
slug: calm
language: en
date: "2026-05-04"
licence: CC-BY-4.0
---

# Calm Talk

Calm talk is old. It helps in grief. [1]

[1]: #sources "T1 · Lee A. Calm. 2016."
"""


def count_words(text: str) -> int:
    """Count tokens as words."""
    return len(text.split())


def find_dates(text: str) -> Sequence[PhiFinding]:
    """Find dates of one form."""
    return [PhiFinding("a full date", *found.span()) for found in re.finditer(r"\d\d/\d\d/\d{4}", text)]


def lint(text: str, folder: Path, *more: str) -> list[tuple[int, str]]:
    """Return line and code of what is found in a file, beside others."""
    paths = [folder / f"page{index}.md" for index in range(len(more) + 1)]
    for path, content in zip(paths, (text, *more), strict=True):
        path.write_text(content, encoding="utf-8")
    found = lint_articles(paths, count_tokens=count_words, max_tokens=30, find_phi=find_dates)
    return [(each.line, each.code) for each in found]


def test_a_clean_article_has_no_finding(tmp_path: Path) -> None:
    """Nothing is said of what is well."""
    assert lint(CLEAN, tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        pytest.param("[1]\n", "[2]\n", (11, "A101"), id="a number without a source"),
        pytest.param("title: Calm Talk\n", "", (1, "A101"), id="no title"),
        pytest.param('date: "2026-05-04"\n', "", (1, "A102"), id="no date"),
        pytest.param("CC-BY-4.0", "unknown; not ours to give", (1, "A102"), id="no licence"),
        pytest.param("language: en", "language: und", (1, "A102"), id="no language"),
        pytest.param("slug", "title_from: the first words\nslug", (1, "A103"), id="no printed title"),
        pytest.param('2016."', '2016."\n[2]: #sources "Klee B. 2018."', (14, "A201"), id="a source never cited"),
        pytest.param("[1]\n\n", "[1]\n\n## Provenance\n\nIt has 7 sources. [1]\n\n", (15, "A202"), id="a stated count"),
        pytest.param("[1]\n\n", "[1] It is so.\n\n", (11, "A301"), id="an unmarked sentence"),
        pytest.param("It helps", "Areas, areas, grief and areasgrief help", (11, "A302"), id="a glued word"),
        pytest.param(
            "[1]\n\n", "[1]\n\nIllustrative example (not a guideline): Ann. [1]\n\n", (13, "A303"), id="a vignette"
        ),
        pytest.param("It helps", "It helps " + "so " * 30, (11, "A401"), id="a passage beyond the window"),
        pytest.param("[1]\n\n", "[1]\n\nCalm talk is old. It helps in grief. [1]\n\n", (13, "A402"), id="a duplicate"),
        pytest.param("It helps", "On 03/04/2021 it helped", (11, "A403"), id="an identifier"),
    ],
)
def test_each_fault_has_its_line_and_code(old: str, new: str, finding: tuple[int, str], tmp_path: Path) -> None:
    """One fault, one finding."""
    assert lint(CLEAN.replace(old, new, 1), tmp_path) == [finding]


def test_an_article_without_any_marker_is_one_finding(tmp_path: Path) -> None:
    """A page that cites nothing is not told so sentence by sentence."""
    assert lint(CLEAN.split("\n[1]:")[0].replace(" [1]", "") + "\n", tmp_path) == [(11, "A301")]


def test_passages_that_stand_in_two_articles_are_duplicates(tmp_path: Path) -> None:
    """The second names where the first stands."""
    assert lint(CLEAN, tmp_path, CLEAN.replace("slug: calm", "slug: other")) == [(11, "A402")]


def test_a_code_that_the_article_allows_does_not_fail(tmp_path: Path) -> None:
    """What an article has a reason for is told apart from what is to be mended."""
    path = tmp_path / "page.md"
    path.write_text(CLEAN.replace("[1]\n\n", "[1] It is so.\n\n").replace("slug", "lint_allow: A301\nslug", 1))
    found = lint_articles([path], count_tokens=count_words, max_tokens=30, find_phi=find_dates)
    assert [(each.code, each.level) for each in found] == [("A301", "allowed")]
    assert exit_code(found) == 0


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        pytest.param([("", "Is it old?", "Does it help?")], [], id="nothing"),
        pytest.param([("", "Is it old?", "…")], [(1, "A503")], id="no word"),
        pytest.param([("", "Is it old?"), ("x", "Is it new?")], [(2, "A502")], id="a passage that is gone"),
        pytest.param([("", "Is it old?", "How, on 03/04/2021?")], [(1, "A505")], id="an identifier"),
        pytest.param([("", "Is it old?"), ("Calm", "is it OLD")], [(2, "A504")], id="a question at two passages"),
        pytest.param([("", "Is it old?", "is it old")], [], id="twice at one passage"),
        pytest.param([("", "Is it old?"), ("x", "Is it old?")], [(2, "A502")], id="what is gone is at no passage"),
        pytest.param([("", "Is it old?"), ("", "Is it new?")], [(2, "A501")], id="two lines for a passage"),
    ],
)
def test_each_fault_of_a_questions_file(
    lines: list[tuple[str, ...]], found: list[tuple[int, str]], tmp_path: Path
) -> None:
    """It is named by the line of the questions file; the article itself is clean."""
    article = tmp_path / "calm.md"
    article.write_text(CLEAN, encoding="utf-8")
    [passage, source] = split_passages(read_article(article), split_sentences, count_tokens=count_words, max_tokens=30)
    texts = {"": passage.text, "Calm": source.text, "x": "Calm talk is new."}
    entries = [{"passage": text_digest(texts[name]), "questions": asked} for name, *asked in lines]
    path = keys_path(tmp_path, "calm")
    path.write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    findings = lint_articles([article], count_tokens=count_words, max_tokens=30, find_phi=find_dates)
    assert [(each.line, each.code) for each in findings] == found
    assert {each.path for each in findings} <= {str(path)}


def test_formats_for_people_forges_and_machines() -> None:
    """Each form carries file, line, code and message."""
    finding = LintFinding("a,b.md", 3, "A201", "warning", "100% never\ncited")
    assert as_text(finding) == "a,b.md:3: A201 100% never\ncited"
    assert as_github(finding) == "::warning file=a%2Cb.md,line=3,title=A201::100%25 never%0Acited"
    assert json.loads(as_json([finding]))[0]["code"] == "A201"
    assert exit_code([finding]) == 1


def test_what_is_allowed_is_shown_when_asked_for(root: Path) -> None:
    """The project's own corpus lints clean, as the command sees it: exit 0 and no line, unless for --allowed."""
    command = ["lint", "--corpus", str(root / "corpus")]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.stdout) == (0, "")
    assert re.fullmatch(r"Not shown: \d+ findings that the articles allow .*\n", done.stderr)
    asked = CliRunner().invoke(main, [*command, "--allowed"])
    assert (asked.exit_code, asked.stderr) == (0, "")
    assert {line.split()[1] for line in asked.stdout.splitlines()} == {"A201", "A202", "A301", "A303"}
