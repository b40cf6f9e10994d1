"""Markdown -> `Page`, by way of HTML: `[^4]`, `^[a note]`, `^4^`, `[4]`, numbered link definitions, Pandoc's `[@key]`.

markdown-it-py renders and `html` reads the outcome. Notes are taken out first, so that they keep their own numbers.
Keys that the front matter defines are numbered as they are first cited; those that open an entry of the list
(`@key: …`) link to it; all others are left to the citation grammar, which reads them by author and year.
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
from ipt_rag.importing.decoding import decode_text
from ipt_rag.importing.html import page_of_html
from ipt_rag.importing.page import Page

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*\n", re.DOTALL | re.MULTILINE)
PANDOC = re.compile(r"\[((?:[^\[\]@\n]{0,40}(?<![\w.])@[\w:.#$%&+?<>~/-]*\w[^\[\]@\n]{0,60}?)+)\]")
KEY = re.compile(r"(?<![\w.])@([\w:.#$%&+?<>~/-]*\w)")
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
ABOUT = ("version", "date", "provenance")


def read_markdown(data: bytes, name: str) -> Page:
    """Return the page in a Markdown file.

    Raises:
        ImportRefusedError: not text, or its front matter is not YAML.
    """
    text = decode_text(data, name)
    about, body = _front_matter(text, name)
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
    first = text.count("\n", 0, len(text) - len(_front_matter(text, name)[1])) + 1
    for token in tokens:
        if token.map and token.nesting == 1:
            token.attrSet("data-line", str(token.map[0] + first))
    html = parser.renderer.render(tokens, parser.options, env)
    sources.extend((number, parser.renderInline(note)) for number, note in notes)
    title = f"<h1>{escape(about['title'])}</h1>" if about.get("title") and "<h1>" not in html else ""
    entries = "".join(f'<li id="source-{number}" value="{number}">{entry}</li>' for number, entry in sources)
    foot = f"<h2>Sources</h2><ol>{entries}</ol>" if entries else ""
    page = page_of_html(f"<main>{title}{html}{foot}</main>", name, made="line")
    language = about.get("language") or about.get("lang") or ""
    stated = {key: about[key] for key in ABOUT if about.get(key)} | ({"language": language} if language else {})
    return replace(page, about={**page.about, **stated})


def _front_matter(text: str, name: str) -> tuple[dict[str, str], str]:
    found = FRONT_MATTER.match(text)
    if not found:
        return {}, text
    try:
        loaded = yaml.safe_load(found[1])
    except (yaml.YAMLError, RecursionError):
        raise ImportRefusedError(
            f"{name}:1: has front matter that is not YAML. Quote values that hold a colon."
        ) from None
    if not isinstance(loaded, Mapping):
        return {}, text[found.end() :]
    about = {str(key): str(value) for key, value in loaded.items() if value is not None and key != "references"}
    for index, entry in enumerate(loaded.get("references") or []):
        if isinstance(entry, Mapping) and entry.get("id"):
            about[f"@{entry['id']}"] = _reference(entry) or f"reference {index + 1}"
    return about, text[found.end() :]


def _reference(entry: Mapping[str, object]) -> str:
    """Return a reference of Pandoc's front matter in one line: authors, title, container, year."""
    authors = entry.get("author")
    names = [
        " ".join(str(person.get(part, "")) for part in ("family", "given")).strip()
        for person in (authors if isinstance(authors, Sequence) else [])
        if isinstance(person, Mapping)
    ]
    year = re.search(r"\d{4}", str(entry.get("issued", "")))
    parts = [
        ", ".join(names),
        str(entry.get("title", "")),
        str(entry.get("container-title", "")),
        year[0] if year else "",
    ]
    address = str(entry.get("URL", "") or (f"https://doi.org/{entry['DOI']}" if entry.get("DOI") else ""))
    return ". ".join(part for part in parts if part) + (f". {address}" if address else ".")


def _keyed_entries(body: str) -> str:
    """Return the text with each key that opens an entry of the list as a place to link to, and its citations linked."""
    keys = {found["boxed"] or found["bare"] for found in KEYED_ENTRY.finditer(body)}
    if not keys:
        return body
    body = KEYED_ENTRY.sub(
        lambda found: f'{found[1]}<a id="cited-{escape(found["boxed"] or found["bare"])}"></a>', body
    )

    def linked(found: re.Match[str]) -> str:
        cited = KEY.findall(found[1])
        if not keys.issuperset(cited):
            return found[0]
        return "".join(f'<a href="#cited-{escape(key)}">§</a>' for key in cited)

    return PANDOC.sub(linked, body)


def _pandoc(body: str, about: Mapping[str, str], sources: list[tuple[int, str]]) -> str:
    """Return the text with the keys that the front matter defines as numbers, in the order of first citation."""
    numbers: dict[str, int] = {}
    fresh = count(1)

    def cited(found: re.Match[str]) -> str:
        keys = KEY.findall(found[1])
        if not all(f"@{key}" in about for key in keys):
            return found[0]
        for key in keys:
            if key not in numbers:
                numbers[key] = next(fresh)
                sources.append((numbers[key], escape(about[f"@{key}"])))
        return f"[{', '.join(str(numbers[key]) for key in keys)}]"

    return PANDOC.sub(cited, body)


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
    body = re.sub(r"\[\^([^\]\s]+)\]", lambda found: f"[^{numbers.get(found[1], found[1])}]", body)
    return body, [(numbers[label], text) for label, text in notes.items() if label in numbers]


def _point_to_list(tokens: Sequence[Token], defined: Mapping[str, object]) -> None:
    """Make links with a numbered label point to the list of sources at the foot."""
    for token in tokens:
        for child in token.children or []:
            if child.type == "link_open" and child.meta.get("label") in defined:
                child.attrs["href"] = f"#source-{child.meta['label']}"
