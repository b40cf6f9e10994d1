"""Offline: article files in, one generation of the index out. Joins the steps; nothing else sees the whole line."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from filelock import FileLock, Timeout

from ipt_rag import settings
from ipt_rag.chunks import pack_passages, search_text
from ipt_rag.config import named
from ipt_rag.corpus import read_corpus
from ipt_rag.embed import MiniLM, PassageEncoder, has_bf16
from ipt_rag.embedded import Embedded, Report
from ipt_rag.errors import IndexDamagedError, IndexMissingError, SettingsError
from ipt_rag.index import (
    FORMAT,
    Contents,
    Entry,
    Index,
    current_at,
    current_digest,
    digest_of,
    drop_generations,
    hand_over,
    open_store,
    take_out,
    write_generation,
    written_in,
)
from ipt_rag.journal import Journal
from ipt_rag.keys import Keys, heading_keys, read_keys
from ipt_rag.logs import logged
from ipt_rag.passages import split_passages
from ipt_rag.query import content_words, stems
from ipt_rag.records import Article, Chunk, Passage, Precision
from ipt_rag.sentences import split_sentences

Parted = tuple[Sequence[Passage], Sequence[Chunk]]  # an article's passages, and its chunks, which count them from 0

JOURNAL = ".embedded"  # in the folder of an index: what a build that was interrupted had embedded
EMULATED = (
    "This processor has no instructions for bf16, so embedding takes longer with it, not shorter; "
    "`ipt-rag build --precision fp32` makes the index anew with 32 bits."
)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    digest: str
    changed: bool  # False: the index held all this already
    articles: int
    passages: int
    chunks: int
    embedded: int  # texts newly embedded; the rest was taken from the last generation


def part_article(article: Article, count_tokens: Callable[[str], int]) -> Parted:
    """Return the passages of an article and the chunks that they are packed into."""
    passages = split_passages(article, split_sentences, count_tokens=count_tokens, max_tokens=settings.PASSAGE_TOKENS)
    packed = pack_passages(passages, count_tokens=count_tokens, max_tokens=settings.CHUNK_TOKENS)
    return passages, tuple(packed)


def part_articles(articles: Sequence[Article], encoder: PassageEncoder) -> Iterator[Parted]:
    """Yield what becomes of each article, in their order."""
    for article in articles:
        yield part_article(article, encoder.count_tokens)


def build_index(
    corpus: Path,
    index: Path | str,
    *,
    report: Report = lambda line: None,
    precision: Precision | None = None,
    open_encoder: Callable[[Precision], PassageEncoder] = MiniLM.open,
    part: Callable[[Sequence[Article], PassageEncoder], Iterable[Parted]] = part_articles,
) -> BuildReport:
    """Bring an index up to date with a corpus and say what was done; unchanged texts are not embedded again.

    `report` hears one line at a time about the progress. The old generation answers until the new one is whole; a build
    that is interrupted is gone on with by the next. What an engine is to hold is made in a folder first, and copied to
    it whole. `part` yields what becomes of each article, in their order. Without a `precision` the index keeps its own,
    and a new one is made with "fp32"; with another than its own it is made anew.

    Raises:
        CorpusError, ArticleError: the corpus cannot be read.
        EncoderError: the encoder is missing or not the one we know.
        SettingsError: the index folder cannot be written, or another build holds it.
        IndexUnreachableError: the engine that is to hold the index does not answer.
    """
    articles = read_corpus(corpus)
    keys = [read_keys(corpus, article.slug) for article in articles]
    folder = written_in(index)
    with _writing(folder), logged("built") as outcome:
        done = _build(articles, keys, folder, report, precision, open_encoder, part)
        _forget(folder)
        done = replace(done, changed=hand_over(index, report) or done.changed)
        outcome.counts = {"articles": done.articles, "passages": done.passages, "embedded": done.embedded}
        return done


def build_without(
    left_out: Path,
    corpus: Path,
    index: Path | str,
    *,
    report: Report = lambda line: None,
    open_encoder: Callable[[Precision], PassageEncoder] = MiniLM.open,
) -> BuildReport | None:
    """Bring an index up to date as if one article file were not there, and leave nothing of it on the disk.

    Without any other article there is no index afterwards, and None is returned.

    Raises:
        ArticleError, EncoderError, SettingsError, IndexUnreachableError: as `build_index`.
    """
    articles = read_corpus(corpus, without=left_out)
    keys = [read_keys(corpus, article.slug) for article in articles]
    folder = written_in(index)
    with _writing(folder):
        done = _build(articles, keys, folder, report, None, open_encoder, part_articles) if articles else None
        if done:
            hand_over(index, report)
        kept = (done.digest,) if done else ()
        take_out(index, keep=kept)
        drop_generations(folder, keep=kept)
        _forget(folder)
    return done


def drop_past(index: Path | str) -> None:
    """Leave nothing of the generations before the current one on the disk.

    Raises:
        SettingsError: the index folder cannot be written, or a build holds it.
        IndexUnreachableError: the engine that holds the index does not answer.
    """
    folder = written_in(index)
    with _writing(folder):
        take_out(index, keep=(current_at(index),))
        drop_generations(folder, keep=(current_digest(folder),))
        _forget(folder)


def _forget(folder: Path) -> None:
    """Take away what earlier builds left to go on with: it may hold vectors of what the corpus no longer has."""
    (folder / JOURNAL).unlink(missing_ok=True)


@contextmanager
def _writing(index: Path) -> Iterator[None]:
    """Hold the index folder for one builder; what keeps it from being written is one sentence."""
    try:
        index.mkdir(parents=True, exist_ok=True)
        lock = index / ".lock"
        with FileLock(lock, timeout=0):
            with suppress(OSError):  # only for who meets the lock: a full disk must not keep an article from removal
                lock.write_text(f"{os.getpid()}\n", encoding="ascii")
            yield
    except Timeout:
        raise SettingsError(
            f"Another build{_holder(lock)} is writing {index}. Wait for it to finish, then try again."
        ) from None
    except OSError as error:
        problem = f"{index} cannot be written ({error.strerror or error})."
        raise SettingsError(
            f"{problem} What answered before still does, or the new index whole; free space or fix permissions."
        ) from None


def _holder(lock: Path) -> str:
    """Return the number of the process that holds a lock, as it is told; nothing where it did not say."""
    try:
        number = lock.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return f" (process {number})" if number.isdigit() else ""


def corpus_digests(corpus: Path) -> frozenset[str]:
    """Return the digests of the indexes that a corpus makes, one for each precision.

    Raises:
        CorpusError, ArticleError: the corpus cannot be read.
    """
    articles = read_corpus(corpus)
    keys = [read_keys(corpus, article.slug) for article in articles]
    return frozenset(digest_of(_made_from(articles, keys, precision)) for precision in get_args(Precision))


def ensure_index(corpus: Path, index: Path | str, report: Report) -> None:
    """Build where the index is missing, damaged or older than the corpus, and say so; else do nothing."""
    if current_at(index) not in corpus_digests(corpus):
        report(f"The index in {named(index)} is missing or older than {corpus}. Building it now.")
    else:
        try:
            open_store(index)
        except (IndexDamagedError, IndexMissingError) as damage:
            report(f"{damage} Building it now.")
        else:
            return
    build_index(corpus, index, report=report)


def _build(
    articles: Sequence[Article],
    keys: Sequence[Keys],
    index: Path,
    report: Report,
    precision: Precision | None,
    open_encoder: Callable[[Precision], PassageEncoder],
    part: Callable[[Sequence[Article], PassageEncoder], Iterable[Parted]],
) -> BuildReport:
    last = _last_generation(index)
    if precision is None:
        precision = "bf16" if last and last.made_from["encoder"] == MiniLM.named("bf16") else "fp32"
    made_from = _made_from(articles, keys, precision)
    digest = digest_of(made_from)
    if last and last.digest == digest:
        return BuildReport(
            digest, changed=False, articles=len(articles), passages=len(last), chunks=last.chunk_count, embedded=0
        )
    encoder = open_encoder(precision)
    if precision == "bf16" and not has_bf16():
        report(EMULATED)
    passages: list[Passage] = []
    chunks: list[Chunk] = []
    asked: list[tuple[str, ...]] = []
    for article, its_keys, (its_passages, packed) in zip(articles, keys, part(articles, encoder), strict=True):
        offset = len(passages)
        chunks.extend(Chunk(chunk.first + offset, chunk.after + offset) for chunk in packed)
        passages.extend(its_passages)
        tiers = {source.number: source.tier for source in article.sources}
        asked.extend((*heading_keys(passage, tiers), *its_keys.of(passage)) for passage in its_passages)
        report(f"{article.slug}: {len(its_passages)} passages, {len(article.sources)} sources")
    reusable = last if last and last.made_from["encoder"] == made_from["encoder"] else None
    journal = Journal(index / JOURNAL, f"format {FORMAT}, {made_from['encoder']}")
    try:
        made = Embedded(encoder, reusable, journal, report)
        searched = [search_text(passage) for passage in passages]
        made.make([*searched, *(key for its_keys in asked for key in its_keys)])
        contents = Contents(
            articles=[(article, article.text) for article in articles],
            entries=[
                Entry(passage, text, its_keys, stems(" ".join((text, *its_keys))))
                for passage, text, its_keys in zip(passages, searched, asked, strict=True)
            ],
            chunks=chunks,
            tokens=made,
            vectors=made.means([searched[chunk.first : chunk.after] for chunk in chunks]),
            words=Counter(word for text in searched for word in content_words(text)),
            axes=encoder.axes,
            question_graph=reusable.question_graph.read_bytes() if reusable else encoder.question_graph,
            made_from=made_from,
        )
        write_generation(index, contents)
    finally:
        journal.close()
    return BuildReport(
        digest, changed=True, articles=len(articles), passages=len(passages), chunks=len(chunks), embedded=made.count
    )


def _last_generation(index: Path) -> Index | None:
    """Return the current generation, or None where there is no whole one."""
    try:
        return Index.open(index)
    except (IndexDamagedError, IndexMissingError):
        return None


def _made_from(articles: Sequence[Article], keys: Sequence[Keys], precision: Precision) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "encoder": MiniLM.named(precision),
        "settings": {"chunk_tokens": settings.CHUNK_TOKENS, "passage_tokens": settings.PASSAGE_TOKENS},
        "articles": [
            {"slug": article.slug, "sha256": article.sha256, "keys": its_keys.sha256}
            for article, its_keys in zip(articles, keys, strict=True)
        ],
    }
