"""What a word may be: given name, surname, English word, place, eponym; and who is known by full name.

The lists in `data/` are described, with their licences, in `data/README.md`.
"""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass
from importlib import resources
from string import ascii_lowercase

from ipt_rag.phi.syllables import is_two_syllables

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "ð": "d", "þ": "th"})
_ENDINGS = ("s", "es", "ed", "ing", "ly", "d", "ies")
# Written together after an apostrophe or as one word in chat; SCOWL lists them only with the apostrophe.
_CHAT = frozenset(
    "im ive ill id dont doesnt didnt wont cant couldnt shouldnt wouldnt isnt arent wasnt werent "
    "hasnt havent hadnt shes hes theyre "
    "youre whats thats theres lets gonna wanna gotta kinda ok okay pls plz thx ur wks wk yrs yr "
    "mths mins hrs vs eg ie etc ipt cbt dbt act "
    "pt pts px tx dx hx rx sx mdd ptsd ocd adhd bpd gad phq bdi epds hamd madrs ssri snri rct "
    "rcts ect tms bmi bp hr yo yof yom mom moms mum "
    "therapists sesion sesions pateint pateints wich hwo greif teh recieve treatement dispute dis"
    "putes maybe hiya heya howdy ciao hola merci danke gracias online email emails website blog".split()
)


def plain(word: str) -> str:
    """Return a word in lower case without accents, apostrophes and possessive "'s".

    >>> plain("O'Hara's"), plain("Müller")
    ('ohara', 'muller')
    """
    if not word.isascii():
        word = "".join(each for each in unicodedata.normalize("NFKD", word) if not unicodedata.combining(each))
    lower = word.lower().translate(_LETTERS)
    if lower.endswith("'s"):
        lower = lower[:-2]
    return lower.replace("'", "").replace(".", "")


@functools.cache  # a guard for each page that is added would read the lists anew
def _lines(name: str) -> frozenset[str]:
    return frozenset(resources.files("ipt_rag.phi").joinpath("data", name).read_text(encoding="utf-8").split())


def _is_word(word: str, words: frozenset[str]) -> bool:
    if word in words:
        return True
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            if _is_word(stem, words) or stem + "e" in words or (ending == "ies" and stem + "y" in words):
                return True
            if ending in ("ed", "ing") and stem[-1] == stem[-2] and stem[:-1] in words:
                return True
    return False


@dataclass(frozen=True, slots=True)
class GivenNames(Container[str]):
    """A list of given names, and what two syllables of Pinyin or of Korean make, less the words of English."""

    listed: frozenset[str]
    words: frozenset[str]

    def __contains__(self, word: object) -> bool:
        """Return whether a word, as `plain` returns it, may be a given name."""
        return word in self.listed or (
            isinstance(word, str) and is_two_syllables(word) and not _is_word(word, self.words)
        )


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The lists, loaded once; every question takes a word as `plain` returns it."""

    first: GivenNames
    common_first: frozenset[str]  # frequent enough to be a name even in lower case and alone
    last: frozenset[str]
    words: frozenset[str]
    eponyms: frozenset[str]
    places: frozenset[str]
    people: frozenset[tuple[str, str]]  # (given name, surname)
    surnames: frozenset[str]  # of the field's people, less the most frequent ones of all
    given: frozenset[str]  # words of English that are given names nearly always
    alone: frozenset[str]  # given names, in capitals, wherever they stand, though some bear them as surnames
    word_given: frozenset[str]  # words and places that are given names too: before a surname only

    @classmethod
    def load(cls, known_names: Iterable[str] = ()) -> Gazetteer:
        """Read the lists; `known_names` are further persons of the corpus, "Given Surname" or "Surname GI"."""
        text = resources.files("ipt_rag.phi").joinpath("data", "allowed.toml").read_text(encoding="utf-8")
        allowed = tomllib.loads(text)
        words = _lines("words.txt") | _CHAT
        people = [split_name(name) for name in (*allowed["people"].split(";"), *known_names)]
        famous = [split_name(name) for name in allowed["famous"].split(";")]
        return cls(
            first=GivenNames(_lines("first.txt"), words),
            common_first=_lines("common_first.txt"),
            last=_lines("last.txt"),
            words=words,
            eponyms=frozenset(allowed["eponyms"].split()),
            places=frozenset(allowed["places"].split()),
            people=frozenset((parts[0], parts[-1]) for parts in (*people, *famous) if len(parts) > 1),
            surnames=frozenset(parts[-1] for parts in people if parts) - frozenset(allowed["common_surnames"].split()),
            given=frozenset(allowed["given"].split()),
            alone=frozenset(allowed["alone"].split()),
            word_given=frozenset(allowed["word_given"].split()),
        )

    def is_word(self, word: str) -> bool:
        """Return whether this is an English word, inflected or not, written in lower case."""
        return _is_word(word, self.words)

    def is_plain_first(self, word: str) -> bool:
        """Return whether this is a given name and nothing else: no word, place, eponym or drug."""
        if word in self.given:
            return True
        return word in self.first and word not in self.places and word not in self.eponyms and not self.is_word(word)

    def is_slip(self, word: str) -> bool:
        """Return whether a rare word is an English one with a letter left out or two exchanged: "privat", "haert"."""
        if word in self.common_first:
            return False
        longer = (word[:at] + letter + word[at:] for at in range(len(word) + 1) for letter in ascii_lowercase)
        swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
        return any(each in self.words for each in itertools.chain(longer, swapped))

    def is_unknown(self, word: str) -> bool:
        """Return whether this could only be a name: no English word, place, eponym, drug or ending of medicine."""
        return (
            len(word) > 2
            and word not in self.eponyms
            and word not in self.places
            and not self.is_word(word)
            and not _MEDICAL.search(word)
        )

    def is_surname(self, word: str) -> bool:
        """Return whether this may stand behind a given name: a surname, or a word that could only be a name."""
        return word in self.last or self.is_unknown(word)

    def is_known(self, given: str, surname: str) -> bool:
        """Return whether this is a person of the literature, by full name or by initial and surname."""
        if len(given) == 1:
            return (
                any(last == surname and first[:1] == given for first, last in self.people) or surname in self.surnames
            )
        return (given, surname) in self.people


# Endings of diseases, drugs and body parts that no surname list of ours shares often enough to matter.
_MEDICAL = re.compile(
    r"(?:itis|osis|oses|emia|aemia|uria|pathy|ectomy|otomy|ostomy|plasty|scopy|graphy|gram|oma|"
    r"omas|algia|trophy|plasia|plegia|phobia|mania|philia|genic|"
    r"therapy|therapies|metric|ology|ologist|iatric|iatry|mab|nib|pril|sartan|statin|olol|azole|"
    r"azepam|zolam|setron|triptan|cillin|mycin|cycline|floxacin|vir|"
    r"oxetine|ipramine|triptyline|azine|azine|idone|apine|aline|faxine|prazole|tidine|gliptin|"
    r"gliflozin|glutide|parin|xaban|grel|dipine|thiazide|semide|lactone|"
    r"sone|solone|asone|onide|terol|phylline|amine|amide|idine|ate|ium|ase|ous|oid|itic|otic|emic|"
    r"aemic|ular|eal|iform|ergic|tropic|ative|isation|ization|ise|ize|ism|ment)$"
)


def split_name(name: str) -> tuple[str, ...]:
    """Return the parts of a person's name as `plain` words, surname last: "Klerman GL" and "G. L. Klerman" agree.

    >>> split_name("Weissman MM"), split_name("John C. Markowitz")
    (('m', 'weissman'), ('john', 'c', 'markowitz'))
    """
    parts = [part for part in re.split(r"[\s,]+", name.strip()) if part]
    if len(parts) > 1 and re.fullmatch(r"[A-Z]{1,3}", parts[-1]):
        return parts[-1][0].lower(), plain(parts[-2])  # "van Dorn BC": without its particle
    return tuple(plain(part) for part in parts)
