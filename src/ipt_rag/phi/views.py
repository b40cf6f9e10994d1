"""A text rewritten so that patterns can read it, every character still tied to the place it came from.

Nothing here is cached, and a `View` never outlives the call that made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Edit = tuple[int, int, str]  # start, end, and what stands there instead


@dataclass(frozen=True, slots=True)
class View:
    """A rewritten text; character `i` was read from `original[starts[i]:ends[i]]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, text: str) -> View:
        """Return the view that changes nothing."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the original that `text[start:end]`, not empty, was read from.

        The stretch grows to the lowest and highest place touched, since a rewriting may reorder characters.
        """
        return min(self.starts[start:end]), max(self.ends[start:end])

    def replaced(self, edits: Iterable[Edit]) -> View:
        """Return the view with `edits`, sorted and not overlapping, carried out.

        A replacement of the same length keeps its characters' own places; any other stands for the whole
        stretch that it replaces.

        >>> View.of("call five five").replaced([(5, 14, "55")]).span(5, 7)
        (5, 14)
        """
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for start, end, new in edits:
            pieces += (self.text[done:start], new)
            starts += self.starts[done:start]
            ends += self.ends[done:start]
            if len(new) == end - start:
                starts += self.starts[start:end]
                ends += self.ends[start:end]
            elif new:
                first, last = self.span(start, end)
                starts += [first] * len(new)
                ends += [last] * len(new)
            done = end
        pieces.append(self.text[done:])
        starts += self.starts[done:]
        ends += self.ends[done:]
        return View("".join(pieces), starts, ends)
