"""Which lines of a saved page are furniture: the site's own words around the article.

The vocabulary is that of web pages at large (votes, shares, credits, reading times, forms); it stands in
`furniture.toml`, each rule under the reason that the import report gives.
"""

import re
import tomllib
from importlib.resources import files

_WORDS = tomllib.loads(files("ipt_rag.importing").joinpath("furniture.toml").read_text("utf-8"))


MAX_FURNITURE = 300  # characters: a longer line is part of the article, and most of a page's lines are


def _any_of(alternatives: list[str], *, closing: str = "") -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(alternatives)}){closing}", re.IGNORECASE)


LINES: dict[str, re.Pattern[str]] = {reason: _any_of(rules) for reason, rules in _WORDS["lines"].items()}
SECTIONS = _any_of(_WORDS["sections"], closing=r"\W*")  # headings of links and forms
SOURCE_LIST = _any_of(_WORDS["sources"], closing=r"\s*:?")  # headings of a list of sources
OPENINGS = _any_of(_WORDS["openings"], closing=r"\s*:?")  # names of sections, which no page has for its title
NOTICE = _any_of(_WORDS["notices"])  # openings of a warning to the reader: content, kept apart
PROVENANCE = _any_of(_WORDS["provenance"], closing=r"\s*[.:—–]\s")  # run-in heading of a page's word on itself
FACT_LABELS: frozenset[str] = frozenset((*_WORDS["labels"], *_WORDS["furniture_labels"]))
FURNITURE_LABELS: frozenset[str] = frozenset(_WORDS["furniture_labels"])


def furniture_reason(line: str) -> str:
    """Return why a line is no part of the article, or "" when it may be one.

    >>> furniture_reason("1,204 upvotes")
    'votes'
    >>> furniture_reason("Twelve people voted.")
    ''
    """
    text = line.strip()
    if len(text) > MAX_FURNITURE:
        return ""
    return next((reason for reason, pattern in LINES.items() if pattern.fullmatch(text)), "")
