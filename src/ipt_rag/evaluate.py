"""Measure ranking and the decision to answer on question files, one JSON object a line.

Answerable: `question` with `gold` (verbatim snippets, any or all of which answer, by `need`) or `facts` (regular
expressions that hold whatever the wording). Unanswerable: `question`. Other keys (`style`, `kind`) group the figures.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ipt_rag.errors import SettingsError
from ipt_rag.plain import plain_text
from ipt_rag.records import Answer, Quote

DEPTH = 10  # passages looked at for each question

Judge = Literal["gold", "facts"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One question and how it went; `first_right` counts from 1, 0 where none of the first passages was right."""

    question: Mapping[str, Any]
    answerable: bool
    first_right: int
    confidence: float
    answered: bool
    top: Quote | None


def read_questions(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a question file.

    Raises:
        SettingsError: a line is no JSON object with a `question`.
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
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SettingsError(f"{path}:{number} is no JSON object with a `question`. Mend the line.") from None
        rows.append(row)
    return rows


def judge(
    ask: Callable[[str], Answer], questions: Sequence[Mapping[str, Any]], *, by: Judge, answerable: bool
) -> list[Judged]:
    """Ask every question and return how each went; `ask` must return ranked passages, `DEPTH` of them."""
    judged = []
    for question in questions:
        answer = ask(question["question"])
        right = right_passage(question, by) if answerable else lambda text: False
        first = next((rank for rank, quote in enumerate(answer.ranked, start=1) if right(quote.text)), 0)
        top = answer.ranked[0] if answer.ranked else None
        judged.append(Judged(question, answerable, first, answer.confidence, answer.status == "answered", top))
    return judged


def right_passage(question: Mapping[str, Any], by: Judge) -> Callable[[str], bool]:
    """Return a test of whether a passage's text answers a question, or a part of one that asks for several things."""
    if by == "gold":
        snippets = [_fold(snippet) for snippet in question["gold"]]
        return lambda text: any(snippet in _fold(plain_text(text)) for snippet in snippets)
    patterns = [re.compile(pattern) for pattern in question["facts"]]
    return lambda text: any(pattern.search(plain_text(text)) for pattern in patterns)


def _fold(text: str) -> str:
    """Return text with quotes, dashes and white space of one kind, in small letters."""
    text = text.translate(str.maketrans("‘’“”–—\u00a0", "''\"\"-- "))
    return re.sub(r"\s+", " ", text).lower()
