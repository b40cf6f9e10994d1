"""HTML text -> its tree, and what of it a reader sees; the door to lxml.

Only text is taken: no script runs, no address is fetched, and what a page hides from its readers is not read.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.furniture import SOURCE_LIST
from ipt_rag.importing.page import Run, Runs

Element: TypeAlias = HtmlElement

HIDDEN_TAGS = frozenset(
    "script style noscript template svg math iframe object embed form button input select textarea nav footer aside"
    " head title meta link audio video canvas dialog".split()
)
BLOCK_TAGS = frozenset(
    "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6"
    " header hr html li main ol p pre section summary table tbody td tfoot th thead tr ul caption center".split()
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
DROPPED_ROLES = frozenset(("navigation", "banner", "search", "complementary", "contentinfo", "dialog", "tooltip"))
# Classes by which pages say what is not part of the printed text, and wikis what stands above it.
UNPRINTED = re.compile(
    r"(?:^|\s)(?:no-?print|hidden-print|d-print-none|print-hidden|u-hide-print|hatnote)(?:\s|$)", re.IGNORECASE
)
SITE = re.compile(r"\s+[|–—-]\s+[^|–—]{2,40}$")
DATE = re.compile(r"\s*((?:1[89]|20)\d\d)(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?!\d)")
DATE_NAMES = (
    "citation_publication_date", "citation_date", "citation_online_date", "article:published_time", "datepublished",
    "dc.date", "dcterms.date", "dc.date.issued", "dcterms.issued", "prism.publicationdate", "date",
)  # fmt: skip
SPACES = re.compile(r"\s+")


def parse_html(text: str, name: str) -> Element:
    """Return the root of HTML text.

    Raises:
        ImportRefusedError: there is no element in it.
    """
    # Unicode text with an XML declaration is refused by lxml; comments and instructions say nothing to a reader.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    parser = HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=False, encoding="utf-8")
    try:
        return document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise ImportRefusedError(f"{name} holds no HTML that can be read. Save the page again.") from None


def hidden(element: Element) -> bool:
    """Return whether the page hides an element from its readers, or from those who print it."""
    attributes = element.attrib
    if not attributes:
        return False
    style = attributes.get("style", "").replace(" ", "").lower()
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or attributes.get("role") in DROPPED_ROLES
        or "display:none" in style
        or "visibility:hidden" in style
        or bool(UNPRINTED.search(attributes.get("class", "")))
    )


def article_of(root: Element) -> Element:
    """Return the element that holds the article: the longest one so marked, else the body."""
    marked = [*root.iter("article"), *root.iter("main"), *root.xpath("//*[@role='main']")]
    body = root.find("body")
    if marked:
        longest = max(marked, key=lambda element: len(element.text_content()))
        whole = len(body.text_content()) if body is not None else 0
        if len(longest.text_content()) * 3 > whole:
            # A list of sources often stands beside the article, not in it.
            outside = [up for up in longest.iterancestors() if up.tag in ("main", "body")]
            linked = {unquote(a.get("href", "")[1:]) for a in longest.iter("a") if a.get("href", "").startswith("#")}
            inside = {each.get("id") for each in longest.iter() if each.get("id")}
            return longest if linked <= inside or not outside else outside[-1]
    return root if body is None else body


def title_of(root: Element) -> str:
    """Return the title that the page prints, or else names in its head; "" where it has none."""
    for heading in root.iter("h1"):
        text = " ".join(heading.text_content().split())
        if text and not hidden(heading) and not SOURCE_LIST.fullmatch(text):
            return text
    for title in root.iter("title"):
        return SITE.sub("", " ".join(title.text_content().split()))
    return ""


def date_of(root: Element) -> str:
    """Return the day, month or year of publication that the page's head names, as "2021-05"; "" where it names none."""
    stated = {
        (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower(): meta.get("content", "")
        for meta in root.iter("meta")
    }
    dates = (DATE.match(stated.get(name, "")) for name in DATE_NAMES)
    return next(("-".join(part.zfill(2) for part in date.groups() if part) for date in dates if date), "")


def runs_of(element: Element, *, raised: bool = False, target: str = "") -> list[Run]:
    """Return the inline text of an element, its superscripts and links on the page told apart."""
    if not isinstance(element.tag, str) or element.tag in HIDDEN_TAGS or hidden(element):
        return []
    raises = element.tag == "sup" and not raised
    raised = raised or raises
    href = element.get("href", "") if element.tag == "a" else ""
    target = unquote(href[1:]) if href.startswith("#") else target
    runs = [Run(SPACES.sub(" ", element.text), raised, target)] if element.text else []
    for child in element:
        if child.tag == "br":
            runs.append(Run(" ", raised, target))
        else:
            runs.extend(runs_of(child, raised=raised, target=target))
        if child.tail:
            runs.append(Run(SPACES.sub(" ", child.tail), raised, target))
    return list(_joined(runs)) if raises else runs


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield the runs of one superscript, those that differ in nothing put together: "[", "4" and "]" are one label."""
    last: Run | None = None
    for run in runs:
        if last is not None and last.target == run.target:
            last = Run(last.text + run.text, True, run.target)
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last


def trimmed(runs: Iterable[Run]) -> Runs:
    """Return runs without white space at either end, and with none doubled where elements met."""
    kept: list[Run] = []
    for run in runs:
        text = run.text.lstrip(" ") if not kept or kept[-1].text[-1:].isspace() else run.text
        if text:
            kept.append(run if text is run.text else Run(text, run.raised, run.target))
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[-1] = Run(kept[-1].text.rstrip(), kept[-1].raised, kept[-1].target)
    return tuple(kept)


def cut(runs: Runs, start: int) -> Runs:
    """Return runs without their first `start` characters."""
    kept: list[Run] = []
    for run in runs:
        kept.append(Run(run.text[start:] if start > 0 else run.text, run.raised, run.target))
        start -= min(start, len(run.text))
    return tuple(run for run in kept if run.text)


def words_of(runs: Iterable[Run]) -> str:
    """Return the text of runs."""
    return "".join(run.text for run in runs)
