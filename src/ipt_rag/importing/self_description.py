"""What a page says of itself: provenance, version, date and number of sources, for all formats."""

import re
from collections.abc import Sequence

from ipt_rag.importing.furniture import PROVENANCE
from ipt_rag.importing.page import Doubt, PageBlock

VERSION = re.compile(r"\bversion\s+v?(\d+(?:\.\d+)*)", re.IGNORECASE)
DATE = re.compile(
    r"\b(?:generated|updated|reviewed|published|modified|version of|date)\D{0,12}(\d{4}-\d{2}-\d{2})", re.IGNORECASE
)
STATED_COUNT = re.compile(r"\b(\d{1,3}) (?:sources|references|citations)\b", re.IGNORECASE)


def describe(blocks: Sequence[PageBlock], sources: int) -> tuple[dict[str, str], list[Doubt]]:
    """Return front matter taken from the page's own words, and where those words disagree with the list of sources."""
    said = [block for block in blocks if PROVENANCE.match(block.text)]
    provenance = " ".join(block.text for block in said)
    version, date = VERSION.search(provenance), DATE.search(provenance)
    about = {"provenance": provenance, "version": version[1] if version else "", "date": date[1] if date else ""}
    doubts = [
        Doubt(said[0].line, stated[0], f"the page says {stated[0]} but lists {sources}")
        for stated in STATED_COUNT.finditer(provenance)
        if int(stated[1]) != sources
    ]
    return {key: value for key, value in about.items() if value}, doubts
