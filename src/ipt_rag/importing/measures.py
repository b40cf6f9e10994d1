"""What stands around a number -> whether it is an exponent or part of a statistic, and no marker."""

import re
from typing import Literal

UNITS = r"[a-zA-Zα-ωΑ-Ω]|[cdkmnµμ]m|[km]?g|[mn]s|[mc]l|sec|min|hr|ft|yd|mol|Hz|rad"
EXPONENT = re.compile(rf"(?:\d|(?:^|[^\w])(?:{UNITS})|[^\W\d_]_\w{{1,3}})\Z")
YEAR_CLOSED = re.compile(r"(?:^|[^\w.,^])(?:1[5-9]|20)\d\d\Z")
NEAR = 40  # characters before a number that tell what it is

PAIR = re.compile(r"\d+\s?[,;–-]\s?\d+")
COMPARED = re.compile(r"[\])]*\s*(?:=|<|>|≤|≥|≈|~)")
LINKED = r"(?:\s(?:of|was|is|from|between)|\s?[:=,])"
INTERVAL = (
    rf"(?:\bCrI|\bCI|\bHDI|\bIQR|\b(?:confidence|credible|interquartile|prediction)\s(?:interval|range))s?{LINKED}?"
)
CERTAIN = re.compile(
    rf"(?:{INTERVAL}|\b(?:intervals?|range[sd]?|limits|bounds|d\.?f\.?){LINKED}|\d\s?%{LINKED}|\bbetween|[=≈])\s?\Z"
    r"|(?:^|[^\w])(?:[FtzrHQUχ]|[χX][²2])\Z",
    re.IGNORECASE,
)
DOUBTFUL = re.compile(r"(?:\b(?i:intervals?|range[sd]?|limits|bounds)|\b9[059]\s?%|(?:^|[^\w])(?:[FtHQUχ]|χ[²2]))\s?\Z")


def is_exponent(before: str) -> bool:
    """Return whether what is raised behind these words is an exponent: behind a number or the sign of a unit.

    >>> is_exponent("a path 12 m"), is_exponent("times 10"), is_exponent("mood rose"), is_exponent("in 1974")
    (True, True, False, True)
    """
    return bool(EXPONENT.search(before))


def is_typed_exponent(before: str) -> bool:
    """Return whether what follows a caret behind these words is an exponent; a year has none.

    >>> is_typed_exponent("in kg/m"), is_typed_exponent("in 1974")
    (True, False)
    """
    bare = before.rstrip()
    return is_exponent(bare) and not YEAR_CLOSED.search(bare)


def statistic(before: str, numbers: str, behind: str) -> Literal["no", "yes", "doubtful"]:
    """Return whether numbers in brackets between these words are degrees of freedom or an interval.

    >>> statistic("An F test gave F", "1, 58", "] = 4.2"), statistic("a CI of ", "1, 2", "] was found")
    ('yes', 'yes')
    >>> statistic("a wide range ", "1, 2", "]."), statistic("mood rose ", "1, 2", "].")
    ('doubtful', 'no')
    """
    if COMPARED.match(behind):
        return "yes"
    if not PAIR.fullmatch(numbers):
        return "no"
    near = before[-NEAR:].rstrip("[(^")
    return "yes" if CERTAIN.search(near) else "doubtful" if DOUBTFUL.search(near) else "no"
