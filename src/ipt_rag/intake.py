"""A page's file -> an article file in the corpus, unless the page seems to hold health information on a person."""

from collections.abc import Collection, Iterator
from pathlib import Path

from ipt_rag.corpus import parse_article
from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing import AddedPage, Assume, import_page, write_page
from ipt_rag.phi import Guard, author_names
from ipt_rag.records import Article


def add_page(
    path: Path, corpus: Path, *, slug: str | None = None, assume: Collection[Assume] = (), phi_like: str = ""
) -> AddedPage:
    """Write a page's article file to the corpus folder, whole or not at all.

    Args:
        path: the file as it was saved or copied.
        corpus: folder of article files.
        slug: name of the article; made from its title where none is given.
        assume: how to read citations that can be read in two ways.
        phi_like: why text that looks like protected health information may stand there; kept in the front matter.

    Raises:
        ImportRefusedError: the file cannot be read, a citation can be read in two ways, the folder cannot be written,
            or the page looks as if it held protected health information and no reason was given.
    """
    page = import_page(path, slug=slug, assume=assume, phi_like=phi_like)
    article = parse_article(corpus / f"{page.slug}.md", page.markdown.encode())
    lines = sorted(set(phi_lines(article)))
    if lines and not phi_like.strip():
        listed = ", ".join(str(line) for line in lines[:10]) + (" and others" if len(lines) > 10 else "")
        raise ImportRefusedError(
            f"{path.name} looks as if it held protected health information, in line {listed} of the article it would "
            "become. Take it out, or pass --allow-phi-like with the reason why it may stay. Nothing was written."
        )
    return write_page(page, corpus)


def phi_lines(article: Article) -> Iterator[int]:
    """Yield the lines, from 1, of an article's text at which the guard finds something."""
    guard = Guard(author_names(source.reference for source in article.sources))
    for block in article.blocks:
        for finding in guard.find(article.text[block.start : block.end]):
            yield article.text.count("\n", 0, block.start + finding.start) + 1
