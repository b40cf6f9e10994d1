import inspect
import re
from pathlib import Path

import pytest

from ipt_rag import errors
from ipt_rag.errors import ArticleError, IptRagError

FAMILY = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, Exception)]


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_every_error_is_of_the_family(kind: type[Exception]) -> None:
    """Whoever catches `IptRagError` catches all that is meant for a reader."""
    assert issubclass(kind, IptRagError)


def test_the_tree_names_the_whole_family() -> None:
    """The module opens with its family drawn as a tree, no member missing."""
    drawn = re.findall(r"^.*?[├└]── (\w+)", errors.__doc__ or "", re.MULTILINE)
    assert sorted(drawn) == sorted(kind.__name__ for kind in FAMILY if kind is not IptRagError)


def test_an_article_error_says_where() -> None:
    """File and line stand before the problem, and are kept as facts."""
    error = ArticleError(Path("tea.md"), 7, "is cold.")
    assert str(error) == "tea.md:7: is cold."
    assert (error.path, error.line) == (Path("tea.md"), 7)


def test_line_0_is_the_whole_file() -> None:
    """A problem of the whole file names no line."""
    assert str(ArticleError(Path("tea.md"), 0, "is empty.")) == "tea.md: is empty."
