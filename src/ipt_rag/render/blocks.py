"""Blocks of an article -> HTML: paragraphs, lists, tables and vignettes, each run labelled with who vouches for it."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from ipt_rag.page_text import PageText
from ipt_rag.records import Article, Block, Kind, Provenance
from ipt_rag.render.article_text import MARKER, MARKER_GROUP, Link, Offsets, cells, inline, lines_of

LISTED: tuple[Kind, ...] = ("item", "definition", "question")


def blocks_html(
    article: Article,
    blocks: Iterable[Block],
    *,
    mark: Offsets | None = None,
    link: Link,
    text: PageText,
) -> str:
    """Return consecutive blocks of an article: paragraphs, lists, tables and vignettes, `mark` marked in its place."""
    marks = (mark,) if mark else ()
    parts: list[str] = []
    for shape, run in groupby(blocks, key=lambda block: _shape(block)):
        body = [(block, block_html(article, block, marks=marks, link=link)) for block in run]
        if shape == "list":
            parts.append("<ul>" + "".join(f"<li>{html}</li>" for _, html in body) + "</ul>")
        elif shape == "table":
            parts.append(_table(article, [block for block, _ in body], marks=marks, link=link))
        elif shape == "vignette":
            label = escape(text.kinds["vignette"])
            parts += [f'<div class="vignette"><p class="kind">{label}</p><p>{html}</p></div>' for _, html in body]
        else:
            parts += [f"<p>{html}</p>" for _, html in body]
    return "".join(parts)


def _shape(block: Block) -> str:
    if block.kind in LISTED:
        return "list"
    return {"row": "table", "vignette": "vignette"}.get(block.kind, "paragraph")


def block_html(article: Article, block: Block, *, marks: Sequence[Offsets], link: Link) -> str:
    """Return one block as runs closed by their marker groups, each labelled with who vouches for it."""
    lines = [
        "".join(_run(article.text, run, marks, link) for run in runs(article.text, first, after))
        for _, first, after in lines_of(article.text, block.start, block.end)
    ]
    return "<br>".join(lines) if block.kind == "vignette" else " ".join(lines)


def runs(text: str, start: int, end: int) -> Iterator[tuple[Provenance, int, int]]:
    """Yield the runs of a line, each up to and with the marker group that closes it; the rest is unmarked.

    >>> line = "One. [4] [LLM] Two."
    >>> [(who, line[first:after]) for who, first, after in runs(line, 0, len(line))]
    [('mixed', 'One. [4] [LLM]'), ('unmarked', ' Two.')]
    """
    at = start
    for group in MARKER_GROUP.finditer(text, start, end):
        markers = {marker[1] for marker in MARKER.finditer(text, group.start(), group.end())}
        who: Provenance = "sourced" if "LLM" not in markers else "LLM" if markers == {"LLM"} else "mixed"
        yield who, at, group.end()
        at = group.end()
    if at < end:
        yield "unmarked", at, end


def _run(text: str, run: tuple[Provenance, int, int], marks: Sequence[Offsets], link: Link) -> str:
    who, start, end = run
    return f'<span class="run" data-vouched="{who}">{inline(text, start, end, marks=marks, link=link)}</span>'


def _table(article: Article, rows: Sequence[Block], *, marks: Sequence[Offsets], link: Link) -> str:
    head = rows[0].lead_in
    header = ""
    if head:
        names = "".join(
            f'<th scope="col">{inline(head.text, first, after, link=link)}</th>'
            for first, after in cells(head.text, 0, len(head.text))
        )
        header = f"<thead><tr>{names}</tr></thead>"
    body = ""
    for row in rows:
        groups = list(MARKER_GROUP.finditer(article.text, row.start, row.end))
        who = next(runs(article.text, groups[-1].start(), row.end))[0] if groups else "unmarked"
        data = "".join(
            f"<td>{inline(article.text, first, after, marks=marks, link=link)}</td>"
            for first, after in cells(article.text, row.start, row.end)
        )
        body += f'<tr class="run" data-vouched="{who}">{data}</tr>'
    return f'<div class="table" tabindex="0" role="group"><table>{header}<tbody>{body}</tbody></table></div>'


def around(article: Article, start: int, end: int) -> tuple[Block, ...]:
    """Return the blocks that a stretch touches, with the one before and the one after it in the same section."""
    touched = [place for place, block in enumerate(article.blocks) if block.start < end and start < block.end]
    if not touched:
        return ()
    section = article.blocks[touched[0]].section
    first, last = max(touched[0] - 1, 0), min(touched[-1] + 1, len(article.blocks) - 1)
    return tuple(
        block
        for place, block in enumerate(article.blocks[first : last + 1], start=first)
        if place in touched or block.section == section
    )
