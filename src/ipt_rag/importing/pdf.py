"""A PDF -> `Page`, by way of HTML; the door to pdfplumber, which gives characters with their places and ruled tables.

A PDF knows no paragraph: lines are told by baselines, superscripts by a smaller size and a raised baseline, columns by
the gutter between them, headings by size and weight, paragraphs by gaps and indents. The outcome says the page number
where other formats say the line.
"""

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.bounded import converted
from ipt_rag.importing.decoding import check_size
from ipt_rag.importing.furniture import SOURCE_LIST
from ipt_rag.importing.html import page_of_html
from ipt_rag.importing.page import Page

MAX_PAGES = 1000
MAX_UNMAPPED = 0.1  # share of signs without a letter: beyond it the font hides the text

SMALL = 0.82  # of the size of the text around it: superscripts are set at 0.5 to 0.75
RAISED = (0.12, 0.9)  # how far above the baseline a superscript stands, in sizes of the text
SPACE = 0.18  # of the size: a wider gap parts words
BULLET = re.compile(r"[•‣◦▪▫●○■□∙·–-]\s+(?=\S)")
NUMBERED = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
ENTRY = re.compile(r"[\[(]?(\d{1,3})[\]).:]?\s+(?=\S)|\[(\d{1,3})\](?=\S)|(\d{1,3})\.(?=[^\W\d])")
CLOSED = re.compile(r"[.!?…:][”\"’'»)\]]*(?:\s?\[[\d,;\s–-]+\]|[\d,–-]+)?(?:\s+\[?LLM\]?)?\s*\Z")
RAISED_LABEL = re.compile(r"[\d,;\s–−*†‡§a-z()\[\]-]{1,24}")
LIGATURES: dict[str, str] = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}

UNMAPPED = re.compile(r"\(cid:\d+\)")

Char = dict[str, Any]  # as pdfplumber gives it


@dataclass(slots=True)
class Line:
    """One printed line of one column, top to bottom; distances in points."""

    page: int  # from 1
    left: float  # edges of its column
    right: float
    x0: float
    x1: float
    base: float
    size: float
    bold: bool
    pieces: list[tuple[str, bool]]  # text, and whether it is raised
    rows: list[list[str]] | None = None  # a table in place of a line: the HTML of its cells
    outside: str = ""  # why the line is no part of the text

    @property
    def text(self) -> str:
        """All its words."""
        return "".join(text for text, _ in self.pieces).strip()

    @property
    def unmarked(self) -> str:
        """Its words without superscripts."""
        return "".join(text for text, raised in self.pieces if not raised).strip()


def read_pdf(data: bytes, name: str) -> Page:
    """Return the page in a PDF.

    Raises:
        ImportRefusedError: not a PDF, protected, cut off, a scan without text, or more than we read.
    """
    return page_of_html(converted("ipt_rag.importing.pdf", data, name), name, made="page")


def to_html(data: bytes, name: str) -> str:
    """Return the text of a PDF as HTML, each block with the number of its page.

    Raises:
        ImportRefusedError: as `read_pdf`.
    """
    check_size(data, name)
    if b"%PDF-" not in data[:1024]:
        raise ImportRefusedError(f"{name} is no PDF. Save it again, or add it under its own ending.")
    if b"%%EOF" not in data[-4096:]:
        raise ImportRefusedError(f"{name} is cut off: the end of the PDF is missing. Download it again.")
    try:
        lines, title = _lines_of(data, name)
    except ImportRefusedError:
        raise
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            raise ImportRefusedError(f"{name} is password-protected. Save it without a password.") from None
        raise ImportRefusedError(f"{name} is a damaged PDF. Save it again.") from None
    except MemoryError:
        raise ImportRefusedError(f"{name} takes more memory than a page may. Split it.") from None
    except Exception as error:  # pdfminer meets a damaged file with errors of any kind
        raise ImportRefusedError(f"{name} cannot be read as a PDF ({type(error).__name__}). Save it again.") from None
    text = "".join(line.text for line in lines)
    if not text and not any(line.rows for line in lines):
        raise ImportRefusedError(f"{name} holds pictures of pages but no text. Run text recognition on it first.")
    if text.count("(cid:") > MAX_UNMAPPED * len(text) / 8:
        raise ImportRefusedError(f"{name} has a font that hides its letters. Save the page as HTML or text instead.")
    head = f"<head><title>{escape(title)}</title></head>" if title else ""
    return f"<html>{head}<body><main>{''.join(_html(lines))}</main></body></html>"


def _lines_of(data: bytes, name: str) -> tuple[list[Line], str]:
    lines: list[Line] = []
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        if len(pdf.pages) > MAX_PAGES:
            raise ImportRefusedError(f"{name} has {len(pdf.pages):,} pages; {MAX_PAGES:,} can be read. Split it.")
        for page in pdf.pages:
            lines += _page_lines(page)
            page.close()
        title = str((pdf.metadata or {}).get("Title") or "")
    _mark_running_heads(lines)
    return lines, "" if title.lower() in ("untitled", "(anonymous)", "anonymous") else " ".join(title.split())


def _page_lines(page: Any) -> list[Line]:
    chars = [char for char in page.chars if char["upright"] and char["text"].strip()]
    tables = []
    if len(page.edges) >= 6:
        tables = [
            each for each in page.find_tables() if len(each.rows) > 1 and max(len(r.cells) for r in each.rows) > 1
        ]
    found: list[Line] = []
    for table in tables:
        x0, top, x1, bottom = table.bbox
        rows = [
            ["".join(_inline(_set_lines(_within(chars, cell), page.page_number))) if cell else "" for cell in row.cells]
            for row in table.rows
        ]
        chars = [char for char in chars if not _inside(char, table.bbox)]
        base = top - page.height
        found.append(Line(page.page_number, x0, x1, x0, x1, base, bottom - top, False, [], rows))
    gutter = _gutter(chars)
    if gutter is None:
        found += _set_lines(chars, page.page_number)
        return sorted(found, key=lambda line: line.base)
    left, right = gutter
    # A line that crosses the gutter goes over both columns and parts what stands above from what stands below.
    crossing = {round(_base(char)) for char in chars if char["x0"] < right and char["x1"] > left}
    over = [char for char in chars if any(abs(_base(char) - base) < 2 for base in crossing)]
    columns = [char for char in chars if not any(abs(_base(char) - base) < 2 for base in crossing)]
    whole = sorted([*found, *_set_lines(over, page.page_number)], key=lambda line: line.base)
    one = _set_lines([char for char in columns if char["x1"] <= (left + right) / 2], page.page_number)
    two = _set_lines([char for char in columns if char["x1"] > (left + right) / 2], page.page_number)
    ordered: list[Line] = []
    for line in [*whole, None]:
        for column in (one, two):
            while column and (line is None or column[0].base < line.base):
                ordered.append(column.pop(0))
        ordered += [line] if line else []
    return ordered


def _base(char: Char) -> float:
    """Return how far down a character's baseline stands."""
    return -float(char["matrix"][5])


def _inside(char: Char, box: tuple[float, float, float, float]) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _within(chars: Iterable[Char], box: tuple[float, float, float, float]) -> list[Char]:
    return [char for char in chars if _inside(char, box)]


def _gutter(chars: Sequence[Char]) -> tuple[float, float] | None:
    """Return the empty stripe between two columns, or None."""
    if len(chars) < 400:
        return None
    first, last = min(char["x0"] for char in chars), max(char["x1"] for char in chars)
    lines = len({round(_base(char) / 3) for char in chars})
    crossed = Counter(x for char in chars for x in range(int(char["x0"]), int(char["x1"]) + 1))
    best: tuple[int, int] | None = None
    start = None
    for x in range(int(first + 0.3 * (last - first)), int(first + 0.7 * (last - first)) + 2):
        if crossed[x] <= 0.12 * lines:
            start = x if start is None else start
        else:
            if start is not None and (best is None or x - start > best[1] - best[0]):
                best = (start, x)
            start = None
    if best is None or best[1] - best[0] < 8:
        return None
    before = sum(char["x1"] <= best[1] for char in chars)
    return best if 0.2 < before / len(chars) < 0.8 else None


def _set_lines(chars: Sequence[Char], page: int) -> list[Line]:
    """Return the lines that characters of one column stand in, smaller and raised ones in the line they belong to."""
    lines: list[list[tuple[Char, bool]]] = []
    rest = list(chars)
    while rest:
        size = Counter(round(char["size"], 1) for char in rest).most_common(1)[0][0]
        big = [char for char in rest if char["size"] >= SMALL * size]
        small = [char for char in rest if char["size"] < SMALL * size]
        made = _by_baseline(big)
        flat = [line for line in made if not _attach(line, [other for other in made if other is not line])]
        grouped = [[(char, False) for char in line] for line in flat]
        rest = []
        for run in _touching(small):
            near = _carrier(run, flat)
            if near is None:
                rest += run
            else:
                grouped[near] += [(char, _base(char) < _middle(flat[near]) - RAISED[0] * size) for char in run]
        for line in made:
            if line not in flat:
                near = _carrier(line, flat)
                if near is not None:
                    grouped[near] += [(char, True) for char in line]
        lines += grouped
        if not big:
            break
    left = min((char["x0"] for char in chars), default=0.0)
    right = max((char["x1"] for char in chars), default=0.0)
    return sorted((_line(line, page, left, right) for line in lines if line), key=lambda line: line.base)


def _by_baseline(chars: Iterable[Char]) -> list[list[Char]]:
    lines: list[list[Char]] = []
    for char in sorted(chars, key=_base):
        if lines and _base(char) - _base(lines[-1][0]) < 0.15 * char["size"]:
            lines[-1].append(char)
        else:
            lines.append([char])
    return lines


def _middle(line: Sequence[Char]) -> float:
    """Return a line's baseline."""
    return Counter(round(_base(char), 1) for char in line).most_common(1)[0][0]


def _attach(line: Sequence[Char], others: Sequence[Sequence[Char]]) -> bool:
    """Return whether a short run of digits of full size is raised over one of the other lines."""
    text = "".join(char["text"] for char in line)
    return bool(len(text) <= 12 and RAISED_LABEL.fullmatch(text)) and _carrier(line, others) is not None


def _touching(chars: Iterable[Char]) -> Iterator[list[Char]]:
    """Yield runs of characters on one baseline without a wide gap."""
    for line in _by_baseline(chars):
        run: list[Char] = []
        for char in sorted(line, key=lambda each: each["x0"]):
            if run and char["x0"] - run[-1]["x1"] > 1.2 * char["size"]:
                yield run
                run = []
            run.append(char)
        yield run


def _carrier(run: Sequence[Char], lines: Sequence[Sequence[Char]]) -> int | None:
    """Return which line a run of small characters belongs to: its left or right neighbour there is near."""
    x0, x1, base = run[0]["x0"], max(char["x1"] for char in run), _middle(run)
    for index, line in enumerate(lines):
        size = line[0]["size"]
        rise = (_middle(line) - base) / size
        if not -0.35 <= rise <= RAISED[1] or (rise < RAISED[0] and len(run) > 12):
            continue
        near = any(-0.3 * size <= x0 - char["x1"] <= 0.8 * size or -0.3 * size <= char["x0"] - x1 <= 0.8 * size
                   for char in line)  # fmt: skip
        if near:
            return index
    return None


def _line(marked: Sequence[tuple[Char, bool]], page: int, left: float, right: float) -> Line:
    marked = sorted(marked, key=lambda each: each[0]["x0"])
    size = Counter(round(char["size"], 1) for char, _ in marked).most_common(1)[0][0]
    pieces: list[tuple[str, bool]] = []
    end = None
    for char, raised in marked:
        text = LIGATURES.get(str(char["text"]), str(char["text"]))
        if end is None and UNMAPPED.fullmatch(text):
            text = "•"  # a sign of its own font that opens a line: list bullets seldom have a Unicode name
        if end is not None and char["x0"] - end > SPACE * char["size"]:
            text = " " + text
        end = char["x1"]
        if pieces and pieces[-1][1] == raised:
            pieces[-1] = (pieces[-1][0] + text, raised)
        else:
            pieces.append((text, raised))
    chars = [char for char, _ in marked]
    bold = sum("bold" in char["fontname"].lower() or "black" in char["fontname"].lower() for char in chars)
    base = _middle([char for char, raised in marked if not raised] or chars)
    x0, x1 = min(char["x0"] for char in chars), max(char["x1"] for char in chars)
    return Line(page, left, right, x0, x1, base, size, bold * 10 >= len(chars) * 9, pieces)


def _mark_running_heads(lines: Sequence[Line]) -> None:
    """Mark what stands at the head or foot of several pages, and page numbers."""
    edges: list[Line] = []
    for number in sorted({line.page for line in lines}):
        on_page = sorted((line for line in lines if line.page == number), key=lambda line: line.base)
        edges += {id(line): line for line in (*on_page[:2], *on_page[-2:]) if line.rows is None}.values()
    seen = Counter((re.sub(r"\d+", "#", line.text), round(line.base / 4)) for line in edges)
    pages = len({line.page for line in lines})
    for line in edges:
        times = seen[(re.sub(r"\d+", "#", line.text), round(line.base / 4))]
        if re.fullmatch(r"(?:page\s*)?[-–]?\s*\d{1,4}\s*[-–]?(?:\s*(?:/|of)\s*\d{1,4})?", line.text, re.IGNORECASE):
            at_edge = all(
                line.base >= other.base or other.outside for other in lines if other.page == line.page
            ) or all(line.base <= other.base for other in lines if other.page == line.page)
            line.outside = "page number" if at_edge and (pages == 1 or times > 1) else line.outside
        elif times > 1 and times * 3 >= pages and pages > 1:
            line.outside = "running head of the pages"


def _html(lines: Sequence[Line]) -> Iterator[str]:
    words = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", " ".join(line.text for line in lines).lower()))
    read = [line for line in lines if not line.outside]
    body = Counter(round(line.size, 1) for line in read for _ in line.text if line.rows is None).most_common(1)
    size = body[0][0] if body else 0.0
    sizes = sorted(
        {round(line.size, 1) for line in read if line.rows is None and line.size > 1.08 * size}, reverse=True
    )
    for line in lines:
        if line.outside:
            yield f'<p data-line="{line.page}" data-left-out="{escape(line.outside)}">{escape(line.text)}</p>'
    titled = in_list = ""
    in_sources = False
    for block in _blocks(read, size):
        opening = block[0]
        where = f' data-line="{opening.page}"'
        kind = _kind(block, size, in_sources)
        if in_list and kind != in_list:
            yield f"</{in_list}>"
            in_list = ""
        match kind:
            case "table":
                yield (
                    f"<table{where}>"
                    + "".join(
                        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in opening.rows or []
                    )
                    + "</table>"
                )
            case "heading":
                in_sources = bool(SOURCE_LIST.fullmatch(" ".join(line.text for line in block)))
                rank = sizes.index(round(opening.size, 1)) if round(opening.size, 1) in sizes else len(sizes)
                level = 1 if rank == 0 and sizes and not titled else min(6, max(2, rank + 1))
                titled = titled or ("yes" if level == 1 else "")
                yield f"<h{level}{where}>{''.join(_inline(block, words))}</h{level}>"
            case "ul" | "ol":
                text = "".join(_inline(block, words))
                mark = BULLET.match(opening.text) if kind == "ul" else NUMBERED.match(opening.text)
                value = f' value="{mark[1]}"' if kind == "ol" and mark else ""
                yield (
                    ("" if in_list else f"<{kind}>")
                    + f"<li{where}{value}>"
                    + text[mark.end() if mark else 0 :]
                    + "</li>"
                )
                in_list = kind
            case "sources":
                yield from _entries(block, words)
            case _:
                yield f"<p{where}>{''.join(_inline(block, words))}</p>"
    yield f"</{in_list}>" if in_list else ""


def _kind(block: Sequence[Line], size: float, in_sources: bool) -> str:
    opening = block[0]
    text = " ".join(line.text for line in block)
    if opening.rows is not None:
        return "table"
    if _is_heading(opening, size) or SOURCE_LIST.fullmatch(text):
        return "heading"
    if in_sources:
        return "sources"
    return "ul" if BULLET.match(text) else "ol" if NUMBERED.match(text) else "p"


def _is_heading(line: Line, size: float) -> bool:
    larger = line.size > 1.08 * size
    return line.rows is None and len(line.text.split()) <= 20 and (
        larger or (line.bold and not CLOSED.search(line.text))) and bool(re.search(r"[^\W\d_]", line.text))  # fmt: skip


def _blocks(lines: Sequence[Line], size: float) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph, heading, item, table, or of the whole list of sources."""
    steps = Counter(
        round(later.base - line.base, 0)
        for line, later in pairwise(lines)
        if line.page == later.page and 0 < later.base - line.base < 3 * size and line.rows is None
    )
    leading = steps.most_common(1)[0][0] if steps else 1.2 * size
    block: list[Line] = []
    in_sources = False
    for line in lines:
        heading = _is_heading(line, size) or bool(SOURCE_LIST.fullmatch(line.text))
        if block and (in_sources and not heading and line.rows is None and block[0].rows is None):
            block.append(line)
            continue
        if block and not _goes_on(block, line, leading, size):
            yield block
            block = []
        if heading and not block:
            in_sources = bool(SOURCE_LIST.fullmatch(line.text))
            if in_sources:
                yield [line]
                continue
        block.append(line)
    if block:
        yield block


def _goes_on(block: Sequence[Line], line: Line, leading: float, size: float) -> bool:
    """Return whether a line continues the block that the last one belongs to."""
    last, opening = block[-1], block[0]
    if last.rows is not None or line.rows is not None or abs(last.size - line.size) > 0.06 * size:
        return False
    if _is_heading(opening, size) or _is_heading(line, size):
        both = _is_heading(opening, size) and _is_heading(line, size) and line.page == last.page
        return both and 0 < line.base - last.base < 1.5 * line.size
    if BULLET.match(line.text) or (NUMBERED.match(line.text) and (CLOSED.search(last.text) or len(block) == 1)):
        return False
    listed = BULLET.match(opening.text) or NUMBERED.match(opening.text)
    step = line.base - last.base
    closed = bool(CLOSED.search(last.text))
    fills = last.x1 > last.right - 0.12 * (last.right - last.left)
    if line.page == last.page and 0 < step:
        if step > 1.25 * max(leading, 1.1 * line.size):
            return False
        indented = line.x0 > line.left + 0.8 * line.size
        if listed:
            return not closed or fills or line.x0 > opening.x0 + 2
        if indented and not last.x0 > last.left + 0.8 * last.size and closed:
            return False
        short = last.x1 < last.right - 0.3 * (last.right - last.left)
        return not (short and closed and not line.text[:1].islower())
    return not closed or (fills and line.x0 <= line.left + 0.8 * line.size)


def _inline(lines: Sequence[Line], words: Counter[str] | None = None) -> Iterator[str]:
    """Yield the HTML of joined lines, words parted by a hyphen put together again."""
    last = ""
    for line, later in zip(lines, [*lines[1:], None], strict=True):
        pieces = list(line.pieces)
        following = later.unmarked if later else ""
        join = " " if later else ""
        text, raised = pieces[-1]
        if later and not raised:
            stub = re.search(r"([^\W\d_]+)[-\u00ad\u2010]\Z", text)
            if stub and (tail := re.match(r"[^\W\d_]+", following)) and tail[0][0].islower():
                join = ""
                if _hyphen_goes(stub[1], tail[0], words or Counter(), soft=text.endswith("\u00ad")):
                    pieces[-1] = (text[:-1], raised)
            elif re.search(r"\d[-–]\Z", text) and following[:1].isdigit():
                join = ""
            elif re.search(r"(?:https?:|doi\.org|www\.)\S*[/.=_-]\Z", text):
                join = ""
            elif re.search(r"\S[-/]\Z", text) and following[:1].isalnum():
                join = ""
        for piece, up in pieces:
            last = escape(piece)
            yield f"<sup>{last}</sup>" if up else last
        yield join


def _hyphen_goes(stub: str, tail: str, words: Counter[str], *, soft: bool) -> bool:
    """Return whether a hyphen at the end of a line only breaks the word: the rest of the text decides."""
    head, end = stub.lower(), tail.lower()
    if soft or words[head + end]:
        return True
    return not (words[f"{head}-{end}"] or (words[head] > 1 and words[end] > 1))


def _entries(block: Sequence[Line], words: Counter[str]) -> Iterator[str]:
    """Yield the sources: an entry opens with the next number or, unnumbered, where its first line hangs out."""
    entries: list[list[Line]] = []
    numbers: list[int | None] = []
    opened = [found for line in block if (found := ENTRY.match(line.text))]
    numbered = len(opened) > 1 or (bool(opened) and opened[0].string == block[0].text)
    expected = 1
    steps = [after.base - line.base for line, after in pairwise(block) if after.base > line.base]
    gap = 1.3 * min(steps, default=1.0)
    hangs = len({round(line.x0 - line.left) > 4 for line in block}) > 1
    last: Line | None = None
    for line in block:
        found = ENTRY.match(line.text)
        number = int(next(filter(None, found.groups()))) if found else None
        if numbered:
            opens = number is not None and (number == expected or (not entries))
        elif hangs:
            opens = line.x0 - line.left <= 4
        else:
            opens = last is None or not 0 < line.base - last.base <= gap
        if opens or not entries:
            entries.append([line])
            numbers.append(number if numbered else None)
            expected = (number or 0) + 1
        else:
            entries[-1].append(line)
        last = line
    yield "<ol>"
    for entry, number in zip(entries, numbers, strict=True):
        text = "".join(_inline(entry, words))
        if number is not None:
            text = re.sub(rf"\A(?:<sup>)?[\[(]?{number}[\]).:]?(?:</sup>)?\s*", "", text)
        value = f' value="{number}"' if number is not None else ""
        yield f'<li data-line="{entry[0].page}"{value}>{text}</li>'
    yield "</ol>"
