"""A corpus folder -> what is in it: each article with its counts, by who vouches for its passages and how strongly."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ipt_rag import settings
from ipt_rag.corpus import article_paths, read_article
from ipt_rag.errors import ArticleError
from ipt_rag.importing import kept_original
from ipt_rag.keys import read_keys
from ipt_rag.passages import split_passages
from ipt_rag.records import Provenance
from ipt_rag.sentences import split_sentences

PROVENANCES: tuple[Provenance, ...] = ("sourced", "mixed", "LLM", "unmarked")
TIERS = ("T1", "T2", "T3")


@dataclass(frozen=True, slots=True)
class Holding:
    """One article of the corpus; what its front matter does not say is ""."""

    slug: str
    title: str
    language: str
    kind: str
    version: str
    date: str
    licence: str
    origin: str
    file: str
    original: str  # the file it was made from, where that is kept; "" where not
    sentences: int
    passages: int  # of the text; the index holds each source as a passage too
    sources: int
    keys: int  # anticipated questions of passages that still stand
    by_provenance: Mapping[str, int]  # passages; each counts once
    by_tier: Mapping[str, int]  # passages with a source of that tier; one may count in several, or in none
    sources_by_tier: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Holdings:
    """The articles of a corpus by file name, and a sentence for each file that cannot be read."""

    articles: tuple[Holding, ...]
    problems: tuple[str, ...]


def read_holdings(corpus: Path, *, count_tokens: Callable[[str], int]) -> Holdings:
    """Return what is in a corpus; `count_tokens` is the encoder's, since long passages are parted by it.

    Raises:
        CorpusError: the folder is missing or holds no article.
    """
    articles: list[Holding] = []
    problems: list[str] = []
    for path in article_paths(corpus):
        try:
            articles.append(_holding(path, corpus, count_tokens))
        except ArticleError as problem:
            problems.append(str(problem))
    return Holdings(tuple(articles), tuple(problems))


def _holding(path: Path, corpus: Path, count_tokens: Callable[[str], int]) -> Holding:
    article = read_article(path)
    keys = read_keys(corpus, article.slug)
    passages = [
        passage
        for passage in split_passages(
            article, split_sentences, count_tokens=count_tokens, max_tokens=settings.PASSAGE_TOKENS
        )
        if passage.kind != "source"
    ]
    tiers = {source.number: source.tier for source in article.sources}
    provenances = Counter(passage.provenance for passage in passages)
    reached = Counter(tier for passage in passages for tier in {tiers[number] for number in passage.sources})
    listed = Counter(tiers.values())
    about = article.about
    original = kept_original(corpus, about.get("sha256", ""))
    return Holding(
        slug=article.slug,
        title=article.title,
        language=article.language,
        kind=about.get("kind", ""),
        version=about.get("version", ""),
        date=about.get("date", ""),
        licence=about.get("licence", ""),
        origin=about.get("origin", ""),
        file=path.name,
        original=original.relative_to(corpus).as_posix() if original else "",
        sentences=sum(len(split_sentences(article, block)) for block in article.blocks),
        passages=len(passages),
        sources=len(article.sources),
        keys=sum(len(keys.of(passage)) for passage in passages),
        by_provenance={provenance: provenances[provenance] for provenance in PROVENANCES},
        by_tier={tier: reached[tier] for tier in TIERS},
        sources_by_tier={tier: listed[tier] for tier in TIERS},
    )
