"""The page's own list of sources: number, reference, tier and address of each entry, for all formats."""

import re
from collections.abc import Iterable

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.page import PageSource

ENTRY = re.compile(r"\s*(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})(?:[.):]|(?=\t)))\s*(?=\S)(?!\d)")
OWN_NUMBER = re.compile(r"^\s*[\[(]?\d{1,3}(?:[.):\]]|(?=\t))\s*")
# "^ Jump up to: a b": the way back to where a wiki's entry is cited.
WAY_BACK = re.compile(r"\A\s*[\^↑]\s*(?:Jump up(?: to)?:?\s*)?(?:[a-z]{1,2}\s+)*")
DATED = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b|\bn\.d\.|\bin press\b|https?://")
OPENS = re.compile(r"\W{0,3}(?:[a-z]{1,3}\s|d[’'])?[A-ZÀ-ÖØ-Þ0-9]")
# "— linkT1": a link's label and the tier's badge, glued by copying.
BADGE = re.compile(r"\s*(?:[—–-]\s*)?\[?(?:link|source|view|open)?\]?\s*\(?(T[1-3])\)?\s*\Z")
LINK_LABEL = re.compile(r"\s+[—–-]\s+\[?(?:link|source|view|open)\]?\s*\Z")
ADDRESS = re.compile(r"https?://[^\s<>\"”]+")
DOI = re.compile(r"\bdoi:\s*(10\.\d{4,}/[^\s<>\"”]+)", re.IGNORECASE)


# What libraries of articles call their links: "[PubMed] [Google Scholar]". Some are words of a reference too, and are
# links only in brackets or where the page links them.
LIBRARIES = r"pubmed(?: central)?|pmc free article|google scholar|cross-?ref(?: full text)?|scopus|web of science"
LINK_WORDS = r"pmc|doi|article|(?:view|free )?(?:article|full text)|abstract|isi|ads|cas|medline|embase|link|view|open"
LINK_LABELS = re.compile(
    rf"\W*(?:(?:{LIBRARIES}|{LINK_WORDS}|view in scopus|view pdf|export citation|download references)\W*)+",
    re.IGNORECASE,
)
GLUED_LINK = r"(?-i:(?:PubMed|Google Scholar|Cross[Rr]ef|PMC free article)(?![a-z]))"
LINKS_BEHIND = re.compile(rf"(?:\s*(?:\[(?:{LIBRARIES}|{LINK_WORDS})\]|\||{GLUED_LINK}))+\s*\Z", re.IGNORECASE)
MAX_SOURCES = 999  # a citation in an article file has one to three digits
MAX_LINKS = 300  # characters at the end of an entry in which they stand


def entry_number(line: str) -> int | None:
    """Return the number that opens an entry of the list.

    >>> entry_number("  3. Author A. A title. 2016;173(7):680-687.")
    3
    """
    found = ENTRY.match(line)
    return int(found[1] or found[2] or found[3]) if found else None


def entry_lines(text: str) -> list[str]:
    r"""Return the entries that lines hold, one or more lines each; none where the first line opens no entry.

    A list with numbers has an entry for each number, one without for each line that names a year or an address.

    >>> entry_lines("1. Lee A. Calm.\n2. Klee B.\nRest.")
    ['1. Lee A. Calm.', '2. Klee B. Rest.']
    """
    lines = [line for line in text.split("\n") if line.strip()]
    numbered = bool(lines) and entry_number(lines[0]) is not None
    entries: list[str] = []
    for line in lines:
        opens = entry_number(line) is not None if numbered else opens_entry(line)
        if opens:
            entries.append(line.strip())
        elif entries:
            entries[-1] += f" {line.strip()}"
        else:
            return []
    return entries


def opens_entry(line: str) -> bool:
    """Return whether a line without a number may open an entry: it begins as a name or title does, and is dated."""
    bare = WAY_BACK.sub("", line)
    return bare != line or bool(OPENS.match(bare) and DATED.search(bare))


def read_entry(text: str, *, number: int, line: int, anchor: str = "", address: str = "") -> PageSource:
    """Return one entry: its own number, link label and badge taken off, all other characters kept."""
    reference = " ".join(WAY_BACK.sub("", text).split())
    reference = reference[:-MAX_LINKS] + LINKS_BEHIND.sub("", reference[-MAX_LINKS:])
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
        ImportRefusedError: a number stands twice or is none that an article file can hold, or an entry is empty.
    """
    by_number: dict[int, PageSource] = {}
    for source in sources:
        where = f"{name}:{source.line}" if source.line else name
        if source.number in by_number:
            raise ImportRefusedError(
                f"{where}: source {source.number} stands twice in the list (“{source.reference[:60]}”). "
                "Number the list anew."
            )
        if not 1 <= source.number <= MAX_SOURCES:
            raise ImportRefusedError(
                f"{where}: the list has a source {source.number}. Number it from 1 to {MAX_SOURCES} at most."
            )
        if not re.search(r"\w", source.reference):
            raise ImportRefusedError(f"{where}: source {source.number} has no reference. Write it or take it out.")
        by_number[source.number] = source
    return tuple(by_number[number] for number in sorted(by_number))
