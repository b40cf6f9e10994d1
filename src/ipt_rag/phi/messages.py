"""A message cut into words, with all that the name rules ask about it as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from ipt_rag.phi.gazetteer import Gazetteer, plain
from ipt_rag.phi.name_cues import AUTHORS, CASE, PRONOUN, TOKEN, WORK


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a message."""

    text: str
    word: str  # as `plain` returns it
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Whether the word begins with a capital."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Message:
    """A text with all that the rules ask about it as a whole, found once: asked per word, it would cost n times n."""

    text: str
    tokens: list[Token]
    places: dict[int, int]  # where a token starts -> its number
    case: bool  # speaks of a patient
    person: bool  # speaks of him or her
    work: bool  # speaks of authors and their work

    @classmethod
    def of(cls, text: str, lists: Gazetteer) -> Message:
        """Read a normalised text."""
        tokens = tokens_of(text, lists)
        places = {token.start: number for number, token in enumerate(tokens)}
        return cls(
            text,
            tokens,
            places,
            bool(CASE.search(text)),
            bool(PRONOUN.search(text)),
            bool(WORK.search(text) or AUTHORS.search(text)),
        )

    @property
    def scholarly(self) -> bool:
        """Whether the message speaks of authors and not of a case, nor of him or her."""
        return self.work and not (self.case or self.person)


def tokens_of(text: str, lists: Gazetteer) -> list[Token]:
    """Return the words of a text, possessive endings left off."""
    found = []
    for match in TOKEN.finditer(text):
        shown, end = match.group(), match.end()
        if shown.lower().endswith("'s"):
            shown, end = shown[:-2], end - 2
        word = plain(shown)
        parts = word.split("-")
        if len(parts) == 2 and "".join(parts) in lists.first:
            word, parts = "".join(parts), parts[:1]  # "Min-ji"
        if (
            len(parts) > 1
            and word not in lists.surnames
            and not any(len(part) < 2 or (lists.is_word(part) and part not in lists.common_first) for part in parts[:1])
            and all(part in lists.first or not lists.is_word(part) for part in parts[1:])
        ):
            # "Hyun-woo", "Asante-Boateng": the first part that is on a list speaks for the whole.
            word = next((part for part in parts if part in lists.first or part in lists.last), word)
        found.append(Token(shown, word, match.start(), end))
    return found
