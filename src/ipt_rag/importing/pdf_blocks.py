"""Printed lines -> HTML.

Paragraphs are told by gaps and indents, headings by size and weight, items and sources by what opens them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise

from ipt_rag.importing.furniture import SOURCE_LIST
from ipt_rag.importing.hyphens import counted_words, joined
from ipt_rag.importing.pdf_lines import Line

BULLET = re.compile(r"[•‣◦▪▫●○■□∙·–-]\s+(?=\S)")
NUMBERED = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
ENTRY = re.compile(r"[\[(]?(\d{1,3})[\]).:]?\s+(?=\S)|\[(\d{1,3})\](?=\S)|(\d{1,3})\.(?=[^\W\d])")
SMALL_PRINT = 0.92  # of the size of the text: notes at the foot of a page are set smaller
CLOSED = re.compile(r"[.!?…:][”\"’'»)\]]*(?:\s?\[[\d,;\s–-]+\]|[\d,–-]+)?(?:\s+\[?LLM\]?)?\s*\Z")


def html_of_lines(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the HTML of the lines of all pages, each block with the number of its page."""
    words = counted_words([" ".join(line.text for line in lines)])
    read = [line for line in lines if not line.outside]
    body = Counter(round(line.size, 1) for line in read for _ in line.text if line.rows is None).most_common(1)
    size = body[0][0] if body else 0.0
    sizes = sorted(
        {round(line.size, 1) for line in read if line.rows is None and line.size > 1.08 * size}, reverse=True
    )
    for line in lines:
        if line.outside:
            yield f'<p data-line="{line.page}" data-left-out="{escape(line.outside)}">{escape(line.text)}</p>'
    notes = _footnotes(read, size)
    read = [line for line in read if line not in notes] if notes else read
    titled = in_list = ""
    in_sources = False
    for block in _blocks(read, size):
        opening = block[0]
        where = f' data-line="{opening.page}"'
        kind = _kind(block, size, in_sources)
        if in_list and kind != in_list:
            yield f"</{in_list}>"
            in_list = ""
        match kind:
            case "table":
                yield (
                    f"<table{where}>"
                    + "".join(
                        "<tr>" + "".join(f"<td>{''.join(_inline(cell, words))}</td>" for cell in row) + "</tr>"
                        for row in opening.rows or []
                    )
                    + "</table>"
                )
            case "heading":
                in_sources = bool(SOURCE_LIST.fullmatch(" ".join(line.text for line in block)))
                rank = sizes.index(round(opening.size, 1)) if round(opening.size, 1) in sizes else len(sizes)
                level = 1 if rank == 0 and sizes and not titled else min(6, max(2, rank + 1))
                titled = titled or ("yes" if level == 1 else "")
                yield f"<h{level}{where}>{''.join(_inline(block, words))}</h{level}>"
            case "ul" | "ol":
                text = "".join(_inline(block, words))
                mark = BULLET.match(opening.text) if kind == "ul" else NUMBERED.match(opening.text)
                value = f' value="{mark[1]}"' if kind == "ol" and mark else ""
                yield (
                    ("" if in_list else f"<{kind}>")
                    + f"<li{where}{value}>"
                    + text[mark.end() if mark else 0 :]
                    + "</li>"
                )
                in_list = kind
            case "sources":
                yield from _entries(block, words)
            case _:
                yield f"<p{where}>{''.join(_inline(block, words))}</p>"
    yield f"</{in_list}>" if in_list else ""
    if notes:
        yield "<h2>Notes</h2>"
        yield from _entries(notes, words)


def _footnotes(lines: Sequence[Line], size: float) -> list[Line]:
    """Return the small print at the foot of pages that opens with numbers: the sources of a text without a list."""
    if any(SOURCE_LIST.fullmatch(line.text) for line in lines):
        return []
    notes: list[Line] = []
    for page in sorted({line.page for line in lines}):
        small: list[Line] = []
        for line in sorted((line for line in lines if line.page == page), key=lambda each: -each.base):
            if line.rows is not None or line.size > SMALL_PRINT * size:
                break
            small.insert(0, line)
        opening = next((index for index, line in enumerate(small) if ENTRY.match(line.text)), len(small))
        notes += small[opening:]
    first = ENTRY.match(notes[0].text) if notes else None
    return notes if first and "1" in first.groups() else []


def _kind(block: Sequence[Line], size: float, in_sources: bool) -> str:
    opening = block[0]
    text = " ".join(line.text for line in block)
    if opening.rows is not None:
        return "table"
    if _is_heading(opening, size) or SOURCE_LIST.fullmatch(text):
        return "heading"
    if in_sources:
        return "sources"
    return "ul" if BULLET.match(text) else "ol" if NUMBERED.match(text) else "p"


def _is_heading(line: Line, size: float) -> bool:
    larger = line.size > 1.08 * size
    return line.rows is None and len(line.text.split()) <= 20 and (
        larger or (line.bold and not CLOSED.search(line.text))) and bool(re.search(r"[^\W\d_]", line.text))  # fmt: skip


def _blocks(lines: Sequence[Line], size: float) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph, heading, item, table, or of the whole list of sources."""
    steps = Counter(
        round(later.base - line.base, 0)
        for line, later in pairwise(lines)
        if line.page == later.page and 0 < later.base - line.base < 3 * size and line.rows is None
    )
    leading = steps.most_common(1)[0][0] if steps else 1.2 * size
    block: list[Line] = []
    in_sources = False
    for line in lines:
        heading = _is_heading(line, size) or bool(SOURCE_LIST.fullmatch(line.text))
        if block and (in_sources and not heading and line.rows is None and block[0].rows is None):
            block.append(line)
            continue
        if block and not _goes_on(block, line, leading, size):
            yield block
            block = []
        if heading and not block:
            in_sources = bool(SOURCE_LIST.fullmatch(line.text))
            if in_sources:
                yield [line]
                continue
        block.append(line)
    if block:
        yield block


def _goes_on(block: Sequence[Line], line: Line, leading: float, size: float) -> bool:
    """Return whether a line continues the block that the last one belongs to."""
    last, opening = block[-1], block[0]
    if last.rows is not None or line.rows is not None or abs(last.size - line.size) > 0.06 * size:
        return False
    if _is_heading(opening, size) or _is_heading(line, size):
        both = _is_heading(opening, size) and _is_heading(line, size) and line.page == last.page
        return both and 0 < line.base - last.base < 1.5 * line.size
    if BULLET.match(line.text) or (NUMBERED.match(line.text) and (CLOSED.search(last.text) or len(block) == 1)):
        return False
    listed = BULLET.match(opening.text) or NUMBERED.match(opening.text)
    step = line.base - last.base
    closed = bool(CLOSED.search(last.text))
    fills = last.x1 > last.right - 0.12 * (last.right - last.left)
    if line.page == last.page and 0 < step:
        if step > 1.25 * max(leading, 1.1 * line.size):
            return False
        indented = line.x0 > line.left + 0.8 * line.size
        if listed:
            inside = line.x0 > opening.x0 + 2
            return inside or fills or not (closed or line.text[:1].isupper())
        if indented and not last.x0 > last.left + 0.8 * last.size and closed:
            return False
        short = last.x1 < last.right - 0.3 * (last.right - last.left)
        return not (short and closed and not line.text[:1].islower())
    return not closed or (fills and line.x0 <= line.left + 0.8 * line.size)


def _inline(lines: Sequence[Line], words: Mapping[str, int]) -> Iterator[str]:
    """Yield the HTML of joined lines, words parted by a hyphen put together again."""
    for line, later in zip(lines, [*lines[1:], None], strict=True):
        pieces = list(line.pieces)
        text, raised = pieces[-1]
        whole = joined(text, later.unmarked, words) if later and not raised else None
        if whole is not None:
            pieces[-1] = (whole, raised)
        for piece, up in pieces:
            yield f"<sup>{escape(piece)}</sup>" if up else escape(piece)
        yield " " if later and whole is None else ""


def _entries(block: Sequence[Line], words: Mapping[str, int]) -> Iterator[str]:
    """Yield the sources: an entry opens with the next number or, unnumbered, where its first line hangs out."""
    entries: list[list[Line]] = []
    numbers: list[int | None] = []
    opened = [found for line in block if (found := ENTRY.match(line.text))]
    numbered = len(opened) > 1 or (bool(opened) and opened[0].string == block[0].text)
    expected = 1
    steps = [after.base - line.base for line, after in pairwise(block) if after.base > line.base]
    gap = 1.3 * min(steps, default=1.0)
    hangs = len({round(line.x0 - line.left) > 4 for line in block}) > 1
    last: Line | None = None
    for line in block:
        found = ENTRY.match(line.text)
        number = int(next(filter(None, found.groups()))) if found else None
        if numbered:
            opens = number is not None and (number == expected or (not entries))
        elif hangs:
            opens = line.x0 - line.left <= 4
        else:
            opens = last is None or not 0 < line.base - last.base <= gap
        if opens or not entries:
            entries.append([line])
            numbers.append(number if numbered else None)
            expected = (number or 0) + 1
        else:
            entries[-1].append(line)
        last = line
    yield "<ol>"
    for entry, number in zip(entries, numbers, strict=True):
        text = "".join(_inline(entry, words))
        if number is not None:
            text = re.sub(rf"\A(?:<sup>)?[\[(]?{number}[\]).:]?(?:</sup>)?\s*", "", text)
        value = f' value="{number}"' if number is not None else ""
        yield f'<li data-line="{entry[0].page}"{value}>{text}</li>'
    yield "</ol>"
