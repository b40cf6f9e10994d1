"""A question -> `Query`: what the encoder and the word index are asked, in the corpus's own words.

Spelling is repaired against the words of the corpus, abbreviations of the field are spelled out (or shortened,
whichever the corpus uses), and the topic word and polite wrapping are taken off: every article here is about
IPT, so that "IPT" parts no passage from another.
"""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import Stemmer
from rapidfuzz.distance import DamerauLevenshtein

WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
TOPIC = re.compile(r"\b(?:interpersonal (?:psycho)?therapy(?: \(ipt\))?|ipt)\b(?!-)(?:['’]s\b)?", re.IGNORECASE)
TOPIC_NAME = "interpersonal psychotherapy"
# Words beside which the topic is what is asked for: "how does IPT work", "IPT definition".
ABOUT_THE_TOPIC = frozenset(
    "work works working stand stands short define defined definition overview introduction summary basics brief "
    "briefly topic about acronym abbreviation therapy psychotherapy treatment".split()
)
# What asks for a side of the topic though no content word is left: "who is it not for", "when does it not work".
# The field has a word for each side, and it is added.
SIDES = (
    (re.compile(r"\b(?:not|never|\w+n['’]t)\b", re.IGNORECASE), "contraindications"),
    (re.compile(r"\b(?:who|whom)\b", re.IGNORECASE), "indications"),
)
# Wrapping that asks without saying what: it holds no word of an answer. Longest first where one begins another.
WRAPPING = re.compile(
    r"^(?:(?:please|hi|hello|hey|ok|so|well|and|also|um)\b[,!. ]*)*"
    r"(?:(?:can|could|would|will) you (?:please )?(?:tell|explain|show|give|remind|describe|list|help)"
    r"(?: (?:to )?me)?(?: with)?"
    r"|(?:please )?(?:tell me|explain|describe|remind me|walk me through|give me|show me|list|write me|write)"
    r"|(?:can|could|may|should) (?:you|we|i|one) (?:use|offer|apply|try)"
    r"|i(?:['’]d| would)? (?:want|need|like) to (?:know|understand|learn)"
    r"|i(?:['’]m| am) (?:wondering|curious|asking|looking for)"
    r"|do (?:you|we) (?:know|have)|does anyone know|what do (?:you|we) know about|is it true that|is there)?\b"
    r"(?: (?:about|whether|if|some|any|the|a|an)\b)*\s*",
    re.IGNORECASE,
)
STOPWORDS = frozenset(
    "a about above after again all also am an and any anyone are as at be because been before being between both "
    "but by can could did do does doing down during each for from further had has have having he her here hers "
    "him his how i if in into is it its itself just let me might more most much must my no nor not of off on once "
    "only or other our out over own per please same shall she should so some such than that the their them then "
    "there these they this those through to too under until up us use used uses using very was we were what when "
    "where which while who whom why will with within without would you your yours tell say says said mean means "
    "explain describe give show list get got one ones way ways thing things kind kinds sort type really actually "
    "exactly know called suitable appropriate advisable possible able applicable recommend recommended "
    "help helps".split()
)


# Words that people ask with, whether or not the articles use them: a slip in one is repaired as well.
EVERYDAY = STOPWORDS | frozenset(
    "happen happens happened define defined definition definitions different difference differences better "
    "because person people important treatment therapist question questions sentence paragraph article "
    "source sources reference references author authors published recommended effective effectiveness".split()
)

# What asks for an illustration, or for a question to reflect on: such passages are otherwise seldom meant.
EXAMPLE_ASKED = re.compile(r"\b(?:examples?|vignettes?|illustrat\w*|case|sample|fictional)\b", re.IGNORECASE)
REFLECTION_ASKED = re.compile(
    r"\b(?:ask (?:my|your|our|one)sel(?:f|ves)|reflect\w*|supervis\w*|myself)\b", re.IGNORECASE
)
# What asks for the meaning of a term, which is what the definitions of an article are for.
DEFINITION_ASKED = re.compile(
    r"\b(?:defin\w*|mean(?:s|ing)?|term|terminology|stands? for)\b|^\W*what(?: is|[’']s| are)\b", re.IGNORECASE
)
# What asks for an entry of a source list rather than for what the article says.
SOURCE_ASKED = re.compile(
    r"\b(?:sources?|references?|cit(?:e|ed|es|ations?)|authors?|authored|wrote|written|who|whose|whom|titles?|journals?|"
    r"published|publications?|papers?|doi|volumes?|pages?|links?|urls?|websites?|videos?|tiers?|manuals?|books?|chapters?|"
    r"editions?|bibliograph\w*|\d{4})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for search."""

    text: str  # for the encoder
    words: tuple[str, ...]  # content words, folded, each once, for the word index and for coverage
    repaired: tuple[tuple[str, str], ...]  # (as typed, as read) of each word whose spelling was repaired
    asks_example: bool
    asks_reflection: bool
    asks_definition: bool
    asks_source: bool


def understand(question: str, vocabulary: Mapping[str, int], known: Collection[str]) -> Query:
    """Return the query for a question.

    Args:
        question: as typed, already passed by the guard.
        vocabulary: how often each word stands in the corpus, lower case, as written.
        known: words that are right as they are though the corpus lacks them.
    """
    text = " ".join(unicodedata.normalize("NFKC", question).split())
    text, repaired = _repair(text, vocabulary, known)
    text = _abbreviate(text, vocabulary)
    whole = " ".join(TOPIC.sub(" ", text).split())
    bare = WRAPPING.sub("", whole, count=1)
    bare = re.sub(r"\b(?:in|of|for|with|does|is|to|about|on|from|by|and|or|vs|versus)?\s*$", "", bare.rstrip(" ?.!"))
    bare = " ".join(bare.split())
    words = tuple(dict.fromkeys(content_words(bare)))
    if TOPIC.search(text) and not {*words} - ABOUT_THE_TOPIC:
        if side := next((word for asks, word in SIDES if asks.search(bare)), ""):
            bare = f"{whole.rstrip(' ?.!')}? {side}"
            words = (side,)
        else:  # the topic itself is asked for
            bare = TOPIC.sub(TOPIC_NAME, text) if words else f"What is {TOPIC_NAME}?"
            words = tuple(dict.fromkeys(content_words(bare)))
    return Query(
        bare,
        words,
        repaired,
        bool(EXAMPLE_ASKED.search(text)),
        bool(REFLECTION_ASKED.search(text)),
        bool(DEFINITION_ASKED.search(text)),
        bool(SOURCE_ASKED.search(text)),
    )


def content_words(text: str) -> list[str]:
    """Return the words that carry meaning, lower case, in order."""
    return [word for word in (found.lower() for found in WORD.findall(text)) if word not in STOPWORDS]


def stems(text: str) -> list[str]:
    """Return the stems of the content words of a text, in order, as the Snowball stemmer for English gives them.

    A compound counts as its words, "evidence-based" as "evidence base" and "co-founded" as "founded"; one that
    ends with a letter or a number is a name ("IPT-A") and stays whole. Accents count for nothing.
    """
    words = [part for word in content_words(text) for part in _parts(_without_accents(word))]
    # One for each call: it is not safe to share between threads, and without a memory it is made at once.
    stemmed: list[str] = Stemmer.Stemmer("english", 0).stemWords(words)
    return stemmed


def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


def _parts(word: str) -> list[str]:
    parts = word.split("-")
    if len(parts[-1]) < 3 or not all(part.isalpha() for part in parts):
        return [word]
    return [part for part in parts if len(part) > 2]


def _repair(
    text: str, vocabulary: Mapping[str, int], known: Collection[str]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the text with misspelt words replaced by the corpus's nearest, and the pairs replaced.

    A word with a digit, a short word, an abbreviation in capitals and any known word stay as they are, so that one
    clinical term or number never turns into another.
    """
    repaired: list[tuple[str, str]] = []

    def replace(found: re.Match[str]) -> str:
        word = found.group()
        folded = word.lower()
        if (
            len(word) < 4
            or word.isupper()
            or not word.isalpha()
            or folded in vocabulary
            or folded in known
            or folded in EVERYDAY
        ):
            return word
        nearest = _nearest(folded, vocabulary)
        if nearest is None:
            return word
        repaired.append((word, nearest))
        return nearest

    return WORD.sub(replace, text), tuple(repaired)


def _nearest(word: str, vocabulary: Mapping[str, int]) -> str | None:
    """Return the closest word of the corpus or of asking, of equally close ones the most frequent; None where none is.

    One slip is allowed, two from eight letters on: "dreamt" is not "draft". People seldom mistype the first letter.
    """
    limit = 1 if len(word) < 8 else 2
    asked_with = dict.fromkeys(EVERYDAY - vocabulary.keys(), sum(vocabulary.values()))
    close = [
        (distance, -count, candidate)
        for candidate, count in {**vocabulary, **asked_with}.items()
        if candidate[0] == word[0] and candidate.isalpha() and len(candidate) > 3
        if (distance := DamerauLevenshtein.distance(word, candidate, score_cutoff=limit)) <= limit
    ]
    return min(close)[2] if close else None


def _abbreviate(text: str, vocabulary: Collection[str]) -> str:
    """Return the text with each abbreviation, or its meaning, that the corpus lacks replaced by the other.

    What the corpus has stays alone: both side by side put the right passage behind others (IPT against CBT).
    """
    expansions, in_capitals = _expansions()

    def spell_out(found: re.Match[str]) -> str:
        word = found.group()
        meanings = expansions.get(word.lower()) or (in_capitals.get(word.lower()) if word.isupper() else None)
        return word if not meanings or word.lower() in vocabulary else meanings[0]

    text = WORD.sub(spell_out, text)
    folded = text.lower()
    for short, meaning, words in _meanings():
        if meaning in folded and short in vocabulary and not all(word in vocabulary for word in words):
            text = re.sub(rf"\b{re.escape(meaning)}\b", short.upper(), text, flags=re.IGNORECASE)
    return text


@cache
def _meanings() -> Sequence[tuple[str, str, Sequence[str]]]:
    """Return each abbreviation with one of its meanings, lower case, and the content words of that."""
    return [
        (short, meaning.lower(), content_words(meaning))
        for table in _expansions()
        for short, meanings in table.items()
        for meaning in meanings
    ]


@cache
def _expansions() -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    table = tomllib.loads(files("ipt_rag").joinpath("abbreviations.toml").read_text(encoding="utf-8"))
    return table["expansions"], table["in_capitals"]
