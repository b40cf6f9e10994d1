"""Rules for a label and its value: "MRN: 204417", "case no. 7-231", "fingerprint file 8842"."""

import re

from ipt_rag.phi.codes import LITERATURE, PUBLIC_ID
from ipt_rag.phi.kinds import Kind
from ipt_rag.phi.rules import Check, Rule, before, digits, rule

# Between a label and its value: "number", "#", "is", ":" and their like.
_GLUE_WORDS = (
    r"numbers?|num|no|nr|nos|id|ids|identifier|code|is|are|was|of|with|ending|ends|in|as|stored|"
    r"filed|reads|on\sfile|on|the|under|card|ref|template|record|file|scan|profile|sample|image|"
    r"tag"
)
_GLUE = rf"[\s\"'=:#.,(*/-]{{0,4}}(?:(?:{_GLUE_WORDS})(?![a-z])[\s\"'=:#.,(*/-]{{1,4}}){{0,4}}"
_NUMBER_WORD = r"[\s\"'(.-]{0,3}(?:numbers?|num|no|nr|id|ids|identifier|code|ending|details|#|:)(?![a-z])"
# A value holds a digit in its first group or the next ("MH 12 DE 1433"); later groups must hold digits.
VALUE = (
    r"(?P<id>#?(?=[a-z/._-]{0,8} ?[a-z/._-]{0,4}\d)[a-z0-9][a-z0-9/._-]{1,28}(?:[ -]{1,2}[a-z]"
    r"{0,3}\d[a-z0-9-]{0,10}|[ ][A-Z]{1,3}(?=[ ]\d)){0,5})"
)


def valued(least: int) -> Check:
    """Return a check that a labelled value has `least` digits and is no trial, article, code, year or quantity."""

    def check(match: re.Match[str]) -> bool:
        value = match["id"].strip(" .-/")
        return len(digits(value)) >= least and not PUBLIC_ID.match(value) and not LITERATURE.search(before(match, 40))

    return check


def labelled(kind: Kind, labels: str, *, least: int = 3) -> Rule:
    """Return a rule for labels that can only be followed by a person's number."""
    return rule(kind, rf"(?<![a-z0-9])(?:{labels})(?![a-z]){_GLUE}{VALUE}", valued(least), digit=True)


def numbered(kind: Kind, labels: str, *, least: int = 3) -> Rule:
    """Return a rule for everyday words ("case", "plan") that must be followed by "number", "no.", "#" or ":"."""
    return rule(kind, rf"(?<![a-z0-9])(?:{labels}){_NUMBER_WORD}{_GLUE}{VALUE}", valued(least), digit=True)


def coded(kind: Kind, labels: str) -> Rule:
    """Return a rule for everyday words followed by what is plainly a code: six digits, or letters and four digits."""
    value = r"(?P<id>#?(?:\d[\d-]{5,20}|\d{3,10}[/-][a-z]{1,4}|[a-z]{1,6}[/-]?\d[a-z0-9/-]{3,20}))(?![\w.]\d)"
    return rule(kind, rf"(?<![a-z0-9])(?:{labels})(?![a-z]){_GLUE}{value}", valued(4), digit=True)
