"""Full names in forms of their own: surname first, run together, made of words of English, or on no list."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from ipt_rag.phi.gazetteer import Gazetteer
from ipt_rag.phi.kinds import FULL_NAME
from ipt_rag.phi.messages import Message, Token
from ipt_rag.phi.name_cues import AGE_BEFORE, AGED, ASKS, CHARTED, CITED, DISEASE, MET, NEVER, SPEAKS, STUDIED
from ipt_rag.phi.rules import Found

# Around "Surname, Given": the company of a reference list.
_LISTED_BEFORE = re.compile(r"(?:[A-Z][\w'-]{1,20},?\s(?:and|&)|[A-Z][\w'-]{1,20},|\b(?:by|see|cf|from|and)\.?)\s$")
_LISTED_AFTER = re.compile(r",?\s(?:and|&)\s[A-Z]|,?\set\sal|\s[A-Z]\b")
# Around "Klerman, Myrna" in a list of full names: its own given name or initial before it, another surname behind.
_GIVEN_BEFORE = re.compile(r"[A-Z](?:\.|[\w'’-]{1,20})\s$")
_SURNAME_AFTER = re.compile(r"\s[A-Z](?:\.|[\w'’-])")
_COMPANY = re.compile(r"\s(?:Images|Photos?|Pictures|Press|News|Inc|Ltd|LLC)\b")
_CLOSES = re.compile(r"\s?(?:$|[-.:;,(\n]|\d)")  # behind a name that stands as a heading does
_MODAL = frozenset("will may mark grant chase rob sue bill drew wade pierce".split())  # verbs where a sentence begins
_OPENS = re.compile(r"(?:^|[.?!:;\n-]\s?)$")
_TOGETHER = re.compile(r"([A-Z][a-z]{2,15})([A-Z][a-z]{2,15})")
_ADJECTIVE = re.compile(
    r"(?:al|ic|ive|ary|ous|ory|ing|ant|ent|able|ible|less|ful|ics|ity|us|um|is|ia|yly)$"
)  # "Vesicoureteral Reflux"
_YEAR_BEHIND = re.compile(r"[._]?\d{2,4}(?!\w)")
# The commonest surnames of China, which stand before a given name of one syllable: "Wang Fang".
_HAN = frozenset(
    "wang zhang liu chen yang huang zhao wu zhou xu sun zhu guo lin gao luo zheng liang xie tang deng".split()
)


def surname_first(message: Message, lists: Gazetteer) -> Iterator[Found]:
    """Yield "Surname, Given" and "SURNAME, GIVEN", unless they stand in a reference or a list of authors."""
    if message.scholarly:
        return
    text, tokens = message.text, message.tokens
    for surname, given in itertools.pairwise(tokens):
        if text[surname.end : given.start] not in (", ", ","):
            continue
        if not _reads_as_name(message, lists, surname, given) or lists.is_known(given.word, surname.word):
            continue
        if _GIVEN_BEFORE.search(text, max(0, surname.start - 23), surname.start) and _SURNAME_AFTER.match(
            text, given.end
        ):
            continue
        aged = AGED.match(text, given.end)
        if given.word in lists.surnames and not (aged or message.case):
            continue  # "Zung, Beck": which scale is whose
        if not aged and (
            _LISTED_BEFORE.search(text, max(0, surname.start - 28), surname.start)
            or _LISTED_AFTER.match(text, given.end)
            or CITED.match(text, given.end)
        ):
            continue
        yield FULL_NAME, surname.start, given.end


def _reads_as_name(message: Message, lists: Gazetteer, surname: Token, given: Token) -> bool:
    """Return whether the two words are written alike and fit to be a surname and a given name."""
    if surname.word in NEVER or len(surname.word) < 2 or len(given.word) < 3:
        return False
    if {surname.word, given.word} <= lists.surnames or (surname.word in lists.places and given.word in lists.places):
        return False
    if given.word in lists.places and (surname.word not in lists.last or len(surname.word) < 4):
        return False  # "Lanzhou, China"
    christened = given.word in lists.word_given or (given.word in lists.first and given.word not in NEVER)
    usual = lists.is_plain_first(given.word) or given.word in lists.common_first or given.word in lists.word_given
    if surname.text.isupper() or given.text.isupper():
        listed = surname.word in lists.last or (lists.is_plain_first(given.word) and lists.is_unknown(surname.word))
        return surname.text.isupper() and given.text.isupper() and listed and christened and usual
    if not (surname.capital or given.capital):
        rare = surname.word in lists.last and not lists.is_word(surname.word) and surname.word not in lists.surnames
        aged = AGED.match(message.text, given.end) is not None
        return (message.case or aged) and (rare or (aged and surname.word in lists.last)) and christened and usual
    if not (surname.capital and given.capital):
        return False
    if surname.word in _HAN and (given.word in lists.first or given.word in lists.last):
        return True
    if not christened:  # "Patel, Nimesh"
        return (
            surname.word in lists.last
            and all(lists.is_unknown(word) and len(word) > 2 for word in (surname.word, given.word))
            and given.word not in lists.surnames
            and given.word not in lists.last
        )
    if lists.is_word(surname.word) and lists.is_word(given.word):
        return surname.word in lists.last and usual and _CLOSES.match(message.text, given.end) is not None
    return usual and lists.is_surname(surname.word)


def run_together(message: Message, lists: Gazetteer) -> Iterator[Found]:
    """Yield "DavidMartin1971" and "davidmartin1971", as in user names."""
    for token in message.tokens:
        numbered = _YEAR_BEHIND.match(message.text, token.end)
        halves = _TOGETHER.fullmatch(token.text)
        if halves:
            given, surname = halves[1].lower(), halves[2].lower()
            sure = numbered or not lists.is_word(surname)
            usual = lists.is_plain_first(given) or given in lists.common_first
            listed = surname in lists.last or (numbered and lists.is_unknown(surname))
            if sure and usual and listed and not lists.is_known(given, surname):
                yield FULL_NAME, token.start, numbered.end() if numbered else token.end
        elif numbered and token.text.islower() and 7 <= len(token.word) <= 24 and token.word not in lists.last:
            for cut in range(3, len(token.word) - 3):
                given, surname = token.word[:cut], token.word[cut:]
                if (
                    given in lists.common_first
                    and lists.is_plain_first(given)
                    and surname in lists.last
                    and not (lists.is_word(surname) or lists.is_word(token.word) or lists.is_known(given, surname))
                ):
                    yield FULL_NAME, token.start, numbered.end()
                    break


def of_words(message: Message, lists: Gazetteer) -> Iterator[Found]:
    """Yield full names whose given name is a word of English too, or a surname of China: "Hope Rivers", "Wang Fang"."""
    if message.scholarly:
        return
    text = message.text
    for number, given, surname in _pairs(message):
        if given.word in _HAN and given.text.istitle():
            if surname.text.istitle() and len(surname.word) > 2 and surname.word in lists.first:
                yield FULL_NAME, given.start, surname.end
            continue
        if (
            given.word not in lists.word_given
            or surname.word not in lists.last
            or surname.word in NEVER
            or len(surname.word) < 3
            or given.capital != surname.capital
            or given.text.isupper()
            or surname.text.isupper()
            or lists.is_known(given.word, surname.word)
            or {given.word, surname.word} <= lists.surnames
        ):
            continue
        aged = AGED.match(text, surname.end) or AGE_BEFORE.search(text, max(0, given.start - 24), given.start)
        owns = text[surname.end : surname.end + 2] == "'s" and not STUDIED.match(text, surname.end)
        acts = owns or SPEAKS.match(text, surname.end) or CHARTED.match(text, surname.end)
        opens = number == 0 or _OPENS.search(text, max(0, given.start - 2), given.start)
        if given.capital:
            sure = bool(aged or acts) or not (opens and given.word in _MODAL)
        else:
            told = message.case or message.person or number == 0
            sure = bool(aged) or bool(acts and given.word not in _MODAL and told)
        if sure:
            yield FULL_NAME, given.start, surname.end


def on_no_list(message: Message, lists: Gazetteer) -> Iterator[Found]:
    """Yield two words in capitals that could only be a name, of which a list has the surname at most."""
    if message.work:
        return
    text = message.text
    for _, given, surname in _pairs(message):
        words = (given.word, surname.word)
        if not all(len(word) > 3 and lists.is_unknown(word) for word in words):
            continue
        low = given.text.islower() and surname.text.islower()
        if low and (surname.word not in lists.last or any(lists.is_slip(word) for word in words)):
            continue
        if not low and not (given.text.istitle() and surname.text.istitle()):
            continue
        if given.word in lists.surnames or given.word in lists.last or any(word in NEVER for word in words):
            continue
        if _COMPANY.match(text, surname.end):
            continue
        if lists.is_known(given.word, surname.word) or "-" in given.text or _ADJECTIVE.search(given.word):
            continue
        met = MET.search(text, max(0, given.start - 14), given.start)
        if (surname.word in lists.last and not low) or (
            AGED.match(text, surname.end)
            or SPEAKS.match(text, surname.end)
            or (met and met.group().strip() != "of")
            or ASKS.search(text, max(0, given.start - 12), given.start)
            or text[surname.end : surname.end + 2] == "'s"
        ):
            yield FULL_NAME, given.start, surname.end


def _pairs(message: Message) -> Iterator[tuple[int, Token, Token]]:
    """Yield each two words with one space between, unless a year or the name of a disease or a test is behind them."""
    text, tokens = message.text, message.tokens
    for number, (given, surname) in enumerate(itertools.pairwise(tokens)):
        if text[given.end : surname.start] != " " or CITED.match(text, surname.end):
            continue
        if text[surname.end : surname.end + 2] != "'s" and DISEASE.match(text, surname.end):
            continue
        yield number, given, surname
