"""Text copied from a page -> its lines, those that a fixed width has broken put together again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.hyphens import counted_words, joined

MAX_LINE = 100_000  # characters, some forty pages of print: a paragraph that long has lost its line ends
MAX_LINES = 200_000  # ten times as many as a long book has paragraphs
MAX_WIDTH = 160  # characters: no program breaks lines wider than that
MIN_BROKEN = 3  # lines that go on in the next one: fewer may be chance
INNER_SPACES = re.compile(r"(?<=\S)[^\S\t]{2,}")
BULLET = re.compile(r"(\s*)(?:[•‣◦▪▫●○■□–—*·-]|\d{1,3}[.)]|[a-z][.)])(?:\s+|(?<=[•‣◦▪▫●○■□]))(?=\S)")
OPENS_ENTRY = re.compile(r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}\t|#+\s|\|)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file; `number` from 1."""

    number: int
    text: str

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


def read_lines(text: str, name: str) -> list[Line]:
    """Return the lines of a text, the blank ones too.

    Raises:
        ImportRefusedError: a line is longer than any paragraph, or there are more than in any book.
    """
    count = text.count("\n") + 1
    if count > MAX_LINES:
        raise ImportRefusedError(f"{name} has {count:,} lines; a page may have {MAX_LINES:,}. Split it.")
    printed = enumerate(text.split("\n"), start=1)
    lines = [Line(number, INNER_SPACES.sub(" ", line.rstrip())) for number, line in printed]
    longest = max(lines, key=lambda line: len(line.text))
    if len(longest.text) > MAX_LINE:
        problem = f"has {len(longest.text):,} characters; a paragraph may have {MAX_LINE:,}. Break it."
        raise ImportRefusedError(f"{name}:{longest.number}: {problem}")
    width = len(longest.text)
    return list(_whole(lines, width)) if width <= MAX_WIDTH and _is_broken(lines, width) else lines


def _is_broken(lines: Sequence[Line], width: int) -> bool:
    """Return whether lines end where the next word would not have fitted, and not where a thought ends."""
    pairs = [(line, after) for line, after in pairwise(lines) if line.text.strip() and _may_go_on(after)]
    full = sum(_is_full(line, after, width) for line, after in pairs)
    return full >= MIN_BROKEN and full * 5 >= len(pairs) * 4


def _may_go_on(line: Line) -> bool:
    return bool(line.text.strip()) and not BULLET.match(line.text) and not OPENS_ENTRY.match(line.text)


def _is_full(line: Line, after: Line, width: int) -> bool:
    return len(line.text) + 1 + len(after.text.split()[0]) > width


def _whole(lines: Sequence[Line], width: int) -> Iterator[Line]:
    """Yield lines with what goes on in the next one put together."""
    words = counted_words(line.text for line in lines)
    number, parts = lines[0].number, [lines[0].text]
    for before, line in pairwise(lines):
        if before.text.strip() and _may_go_on(line) and _is_full(before, line, width):
            whole = joined(parts[-1], line.text.strip(), words)
            parts[-1:] = [f"{parts[-1]} ", line.text.strip()] if whole is None else [whole, line.text.strip()]
        else:
            yield Line(number, "".join(parts))
            number, parts = line.number, [line.text]
    yield Line(number, "".join(parts))
