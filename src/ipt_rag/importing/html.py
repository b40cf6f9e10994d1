"""A saved web page, or HTML that another reader made -> `Page`; the door to lxml.

Only text is taken: no script runs, no address is fetched, and what a page hides from its readers is not read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.decoding import check_size, decode_text
from ipt_rag.importing.furniture import NOTICE, PROVENANCE, SECTIONS, SOURCE_LIST, furniture_reason
from ipt_rag.importing.glued import glued_words
from ipt_rag.importing.page import BlockKind, Counted, Doubt, LeftOut, Page, PageBlock, PageSource, Run, Runs, plain
from ipt_rag.importing.self_description import describe
from ipt_rag.importing.source_list import checked, entry_number, read_entry

MAX_DEPTH = 200  # nested elements; a page for people has some twenty
HIDDEN_TAGS = frozenset(
    "script style noscript template svg math iframe object embed form button input select textarea nav footer aside"
    " head title meta link audio video canvas dialog".split()
)
BLOCK_TAGS = frozenset(
    "address article blockquote body dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 header hr html"
    " li main ol p pre section summary table tbody td tfoot th thead tr ul caption center".split()
)
DROPPED_ROLES = frozenset(("navigation", "banner", "search", "complementary", "contentinfo", "dialog"))
BACK_LINK = re.compile(r"[\s↑^↩︎⏎⮌\[\]a-z]{0,3}|jump (?:up|back).*|back(?: to (?:text|top))?", re.IGNORECASE)
VIGNETTE = re.compile(r"\W{0,4}(?:LLM-generated )?illustrative (?:clinical )?example\b", re.IGNORECASE)
YEAR = re.compile(r"\b(?:1[89]|20)\d\d")
OWN_NUMBER = re.compile(r"^[\[(]?\d{1,3}[.):\]]\s*")
SITE = re.compile(r"\s+[|–—-]\s+[^|–—]{2,40}$")
CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?\s*([\w-]+)", re.IGNORECASE)


def read_html(data: bytes, name: str) -> Page:
    """Return the page in an HTML file.

    Raises:
        ImportRefusedError: not HTML text, or no article in it.
    """
    check_size(data, name)
    declared = CHARSET.search(data[:4096])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        try:
            data = data.decode(declared[1].decode("ascii")).encode("utf-8")
        except (LookupError, UnicodeDecodeError):
            said = declared[1].decode("ascii", "replace")
            raise ImportRefusedError(f"{name} says that it is {said}, but is not. Save it as UTF-8.") from None
    return page_of_html(decode_text(data, name), name)


def page_of_html(text: str, name: str, *, made: Counted | None = None) -> Page:
    """Return the page in HTML text.

    `made` says that another reader made the HTML, and what the places it marks with `data-line` count; in a saved page
    the lines are its own.

    Raises:
        ImportRefusedError: nested beyond reason, or no article in it.
    """
    # Unicode text with an XML declaration is refused by lxml; comments and instructions say nothing to a reader.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    parser = HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=False, encoding="utf-8")
    try:
        root = document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise ImportRefusedError(f"{name} holds no HTML that can be read. Save the page again.") from None
    walk = _Walk(name, made)
    walk.targets = {
        unquote(link.get("href", "")[1:]) for link in root.iter("a") if link.get("href", "").startswith("#")
    }
    title = _title(root)
    walk.title = title
    walk.element(_article(root), 0)
    walk.close()
    if not any(block.kind != "heading" for block in walk.blocks):
        raise ImportRefusedError(f"{name} holds no article text. Save the page with its text and add it again.")
    doubts = [*walk.doubts]
    titled = bool(title)
    if not titled:
        title = PurePath(name).stem
        doubts.insert(0, Doubt(0, title, "the page has no title: its file name was taken, check it"))
    doubts += [Doubt(*each) for each in glued_words((block.line, block.text) for block in walk.blocks)]
    about, stated = describe(walk.blocks, len(walk.sources))
    language = root.get("lang", "").split("-")[0].lower()
    if not titled:
        about["title_from"] = "the file's name; the page prints no title"
    if language:
        about["language"] = language
    return Page(
        title=title,
        about=about,
        blocks=tuple(_with_content(walk)),
        sources=checked(walk.sources, name),
        left_out=tuple(walk.left_out),
        doubts=(*doubts, *stated),
        counted=made or "line",
    )


@dataclass(slots=True)
class _Walk:
    """Goes down the elements in order and gathers blocks; inline text waits until its block ends."""

    name: str
    made: Counted | None
    title: str = ""
    line: int = 0
    left_line: str = ""  # why the element under way is no part of the article, as its maker says
    targets: set[str] = field(default_factory=set)
    blocks: list[PageBlock] = field(default_factory=list)
    sources: list[PageSource] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    waiting: list[Run] = field(default_factory=list)
    kind: BlockKind = "paragraph"
    level: int = 0
    number: int | None = None
    lists: int = 0
    below_sources: bool = False
    left_section: str = ""

    def element(self, element: HtmlElement, depth: int) -> None:
        """Read an element and all below it."""
        if depth > MAX_DEPTH:
            raise ImportRefusedError(f"{self.name} nests more than {MAX_DEPTH} elements. Save the page's text instead.")
        if not isinstance(element.tag, str) or element.tag in HIDDEN_TAGS or _hidden(element):
            return
        tag = element.tag
        if tag not in BLOCK_TAGS:
            self._inline(element, depth)
            return
        self.close()
        self.line = self._place(element)
        self.left_line = element.get("data-left-out", "") if self.made else ""
        if tag == "table" and self._table(element):
            return
        if tag in ("ol", "ul", "dl") and self._is_source_list(element):
            self._source_list(element)
            return
        if re.fullmatch(r"h[1-6]", tag):
            self._heading(element, int(tag[1]))
            return
        if tag == "dl":
            self._definitions(element, depth)
            return
        if tag in ("ol", "ul"):
            self._list(element, depth)
            return
        self._text(element.text)
        self._children(element, depth)
        self.close()

    def _place(self, element: HtmlElement) -> int:
        """Return the line that an element opens at, or the page that its maker marked, or the place before it."""
        marked = element.get("data-line", "") if self.made else str(element.sourceline or 0)
        return int(marked) if marked.isdigit() else self.line

    def close(self) -> None:
        """End the block under way."""
        runs = _trimmed(self.waiting)
        self.waiting = []
        text = "".join(run.text for run in runs).strip()
        if not text:
            return
        line = self.line
        number = entry_number(text)
        if self.left_line:
            self.left_out.append(LeftOut(line, text, self.left_line))
        elif self.left_section:
            self.left_out.append(LeftOut(line, text, f"part of “{self.left_section}”"))
        elif self.below_sources and (number is not None or YEAR.search(text)):
            text = OWN_NUMBER.sub("", text)
            self.sources.append(read_entry(text, number=number or len(self.sources) + 1, line=line))
        elif not NOTICE.match(text) and not PROVENANCE.match(text) and (reason := furniture_reason(text)):
            self.left_out.append(LeftOut(line, text, reason))
        else:
            kind: BlockKind = "vignette" if VIGNETTE.match(text) else self.kind
            self.blocks.append(PageBlock(kind, (runs,), line, self.level, self.number))
        # What follows inside the same item, after a nested list, is a paragraph of its own.

    def _children(self, element: HtmlElement, depth: int) -> None:
        for child in element:
            self.element(child, depth + 1)
            self._text(child.tail)

    def _text(self, text: str | None, *, raised: bool = False, target: str = "") -> None:
        if text:
            self.waiting.append(Run(re.sub(r"\s+", " ", text), raised, target))

    def _inline(self, element: HtmlElement, depth: int) -> None:
        if element.tag == "br":
            self._text(" ")
            return
        target = unquote(element.get("href", ""))
        if element.tag in ("sup", "a") and not any(
            child.tag in BLOCK_TAGS for child in element.iter() if isinstance(child.tag, str)
        ):
            self.waiting.extend(_runs(element, raised=element.tag == "sup"))
            return
        self._text(element.text, target=target[1:] if target.startswith("#") else "")
        self._children(element, depth)

    def _heading(self, element: HtmlElement, level: int) -> None:
        text = " ".join("".join(run.text for run in _runs(element, raised=False)).split())
        text = re.sub(r"\s*\[\s*edit\s*\]|\s*[¶#§]$", "", text)
        if not text or text == self.title:
            return
        self.below_sources = bool(SOURCE_LIST.fullmatch(text))
        self.left_section = text if SECTIONS.fullmatch(text) else ""
        if self.left_section:
            self.left_out.append(LeftOut(self.line, text, "heading of a section of links or forms"))
        elif self.below_sources:
            self.left_out.append(LeftOut(self.line, text, "heading of the list of sources, which stands at the foot"))
        else:
            self.blocks.append(PageBlock("heading", (plain(text),), self.line, max(2, min(level, 6))))

    def _list(self, element: HtmlElement, depth: int) -> None:
        self.lists += 1
        number = int(element.get("start", "1")) if element.get("start", "1").isdigit() else 1
        for child in element:
            if not isinstance(child.tag, str) or _hidden(child):
                continue
            self.kind, self.level = "item", min(self.lists - 1, 3)
            self.number = number if element.tag == "ol" else None
            number += 1
            before = len(self.blocks)
            self.line = self._place(child)
            self._text(child.text)
            self._children(child, depth + 1)
            self.close()
            self._define(before)
        self.lists -= 1
        self.kind, self.level, self.number = "paragraph", 0, None

    def _define(self, before: int) -> None:
        """Make an item that opens with a short bold term and a dash a definition."""
        for index, block in enumerate(self.blocks[before:], start=before):
            found = re.match(r"([A-Z0-9“\"(][^.;:?!—]{0,80}?)\s+[—–]\s+(?=\S)", block.text)
            if block.kind == "item" and found and len(found[1].split()) <= 8:
                cells = (plain(found[1]), _cut(block.cells[0], found.end()))
                self.blocks[index] = PageBlock("definition", cells, block.line, block.level, block.number)

    def _definitions(self, element: HtmlElement, depth: int) -> None:
        term: Runs = ()
        for child in element.iter("dt", "dd"):
            runs = _trimmed(_runs(child, raised=False))
            if child.tag == "dt":
                term = runs
            elif term and "".join(run.text for run in runs).strip():
                self.blocks.append(PageBlock("definition", (term, runs), self._place(child)))

    def _table(self, table: HtmlElement) -> bool:
        """Read a table of data; one that only lays a page out, or holds others, is walked through."""
        rows = [
            row
            for row in table.iter("tr")
            if not any(up.tag == "table" and up is not table for up in _within(row, table))
        ]
        cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
        width = max((len(row) for row in cells), default=0)
        nested = any(True for inner in table.iter("table") if inner is not table)
        if width < 2 or len(rows) < 2 or nested or table.get("role") == "presentation":
            return False
        read = [tuple(_trimmed(_runs(cell, raised=False)) for cell in row) for row in cells if row]
        if all(cell.tag == "td" for cell in cells[0]) and not any(table.iter("thead")):
            self.doubts.append(
                Doubt(self.line, _words(read[0]), "the table has no header of its own: its first row was taken")
            )
        if self.left_section:
            self.left_out.append(LeftOut(self.line, _words(read[0]), f"table in “{self.left_section}”"))
            return True
        header = (*read[0], *(plain(" ") for _ in range(width - len(read[0]))))
        for caption in table.iter("caption"):
            self.waiting.extend(_runs(caption, raised=False))
            self.close()
        lines = [self._place(row) for row, its_cells in zip(rows, cells, strict=True) if its_cells]
        self.blocks.append(PageBlock("header", header, lines[0]))
        below = zip(read[1:], lines[1:], strict=True)
        self.blocks.extend(PageBlock("row", row, line) for row, line in below if _words(row).strip())
        return True

    def _is_source_list(self, element: HtmlElement) -> bool:
        if self.below_sources and not self.left_section:
            return True
        entries = [child for child in element if child.tag in ("li", "dd", "dt")]
        linked = sum(bool(_anchors(entry) & self.targets) for entry in entries)
        return bool(entries) and linked * 2 > len(entries)

    def _source_list(self, element: HtmlElement) -> None:
        start = element.get("start", "1")
        number = int(start) if start.isdigit() else 1
        if not (element.tag == "ol" and "start" in element.attrib):
            number = len(self.sources) + 1
        for entry in element:
            if entry.tag not in ("li", "dd"):
                continue
            text = " ".join(_entry_text(entry).split())
            if not text:
                continue
            printed = entry_number(text) if element.tag != "ol" else None
            value = entry.get("value", "")
            own = printed or (int(value) if value.isdigit() else number)
            if printed:
                text = OWN_NUMBER.sub("", text)
            anchors = _anchors(entry)
            anchor = next(iter(sorted(anchors & self.targets)), "")
            address = next(
                (a.get("href", "") for a in entry.iter("a") if a.get("href", "").startswith(("http://", "https://"))),
                "",
            )
            self.sources.append(read_entry(text, number=own, line=self._place(entry), anchor=anchor, address=address))
            number = own + 1


def _article(root: HtmlElement) -> HtmlElement:
    """Return the element that holds the article: the longest one so marked, else the body."""
    marked = [*root.iter("article"), *root.iter("main"), *root.xpath("//*[@role='main']")]
    if marked:
        longest = max(marked, key=lambda element: len(element.text_content()))
        body = root.find("body")
        whole = len(body.text_content()) if body is not None else 0
        if len(longest.text_content()) * 3 > whole:
            # A list of sources often stands beside the article, not in it.
            outside = [up for up in longest.iterancestors() if up.tag in ("main", "body")]
            linked = {unquote(a.get("href", "")[1:]) for a in longest.iter("a") if a.get("href", "").startswith("#")}
            inside = {each.get("id") for each in longest.iter() if each.get("id")}
            return longest if linked <= inside or not outside else outside[-1]
    body = root.find("body")
    return root if body is None else body


def _title(root: HtmlElement) -> str:
    for heading in root.iter("h1"):
        text = " ".join(heading.text_content().split())
        if text and not _hidden(heading) and not SOURCE_LIST.fullmatch(text):
            return text
    for title in root.iter("title"):
        return SITE.sub("", " ".join(title.text_content().split()))
    return ""


def _hidden(element: HtmlElement) -> bool:
    style = element.get("style", "").replace(" ", "").lower()
    return (
        "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or element.get("role") in DROPPED_ROLES
        or "display:none" in style
        or "visibility:hidden" in style
    )


def _within(element: HtmlElement, outer: HtmlElement) -> Iterator[HtmlElement]:
    for up in element.iterancestors():
        if up is outer:
            return
        yield up


def _runs(element: HtmlElement, *, raised: bool, target: str = "") -> list[Run]:
    """Return the inline text of an element, its superscripts and links on the page told apart."""
    if not isinstance(element.tag, str) or element.tag in HIDDEN_TAGS or _hidden(element):
        return []
    raised = raised or element.tag == "sup"
    href = unquote(element.get("href", ""))
    target = href[1:] if element.tag == "a" and href.startswith("#") else target
    runs = [Run(re.sub(r"\s+", " ", element.text), raised, target)] if element.text else []
    for child in element:
        if child.tag == "br":
            runs.append(Run(" ", raised, target))
        else:
            runs.extend(_runs(child, raised=raised, target=target))
        if child.tail:
            runs.append(Run(re.sub(r"\s+", " ", child.tail), raised, target))
    return runs


def _trimmed(runs: Iterable[Run]) -> Runs:
    """Return runs without white space at either end, and with none doubled where elements met."""
    kept: list[Run] = []
    for run in runs:
        text = run.text.lstrip() if not kept or kept[-1].text.endswith(" ") else run.text
        if text:
            kept.append(Run(text, run.raised, run.target))
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[-1] = Run(kept[-1].text.rstrip(), kept[-1].raised, kept[-1].target)
    return tuple(kept)


def _cut(runs: Runs, start: int) -> Runs:
    """Return runs without their first `start` characters."""
    kept: list[Run] = []
    for run in runs:
        kept.append(Run(run.text[start:] if start > 0 else run.text, run.raised, run.target))
        start -= min(start, len(run.text))
    return tuple(run for run in kept if run.text)


def _words(cells: Iterable[Runs]) -> str:
    return " ".join("".join(run.text for run in cell) for cell in cells)


def _anchors(entry: HtmlElement) -> set[str]:
    return {each.get("id") or each.get("name") or "" for each in entry.iter() if each.get("id") or each.get("name")} - {
        ""
    }


def _entry_text(entry: HtmlElement) -> str:
    """Return a source's text without the links that lead back to where it is cited."""
    if not isinstance(entry.tag, str) or entry.tag in HIDDEN_TAGS or _hidden(entry):
        return ""
    parts = [entry.text or ""]
    for child in entry:
        back = (
            child.tag == "a"
            and child.get("href", "").startswith("#")
            and BACK_LINK.fullmatch(child.text_content().strip())
        )
        gap = " " if child.tag in BLOCK_TAGS or child.tag == "br" else ""
        parts += ["" if back else gap + _entry_text(child) + gap, child.tail or ""]
    return "".join(parts)


def _with_content(walk: _Walk) -> Iterator[PageBlock]:
    """Yield blocks without headings that have nothing under them; a heading over deeper ones stays."""
    for block, following in zip(walk.blocks, [*walk.blocks, None][1:], strict=True):
        deeper = following is not None and following.kind == "heading" and following.level > block.level
        if block.kind == "heading" and not deeper and (following is None or following.kind == "heading"):
            walk.left_out.append(LeftOut(block.line, block.text, "heading with nothing under it"))
        else:
            yield block
