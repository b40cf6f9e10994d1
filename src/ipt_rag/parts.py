"""A message -> the questions in it: "who founded it, and when?" asks two things, and each gets an answer of its own.

Rules over words, no model: sentences that ask, clauses that begin like a question of their own, and two phrases with
the same preposition that share one frame ("for grief and for isolation"). In doubt the message stays whole.
"""

import re
from collections.abc import Iterator

from ipt_rag import settings
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
# Where one message ends a question and begins the next.
SENTENCE = re.compile(r"(?<=\?)\s+|\s*;\s+")
ASKING = re.compile(
    rf"(?:(?:and|but|or|also|so)\s+)?(?:{ASKS}|(?:(?:{SHARED})\s+)?(?:whom?|which|what|how)\b|(?:any|name|list|give|explain|describe|define)\b)",
    re.IGNORECASE,
)
# Words that point back into the same sentence: its clauses are answered together, if at all.
DEPENDENT = re.compile(
    r"\b(?:it|its|they|them|their|he|she|him|her|his|that|those|these|this|then|instead|each)\b", re.IGNORECASE
)
TWO_PHRASES = re.compile(
    rf"(?P<frame>.+?)\s(?P<first>(?P<preposition>{SHARED})\s(?:(?!\sand\s).)+?),?\s(?:and|or|but)\s"
    rf"(?P<second>(?P=preposition)\s[^,;]+)",
    re.IGNORECASE,
)
COMPARES = re.compile(r"\b(?:differ\w*|compar\w*|between|versus|vs)\b", re.IGNORECASE)


def split_question(question: str) -> tuple[str, ...]:
    """Return the questions of a message in its own words and order; one where it asks one thing.

    >>> split_question("Is it private? And how long does it take?")
    ('Is it private?', 'And how long does it take?')
    >>> split_question("What did the review find in anxiety and in eating disorders?")
    ('What did the review find in anxiety?', 'What did the review find in eating disorders?')
    >>> split_question("Who founded IPT, when was the first trial and what is the manual?")
    ('Who founded IPT?', 'when was the first trial?', 'what is the manual?')
    """
    text = " ".join(question.split())
    sentences = [sentence for sentence in SENTENCE.split(text) if content_words(sentence)]
    if not all(map(ASKING.match, sentences)) and len({sentence.split()[0].lower() for sentence in sentences}) > 1:
        return (question,)  # what only tells belongs to what is asked
    parts = [part for sentence in sentences for part in _clauses(sentence.strip(" ?.!"))]
    return tuple(f"{part}?" for part in parts) if 1 < len(parts) <= settings.PARTS else (question,)


def _clauses(sentence: str) -> Iterator[str]:
    start = 0
    for found in CLAUSE.finditer(sentence):
        before, after = sentence[start : found.start()], sentence[found.end() :]
        if ASKING.match(before) and content_words(before) and content_words(after) and not DEPENDENT.search(after):
            yield from _phrases(before)
            start = found.end()
    yield from _phrases(sentence[start:])


def _phrases(clause: str) -> Iterator[str]:
    two = TWO_PHRASES.fullmatch(clause)
    if two and ASKING.match(clause) and content_words(two["frame"]) and not COMPARES.search(clause):
        yield f"{two['frame']} {two['first']}"
        yield f"{two['frame']} {two['second']}"
    else:
        yield clause
