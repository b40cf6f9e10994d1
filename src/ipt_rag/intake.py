"""Pages -> article files in the corpus, unless one seems to hold health information on a person.

A page's article is the one that was made from the same bytes; else the one with the slug of its title; else, where the
title has changed, the one that was made from a file of the same name and shares half of its lines. What was made from
another file, or edited by hand, is overwritten only by those who say so.
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ipt_rag.corpus import parse_article, read_abouts
from ipt_rag.errors import ImportRefusedError, IptRagError, SettingsError
from ipt_rag.importing import (
    READERS,
    AddedPage,
    Assume,
    FoundPages,
    ImportedPage,
    ImportReport,
    PlacedText,
    drop_original,
    edited_since,
    find_pages,
    import_bytes,
    keep_original,
    kept_original,
    read_page,
    write_page,
)
from ipt_rag.importing.page import Counted
from ipt_rag.importing.report import Outcome
from ipt_rag.phi import Guard, author_names

ENDINGS = frozenset(READERS) - {""}  # what is taken of a folder; a file without an ending is taken where it is named
NOT_REPEATED = "(not repeated: it looks like protected health information)"
CITATION_KEYS = re.compile(r"\[[^\[\]\n]{0,40}(?<![\w.])@\w[^\[\]\n]{0,200}\]")
MAX_PLACES = 10  # named of one refused page


@dataclass(frozen=True, slots=True)
class NotAdded:
    """A page that made no article, and the sentence that says why."""

    path: Path
    problem: str


def pages_to_add(paths: Collection[Path], corpus: Path) -> FoundPages:
    """Return the files that some files and folders come to, and what of the folders is passed over."""
    return find_pages(paths, but=corpus, known=ENDINGS)


class Intake:
    """Adds pages to one corpus folder, and knows which article each of them made before.

    Args:
        corpus: folder of article files.
        assume: how to read citations that can be read in two ways.
        phi_like: why text that looks like protected health information may stand there; kept in the front matter.
        overwrite: import an unchanged page anew, and overwrite what was edited by hand or made from another file.
        originals: keep each page's file beside its article, by its digest.
    """

    def __init__(
        self,
        corpus: Path,
        *,
        assume: Collection[Assume] = (),
        phi_like: str = "",
        overwrite: bool = False,
        originals: bool = False,
    ) -> None:
        self._corpus = corpus
        self._assume = assume
        self._phi_like = phi_like
        self._overwrite = overwrite
        self._originals = originals
        self._guard = Guard()
        self._abouts = read_abouts(corpus)
        self._made_from: dict[Path, Path] = {}  # article file -> page, of those met since this was opened

    def add_all(self, paths: Collection[Path], *, slug: str | None = None) -> Iterator[AddedPage | NotAdded]:
        """Yield what became of each page; one that cannot be added keeps no other out.

        Raises:
            SettingsError: one slug for several pages.
        """
        if slug and len(paths) > 1:
            raise SettingsError(f"--slug names one article, and these are {len(paths):,} pages. Add that page alone.")
        for path in paths if len(paths) > 1 else ():
            # First of all, so that no page takes the place of an article whose own page comes later.
            with suppress(ImportRefusedError):
                if made := self._made_of(_digest(read_page(path)), slug):
                    self._made_from.setdefault(made, path)
        for path in paths:
            try:
                yield self.add(path, slug=slug)
            except IptRagError as problem:
                yield NotAdded(path, str(problem))

    def add(self, path: Path, *, slug: str | None = None) -> AddedPage:
        """Return what became of a page; its article file is written whole or not at all, and only where it changes.

        `slug` names the article; without one its title does.

        Raises:
            ImportRefusedError: the file cannot be read, a citation can be read in two ways, the folder cannot be
                written, the page looks as if it held protected health information and no reason was given, or
                another article or an edit by hand would be lost.
        """
        data = read_page(path)
        made = self._made_of(_digest(data), slug)
        if made and (not self._overwrite or self._made_from.get(made, path) != path):
            self._made_from.setdefault(made, path)
            return AddedPage(made, "unchanged", None, self._kept(made, path, data))
        page = self._imported(path, data, slug)
        target = made or self._of_slug(page.slug) or (None if slug else self._retitled(page))
        if target:
            page = page.saying(slug=self._abouts.get(target, {}).get("slug", page.slug))
        target = target or self._corpus / f"{page.slug}.md"
        # What could not be read again would stop every later build.
        article = parse_article(target, page.markdown.encode())
        guard = self._guard.knowing(author_names(source.reference for source in article.sources))
        if not self._phi_like.strip():
            _refuse_phi(page, guard)
        self._refuse_loss(page, target, path)
        others = [each.stem for each in self._namesakes(page) if each != target]
        outcome = self._write(page, target, path)
        notes = tuple(
            f"{other} was made from a file of this name too. If this page takes its place: `ipt-rag remove {other}`."
            for other in others
        )
        return AddedPage(target, outcome, _without_phi(page.report, guard), notes)

    def _made_of(self, digest: str, slug: str | None) -> Path | None:
        """Return the article file that was made from these bytes, under this slug if one is given."""
        made = [path for path, about in self._abouts.items() if about.get("sha256") == digest]
        return next((path for path in made if slug in (None, self._abouts[path].get("slug"))), None)

    def _of_slug(self, slug: str) -> Path | None:
        """Return the article file of a slug, or the file that stands where it would go."""
        named = [path for path, about in self._abouts.items() if about.get("slug") == slug]
        return next((path for path in (*named, self._corpus / f"{slug}.md") if path.exists()), None)

    def _namesakes(self, page: ImportedPage) -> list[Path]:
        """Return the article files made from files of the same name, those of this run aside."""
        origin = page.about["origin"]
        return [
            path
            for path, about in self._abouts.items()
            if about.get("origin") == origin and "sha256" in about and path not in self._made_from
        ]

    def _retitled(self, page: ImportedPage) -> Path | None:
        """Return the article file of this page under the title it had before."""
        lines = _lines(page.markdown)
        for path in self._namesakes(page):
            before = _lines(path.read_text(encoding="utf-8", errors="replace"))
            if 2 * len(lines & before) >= max(len(lines), len(before)):
                return path
        return None

    def _imported(self, path: Path, data: bytes, slug: str | None) -> ImportedPage:
        """Return the article that a page makes; a refusal that quotes what looks like PHI is told without the quote."""
        try:
            return import_bytes(data, path.name, slug=slug, assume=self._assume, phi_like=self._phi_like)
        except ImportRefusedError as refusal:
            lines = str(refusal).splitlines()
            raise ImportRefusedError("\n".join(map(self._told, lines))) from None

    def _told(self, line: str) -> str:
        """Return a line of a refusal without those of its quotes that look like PHI; keys of citations do not."""

        def quote(found: re.Match[str]) -> str:
            return "“…”" if self._guard.find(CITATION_KEYS.sub("", found[1])) else found[0]

        told = re.sub("“([^”]*)”", quote, line)
        return re.sub("“[^”]*”", "“…”", line) if self._guard.find(CITATION_KEYS.sub("", told)) else told

    def _refuse_loss(self, page: ImportedPage, target: Path, path: Path) -> None:
        """Refuse to overwrite what did not come from this page.

        Raises:
            ImportRefusedError: the article was made from another file, or edited by hand.
        """
        other = self._made_from.get(target, path)
        if other != path:
            raise ImportRefusedError(
                f"{path.name} and {other} both make the article {page.slug}. Add one of them alone, with --slug."
            )
        if self._overwrite or not target.exists():
            return
        about = self._abouts.get(target, {})
        way_out = "Pass --slug to add this page as an article of its own, or --replace to overwrite that one."
        if about.get("origin") != page.about["origin"] or "sha256" not in about:
            raise ImportRefusedError(f"{target} was not made from {path.name}, but from something else. {way_out}")
        if edited_since(target.read_text(encoding="utf-8", errors="replace")):
            raise ImportRefusedError(f"{target} was edited by hand since it was made from {path.name}. {way_out}")

    def _write(self, page: ImportedPage, target: Path, path: Path) -> Outcome:
        """Write an article file and keep its original where that is wanted, or was for the article it replaces."""
        before = self._abouts.get(target, {}).get("sha256", "")
        kept = self._originals or kept_original(self._corpus, before) is not None
        outcome: Outcome = "replaced" if target.exists() else "added"
        if target.is_file() and target.read_bytes() == page.markdown.encode():
            outcome = "unchanged"
        write_page(page, self._corpus, target, with_original=kept)
        self._abouts[target] = dict(page.about)
        self._made_from[target] = path
        if not any(about.get("sha256") == before for about in self._abouts.values()):
            with suppress(OSError):  # the article is right without it, and stands already
                drop_original(self._corpus, before)
        return outcome

    def _kept(self, made: Path, path: Path, data: bytes) -> tuple[str, ...]:
        """Keep the file of an article that is there already, where that is wanted, and say so."""
        digest = self._abouts[made]["sha256"]
        if not self._originals or kept_original(self._corpus, digest):
            return ()
        return (f"Kept the file as {keep_original(self._corpus, digest, path.name, data)}.",)


def add_page(
    path: Path, corpus: Path, *, slug: str | None = None, assume: Collection[Assume] = (), phi_like: str = ""
) -> AddedPage:
    """Return what became of one page; see `Intake`.

    Raises:
        ImportRefusedError: as `Intake.add`.
    """
    return Intake(corpus, assume=assume, phi_like=phi_like).add(path, slug=slug)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _lines(markdown: str) -> frozenset[str]:
    """Return the lines of an article file that say something of their own, its front matter aside."""
    return frozenset(line for line in markdown.partition("\n---\n")[2].splitlines() if line.strip())


def _refuse_phi(page: ImportedPage, guard: Guard) -> None:
    """Refuse a page that looks as if it held protected health information, by kind and place.

    Raises:
        ImportRefusedError: it does.
    """
    found = [(text, finding.kind) for text in page.texts for finding in guard.find(text.text)]
    if not found:
        return
    kinds = ", ".join(dict.fromkeys(kind for _, kind in found))
    places = _places([text for text, _ in found], page.report.counted)
    raise ImportRefusedError(
        f"{page.report.file} looks as if it held protected health information ({kinds}), in {places}. "
        "Take it out, or pass --allow-phi-like with the reason why it may stay. Nothing was written."
    )


def _places(texts: Collection[PlacedText], counted: Counted) -> str:
    """Return how blocks are found in the file that was added, by where they begin.

    >>> _places([PlacedText("Tea", 0, 0), PlacedText("Old.", 9, 3), PlacedText("Hot.", 7, 2)], "line")
    'the title, the text that begins at line 7, 9'
    >>> _places([PlacedText("Old.", 0, 3)], "none")
    'paragraph, item or row 3'
    """
    title = [] if all(text.number for text in texts) else ["the title"]
    lines = sorted({text.line for text in texts if text.number})
    if counted == "none" or 0 in lines:
        opening, numbers = "paragraph, item or row", sorted({text.number for text in texts if text.number})
    else:
        opening, numbers = f"the text that begins {'at' if counted == 'line' else 'on'} {counted}", lines
    listed = ", ".join(map(str, numbers[:MAX_PLACES])) + (" and others" if len(numbers) > MAX_PLACES else "")
    return ", ".join([*title, *([f"{opening} {listed}"] if numbers else [])])


def _without_phi(report: ImportReport, guard: Guard) -> ImportReport:
    """Return a report that repeats nothing of a page that looks like protected health information."""
    return replace(
        report,
        left_out=tuple(replace(each, text=NOT_REPEATED) if guard.find(each.text) else each for each in report.left_out),
        doubts=tuple(replace(each, text=NOT_REPEATED) if guard.find(each.text) else each for each in report.doubts),
    )
