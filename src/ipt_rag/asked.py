"""A question -> the kind of fact it asks for, and whether a passage can hold it.

"How many" wants a number, "when" a year, "who" a name; "how many minutes" wants minutes. A passage without them may
be on the topic and still not answer: the commonest way of answering wrongly.
"""

import re
from dataclasses import dataclass

NUMBER_ASKED = re.compile(
    r"\b(?:how (?:many|much|old|often|long|quickly|soon|fast|common|big|large)|percentage|proportion|"
    r"what (?:was|is|are|were) the (?:exact |usual |average )?(?:number|rate|dose|size|score|cut|odds|ratio))\b"
)
NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|eight|ten|twelve|weekly|monthly|brief|short|several)", re.IGNORECASE
)
YEAR_ASKED = re.compile(r"\b(?:when (?:was|were|did)|(?:what|which) (?:year|decade))\b")
YEAR = re.compile(r"\b(?:1[89]|20)\d\ds?\b")
NAME_ASKED = re.compile(r"\b(?:who|whom|whose)\b")
NAME = re.compile(r"\b[A-Z][a-zà-ÿ’'-]+ (?:[A-Z]\. )?[A-Z][a-zà-ÿ’'-]+|\b[A-Z][a-z]+ [A-Z]{1,3}\b")
# The term whose meaning is asked for: "what is an odds ratio", not "what is the aim of the first phase".
TERM_ASKED = re.compile(
    r"^\W*(?:(?:so|and|but)\s+)?(?P<asks>what(?:['’]s| is)|define|what does)\s+(?:an?\s+|the\s+)?(?:term\s+)?[‘“'\"]?"
    r"(?P<term>(?!(?:source|reference|citation)\b)[\w’-]+"
    r"(?:\s+(?!(?:of|in|for|to|with|on|at|by|about|between|from|like|a|an|the|and|or)\b)[\w’-]+){0,3}?)[’”'\"]?"
    r"(?P<means>\s+(?:mean|stand for))?(?:\s+(?:here|in ipt))?\W*$"
)
PLACE_ASKED = re.compile(r"\b(?:where|(?:which|what) (?:country|city|town|university|hospital))\b")
# The noun that the answer must be of: "how many *minutes*", "which *antidepressant*", "what is the *dose*".
NOUN_ASKED = re.compile(
    r"\b(?:how many|how much|which|what|whose)\s+"
    r"(?:(?:is|are|was|were|kinds?|types?|sorts?|of|the|an?|exact|usual|main)\s+)*"
    r"([a-z][\w-]+)"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for, as far as its words tell."""

    noun: str  # "" where no noun is asked for
    number: bool
    year: bool
    name: bool
    place: bool
    term: str  # "" where no meaning is asked for


def what_is_asked(question: str) -> Asked:
    """Return what a question asks for.

    >>> what_is_asked("How many minutes does a session last?")
    Asked(noun='minutes', number=True, year=False, name=False, place=False, term='')
    """
    folded = question.lower()
    term = TERM_ASKED.search(folded)
    if term and (term["asks"] == "what does") != bool(term["means"]):
        term = None  # "what does the inventory cover"
    noun = NOUN_ASKED.search(folded)
    return Asked(
        noun=noun[1] if noun else "",
        number=bool(NUMBER_ASKED.search(folded)),
        year=bool(YEAR_ASKED.search(folded)),
        name=bool(NAME_ASKED.search(folded)),
        place=bool(PLACE_ASKED.search(folded)),
        term=term["term"] if term else "",
    )


def lacks(asked: Asked, passage: str) -> tuple[bool, bool, bool, bool]:
    """Return whether a passage lacks the number, year, name or meaning that is asked for; others are not lacking."""
    return (
        asked.number and not NUMBER.search(passage),
        asked.year and not YEAR.search(passage),
        asked.name and not NAME.search(passage),
        bool(asked.term) and not _says_what_it_is(asked.term, passage),
    )


def _says_what_it_is(term: str, passage: str) -> bool:
    """Return whether a passage goes on from a term to what it is, or has it in brackets behind what it stands for."""
    term = re.escape(term)
    # "the LLM tag behind a statement means", "role disputes: …", "IPT is present-focused", "adolescents (IPT-A)"
    said = (
        rf"\b{term}\w{{0,2}}[”’\"')*]*\s*(?:\([^)]*\)\s*)?(?:[\w-]+\s+){{0,3}}?"
        r"(?:[—–:]|-\s|,? meaning\b|(?:is|are|was|were|means?|refers?)\b)"
        rf"|\b(?:is|are) {term}\b|\({term}\)"
    )
    return bool(re.search(said, passage, re.IGNORECASE))
