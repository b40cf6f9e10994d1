"""The guard itself: all layers over one text, and findings that hold offsets into the text as typed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from ipt_rag.phi.contact import CONTACT_RULES
from ipt_rag.phi.dates import DATE_RULES
from ipt_rag.phi.disguise import decoded, readings
from ipt_rag.phi.entities import EntityFinder
from ipt_rag.phi.gazetteer import Gazetteer
from ipt_rag.phi.media import MEDIA_RULES
from ipt_rag.phi.names import NameFinder
from ipt_rag.phi.normalise import normalise
from ipt_rag.phi.numbers import NUMBER_RULES, SHAPE_RULES
from ipt_rag.phi.places import PLACE_RULES
from ipt_rag.phi.rules import Found, scan
from ipt_rag.phi.views import View
from ipt_rag.records import PhiFinding

RULES = (*CONTACT_RULES, *NUMBER_RULES, *MEDIA_RULES, *DATE_RULES, *PLACE_RULES)
LAYERS = ("patterns", "disguises", "names", "model")
_DEEPEST = 2  # an encoded text inside an encoded text is read, and no further
_MOST_JOINED = 2_000  # characters of the turns before that are read together with a new one
# What leads to a number that goes on with the turn before: "her MRN?", then "it is 482 913".
_LED_TO = re.compile(
    r"\W{0,3}(?:(?:it|it's|its|is|was|and|then|the|rest|end(?:s|ing)?|with|no|number|that|that's|goes|on|last|next|"
    r"digits|are|of|yes|so|ok|sorry|well|plus|followed|by|part|second|other|half)\W{1,3}){0,6}(?=[\d(+])",
    re.IGNORECASE,
)


class Guard:
    """Finds what looks like protected health information; keeps nothing of what it read."""

    def __init__(self, known_names: Iterable[str] = (), *, layers: Iterable[str] = LAYERS) -> None:
        self._layers = frozenset(layers)
        self._names = NameFinder(Gazetteer.load(known_names))
        self._entities = EntityFinder()

    def knowing(self, names: Iterable[str]) -> Guard:
        """Return a guard that knows these further names, with the model of this one: it need not be loaded again."""
        other = Guard(names, layers=self._layers)
        other._entities = self._entities
        return other

    def load(self) -> None:
        """Load the named-entity model now, so that the first question does not wait for it; safe from any thread."""
        if "model" in self._layers:
            self._entities.load()

    def find(self, text: str) -> tuple[PhiFinding, ...]:
        """Return the findings, by place; none for a text that may be read on. Never raises, whatever the string.

        Each layer is asked only where the ones before it found nothing, so that an obvious refusal is quick.
        """
        view = normalise(text)
        findings = tuple(self._read(view))
        if not findings and "disguises" in self._layers:
            findings = tuple(self._unmask(view, depth=0))
        if not findings and "model" in self._layers:
            findings = tuple(_finding(view, found) for found in self._names.find_with(self._entities, view.text))
        return _sorted(findings)

    def find_in_turn(self, text: str, earlier: Sequence[str]) -> tuple[PhiFinding, ...]:
        """Return the findings of a new turn read together with the turns that would be sent along, oldest first.

        A finding that only arises jointly covers what the new turn adds to it, or all of the new turn where
        that turn shows something said before to be an identifier: "Tomasz?", then "he is my patient".
        """
        alone = self.find(text)
        if alone or not earlier or not text:
            return alone
        before = "\n".join(earlier)[-_MOST_JOINED:]
        passed = set(self.find(before))  # let through already, each at its own turn
        joint: set[PhiFinding] = set()
        readings = [(before + gap, 0) for gap in ("\n", " ", "")]  # as turns, one sentence, and a number broken in two
        led = _LED_TO.match(text)
        if led:
            readings.append((before.rstrip(" ?!.,;:") + " ", led.end()))
        for said, skipped in readings:
            start = len(said) - skipped
            for finding in self.find(said + text[skipped:]):
                if finding.end > len(said):
                    joint.add(PhiFinding(finding.kind, max(skipped, finding.start - start), finding.end - start))
                elif finding not in passed and said.endswith("\n"):
                    joint.add(PhiFinding(finding.kind, 0, len(text)))
        return _sorted(joint)

    def _read(self, view: View) -> Iterator[PhiFinding]:
        """Yield what patterns and lists find in a view as it stands."""
        if "patterns" in self._layers:
            found = [*scan(RULES, view.text)] or [*scan(SHAPE_RULES, view.text)]
            yield from (_finding(view, each) for each in found)
        if "names" in self._layers:
            yield from (_finding(view, found) for found in self._names.find(view.text))

    def _unmask(self, view: View, depth: int) -> Iterator[PhiFinding]:
        """Yield what they find in its other readings, and in what it encodes."""
        for reading in readings(view):
            yield from self._read(reading)
        if depth < _DEEPEST:
            for start, end, said in decoded(view.text):
                inside = normalise(said)
                for inner in itertools.chain(self._read(inside), self._unmask(inside, depth + 1)):
                    yield PhiFinding(inner.kind, *view.span(start, end))


def _finding(view: View, found: Found) -> PhiFinding:
    kind, start, end = found
    return PhiFinding(kind.phrase, *view.span(start, end))


def _sorted(findings: Iterable[PhiFinding]) -> tuple[PhiFinding, ...]:
    return tuple(sorted(set(findings), key=lambda each: (each.start, each.end, each.kind)))
