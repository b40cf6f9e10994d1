"""The verdict on a checked quote."""

from collections.abc import Mapping
from html import escape

from ipt_rag.check import QuoteCheck
from ipt_rag.page_text import PageText
from ipt_rag.records import Article, Reference
from ipt_rag.render.article_text import LLM_TAG, prose
from ipt_rag.render.quote import place_button
from ipt_rag.render.sources import number_link, source_html

PREFIX = "check"  # of the ids of its sources: there is one verdict at a time


def check_html(check: QuoteCheck, articles: Mapping[str, Article], text: PageText) -> str:
    """Return the verdict on a quote: what was changed, what is printed with its sources, the way into the reader."""
    findings = [text.changed(change.kind, change.said, change.printed) for change in check.changes]
    if set(check.said_sources) - set(check.printed_sources):
        findings.append(text.check["said"].format(sources=", ".join(check.said_sources)))
    listed = "".join(f"<li>{escape(finding)}</li>" for finding in findings)
    near = _printed(check, articles[check.article], text) if check.text else _nothing_near(text)
    return (
        f'<div class="verdict {check.verdict}"><h2 tabindex="-1">{escape(text.verdicts[check.verdict])}</h2>'
        f"{f'<ul>{listed}</ul>' if listed else ''}"
        f"{near}</div>"
    )


def _nothing_near(text: PageText) -> str:
    return f"<p>{escape(text.check['nothing_near'])}</p>"


def _printed(check: QuoteCheck, article: Article, text: PageText) -> str:
    def link(marker: str) -> str:
        return LLM_TAG if marker == "LLM" else number_link(PREFIX, article.slug, int(marker), text)

    heading = text.check["nearest" if check.verdict == "absent" else "printed"]
    sources = text.check["sources"].format(sources=", ".join(check.printed_sources) or text.check["none"])
    entries = "".join(
        source_html(Reference(article.slug, source.number, source.tier, source.reference, source.address), PREFIX, text)
        for source in article.sources
        if f"[{source.number}]" in check.text or str(source.number) in check.printed_sources
    )
    return (
        f'<h3>{escape(heading)}</h3><div class="quote"><blockquote lang="{escape(article.language or "en")}">'
        f'{prose(check.text, link=link)}</blockquote><p class="vouched">{escape(sources)}</p>'
        f"{place_button(article, ' › '.join(check.section), check.start, check.end)}</div>"
        + (f'<ul class="sources">{entries}</ul>' if entries else "")
    )
