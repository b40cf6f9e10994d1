"""Lists of passages that need no question: indications, cautions, key terms and the rest."""

from collections.abc import Iterable, Mapping
from html import escape

from ipt_rag.facets import facet_of
from ipt_rag.page_text import PageText
from ipt_rag.records import Article, Passage
from ipt_rag.render.article_text import LLM_TAG, prose
from ipt_rag.render.quote import place_button, row_pairs, shown, vouched


def explore_html(articles: Mapping[str, Article], passages: Iterable[Passage], facet: str, text: PageText) -> str:
    """Return one list of passages over all articles, each with its place, provenance and the way into the reader."""
    entries = "".join(
        _explored(articles[passage.article], passage, text) for passage in passages if facet_of(facet, passage)
    )
    inner = entries or f'<li class="hint">{escape(text.nothing_in_facet)}</li>'
    heading = f'<h2 id="explore-title" tabindex="-1" data-facet="{escape(facet)}">{escape(text.facets[facet])}</h2>'
    return f'{heading}<ul class="explored">{inner}</ul>'


def _explored(article: Article, passage: Passage, text: PageText) -> str:
    references = {str(source.number): source.reference for source in article.sources}

    def link(marker: str) -> str:
        if marker == "LLM":
            return LLM_TAG
        return f'<span class="number" title="{escape(references.get(marker, ""))}">[{marker}]</span>'

    numbers = "".join(" " + link(str(number)) for number in passage.sources)
    closing = numbers + (" " + LLM_TAG if passage.llm else "")
    quote = shown(article, passage)
    body = row_pairs(quote, link, closing) if passage.kind == "row" else prose(passage.text, link=link, closing=closing)
    lead_in = (
        f'<div class="lead-in">{prose(passage.lead_in.text, link=link)}</div>'
        if passage.lead_in and passage.kind not in ("row", "definition", "question")
        else ""
    )
    return (
        f'<li class="quote">{lead_in}<blockquote lang="{escape(article.language or "en")}">{body}</blockquote>'
        f'<p class="vouched {passage.provenance}">{escape(vouched(quote, text))}</p>'
        f"{place_button(article, quote.section, passage.start, passage.end)}</li>"
    )
