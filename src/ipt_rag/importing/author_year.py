"""Author and year in the text (`(Cuijpers et al., 2016)`, `Cuijpers et al. (2016)`) -> entries of the page's list."""

import re
from collections.abc import Iterator, Sequence

from ipt_rag.importing.page import PageSource

NAME = r"(?:(?:van|von|de|der|den|di|da|la|le|al|el)\s)*[A-ZÀ-ÖØ-Þ][\w’'-]+"
OTHERS = rf"(?:,?\s(?:and|&)\s{NAME}|,?\set\sal\.?|(?:,\s{NAME}){{1,4}},?\s(?:and|&)\s{NAME})?"
YEARS = r"(?:1[89]|20)\d\d[a-z]?(?:,\s(?:1[89]|20)\d\d[a-z]?){0,4}"
CITED = re.compile(rf"(?P<name>{NAME}){OTHERS},?\s(?P<years>{YEARS})")
IN_BRACKETS = re.compile(rf"\((?:[^()\d]{{0,40}}\s)?{NAME}{OTHERS},\s{YEARS}[^()]{{0,200}}\)")
IN_SENTENCE = re.compile(rf"(?P<name>{NAME}){OTHERS}\s\((?P<years>{YEARS})\)")


def citations(text: str) -> Iterator[tuple[re.Match[str], list[tuple[str, str]]]]:
    """Yield where works are cited by author and year, with the first author and year of each."""
    for place in IN_BRACKETS.finditer(text):
        yield (
            place,
            [(found["name"], year) for found in CITED.finditer(place[0]) for year in found["years"].split(", ")],
        )
    for place in IN_SENTENCE.finditer(text):
        yield place, [(place["name"], year) for year in place["years"].split(", ")]


def entries(name: str, year: str, sources: Sequence[PageSource]) -> list[int]:
    """Return the numbers of the sources whose first author and year these are.

    A letter behind the year tells apart what one author wrote in it; a list may leave it out.
    """
    by_author = [each for each in sources if re.match(rf"\W*{re.escape(name)}\b", each.reference, re.IGNORECASE)]
    exact = [each.number for each in by_author if re.search(rf"(?<!\d){year}\b", each.reference)]
    return exact or [each.number for each in by_author if re.search(rf"(?<!\d){year[:4]}(?!\d)", each.reference)]
