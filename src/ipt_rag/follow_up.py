"""A turn and the questions before it -> the question to search: what a follow-up leaves out, they said.

Rules over words, no model: a fragment ("and for adolescents?") takes the place of what it is set against, so that
nothing of the old case is left to match; a question that lacks its subject ("when is it done?") gets the one of the
question before; "which source?" asks that question again. A question that names its own subject stays as it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ipt_rag.query import WORD, content_words

OPENING = re.compile(
    r"^(?:(?:ok(?:ay)?|so|then|well|hm+|fine|thanks)\b[,.! ]*)*"
    r"(?P<asks>(?:and|but|or|also|what about|how about|what of)\b[, ]*)*(?:what about |how about |then )?",
    re.IGNORECASE,
)
SOURCE_ASKED = re.compile(
    r"(?:(?:and|but) )?(?:(?:from )?(?:which|what)(?: is| are|['’]s)?(?: the| your)?"
    r" (?:sources?|references?|citations?)"
    r"(?: (?:is|are|was) (?:that|it|this|those))?|(?:the )?(?:sources?|references?|citations?)(?: please)?"
    r"|who (?:says|said|claims) (?:that|so|this|it)|says who|(?:where|which source)(?: (?:does|is|did|do)"
    r" (?:that|this|it|you)| (?:that|this|it) (?:is|comes))?(?: (?:come|comes|taken|get (?:that|this|it)))? from"
    r"|according to (?:whom|who|what))",
    re.IGNORECASE,
)
OTHER_ARTICLE = re.compile(r"\b(?:the )?(?:other|second) (?:article|text|one)\b", re.IGNORECASE)
NAMED_ARTICLE = re.compile(
    r"(?:(?:in|from|by|per) |what does |does )?(?:the )?(?P<name>\w+) (?:article|text)(?: say\w*)?", re.IGNORECASE
)
SAME_ASKED = re.compile(
    r"^(?:is|are|does|do|would) (?:that|it|this|these|those|they)(?: also| any)? (?:the same|different|true|so|"
    r"apply|hold|similar)\b(?: too| also)? (?=(?:for|in|with|among|during|after) )",
    re.IGNORECASE,
)
# Words that thank, agree or greet and ask nothing.
COURTESY = frozenset(
    "ah alright bye cheers clear cool excellent fine good got great hello helped helpful helps hey hi hm hmm i "
    "interesting it lovely makes much nice no ok okay perfect really right see sense so super sure thank thanks that "
    "the then this understood very well wow yeah yes you".split()
)
SAID = re.compile(r"[.?!]\s+(?=\S)")
PREPOSITIONS = "in|for|with|among|during|after|before|at|by|on|about|from|over|under|within|against|without"
PREPOSITION = re.compile(rf"({PREPOSITIONS})\b ?(?P<object>.*)", re.IGNORECASE)
COMPARED = re.compile(r"(?:less|more|better|worse|compared|rather|instead|if)\b", re.IGNORECASE)
# A comparison that an earlier turn added: another one takes its place.
COMPARISON = re.compile(
    r" (?:(?:less|more|better|worse|rather) than|compared (?:to|with)|instead of) .*$", re.IGNORECASE
)
# What makes words a question or a sentence of their own rather than a fragment of one.
VERB = re.compile(
    r"\b(?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|had|may|must|explain|define|describe|"
    r"tell|name|list|give|show|wh(?:at|en|ere|y|o|om|ich)|how)\b",
    re.IGNORECASE,
)
POPULATION = re.compile(
    r"\b(?:young |older |elderly |depressed )*(?:adults?|adolescents?|teen\w*|child\w*|kids?|women|men|elders?|seniors|"
    r"students?|veterans?|couples?|mothers?|fathers?|parents?|famil(?:y|ies)|patients?|inpatients?|outpatients?)\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
NAME = re.compile(r"(?<=[a-z] )[A-Z][a-zà-ÿ’'-]+(?: [A-Z][a-zà-ÿ’'-]+)*")
TOPIC_ALONE = re.compile(r"(?:ipt|interpersonal (?:psycho)?therapy|it|this|that)", re.IGNORECASE)
# Pronouns that stand for what was asked about before, unless the turn itself names it first.
PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|ones?(?= (?:is|are|was|were|has|does|do)\b|$)|"
    r"he|she|him|her|his|(?:that|this|those|these)(?! (?!done|given|used)[a-z]{4}))\b",
    re.IGNORECASE,
)
# "which year was that study done": a noun that points back, whatever it is.
THAT = re.compile(r"\b(?:that|this|those|these|the same) (?P<noun>(?!done\b|given\b|used\b)[a-z]{4,})\b", re.IGNORECASE)
# "how many sessions?", "what dose?": asks and tells of nothing.
VERBLESS = re.compile(r"(?:how (?:many|much)|what|which) [\w-]+", re.IGNORECASE)
# "does it help" means the therapy, "what does it mean that" nothing.
NO_PRONOUN = re.compile(
    r"\b(?:does|can|will|would|could) it (?:really |also )?(?:help|work|mean that)\b", re.IGNORECASE
)
ONE = re.compile(r"\bthe (?P<which>\w+) ones?\b", re.IGNORECASE)
COUNTED = re.compile(r"\b(?:which|what|how many|each|every|name the(?: \w+)?) (?P<noun>[a-z]{4,})\b", re.IGNORECASE)
ASKING = re.compile(
    r"^(?:(?:please )?(?:explain|define|describe|tell me about|name|list) |"
    r"how many \w+ (?:are|were|is) (?:there )?(?:in|on)\b\s*|"
    r"(?:how (?:many|much|long|often|strong)|how|what|which|who|whom|whose|when|where|why)\b\s*)?"
    r"(?:(?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|had)\b\s*)?(?:there\b\s*)?",
    re.IGNORECASE,
)
# What a question says of its subject before it names it: "came out of the review", "you do in the first phase".
LED = re.compile(
    r"^(?:(?:come|came|comes) (?:out )?(?:of|from) |"
    r"(?:(?:(?:the )?(?:therapists?|one|you|we|i|they) )?(?:do|go|happens?|happened|handle|deal with|says?) "
    r"(?:in|on|at|about|with|for)? ?))",
    re.IGNORECASE,
)
# A thing that a question names: "the goodbye", "the first trial" of "when did the first trial come out".
THING = re.compile(
    rf"\b(?:the|an?) (?:(?!(?:of|come|came|{PREPOSITIONS}|is|are|was|were|do|does|look|mean|please)\b)"
    r"[\w-]+\b ?){1,3}",
    re.IGNORECASE,
)
# Words that ask for some side of a subject and are none themselves: "mechanism?", "how strong is the evidence?".
ASPECTS = frozenset(
    "acute aim aims author authors based basis best better book came cause caution cautions come comparison cost "
    "costs detail details difference different doi done dose drug drugs duration early effect evidence example "
    "examples focus given goal goals happen happened happens hard hardest instead journal last lasts late length "
    "listed long main many mechanism name number numbers objective often online order page people phase point "
    "purpose question reason reasons reflective result results review side somewhere spelled stage stages stay "
    "step steps strong stronger target theory tier time title usual usually video week weeks work worked working "
    "works worse worst year".split()
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn asks when it is read after the earlier ones."""

    question: str  # to search: the turn itself, or completed in the asker's own words
    article: str  # "other": not the article that answers first; a word of a title: that one; "" any


def read_turn(turn: str, earlier: Sequence[str]) -> Turn:
    """Return what a turn asks; `earlier` are the asker's questions before it, oldest first.

    >>> read_turn("and for adolescents?", ["Does IPT work for adults with depression?"]).question
    'Does IPT work for adolescents?'
    """
    before = ""
    for question in earlier:
        if asks(question):
            before = _read(question, before).question
    return _read(turn, before)


def asks(turn: str) -> bool:
    """Return whether a turn asks or tells anything: "thanks, that helps" does not."""
    return not COURTESY.issuperset(word.lower() for word in WORD.findall(turn))


def _read(turn: str, before: str) -> Turn:
    text = " ".join(turn.split())
    alone = Turn(turn, "")
    if not before or not asks(turn):
        return alone
    opening = OPENING.match(text)
    bare = text[opening.end() :].strip(" ?.!,") if opening else text
    opened = bool(opening and opening["asks"])
    if SOURCE_ASKED.fullmatch(bare) or SOURCE_ASKED.fullmatch(text.strip(" ?.!")):
        return Turn(before, "")
    if OTHER_ARTICLE.search(bare):
        return Turn(before, "other")
    named = NAMED_ARTICLE.fullmatch(bare)
    if named and (opened or PREPOSITION.match(bare)):
        return Turn(before, named["name"].lower())
    same = SAME_ASKED.match(bare)
    fragment = bare[same.end() :] if same else bare
    if found := ONE.search(fragment):
        counted = COUNTED.search(before)
        if counted:
            fragment = fragment.replace(found.group(), f"the {found['which']} {counted['noun'].removesuffix('s')}")
            if VERB.search(fragment):
                return Turn(fragment, "")
            opened = True
    loose = opened or same or PREPOSITION.match(fragment) or COMPARED.match(fragment)
    if loose and fragment and (fragment.lower().startswith("if ") or not VERB.search(fragment)):
        return _set_against(fragment, before, beside=bool(same))
    if _lacks_subject(bare):
        return Turn(f"{bare} — {_subject(before)}?", "")
    return alone


def _set_against(fragment: str, before: str, *, beside: bool) -> Turn:
    """Return the question before with the fragment in the place of what it is set against, or added to it.

    `beside`: it only takes the place of a like phrase: "is that the same for groups" leaves "in the middle" as it is.
    """
    frame = (SAID.split(before) or [before])[-1].strip(" ?.!")
    met = PREPOSITION.match(fragment)
    said = met["object"] if met else fragment
    if COMPARED.match(fragment):
        return Turn(f"{COMPARISON.sub('', frame.split(' — ')[0])} {fragment}?", "")
    if re.search(rf"\w (?:of|{PREPOSITIONS}) \w", said) and not met and content_words(fragment)[1:]:
        return Turn(fragment + "?", "")  # "the goal for role disputes" says all
    places = _places(fragment, said, met[1].lower() if met else "", frame, beside=beside)
    for start, end, words in places:
        return Turn(f"{frame[:start]}{words}{frame[end:]}?", "")
    return Turn(f"{frame} {fragment}?" if met else f"{fragment} — {_subject(before)}?", "")


def _places(fragment: str, said: str, preposition: str, frame: str, *, beside: bool) -> Iterator[tuple[int, int, str]]:
    """Yield where the fragment may stand in the frame and as what, the closest likeness first."""
    year, old_year = YEAR.search(said), YEAR.search(frame)
    if year and old_year:
        yield *old_year.span(), year.group()
    phrases = [
        found
        for found in re.finditer(
            rf"\b({PREPOSITIONS}) (.+?)(?=,| (?:{PREPOSITIONS}|look|what|do|does)\b|$)", frame, re.IGNORECASE
        )
        if not TOPIC_ALONE.fullmatch(found[2])
    ]
    last = said.split()[-1].lower() if said else ""
    for found in re.finditer(rf"\b(?:[\w-]+ )?{re.escape(last)}\b", frame, re.IGNORECASE) if last else ():
        if " " in said or preposition:
            led = "the " if said.startswith("the ") else ""
            start = re.search(
                rf"(?:{led}(?:\b(?!(?:is|are|a|an|the|for|in|of|with|does|do|to)\b)[\w-]+ )*)$",
                frame[: found.start()],
                re.IGNORECASE,
            )
            yield (start.start() if start else found.start()), found.end(), said
    if not preposition and said[:1].isupper():
        for found in NAME.finditer(frame):
            yield *found.span(), said
    if POPULATION.search(said):
        for found in phrases:
            if POPULATION.search(found[2]):
                yield found.start(), len(frame), f"{preposition or found[1]} {said}"
        if old := POPULATION.search(frame):
            yield *old.span(), said
    for found in phrases:
        if found[1].lower() == preposition:
            yield *found.span(), fragment
    if preposition not in ("compared", "against", "without", "about") and phrases and not beside:
        yield *phrases[-1].span(), fragment if preposition else f"{phrases[-1][1]} {said}"
    defined = re.match(r"what (?:is|are) (?:the |an? )?(?P<noun>[\w -]+?)(?= of\b|$)", frame, re.IGNORECASE)
    if defined and not preposition and (said.startswith("the ") or not defined["noun"].endswith("s")):
        yield *defined.span("noun"), said.removeprefix("the ")
    things = [found for found in THING.finditer(frame) if not TOPIC_ALONE.fullmatch(found.group().strip())]
    if things and not preposition and " — " not in frame and not frame.lower().startswith(("what is", "what are")):
        thing = things[-1].group()
        yield things[-1].start(), things[-1].start() + len(thing.rstrip()), said


def _lacks_subject(bare: str) -> bool:
    """Return whether a question names no subject of its own, or only by a pronoun."""
    words = [word for word in content_words(bare) if word not in ASPECTS]
    if not words:
        return bool(VERB.search(bare) or content_words(bare))
    pronoun = None if NO_PRONOUN.search(bare) else PRONOUN.search(bare)
    if VERBLESS.fullmatch(bare):
        return True
    if (pointed := THAT.search(bare)) and not {*words} - {pointed["noun"].lower(), *_asked(bare)}:
        return True
    return bool(
        pronoun and len(words) < 3 and not {*content_words(bare[: pronoun.start()])} & {*words} - {*_asked(bare)}
    )


def _asked(bare: str) -> list[str]:
    """Return the noun after a question word: "how many trials did it pool" names no subject by "trials"."""
    found = re.match(r"(?:how many|how much|which|what)\s+([\w-]+)", bare, re.IGNORECASE)
    return [found[1].lower()] if found else []


def _subject(question: str) -> str:
    """Return what a question is about: without its question word, and of a completed one what completed it."""
    said = question.rsplit(" — ", 1)[-1].strip(" ?.!")
    said = (SAID.split(said) or [said])[0] if SAID.search(said) else said
    subject = LED.sub("", re.sub(r" (?:mean|look like|work|please)$", "", ASKING.sub("", said, count=1)))
    return subject if WORD.search(subject) else said
