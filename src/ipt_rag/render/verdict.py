"""The verdict on a checked quote."""

from collections.abc import Mapping
from html import escape

from ipt_rag.check import QuoteCheck
from ipt_rag.page_text import PageText
from ipt_rag.records import Article
from ipt_rag.render.article_text import LLM_TAG, prose


def check_html(check: QuoteCheck, articles: Mapping[str, Article], text: PageText) -> str:
    """Return the verdict on a quote: what was changed, what is printed, and the way into the reader."""
    findings = [
        text.check["change"].format(kind=text.changes[change.kind], said=change.said, printed=change.printed)
        for change in check.changes
    ]
    if set(check.said_sources) - set(check.printed_sources):
        findings.append(text.check["said"].format(sources=", ".join(check.said_sources)))
    listed = "".join(f"<li>{escape(finding)}</li>" for finding in findings)
    place = ""
    if check.text:

        def link(marker: str) -> str:
            return LLM_TAG if marker == "LLM" else f"[{marker}]"

        article = articles[check.article]
        sources = text.check["sources"].format(sources=", ".join(check.printed_sources) or text.check["none"])
        heading = text.check["nearest" if check.verdict == "absent" else "printed"]
        where = f'data-article="{escape(check.article)}" data-start="{check.start}" data-end="{check.end}"'
        place = (
            f'<h3>{escape(heading)}</h3><div class="quote"><blockquote lang="{escape(article.language or "en")}">'
            f'{prose(check.text, link=link)}</blockquote><p class="vouched">{escape(sources)}</p>'
            f'<p class="place"><button type="button" class="open" {where}>'
            f"<cite>{escape(article.title)}</cite> › "
            f"{escape(' › '.join(check.section))}</button></p></div>"
        )
    return (
        f'<div class="verdict {check.verdict}"><h2 tabindex="-1">{escape(text.verdicts[check.verdict])}</h2>'
        f"{f'<ul>{listed}</ul>' if listed else ''}{place}</div>"
    )
