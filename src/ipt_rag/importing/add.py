"""A page's file -> the article file it makes, and that file in the corpus folder."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path, PurePath

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.copied_text import read_copied_text
from ipt_rag.importing.decoding import MAX_BYTES
from ipt_rag.importing.markers import Assume, Grammar, Marked, count_groups
from ipt_rag.importing.originals import keep_original
from ipt_rag.importing.page import Page, PageBlock, Reader
from ipt_rag.importing.report import ImportedPage, ImportReport, PlacedText
from ipt_rag.importing.whole_file import write_whole
from ipt_rag.importing.write import write_body


def _html() -> Reader:
    from ipt_rag.importing.html import read_html  # lxml is loaded only for the pages that need it

    return read_html


def _markdown() -> Reader:
    from ipt_rag.importing.markdown import read_markdown

    return read_markdown


def _docx() -> Reader:
    from ipt_rag.importing.docx import read_docx

    return read_docx


def _pdf() -> Reader:
    from ipt_rag.importing.pdf import read_pdf

    return read_pdf


READERS: dict[str, Callable[[], Reader]] = {
    ".txt": lambda: read_copied_text,
    ".text": lambda: read_copied_text,
    "": lambda: read_copied_text,
    ".html": _html,
    ".htm": _html,
    ".xhtml": _html,
    ".md": _markdown,
    ".markdown": _markdown,
    ".docx": _docx,
    ".pdf": _pdf,
}
MAX_PROBLEMS = 10  # named of one page; a hundred would say no more
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# None that other languages have too, such as "in", "is", "of" and "on".
ENGLISH = frozenset(
    "the and to that for with are by this which from it its not they their were been have can"
    " may should would could does than but who when where there these those after between about".split()
)


def import_page(
    path: Path, *, slug: str | None = None, assume: Collection[Assume] = (), phi_like: str = ""
) -> ImportedPage:
    """Return the article file that a page makes, without writing it; `phi_like` goes into its front matter.

    Raises:
        ImportRefusedError: the file cannot be read, or a citation can be read in two ways.
    """
    return import_bytes(read_page(path), path.name, slug=slug, assume=assume, phi_like=phi_like)


def import_bytes(
    data: bytes, name: str, *, slug: str | None = None, assume: Collection[Assume] = (), phi_like: str = ""
) -> ImportedPage:
    """Return the article file that the bytes of a page make; `name` is that of its file.

    Raises:
        ImportRefusedError: as `import_page`.
    """
    page = READERS[PurePath(name).suffix.lower()]()(data, name)
    grammar = Grammar(name, page.sources, page.blocks, assume, page.counted)
    decoded = _decoded(grammar, page.blocks)
    slug = slug or _slug(page.title)
    if not SLUG.fullmatch(slug) or slug == "readme":  # README.md of a corpus is no article
        raise ImportRefusedError(f"“{slug}” is no slug. Give one of a–z, 0–9 and single hyphens with --slug.")
    about = _about(page, data, name, slug, grammar.assumed)
    if phi_like.strip():
        about["phi_like_allowed"] = " ".join(phi_like.split())
    return ImportedPage(
        about=about,
        body=write_body(about["title"], decoded, page.sources),
        texts=(PlacedText(page.title, 0, 0), *_texts(decoded)),
        data=data,
        report=_report(name, page, decoded, grammar),
    )


def _texts(decoded: Iterable[tuple[PageBlock, tuple[Marked, ...]]]) -> Iterator[PlacedText]:
    for number, (block, cells) in enumerate(decoded, start=1):
        words = (piece if isinstance(piece, str) else " " for cell in cells for piece in (*cell, " "))
        yield PlacedText("".join(words).strip(), block.line, number)


def _decoded(grammar: Grammar, blocks: Iterable[PageBlock]) -> list[tuple[PageBlock, tuple[Marked, ...]]]:
    """Return the blocks with their citations read.

    Raises:
        ImportRefusedError: with a line for each citation that cannot be read in one way, the first ten of them.
    """
    decoded: list[tuple[PageBlock, tuple[Marked, ...]]] = []
    problems: list[str] = []
    for block in blocks:
        try:
            decoded.append((block, grammar.decode(block)))
        except ImportRefusedError as refusal:
            problems.append(str(refusal))
    if problems:
        more = [f"… and {len(problems) - MAX_PROBLEMS} more."] if len(problems) > MAX_PROBLEMS else []
        raise ImportRefusedError("\n".join([*problems[:MAX_PROBLEMS], *more]))
    return decoded


def write_page(page: ImportedPage, corpus: Path, target: Path, *, with_original: bool = False) -> None:
    """Write a page's article file, whole or not at all, and before it the file that it was made from, where wanted.

    Raises:
        ImportRefusedError: the folder cannot be written.
    """
    if with_original:
        keep_original(corpus, page.about["sha256"], page.about["origin"], page.data)
    write_whole(target, page.markdown.encode())


def read_page(path: Path) -> bytes:
    """Return the bytes of a page's file.

    Raises:
        ImportRefusedError: of a kind that we do not read, too large, not readable, or changed while it was read.
    """
    if path.suffix.lower() not in READERS:
        known = ", ".join(sorted(suffix for suffix in READERS if suffix))
        raise ImportRefusedError(f"{path.name} is of a kind we do not read. Add one of {known}.")
    try:
        before = path.stat()
        if before.st_size > MAX_BYTES:
            raise ImportRefusedError(
                f"{path.name} has {before.st_size:,} bytes; a page may have {MAX_BYTES:,}. Split it."
            )
        data = path.read_bytes()
        after = path.stat()
    except OSError as error:
        raise ImportRefusedError(f"{path} cannot be read ({error.strerror}). Check the name and permissions.") from None
    if (before.st_size, before.st_mtime_ns) != (len(data), after.st_mtime_ns):
        raise ImportRefusedError(f"{path.name} changed while it was read. Wait until it is saved, then add it again.")
    return data


def _slug(title: str) -> str:
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", letters))[:60].rstrip("-") or "article"


def _about(page: Page, data: bytes, name: str, slug: str, assumed: Collection[Assume]) -> dict[str, str]:
    about = {
        "title": page.title,
        "title_from": page.about.get("title_from", ""),
        "slug": slug,
        "language": page.about.get("language") or _language(page),
        "kind": "imported page with numbered sources" if page.sources else "imported page without sources",
        "provenance": page.about.get("provenance", "The page does not say how it was written."),
        "version": page.about.get("version", ""),
        "date": page.about.get("date", ""),
        "licence": "unknown; not ours to give",
        "origin": name.encode("utf-8", "replace").decode(),  # a name on the disk may hold bytes that are no text
        "sha256": hashlib.sha256(data).hexdigest(),
        "assumed": ", ".join(sorted(assumed)),
    }
    return {key: " ".join(value.split()) for key, value in about.items() if value}


def _language(page: Page) -> str:
    """Return "en" where every twelfth word is a small English one, else "und" (undetermined)."""
    words = re.findall(r"[^\W\d_]+", " ".join(block.text for block in page.blocks).lower())
    return "en" if sum(word in ENGLISH for word in words) * 12 >= len(words) else "und"


def _report(
    name: str, page: Page, decoded: list[tuple[PageBlock, tuple[Marked, ...]]], grammar: Grammar
) -> ImportReport:
    kinds = Counter(block.kind for block in page.blocks)
    groups = count_groups(cell for _, cells in decoded for cell in cells)
    return ImportReport(
        file=name,
        title=page.title,
        sections=kinds["heading"],
        paragraphs=kinds["paragraph"],
        items=kinds["item"],
        definitions=kinds["definition"],
        rows=kinds["row"],
        vignettes=kinds["vignette"],
        marker_groups=groups["numbers"],
        llm_tags=groups["llm"],
        sources=len(page.sources),
        left_out=page.left_out,
        doubts=(*page.doubts, *grammar.doubts),
        counted=page.counted,
    )
