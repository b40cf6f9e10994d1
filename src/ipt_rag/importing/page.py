"""The neutral structure between readers and the writer: what a page says, whatever container it came in.

A reader finds blocks, sources and page furniture; it decodes no citation. Where its format shows that a run
stands raised or links to a reference, the run says so, and the one citation grammar (`markers`) reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Counted = Literal["line", "page", "none"]  # what a format counts places by
BlockKind = Literal["heading", "paragraph", "item", "definition", "header", "row", "vignette"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text set in one way."""

    text: str
    raised: bool = False  # printed as a superscript
    target: str = ""  # the place on the page it links to, without "#"


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class PageBlock:
    """One heading, paragraph, list item, definition, table header or table row."""

    kind: BlockKind
    cells: tuple[Runs, ...]  # one; term and meaning of a definition; the columns of a header or row
    line: int  # in the file, from 1, or the page of a PDF; 0 where the format has neither
    level: int = 0  # of a heading: 2 for a section; of an item: 0 for the outermost list
    number: int | None = None  # printed before an item of a numbered list

    @property
    def text(self) -> str:
        """The words of all cells, for a message or a comparison."""
        return " ".join("".join(run.text for run in cell) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class PageSource:
    """One entry of the page's own list of sources, as printed but for its number and link label."""

    number: int
    tier: str  # "T1" to "T3"; "" where the page names none
    reference: str
    address: str  # "" where the page shows none
    anchor: str  # the place on the page that its citations link to; "" where there are no links
    line: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line of the page that is no part of the article."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something kept as it stands that a person should look at."""

    line: int
    text: str
    problem: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page as its reader understood it."""

    title: str
    about: Mapping[str, str]  # version, date, provenance: what the page states of itself
    blocks: tuple[PageBlock, ...]
    sources: tuple[PageSource, ...]  # by number
    left_out: tuple[LeftOut, ...]
    doubts: tuple[Doubt, ...]
    counted: Counted  # what `line` counts


def place(name: str, line: int, counted: Counted) -> str:
    """Return how a message names a place in a file.

    >>> place("page.pdf", 3, "page"), place("page.txt", 7, "line")
    ('page.pdf, page 3', 'page.txt:7')
    """
    if not line or counted == "none":
        return name
    return f"{name}:{line}" if counted == "line" else f"{name}, page {line}"


class Reader(Protocol):
    """What every format offers: the page in the bytes of one file."""

    def __call__(self, data: bytes, name: str) -> Page:
        """Return the page; `name` is the file's name, for messages and a missing title.

        Raises:
            ImportRefusedError: the bytes are not such a file, or hold no article.
        """


def plain(text: str) -> Runs:
    """Return the runs of a text without any setting of its own."""
    return (Run(text),)
