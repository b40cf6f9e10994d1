"""What an import recognised, what it left out and what a person should look at."""

from dataclasses import dataclass
from pathlib import Path

from ipt_rag.importing.page import Counted, Doubt, LeftOut


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
class ImportedPage:
    """An article file's text, not yet written."""

    slug: str
    markdown: str
    report: ImportReport


@dataclass(frozen=True, slots=True)
class AddedPage:
    """Where an article file now stands, and whether it had to be written."""

    path: Path
    written: bool  # False when the same text stood there already
    report: ImportReport
