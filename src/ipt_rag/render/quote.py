"""One passage as it is quoted: its words, its numbers, who vouches for it, where it stands, what stands round it."""

from collections.abc import Sequence
from html import escape

from ipt_rag.page_text import PageText
from ipt_rag.quoting import quote_of
from ipt_rag.records import Article, Passage, Quote, Reference
from ipt_rag.render.article_text import LLM_TAG, MARKER, Link, cells, inline, plain_line, prose
from ipt_rag.render.blocks import around, blocks_html
from ipt_rag.render.sources import number_link, source_html


def shown(article: Article, passage: Passage) -> Quote:
    """Return a passage of an article as a quote that no question has met: score 0, nothing matched."""
    sources = {source.number: source for source in article.sources}
    return quote_of(passage, title=article.title, sources=sources)


def quote_html(
    quote: Quote, place: str, references: Sequence[Reference], article: Article, prefix: str, text: PageText
) -> str:
    """Return a quote: its words, numbers and provenance, its context and the way to the reader.

    `place` is where it stands in its turn, told apart from any other, for the ids of what only its context cites.
    """
    known = {entry.number: entry.reference for entry in references if entry.article == quote.article}

    def link(marker: str) -> str:
        if marker == "LLM":
            return LLM_TAG
        number = int(marker)
        return number_link(prefix, quote.article, number, text, known.get(number, ""))

    closing = "".join(" " + link(str(number)) for number in quote.own_sources) + (" " + LLM_TAG if quote.llm else "")
    covering = [number for number in quote.sources if number not in quote.own_sources]
    if covering:
        links = " ".join(link(str(number)) for number in covering)
        closing += f' <span class="covered">({escape(text.also_covered)} {links})</span>'
    if quote.kind == "row":
        body = row_pairs(quote, link, closing)
        lead_in = ""
    else:
        body = prose(quote.text, marks=quote.matched, link=link, closing=closing)
        lead_in = f'<div class="lead-in">{prose(quote.lead_in.text, link=link)}</div>' if quote.lead_in else ""
    label = text.kinds[quote.kind]
    badge = f'<p class="kind">{escape(label)}</p>' if label else ""
    where = f'data-article="{escape(quote.article)}" data-start="{quote.start}" data-end="{quote.end}"'
    return (
        f'<figure class="quote {escape(quote.kind)}" {where}>{badge}{lead_in}'
        f'<blockquote lang="{escape(article.language or "en")}">{body}</blockquote>'
        f'<figcaption><p class="vouched {escape(quote.provenance)}">{escape(vouched(quote, text))}</p>'
        f'<p class="place"><cite>{escape(quote.title)}</cite>'
        f"{f' <span>› {escape(quote.section)}</span>' if quote.section else ''}</p>"
        f'<div class="acts">{_context(quote, article, references, f"{prefix}c{place}", prefix, text)}'
        f'<button type="button" class="open" {where}>{escape(text.open_article)}'
        f'<span class="sr">: {escape(quote.title)}</span></button></div>'
        "</figcaption></figure>"
    )


def place_button(article: Article, section: str, start: int, end: int) -> str:
    """Return where a passage stands, as the button that opens the article there."""
    return (
        f'<p class="place"><button type="button" class="open" data-article="{escape(article.slug)}" '
        f'data-start="{start}" data-end="{end}"><cite>{escape(article.title)}</cite>'
        f"{f' › {escape(section)}' if section else ''}</button></p>"
    )


def vouched(quote: Quote, text: PageText) -> str:
    """Return who vouches for a quote, and the tier of its best source with what it means, in words."""
    said = text.vouched[quote.provenance]
    if not quote.sources:
        return said
    tier = quote.tiers[0] if quote.tiers else ""
    meaning = text.tiers.get(tier, text.tiers[""])
    return f"{said} · {text.best_tier.format(tier=tier, meaning=meaning) if tier else meaning}"


def row_pairs(quote: Quote, link: Link, closing: str) -> str:
    """Return a table row as pairs: each cell under the heading of its column; `closing` follows the last."""
    header = quote.lead_in.text if quote.lead_in else ""
    heads = [plain_line(header[first:after]) for first, after in cells(header, 0, len(header))] if header else []
    found = cells(quote.text, 0, len(quote.text))
    pairs: list[str] = []
    for column, (first, after) in enumerate(found):
        head = heads[column] if column < len(heads) else ""
        tail = closing if column + 1 == len(found) else ""
        body = inline(quote.text, first, after, marks=quote.matched, link=link)
        pairs.append(f"<div><dt>{escape(head)}</dt><dd>{body}{tail}</dd></div>")
    return f'<dl class="row-pairs">{"".join(pairs)}</dl>'


def _context(
    quote: Quote, article: Article, references: Sequence[Reference], own: str, turn_prefix: str, text: PageText
) -> str:
    blocks = around(article, quote.start, quote.end)
    if not blocks:  # a reference: the list of sources stands outside the text
        return ""
    listed = {entry.number for entry in references if entry.article == article.slug}
    numbers = {
        int(marker[1])
        for block in blocks
        for marker in MARKER.finditer(article.text, block.start, block.end)
        if marker[1] != "LLM"
    }

    def link(marker: str) -> str:
        if marker == "LLM":
            return LLM_TAG
        number = int(marker)
        return number_link(turn_prefix if number in listed else own, article.slug, number, text)

    more = "".join(
        source_html(Reference(article.slug, source.number, source.tier, source.reference, source.address), own, text)
        for source in article.sources
        if source.number in numbers - listed
    )
    extra = f'<p class="of">{escape(text.cited_here)}</p><ul class="more">{more}</ul>' if more else ""
    body = blocks_html(article, blocks, mark=(quote.start, quote.end), link=link, text=text)
    return (
        f'<details class="context"><summary>{escape(text.context)}</summary>'
        f'<div lang="{escape(article.language or "en")}">{body}</div>{extra}</details>'
    )
