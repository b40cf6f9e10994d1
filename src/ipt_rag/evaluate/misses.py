"""Judged questions -> the misses that a reader learns from, worst first, each with the passages that tell why."""

from collections.abc import Sequence
from dataclasses import dataclass

from ipt_rag.evaluate.questions import Judge, Judged, right_passage
from ipt_rag.plain import plain_text
from ipt_rag.records import Passage, Quote


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage as a report cites it: the words as a reader sees them, and where they stand."""

    text: str
    sources: tuple[int, ...]
    llm: bool
    place: str  # slug of the article and headings, joined by " › "


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that went wrong: no right passage came first, or it was answered and has no answer."""

    question: str  # "" where nothing was ranked: the guard refuses a question unread, and nobody repeats it
    first: Cited | None  # the passage ranked first
    right: Cited | None  # the right passage that ranked best, or of those not ranked the first; None where none is
    rank: int  # of the right passage, from 1; 0 where it was not ranked
    confidence: float  # 0 to 1
    answered: bool


def worst_misses(answerable: Sequence[Judged], passages: Sequence[Passage], by: Judge) -> list[Miss]:
    """Return the answerable questions whose first passage is not right, those whose right one is farthest off first.

    Of those equally far off, the most confident come first.

    Args:
        answerable: as `judge` returns them.
        passages: all that was searched.
        by: what the questions were judged by.
    """
    wrong = [judged for judged in answerable if judged.first_right != 1]
    wrong.sort(key=lambda judged: (-judged.first_right if judged.first_right else -len(passages), -judged.confidence))
    return [_miss(judged, _right(judged, passages, by)) for judged in wrong]


def false_answers(unanswerable: Sequence[Judged]) -> list[Miss]:
    """Return the unanswerable questions that were answered, the most confident first."""
    wrong = [judged for judged in unanswerable if judged.answered]
    return [_miss(judged, None) for judged in sorted(wrong, key=lambda judged: -judged.confidence)]


def _miss(judged: Judged, right: Cited | None) -> Miss:
    return Miss(
        question=judged.question["question"] if judged.ranked else "",
        first=_quoted(judged.ranked[0]) if judged.ranked else None,
        right=right,
        rank=judged.first_right,
        confidence=judged.confidence,
        answered=judged.answered,
    )


def _right(judged: Judged, passages: Sequence[Passage], by: Judge) -> Cited | None:
    if judged.first_right:
        return _quoted(judged.ranked[judged.first_right - 1])
    is_right = right_passage(judged.question, by)
    found = next((passage for passage in passages if is_right(passage.text)), None)
    return _cited(found, *found.section) if found else None


def _quoted(quote: Quote) -> Cited:
    return _cited(quote, *filter(None, (quote.section,)))


def _cited(words: Passage | Quote, *headings: str) -> Cited:
    return Cited(plain_text(words.text), words.sources, words.llm, " › ".join((words.article, *headings)))
