"""The page's own list of sources: number, reference, tier and address of each entry, for all formats."""

import re
from collections.abc import Iterable

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.page import PageSource

ENTRY = re.compile(r"\s*(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})[.):])\s*(?=\S)(?!\d)")
# "— linkT1": a link's label and the tier's badge, glued by copying.
BADGE = re.compile(r"\s*(?:[—–-]\s*)?\[?(?:link|source|view|open)?\]?\s*\(?(T[1-3])\)?\s*\Z")
LINK_LABEL = re.compile(r"\s+[—–-]\s+\[?(?:link|source|view|open)\]?\s*\Z")
ADDRESS = re.compile(r"https?://[^\s<>\"”]+")
DOI = re.compile(r"\bdoi:\s*(10\.\d{4,}/[^\s<>\"”]+)", re.IGNORECASE)


def entry_number(line: str) -> int | None:
    """Return the number that opens an entry of the list.

    >>> entry_number("  3. Author A. A title. 2016;173(7):680-687.")
    3
    """
    found = ENTRY.match(line)
    return int(found[1] or found[2] or found[3]) if found else None


def read_entry(text: str, *, number: int, line: int, anchor: str = "", address: str = "") -> PageSource:
    """Return one entry: its own number, link label and badge taken off, all other characters kept."""
    reference = " ".join(text.split())
    badge = BADGE.search(reference)
    tier = badge[1] if badge else ""
    if badge:
        reference = reference[: badge.start()]
    reference = LINK_LABEL.sub("", reference).strip()
    if not address:
        printed, doi = ADDRESS.search(reference), DOI.search(reference)
        address = _bare(printed[0]) if printed else f"https://doi.org/{_bare(doi[1])}" if doi else ""
    return PageSource(number, tier, reference, address, anchor, line)


def _bare(address: str) -> str:
    """Return an address without the punctuation of the sentence around it; brackets of its own stay."""
    bare = address.rstrip(".,;:")
    while bare.endswith((")", "]")) and bare.count("(") + bare.count("[") < bare.count(")") + bare.count("]"):
        bare = bare[:-1].rstrip(".,;:")
    return bare


def checked(sources: Iterable[PageSource], name: str) -> tuple[PageSource, ...]:
    """Return sources by number.

    Raises:
        ImportRefusedError: a number stands twice, or an entry is empty.
    """
    by_number: dict[int, PageSource] = {}
    for source in sources:
        where = f"{name}:{source.line}" if source.line else name
        if source.number in by_number:
            raise ImportRefusedError(
                f"{where}: source {source.number} stands twice in the list (“{source.reference[:60]}”). "
                "Number the list anew."
            )
        if not re.search(r"\w", source.reference):
            raise ImportRefusedError(f"{where}: source {source.number} has no reference. Write it or take it out.")
        by_number[source.number] = source
    return tuple(by_number[number] for number in sorted(by_number))
