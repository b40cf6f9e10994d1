"""Invented pages in, the same sentences, citations, sections and sources out."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from invented_pages import (
    Invented,
    as_copied_text,
    as_docx,
    as_html,
    as_markdown,
    invent,
    with_authors,
    with_notes,
)
from ipt_rag.corpus import read_article
from ipt_rag.importing import import_page
from ipt_rag.plain import plain_text
from ipt_rag.records import Article, Block
from ipt_rag.sentences import split_sentences

Told = list[tuple[str, int, str, tuple[int, ...], bool]]


def told(page: Invented) -> Told:
    """Return what an invented page says: section, depth in a list, sentence and its own markers, in order."""
    section = ""
    sentences: Told = []
    for part in page.parts:
        if part.kind == "heading":
            section = part.said[0].text
        elif part.kind in ("definition", "row"):
            joint = " — " if part.kind == "definition" else " | "
            text = joint.join(said.text for said in part.said)
            sentences.append((section, 0, text, part.said[-1].numbers, part.said[-1].llm))
        elif part.kind != "header":
            sentences += [(section, part.level, said.text, said.numbers, said.llm) for said in part.said]
    return sentences


def depth(article: Article, block: Block) -> int:
    """Return how deep a block of an article file is indented in its list."""
    line = article.text[article.text.rfind("\n", 0, block.start) + 1 : block.start]
    return (len(line) - len(line.lstrip(" "))) // 4


def read_back(article: Article) -> Told:
    """Return the same of an article file."""
    return [
        (" › ".join(block.section), depth(article, block), plain_text(each.text), each.own, each.own_llm)
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


# Ten thousand in CI, fewer where a person waits; IPT_RAG_PAGES asks for any number.
PAGES = int(os.environ.get("IPT_RAG_PAGES", "10000" if "CI" in os.environ else "1000"))


@dataclass(frozen=True)
class Form:
    """How pages are printed, with how many sources, and how large a part of all pages it gets: dear ones less."""

    name: str
    max_sources: int
    share: int
    printed: Callable[[Invented], str | bytes]
    cited: str = ""  # "authors" or "notes" in place of numbers


def forms() -> dict[str, Form]:
    """Return all forms by name."""
    copied = {
        style: Form("page.txt", 9 if style in ("glued", "signs") else 120, 9, partial(as_copied_text, style=style))
        for style in ("glued", "bracketed", "caret", "signs", "authors")
    }
    html = {
        style: Form("page.html", 120, 6, partial(as_html, style=style))
        for style in ("linked", "raised", "bracketed", "wiki", "notes", "authors")
    }
    markdown = {
        style: Form("page.md", 120, 4, partial(as_markdown, style=style))
        for style in ("footnotes", "bracketed", "raised", "authors")
    }
    word = {
        style: Form("page.docx", 120, 1, partial(as_docx, style=style)) for style in ("raised", "footnotes", "authors")
    }
    groups = {"copied": copied, "HTML": html, "Markdown": markdown, "Word": word}
    return {
        f"{kind}, {style}": replace(form, cited={"authors": "authors", "footnotes": "notes"}.get(style, ""))
        if (kind, style) != ("Markdown", "footnotes")
        else form
        for kind, styles in groups.items()
        for style, form in styles.items()
    }


FORMS = forms()


@pytest.mark.parametrize("form", list(FORMS))
def test_invented_pages_come_back(form: str, tmp_path: Path) -> None:
    """No marker is lost or invented, no sentence cut, no sign changed, in any page that the seeds name."""
    how = FORMS[form]
    for seed in range(max(1, PAGES * how.share // sum(each.share for each in FORMS.values()))):
        page = invent(seed, max_sources=how.max_sources)
        match how.cited:
            case "authors":
                page = with_authors(page, seed)
            case "notes":
                page = with_notes(page)
        try:
            check(page, how.printed(page), how.name, tmp_path)
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
