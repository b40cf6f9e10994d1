"""A whole article to read, and the shelf that lists the articles."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from ipt_rag.page_text import PageText
from ipt_rag.records import Article, Reference
from ipt_rag.render.article_text import LLM_TAG, Offsets
from ipt_rag.render.blocks import blocks_html
from ipt_rag.render.sources import number_link, source_html


def reader_html(article: Article, *, mark: Offsets | None = None, section: str = "", text: PageText) -> str:
    """Return a whole article: what it is, its sections, its text with every marker live, and its sources.

    The page scrolls to `mark` (offsets into the file) or, without one, to `section` (headings joined by " › ").
    """
    prefix = "read"

    def link(marker: str) -> str:
        return LLM_TAG if marker == "LLM" else number_link(prefix, article.slug, int(marker), text)

    contents: list[str] = []
    body: list[str] = []
    above: tuple[str, ...] = ()
    for place, (path, run) in enumerate(groupby(article.blocks, key=lambda block: block.section)):
        for depth in range(len(path)):
            if path[: depth + 1] != above[: depth + 1]:
                name = f"read-{article.slug}-s{place}-{depth}"
                sought = ' data-sought="section"' if not mark and section == " › ".join(path[: depth + 1]) else ""
                level = min(depth + 3, 6)
                body.append(f'<h{level} id="{name}" tabindex="-1"{sought}>{escape(path[depth])}</h{level}>')
                contents.append(f'<li class="d{depth}"><a href="#{name}">{escape(path[depth])}</a></li>')
        above = path
        body.append(blocks_html(article, run, mark=mark, link=link, text=text))
    sources = "".join(
        source_html(
            Reference(article.slug, entry.number, entry.tier, entry.reference, entry.address),
            prefix,
            text,
            sought=bool(mark and entry.start < mark[1] and mark[0] < entry.end),
        )
        for entry in article.sources
    )
    facts = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(article.about[key])}</dd></div>"
        for key, label in text.about.items()
        if article.about.get(key)
    )
    choices = "".join(
        f'<label><input type="checkbox" name="vouched" value="{escape(who)}" checked> '
        f"<span>{escape(label.split(':')[0])}</span></label>"
        for who, label in text.vouched.items()
    )
    shown = f"{article.slug} {f'{mark[0]}-{mark[1]}' if mark else section}"  # so that the page knows it has come
    # A passage from the list of sources stands in no section of the text.
    to_sources = ' data-sought="section"' if section and not mark and "data-sought" not in "".join(body) else ""
    language = escape(article.language or "en")
    return (
        f'<p class="back" hidden><button type="button" data-do="back">{escape(text.page["back"])}</button></p>'
        f'<article class="reader" data-place="{escape(shown)}" aria-labelledby="read-title">'
        f'<h2 id="read-title" tabindex="-1" lang="{language}">{escape(article.title)}</h2>'
        f'<dl class="about">{facts}</dl>'
        f'<nav aria-label="{escape(text.sections)}"><h3>{escape(text.sections)}</h3><ol>{"".join(contents)}'
        f'<li><a href="#read-{escape(article.slug)}-sources">{escape(text.all_sources)}'
        "</a></li></ol></nav>"
        f'<fieldset class="show"><legend>{escape(text.show)}</legend>{choices}</fieldset>'
        f'<div class="body" lang="{language}">{"".join(body)}</div>'
        f'<section class="sources" aria-labelledby="read-{escape(article.slug)}-sources">'
        f'<h3 id="read-{escape(article.slug)}-sources" tabindex="-1"{to_sources}>'
        f"{escape(text.several_sources.format(count='').strip())}</h3><ul>{sources}</ul></section></article>"
    )


def shelf_html(articles: Sequence[Article]) -> str:
    """Return the list of articles, each a button that opens the reader."""
    entries = "".join(
        f'<li><button type="button" class="open" data-article="{escape(article.slug)}">'
        f"<span>{escape(article.title)}</span> "
        f"<cite>{escape(article.about.get('kind', ''))}</cite></button></li>"
        for article in articles
    )
    return f'<ul class="nearest shelf">{entries}</ul>'
