"""A saved web page, or HTML that another reader made -> `Page`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import PurePath

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.decoding import check_size, decode_text
from ipt_rag.importing.furniture import NOTICE, PROVENANCE, SECTIONS, SOURCE_LIST, furniture_reason
from ipt_rag.importing.glued import glued_words
from ipt_rag.importing.html_sources import (
    NUMBER,
    Entry,
    entry_address,
    entry_text,
    is_source_list,
    linked_entries,
    read_label,
)
from ipt_rag.importing.html_tables import read_table
from ipt_rag.importing.html_tree import (
    BLOCK_TAGS,
    HEADINGS,
    HIDDEN_TAGS,
    SPACES,
    Element,
    article_of,
    cut,
    date_of,
    hidden,
    parse_html,
    runs_of,
    title_of,
    trimmed,
    words_of,
)
from ipt_rag.importing.page import BlockKind, Counted, Doubt, LeftOut, Page, PageBlock, PageSource, Run, Runs, plain
from ipt_rag.importing.self_description import describe
from ipt_rag.importing.source_list import LINK_LABELS, OWN_NUMBER, checked, entry_lines, entry_number, read_entry

MAX_DEPTH = 200  # nested elements; a page for people has some twenty
VIGNETTE = re.compile(r"\W{0,4}(?:LLM-generated )?illustrative (?:clinical )?example\b", re.IGNORECASE)
EDIT_LINK = re.compile(r"\s*\[\s*edit\s*\]|\s*[¶#§]$")
DEFINED = re.compile(r"([A-Z0-9“\"(][^.;:?!—]{0,80}?)\s+[—–]\s+(?=\S)")
CHARSET = re.compile(rb"<(?:meta[^>]{0,200}charset|\?xml[^>]{0,100}encoding)=[\"']?\s*([\w-]+)", re.IGNORECASE)
NAMED = re.compile(
    r"(?:[A-ZÀ-ÖØ-Þ][\w.’'-]*|van|von|de|der|den|di|da|del)(?:\s(?:[A-ZÀ-ÖØ-Þ][\w.’'-]*|van|von|de|der|den|di|da|del)){0,5}"
)
LISTED = ("ol", "ul", "dl", "table")


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
    root = parse_html(text, name)
    walk = _Walk(name, made, linked_entries(root))
    walk.holders = {up for element in walk.entries for up in element.iterancestors()}
    walk.holders |= set(root.xpath("//*[@role='doc-endnotes' or @role='doc-bibliography']"))
    title = title_of(root)
    walk.title = title
    walk.element(article_of(root), 0)
    walk.close()
    if not _has_text(walk.blocks):
        raise ImportRefusedError(f"{name} holds no article text. Save the page with its text and add it again.")
    sources = checked(_numbered(walk), name)
    doubts = [*walk.doubts]
    titled = bool(title)
    if not titled:
        opening = walk.blocks[0]
        if opening.kind == "heading" or (opening.kind == "paragraph" and _may_be_title(opening.text)):
            title, taken = opening.text, "first line"
            walk.blocks = walk.blocks[1:] if _has_text(walk.blocks[1:]) else walk.blocks
        else:
            title, taken = PurePath(name).stem, "file name"
        doubts.insert(0, Doubt(opening.line, title, f"the page has no title: its {taken} was taken, check it"))
    doubts += [Doubt(*each) for each in glued_words((block.line, block.text) for block in walk.blocks)]
    about, stated = describe(walk.blocks, len(walk.sources))
    language = root.get("lang", "").split("-")[0].lower()
    if not titled:
        about["title_from"] = f"the page's {taken}; it prints no title"
    if language:
        about["language"] = language
    if date := about.get("date") or date_of(root):
        about["date"] = date
    return Page(
        title=title,
        about=about,
        blocks=tuple(_with_content(walk)),
        sources=sources,
        left_out=tuple(walk.left_out),
        doubts=(*doubts, *stated),
        counted=made or "line",
    )


@dataclass(slots=True)
class _Walk:
    """Goes down the elements in order and gathers blocks; inline text waits until its block ends."""

    name: str
    made: Counted | None
    entries: dict[Element, Entry]
    holders: set[Element] = field(default_factory=set)  # what holds entries, and is read even where it stands aside
    title: str = ""
    line: int = 0
    left_line: str = ""  # why the element under way is no part of the article, as its maker says
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
    prose: bool = False  # whether a sentence of the article has been read
    left_section: str = ""

    def element(self, element: Element, depth: int) -> None:
        """Read an element and all below it."""
        if depth > MAX_DEPTH:
            raise ImportRefusedError(f"{self.name} nests more than {MAX_DEPTH} elements. Save the page's text instead.")
        tag = element.tag
        if not isinstance(tag, str) or ((tag in HIDDEN_TAGS or hidden(element)) and element not in self.holders):
            return
        if tag not in BLOCK_TAGS:
            self._inline(element, depth)
            return
        self.close()
        self.line = self._place(element)
        self.left_line = element.get("data-left-out", "") if self.made else ""
        if element in self.entries:
            self._entry(element)
        elif tag in LISTED and (
            (self.below_sources and not self.left_section) or is_source_list(element, self.entries)
        ):
            self._source_list(element)
        elif tag == "table" and self._table(element):
            return
        elif tag in HEADINGS:
            self._heading(trimmed(runs_of(element)), int(tag[1]))
        elif tag == "dl":
            self._definitions(element)
        elif tag in ("ol", "ul"):
            self._list(element, depth)
        elif tag == "p" and not self.lists and _is_bold(element) and _may_be_title(element.text_content().strip()):
            self._heading(trimmed(runs_of(element)), 3)
        else:
            self._text(element.text)
            self._children(element, depth)
            self.close()

    def _place(self, element: Element) -> int:
        """Return the line that an element opens at, or the page that its maker marked, or the place before it."""
        marked = element.get("data-line", "") if self.made else str(element.sourceline or 0)
        return int(marked) if marked.isdigit() else self.line

    def close(self) -> None:
        """End the block under way."""
        if not self.waiting:
            return
        runs = trimmed(self.waiting)
        self.waiting = []
        text = words_of(runs)
        if not text:
            return
        line = self.line
        if self.left_line:
            self.left_out.append(LeftOut(line, text, self.left_line))
        elif self.kind == "paragraph" and SOURCE_LIST.fullmatch(text):
            self._heading(runs, 2)
        elif self.left_section:
            self.left_out.append(LeftOut(line, text, f"part of “{self.left_section}”"))
        elif self.below_sources and (lines := entry_lines(text)):
            for entry in lines:
                number = entry_number(entry) or len(self.sources) + 1
                self.sources.append(read_entry(OWN_NUMBER.sub("", entry), number=number, line=line))
        elif self.below_sources and not re.search(r"[.!?…:]\W*$", text):
            self.left_out.append(LeftOut(line, text, "below the list of sources, no entry of it"))
        elif not self.prose and self.kind == "paragraph" and _is_byline(runs):
            self.left_out.append(LeftOut(line, text, "byline, with the numbers of places of work"))
        elif not NOTICE.match(text) and not PROVENANCE.match(text) and (reason := furniture_reason(text)):
            self.left_out.append(LeftOut(line, text, reason))
        else:
            kind: BlockKind = "vignette" if VIGNETTE.match(text) else self.kind
            self.blocks.append(PageBlock(kind, (runs,), line, self.level, self.number))
            self.prose = self.prose or bool(re.search(r"\w[.!?…]\W*\d*\W*$", text))
        # What follows inside the same item, after a nested list, is a paragraph of its own.

    def _children(self, element: Element, depth: int) -> None:
        for child in element:
            self.element(child, depth + 1)
            self._text(child.tail)

    def _text(self, text: str | None, target: str = "") -> None:
        if text:
            self.waiting.append(Run(SPACES.sub(" ", text), False, target))

    def _inline(self, element: Element, depth: int) -> None:
        if element.tag == "br":
            self.waiting.append(Run("\n" if self.below_sources else " "))
        elif element.tag in ("sup", "a") and not any(child.tag in BLOCK_TAGS for child in element.iterdescendants()):
            self.waiting.extend(runs_of(element))
        else:
            self._text(element.text)
            self._children(element, depth)

    def _heading(self, runs: Runs, level: int) -> None:
        text = EDIT_LINK.sub("", words_of(runs))
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

    def _list(self, element: Element, depth: int) -> None:
        self.lists += 1
        start = element.get("start", "1")
        number = int(start) if start.isdigit() else 1
        for child in element:
            if not isinstance(child.tag, str) or hidden(child):
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
            found = DEFINED.match(block.text) if block.kind == "item" else None
            if found and len(found[1].split()) <= 8:
                cells = (plain(found[1]), cut(block.cells[0], found.end()))
                self.blocks[index] = PageBlock("definition", cells, block.line, block.level, block.number)

    def _definitions(self, element: Element) -> None:
        term: Runs = ()
        for child in element.iter("dt", "dd"):
            runs = trimmed(runs_of(child))
            if child.tag == "dt":
                term = runs
            elif term and words_of(runs):
                self.blocks.append(PageBlock("definition", (term, runs), self._place(child)))

    def _table(self, element: Element) -> bool:
        """Read a table of data; one that only lays a page out, or holds others, is walked through."""
        table = read_table(element)
        if table is None:
            return False
        opening = " ".join(map(words_of, table.header))
        if self.left_section:
            self.left_out.append(LeftOut(self.line, opening, f"table in “{self.left_section}”"))
            return True
        if not table.headed:
            self.doubts.append(Doubt(self.line, opening, "the table has no header of its own: its first row was taken"))
        for caption in element.iter("caption"):
            self.waiting.extend(runs_of(caption))
            self.close()
        self.blocks.append(PageBlock("header", table.header, self._place(table.opening)))
        self.blocks.extend(PageBlock("row", cells, self._place(row)) for row, cells in table.rows)
        return True

    def _source_list(self, element: Element) -> None:
        start = element.get("start", "")
        counted = int(start) if element.tag == "ol" and start.isdigit() else len(self.sources) + 1
        term = ""
        for item in element.iter("tr") if element.tag == "table" else element:
            if item.tag == "dt":
                term = item.text_content()
            elif item.tag in ("li", "dd", "tr") and self._entry(item, counted=counted, term=term):
                counted = self.sources[-1].number + 1
                term = ""

    def _entry(self, element: Element, *, counted: int = 0, term: str = "") -> bool:
        """Take an entry of the list of sources; its number is printed, shown by the links to it, or counted."""
        label, printed = read_label(element)
        text = entry_text(element, label)
        if not text or LINK_LABELS.fullmatch(text):
            return False
        linked = self.entries.get(element)
        value = element.get("value", "")
        if printed is None and (opening := NUMBER.fullmatch(term)):
            printed = int(opening[1])
        if printed is None and element.getparent().tag != "ol" and (printed := entry_number(text)) is not None:
            text = OWN_NUMBER.sub("", text)
        own = printed if printed is not None else int(value) if value.isdigit() else linked.number if linked else None
        number = (counted or len(self.sources) + 1) if own is None else own
        anchor, address = linked.anchor if linked else "", entry_address(element)
        self.sources.append(read_entry(text, number=number, line=self._place(element), anchor=anchor, address=address))
        return True


def _has_text(blocks: Sequence[PageBlock]) -> bool:
    return any(block.kind != "heading" for block in blocks)


def _may_be_title(text: str) -> bool:
    """Return whether a paragraph that opens a page is set like a title: short, and closed by no full stop."""
    return len(text.split()) <= 14 and bool(re.match(r"\W?[^\W_a-z]", text)) and not re.search(r"[.!…:;,]\W*\d*$", text)


def _numbered(walk: _Walk) -> Iterator[PageSource]:
    """Yield the sources; notes that links find, whatever their number, give way to a list that numbers alike.

    So do those that are cited by a letter or sign. Both get the numbers behind the others.
    """
    listed = {source.number for source in walk.sources if not source.anchor}
    fresh = count(max((source.number for source in walk.sources), default=0) + 1)
    for source in walk.sources:
        if source.anchor and (source.number in listed or not source.number):
            number = next(fresh)
            if source.number:
                problem = f"note {source.number} has a number of the list of sources too: it is now {number}"
                walk.doubts.append(Doubt(source.line, source.reference[:60], problem))
            yield replace(source, number=number)
        else:
            yield source
            listed.add(source.number if source.anchor else 0)


def _is_byline(runs: Runs) -> bool:
    """Return whether a block names persons with the raised numbers of their places of work, or such a place."""
    if not any(run.raised and run.text.strip(" ,*") for run in runs):
        return False
    if runs[0].raised:
        return len(runs) > 1 and not re.search(r"[.!?]\s+[A-Z]\w+\s\w", words_of(runs))
    names = re.split(r",|;|&|\band\b|·", "".join(", " if run.raised else run.text for run in runs))
    return all(NAMED.fullmatch(name.strip()) for name in names if name.strip())


def _is_bold(element: Element) -> bool:
    """Return whether a paragraph is bold from end to end."""
    inside = [child for child in element if (child.text_content() or "").strip() or (child.tail or "").strip()]
    return bool(inside) and not (element.text or "").strip() and all(
        child.tag in ("b", "strong") and not (child.tail or "").strip() for child in inside
    )  # fmt: skip


def _with_content(walk: _Walk) -> Iterator[PageBlock]:
    """Yield blocks without headings that have nothing under them; a heading over deeper ones stays."""
    for block, following in zip(walk.blocks, [*walk.blocks, None][1:], strict=True):
        deeper = following is not None and following.kind == "heading" and following.level > block.level
        if block.kind == "heading" and not deeper and (following is None or following.kind == "heading"):
            walk.left_out.append(LeftOut(block.line, block.text, "heading with nothing under it"))
        else:
            yield block
