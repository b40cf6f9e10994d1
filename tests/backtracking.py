"""A backtracking matcher that counts its steps, so that a test can tell a slow pattern from a slow machine.

It walks the parse tree of the standard library's own parser as its engine does: greedy or lazy, one branch after the
other, back to the last choice where it fails. `test_phi_speed.py` holds it against the engine.
"""

import re
from collections.abc import Iterator
from random import Random
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

PRINTABLE = [chr(code) for code in range(32, 127)]
CATEGORIES = {
    ops.CATEGORY_DIGIT: str.isdecimal,
    ops.CATEGORY_SPACE: str.isspace,
    ops.CATEGORY_WORD: lambda character: character.isalnum() or character == "_",
}
OPPOSITES = {
    ops.CATEGORY_NOT_DIGIT: ops.CATEGORY_DIGIT,
    ops.CATEGORY_NOT_SPACE: ops.CATEGORY_SPACE,
    ops.CATEGORY_NOT_WORD: ops.CATEGORY_WORD,
}


def sample(tree: Any, chance: Random) -> str:
    """Return a text that a parse tree may match, what it only looks at left aside."""
    pieces = []
    for kind, what in tree:
        if kind is ops.LITERAL:
            pieces.append(chr(what))
        elif kind is ops.IN:
            pieces.append(chance.choice([each for each in PRINTABLE if _is_one(kind, what, each, 0)] or ["x"]))
        elif kind in (ops.ANY, ops.NOT_LITERAL):
            pieces.append("x")
        elif kind is ops.BRANCH:
            pieces.append(sample(chance.choice(what[1]), chance))
        elif kind is ops.SUBPATTERN:
            pieces.append(sample(what[3], chance))
        elif kind in (ops.MAX_REPEAT, ops.MIN_REPEAT):
            least, most, inside = what
            pieces += [sample(inside, chance) for _ in range(chance.randint(least, min(most, least + 3)))]
    return "".join(pieces)


class Backtracker:
    """One pattern, ready to be tried at any place of a text; `steps` grows by one for each node of the tree visited."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._tree = parser.parse(pattern.pattern, pattern.flags)
        self._flags = pattern.flags
        self.steps = 0

    def end(self, text: str, start: int) -> int | None:
        """Return where a match that begins at `start` ends, None where there is none."""
        return next(self._sequence(list(self._tree), 0, text, start, {}, self._flags), None)

    def _sequence(
        self, nodes: list[Any], number: int, text: str, place: int, groups: dict[int, str], flags: int
    ) -> Iterator[int]:
        if number == len(nodes):
            yield place
            return
        for after in self._node(*nodes[number], text, place, groups, flags):
            yield from self._sequence(nodes, number + 1, text, after, groups, flags)

    def _node(self, kind: Any, what: Any, text: str, place: int, groups: dict[int, str], flags: int) -> Iterator[int]:
        self.steps += 1
        if kind in (ops.LITERAL, ops.NOT_LITERAL, ops.IN, ops.ANY):
            if place < len(text) and _is_one(kind, what, text[place], flags):
                yield place + 1
        elif kind is ops.AT:
            if _is_at(what, text, place):
                yield place
        elif kind is ops.BRANCH:
            for branch in what[1]:
                yield from self._sequence(list(branch), 0, text, place, groups, flags)
        elif kind is ops.SUBPATTERN:
            group, added, removed, inside = what
            before = groups.get(group)
            for after in self._sequence(list(inside), 0, text, place, groups, (flags | added) & ~removed):
                if group is not None:
                    groups[group] = text[place:after]
                yield after
                if before is not None:
                    groups[group] = before
        elif kind is ops.GROUPREF:
            said = groups.get(what)
            if said is not None and text.startswith(said, place):
                yield place + len(said)
        elif kind in (ops.ASSERT, ops.ASSERT_NOT):
            direction, inside = what
            at = place - inside.getwidth()[0] if direction < 0 else place
            found = at >= 0 and next(self._sequence(list(inside), 0, text, at, groups, flags), None) is not None
            if found == (kind is ops.ASSERT):
                yield place
        elif kind in (ops.MAX_REPEAT, ops.MIN_REPEAT):
            yield from self._repeat(kind is ops.MAX_REPEAT, *what, text, place, groups, flags)
        else:
            raise NotImplementedError(str(kind))

    def _repeat(
        self,
        greedy: bool,
        least: int,
        most: int,
        inside: Any,
        text: str,
        place: int,
        groups: dict[int, str],
        flags: int,
    ) -> Iterator[int]:
        self.steps += 1
        if least == 0 and not greedy:
            yield place
        if most:
            for after in self._sequence(list(inside), 0, text, place, groups, flags):
                if after > place or least:
                    yield from self._repeat(greedy, max(0, least - 1), most - 1, inside, text, after, groups, flags)
        if least == 0 and greedy:
            yield place


def _is_one(kind: Any, what: Any, character: str, flags: int) -> bool:
    if kind is ops.ANY:
        return bool(character != "\n" or flags & re.DOTALL)
    if kind is ops.IN:
        negated = what[0][0] is ops.NEGATE
        members = what[1:] if negated else what
        return any(_is_member(*member, character, flags) for member in members) != negated
    return _is_same(what, character, flags) == (kind is ops.LITERAL)


def _is_member(kind: Any, what: Any, character: str, flags: int) -> bool:
    if kind is ops.CATEGORY:
        opposite = OPPOSITES.get(what)
        return bool(CATEGORIES[opposite or what](character)) != (opposite is not None)
    if kind is ops.RANGE:
        return any(what[0] <= ord(each) <= what[1] for each in _cases(character, flags))
    return _is_same(what, character, flags)


def _is_same(code: int, character: str, flags: int) -> bool:
    return chr(code) in _cases(character, flags)


def _cases(character: str, flags: int) -> tuple[str, ...]:
    return (character, character.lower(), character.upper()) if flags & re.IGNORECASE else (character,)


def _is_at(what: Any, text: str, place: int) -> bool:
    word = CATEGORIES[ops.CATEGORY_WORD]
    if what in (ops.AT_BOUNDARY, ops.AT_NON_BOUNDARY):
        edge = (place > 0 and word(text[place - 1])) != (place < len(text) and word(text[place]))
        return edge == (what is ops.AT_BOUNDARY)
    if what in (ops.AT_BEGINNING, ops.AT_BEGINNING_STRING):
        return place == 0
    return place == len(text) or (what is ops.AT_END and place == len(text) - 1 and text[place] == "\n")
