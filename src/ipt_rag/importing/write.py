"""`Page` and its decoded blocks -> the text of an article file, which parses back to the same words and citations."""

import re
from collections.abc import Iterable, Mapping, Sequence

import yaml

from ipt_rag.importing.markers import Marked
from ipt_rag.importing.page import BlockKind, PageBlock, PageSource

LLM_NOTE = '[LLM]: #provenance "Wording by a language model; no source of its own."'
LISTED: tuple[BlockKind, ...] = ("item", "definition")
# What opens a list, heading, quote or rule at the start of a line.
OPENS_BLOCK = re.compile(r"(?:[-+](?=\s|$|[-\s]*$)|#(?=#{0,5}(?:\s|$))|>|=(?==*\s*$)|~(?=~~)|-(?=[-\s]*$))")
OPENS_NUMBERED = re.compile(r"\A(\d{1,9})([.)])(?=\s|$)")
SIGNS = re.compile(r"[\\`*_\[<]|~(?=~)|&(?=#?\w+;)")
SPACE = re.compile(r"\s+")


def front_matter(about: Mapping[str, str]) -> str:
    """Return the head of an article file, and the empty line below it."""
    return f"---\n{yaml.safe_dump(dict(about), allow_unicode=True, sort_keys=False, width=float('inf'))}---\n\n"


def write_body(
    title: str, blocks: Iterable[tuple[PageBlock, tuple[Marked, ...]]], sources: Sequence[PageSource]
) -> str:
    """Return what stands below the front matter: title, blocks with their decoded cells, and sources at the foot."""
    parts = [f"# {_escape(title, heading=True)}\n"]
    before: BlockKind | None = None
    llm, depth = False, -1  # depth: of the list item before, so that no item stands deeper than one below it
    for block, cells in blocks:
        kind = block.kind
        depth = min(block.level, depth + 1) if kind in LISTED else -1
        llm = llm or any(not isinstance(piece, str) and piece.llm for cell in cells for piece in cell)
        joined = before == kind == "row" or (kind == "row" and before == "header")
        joined = joined or (kind in LISTED and before in LISTED)
        opening = "    " * depth + ("- " if block.number is None else f"{block.number}. ") if kind in LISTED else ""
        parts.append(("" if joined else "\n") + opening + _block(block, cells) + "\n")
        before = kind
    foot = [_definition(source) for source in sources] + ([LLM_NOTE] if llm else [])
    return "".join(parts) + ("\n" + "\n".join(foot) + "\n" if foot else "")


def _block(block: PageBlock, cells: tuple[Marked, ...]) -> str:
    match block.kind:
        case "heading":
            return "#" * block.level + " " + _inline(cells[0], heading=True)
        case "definition":
            term = _inline(cells[0])
            bold = term if re.search(r"[*\\]|^\W?\s|\s$", term) else f"**{term}**"
            return f"{_opened(bold) if bold is term else bold} — {_inline(cells[1])}"
        case "vignette":
            return "> " + _opened(_inline(cells[0]))
        case "header":
            return _row(cells) + "\n" + "| " + " | ".join("---" for _ in cells) + " |"
        case "row":
            return _row(cells)
        case _:
            return _opened(_inline(cells[0]))


def _row(cells: Iterable[Marked]) -> str:
    return "| " + " | ".join(_inline(cell).replace("|", "\\|") for cell in cells) + " |"


def _inline(marked: Marked, *, heading: bool = False) -> str:
    written = ""
    for piece in marked:
        if isinstance(piece, str):
            text = _escape(piece, heading=heading)
            if not written:
                written = text.lstrip()
            elif text.startswith(":"):
                written += "\\" + text  # "[4]:" at the start of a line would be read as a definition
            elif text[:1].isspace() or re.match(r"[,;.)\]”’]", text):
                written += text
            else:
                written += " " + text
        else:
            labels = [*map(str, piece.numbers), *(["LLM"] if piece.llm else [])]
            written = written.rstrip() + "".join(f" [{label}]" for label in labels)
    return SPACE.sub(" ", written).strip()


def _escape(text: str, *, heading: bool = False) -> str:
    escaped = SIGNS.sub(lambda found: "\\" + found[0], SPACE.sub(" ", text))
    return re.sub(r"#(?=#*\s*$)", r"\\#", escaped) if heading else escaped


def _opened(text: str) -> str:
    """Return text that begins a line, with a sign that would open a list, heading or quote escaped."""
    return "\\" + text if OPENS_BLOCK.match(text) else OPENS_NUMBERED.sub(r"\1\\\2", text, count=1)


def _definition(source: PageSource) -> str:
    reference = SPACE.sub(" ", source.reference)
    title = f"{source.tier} · {reference}" if source.tier else reference
    title = re.sub(r"[\\\"]|&(?=#?\w+;)", lambda found: "\\" + found[0], title)
    address = re.sub(r"[\s<>\\]", "", source.address) or "#sources"
    return f'[{source.number}]: {f"<{address}>" if re.search(r"[()]", address) else address} "{title}"'
