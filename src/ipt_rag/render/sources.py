"""Source numbers and the entries that they lead to."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from ipt_rag.page_text import PageText
from ipt_rag.records import Article, Reference


def source_id(prefix: str, article: str, number: int | str) -> str:
    """Return the id of a source on the page: `[4]` of one article and turn is not `[4]` of another.

    >>> source_id("t1", "ipt-overview", 4)
    't1-ipt-overview-4'
    """
    return f"{prefix}-{article}-{number}"


def number_link(prefix: str, article: str, number: int, text: PageText, reference: str = "") -> str:
    """Return `[4]` as a link to its entry in the list of sources under `prefix`."""
    title = f' title="{escape(reference)}"' if reference else ""
    target = escape(source_id(prefix, article, number))
    label = escape(text.source_number.format(number=number))
    return f'<a class="number" href="#{target}" aria-label="[{number}], {label}"{title}>[{number}]</a>'


def sources_html(references: Sequence[Reference], articles: Mapping[str, Article], prefix: str, text: PageText) -> str:
    """Return the sources that some quotes carry, by article and number; ids stand under `prefix`."""
    heading = f'<h3 id="{prefix}-sources">{escape(text.sources)}</h3>'
    if not references:
        inner = f'<p class="hint">{escape(text.no_sources)}</p>'
    else:
        groups = []
        for slug, group in groupby(sorted(references, key=lambda entry: entry.article), key=lambda e: e.article):
            title = articles[slug].title if slug in articles else slug
            entries = "".join(source_html(entry, prefix, text) for entry in sorted(group, key=lambda e: e.number))
            groups.append(f'<p class="of">{escape(title)}</p><ul>{entries}</ul>')
        inner = "".join(groups)
    return f'<aside class="sources" aria-labelledby="{prefix}-sources {prefix}-question">{heading}{inner}</aside>'


def source_html(entry: Reference, prefix: str, text: PageText, *, sought: bool = False) -> str:
    """Return one entry: number, tier with its meaning, reference, address; `sought` lights it up."""
    meaning = text.tiers.get(entry.tier, text.tiers[""])
    tier = f"<b>{escape(entry.tier)}</b> {escape(meaning)}" if entry.tier else escape(meaning)
    lit = ' class="lit" data-sought="source"' if sought else ""
    return (
        f'<li id="{escape(source_id(prefix, entry.article, entry.number))}" tabindex="-1"{lit}>'
        f'<span class="n">[{entry.number}]</span> <span class="tier">{tier}</span> '
        f'<span class="reference">{escape(entry.reference)}</span>{_outside(entry.address, text)}</li>'
    )


def _outside(address: str, text: PageText) -> str:
    """Return a link that leaves the page, marked as one; nothing unless the address is a web address."""
    if not re.match(r"https?://[^\s/]", address):
        return ""
    host = re.sub(r"^https?://(?:www\.)?", "", address).split("/")[0]
    return (
        f' <a class="outside" href="{escape(address)}" target="_blank" rel="noopener noreferrer nofollow">'
        f"{escape(host)} <span>({escape(text.opens_elsewhere)})</span></a>"
    )
