"""Stretches of an article's text -> HTML, character by character: bold, markers, matched words, cells and lines."""

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import pairwise

Offsets = tuple[int, int]
Link = Callable[[str], str]  # a source number or "LLM" -> HTML

MARKER = re.compile(r"(?<!\\)\[(\d{1,3}|LLM)\](?![(\[:])")
MARKER_GROUP = re.compile(r"(?:\s*(?<!\\)\[(?:\d{1,3}|LLM)\](?![(\[:]))+")
BAR = re.compile(r"(?<!\\)\|")
LINE_OPENING = re.compile(r"[ \t]*(?:>[ \t]?)*[ \t]*(?P<item>[-*+][ \t]+|\d{1,3}[.)][ \t]+)?")
TOKEN = re.compile(rf"(?P<bold>(?<!\\)\*\*)|(?P<escaped>\\(?=[!-/:-@\[-`{{-~]))|(?:{MARKER.pattern})")
LLM_TAG = '<strong class="llm">LLM</strong>'


def inline(text: str, start: int, end: int, *, marks: Sequence[Offsets] = (), link: Link) -> str:
    """Return `text[start:end]` as HTML: bold and markers live, `marks` wrapped in `<mark>`, all else escaped.

    `marks` are offsets into `text`, sorted and apart. Bold marks that have no partner are shown as they stand.
    """
    bold_marks = sum(1 for token in TOKEN.finditer(text, start, end) if token["bold"])
    parts: list[str] = []
    opened = seen = 0
    at = start
    for token in TOKEN.finditer(text, start, end):
        parts.append(_marked(text, at, token.start(), marks))
        at = token.end()
        if token["bold"]:
            seen += 1
            if seen == bold_marks and not opened:  # the odd one out
                parts.append("**")
            else:
                parts.append("</strong>" if opened else "<strong>")
                opened = 1 - opened
        elif token[3]:
            parts.append(link(token[3]))
    parts.append(_marked(text, at, end, marks))
    return "".join(parts)


def _marked(text: str, start: int, end: int, marks: Sequence[Offsets]) -> str:
    parts: list[str] = []
    at = start
    for first, after in marks:
        first, after = max(first, at), min(after, end)
        if first < after:
            parts.append(f"{escape(text[at:first])}<mark>{escape(text[first:after])}</mark>")
            at = after
    parts.append(escape(text[at:end]))
    return "".join(parts)


def cells(text: str, start: int, end: int) -> list[Offsets]:
    """Return where the cells of a table row stand, without the blanks around them.

    >>> row = "Goal | Mechanism [4]"
    >>> [row[first:after] for first, after in cells(row, 0, len(row))]
    ['Goal', 'Mechanism [4]']
    """
    bars = [start - 1, *(bar.start() for bar in BAR.finditer(text, start, end)), end]
    return [_trimmed(text, before + 1, bar) for before, bar in pairwise(bars)]


def _trimmed(text: str, start: int, end: int) -> Offsets:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def lines_of(text: str, start: int, end: int) -> Iterator[tuple[bool, int, int]]:
    """Yield the lines of a stretch without their Markdown fence: whether each opens a list item, and its offsets."""
    at = start
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        fence = LINE_OPENING.match(text, at, stop)
        first, after = _trimmed(text, fence.end() if fence else at, stop)
        if first < after:
            yield bool(fence and fence["item"]), first, after
        at = stop + 1


def prose(text: str, *, marks: Sequence[Offsets] = (), link: Link, closing: str = "") -> str:
    """Return a quoted stretch as paragraphs and lists; `closing` (its markers) follows its last words."""
    lines = list(lines_of(text, 0, len(text)))
    parts: list[str] = []
    for number, (is_item, first, after) in enumerate(lines):
        opens = is_item and not (number and lines[number - 1][0])
        closes = is_item and not (number + 1 < len(lines) and lines[number + 1][0])
        tail = closing if number + 1 == len(lines) else ""
        tag = "li" if is_item else "p"
        body = inline(text, first, after, marks=marks, link=link)
        parts.append(f"{'<ul>' if opens else ''}<{tag}>{body}{tail}</{tag}>{'</ul>' if closes else ''}")
    return "".join(parts)


def plain_line(text: str) -> str:
    """Return text on one line without bold marks and list fences, for a heading or a label."""
    return " ".join(text[first:after].replace("**", "") for _, first, after in lines_of(text, 0, len(text)))
