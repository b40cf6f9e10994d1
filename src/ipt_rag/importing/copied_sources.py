"""Lines below the heading of a copied list of sources -> its entries, and the lines that are none of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ipt_rag.importing.copied_lines import Line
from ipt_rag.importing.page import LeftOut, PageSource
from ipt_rag.importing.source_list import LINK_LABELS, OWN_NUMBER, entry_number, opens_entry, read_entry

LONE_NUMBER = re.compile(r"\s*[\[(]?(\d{1,3})[\]).:]{0,2}\s*")


@dataclass(slots=True)
class CopiedSources:
    """Gathers the entries of a list, group of lines by group.

    The list itself shows whether it prints numbers, before each entry or on lines of their own; without them each line
    that begins like a name or title and is dated opens an entry, and counts.
    """

    sources: list[PageSource] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    numbered: bool | None = None  # once an entry has been read
    number: int | None = None  # read on a line of its own; its entry follows
    under_way: tuple[int, int] = (0, 0)  # number and line of the entry that is being read

    def take(self, group: Sequence[Line]) -> Sequence[Line]:
        """Return what of a group is no part of the list, from its first such line on."""
        entry: list[str] = []  # the lines of the entry under way
        for index, line in enumerate(group):
            lone = LONE_NUMBER.fullmatch(line.text)
            if LINK_LABELS.fullmatch(line.text):
                self.left_out.append(LeftOut(line.number, line.text.strip(), "link to a library of articles"))
            elif lone and int(lone[1]) == self._next(entry) and self.numbered is not False:
                self._read(entry)
                self.number, self.numbered = int(lone[1]), True
            elif (number := self._opens(line, entry)) is not None:
                text = OWN_NUMBER.sub("", line.text) if self.numbered and self.number is None else line.text
                self._read(entry)
                self.under_way, self.number = (number, line.number), None
                entry = [text]
            elif entry:
                entry.append(line.text)
            else:
                return group[index:]
        self._read(entry)
        return ()

    def _read(self, entry: list[str]) -> None:
        """Take the entry under way, if there is one."""
        if entry:
            number, line = self.under_way
            self.sources.append(read_entry(" ".join(entry), number=number, line=line))
            entry.clear()

    def _next(self, entry: Sequence[str]) -> int:
        return (self.under_way[0] if entry else self.sources[-1].number if self.sources else 0) + 1

    def _opens(self, line: Line, entry: Sequence[str]) -> int | None:
        """Return the number of the entry that a line opens, or None."""
        if self.number is not None:
            return self.number
        printed = entry_number(line.text)
        if self.numbered is None and (printed is not None or opens_entry(line.text)):
            self.numbered = printed is not None
        if self.numbered:
            return printed
        return self._next(entry) if opens_entry(line.text) else None
