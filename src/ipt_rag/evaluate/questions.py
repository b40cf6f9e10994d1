"""Question files, one JSON object a line, and how each question went.

Answerable: `question` with `gold` (verbatim snippets, any or all of which answer, by `need`) or `facts` (regular
expressions that hold whatever the wording). Unanswerable: `question`. Other keys (`style`, `kind`) group the figures.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ipt_rag.errors import SettingsError
from ipt_rag.plain import plain_text
from ipt_rag.records import Answer, Quote

DEPTH = 10  # passages looked at for each question

Judge = Literal["gold", "facts"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One question and how it went."""

    question: Mapping[str, Any]
    answerable: bool
    right: tuple[bool, ...]  # of each ranked passage, best first
    relevant: int  # right passages in all that was searched, those ranked among them
    confidence: float  # 0 to 1
    answered: bool
    ranked: tuple[Quote, ...]

    @property
    def first_right(self) -> int:
        """The place of the first right passage, from 1; 0 where none of the ranked is right."""
        return self.right.index(True) + 1 if any(self.right) else 0


def read_questions(path: Path, *, part: str | None = None, by: Judge | None = None) -> list[dict[str, Any]]:
    """Return the objects of a question file, or those of one `part`; with `by`, each says so what passage is right.

    Raises:
        SettingsError: a line is no JSON object with a `question`, or cannot be judged, or no question is left.
    """
    rows: list[dict[str, Any]] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{path} cannot be read as UTF-8 text. Name a file with one JSON object a line.") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            row["question"].strip()
            json.dumps(row, ensure_ascii=False).encode()  # half a surrogate pair is no text: no file could hold it
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SettingsError(f"{path}:{number} is no JSON object with a `question`. Mend the line.") from None
        if part is not None and row.get("part") != part:
            continue
        if by is not None:
            try:
                right_passage(row, by)
            except SettingsError as error:
                raise SettingsError(f"{path}:{number}: {error}") from None
        rows.append(row)
    if not rows:
        raise SettingsError(f"{path} holds no question{f' of the part {part!r}' if part else ''}. Name another file.")
    return rows


def judge(
    ask: Callable[[str], Answer],
    questions: Sequence[Mapping[str, Any]],
    *,
    by: Judge,
    answerable: bool,
    texts: Sequence[str] = (),
    progress: Callable[[int], None] = lambda done: None,
) -> list[Judged]:
    """Ask every question and return how each went.

    Args:
        ask: returns an answer with ranked passages, `DEPTH` of them.
        questions: as `read_questions` returns them.
        by: what of a question says which passage is right.
        answerable: whether these are questions that the articles answer.
        texts: every passage that was searched; without them only the ranked ones count as the best possible.
        progress: hears how many questions are done.

    Raises:
        SettingsError: an answerable question has no `facts` or `gold`, or one that is no regular expression.
    """
    judged = []
    for done, question in enumerate(questions, start=1):
        is_right = right_passage(question, by) if answerable else lambda text: False
        answer = ask(question["question"])
        right = tuple(is_right(quote.text) for quote in answer.ranked)
        relevant = max(sum(right), sum(map(is_right, texts)))
        answered = answer.status == "answered"
        judged.append(Judged(question, answerable, right, relevant, answer.confidence, answered, answer.ranked))
        progress(done)
    return judged


def right_passage(question: Mapping[str, Any], by: Judge) -> Callable[[str], bool]:
    """Return a test of whether a passage's text answers a question, or a part of one that asks for several things."""
    try:
        if by == "gold":
            snippets = [_fold(snippet) for snippet in question["gold"]]
            return lambda text: any(snippet in _fold(plain_text(text)) for snippet in snippets)
        patterns = [re.compile(pattern) for pattern in question["facts"]]
    except (KeyError, TypeError, AttributeError, re.error):
        other = "gold" if by == "facts" else "facts"
        raise SettingsError(
            f"The question has no usable list `{by}`. Give it one, or judge with --by {other}."
        ) from None
    return lambda text: any(pattern.search(plain_text(text)) for pattern in patterns)


def _fold(text: str) -> str:
    """Return text with quotes, dashes and white space of one kind, in small letters."""
    text = text.translate(str.maketrans("‘’“”–—\u00a0", "''\"\"-- "))
    return re.sub(r"\s+", " ", text).lower()
