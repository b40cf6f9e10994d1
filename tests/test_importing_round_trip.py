"""Invented pages in, the same sentences, citations, sections and sources out."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from invented_pages import Invented, as_copied_text, as_docx, as_html, as_markdown, invent
from ipt_rag.corpus import read_article
from ipt_rag.importing import import_page
from ipt_rag.plain import plain_text
from ipt_rag.records import Article
from ipt_rag.sentences import split_sentences

Told = list[tuple[str, str, tuple[int, ...], bool]]


def told(page: Invented) -> Told:
    """Return what an invented page says: section, sentence and its own markers, in order."""
    section = ""
    sentences: Told = []
    for part in page.parts:
        if part.kind == "heading":
            section = part.said[0].text
        elif part.kind in ("definition", "row"):
            joint = " — " if part.kind == "definition" else " | "
            text = joint.join(said.text for said in part.said)
            sentences.append((section, text, part.said[-1].numbers, part.said[-1].llm))
        elif part.kind != "header":
            sentences += [(section, said.text, said.numbers, said.llm) for said in part.said]
    return sentences


def read_back(article: Article) -> Told:
    """Return the same of an article file."""
    return [
        (" › ".join(block.section), plain_text(each.text), each.own, each.own_llm)
        for block in article.blocks
        for each in split_sentences(article, block)
    ]


def check(page: Invented, printed: str | bytes, name: str, folder: Path) -> None:
    """Import a printed page and compare all of it."""
    source, target = folder / name, folder / "article.md"
    source.write_bytes(printed.encode() if isinstance(printed, str) else printed)
    target.write_text(import_page(source).markdown, encoding="utf-8")
    article = read_article(target)
    assert read_back(article) == told(page)
    assert [(each.tier, each.reference) for each in article.sources] == list(page.sources)
    assert article.title == page.title
    for block in article.blocks:
        for sentence in split_sentences(article, block):
            assert article.text[sentence.start : sentence.end] == sentence.text


PAGES = int(os.environ.get("IPT_RAG_PAGES", "1000"))  # in all; 10,000 in the check of every change
FORMATS: dict[str, tuple[str, int, Callable[[Invented], str | bytes]]] = {
    "copied, glued": ("page.txt", 9, lambda page: as_copied_text(page, bracketed=False)),
    "copied, bracketed": ("page.txt", 120, lambda page: as_copied_text(page, bracketed=True)),
    "HTML, linked": ("page.html", 120, lambda page: as_html(page, style="linked")),
    "HTML, raised": ("page.html", 120, lambda page: as_html(page, style="raised")),
    "HTML, bracketed": ("page.html", 120, lambda page: as_html(page, style="bracketed")),
    "Markdown, footnotes": ("page.md", 120, lambda page: as_markdown(page, style="footnotes")),
    "Markdown, bracketed": ("page.md", 120, lambda page: as_markdown(page, style="bracketed")),
    "DOCX, raised": ("page.docx", 120, as_docx),
}


@pytest.mark.parametrize("form", list(FORMATS))
def test_invented_pages_come_back(form: str, tmp_path: Path) -> None:
    """No marker is lost or invented, no sentence cut, no sign changed, in any page that the seeds name."""
    name, max_sources, printed = FORMATS[form]
    for seed in range(PAGES // len(FORMATS)):
        page = invent(seed, max_sources=max_sources)
        try:
            check(page, printed(page), name, tmp_path)
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
