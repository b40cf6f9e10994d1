"""Persons' names, by what stands beside them ("my patient …", "Mr …") and by the lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipt_rag.phi.entities import EntityFinder
from ipt_rag.phi.gazetteer import Gazetteer
from ipt_rag.phi.kinds import FULL_NAME, NAME
from ipt_rag.phi.messages import Message, Token
from ipt_rag.phi.name_cues import (
    ACADEMIC_TITLE,
    AGE_BEFORE,
    AGED,
    ANNOUNCES,
    ASKS,
    CHARTED,
    CITED,
    DIAGNOSED,
    DID,
    DISEASE,
    INITIALS,
    JOINS,
    MET,
    NEVER,
    OTHER_SCRIPT,
    PARTICLES,
    PERSON,
    POSSESSED,
    PROFESSOR,
    REFERENCE,
    ROLE,
    SAID,
    SAINT,
    SPEAKS,
    STUDIED,
    TITLE,
    TREATED,
)
from ipt_rag.phi.name_forms import of_words, on_no_list, run_together, surname_first
from ipt_rag.phi.rules import Found


class NameFinder:
    """Finds names in normalised text with the lists of one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._lists = gazetteer

    def find(self, text: str) -> Iterator[Found]:
        """Yield names in a normalised text, by rising cost of the rule."""
        message = Message.of(text, self._lists)
        for rule in (
            self._titled,
            self._announced,
            self._beside_role,
            self._initialled,
            self._full,
            self._alone,
            self._listed,
            self._aged,
            self._asked_about,
        ):
            yield from rule(message)
        for form in (surname_first, run_together, of_words, on_no_list):
            yield from form(message, self._lists)
        for pattern in (OTHER_SCRIPT, INITIALS):
            for match in pattern.finditer(text):
                yield NAME, match.start("id"), match.end("id")

    def find_with(self, entities: EntityFinder, text: str) -> Iterator[Found]:
        """Yield names that the model sees, as typed or with likely names in capitals; the lists may veto."""
        message = Message.of(text, self._lists)
        tokens = message.tokens
        shown = self._in_capitals(text, tokens)
        if not any(self._is_candidate(token) for token in tokens):
            return
        for spans in entities.persons([text, shown] if shown != text else [text]):
            for start, end in spans:
                inside = [token for token in tokens if token.start >= start and token.end <= end]
                while len(inside) > 1 and inside[0].capital and not inside[-1].capital:
                    inside.pop()  # the model likes to take the verb along: "Tracey Lundgren study"
                if self._is_person(message, inside):
                    yield (FULL_NAME if len(inside) > 1 else NAME), inside[0].start, inside[-1].end

    def _is_candidate(self, token: Token) -> bool:
        """Return whether a word is worth asking the model about: on no list but a name's, or on none at all."""
        word = token.word
        if len(word) < 3 or word in NEVER or token.text.isupper():
            return False
        return self._lists.is_plain_first(word) or (
            token.text.istitle() and self._lists.is_unknown(word) and word not in self._lists.surnames
        )

    def _in_capitals(self, text: str, tokens: list[Token]) -> str:
        """Return the text with its likely names in capitals, of the same length: chat is often typed in lower case."""
        pieces = list(text)
        for number, token in enumerate(tokens):
            behind = number > 0 and pieces[tokens[number - 1].start].isupper() and token.word in self._lists.last
            if self._is_candidate(token) or (behind and token.word not in NEVER):
                pieces[token.start] = pieces[token.start].upper()[:1]
        return "".join(pieces)

    def _is_person(self, message: Message, inside: list[Token]) -> bool:
        """Return whether the words of a span that the model took for a person could be one outside the literature."""
        text, lists = message.text, self._lists
        if not inside or message.scholarly or DISEASE.match(text, inside[-1].end) or self._cited(text, inside[-1].end):
            return False
        if self._studied(text, inside[0].start, inside[-1].end) and not message.case:
            return False
        words = [token.word for token in inside]
        if any(
            word in lists.eponyms or word in NEVER or (lists.is_word(word) and word not in lists.last) for word in words
        ):
            return False
        if any(word in lists.surnames for word in words) and not lists.is_plain_first(words[0]):
            return False
        if any(lists.is_known(words[0], word) for word in words[1:]) or (len(words) > 1 and len(words[-1]) < 2):
            return False
        if len(words) == 1:
            met = MET.search(text, max(0, inside[0].start - 14), inside[0].start)
            return (lists.is_plain_first(words[0]) or (met is not None and lists.is_unknown(words[0]))) and message.case
        # Two words on no list at all: typed with capitals, since misspelt words are on no list either.
        return lists.is_plain_first(words[0]) or all(
            lists.is_unknown(token.word) and token.text.istitle() for token in inside
        )

    def _run(self, text: str, tokens: list[Token], number: int) -> int:
        """Return the number of tokens, from `number` on, that go on with a name: surname, particle, initial."""
        count = 1
        while number + count < len(tokens) and count < 5:
            last, token = tokens[number + count - 1], tokens[number + count]
            gap = text[last.end : token.start]
            if gap not in (" ", ". ", "  ", ".", "' ", '" ', "+", "_"):
                break
            word = token.word
            follows = word in PARTICLES or (len(word) == 1 and token.capital and word != "i")
            fits = word not in NEVER and (
                self._lists.is_surname(word)
                if not token.capital
                else not self._lists.is_word(word) or word in self._lists.last
            )
            if not (follows or (fits and token.capital >= tokens[number].capital)):
                break
            count += 1
        while count > 1 and tokens[number + count - 1].word in PARTICLES:
            count -= 1
        return count

    def _named(self, text: str, tokens: list[Token], number: int) -> Found:
        """Return the finding for the name that begins at a token."""
        count = self._run(text, tokens, number)
        return (FULL_NAME if count > 1 else NAME), tokens[number].start, tokens[number + count - 1].end

    def _is_known(self, text: str, tokens: list[Token], number: int) -> bool:
        """Return whether the full name that begins at a token is one of the literature's."""
        last = number + self._run(text, tokens, number) - 1
        return any(self._lists.is_known(tokens[number].word, tokens[end].word) for end in range(number + 1, last + 1))

    def _fits(self, token: Token, *, announced: bool) -> bool:
        """Return whether a word behind a cue reads as a name."""
        word = token.word
        if word in NEVER or len(word) < 2:
            return False
        listed = word in self._lists.first or word in self._lists.last
        if token.capital and not token.text.isupper():
            return announced or not self._lists.is_word(word) or word in self._lists.first
        if announced and word in self._lists.first:
            return True
        return (
            listed
            and not self._lists.is_word(word)
            and (announced or word not in self._lists.eponyms | self._lists.places)
        )

    def _titled(self, message: Message) -> Iterator[Found]:
        text, tokens, places = message.text, message.tokens, message.places
        for match in TITLE.finditer(text):
            number = places.get(match.end())
            if number is None:
                continue
            token, title = tokens[number], match["title"].lower()
            scholar = title in ACADEMIC_TITLE
            if match["title"].isupper() and not token.capital:
                continue
            if match["title"] == "ms" and not self._fits(
                token, announced=False
            ):  # also multiple sclerosis, manuscripts
                continue
            if "." in match.group() and title in (
                "doctor",
                "nurse",
                "sister",
                "brother",
                "judge",
                "officer",
                "uncle",
                "aunt",
                "miss",
            ):
                continue
            if title in ("prof", "professor") and not (message.case or message.person):
                continue  # "Prof. Stuart's training"
            if scholar and (token.word in self._lists.surnames or self._is_known(text, tokens, number)):
                continue
            lone = len(token.word) == 1 and text[token.end : token.end + 1] == "."
            if lone or (
                token.word not in NEVER
                and len(token.word) > 1
                and ((token.capital and not token.text.isupper()) or not self._lists.is_word(token.word))
            ):
                if token.capital or (
                    title in ("mr", "mrs", "miss", "ms", "mx", "dr") and not DISEASE.match(text, token.end)
                ):
                    yield self._named(text, tokens, number)

    def _announced(self, message: Message) -> Iterator[Found]:
        text, tokens, places = message.text, message.tokens, message.places
        for match in SAID.finditer(text):
            number = places.get(match.end())
            if number is None:
                continue
            cue, token = match.group(), tokens[number]
            if self._is_known(text, tokens, number) or DISEASE.match(text, token.end):
                continue
            if ANNOUNCES.search(cue):
                personal = (
                    "name" in cue.lower() or ":" in cue or PERSON.search(text, max(0, match.start() - 30), match.end())
                )
                if (
                    personal
                    and self._fits(token, announced=True)
                    and (token.word not in self._lists.surnames or token.word in self._lists.first)
                ):
                    yield self._named(text, tokens, number)
            elif (
                re.match(r"(?i)i am|i'm|this is|it's", cue)
                and self._lists.is_plain_first(token.word)
                and len(token.word) > 3
            ):
                yield self._named(text, tokens, number)
            elif (
                token.capital
                and not token.text.isupper()
                and self._lists.is_plain_first(token.word)
                and token.word not in self._lists.surnames
                and (message.case or message.person)
                and not message.work
            ):
                yield self._named(text, tokens, number)

    def _beside_role(self, message: Message) -> Iterator[Found]:
        text, tokens, places = message.text, message.tokens, message.places
        for match in ROLE.finditer(text):
            number = places.get(match.end())
            if number is None or DISEASE.match(text, tokens[number].end):
                continue
            token, word = tokens[number], tokens[number].word
            if self._is_known(text, tokens, number) and not re.match(
                r"(?i)(?:my\s)?(?:patient|pt|client)", match.group()
            ):
                continue
            mine = bool(POSSESSED.search(text, max(0, match.start() - 14), match.start()))
            christened = (
                token.capital and not token.text.isupper() and mine and word in self._lists.first and word not in NEVER
            )
            if christened and word not in self._lists.eponyms:
                yield self._named(text, tokens, number)
                continue
            if word in self._lists.eponyms | self._lists.places and self._run(text, tokens, number) == 1:
                continue
            following = tokens[number + 1] if number + 1 < len(tokens) else None
            both = (
                following is not None
                and text[token.end : following.start] == " "
                and word in self._lists.first
                and following.word in self._lists.last
            )
            if self._fits(token, announced=False) and (
                not self._lists.is_word(word) or (both and following is not None and following.word not in NEVER)
            ):
                yield self._named(text, tokens, number)
            elif both and following is not None and word not in NEVER and following.word not in NEVER:
                yield FULL_NAME, token.start, following.end

    def _initialled(self, message: Message) -> Iterator[Found]:
        tokens = message.tokens
        for number in range(len(tokens) - 1):
            if self._is_given_and_initial(message, number):
                yield NAME, tokens[number].start, tokens[number + 1].end + 1
            surname = self._surname_behind_initials(message, number)
            if surname is not None:
                yield FULL_NAME, tokens[number].start, surname.end

    def _is_given_and_initial(self, message: Message, number: int) -> bool:
        """Return whether "Rebecca T." or "amir h." stands at a token."""
        text, tokens, lists = message.text, message.tokens, self._lists
        token, initial = tokens[number], tokens[number + 1]
        if (
            len(initial.text) != 1
            or text[token.end : initial.start] != " "
            or text[initial.end : initial.end + 1] != "."
        ):
            return False
        if token.word not in lists.first or token.word in NEVER or token.capital != initial.capital:
            return False
        if message.scholarly:
            return False
        if not (token.capital and not token.text.isupper()) and not lists.is_plain_first(token.word):
            return False
        beside = tokens[max(0, number - 1) : number + 3]  # "Myrna M. Weissman" is of the literature
        return not any(lists.is_known(token.word, each.word) for each in beside if each is not token)

    def _surname_behind_initials(self, message: Message, number: int) -> Token | None:
        """Return the surname of "K. Brathwaite" or "T. B. Okafor" at a token, unless it is one of the literature's."""
        text, tokens, lists = message.text, message.tokens, self._lists
        token = tokens[number]
        if len(token.text) != 1 or not (token.capital or (message.case and token.word not in "eg")):
            return None
        if number and text[tokens[number - 1].end : token.start] in ("'", "."):
            return None
        for surname, last in zip(tokens[number + 1 : number + 5], tokens[number : number + 4], strict=False):
            if text[last.end : surname.start] not in (".", ". "):
                return None
            if len(surname.text) > 1:
                break
        else:
            return None
        fits = (
            surname.capital >= token.capital
            and len(surname.word) > 2
            and (
                surname.word in lists.last
                or (message.case and surname.text.istitle() and lists.is_unknown(surname.word))
            )
        )
        eponym = surname.word in lists.eponyms and (not message.case or DISEASE.match(text, surname.end) is not None)
        common = lists.is_word(surname.word) or surname.word in lists.surnames or eponym
        return surname if fits and not common and not self._cited(text, surname.end) else None

    @staticmethod
    def _cited(text: str, end: int) -> bool:
        """Return whether a year, "et al." or co-authors stand right behind a name: it is an author's."""
        return CITED.match(text, end) is not None

    def _is_unlisted(self, message: Message, number: int) -> bool:
        """Return whether a given name on no list and a surname stand at a token, in a message that speaks of a case."""
        token, surname, lists = message.tokens[number], message.tokens[number + 1], self._lists
        if not (message.case or message.person) or message.text[token.end : surname.start] != " ":
            return False
        if token.text.islower() and surname.text.islower():
            words = (token.word, surname.word)  # "thabo radebe": on no list of words, and on one of names
            return all(
                lists.is_unknown(word)
                and len(word) > 3
                and word not in lists.surnames | NEVER
                and not lists.is_slip(word)
                for word in words
            ) and any(word in lists.first or word in lists.last for word in words)
        if not (token.text.istitle() and surname.text.istitle() and lists.is_unknown(token.word)):
            return False
        known = {token.word, surname.word} & lists.surnames
        rare = surname.word in lists.last and lists.is_unknown(surname.word)
        behind = DISEASE.match(message.text, surname.end) or self._cited(message.text, surname.end)
        return rare and not known and not behind

    @staticmethod
    def _studied(text: str, start: int, end: int) -> bool:
        """Return whether a question about somebody's work stands around a name: "did … study", "…'s model"."""
        return bool(
            STUDIED.match(text, end) and (DID.search(text, max(0, start - 24), start) or text[end : end + 1] == "'")
        )

    def _full(self, message: Message) -> Iterator[Found]:
        tokens = message.tokens
        number = 0
        while number < len(tokens) - 1:
            count = self._full_at(message, number)
            if count:
                yield FULL_NAME, tokens[number].start, tokens[number + count - 1].end
            number += count or 1

    def _full_at(self, message: Message, number: int) -> int:
        """Return how many tokens make a full name at `number`, 0 where there is none."""
        text, tokens = message.text, message.tokens
        lists, token = self._lists, tokens[number]
        if token.word in NEVER or token.word in PARTICLES or len(token.word) < 2:
            return 0
        if token.word not in lists.first:
            return 2 if self._is_unlisted(message, number) else 0
        at = number + 1
        while (
            at < len(tokens) - 1
            and (tokens[at].word in PARTICLES or (len(tokens[at].text) == 1 and tokens[at].capital))
            and at - number < 4
        ):
            at += 1
        surname = tokens[at]
        gaps = {text[tokens[place].end : tokens[place + 1].start] for place in range(number, at)}
        if not gaps <= {" ", "  ", ". ", "+", "_", ".", "\n"} or (at == number + 1 and "." in "".join(gaps)):
            return 0
        if surname.word in NEVER or len(surname.word) < 2 or (token.capital and not surname.capital):
            return 0
        if (
            self._is_known(text, tokens, number)
            or lists.is_known(token.word, surname.word)
            or (token.word in lists.surnames and surname.word in lists.surnames)
        ):
            return 0
        if (
            surname.text.isupper()
            and not token.text.isupper()
            and (len(surname.word) < 4 or surname.word not in lists.last)
        ):
            return 0  # "Reynolds MTLD-1": an abbreviation; "Judd LL": an author
        if token.text.isupper() and len(token.word) < 4 and surname.word in lists.surnames:
            return 0  # "JC Markowitz": initials of an author
        if self._cited(text, surname.end) or message.scholarly:
            return 0
        owned = CHARTED.match(text, surname.end) and not (token.word in lists.eponyms and surname.word in lists.eponyms)
        if not owned and DISEASE.match(text, surname.end):
            return 0
        if not owned and self._studied(text, token.start, surname.end) and not message.case:
            return 0
        sure = lists.is_plain_first(token.word)
        word = lists.is_word(surname.word)
        place = surname.word in lists.places
        if sure and not place and (lists.is_surname(surname.word) and (not word or surname.word in lists.last)):
            return at - number + 1
        rare = surname.word in lists.last and surname.word not in lists.eponyms | lists.surnames
        shown = token.capital or token.word in lists.common_first
        if (
            not sure
            and rare
            and not word
            and not place
            and shown
            and token.capital == surname.capital
            and not token.text.isupper()
        ):
            return at - number + 1
        return 0

    def _alone(self, message: Message) -> Iterator[Found]:
        """A given name on its own, where the message speaks of a case or of "him" and "her", not of somebody's work."""
        text, tokens = message.text, message.tokens
        lists = self._lists
        case = message.case or message.person
        for number, token in enumerate(tokens):
            if len(token.word) < (3 if case and token.text.istitle() else 4) or token.word in lists.surnames | NEVER:
                continue
            if not (token.text.islower() or token.capital) or token.text.isupper():
                continue
            if not lists.is_plain_first(token.word):
                if self._is_treated(message, token) or self._is_surname_in_case(message, token):
                    yield NAME, token.start, token.end
                continue
            known = any(lists.is_known(token.word, other.word) for other in tokens[number + 1 : number + 4])
            known |= any(lists.is_known(other.word, token.word) for other in tokens[max(0, number - 3) : number])
            known |= number > 0 and lists.is_known(token.word, tokens[number - 1].word)  # "Main, Mary"
            owned = token.word not in lists.eponyms and CHARTED.match(text, token.end)
            if known or self._cited(text, token.end) or (not owned and DISEASE.match(text, token.end)):
                continue
            if message.scholarly or (not (message.case or owned) and self._studied(text, token.start, token.end)):
                continue
            if not case and PROFESSOR.search(text, max(0, token.start - 12), token.start):
                continue
            if SAINT.search(text, max(0, token.start - 7), token.start):
                continue
            met = token.text.istitle() and MET.search(text, max(0, token.start - 14), token.start)
            if (
                case
                or met
                or (not message.work and self._is_name_only(token) and not REFERENCE.match(text, token.end))
                or SPEAKS.match(text, token.end)
                or (token.text.istitle() and DIAGNOSED.match(text, token.end))
                or (
                    text[token.end : token.end + 2].lower() == "'s"
                    and not (token.text.islower() and token.word in lists.given)
                )
            ):
                yield NAME, token.start, token.end

    def _is_name_only(self, token: Token) -> bool:
        """Return whether a word is a given name wherever it stands: none of English, nor a surname in capitals."""
        lists = self._lists
        if token.text.istitle() and token.word in lists.alone:
            return True
        return (
            token.word in lists.first.listed
            and token.word not in lists.given
            and (
                (token.text.islower() and not lists.is_slip(token.word))
                or (token.text.istitle() and token.word not in lists.last)
            )
        )

    def _is_treated(self, message: Message, token: Token) -> bool:
        """Return whether a word on no list is said to have been seen or told: "a session with Thabo"."""
        return (
            (message.case or message.person)
            and token.text.istitle()
            and self._lists.is_unknown(token.word)
            and TREATED.search(message.text, max(0, token.start - 18), token.start) is not None
            and not DISEASE.match(message.text, token.end)
            and not self._cited(message.text, token.end)
        )

    def _is_surname_in_case(self, message: Message, token: Token) -> bool:
        """Return whether a surname that is nothing else stands where a patient does: "okafor wants to stop"."""
        lists, text = self._lists, message.text
        return (
            (message.case or message.person)
            and not message.work
            and token.word in lists.last
            and lists.is_unknown(token.word)
            and not DISEASE.match(text, token.end)
            and not self._cited(text, token.end)
            and not self._studied(text, token.start, token.end)
            and bool(SPEAKS.match(text, token.end) or MET.search(text, max(0, token.start - 14), token.start))
        )

    def _given(self, message: Message, number: int) -> bool:
        """Return whether a word could only be a given name, and is no surname of the literature."""
        token, lists = message.tokens[number], self._lists
        return (
            len(token.word) > 2
            and not token.text.isupper()
            and token.word not in lists.surnames | NEVER
            and lists.is_plain_first(token.word)
        )

    def _listed(self, message: Message) -> Iterator[Found]:
        """Given names in a row, three or, beside talk of a case, two: "Tobias, Lakshmi and Deshawn"."""
        text, tokens = message.text, message.tokens
        if message.scholarly:
            return
        row: list[Token] = []
        for number, token in enumerate(tokens):
            if not self._given(message, number):
                continue
            if row and not JOINS.fullmatch(text, row[-1].end, token.start):
                yield from self._row(message, row)
                row = []
            row.append(token)
        yield from self._row(message, row)

    @staticmethod
    def _row(message: Message, row: list[Token]) -> Iterator[Found]:
        if len(row) >= (2 if message.case or message.person else 3) and not CITED.match(message.text, row[-1].end):
            yield from ((NAME, token.start, token.end) for token in row)

    def _aged(self, message: Message) -> Iterator[Found]:
        """Names with an age beside them: "asks about Wojciech, 19, who …", "41f, anneli korhonen, low"."""
        text, tokens = message.text, message.tokens
        for number, token in enumerate(tokens):
            aged = AGED.match(text, token.end)
            if aged and self._given(message, number):
                yield NAME, token.start, token.end
            if not number or text[tokens[number - 1].end : token.start] != " ":
                continue
            given = tokens[number - 1]
            if (aged or AGE_BEFORE.search(text, max(0, given.start - 24), given.start)) and self._could_be(
                given, token
            ):
                yield FULL_NAME, given.start, token.end

    def _could_be(self, given: Token, surname: Token) -> bool:
        """Return whether two words are on no list but those of names, and one of them on these."""
        lists = self._lists
        words = (given.word, surname.word)
        return (
            all(lists.is_unknown(word) and word not in NEVER | lists.surnames for word in words)
            and any(word in lists.first or word in lists.last for word in words)
            and not given.text.isupper()
            and not surname.text.isupper()
        )

    def _asked_about(self, message: Message) -> Iterator[Found]:
        """A given name that a question opens with: "Is Kenji ready …?", unless it asks for somebody's work."""
        text = message.text
        for match in ASKS.finditer(text):
            number = message.places.get(match.end())
            if number is None or message.work or not self._given(message, number):
                continue
            token = message.tokens[number]
            if token.text.istitle() and not self._studied(text, token.start, token.end):
                known = number + 1 < len(message.tokens) and self._is_known(text, message.tokens, number)
                if not known and not DISEASE.match(text, token.end):
                    yield NAME, token.start, token.end
