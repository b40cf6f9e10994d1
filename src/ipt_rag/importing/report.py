"""What an import recognised, what it left out and what a person should look at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ipt_rag.importing.page import Counted, Doubt, LeftOut
from ipt_rag.importing.stamp import stamped
from ipt_rag.importing.write import front_matter

Outcome = Literal["added", "replaced", "unchanged"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One page's import; lines count from 1 in the file that was added, pages in a PDF."""

    file: str
    title: str
    sections: int
    paragraphs: int
    items: int
    definitions: int
    rows: int
    vignettes: int
    marker_groups: int  # groups that carry source numbers
    llm_tags: int
    sources: int
    left_out: tuple[LeftOut, ...]
    doubts: tuple[Doubt, ...]
    counted: Counted


@dataclass(frozen=True, slots=True)
class PlacedText:
    """The words of one block of the article, without its markers, and where they stand in the file that was added."""

    text: str
    line: int  # as the report counts; 0 where the format has neither lines nor pages
    number: int  # of the block in the article, from 1; 0 for the title


@dataclass(frozen=True, slots=True)
class ImportedPage:
    """An article file, not yet written."""

    about: Mapping[str, str]  # the front matter
    body: str  # what stands below it
    texts: tuple[PlacedText, ...]
    data: bytes  # the file that was added
    report: ImportReport

    @property
    def slug(self) -> str:
        """The name of the article."""
        return self.about["slug"]

    @property
    def markdown(self) -> str:
        """The whole file, with the digest by which an edit by hand is told."""
        return stamped(front_matter(self.about) + self.body)

    def saying(self, **about: str) -> "ImportedPage":
        """Return the page with other entries in its front matter, or more of them."""
        return replace(self, about={**self.about, **about})


@dataclass(frozen=True, slots=True)
class AddedPage:
    """Where the article of a page now stands, and what had to be done for it."""

    path: Path
    outcome: Outcome
    report: ImportReport | None  # None where the file was one that an article is made from already
    notes: tuple[str, ...] = ()  # further sentences for whoever added it

    @property
    def written(self) -> bool:
        """Whether an article file was written."""
        return self.outcome != "unchanged"
