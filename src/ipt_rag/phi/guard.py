"""The guard itself: all layers over one text, and findings that hold offsets into the text as typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ipt_rag.phi.contact import CONTACT_RULES
from ipt_rag.phi.dates import DATE_RULES
from ipt_rag.phi.gazetteer import Gazetteer
from ipt_rag.phi.names import NameFinder
from ipt_rag.phi.normalise import normalise
from ipt_rag.phi.numbers import NUMBER_RULES
from ipt_rag.phi.places import PLACE_RULES
from ipt_rag.phi.rules import Found, scan
from ipt_rag.phi.views import View
from ipt_rag.records import PhiFinding

RULES = (*CONTACT_RULES, *NUMBER_RULES, *DATE_RULES, *PLACE_RULES)


class Guard:
    """Finds what looks like protected health information; keeps nothing of what it read."""

    def __init__(self, known_names: Iterable[str] = ()) -> None:
        self._names = NameFinder(Gazetteer.load(known_names))

    def find(self, text: str) -> tuple[PhiFinding, ...]:
        """Return the findings, by place; none for a text that may be read on. Never raises, whatever the string."""
        return _sorted(self._search(normalise(text)))

    def _search(self, view: View) -> Iterator[PhiFinding]:
        yield from (_finding(view, found) for found in scan(RULES, view.text))
        yield from (_finding(view, found) for found in self._names.find(view.text))


def _finding(view: View, found: Found) -> PhiFinding:
    kind, start, end = found
    return PhiFinding(kind.phrase, *view.span(start, end))


def _sorted(findings: Iterable[PhiFinding]) -> tuple[PhiFinding, ...]:
    return tuple(sorted(set(findings), key=lambda each: (each.start, each.end, each.kind)))
