"""The characters of a page -> its printed lines in reading order, superscripts, columns and ruled tables told apart.

Lines are told by baselines, superscripts by a smaller size and a raised baseline, columns by the gutter between them.
A table stands as one line, the text of its cells set by the same rules.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

SMALL = 0.82  # of the size of the text around it: superscripts are set at 0.5 to 0.75
RAISED = (0.12, 0.9)  # how far above the baseline a superscript stands, in sizes of the text
SPACE = 0.18  # of the size: a wider gap parts words
MAX_WIDTH = 14_400  # points: as wide as a page of a PDF may be
MIN_GUTTER = 8  # points between columns
ITEM_LABEL = re.compile(r"[•‣◦▪▫●○■□∙·–-]|\d{1,3}[.)]?|[a-z][.)]")
MAX_LABEL_SHIFT = 0.4  # of the size: how far the baseline of an item's label may stand from that of its line
MAX_LABEL_GAP = 4  # sizes of the text between a label and its item
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
    rows: list[list[list["Line"]]] | None = None  # a table in place of a line: the lines of each cell
    outside: str = ""  # why the line is no part of the text

    @property
    def text(self) -> str:
        """All its words."""
        return "".join(text for text, _ in self.pieces).strip()

    @property
    def unmarked(self) -> str:
        """Its words without superscripts."""
        return "".join(text for text, raised in self.pieces if not raised).strip()


def page_lines(page: Any) -> list[Line]:
    """Return the lines of a page of pdfplumber's, column by column."""
    chars = [char for char in page.chars if char["upright"] and char["text"].strip()]
    _set_bases(chars)
    tables = []
    if len(page.edges) >= 6:
        tables = [
            each for each in page.find_tables() if len(each.rows) > 1 and max(len(r.cells) for r in each.rows) > 1
        ]
    found: list[Line] = []
    for table in tables:
        x0, top, x1, bottom = table.bbox
        rows = [
            [_set_lines(_within(chars, cell), page.page_number) if cell else [] for cell in row.cells]
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
    # Its middle counts: a long word of a ragged column may reach into the gutter.
    middle = (left + right) / 2
    reach = MIN_GUTTER / 2
    crossing = {round(_base(char)) for char in chars if char["x0"] < middle + reach and char["x1"] > middle - reach}
    over = [char for char in chars if any(abs(_base(char) - base) < 2 for base in crossing)]
    columns = [char for char in chars if not any(abs(_base(char) - base) < 2 for base in crossing)]
    whole = sorted([*found, *_set_lines(over, page.page_number)], key=lambda line: line.base)
    one = _set_lines([char for char in columns if char["x1"] <= middle], page.page_number)
    two = _set_lines([char for char in columns if char["x1"] > middle], page.page_number)
    ordered: list[Line] = []
    for line in [*whole, None]:
        above = [[each for each in column if line is None or each.base < line.base] for column in (one, two)]
        one, two = one[len(above[0]) :], two[len(above[1]) :]
        heads = [_head(above, line)] if line else []
        ordered += [each for column in above for each in column if each not in heads]
        ordered += [each for each in (*heads, line) if each]
    return ordered


def _head(columns: Sequence[Sequence[Line]], line: Line) -> Line | None:
    """Return the heading that stands in one column only because it is short, right above a line over both."""
    last = max((column[-1] for column in columns if column), key=lambda each: each.base, default=None)
    ends = [column[-1].base for column in columns if column]
    alone = last is not None and ends.count(last.base) == 1
    return last if last and alone and (last.size > 1.08 * line.size or (last.bold and not line.bold)) else None


def _set_bases(chars: Iterable[Char]) -> None:
    """Give each character its "base": how far down its baseline stands.

    A raised sign stands on a matrix of its own, or on that of its line with a rise. The rise shows only in its box,
    which then lies higher over the matrix than those of the other signs in its font.
    """
    over = Counter(
        (char["fontname"], round((char["y0"] - char["matrix"][5]) / char["size"], 2)) for char in chars if char["size"]
    )
    usual: dict[str, float] = {}
    for (font, share), _ in over.most_common():
        usual.setdefault(font, share)
    for char in chars:
        lift = char["y0"] - char["matrix"][5] - usual.get(char["fontname"], 0.0) * char["size"]
        char["base"] = -float(char["matrix"][5]) - (lift if abs(lift) > 0.05 * char["size"] else 0.0)


def _base(char: Char) -> float:
    return float(char["base"])


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
    if last - first > MAX_WIDTH:  # a damaged file: some sign stands a million miles away
        return None
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
    if best is None or best[1] - best[0] < MIN_GUTTER:
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
    return _labelled(sorted((_line(line, page, left, right) for line in lines if line), key=lambda line: line.base))


def _labelled(lines: Sequence[Line]) -> list[Line]:
    """Return lines with the label of a list item, set in a size or on a baseline of its own, in the line beside it."""
    kept: list[Line] = []
    labels = {index: line for index, line in enumerate(lines) if ITEM_LABEL.fullmatch(line.text)}
    for index, label in labels.items():
        beside = [
            line
            for at, line in enumerate(lines)
            if at not in labels
            and abs(line.base - label.base) < MAX_LABEL_SHIFT * line.size
            and 0 < line.x0 - label.x1 < MAX_LABEL_GAP * line.size
            and label.size < 1.5 * line.size
        ]
        if not beside:
            kept.append(lines[index])
            continue
        item = min(beside, key=lambda line: abs(line.base - label.base))
        stop = "." if label.text.isdigit() else ""
        item.pieces.insert(0, (f"{label.text}{stop} ", False))
        item.x0 = label.x0
    kept += [line for index, line in enumerate(lines) if index not in labels]
    return sorted(kept, key=lambda line: line.base)


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


def mark_running_heads(lines: Sequence[Line]) -> None:
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
