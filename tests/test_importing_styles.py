"""Short articles in the citation styles of many publishers and programs, each against what a person expects of it."""

from pathlib import Path

import pytest

from ipt_rag.corpus import parse_article
from ipt_rag.importing import import_page
from saved_pages import PAGES


@pytest.mark.parametrize("style", list(PAGES))
def test_a_saved_page_becomes_the_article_that_a_person_expects(style: str, tmp_path: Path) -> None:
    """Every block, every citation in its place, every source with its number, and nothing of the site around it."""
    page = PAGES[style]
    path = tmp_path / page.name
    path.write_bytes(page.content.encode() if isinstance(page.content, str) else page.content)
    article = parse_article(path, import_page(path).markdown.encode())
    body = article.text.split("\n# ", 1)[1].splitlines()[1:]
    assert tuple(line for line in body if line and not line.startswith("[")) == page.body
    assert tuple(f"{source.number} {source.reference}" for source in article.sources) == page.sources
    assert article.title == page.title
