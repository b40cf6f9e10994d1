"""`corpus/*.md` -> `Article`: blocks with their offsets, and the numbered sources.

An article file is CommonMark with YAML front matter and shortcut reference links as citation markers
(`[4]`, `[LLM]`), defined at its foot. HTML, code and setext headings are not part of the format: they
are read as plain text, so that nothing in an article can hide from the reader or run in a page.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ipt_rag.errors import ArticleError, CorpusError
from ipt_rag.plain import plain_text
from ipt_rag.records import Article, Block, Kind, Source, Span

MAX_BYTES = 20_000_000  # an article of 20 MB is some 3 million words: more is a mistake
LINE_END = r"(?:\r\n?|\n)"  # what the Markdown parser takes for the end of a line
FRONT_MATTER = re.compile(rf"\A\ufeff?---[ \t]*{LINE_END}((?:.*?{LINE_END})??)---[ \t]*(?:{LINE_END}|\Z)", re.DOTALL)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DEFINITION = re.compile(r"\*\*[^*]+\*\*\s+[—–-]\s")
VIGNETTE = re.compile(r"\W{0,4}(?:LLM-generated )?illustrative (?:clinical )?example\b", re.IGNORECASE)
TRAILING_MARKERS = r"(?:\s*\[(?:[0-9]{1,3}|LLM)\])*\s*"
QUESTION = re.compile(rf"\?[”\"’')*]*{TRAILING_MARKERS}\Z")
CITED = re.compile(r"(?<!\\)\[([0-9]{1,3})\](?![(\[])")
GLUED = re.compile(r"(?<!\\)\[(?:[0-9]{1,3}|LLM)\]\[[^\]\s]*\]")
DEFINITION_TITLE = re.compile(r"\s*\[[^\]]+\]:\s*(?:<[^>\n]*>|\S+)\s+[\"'(](?P<title>.*)[\"')]\Z", re.DOTALL)
TIERED = re.compile(r"(T[1-3]) · (.*)", re.DOTALL)
ROW = re.compile(r"[\s>]*\|?\s*(.*?)\s*(?:(?<!\\)\|\s*)?\Z", re.DOTALL)


def read_corpus(folder: Path, *, without: Path | None = None) -> tuple[Article, ...]:
    """Return the articles of a folder, by file name, but for one file where it is to be left out.

    Raises:
        CorpusError: the folder is missing, holds no `.md` file, or two articles share a slug.
        ArticleError: a file is not a well-formed article.
    """
    paths = [path for path in article_paths(folder) if path != without]
    articles = tuple(read_article(path) for path in paths)
    seen: dict[str, Path] = {}
    for article, path in zip(articles, paths, strict=True):
        if article.slug in seen:
            both = f"{seen[article.slug]} and {path}"
            raise CorpusError(f"{both} both have the slug {article.slug!r}. Rename one of them.")
        seen[article.slug] = path
    return articles


def article_paths(folder: Path) -> list[Path]:
    """Return the article files of a folder, by name.

    Raises:
        CorpusError: the folder is missing or holds none.
    """
    if not folder.is_dir():
        raise CorpusError(f"There is no folder {folder}. Make it and put articles in, or name another with --corpus.")
    paths = sorted(path for path in folder.glob("*.md") if path.name.lower() != "readme.md" and path.name[0] != ".")
    if not paths:
        raise CorpusError(f"No article (.md) in {folder}. Add one with `ipt-rag add FILE --corpus {folder}`.")
    return paths


def read_abouts(folder: Path) -> dict[Path, dict[str, str]]:
    """Return what the front matter of each article file says, nothing for one without; no folder has none.

    Only the front matter is looked at, so that a file with a broken text can still be named, replaced or removed.
    """
    try:
        paths = article_paths(folder)
    except CorpusError:
        return {}
    return {path: _about(path) for path in paths}


def _about(path: Path) -> dict[str, str]:
    try:
        return _front_matter(path, path.read_bytes().decode("utf-8"))[0]
    except (OSError, UnicodeDecodeError, ArticleError):
        return {}


def read_article(path: Path) -> Article:
    """Return the article in a file.

    Raises:
        ArticleError: not UTF-8 text, no front matter, no title or slug, a number cited without a source, …
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArticleError(path, 0, f"cannot be read ({error.strerror}). Check the name and permissions.") from None
    return parse_article(path, data)


def parse_article(path: Path, data: bytes) -> Article:
    """Return the article in the bytes of a file; `path` only names it in errors.

    Raises:
        ArticleError: as `read_article`.
    """
    if len(data) > MAX_BYTES:
        raise ArticleError(path, 0, f"has {len(data):,} bytes; an article may have {MAX_BYTES:,}. Split it.")
    if b"\0" in data:
        raise ArticleError(path, 0, "is a binary file, not an article in Markdown. Import it with `ipt-rag add`.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ArticleError(path, line, "is not UTF-8 text. Save it as UTF-8 and try again.") from None
    return _parse(path, text, hashlib.sha256(data).hexdigest())


def _parse(path: Path, text: str, sha256: str) -> Article:
    about, body_start = _front_matter(path, text)
    for key in ("title", "slug"):
        if not about.get(key):
            raise ArticleError(path, 1, f"has no {key} in its front matter. Add a line `{key}: …`.")
    if not SLUG.fullmatch(about["slug"]):
        raise ArticleError(path, 1, "has a slug with other signs than a–z, 0–9 and single hyphens. Write it so.")
    # The front matter is blanked rather than cut, so that line numbers and offsets stay the file's own.
    lines = _Lines(text)
    blanked = "\n" * (lines.number(body_start) - 1) + text[body_start:]
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.disable(["code", "fence", "html_block", "lheading"])
    references: dict[str, Any] = {}
    tokens = parser.parse(blanked, references)
    sources = tuple(_sources(path, lines, references))
    blocks = tuple(_blocks(tokens, lines))
    if not blocks:
        raise ArticleError(path, 0, "has front matter but no text. Add paragraphs below it.")
    _check_markers(path, lines, blocks, {str(source.number) for source in sources})
    return Article(
        slug=about["slug"],
        title=about["title"],
        language=about.get("language", ""),
        text=text,
        sha256=sha256,
        about=about,
        blocks=blocks,
        sources=sources,
    )


def _front_matter(path: Path, text: str) -> tuple[dict[str, str], int]:
    found = FRONT_MATTER.match(text)
    if not found:
        raise ArticleError(path, 1, "has no front matter. Begin it with lines `---`, `title: …`, `slug: …`, `---`.")
    try:
        # Every value stays the string that is written: `no` is no truth value, 1.10 no number, no date impossible.
        loaded = yaml.load(found[1], Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise ArticleError(path, line, "has front matter that is not YAML. Quote values that hold a colon.") from None
    except RecursionError:
        raise ArticleError(path, 1, "has front matter nested too deeply. Write plain `key: value` lines.") from None
    if not isinstance(loaded, dict):
        raise ArticleError(path, 1, "has front matter that is no list of `key: value` lines. Write it so.")
    for key, value in loaded.items():
        if not isinstance(value, str):
            raise ArticleError(path, 1, f"has a {key} in its front matter that is a list. Write it on one line.")
    return loaded, found.end()


def _check_markers(path: Path, lines: "_Lines", blocks: tuple[Block, ...], known: set[str]) -> None:
    for block in blocks:
        if glued := GLUED.search(lines.text, block.start, block.end):
            line = lines.number(glued.start())
            raise ArticleError(path, line, f"holds {glued[0]}, which Markdown reads as one link. Put a space between.")
        for marker in CITED.finditer(lines.text, block.start, block.end):
            if marker[1] not in known:
                problem = f"cites [{marker[1]}], which no source defines. Add `[{marker[1]}]: …` at the foot."
                raise ArticleError(path, lines.number(marker.start()), problem)


class _Lines:
    """The text by lines, to turn the parser's line numbers into offsets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in re.finditer(LINE_END, text)), len(text)]

    def number(self, offset: int) -> int:
        """Return the number of the line that holds an offset, from 1."""
        return bisect_right(self.starts, offset, hi=len(self.starts) - 1)

    def locate(self, content: str, first: int, after: int) -> Span | None:
        """Return where `content` stands between two lines; its own line prefixes (`> `) are kept in the slice."""
        opening, closing = content.split("\n")[0].strip(), content.split("\n")[-1].strip()
        start = self.text.find(opening, self.starts[first], self.starts[after])
        if start < 0:
            return None
        last = self.starts[after - 1] if "\n" in content else start
        end = self.text.find(closing, last, self.starts[after]) + len(closing)
        return Span(self.text[start:end], start, end)

    def title(self, first: int, after: int) -> Span | None:
        """Return what stands between the quotation marks of a link definition, escapes and all."""
        found = DEFINITION_TITLE.match(self.text[self.starts[first] : self.starts[after]].rstrip())
        if not found:
            return None
        start = self.starts[first] + found.start("title")
        return Span(found["title"], start, start + len(found["title"]))


def _blocks(tokens: list[Token], lines: _Lines) -> Iterator[Block]:
    headings: list[tuple[int, str]] = []  # level and words of those above this token
    heading_level = 0
    enclosing: list[str] = []  # the list and quote containers open at this token
    last_paragraph: Span | None = None  # the paragraph directly before a list introduces it
    for token in tokens:
        section = tuple(words for _, words in headings)
        if token.type in ("bullet_list_open", "ordered_list_open", "blockquote_open", "table_open"):
            enclosing.append(token.type)
        elif token.type in ("bullet_list_close", "ordered_list_close", "blockquote_close", "table_close"):
            enclosing.pop()
            last_paragraph = None if not enclosing else last_paragraph
        elif token.type == "heading_open":
            heading_level = int(token.tag[1])
            headings = [heading for heading in headings if heading[0] < heading_level]
            last_paragraph = None
        elif token.type == "heading_close":
            heading_level = 0
        elif token.type == "tr_open" and token.map:
            row = _row(lines, token.map[0])
            if "thead" in enclosing:
                last_paragraph = row
            elif row.text.strip("| \t"):
                yield Block("row", section, row.start, row.end, last_paragraph)
        elif token.type == "thead_open":
            enclosing.append("thead")
        elif token.type == "thead_close":
            enclosing.pop()
        elif token.type == "inline" and token.map and token.content.strip():
            if heading_level:
                if heading_level > 1:  # the only first-level heading is the title
                    headings.append((heading_level, plain_text(token.content)))
            elif "table_open" not in enclosing:
                span = lines.locate(token.content, *token.map)
                if span is None:  # pragma: no cover - the parser hands back the file's own characters
                    continue
                kind = _kind(span.text, enclosing)
                in_list = kind in ("item", "definition", "question")
                yield Block(kind, section, span.start, span.end, last_paragraph if in_list else None)
                if not in_list:
                    last_paragraph = span if kind == "paragraph" else None


def _kind(text: str, enclosing: list[str]) -> Kind:
    if VIGNETTE.match(text):
        return "vignette"
    if not any(container.endswith("list_open") for container in enclosing):
        return "paragraph"
    if DEFINITION.match(text):
        return "definition"
    return "question" if QUESTION.search(text) else "item"


def _row(lines: _Lines, number: int) -> Span:
    """Return the cells of a row with the pipes between them, without those that fence it."""
    first = lines.starts[number]
    found = ROW.match(lines.text[first : lines.starts[number + 1]])
    assert found  # every string matches
    return Span(found[1], first + found.start(1), first + found.end(1))


def _sources(path: Path, lines: _Lines, references: Mapping[str, Any]) -> Iterator[Source]:
    """Yield the sources by number; `references` is what the parser kept of the link definitions."""
    for duplicate in references.get("duplicate_refs", []):
        raise ArticleError(path, duplicate["map"][0] + 1, f"defines [{duplicate['label']}] twice. Keep one.")
    defined: Mapping[str, Mapping[str, Any]] = references.get("references", {})
    for label, reference in sorted(defined.items(), key=lambda entry: entry[0].zfill(9)):
        if not re.fullmatch(r"[1-9][0-9]{0,2}", label):
            continue
        first, after = reference["map"]
        title, address = str(reference["title"]), str(reference["href"])
        span = lines.title(first, after) if title.strip() else None
        if span is None:
            problem = f'defines [{label}] without a reference. Add it as "T1 · Author. Title."'
            raise ArticleError(path, first + 1, problem)
        tiered = TIERED.fullmatch(title)
        yield Source(
            number=int(label),
            tier=tiered[1] if tiered else "",
            reference=tiered[2] if tiered else title,
            address=address if address.startswith(("https://", "http://")) else "",
            start=span.start + (len(tiered[1]) + 3 if tiered else 0),
            end=span.end,
        )
