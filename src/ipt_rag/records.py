"""The records that pass from step to step: frozen, slotted, without behaviour beyond derived facts.

Offsets are characters from 0 into the text of one article file, end exclusive, so that
`article.text[record.start:record.end]` is always the record's own text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["paragraph", "item", "definition", "row", "question", "vignette", "source"]
Provenance = Literal["sourced", "LLM", "mixed", "unmarked"]
Status = Literal["answered", "not_in_articles", "refused"]
Reason = Literal["", "nothing_close", "fact_missing", "too_vague", "filtered", "phi"]
FilterName = Literal["articles", "tiers", "sourced"]
Precision = Literal["fp32", "bf16"]  # floats that passages are embedded in: of 32 bits, or of 16


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article file: `article.text[start:end] == text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of an article's own numbered list; `start` and `end` enclose the reference."""

    number: int
    tier: str  # "T1" strongest to "T3"; "" where the article names none
    reference: str
    address: str  # "" where the article gives none
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item, table row or blockquote of an article, without its Markdown fence."""

    kind: Kind
    section: tuple[str, ...]  # headings above it, outermost first, without the title
    start: int
    end: int
    lead_in: Span | None  # the sentence that introduces a list, or a table's header row


@dataclass(frozen=True, slots=True)
class Article:
    """One article file, read and checked; `text` is the whole file as decoded, front matter included."""

    slug: str
    title: str
    language: str
    text: str
    sha256: str  # of the file's bytes
    about: Mapping[str, str]  # the front matter, in file order
    blocks: tuple[Block, ...]
    sources: tuple[Source, ...]  # by number


@dataclass(frozen=True, slots=True)
class Sentence:
    """The smallest unit; its markers stand apart from its text.

    `own` are the source numbers printed directly after it; `covering` are those of the marker group
    that closes a later sentence of the same run and speaks for this one too.
    """

    text: str
    start: int
    end: int
    own: tuple[int, ...]
    own_llm: bool
    covering: tuple[int, ...]
    covering_llm: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """What is quoted, never cut: a run of sentences closed by one marker group, or one item, row or question."""

    article: str  # slug
    section: tuple[str, ...]
    kind: Kind
    text: str
    start: int
    end: int
    lead_in: Span | None
    sources: tuple[int, ...]  # own and covering numbers together, in printed order
    own_sources: tuple[int, ...]  # those printed directly after the passage
    llm: bool

    @property
    def provenance(self) -> Provenance:
        """Who vouches for the passage: its sources, a language model, both, or nobody."""
        if self.sources:
            return "mixed" if self.llm else "sourced"
        return "LLM" if self.llm else "unmarked"


@dataclass(frozen=True, slots=True)
class Chunk:
    """What has one vector: the passages `first` to `after` (exclusive) of one section."""

    first: int
    after: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A source number resolved for a reader: what `[4]` of one article stands for."""

    article: str
    number: int
    tier: str
    reference: str
    address: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage as shown: verbatim text, where it stands, who vouches for it, and how well it matched."""

    text: str
    article: str  # slug
    title: str  # of the article
    section: str  # headings joined by " › "
    kind: Kind
    start: int
    end: int
    lead_in: Span | None
    sources: tuple[int, ...]
    own_sources: tuple[int, ...]
    llm: bool
    provenance: Provenance
    tiers: tuple[str, ...]  # of `sources`, distinct, best first
    score: float  # 0 to 1, higher is closer
    matched: tuple[tuple[int, int], ...]  # offsets into `text` of the words that met the question


@dataclass(frozen=True, slots=True)
class Place:
    """A section of an article, offered where nothing answers."""

    article: str
    title: str
    section: str


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """One article of an index, as it is listed for programs; what its front matter does not say is ""."""

    slug: str
    title: str
    language: str
    kind: str
    version: str
    date: str
    licence: str
    origin: str
    sha256: str  # of the article file
    passages: int  # those of its text and its sources
    sources: int


@dataclass(frozen=True, slots=True)
class ArticleList:
    """The articles of an index."""

    index: str  # digest
    articles: tuple[ArticleSummary, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which passages may answer: those that pass every part; a part left empty lets all through."""

    articles: tuple[str, ...] = ()  # slugs
    tiers: tuple[str, ...] = ()  # one of a passage's sources must have one of these
    sourced_only: bool = False  # only passages that carry a source number

    @property
    def narrows(self) -> bool:
        """Whether any part is set."""
        return bool(self.articles or self.tiers or self.sourced_only)


@dataclass(frozen=True, slots=True)
class Part:
    """One of several questions asked at once, and what answers it."""

    question: str  # as asked
    quotes: tuple[int, ...]  # places in the answer's `quotes`, best first; empty where the articles do not say
    reason: Reason  # why there are none; "" where there are
    nearest: tuple[Place, ...]
    widen: tuple[FilterName, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to one message: quotes, or why there are none.

    Holds no word of the question but in `understood` and `parts`.
    """

    status: Status
    confidence: float  # 0 to 1: share of answers at this level that are right
    quotes: tuple[Quote, ...]
    ranked: tuple[Quote, ...]  # best passages whatever was decided; empty unless asked for
    references: tuple[Reference, ...]  # what the quotes' numbers stand for
    nearest: tuple[Place, ...]  # where to look when nothing answers
    reason: Reason
    kinds: tuple[str, ...]  # kinds of identifier found when refused, as shown to the reader
    notices: tuple[str, ...]  # fixed sentences to show above the quotes
    index: str  # digest of the index that answered; "" when refused
    widen: tuple[FilterName, ...] = ()  # the filters that kept the answer out, where `reason` is "filtered"
    understood: str = ""  # the question as completed from the asker's earlier ones; "" where it was asked in full
    parts: tuple[Part, ...] = ()  # where several questions were asked at once: each with its own quotes, two or more
    cautions: tuple[Place, ...] = ()  # where indications are quoted: the sections of that article's cautions


@dataclass(frozen=True, slots=True)
class PhiFinding:
    """Where protected health information sits in a text; holds none of its characters, so it is safe to log."""

    kind: str  # as shown to the reader: "a phone number"
    start: int
    end: int
