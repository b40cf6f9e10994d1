"""Tables in copied text: by tabs where the browser kept them, else flattened to one line a row.

A flattened row is parted again where a cell opens: with a capital letter, not directly behind a word that asks for
another one ("of", "the", a comma). The row's columns are taken only when exactly as many cells open as the table has.
"""

import re
from collections import Counter
from collections.abc import Sequence

from ipt_rag.importing.markers import PRINTED

CLOSED = re.compile(rf"[.!?…:;][”\"’'»)\]]*{PRINTED}\s*$")
OPENS_CELL = re.compile(r"[\"“‘'(]?(?:[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]|[AI]\b)")
ASKS_FOR_MORE = frozenset(
    "a an and are as at by for from her his in into is its my no of on or our per than that the their this to via vs"
    " with your".split()
)
MIN_ROWS = 2


def is_row(line: str) -> bool:
    """Return whether a line may be a flattened row: it holds two cells or more and closes no sentence."""
    return (
        bool(re.match(r"[\"“‘'(]?[A-Z0-9]", line.strip()))
        and not CLOSED.search(line)
        and len(cell_starts(line.strip())) > 1
    )


def is_table(lines: Sequence[str]) -> bool:
    """Return whether rows are a table, not a list of names or titles: their cells go on in small letters."""
    if any("\t" in line for line in lines):
        return len(lines) > 1
    small = [len(re.findall(r"(?<=\s)[a-z]", line)) >= len(cell_starts(line.strip())) for line in lines[1:]]
    return len(small) >= MIN_ROWS and sum(small) * 2 > len(small)


def cell_starts(row: str) -> list[int]:
    """Return where cells may open in a flattened row, the first at 0."""
    starts = [0]
    brackets = 0
    before = ""
    for word in re.finditer(r"\S+", row):
        asks = not before or before[-1] in ",;:-–—(&/+" or before.lower().rstrip(".") in ASKS_FOR_MORE
        if not asks and not brackets and OPENS_CELL.match(row, word.start()):
            starts.append(word.start())
        before = word[0]
        brackets += before.count("(") - before.count(")")
    return starts


def restore(lines: Sequence[str]) -> tuple[tuple[str, ...], list[tuple[str, ...]]] | None:
    """Return the header's cells and each row's, or None where the columns cannot be told.

    A row whose cells cannot be told comes back as a single cell.
    """
    if all("\t" in line for line in lines):
        table = [tuple(cell.strip() for cell in line.split("\t")) for line in lines]
        width = len(table[0])
        return (table[0], table[1:]) if all(len(row) <= width for row in table) else None
    header, rows = lines[0].strip(), [line.strip() for line in lines[1:]]
    starts = [cell_starts(row) for row in rows]
    (width, times), *_ = Counter(len(start) for start in starts).most_common(1)
    columns = _header_cells(header, width)
    if width < 2 or times * 2 <= len(rows) or columns is None:
        return None
    return columns, [
        _cut(row, start) if len(start) == width else (row,) for row, start in zip(rows, starts, strict=True)
    ]


def _header_cells(header: str, width: int) -> tuple[str, ...] | None:
    """Return the header in `width` cells; there an acronym may open a cell too."""
    starts = cell_starts(header)
    if len(starts) != width:
        starts = [0] + [
            found.end()
            for found in re.finditer(r"\s+(?=[A-Z])", header)
            if header[found.start() - 1] not in ",;:-–—(&/+"
        ]
    return _cut(header, starts) if len(starts) == width else None


def _cut(text: str, starts: Sequence[int]) -> tuple[str, ...]:
    return tuple(text[start:end].strip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True))
