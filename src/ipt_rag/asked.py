"""A question -> the kind of fact it asks for, and whether a passage can hold it.

"How many" wants a number and "how many minutes" one beside its minutes, "when" a year, "what is the odds ratio" a
ratio. A passage without them may be on the topic and still not answer: the commonest way of answering wrongly.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ipt_rag.query import stems

NUMBER_ASKED = re.compile(
    r"\b(?:how (?:many|much|old|often|long|quickly|soon|fast|common|big|large)|percentage|proportion|"
    r"what (?:was|is|are|were) the (?:exact |usual |average )?(?:number|rate|dose|size|score|cut|odds|ratio))\b"
)
NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|eight|ten|twelve|weekly|monthly|brief|short|several)", re.IGNORECASE
)
YEAR_ASKED = re.compile(r"\b(?:when (?:was|were|did)|(?:what|which) (?:year|decade))\b")
YEAR = re.compile(r"\b(?:1[89]|20)\d\ds?\b")
# The term whose meaning is asked for: "what is an odds ratio", not "what is the aim of the first phase".
TERM_ASKED = re.compile(
    r"^\W*(?:(?:so|and|but)\s+)?(?P<asks>what(?:['’]s| is)|define|what does)\s+(?:an?\s+|the\s+)?(?:term\s+)?[‘“'\"]?"
    r"(?P<term>(?!(?:source|reference|citation)\b)[\w’-]+"
    r"(?:\s+(?!(?:of|in|for|to|with|on|at|by|about|between|from|like|a|an|the|and|or)\b)[\w’-]+){0,3}?)[’”'\"]?"
    r"(?P<means>\s+(?:mean|stand for))?(?:\s+(?:here|in ipt))?\W*$"
)
# A statistic, a detail of print or a cost by its name, and what a passage that states it has.
MEASURES = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(stated, re.IGNORECASE))
    for asked, stated in (
        (r"\bconfidence intervals?\b|\b95 ?% ?ci\b", r"\bconfidence intervals?\b|\bci\b"),
        (r"\b(?:odds|risk|hazard) ratios?\b", r"\b(?:odds|risk|hazard)\b|\b[oh]r\s?="),
        (
            r"\b(?:percent(?:age)?|per cent|proportion|(?:what|which) (?:share|fraction))\b",
            r"%|\bper ?cent|\b(?:half|third)\b",
        ),
        (
            r"\beffect sizes?\b|\bcohen|\bhedges|\bstandardi[sz]ed mean",
            r"\b[dg]\s?=|\beffect size|\bcohen|\bhedges|\bsmd\b",
        ),
        (r"\bnumbers? needed\b|\bnnt\b", r"\bnumbers? needed\b|\bnnt\b"),
        (r"\bp[- ]values?\b", r"\bp\s?[<=>]"),
        (r"\b(?:\w+ rates?|rates? of)\b", r"%|\bper ?cent|\brates?\b"),
        (r"\bscores?\b", r"\bscor|\bpoints?\b"),
        (r"\b(?:doses?|dosages?|milligrams?|mg)\b(?! (?:of )?(?:therapy|sessions?))", r"\bdos(?:e|age|ing)|\bmg\b"),
        (r"\bisbn\b", r"\bisbn\b"),
        (r"\bdoi\b", r"\bdoi\b|\b10\.\d{4}"),
        (r"\b(?:volume|issue) (?:and|of|number|did|was|is)\b", r"\d\s?\(\d+\)|\bvol"),
        (r"\bpage numbers?\b|\b(?:how many|which|what) pages?\b", r"\bpages?\b|\bpp\b|\d:\s?\d+"),
        (
            r"\b(?:costs?|prices?|fees?|charges?|expensive|cheap)\b",
            r"\b(?:costs?|prices?|fees?|expens|afford|money|pay|paid|insur)",
        ),
    )
)
SOURCE_NUMBERED = re.compile(r"\b(?:source|reference|citation)\s+(?:no\.?\s*|number\s+|#\s*)?(\d{1,3})\b|\[(\d{1,3})\]")
COUNT_ASKED = re.compile(r"\bhow many\s+(?:(?:of|the|different)\s+)*([a-z][\w-]+)")
TOKEN = re.compile(r"[\w,.–-]*\w")
YEAR_NAMED = re.compile(r"\b(?:1[89]|20)\d\d\b")
# How far before and behind a noun the number that counts it may stand, in words: "11,434 adult participants",
# "sessions 1-3".
BEFORE, BEHIND = 4, 2
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
    place: bool
    term: str  # "" where no meaning is asked for
    counted: str  # the noun after "how many", "" where nothing is counted
    years: frozenset[str]  # years that the question names
    measures: tuple[int, ...]  # places in MEASURES
    source: int | None  # the number of a source that the question names


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a passage lacks of what is asked for; nothing lacks that was not asked for."""

    number: bool
    count: bool  # the noun after "how many" has no number beside it
    year: bool
    named_year: bool  # none of the years that the question names is there
    meaning: bool
    measure: bool


def what_is_asked(question: str) -> Asked:
    """Return what a question asks for.

    >>> asked = what_is_asked("How many minutes does a session last?")
    >>> asked.number, asked.noun, asked.counted
    (True, 'minutes', 'minutes')
    """
    folded = question.lower()
    term = TERM_ASKED.search(folded)
    if term and (term["asks"] == "what does") != bool(term["means"]):
        term = None  # "what does the inventory cover"
    noun = NOUN_ASKED.search(folded)
    counted = COUNT_ASKED.search(folded)
    return Asked(
        noun=noun[1] if noun else "",
        number=bool(NUMBER_ASKED.search(folded)),
        year=bool(YEAR_ASKED.search(folded)),
        place=bool(PLACE_ASKED.search(folded)),
        term=term["term"] if term else "",
        counted=counted[1] if counted else "",
        years=frozenset(YEAR_NAMED.findall(folded)),
        source=int(source[1] or source[2]) if (source := SOURCE_NUMBERED.search(folded)) else None,
        measures=tuple(place for place, (asks, _) in enumerate(MEASURES) if asks.search(folded)),
    )


def lacking(asked: Asked, passage: str, keys: Sequence[str] = ()) -> Lacking:
    """Return what a passage lacks of what is asked for; a year may stand in its anticipated questions as well."""
    return Lacking(
        number=asked.number and not NUMBER.search(passage),
        count=bool(asked.counted) and not _counts(asked.counted, passage),
        year=asked.year and not YEAR.search(passage),
        named_year=bool(asked.years) and asked.years.isdisjoint(YEAR_NAMED.findall(" ".join((passage, *keys)))),
        meaning=bool(asked.term) and not says_what_it_is(asked.term, passage),
        measure=not all(MEASURES[place][1].search(passage) for place in asked.measures),
    )


def _counts(noun: str, passage: str) -> bool:
    """Return whether a number stands beside a noun, whatever the endings of the noun."""
    words = TOKEN.findall(passage.lower())
    wanted = stems(noun)
    return any(
        word[:3] == noun[:3]
        and stems(word) == wanted
        and any(map(NUMBER.match, words[max(0, at - BEFORE) : at + 1 + BEHIND]))
        for at, word in enumerate(words)
    )


def says_what_it_is(term: str, passage: str) -> bool:
    """Return whether a passage goes on from a term to what it is, or has it in brackets behind what it stands for."""
    term = re.escape(term)
    # "the LLM tag behind a statement means", "role disputes: …", "IPT is present-focused", "adolescents (IPT-A)"
    said = (
        rf"\b{term}\w{{0,2}}[”’\"')*]*\s*(?:\([^)]*\)\s*)?(?:[\w-]+\s+){{0,3}}?"
        r"(?:[—–:]|-\s|,? meaning\b|(?:is|are|was|were|means?|refers?)\b)"
        rf"|\b(?:is|are) {term}\b|\({term}\)"
    )
    return bool(re.search(said, passage, re.IGNORECASE))
