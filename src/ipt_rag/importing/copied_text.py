"""Text copied from a page in a browser -> `Page`.

What such text still shows: blank lines between blocks, bullets, numbers of lists, tabs. Headings are told by standing
alone without closing punctuation, a table by rows that close no sentence, a box of facts by labels and values in turn.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePath

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing import tables
from ipt_rag.importing.author_year import NAME
from ipt_rag.importing.copied_lines import BULLET, Line, read_lines
from ipt_rag.importing.copied_sources import CopiedSources
from ipt_rag.importing.decoding import decode_text
from ipt_rag.importing.furniture import (
    FACT_LABELS,
    FURNITURE_LABELS,
    NOTICE,
    OPENINGS,
    PROVENANCE,
    SECTIONS,
    SOURCE_LIST,
    furniture_reason,
)
from ipt_rag.importing.glued import glued_words
from ipt_rag.importing.markers import EDITORS_MARK, PRINTED
from ipt_rag.importing.page import Doubt, LeftOut, Page, PageBlock, PageSource, plain
from ipt_rag.importing.self_description import describe
from ipt_rag.importing.source_list import checked

MAX_HEADING_WORDS = 14
MAX_TERM_WORDS = 8
MIN_PROSE_WORDS = 8
MIN_LEAD_WORDS = 5  # of what may stand right below a heading: "There are forms of it for:"
MIN_NEXT_WORDS = 2  # the same, below the name of a section, or once a heading has stood so
MIN_MENU = 3  # lines of a word or two above the text

DEFINED = re.compile(r"([A-Z0-9“\"(][^.;:?!—]*?)\s+[—–]\s+(?=\S)")
ENDS_PROSE = re.compile(rf"[.!?…:][”\"’'»)\]]*{PRINTED}[.!?…]?\s*$")
MARKED_END = re.compile(r"(?:[^\s\d]\d[\d,–-]*|\[[\d,;\s–-]+\]|[⁰¹²³⁴⁵⁶⁷⁸⁹]|\s\[?LLM\]?)\s*$")
EDIT_LINK = re.compile(r"\s*\[edit(?: source)?\]\s*$")
NAMES = r"[A-ZÀ-ÖØ-Þ][^\W\d_.]*\.?(?:[ ’'-][^\W\d_]+\.?){1,4}"
PERSON = rf"(?:{NAME}|[A-Z]\.)(?:\s(?:{NAME}|[A-Z]\.)){{1,4}}"
PERSONS = re.compile(rf"{PERSON}(?:(?:,?\s(?:and|&)\s|[,;]\s){PERSON}){{0,20}}")
BYLINE = re.compile(rf"(?:{NAMES}\s?[\d*†‡§][\d,*†‡§]*(?:\s?[,;&·]|,?\sand)?\s*){{1,40}}")
LABELLED = re.compile(r"\s*[A-Z][\w’' -]{1,40}:\s+\S")
VIGNETTE = re.compile(r"\W{0,4}(?:LLM-generated )?illustrative (?:clinical )?example\b", re.IGNORECASE)
SUBJECT = re.compile(r"(.{3,80}?),?\s+(?:is|are|was|were|refers to|means|describes)\s")


@dataclass(slots=True)
class Findings:
    """What the reader gathers on its way down the page."""

    title: str = ""
    blocks: list[PageBlock] = field(default_factory=list)
    facts: list[PageBlock] = field(default_factory=list)
    notices: list[PageBlock] = field(default_factory=list)
    provenance: list[PageBlock] = field(default_factory=list)
    sources: list[PageSource] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def leave_out(self, line: Line, reason: str) -> None:
        """Note a line that is no part of the article."""
        self.left_out.append(LeftOut(line.number, line.text.strip(), reason))

    def doubt(self, line: Line, problem: str) -> None:
        """Note something that a person should look at."""
        self.doubts.append(Doubt(line.number, line.text.strip(), problem))


def read_copied_text(data: bytes, name: str) -> Page:
    """Return the page in a text file.

    Raises:
        ImportRefusedError: not text, or nothing but page furniture.
    """
    text = decode_text(data, name)
    found = Findings()
    groups = list(_groups(text, name, found))
    groups = _take_title(groups, found)
    _Body(found).read(groups)
    titled = bool(found.title)
    if not titled:
        subject = _subject(groups)
        found.title, taken = (subject, "first words") if subject else (PurePath(name).stem, "file's name")
        found.doubts.insert(0, Doubt(0, found.title, f"the page has no title line: its {taken} was taken, check it"))
    blocks = [*_without_empty_sections(found), *_section("At a glance", found.facts)]
    blocks = _facts_behind_lead(blocks, len(found.facts))
    blocks += [*_section("Notices", found.notices), *_section("Provenance", found.provenance)]
    if not any(block.kind != "heading" for block in blocks):
        raise ImportRefusedError(
            f"{name} holds page furniture but no article. Copy the article's own text and add it again."
        )
    found.doubts += [Doubt(*each) for each in glued_words((block.line, block.text) for block in blocks)]
    about, doubts = describe(found.provenance, len(found.sources))
    found.doubts.extend(doubts)
    if not titled:
        about["title_from"] = f"the {taken}; the page prints no title"
    return Page(
        title=found.title,
        about=about,
        blocks=tuple(blocks),
        sources=checked(found.sources, name),
        left_out=tuple(sorted(found.left_out, key=lambda line: line.line)),
        doubts=tuple(found.doubts),
        counted="line",
    )


def _groups(text: str, name: str, found: Findings) -> Iterator[list[Line]]:
    """Yield runs of lines without a blank one between, furniture and notices taken out."""
    group: list[Line] = []
    for line in read_lines(text, name):
        if not line.text.strip():
            if group:
                yield group
            group = []
        elif NOTICE.match(line.text.strip()):
            found.notices.append(_block("paragraph", line))
        elif reason := furniture_reason(line.text):
            found.leave_out(line, reason)
        else:
            group.append(line)
    if group:
        yield group


def _take_title(groups: list[list[Line]], found: Findings) -> list[list[Line]]:
    """Return the groups below the title line; what stands above it is the site's own head."""
    prose, head = next(
        (
            (line, index)
            for least in (MIN_PROSE_WORDS, MIN_NEXT_WORDS)
            for index, group in enumerate(groups)
            for line in group
            if _is_prose(line, least)
        ),
        (None, 0),
    )
    if prose is None:
        return groups
    opening = _words(prose.text)
    places = [(index, at) for index in range(head) for at, line in enumerate(groups[index]) if _may_be_title(line)]
    leading = [place for place in places if _words(groups[place[0]][place[1]].text)[:2] == opening[:2]]
    standing = [place for place in places if len(groups[place[0]]) == 1]
    if not places:
        return groups
    chosen, at = leading[0] if leading else _standing_title([*places[:1], *standing], groups)
    found.title = groups[chosen][at].text.strip()
    for line in (line for group in (*groups[:chosen], groups[chosen][:at]) for line in group):
        found.leave_out(line, "head of the page, above the title")
    return list(_below_title([groups[chosen][at + 1 :], *groups[chosen + 1 : head]], found)) + groups[head:]


def _standing_title(places: Sequence[tuple[int, int]], groups: Sequence[Sequence[Line]]) -> tuple[int, int]:
    """Return the last place that is neither the name of a section nor a line of names below a title; else the first."""
    lines = [groups[index][at].text.strip() for index, at in places]
    for place, text in zip(reversed(places), reversed(lines), strict=True):
        above = lines[: places.index(place)]
        named = PERSONS.fullmatch(text) and any(len(line.split()) > 2 and not PERSONS.fullmatch(line) for line in above)
        if not OPENINGS.fullmatch(text) and not named:
            return place
    return places[0]


def _below_title(groups: Iterable[list[Line]], found: Findings) -> Iterator[list[Line]]:
    """Yield the groups between the title and the first prose without the title again and without menus."""
    for group in groups:
        kept = [line for line in group if line.text.strip() != found.title]
        menu = len(kept) >= MIN_MENU and all(line.words <= 2 and "\t" not in line.text for line in kept)
        menu = menu and not _is_box(kept) and not any(BULLET.match(line.text) for line in kept)
        named = [line for line in kept if BYLINE.fullmatch(line.text.strip())]
        for line in group:
            if menu or line in named or line not in kept:
                reason = "byline, with the numbers of places of work" if line in named else "the title again"
                found.leave_out(line, "menu of the page" if menu else reason)
        if not menu and (rest := [line for line in kept if line not in named]):
            yield rest


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _is_prose(line: Line, least: int = MIN_PROSE_WORDS) -> bool:
    return line.words >= least and _ends_prose(line) and not BULLET.match(line.text)


def _ends_prose(line: Line) -> bool:
    return bool(ENDS_PROSE.search(EDITORS_MARK.sub("", line.text)))


def _may_head(line: Line) -> bool:
    """Return whether a line that stands alone may be a title or heading."""
    text = line.text.strip()
    return (
        line.words <= MAX_HEADING_WORDS
        and len(text) <= 120
        and bool(re.match(r"[\"“‘'(¿¡]?[^\W_]", text))
        and not text[0].islower()
        and (not ENDS_PROSE.search(text) or text.endswith("?"))
        and not text.endswith((",", ";"))
        and not MARKED_END.search(text)
        and not BULLET.match(line.text)
        and "\t" not in text
    )


def _may_be_title(line: Line) -> bool:
    return (
        _may_head(line) and not SOURCE_LIST.fullmatch(line.text.strip()) and not SECTIONS.fullmatch(line.text.strip())
    )


class _Body:
    """Reads the groups below the title, in order."""

    def __init__(self, found: Findings):
        self.found = found
        self.in_sources = False
        self.listed = CopiedSources(found.sources, found.left_out)
        self.in_furniture = ""  # heading of the section that is left out
        self.below_heading = False
        self.heads_text = False  # whether a heading has stood right above its text

    def read(self, groups: Sequence[list[Line]]) -> None:
        for group in chain.from_iterable(map(_parted, groups)):
            opening = EDIT_LINK.sub("", group[0].text.strip())
            named = SOURCE_LIST.fullmatch(opening) or SECTIONS.fullmatch(opening)
            if self.in_sources and not named and not PROVENANCE.match(opening):
                group = list(self.listed.take(group))
                self.in_sources = not group
            least = MIN_NEXT_WORDS if self.heads_text or OPENINGS.fullmatch(opening) else MIN_LEAD_WORDS
            alone = len(group) == 1 or (len(group) > 1 and _is_prose(group[1], least=least))
            if group and (named or (alone and _may_head(group[0]))):
                self.heads_text = self.heads_text or (len(group) > 1 and not named)
                self._heading(group[0])
                group = group[1:]
                if self.in_sources:
                    group = list(self.listed.take(group))
            if not group:
                continue
            if self._lost_its_bullets(group):
                self.found.blocks += [_block("item", line) for line in group]
            elif PROVENANCE.match(group[0].text.strip()):
                self.found.provenance += [_block("paragraph", line) for line in group]
            elif self.in_furniture:
                for line in group:
                    self.found.leave_out(line, f"part of “{self.in_furniture}”")
            elif not self.below_heading and _is_box(group):
                self._box(group)
            else:
                self._lines(group)

    def _lost_its_bullets(self, group: Sequence[Line]) -> bool:
        """Return whether short lines without closing punctuation stand below a paragraph that ends in a colon."""
        before = self.found.blocks[-1] if self.found.blocks else None
        introduced = before is not None and before.kind == "paragraph" and before.text.endswith(":")
        if introduced and len(group) > 1 and all(LABELLED.match(line.text) for line in group):
            return True
        bare = not any(ENDS_PROSE.search(line.text) or BULLET.match(line.text) or "\t" in line.text for line in group)
        return introduced and bare and len(group) > 1

    def _heading(self, line: Line) -> None:
        text = EDIT_LINK.sub("", line.text.strip())
        self.in_sources = bool(SOURCE_LIST.fullmatch(text))
        self.in_furniture = text if SECTIONS.fullmatch(text) else ""
        self.below_heading = True
        if self.in_furniture:
            self.found.leave_out(line, "heading of a section of links or forms")
        elif self.in_sources:
            self.found.leave_out(line, "heading of the list of sources, which stands at the foot")
        else:
            self.found.blocks.append(PageBlock("heading", (plain(text),), line.number, 2))

    def _box(self, group: Sequence[Line]) -> None:
        """Part a box of facts into labels with their values, and the picture's texts below them."""
        index = 0
        while index < len(group):
            line = group[index]
            following = group[index + 1] if index + 1 < len(group) else None
            label = line.text.strip()
            if _is_prose(line):
                self._picture(group[index:])
                return
            if following is None or following.text.strip().lower() in FACT_LABELS or not _is_label(line):
                self.found.leave_out(line, "label without a value")
                index += 1
                continue
            if label.lower() in FURNITURE_LABELS:
                self.found.leave_out(line, "label of the page, not of the article")
                self.found.leave_out(following, "label of the page, not of the article")
            else:
                if label.lower() not in FACT_LABELS and _is_label(following):
                    self.found.doubt(line, "may be a label without a value: check the fact below it")
                self.found.facts.append(
                    PageBlock("definition", (plain(label), plain(following.text.strip())), line.number)
                )
            index += 2

    def _picture(self, lines: Sequence[Line]) -> None:
        """Keep a caption; the alternative text before it, which says the same in other words, is left out."""
        for index, line in enumerate(lines):
            following = lines[index + 1] if index + 1 < len(lines) else None
            marked = bool(following and MARKED_END.search(following.text))
            if following and not MARKED_END.search(line.text) and (marked or _alike(line.text, following.text)):
                self.found.leave_out(line, "alternative text of a picture; its caption is kept")
            else:
                self.found.blocks.append(_block("paragraph", line))

    def _lines(self, group: Sequence[Line]) -> None:
        index = 0
        while index < len(group):
            line = group[index]
            if BULLET.match(line.text):
                end = index + 1
                while end < len(group) and BULLET.match(group[end].text):
                    end += 1
                self._items(group[index:end])
                index = end
                continue
            end = index
            while end < len(group) and ("\t" in group[end].text or tables.is_row(group[end].text)):
                end += 1
            if tables.is_table([each.text for each in group[index:end]]):
                self._table(group[index:end])
                index = end
                continue
            self._paragraph(line)
            if end - index > tables.MIN_ROWS:
                self.found.doubt(
                    line, f"{end - index} lines that close no sentence: a list or table whose form was lost?"
                )
                index += 1
                while index < end:
                    self._paragraph(group[index])
                    index += 1
                continue
            index += 1

    def _paragraph(self, line: Line) -> None:
        self.found.blocks.append(_block("vignette" if VIGNETTE.match(line.text.strip()) else "paragraph", line))

    def _items(self, lines: Sequence[Line]) -> None:
        texts = [BULLET.sub("", line.text, count=1).strip() for line in lines]
        terms = [_term(text) for text in texts]
        defining = sum(term is not None for term in terms) * 2 > len(texts)
        outermost = min(len(line.text) - len(line.text.lstrip()) for line in lines)
        for line, text, term in zip(lines, texts, terms, strict=True):
            numbered = re.match(r"\s*(\d{1,3})[.)]", line.text)
            number = int(numbered[1]) if numbered else None
            indent = len(line.text) - len(line.text.lstrip()) - outermost
            if defining and term:
                cells = (plain(term[1]), plain(text[term.end() :]))
                self.found.blocks.append(PageBlock("definition", cells, line.number, min(indent // 2, 3), number))
            else:
                if defining:
                    self.found.doubts.append(
                        Doubt(line.number, text[:60], "no “ — ” between term and meaning: kept as an item")
                    )
                self.found.blocks.append(PageBlock("item", (plain(text),), line.number, min(indent // 2, 3), number))

    def _table(self, lines: Sequence[Line]) -> None:
        pairs = [line.text.strip().split("\t") for line in lines]
        if all(len(pair) == 2 for pair in pairs) and any(pair[0].strip().lower() in FACT_LABELS for pair in pairs):
            for line, (label, value) in zip(lines, pairs, strict=True):
                self.found.facts.append(
                    PageBlock("definition", (plain(label.strip()), plain(value.strip())), line.number)
                )
            return
        table = tables.restore([line.text.strip() for line in lines])
        if table is None:
            self.found.doubt(
                lines[0], f"{len(lines)} lines look like a table whose columns cannot be told: kept as list items"
            )
            self._paragraph(lines[0])
            self.found.blocks += [_block("item", line) for line in lines[1:]]
            return
        header, rows = table
        if "\t" not in lines[0].text:
            self.found.doubt(
                lines[0],
                f"a table of {len(rows)} rows, its {len(header)} columns restored by capital letters: check them",
            )
        self.found.blocks.append(PageBlock("header", tuple(plain(cell) for cell in header), lines[0].number))
        for line, row in zip(lines[1:], rows, strict=True):
            if len(row) < len(header):
                self.found.doubt(line, "the row's columns cannot be told: kept as one cell")
            self.found.blocks.append(PageBlock("row", tuple(plain(cell) for cell in row), line.number))


def _parted(group: list[Line]) -> Iterator[list[Line]]:
    """Yield a group in parts, each from a line on that heads the prose below it, though no blank line sets it apart."""
    start = 0
    for index in range(1, len(group) - 1):
        if _may_head(group[index]) and _is_prose(group[index + 1]) and _ends_prose(group[index - 1]):
            yield group[start:index]
            start = index
    yield group[start:]


def _block(kind: str, line: Line) -> PageBlock:
    return PageBlock(kind, (plain(line.text.strip()),), line.number)  # type: ignore[arg-type]


def _term(text: str) -> re.Match[str] | None:
    found = DEFINED.match(text)
    return found if found and len(found[1].split()) <= MAX_TERM_WORDS else None


def _is_label(line: Line) -> bool:
    text = line.text.strip()
    return text.lower() in FACT_LABELS or (line.words <= 3 and bool(re.fullmatch(r"[A-Z0-9][\w /&-]*:?", text)))


def _is_box(group: Sequence[Line]) -> bool:
    """Return whether lines are a box of facts: at least two labels, the first of them first, and mostly short lines."""
    labels = [line for line in group if _is_label(line)]
    return (
        len(group) >= 4
        and _is_label(group[0])
        and len(labels) >= 2
        and any(line.text.strip().lower().rstrip(":") in FACT_LABELS for line in labels)
    )


def _alike(one: str, other: str) -> bool:
    """Return whether two texts share most of their longer words."""
    first, second = ({word for word in _words(text) if len(word) > 3} for text in (one, other))
    return len(first & second) * 2 > min(len(first), len(second))


def _subject(groups: Sequence[Sequence[Line]]) -> str:
    """Return what the first sentence speaks of, in its own words, or "" where it has none."""
    first = next((line.text.strip() for group in groups for line in group if _is_prose(line)), "")
    found = SUBJECT.match(first)
    return found[1] if found and len(found[1].split()) <= MAX_TERM_WORDS else ""


def _without_empty_sections(found: Findings) -> list[PageBlock]:
    kept: list[PageBlock] = []
    for block, following in zip(found.blocks, [*found.blocks, None][1:], strict=True):
        if block.kind == "heading" and (following is None or following.kind == "heading"):
            found.left_out.append(LeftOut(block.line, block.text, "heading with nothing under it"))
        else:
            kept.append(block)
    return kept


def _section(heading: str, blocks: Sequence[PageBlock]) -> list[PageBlock]:
    return [PageBlock("heading", (plain(heading),), 0, 2), *blocks] if blocks else []


def _facts_behind_lead(blocks: list[PageBlock], facts: int) -> list[PageBlock]:
    """Return the blocks with the box of facts, now last, moved before the first section."""
    if not facts:
        return blocks
    box, others = blocks[-facts - 1 :], blocks[: -facts - 1]
    first = next((index for index, block in enumerate(others) if block.kind == "heading"), len(others))
    return [*others[:first], *box, *others[first:]]
