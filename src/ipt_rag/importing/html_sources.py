"""A page's tree -> which of its elements are entries of the list of sources, and the text of each.

Publishers set the list in many ways: list items, table rows, terms with their meaning, paragraphs, `div`s. What they
share is that the numbers or authors in the text link to them; where nothing links, the heading or the container's own
name (`class="references"`) tells.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from ipt_rag.importing.html_tree import BLOCK_TAGS, HEADINGS, HIDDEN_TAGS, Element, hidden
from ipt_rag.importing.source_list import LINK_LABELS

MAX_ENTRY = 4000  # characters: a longer element is a part of the article
LABEL = re.compile(r"\d{1,3}|[*†‡§]|[a-z]{1,2}|note \d+", re.IGNORECASE)
YEAR = re.compile(r"\b(?:1[89]|20)\d\d")
NUMBER = re.compile(r"\s*[\[(↑]*(\d{1,3})[\]).:]*\s*")
BACK_LINK = re.compile(r"[\s↑^↩︎⏎⮌\[\]a-z]{0,3}|jump (?:up|back).*|back(?: to (?:text|top))?", re.IGNORECASE)
NAMED = re.compile(
    r"(?:^|[^a-z])(?:ref-?list|references?|citations?|footnotes?|endnotes?|bibliograph\w*|sources)(?:[^a-z]|$)",
    re.IGNORECASE,
)
LISTS = ("ol", "ul", "dl", "table")
EMPTY_BRACKETS = re.compile(r"\s*(?:\[[\s,;|]*\]|\([\s,;|]*\))")


@dataclass(slots=True)
class Entry:
    """An element of the list of sources that the text links to."""

    anchor: str
    labels: set[str] = field(default_factory=set)  # what its links show

    @property
    def number(self) -> int | None:
        """The number that its links show; 0 for a note that is only cited by a letter or sign, None for other words."""
        numbers = {int(label) for label in self.labels if label.isdigit()}
        if len(numbers) == 1:
            return numbers.pop()
        return (
            0 if self.labels and all(LABEL.fullmatch(label) and not label.isdigit() for label in self.labels) else None
        )


def linked_entries(root: Element) -> dict[Element, Entry]:
    """Return the elements that citations link to; all links to one are made to name the same place."""
    links = [(link, link.get("href", "").partition("#")) for link in root.iter("a") if "#" in link.get("href", "")]
    if not links:
        return {}
    places: dict[str, Element] = {}
    for element in root.iter():
        for key in ("id", "name"):
            if place := element.get(key):
                places.setdefault(place, element)
    entries: dict[Element, Entry] = {}
    for link, (address, _, fragment) in links:
        place = places.get(unquote(fragment), None)
        label = " ".join(link.text_content().split()).strip("[]()^,; ")
        if place is None or not _cites(link, label, address) or _is_marker(place):
            continue
        element = _entry_element(place)
        if element is not None:
            entry = entries.setdefault(element, Entry(unquote(fragment)))
            entry.labels.add(label)
            link.set("href", f"#{entry.anchor}")
    return entries


def _cites(link: Element, label: str, address: str) -> bool:
    """Return whether a link looks like a citation: a label, an author's year, or raised."""
    if LABEL.fullmatch(label):
        return True
    raised = link.getparent() is not None and link.getparent().tag == "sup"
    return not address and (raised or bool(YEAR.search(label)) or any(True for _ in link.iter("sup")))


def _is_marker(element: Element) -> bool:
    """Return whether an element is itself a citation in the text, to which an entry of the list links back."""
    if element.tag in BLOCK_TAGS or _opens_block(element):
        return False
    text = "".join(element.text_content().split()).strip("[]()^,;")
    beside = element.getnext() if not text and not (element.tail or "").strip() else None
    marker = beside if beside is not None else element
    linked = any("#" in link.get("href", "") for link in marker.iter("a"))
    return linked and bool(LABEL.fullmatch("".join(marker.text_content().split()).strip("[]()^,;")))


def _opens_block(element: Element) -> bool:
    """Return whether nothing stands before an element in its block, but words behind it: a label, not a citation."""
    inside = element
    for up in element.iterancestors():
        before = (up.text or "") + "".join(
            each.text_content() + (each.tail or "") for each in inside.itersiblings(preceding=True)
        )
        if before.strip():
            return False
        if up.tag in BLOCK_TAGS:
            return len(up.text_content().split()) > len(element.text_content().split())
        inside = up
    return False


def _entry_element(place: Element) -> Element | None:
    """Return the list item, row or block that a place opens, or None where that is a section or a heading."""
    blocks = [up for up in (place, *place.iterancestors()) if up.tag in BLOCK_TAGS]
    if not blocks:
        return None
    element = next((up for up in blocks[:4] if up.tag in ("li", "dd", "tr")), blocks[0])
    inside = {each.tag for each in element.iter() if isinstance(each.tag, str)}
    whole = element.text_content()
    if inside & HEADINGS or element.tag in ("body", "main", "article", "section", "td") or len(whole) > MAX_ENTRY:
        return None
    return element if re.search(r"\w", whole) else None


def is_source_list(element: Element, entries: Mapping[Element, Entry]) -> bool:
    """Return whether most items of a list or rows of a table are entries, or its maker named it so."""
    items = list(items_of(element))
    if not items:
        return False
    if sum(item in entries for item in items) * 2 > len(items):
        return True
    names = " ".join(
        each.get(key, "")
        for each in (element, element.getparent())
        if each is not None
        for key in ("id", "class", "role")
    )
    dated = sum(bool(YEAR.search(text := item.text_content()) or "http" in text) for item in items)
    return bool(NAMED.search(names)) and dated * 2 > len(items)


def items_of(element: Element) -> Iterator[Element]:
    """Yield what may be entries of a list or table."""
    if element.tag == "table":
        yield from element.iter("tr")
    else:
        yield from (child for child in element if child.tag in ("li", "dd"))


def read_label(entry: Element) -> tuple[Element | None, int | None]:
    """Return the element at the beginning of an entry that holds nothing but its number, and the number."""
    inside = entry
    while len(inside) and not (inside.text or "").strip():
        inside = inside[0]
        found = NUMBER.fullmatch(inside.text_content())
        if found:
            return inside, int(found[1])
    return None, None


def entry_text(entry: Element, label: Element | None = None) -> str:
    """Return an entry's text without its label, the links that lead back, and those to libraries of articles."""
    text = EMPTY_BRACKETS.sub("", _text(entry, label))
    return " ".join(text.split()).strip(" |")


def _text(element: Element, label: Element | None) -> str:
    if not isinstance(element.tag, str) or element.tag in HIDDEN_TAGS or hidden(element):
        return ""
    parts = [element.text or ""]
    for child in element:
        tail = child.tail or ""
        shown = child.text_content().strip() if child.tag == "a" else "…"
        back = child.get("href", "").startswith("#") and BACK_LINK.fullmatch(shown)
        library = LINK_LABELS.fullmatch(shown) and not tail.lstrip().startswith(":")
        gap = " " if child.tag in BLOCK_TAGS or child.tag == "br" else ""
        parts += ["" if back or library or child is label else gap + _text(child, label) + gap, tail]
    return "".join(parts)


def entry_address(entry: Element) -> str:
    """Return the first address that an entry links to, a DOI before others; "" where it links to none."""
    addresses = [
        address for link in entry.iter("a") if (address := link.get("href", "")).startswith(("http://", "https://"))
    ]
    return next((each for each in addresses if "doi.org/" in each), addresses[0] if addresses else "")
