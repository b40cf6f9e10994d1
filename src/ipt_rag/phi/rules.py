"""A pattern that names a kind of identifier, and the loop that applies a table of them.

Every quantifier in our patterns is bounded, so that the time for a text grows with its length and no faster; the tests
fuzz each pattern for it. Texts arrive normalised (`normalise.py`): ASCII quotes, dashes and digits.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ipt_rag.phi.kinds import Kind

Check = Callable[[re.Match[str]], bool]
Found = tuple[Kind, int, int]


@dataclass(frozen=True, slots=True)
class Rule:
    """What to look for; the group named `id`, where there is one, is the identifier itself."""

    kind: Kind
    pattern: re.Pattern[str]
    check: Check | None = None  # a last look at the match: a checksum, a word beside it
    digit: bool = False  # matches nothing without a digit, so a text without one needs no look


def rule(kind: Kind, pattern: str, check: Check | None = None, *, case: bool = False, digit: bool = False) -> Rule:
    """Return a rule; letters match either case unless `case` is set."""
    return Rule(kind, re.compile(pattern, 0 if case else re.IGNORECASE), check, digit)


def scan(rules: Iterable[Rule], text: str) -> Iterator[Found]:
    """Yield what the rules find in a normalised text, rule by rule."""
    has_digit = any("0" <= character <= "9" for character in text)
    for each in rules:
        if each.digit and not has_digit:
            continue
        named = "id" in each.pattern.groupindex
        for match in each.pattern.finditer(text):
            if each.check is None or each.check(match):
                start, end = match.span("id") if named else match.span()
                if start < end:
                    yield each.kind, start, end


def before(match: re.Match[str], length: int) -> str:
    """Return up to `length` characters before the match, in lower case."""
    return match.string[max(0, match.start() - length) : match.start()].lower()


def after(match: re.Match[str], length: int) -> str:
    """Return up to `length` characters behind the match, in lower case."""
    return match.string[match.end() : match.end() + length].lower()


def digits(text: str) -> str:
    """Return the ASCII digits of a text."""
    return "".join(character for character in text if "0" <= character <= "9")
