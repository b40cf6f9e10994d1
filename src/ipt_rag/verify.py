"""An exported file and the articles -> which of its quotes and sources stand there as the file says, and what differs.

Nothing in the file is believed but where a quote is said to stand: the passage there is cut anew from the article, made
into the form of the file (JSON, Markdown, HTML), and compared with what the file holds, character for character.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from ipt_rag import settings
from ipt_rag.corpus import parse_article, read_corpus
from ipt_rag.embed import token_counter
from ipt_rag.errors import ExportError
from ipt_rag.index import open_store
from ipt_rag.page_text import LANGUAGES, in_language
from ipt_rag.passages import split_passages
from ipt_rag.records import Answer, Article, Passage, Place, Quote, Reference
from ipt_rag.render import label_lines, place_line, quoted_lines, section_line, shown, source_line, turn_html
from ipt_rag.sentences import split_sentences

At = tuple[str, int, int]  # slug, start, end

MAX_BYTES = 50_000_000
PLACE_LINE = re.compile(r" \(([a-z0-9-]+) (\d+)–(\d+)\)\Z")
SOURCE_LINE = re.compile(r"- \[(\d+)\] \(([a-z0-9-]+)\)")
SOURCE_ID = re.compile(r"t\d+(?:c(?:p\d+-)?\d+)?-(.+)-(\d+)")
DIGEST = re.compile(r"Index ([0-9a-f]{16})")
LABEL = re.compile(r"\*[^*]+\*")
NO_QUOTE = (
    "{path} holds no quote from the articles, so there is nothing to verify. Name a file that the page saved, with an"
    " answer in it."
)
FORM = "{path} is no file that the page exports (JSON, Markdown, HTML). Name one, as it was saved."


@dataclass(frozen=True, slots=True)
class Difference:
    """A quote or source that does not stand in the articles as the file says."""

    where: str  # "ipt-overview 2923–3107", "source 4 of ipt-overview"
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared, and what differs."""

    quotes: int
    sources: int
    differences: tuple[Difference, ...]
    said_index: str  # digest that the file names; "" where it names none
    index: str  # digest of the index compared with; "" for a corpus folder


class Shelf:
    """The articles to compare with: every passage by where it stands."""

    def __init__(self, articles: Iterable[Article], passages: Iterable[Passage], digest: str) -> None:
        self.articles = {article.slug: article for article in articles}
        self.digest = digest
        self.passages = {(passage.article, passage.start, passage.end): passage for passage in passages}

    @classmethod
    def of_index(cls, index: Path | str) -> "Shelf":
        """Return the articles of the current generation.

        Raises:
            IndexMissingError, IndexDamagedError: there is no whole index.
        """
        opened = open_store(index)
        texts = {slug: opened.article_text(slug) or "" for slug in opened.articles()}
        articles = [parse_article(Path(f"{slug}.md"), text.encode()) for slug, text in texts.items()]
        return cls(articles, [opened.passage(number) for number in range(len(opened))], opened.digest)

    @classmethod
    def of_corpus(cls, folder: Path) -> "Shelf":
        """Return the articles of a folder.

        Raises:
            CorpusError, ArticleError: they cannot be read.
        """
        count = token_counter()
        articles = read_corpus(folder)
        split = (
            split_passages(each, split_sentences, count_tokens=count, max_tokens=settings.PASSAGE_TOKENS)
            for each in articles
        )
        return cls(articles, [passage for passages in split for passage in passages], "")

    def quote(self, place: At) -> Quote | None:
        """Return the passage at a place as it is quoted, or None where none stands there."""
        passage = self.passages.get(place)
        return shown(self.articles[passage.article], passage) if passage else None

    @cached_property
    def sections(self) -> frozenset[Place]:
        """Return every section that holds a passage."""
        passages = self.passages.values()
        return frozenset(
            Place(each.article, self.articles[each.article].title, " › ".join(each.section)) for each in passages
        )

    def source(self, slug: str, number: int) -> Reference | None:
        """Return what a number of an article stands for, or None."""
        article = self.articles.get(slug)
        for source in article.sources if article else ():
            if source.number == number:
                return Reference(slug, source.number, source.tier, source.reference, source.address)
        return None


def verify_export(path: Path, shelf: Shelf) -> Verified:
    """Return what of an exported file stands in the articles as it says.

    Raises:
        ExportError: the file cannot be read, is no export of ours, or holds no quote.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ExportError(f"{path} is larger than any export. Name the file that the page saved.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{path} cannot be read ({error.strerror or type(error).__name__}).") from None
    except UnicodeDecodeError:
        raise ExportError(FORM.format(path=path)) from None
    forms: dict[str, Callable[[str, Shelf], _Found]] = {".json": _in_json, ".md": _in_markdown, ".html": _in_html}
    read = forms.get(path.suffix.lower())
    try:
        found = read(text, shelf) if read else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        found = None
    if found is None:
        raise ExportError(FORM.format(path=path))
    if not found.quotes and not found.differences:
        raise ExportError(NO_QUOTE.format(path=path))
    found.name_unlisted()
    return Verified(len(found.quotes), found.sources, tuple(found.differences), found.index, shelf.digest)


class _Found:
    """What a file held, as it is gone through."""

    def __init__(self, index: str) -> None:
        self.index = index
        self.quotes: list[At] = []
        self.sources = 0
        self.differences: list[Difference] = []
        self._cited: dict[tuple[str, int], None] = {}
        self._listed: set[tuple[str, int]] = set()

    def quote(self, place: At, quote: Quote | None, differs: Sequence[str]) -> None:
        """Take in a place where the file says that it quotes, what stands there, and in what the two differ."""
        self.quotes.append(place)
        if quote is None:
            differs = ["no passage of the articles begins and ends there"]
        else:
            self._cited |= dict.fromkeys((quote.article, number) for number in quote.sources)
        where = "{} {}–{}".format(*place)
        self.differences += [Difference(where, what) for what in differs]

    def source(self, slug: str, number: int, same: bool) -> None:
        self.sources += 1
        self._listed.add((slug, number))
        if not same:
            self.differences.append(Difference(f"source {number} of {slug}", "is another one, or none, in the article"))

    def section(self, *, same: bool) -> None:
        """Take in a section that the file names to read on in."""
        if not same:
            self.differences.append(Difference("a section to read on in", "is none of the articles"))

    def name_unlisted(self) -> None:
        """Add a difference for each source that a quote carries and the file does not list."""
        unlisted = [each for each in self._cited if each not in self._listed]
        self.differences += [
            Difference(f"source {number} of {slug}", "is cited, not listed") for slug, number in unlisted
        ]


WORDS_DIFFER = "its words or numbers differ"


def _in_json(text: str, shelf: Shelf) -> _Found:
    held = json.loads(text)
    found = _Found(str(held["index"]))
    for turn in held["turns"]:
        for said in turn["answer"]["quotes"]:
            place = (str(said["article"]), int(said["start"]), int(said["end"]))
            quote = shelf.quote(place)
            found.quote(place, quote, _fields_apart(said, quote) if quote else [])
        for said in turn["answer"]["references"]:
            entry = shelf.source(said["article"], said["number"])
            found.source(said["article"], said["number"], entry is not None and asdict(entry) == said)
        for said in (*turn["answer"]["cautions"], *turn["answer"]["nearest"]):
            found.section(same=Place(**said) in shelf.sections)
    return found


def _fields_apart(said: Mapping[str, Any], quote: Quote) -> list[str]:
    """Return the fields in which a quote differs from the passage, but for what belongs to the question."""
    printed = json.loads(json.dumps(asdict(quote)))
    names = [name for name in printed if name not in ("score", "matched")]
    return [f"{name} differs" for name in names if said.get(name) != printed[name]]


def _in_markdown(text: str, shelf: Shelf) -> _Found:
    digest = DIGEST.search(text)
    found = _Found(digest[1] if digest else "")
    sections = set(map(section_line, shelf.sections))
    label: list[str] = []
    quoted: list[str] = []
    for line in text.split("\n"):
        place = PLACE_LINE.search(line)
        source = SOURCE_LINE.match(line)
        if line.startswith(">"):
            quoted.append(line)
        elif place and quoted:
            at = (place[1], int(place[2]), int(place[3]))
            quote = shelf.quote(at)
            found.quote(at, quote, _lines_apart(label, quoted, line, quote) if quote else [])
            label, quoted = [], []
        elif source:
            entry = shelf.source(source[2], int(source[1]))
            found.source(source[2], int(source[1]), entry is not None and source_line(entry) == line)
        elif line.startswith("- "):
            found.section(same=line in sections)
        elif line.strip() and quoted:
            found.differences.append(Difference("a quote", "does not say where it stands"))
            label, quoted = [], []
        elif line.strip():
            label = [line] if LABEL.fullmatch(line) else []
    if quoted:
        found.differences.append(Difference("a quote", "does not say where it stands"))
    return found


def _lines_apart(label: list[str], quoted: list[str], under: str, quote: Quote) -> list[str]:
    """Return in what the lines of a quote differ from the passage, in whichever language of the page they are."""
    apart = [] if quoted_lines(quote) == quoted else [WORDS_DIFFER]
    if not any(place_line(quote, text) == under and label_lines(quote, text) == label for text in LANGUAGES.values()):
        apart.append("its kind, provenance, tier, article or section differs")
    return apart


def _in_html(text: str, shelf: Shelf) -> _Found:
    file = _Turns.of(text)
    digest = DIGEST.search(text)
    found = _Found(digest[1] if digest else "")
    for turn in file.turns:
        quotes = [(place, shelf.quote(place)) for place in turn.places]
        entries = [(slug, number, shelf.source(slug, number)) for slug, number in turn.numbers]
        known = tuple(quote for _, quote in quotes if quote)
        answer = Answer(
            status="answered",
            confidence=0.0,
            quotes=known,
            ranked=(),
            references=tuple(entry for *_, entry in entries if entry),
            nearest=(),
            reason="",
            kinds=(),
            notices=(),
            index="",
        )
        again = _Turns.of(
            turn_html(answer, question="", turn=1, articles=shelf.articles, text=in_language(file.language))
        ).turns[0]
        words = dict(zip(again.places, again.quotes, strict=True))
        for (place, quote), said in zip(quotes, turn.quotes, strict=True):
            same = words.get(place) == said
            found.quote(place, quote, [] if same else [WORDS_DIFFER])
        entry_words = dict(zip(again.numbers, again.sources, strict=True))
        for (slug, number, _), said in zip(entries, turn.sources, strict=True):
            found.source(slug, number, entry_words.get((slug, number)) == said)
        found.differences += [Difference("a quote", "does not say where it stands")] * turn.strays
    return found


class _Turn:
    """The visible words of one turn of an HTML file: its quotes with all that stands round them, and its sources."""

    def __init__(self) -> None:
        self.places: list[At] = []
        self.quotes: list[str] = []
        self.numbers: list[tuple[str, int]] = []
        self.sources: list[str] = []
        self.strays = 0  # block quotes that stand in no figure


VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


class _Turns(HTMLParser):
    """Reads turns out of an HTML file."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.turns: list[_Turn] = []
        self.language = ""
        self._open: list[tuple[str, str]] = []  # tags, and what opens with each: "quote", "source", "skip" or nothing
        self._quoted: list[str] = []  # words of the quote that is open
        self._listed: list[str] = []  # words of the source that is open, perhaps among what the quote's context cites

    @classmethod
    def of(cls, text: str) -> "_Turns":
        """Return the turns of a file."""
        reader = cls()
        reader.feed(text)
        reader.close()
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element opens."""
        named = {name: value or "" for name, value in attrs}
        classes = named.get("class", "").split()
        inside = [what for _, what in self._open]
        opens = ""
        if tag == "html":
            self.language = named.get("lang", "")
        elif tag == "article" and "turn" in classes:
            self.turns.append(_Turn())
        elif self.turns and tag == "figure":
            self.turns[-1].places.append((named["data-article"], int(named["data-start"]), int(named["data-end"])))
            opens, self._quoted = "quote", []
        elif self.turns and tag == "li" and (at := SOURCE_ID.fullmatch(named.get("id", ""))):
            self.turns[-1].numbers.append((at[1], int(at[2])))
            opens, self._listed = "source", []
        elif self.turns and tag == "blockquote" and "quote" not in inside:
            self.turns[-1].strays += 1
        elif tag == "a":
            self._take(f" <{named.get('title', '')} {named.get('href', '') if 'outside' in classes else ''}> ")
        elif tag == "button" or "more" in classes or "of" in classes:
            opens = "skip"  # what depends on the other quotes of the turn, or is no word of it
        if tag not in VOID:
            self._open.append((tag, opens))

    def handle_endtag(self, tag: str) -> None:
        """Keep what closes with it."""
        while self._open:
            opened, what = self._open.pop()
            if what in ("quote", "source"):
                turn = self.turns[-1]
                kept, words = (turn.quotes, self._quoted) if what == "quote" else (turn.sources, self._listed)
                kept.append(" ".join("".join(words).split()))
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        """Take in visible words."""
        self._take(data)

    def _take(self, words: str) -> None:
        inside = [what for _, what in self._open]
        if "source" in inside:
            self._listed.append(words)
        elif "quote" in inside and "skip" not in inside:
            self._quoted.append(words)
