"""Persons' names, by what stands beside them and by the lists: "my patient …", "Mr …", a given name before a surname."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ipt_rag.phi.entities import EntityFinder
from ipt_rag.phi.gazetteer import Gazetteer, plain
from ipt_rag.phi.kinds import FULL_NAME, NAME
from ipt_rag.phi.rules import Found

_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['-](?=[^\W\d_])){0,40}")
_PARTICLES = frozenset("de da do dos das del della di du la le van von der den ter ten al el bin ibn bint ben abu st san mac mc o'".split())
# Words that look like names in our lists but, in lower case behind a role, are the next word of the sentence.
_NEVER = frozenset(
    "a about after again age aged ago alike all almost alone already also although always am an and another any are arm as ask asked asks at away back bad be because been "
    "before being best better between big both but by call can cannot care case cases center chart come complain could data day days dead did die died dies does done down due each early else end ends even ever "
    "every few file files first for former from full gave get gets give go goes going gone good got great group groups had half happy has hasnt hate have having he help helps her here hers him his hit home how "
    "however i ideal if in into is isn it its just keep kept know known last late later least leave left less like likes live lives long look lost love low made main make many mark may me mean might mine mine more most "
    "move moved much must my name named need needs never new next nice no none nor not note notes now of off often old on once one only onto open or other our out over own part past phone plan please poor post pre "
    "quite rate ready real record records rest right role safe said same saw say says see seen sees self sent set she shes short should show shows sick since single so some soon still stop such sure take takes tell tells "
    "test than that the their them then there these they this those though through till time to told too took true try two type types under until up upon us use used very via view visit wait want wanted wants was way we well "
    "went were what when where which while who whom whose why wide will win wish with within won wont would year years yes yet you young younger your in-law ipt cbt id ok okay fine dear sir madam doctor dr mr mrs ms "
    "babygirl babyboy baby infant male female boy girl hello hi thanks thank greetings good regards sincerely anonymous unknown unnamed redacted confidential available on-file care safety portal population populations records satisfaction education handout handouts contract centered relationship alliance factors".split()
)
_ROLE_WORDS = (
    r"pa?t(?:ie|ei)nts?'?s?|patents|pt'?s?|clients?'?s?|in-?patients?'?s?|out-?patients?'?s?|customers?|employees?|resident|veteran|inmate|survivor|teen|adolescent|member|applicant|"
    r"(?:ex-?|late\s|step-?)?(?:wife|husband|son|daughter|sister|brother|mother|father|mom|mum|dad|mommy|daddy|partner|boyfriend|girlfriend|fianc[eé]e?|spouse|aunt|uncle|cousin|niece|nephew|"
    r"grandmother|grandfather|grandma|grandpa|grandson|granddaughter|stepmother|stepfather|stepson|stepdaughter|baby|newborn|infant|child|kid|twin|friend|roommate|flatmate|boss|manager|coworker|colleague|neighbou?r|teacher|caregiver|carer|guardian|landlord)'?s?(?:-in-law)?|"
    r"(?:wo)?man|lady|girl|boy|guy|widow(?:er)?|(?:fe)?male|nurse|social\sworker|case\s?worker|therapist|psychiatrist|counsel?lor|physician|gp|pcp|ex|(?:she|he|they)\s(?:has|have)\sa\s(?:son|daughter)"
)
_ROLE = re.compile(
    rf"(?<![\w-])(?:{_ROLE_WORDS})(?:\sof\s(?:mine|ours|hers|his))?(?:\s?[,:(=-]\s?|\s)(?:(?:is|was|named|called|name|aka|pt|patient|client|initials|by\sname|known\sas|dr\.?)\W{{1,3}}){{0,3}}[\"'(]?", re.IGNORECASE
)
_SAID = re.compile(
    r"(?<!\w)(?:(?:full|first|last|given|family|legal|maiden|real|pt|patient|client|her|his|their|my|the|sur)[_\s']{0,2}s?\s?(?:full\s|first\s|last\s|real\s|given\s)?name\W{0,3}(?:is|was|:|=|\?)|name\s?[:=]|"
    r"named(?:\s(?:him|her|it|them|the\sbaby))?|called|goes\s(?:now\s)?by|known\sas|a\.?k\.?a\.?|nick-?named|(?:we|they|everyone|people|friends|i)(?:'ll)?\scall\s(?:him|her|them|it)|i\sam|i'm|this\sis|it's|"
    r"patient|pt|client|re|contact|cc|attn|attention|signed|sincerely|regards|dear|from|to|prescriber|provider|similar\sto|cases?\s(?:similar\sto|like|of|as)|(?:patients?|cases?|someone|people|pts?)\slike|notes\s(?:of|for|on)|records\s(?:of|for)|(?:seen|referred|reviewed|treated|evaluated|operated|diagnosed)\s(?:with\s|by\s)|under|specifically\sfor|belong(?:s|ing)?\sto|for|with|about|of|and|vs|by|from|had\sgiven)"
    r"(?:\s?[:=-]\s?|\s{1,2})[\"'(*]?",
    re.IGNORECASE,
)
# The cues of `_SAID` that announce a name, so that any word fit to be one counts; the others need more.
_ANNOUNCES = re.compile(r"name|called|goes|known|aka|a\.k\.a|call|^(?:patient|pt|client|re|contact|attn|signed|dear)\s?[:=-]", re.IGNORECASE)
_PERSON = re.compile(rf"\b(?:{_ROLE_WORDS}|he|she|they|her|him|his|i|who|someone|person|year-old|y/?o|\d\d[mf]?)\b", re.IGNORECASE)
_TITLE = re.compile(
    r"(?<![\w-])(?P<title>mr|mrs|miss|mx|dr|doctor|prof|professor|rev|sra?|señora?|herr|frau|mme|monsieur|madame|sister|brother|pastor|rabbi|imam|judge|officer|sgt|capt|lt|nurse|uncle|aunt(?:ie|y)?|(?-i:M[sS])|ms(?=\.|\s[a-z]{3,20}\s(?:is|was|has|wants|asked|said)\b))\b\.?\s{1,2}",
    re.IGNORECASE,
)
_ACADEMIC_TITLE = frozenset({"dr", "doctor", "prof", "professor"})
_SPEAKS = re.compile(
    r"\s(?:is|was|has|had|says|said|wants|wanted|feels|felt|told|asks|asked|keeps|cries|lost|refuses|reports|reported|came|comes|lives|lived|moved|scored|scores|started|stopped|died|gave|dropped|attends|attended|denies|takes|took|needs|hates|misses|avoids|struggles|got|won't|doesn't|didn't|can't|isn't|wont|doesnt|isnt)\b"
)
_WORK = re.compile(
    r"\b(?:et\sal|theory|theories|theorist|book|books|chapter|paper|papers|article|articles|wrote|written|writes|author|authors|authored|published|invented|founded|founder|founders|"
    r"coined|pioneer\w*|researchers?|who\s(?:is|was|are|were)|works?\sof|ideas|concept|according\sto|comments|influence\w*|biography|school\sof|cited|cites|cite|meta-analysis)\b",
    re.IGNORECASE,
)
# Around one name: "did … study", "…'s model", "… argued".
_DID = re.compile(r"\b(?:did|does|do|has|have|was|is)\s(?:\w{1,12}\sand\s)?$", re.IGNORECASE)
_STUDIED = re.compile(
    r"(?:'s?)?[^.?!]{0,24}\b(?:stud(?:y|ied|ies)|write|written|find|found|argued?|describe[sd]?|contribut\w+|propose[sd]?|develop(?:ed)?|think|publish(?:ed)?|report(?:ed)?|conclude[sd]?|involved|trial|model|scale|"
    r"approach|view|inventory|index|review|interview|work|research|test)\b",
    re.IGNORECASE,
)
_CASE = re.compile(
    rf"\b(?:patients?|pts?|clients?|pateint|my|seen|admitted|admission|mrn|year-old|y/?o|yo|yrs?\sold|years?\sold|session\s\d+\swith|diagnosed\swith|\d\d\s?(?:[mf]|yom|yof)|male|female|hx|dx|her\s(?:husband|wife|son)|phq-?9|epds|referred|discharged|treated\sat|"
    rf"email|phone|dob|ssn|lives|wife|husband|daughter|son|mother|father|sister|brother)\b", re.IGNORECASE
)  # fmt: skip
_POSSESSED = re.compile(r"\b(?:my|her|his|their|our|a|the)\s$", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:he|she|him|her|his|hers|s/he|case|client|session|today)\b", re.IGNORECASE)
_DISEASE = re.compile(
    r"(?:'s)?(?:[\s-][a-z]{4,14}){0,2}?\s(?:syndrome|disease|disorder|reflex|sign|score|scores|criteria|test|scale|palsy|lymphoma|sarcoma|tumou?r|anaemia|anemia|phenomenon|dystrophy|ataxia|contracture|fracture|cells?|body|bodies|risk|index|study|trial|classification|stage|procedure|"
    r"manoeuvre|maneuver|operation|effect|method|thyroiditis|chorea|hospital|clinic|university|institute|foundation|college|school|street|law|model|questionnaire|inventory|interview|anomaly|deformity|malformation|virus|fever|encephalopathy|virus)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    word: str  # as `plain` returns it
    start: int
    end: int

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


def _tokens(text: str, lists: Gazetteer) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        shown, end = match.group(), match.end()
        if shown.lower().endswith("'s"):
            shown, end = shown[:-2], end - 2
        word = plain(shown)
        parts = word.split("-")
        if len(parts) > 1 and word not in lists.surnames and not any(
            len(part) < 2 or (lists.is_word(part) and part not in lists.common_first) for part in parts[:1]
        ) and all(part in lists.first or not lists.is_word(part) for part in parts[1:]):
            # "Hyun-woo", "Asante-Boateng": the first part that is on a list speaks for the whole.
            word = next((part for part in parts if part in lists.first or part in lists.last), word)
        found.append(_Token(shown, word, match.start(), end))
    return found


class NameFinder:
    """Finds names in normalised text with the lists of one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._lists = gazetteer

    def find(self, text: str) -> Iterator[Found]:
        """Yield names in a normalised text, by rising cost of the rule."""
        tokens = _tokens(text, self._lists)
        places = {token.start: number for number, token in enumerate(tokens)}
        yield from self._titled(text, tokens, places)
        yield from self._announced(text, tokens, places)
        yield from self._beside_role(text, tokens, places)
        yield from self._initialled(text, tokens)
        yield from self._full(text, tokens)
        yield from self._alone(text, tokens)

    def find_with(self, entities: EntityFinder, text: str) -> Iterator[Found]:
        """Yield names that the model sees in a text as typed, or with its likely names in capitals, and the lists allow."""
        tokens = _tokens(text, self._lists)
        shown = self._in_capitals(text, tokens)
        if not any(self._is_candidate(token) for token in tokens):
            return
        scholarly = bool(_WORK.search(text)) and not _CASE.search(text)
        for spans in entities.persons([text, shown] if shown != text else [text]):
            for start, end in spans:
                inside = [token for token in tokens if token.start >= start and token.end <= end]
                while len(inside) > 1 and inside[0].capital and not inside[-1].capital:
                    inside.pop()  # the model likes to take the verb along: "Tracey Lundgren study"
                if self._is_person(text, inside, scholarly):
                    yield (FULL_NAME if len(inside) > 1 else NAME), inside[0].start, inside[-1].end

    def _is_candidate(self, token: _Token) -> bool:
        """Return whether a word is worth asking the model about: on no list but a name's, or on none at all."""
        word = token.word
        if len(word) < 3 or word in _NEVER or token.text.isupper():
            return False
        return self._lists.is_plain_first(word) or (token.text.istitle() and self._lists.is_unknown(word) and word not in self._lists.surnames)

    def _in_capitals(self, text: str, tokens: list[_Token]) -> str:
        """Return the text with its likely names in capitals, of the same length: chat is often typed in lower case."""
        pieces = list(text)
        for number, token in enumerate(tokens):
            behind = number > 0 and pieces[tokens[number - 1].start].isupper() and token.word in self._lists.last
            if self._is_candidate(token) or (behind and token.word not in _NEVER):
                pieces[token.start] = pieces[token.start].upper()[:1]
        return "".join(pieces)

    def _is_person(self, text: str, inside: list[_Token], scholarly: bool) -> bool:
        """Return whether the words of a span that the model took for a person could be one outside the literature."""
        lists = self._lists
        if not inside or scholarly or _DISEASE.match(text, inside[-1].end) or self._cited(text, inside[-1].end):
            return False
        if self._studied(text, inside[0].start, inside[-1].end) and not _CASE.search(text):
            return False
        words = [token.word for token in inside]
        if any(word in lists.eponyms or word in _NEVER or (lists.is_word(word) and word not in lists.last) for word in words):
            return False
        if any(word in lists.surnames for word in words) and not lists.is_plain_first(words[0]):
            return False
        if any(lists.is_known(words[0], word) for word in words[1:]) or (len(words) > 1 and len(words[-1]) < 2):
            return False
        if len(words) == 1:
            return lists.is_plain_first(words[0]) and bool(_CASE.search(text))
        # Two words on no list at all: typed with capitals, since misspelt words are on no list either.
        return lists.is_plain_first(words[0]) or all(lists.is_unknown(token.word) and token.text.istitle() for token in inside)

    def _run(self, text: str, tokens: list[_Token], number: int) -> int:
        """Return the number of tokens, from `number` on, that go on with a name: surname, particle, initial."""
        count = 1
        while number + count < len(tokens) and count < 5:
            last, token = tokens[number + count - 1], tokens[number + count]
            gap = text[last.end : token.start]
            if gap not in (" ", ". ", "  ", ".", "' ", '" ', "+", "_"):
                break
            word = token.word
            follows = word in _PARTICLES or (len(word) == 1 and token.capital and word != "i")
            fits = word not in _NEVER and (self._lists.is_surname(word) if not token.capital else not self._lists.is_word(word) or word in self._lists.last)
            if not (follows or (fits and token.capital >= tokens[number].capital)):
                break
            count += 1
        while count > 1 and tokens[number + count - 1].word in _PARTICLES:
            count -= 1
        return count

    def _named(self, text: str, tokens: list[_Token], number: int) -> Found:
        """Return the finding for the name that begins at a token."""
        count = self._run(text, tokens, number)
        return (FULL_NAME if count > 1 else NAME), tokens[number].start, tokens[number + count - 1].end

    def _is_known(self, text: str, tokens: list[_Token], number: int) -> bool:
        """Return whether the full name that begins at a token is one of the literature's."""
        last = number + self._run(text, tokens, number) - 1
        return any(self._lists.is_known(tokens[number].word, tokens[end].word) for end in range(number + 1, last + 1))

    def _fits(self, token: _Token, *, announced: bool) -> bool:
        """Return whether a word behind a cue reads as a name."""
        word = token.word
        if word in _NEVER or len(word) < 2:
            return False
        listed = word in self._lists.first or word in self._lists.last
        if token.capital and not token.text.isupper():
            return announced or not self._lists.is_word(word) or word in self._lists.first
        if announced and word in self._lists.first:
            return True
        return listed and not self._lists.is_word(word) and (announced or word not in self._lists.eponyms | self._lists.places)

    def _titled(self, text: str, tokens: list[_Token], places: dict[int, int]) -> Iterator[Found]:
        for match in _TITLE.finditer(text):
            number = places.get(match.end())
            if number is None:
                continue
            token, title = tokens[number], match["title"].lower()
            scholar = title in _ACADEMIC_TITLE
            if match["title"].isupper() and not token.capital:
                continue
            if "." in match.group() and title in ("doctor", "nurse", "sister", "brother", "judge", "officer", "uncle", "aunt", "miss"):
                continue
            if scholar and (token.word in self._lists.surnames or self._is_known(text, tokens, number)):
                continue
            lone = len(token.word) == 1 and text[token.end : token.end + 1] == "."
            if lone or (token.word not in _NEVER and len(token.word) > 1 and (token.capital and not token.text.isupper() or not self._lists.is_word(token.word))):
                if token.capital or title in ("mr", "mrs", "miss", "ms", "mx", "dr") and not _DISEASE.match(text, token.end):
                    yield self._named(text, tokens, number)

    def _announced(self, text: str, tokens: list[_Token], places: dict[int, int]) -> Iterator[Found]:
        for match in _SAID.finditer(text):
            number = places.get(match.end())
            if number is None:
                continue
            cue, token = match.group(), tokens[number]
            if self._is_known(text, tokens, number) or _DISEASE.match(text, token.end):
                continue
            if _ANNOUNCES.search(cue):
                personal = "name" in cue.lower() or ":" in cue or _PERSON.search(text, max(0, match.start() - 30), match.end())
                if personal and self._fits(token, announced=True) and (token.word not in self._lists.surnames or token.word in self._lists.first):
                    yield self._named(text, tokens, number)
            elif re.match(r"(?i)i am|i'm|this is|it's", cue) and self._lists.is_plain_first(token.word) and len(token.word) > 3:
                yield self._named(text, tokens, number)
            elif token.capital and not token.text.isupper() and self._lists.is_plain_first(token.word) and token.word not in self._lists.surnames and (_CASE.search(text) or _PRONOUN.search(text)) and not _WORK.search(text):
                yield self._named(text, tokens, number)

    def _beside_role(self, text: str, tokens: list[_Token], places: dict[int, int]) -> Iterator[Found]:
        for match in _ROLE.finditer(text):
            number = places.get(match.end())
            if number is None or _DISEASE.match(text, tokens[number].end):
                continue
            token, word = tokens[number], tokens[number].word
            if self._is_known(text, tokens, number) and not re.match(r"(?i)(?:my\s)?(?:patient|pt|client)", match.group()):
                continue
            mine = bool(_POSSESSED.search(text, max(0, match.start() - 14), match.start()))
            christened = token.capital and not token.text.isupper() and mine and word in self._lists.first and word not in _NEVER
            if christened and word not in self._lists.eponyms:
                yield self._named(text, tokens, number)
                continue
            if word in self._lists.eponyms | self._lists.places and self._run(text, tokens, number) == 1:
                continue
            following = tokens[number + 1] if number + 1 < len(tokens) else None
            both = following is not None and text[token.end : following.start] == " " and word in self._lists.first and following.word in self._lists.last
            if self._fits(token, announced=False) and (not self._lists.is_word(word) or (both and following is not None and following.word not in _NEVER)):
                yield self._named(text, tokens, number)
            elif both and following is not None and word not in _NEVER and following.word not in _NEVER:
                yield FULL_NAME, token.start, following.end

    def _initialled(self, text: str, tokens: list[_Token]) -> Iterator[Found]:
        for number, token in enumerate(tokens):
            behind = tokens[number + 1] if number + 1 < len(tokens) else None
            if behind is None:
                break
            gap = text[token.end : behind.start]
            # "Robert L.", "emily r.,": a given name and an initial.
            if (
                token.word in self._lists.first and token.word not in _NEVER and gap == " " and len(behind.text) == 1
                and text[behind.end : behind.end + 1] == "." and (token.capital == behind.capital)
                and (token.capital and not token.text.isupper() or self._lists.is_plain_first(token.word))
                and not self._lists.is_known(token.word, behind.word)
                and not (behind.end + 2 < len(text) and number + 2 < len(tokens) and self._lists.is_known(token.word, tokens[number + 2].word))
            ):  # fmt: skip
                yield NAME, token.start, behind.end + 1
            # "K. Thompson", "J. R. Kowalczyk": initials and a surname that is not one of the literature's.
            lower = not token.capital and bool(_CASE.search(text)) and token.word not in "eg"
            if len(token.text) == 1 and (token.capital or lower) and gap in (".", ". ") and (number == 0 or text[tokens[number - 1].end : token.start] not in ("'", ".")):
                end = number + 1
                while end < len(tokens) - 1 and len(tokens[end].text) == 1 and text[tokens[end].end : tokens[end + 1].start] in (".", ". "):
                    end += 1
                surname = tokens[end]
                if (
                    surname.capital >= token.capital and len(surname.word) > 2 and surname.word in self._lists.last and not self._lists.is_word(surname.word)
                    and surname.word not in self._lists.surnames | self._lists.eponyms and not self._cited(text, surname.end)
                ):  # fmt: skip
                    yield FULL_NAME, token.start, surname.end

    @staticmethod
    def _cited(text: str, end: int) -> bool:
        """Return whether a year, "et al." or a co-author stands right behind a name: it is an author's."""
        return bool(re.match(r"(?:'s)?[\s,(]{0,3}(?:et\sal|and\scolleagues|&|(?:19|20)\d\d)", text[end : end + 20]))

    @staticmethod
    def _studied(text: str, start: int, end: int) -> bool:
        """Return whether a question about somebody's work stands around a name: "did … study", "…'s model"."""
        return bool(_STUDIED.match(text, end) and (_DID.search(text, max(0, start - 24), start) or text[end : end + 1] == "'"))

    def _full(self, text: str, tokens: list[_Token]) -> Iterator[Found]:
        scholarly = bool(_WORK.search(text)) and not _CASE.search(text)
        number = 0
        while number < len(tokens) - 1:
            count = self._full_at(text, tokens, number, scholarly)
            if count:
                yield FULL_NAME, tokens[number].start, tokens[number + count - 1].end
            number += count or 1

    def _full_at(self, text: str, tokens: list[_Token], number: int, scholarly: bool) -> int:
        """Return how many tokens make a full name at `number`, 0 where there is none."""
        lists, token = self._lists, tokens[number]
        if token.word not in lists.first or token.word in _NEVER or token.word in _PARTICLES or len(token.word) < 2:
            return 0
        at = number + 1
        while at < len(tokens) - 1 and (tokens[at].word in _PARTICLES or len(tokens[at].text) == 1 and tokens[at].capital) and at - number < 4:
            at += 1
        surname = tokens[at]
        gaps = {text[tokens[place].end : tokens[place + 1].start] for place in range(number, at)}
        if not gaps <= {" ", "  ", ". ", "+", "_", ".", "\n"} or (at == number + 1 and "." in "".join(gaps)):
            return 0
        if surname.word in _NEVER or len(surname.word) < 2 or (token.capital and not surname.capital):
            return 0
        if self._is_known(text, tokens, number) or lists.is_known(token.word, surname.word) or (token.word in lists.surnames and surname.word in lists.surnames):
            return 0
        if _DISEASE.match(text, surname.end) or self._cited(text, surname.end) or scholarly:
            return 0
        if self._studied(text, token.start, surname.end) and not _CASE.search(text):
            return 0
        sure = lists.is_plain_first(token.word)
        word = lists.is_word(surname.word)
        place = surname.word in lists.places
        if sure and not place and (lists.is_surname(surname.word) and (not word or surname.word in lists.last)):
            return at - number + 1
        rare = surname.word in lists.last and surname.word not in lists.eponyms | lists.surnames
        shown = token.capital or token.word in lists.common_first
        if not sure and rare and not word and not place and shown and token.capital == surname.capital and not token.text.isupper():
            return at - number + 1
        return 0

    def _alone(self, text: str, tokens: list[_Token]) -> Iterator[Found]:
        """A given name on its own, where the message speaks of a case or of "him" and "her", not of somebody's work."""
        lists = self._lists
        scholarly = bool(_WORK.search(text)) and not _CASE.search(text)
        case = bool(_CASE.search(text) or _PRONOUN.search(text))
        for number, token in enumerate(tokens):
            if len(token.word) < 4 or token.word in lists.surnames | _NEVER or token.text.isupper() or not lists.is_plain_first(token.word):
                continue
            known = any(lists.is_known(token.word, other.word) for other in tokens[number + 1 : number + 4])
            if known or _DISEASE.match(text, token.end) or self._cited(text, token.end):
                continue
            if scholarly or (not _CASE.search(text) and self._studied(text, token.start, token.end)):
                continue
            listed = token.text.istitle() or token.word in lists.common_first
            if listed and (case or _SPEAKS.match(text, token.end) or text[token.end : token.end + 2].lower() == "'s"):
                yield NAME, token.start, token.end
