"""No text makes a pattern slow: steps are counted, not seconds."""

import re
import sys
from random import Random
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from backtracking import Backtracker, sample
from ipt_rag.phi import Guard, codes, disguise, name_cues
from ipt_rag.phi.guard import RULES
from ipt_rag.phi.numbers import SHAPE_RULES

PATTERNS = [each.pattern for each in (*RULES, *SHAPE_RULES)] + [
    pattern
    for module in (codes, disguise, name_cues)
    for pattern in vars(module).values()
    if isinstance(pattern, re.Pattern)
]
MOST_STEPS = 1_000  # at one place of a text, on average, whatever the text
PIECES = ["a ", "1 ", "A. ", "-1", "x", "@", "a@b.", "one ", "no 1 ", "st ", "12/", "'s "]


@pytest.fixture(scope="module", params=PATTERNS, ids=range(len(PATTERNS)))
def pattern(request: pytest.FixtureRequest) -> re.Pattern[str]:
    """Every pattern of the guard, in turn."""
    found: re.Pattern[str] = request.param
    return found


def unbounded(tree: Any) -> list[Any]:
    """Return the repetitions in a parse tree that have no upper limit."""
    found = []
    for kind, what in tree:
        if kind in (ops.MAX_REPEAT, ops.MIN_REPEAT):
            found += [what] * (what[1] is ops.MAXREPEAT) + unbounded(what[2])
        elif kind is ops.SUBPATTERN:
            found += unbounded(what[3])
        elif kind is ops.BRANCH:
            found += [each for branch in what[1] for each in unbounded(branch)]
        elif kind in (ops.ASSERT, ops.ASSERT_NOT):
            found += unbounded(what[1])
    return found


def steps(pattern: re.Pattern[str], text: str) -> int:
    """Return how many steps it takes to find all matches in a text; where they end is held against the engine."""
    tried = Backtracker(pattern)
    place = 0
    while place < len(text):
        end, match = tried.end(text, place), pattern.match(text, place)
        assert end == (match.end() if match else None)
        place = end if end is not None and end > place else place + 1
    return tried.steps


def test_patterns_are_bounded(pattern: re.Pattern[str]) -> None:
    """No repetition is without an upper limit."""
    assert unbounded(parser.parse(pattern.pattern, pattern.flags)) == []


def test_repetition_costs_few_steps(pattern: re.Pattern[str]) -> None:
    """Pieces that many patterns begin with, over and over, and what this one matches but for its last character."""
    tree, chance = parser.parse(pattern.pattern, pattern.flags), Random(4)
    for piece in [*PIECES, *(sample(tree, chance)[:60][:-1] for _ in range(4))]:
        text = (piece * 80)[:80] + "!"
        assert steps(pattern, text) <= MOST_STEPS * len(text), piece


def calls(guard: Guard, text: str) -> int:
    """Return how many functions are called, Python's and C's, while a text is read."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        guard.find(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", ["a ", "1 ", "A. ", "patient John Smith ", "four ", "x", "zuzanna ", "12-", "%41"])
def test_a_long_message_takes_work_by_its_length(piece: str) -> None:
    """Twice the text, twice the calls: no rule for names and no other reading asks again for each word."""
    guard = Guard(layers=("patterns", "disguises", "names"))
    short, long = (calls(guard, (piece * 4_000)[:length]) for length in (2_000, 4_000))
    assert long <= 2.2 * short
