"""A table element -> its header and rows, each with a cell for every column; None where it only lays a page out."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from ipt_rag.importing.html_tree import Element, runs_of, trimmed, words_of
from ipt_rag.importing.page import Run, Runs

MAX_SPAN = 50  # columns or rows; HTML allows a thousand
MAX_COLUMNS = 200
EMPTY: Runs = (Run(" "),)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of data; each row stands beside its element, which knows its place in the file."""

    header: tuple[Runs, ...]
    rows: tuple[tuple[Element, tuple[Runs, ...]], ...]
    opening: Element  # the first row
    headed: bool  # whether the table itself says what its header is


def read_table(table: Element) -> Table | None:
    """Return a table of two columns and rows or more.

    Any other is read part by part instead; so is one that holds tables, or is wider than any table for people.
    """
    if table.get("role") == "presentation" or any(inner is not table for inner in table.iter("table")):
        return None
    elements = [row for row in table.iter("tr") if any(cell.tag in ("td", "th") for cell in row)]
    grid = _grid(elements)
    width = max((len(row) for row in grid), default=0)
    if not 2 <= width < MAX_COLUMNS or len(grid) < 2:
        return None
    heads = sum(row.getparent().tag == "thead" for row in elements)
    all_th = all(cell.tag == "th" for cell in elements[0] if cell.tag in ("td", "th"))
    depth = min(max(1, heads), len(grid) - 1)
    header = tuple(_over([row[column] for row in grid[:depth] if column < len(row)]) for column in range(width))
    rows = tuple(
        (element, tuple(row))
        for element, row in zip(elements[depth:], grid[depth:], strict=True)
        if any(words_of(cell).strip() for cell in row)
    )
    return Table(header, rows, elements[0], bool(heads) or any(True for _ in table.iter("thead")) or all_th)


def _grid(rows: Sequence[Element]) -> list[list[Runs]]:
    """Return the cells of rows; one that reaches down stands in each row, one that reaches aside in its first column.

    A row read alone then still says what it is about.
    """
    grid: list[list[Runs]] = []
    reaching: dict[int, tuple[int, Runs]] = {}  # column -> rows left, cell
    for row in rows:
        cells: list[Runs] = []
        queue = deque(cell for cell in row if cell.tag in ("td", "th"))
        lone = len(queue) == 1 and not reaching
        while (queue or len(cells) in reaching) and len(cells) < MAX_COLUMNS:
            column = len(cells)
            if column in reaching:
                left, above = reaching.pop(column)
                if left > 1:
                    reaching[column] = (left - 1, above)
                cells.append(above)
                continue
            cell = queue.popleft()
            read = trimmed(runs_of(cell))
            down, aside = _span(cell, "rowspan"), _span(cell, "colspan")
            for shift in range(1 if lone else aside):
                cells.append(read if shift == 0 or row.getparent().tag == "thead" else EMPTY)
                if down > 1:
                    reaching[column + shift] = (down - 1, cells[-1])
        grid.append(cells)
    return grid


def _span(cell: Element, key: str) -> int:
    value = cell.get(key, "1")
    return min(int(value), MAX_SPAN) if value.isdigit() and int(value) else 1


def _over(cells: Sequence[Runs]) -> Runs:
    """Return the header of one column, the lines of a header of several put together."""
    told = [cell for index, cell in enumerate(cells) if words_of(cell).strip() and cell not in cells[:index]]
    if not told:
        return EMPTY
    return tuple(run for index, cell in enumerate(told) for run in ((*((Run(" "),) if index else ()), *cell)))
