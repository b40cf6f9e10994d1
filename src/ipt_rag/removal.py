"""A slug -> its article gone, from the index first and then from the corpus.

In this order a sentence that is out of the corpus is out of the index too, whenever a crash comes: until the article's
own file goes, last of all, the removal has not happened and can be asked for again.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from ipt_rag.config import named
from ipt_rag.corpus import SLUG, article_paths, read_abouts
from ipt_rag.disk import drafts_of
from ipt_rag.embed import MiniLM, PassageEncoder
from ipt_rag.errors import CorpusError, IndexDamagedError, IndexMissingError, SettingsError
from ipt_rag.importing import drop_original
from ipt_rag.index import open_store
from ipt_rag.keys import keys_path
from ipt_rag.records import Precision

MAX_NAMED = 20  # slugs in a message; `ipt-rag list` has them all


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal did."""

    path: Path  # of the article file that is no more
    indexed: bool  # whether the index held the article
    digest: str  # of the index without it; "" where it did not hold it, or no article is left


def remove_article(
    slug: str,
    corpus: Path,
    index: Path | str,
    *,
    report: Callable[[str], None] = lambda line: None,
    open_encoder: Callable[[Precision], PassageEncoder] = MiniLM.open,
) -> Removed:
    """Remove an article with its anticipated questions and kept original, and bring its index up to date.

    An index that does not hold the article, or cannot answer anyway, is left alone.

    Raises:
        CorpusError: there is no such article.
        SettingsError: the index was made from other articles, or cannot be written; nothing was removed.
        ArticleError, EncoderError: another article or the encoder cannot be read; nothing was removed.
    """
    from ipt_rag.build import build_without, drop_past  # loads the splitter, for which what only prints need not wait

    article_paths(corpus)  # says what is wrong with a corpus that is missing or empty
    abouts = read_abouts(corpus)
    # A slug that is none could make a path that leads out of the folder.
    slugs = {
        said if SLUG.fullmatch(said := about.get("slug", "")) else path.stem: path for path, about in abouts.items()
    }
    if slug not in slugs:
        there = ", ".join(f"`{each}`" for each in sorted(slugs)[:MAX_NAMED])
        more = f" and {len(slugs) - MAX_NAMED:,} more (`ipt-rag list`)" if len(slugs) > MAX_NAMED else ""
        raise CorpusError(f"No article in {corpus} has this slug. There are {there}{more}.")
    path = slugs[slug]
    held = _held(index)
    digest = ""
    if slug in held:
        _check_made_from(corpus, slugs, index, held)
        done = build_without(path, corpus, index, report=report, open_encoder=open_encoder)
        digest = done.digest if done else ""
    elif held:
        drop_past(index)  # a generation that held it, left by a removal that did not come to its end
    sha256 = abouts[path].get("sha256", "")
    shared = any(about.get("sha256") == sha256 for each, about in abouts.items() if each != path)
    try:
        for left in (*drafts_of(path), *drafts_of(keys_path(corpus, slug)), keys_path(corpus, slug)):
            left.unlink(missing_ok=True)
        if not shared:
            drop_original(corpus, sha256)
        path.unlink()
    except OSError as error:
        raise SettingsError(
            f"{error.filename} cannot be removed ({error.strerror}). Mend that and remove {slug} again."
        ) from None
    return Removed(path, slug in held, digest)


def _held(index: Path | str) -> frozenset[str]:
    """Return the slugs that an index holds, none where no index can answer."""
    try:
        return frozenset(article["slug"] for article in open_store(index).made_from["articles"])
    except (IndexDamagedError, IndexMissingError):
        return frozenset()


def _check_made_from(corpus: Path, slugs: Collection[str], index: Path | str, held: frozenset[str]) -> None:
    """Refuse to make an index anew from articles that it was not made from.

    Raises:
        SettingsError: it holds others.
    """
    if not held <= set(slugs):
        raise SettingsError(
            f"The index in {named(index)} holds this article, but others too that are not in {corpus}. Name the index "
            f"of {corpus} with --index, or run `ipt-rag build --corpus {corpus} --index {named(index)}`. Nothing was "
            "removed."
        )
