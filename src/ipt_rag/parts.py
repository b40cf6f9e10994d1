"""A message -> the questions in it: "who founded it, and when?" asks two things, and each gets an answer of its own.

Rules over words, no model: sentences that ask, clauses that begin like a question of their own, and two phrases with
the same preposition that share one frame ("for grief and for isolation"), lists. In doubt the message stays whole.
"""

import re
from collections.abc import Iterator
from itertools import zip_longest

from ipt_rag import settings
from ipt_rag.follow_up import asks, read_turn
from ipt_rag.query import content_words

SHARED = "in|for|with|among|during|after|before|at|by|on|about|from|over|under|against|without"
AUXILIARY = r"(?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|had|may|must)\b"
# How a clause begins that could stand alone: "what is", "how many sessions are", "who founded", "is it".
# "what the limit is" and "who they were" belong to the clause before them.
ASKS = (
    rf"(?:who\s+(?:{AUXILIARY}|[a-z]+ed\b|wrote\b|says\b)|(?:when|where|why|what|which|whose|how)\s+{AUXILIARY}"
    rf"|(?:how|which|what)\s+(?!the\b|it\b|he\b|she\b|they\b|we\b|you\b|i\b|a\b|an\b|this\b|that\b|to\b)"
    rf"(?:[\w-]+\s+){{1,3}}?{AUXILIARY}|what about\b|{AUXILIARY}\s+(?:it|they|there|this|that|the|ipt|we|you|i)\b)"
)
CLAUSE = re.compile(
    rf"(?:\s*[,;]\s*(?:(?:and|but|or|also|then)\s+)?|\s+(?:and|but)\s+(?:also\s+)?)(?={ASKS})", re.IGNORECASE
)
# Where one question of a message ends and the next begins.
SENTENCE = re.compile(r"(?<=[?.!])\s+(?=\S)|\s*;\s+")
# "1) … 2) …", "a. … b. …", and lines that begin with a dash.
MARK = re.compile(r"(?:^|(?<=\s))\(?(?P<mark>[1-9]|[a-i])[.)]\s+")
BULLET = re.compile(r"(?:^|\n)\s*[-•*–]\s+")
ORDINAL = re.compile(r"^(?:(?:first|second|third|last)(?:ly)?|finally|next)\s*[,:]\s*", re.IGNORECASE)
ASKING = re.compile(
    rf"(?:(?:and|but|or|also|so)\b,?\s+)*(?:{ASKS}|(?:(?:{SHARED})\s+)?(?:whom?|which|what|how)\b"
    r"|(?:any|name|list|give|explain|describe|define)\b)",
    re.IGNORECASE,
)
# Words that point back into the same message.
DEPENDENT = re.compile(
    r"\b(?:it|its|they|them|their|he|she|him|her|his|that|those|these|this|then|instead|each)\b", re.IGNORECASE
)
SEVERAL = re.compile(r"\b(?:they|them|their|those|these|each)\b", re.IGNORECASE)
ABOUT = re.compile(r"(?:(?:and|but)\s+)?(?:what|how) about\b", re.IGNORECASE)
TWO_PHRASES = re.compile(
    rf"(?P<frame>.+?)\s(?P<first>(?P<preposition>{SHARED})\s(?:(?!\sand\s).)+?),?\s(?:and|or|but)\s"
    rf"(?P<second>(?P=preposition)\s[^,;]+)",
    re.IGNORECASE,
)
COMPARES = re.compile(r"\b(?:differ\w*|between|versus|vs)\b|\bcompar\w*(?!\s+(?:with|to)\b)", re.IGNORECASE)
# "What are A, B and C?": three things or more, each named in a few words.
THINGS = re.compile(
    r"(?P<frame>what (?:is|are)|define|explain|describe)\s+(?P<things>[^,;:]+(?:,\s+[^,;:]+)+,?\s+and\s+[^,;:]+)",
    re.IGNORECASE,
)
THING = re.compile(r"(?:(?!\b(?:of|in|for|to|with|is|are|and|or|that|which|who)\b)[\w’'-]+\s*){1,4}", re.IGNORECASE)
# Two sides of one thing that no passage gives together.
SIDES = re.compile(
    r"(?P<frame>.*?)\b(?P<first>strengths?|indications?|advantages?|pros|benefits?|good sides?|similarities)\s+and\s+"
    r"(?P<second>weaknesse?s?|contraindications?|disadvantages?|cons|risks?|bad sides?|differences)\b(?P<rest>.*)",
    re.IGNORECASE,
)


def split_question(question: str) -> tuple[str, ...]:
    """Return the questions of a message in its own words and order; one where it asks one thing.

    A later question that leans on the one before it ("when is it done?") is completed from it as a follow-up is.

    >>> split_question("Is it private? And how long does it take?")
    ('Is it private?', 'And how long does it take?')
    >>> split_question("What did the review find in anxiety and in eating disorders?")
    ('What did the review find in anxiety?', 'What did the review find in eating disorders?')
    >>> split_question("What is the sick role, and when is it given?")
    ('What is the sick role?', 'when is it given — the sick role?')
    >>> split_question("1) who founded IPT 2) what is the manual")
    ('who founded IPT?', 'what is the manual?')
    """
    parts: list[str] = []
    for sentence in _asking(question):
        for place, clause in enumerate(_clauses(sentence)):
            whole = f"{clause}?"
            leans = DEPENDENT.search(clause) or (place == 0 and ABOUT.match(clause))
            if parts and leans and not DEPENDENT.search(parts[-1]):
                whole = read_turn(whole, parts).question
            parts.append(whole)
    return tuple(parts) if 1 < len(parts) <= settings.PARTS else (question,)


def _asking(question: str) -> list[str]:
    """Return the sentences that ask, without their marks, each behind what only tells; none where that comes last."""
    asking: list[str] = []
    told = ""
    for item, listed in _items(question):
        sentences = [sentence for sentence in SENTENCE.split(" ".join(item.split())) if sentence]
        alike = (
            len(sentences) > 1 == len({sentence.split()[0].lower() for sentence in sentences})
        )  # "goal for …; goal …"
        for sentence in sentences:
            bare = ORDINAL.sub("", sentence).strip(" ?.!")
            if not content_words(bare) or not asks(bare):
                continue
            if listed or alike or "?" in sentence or ASKING.match(bare):
                asking.append(f"{told}{bare}")
                told = ""
            elif not sentence.endswith(":"):
                told += f"{sentence} "
    return [] if told else asking


def _items(question: str) -> Iterator[tuple[str, bool]]:
    """Yield the items of a list and what stands before it, each with whether it is an item."""
    found = list(MARK.finditer(question))
    counted = [mark["mark"] for mark in found]
    cuts: list[re.Match[str]] = []
    if len(found) > 1 and counted in (list("123456789")[: len(found)], list("abcdefghi")[: len(found)]):
        cuts = found
    elif len(bullets := list(BULLET.finditer(question))) > 1:
        cuts = bullets
    yield question[: cuts[0].start() if cuts else None], False
    for cut, after in zip_longest(cuts, cuts[1:]):
        yield question[cut.end() : after.start() if after else None], True


def _clauses(sentence: str) -> Iterator[str]:
    start = 0
    for found in CLAUSE.finditer(sentence):
        before, after = sentence[start : found.start()], sentence[found.end() :]
        if ASKING.match(before) and content_words(before) and content_words(after) and _stands(after, before):
            yield from _phrases(before)
            start = found.end()
    yield from _phrases(sentence[start:])


def _stands(clause: str, before: str) -> bool:
    """Return whether a clause points at nothing before it, or only at what a follow-up is completed with."""
    if not DEPENDENT.search(clause):
        return True
    if SEVERAL.search(clause) or DEPENDENT.search(before):
        return False
    return read_turn(f"{clause}?", [f"{before}?"]).question != f"{clause}?"


def _phrases(clause: str) -> Iterator[str]:
    two = TWO_PHRASES.fullmatch(clause)
    things = THINGS.fullmatch(clause)
    sides = SIDES.fullmatch(clause)
    if two and ASKING.match(clause) and content_words(two["frame"]) and not COMPARES.search(clause):
        yield f"{two['frame']} {two['first']}"
        yield f"{two['frame']} {two['second']}"
    elif things and all(map(THING.fullmatch, named := re.split(r",\s+and\s+|,\s+|\s+and\s+", things["things"]))):
        yield from (f"{things['frame']} {thing}" for thing in named)
    elif sides and ASKING.match(clause):
        yield f"{sides['frame']}{sides['first']}{sides['rest']}"
        yield f"{sides['frame']}{sides['second']}{sides['rest']}"
    else:
        yield clause
