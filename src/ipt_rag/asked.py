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


def what_is_asked(question: str) -> Asked:
    """Return what a question asks for.

    >>> what_is_asked("How many minutes does a session last?")
    Asked(noun='minutes', number=True, year=False, name=False, place=False)
    """
    folded = question.lower()
    noun = NOUN_ASKED.search(folded)
    return Asked(
        noun=noun[1] if noun else "",
        number=bool(NUMBER_ASKED.search(folded)),
        year=bool(YEAR_ASKED.search(folded)),
        name=bool(NAME_ASKED.search(folded)),
        place=bool(PLACE_ASKED.search(folded)),
    )


def lacks(asked: Asked, passage: str) -> tuple[bool, bool, bool]:
    """Return whether a passage lacks the number, the year, the name that is asked for; others are not lacking."""
    return (
        asked.number and not NUMBER.search(passage),
        asked.year and not YEAR.search(passage),
        asked.name and not NAME.search(passage),
    )
