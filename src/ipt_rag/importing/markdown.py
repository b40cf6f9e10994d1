"""Markdown -> `Page`, by way of HTML: `[^4]`, `^[a note]`, `^4^`, `[4]`, numbered link definitions, Pandoc's `[@key]`.

markdown-it-py renders and `html` reads the outcome. Notes are taken out first, so that they keep their own numbers.
Keys that the front matter defines are numbered as they are first cited; those that open an entry of the list
(`@key: …`) link to it; all others are left to the citation grammar, which reads them by author and year. In a sentence
(`@key found …`) author and year stand for the key, before its number.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import count

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.author_year import KEY, NARRATED, in_words
from ipt_rag.importing.bounded import converted
from ipt_rag.importing.decoding import decode_text
from ipt_rag.importing.html import page_of_html
from ipt_rag.importing.page import Page

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*\n", re.DOTALL | re.MULTILINE)
# A key is taken whole (?>…) and one run leads to the next: parted in two ways, a list that never closes took forever.
PANDOC_KEY = r"(?<![\w.])@(?>[\w:.#$%&+?<>~/-]*\w)"
PANDOC = re.compile(rf"\[([^\[\]@\n]{{0,40}}{PANDOC_KEY}(?:[^\[\]@\n]{{0,100}}{PANDOC_KEY})*[^\[\]@\n]{{0,60}})\]")
CITED = re.compile(rf"{PANDOC.pattern}|{NARRATED.pattern}")
# An entry of the list that opens with the key it is cited by: "- [@lee2016]: Lee A. …".
KEYED_ENTRY = re.compile(
    r"^([ \t]*(?:[-*+]|\d{1,3}[.)])?[ \t]*)"
    r"(?:\[@(?P<boxed>[\w.#$%&+?<>~/-]*\w)\]|\*{0,2}`?@(?P<bare>[\w.#$%&+?<>~/-]*\w)`?\*{0,2})"
    r"[ \t]*[:.—–-][ \t]+(?=\S)",
    re.MULTILINE,
)
INLINE_NOTE = re.compile(r"(?<!\\)\^\[((?:[^\[\]\\\n]|\\.|\[[^\[\]\n]*\]){1,2000})\]")
RAISED = re.compile(r"(?<![\\^\s])\^(\d{1,3}(?:\s?(?:[,;–]|--?)\s?\d{1,3})*)\^")
FOOTNOTE = re.compile(r"^\[\^(?P<label>[^\]\s]+)\]:[ \t]*(?P<text>.*(?:\n(?:[ \t]+\S.*))*)\n?", re.MULTILINE)
QUICK = 20_000  # bytes that are parsed without a process of their own: the worst of that size takes seconds
MAX_FRONT = 200_000  # characters: some five hundred references
ABOUT = ("version", "date", "provenance")


def read_markdown(data: bytes, name: str) -> Page:
    """Return the page in a Markdown file.

    Raises:
        ImportRefusedError: not text, or its front matter is not YAML.
    """
    about, _, _ = _parted(data, name)
    html = to_html(data, name) if len(data) <= QUICK else converted("ipt_rag.importing.markdown", data, name)
    page = page_of_html(html, name, made="line")
    language = about.get("language") or about.get("lang") or ""
    stated = {key: about[key] for key in ABOUT if about.get(key)} | ({"language": language} if language else {})
    return replace(page, about={**page.about, **stated})


def to_html(data: bytes, name: str) -> str:
    """Return Markdown as HTML, each block with its line, and all its sources in one list at the foot.

    Raises:
        ImportRefusedError: as `read_markdown`.
    """
    about, body, first = _parted(data, name)
    sources: list[tuple[int, str]] = []  # number and HTML
    body = _pandoc(_keyed_entries(body), about, sources)
    body, notes = _footnotes(_inline_notes(body))
    body = RAISED.sub(lambda found: f"<sup>{found[1].replace('--', '–')}</sup>", body)
    # Entries of a list of sources often stand one a line: a reader of HTML sees lines only where they are broken.
    parser = MarkdownIt("commonmark", {"html": True, "store_labels": True, "breaks": True}).enable("table")
    env: dict[str, dict[str, dict[str, str]]] = {}
    tokens = parser.parse(body, env)
    defined = {label: each for label, each in env.get("references", {}).items() if label.isdigit()}
    for label, each in sorted(defined.items(), key=lambda entry: int(entry[0])):
        link = "" if each["href"].startswith("#") else f" {each['href']}"
        sources.append((int(label), escape(each["title"] or link.strip())))
    _point_to_list(tokens, defined)
    for token in tokens:
        if token.map and token.nesting == 1:
            token.attrSet("data-line", str(token.map[0] + first))
    html = parser.renderer.render(tokens, parser.options, env)
    entries = [f'<li id="source-{number}" value="{number}">{entry}</li>' for number, entry in sources]
    entries += [f'<li id="note-{number}" value="{number}">{parser.renderInline(note)}</li>' for number, note in notes]
    title = f"<h1>{escape(about['title'])}</h1>" if about.get("title") and "<h1>" not in html else ""
    foot = f"<h2>Sources</h2><ol>{''.join(entries)}</ol>" if entries else ""
    return f"<main>{title}{html}{foot}</main>"


def _parted(data: bytes, name: str) -> tuple[dict[str, str], str, int]:
    """Return the front matter, the text below it and the line that this begins at."""
    text = decode_text(data, name)
    about, body = _front_matter(text, name)
    return about, body, text.count("\n", 0, len(text) - len(body)) + 1


def _front_matter(text: str, name: str) -> tuple[dict[str, str], str]:
    found = FRONT_MATTER.match(text)
    if not found:
        return {}, text
    if len(found[1]) > MAX_FRONT:
        problem = f"has {len(found[1]):,} characters of front matter; {MAX_FRONT:,} are read. Shorten it."
        raise ImportRefusedError(f"{name}:1: {problem}")
    try:
        loaded = yaml.load(found[1], Loader=yaml.BaseLoader)  # every value stays the string that is written
    except (yaml.YAMLError, RecursionError):
        raise ImportRefusedError(
            f"{name}:1: has front matter that is not YAML. Quote values that hold a colon."
        ) from None
    if not isinstance(loaded, Mapping):
        return {}, text[found.end() :]
    # A list can name itself without end, so that only its strings are read.
    about = {key: value for key, value in loaded.items() if isinstance(key, str) and isinstance(value, str) and value}
    listed = loaded.get("references")
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, Mapping) and _said(entry, "id"):
            about[f"@{_said(entry, 'id')}"] = _reference(entry) or f"reference {index + 1}"
    return about, text[found.end() :]


def _said(entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key, "")
    return value if isinstance(value, str) else ""


def _reference(entry: Mapping[str, object]) -> str:
    """Return a reference of Pandoc's front matter in one line: authors, title, container, year."""
    authors = entry.get("author")
    names = [
        " ".join(_said(person, part) for part in ("family", "given", "literal")).strip()
        for person in (authors if isinstance(authors, list) else [])
        if isinstance(person, Mapping)
    ]
    parts = [", ".join(names), _said(entry, "title"), _said(entry, "container-title"), _year(entry.get("issued"))]
    address = _said(entry, "URL") or (f"https://doi.org/{_said(entry, 'DOI')}" if _said(entry, "DOI") else "")
    return ". ".join(part for part in parts if part) + (f". {address}" if address else ".")


def _year(issued: object, *, depth: int = 4) -> str:
    """Return the year of a date: "2016-05", or what stands first in `{year: 2016}` or `date-parts: [[2016, 5]]`."""
    if isinstance(issued, str):
        found = re.search(r"\d{4}", issued)
        return found[0] if found else ""
    inner = list(issued.values()) if isinstance(issued, Mapping) else issued if isinstance(issued, list) else []
    return next((year for each in inner[:3] if depth and (year := _year(each, depth=depth - 1))), "")


def _keyed_entries(body: str) -> str:
    """Return the text with each key that opens an entry of the list as a place to link to, and its citations linked."""
    keys = {
        found["boxed"] or found["bare"]: body[found.end() :].partition("\n")[0] for found in KEYED_ENTRY.finditer(body)
    }
    if not keys:
        return body
    body = KEYED_ENTRY.sub(
        lambda found: f'{found[1]}<a id="cited-{escape(found["boxed"] or found["bare"])}"></a>', body
    )

    def link(key: str) -> str:
        return f'<a href="#cited-{escape(key)}">§</a>'

    def linked(found: re.Match[str]) -> str:
        cited = [found["key"]] if found["key"] else KEY.findall(found[1])
        if not keys.keys() >= set(cited):
            return found[0]
        words = in_words(keys[cited[0]], cited[0], found["locator"]) if found["key"] else ""
        return words + "".join(map(link, cited))

    return CITED.sub(linked, body)


def _pandoc(body: str, about: Mapping[str, str], sources: list[tuple[int, str]]) -> str:
    """Return the text with the keys that the front matter defines as numbers, in the order of first citation."""
    numbers: dict[str, int] = {}
    fresh = count(1)

    def cited(found: re.Match[str]) -> str:
        keys = [found["key"]] if found["key"] else KEY.findall(found[1])
        if not all(f"@{key}" in about for key in keys):
            return found[0]
        for key in keys:
            if key not in numbers:
                numbers[key] = next(fresh)
                sources.append((numbers[key], escape(about[f"@{key}"])))
        words = f"{in_words(about[f'@{keys[0]}'], keys[0], found['locator'])} " if found["key"] else ""
        return f"{words}[{', '.join(str(numbers[key]) for key in keys)}]"

    return CITED.sub(cited, body)


def _inline_notes(body: str) -> str:
    """Return the text with notes inside it (`^[Lee A. Calm.]`) as footnotes."""
    notes: list[str] = []

    def noted(found: re.Match[str]) -> str:
        notes.append(f"[^inline-{len(notes) + 1}]: {found[1]}")
        return f"[^inline-{len(notes)}]"

    body = INLINE_NOTE.sub(noted, body)
    return "\n\n".join([body, *notes]) + "\n" if notes else body


def _footnotes(body: str) -> tuple[str, list[tuple[int, str]]]:
    """Return the text without its footnotes, and these as (number, Markdown); a name is numbered by first citation."""
    notes = {found["label"]: " ".join(found["text"].split()) for found in FOOTNOTE.finditer(body)}
    body = FOOTNOTE.sub("\n", body)
    numbers = {label: int(label) for label in notes if label.isdigit()}
    fresh = (number for number in count(1) if number not in numbers.values())
    for found in re.finditer(r"\[\^([^\]\s]+)\]", body):
        if found[1] in notes and found[1] not in numbers:
            numbers[found[1]] = next(fresh)

    def linked(found: re.Match[str]) -> str:
        number = numbers.get(found[1])  # of a link: a list that numbers alike moves the note behind it
        return found[0] if number is None else f'<sup><a href="#note-{number}">{number}</a></sup>'

    body = re.sub(r"\[\^([^\]\s]+)\]", linked, body)
    return body, [(numbers[label], text) for label, text in notes.items() if label in numbers]


def _point_to_list(tokens: Sequence[Token], defined: Mapping[str, object]) -> None:
    """Make links with a numbered label point to the list of sources at the foot."""
    for token in tokens:
        for child in token.children or []:
            if child.type == "link_open" and child.meta.get("label") in defined:
                child.attrs["href"] = f"#source-{child.meta['label']}"
