"""From a file to an article file in the corpus, whole or not at all."""

from pathlib import Path

import pytest

from ipt_rag.corpus import read_article
from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing import import_page
from ipt_rag.intake import add_page

PAGE = """Calm Talk: A Guide

Calm talk is a short form of care that many people use.1 It is old. It helps.2 LLM

Sources

1. Lee A. Calm *talk* & "rest" [part 1]. J Care. 2016;173(7):680-687. — linkT1
2. Klee B. Rest. https://a.org/b_(c) — linkT3
"""


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Return a saved page."""
    path = tmp_path / "page.txt"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_front_matter_says_where_the_article_comes_from(saved: Path, tmp_path: Path) -> None:
    """Title, slug, origin and digest are there; the licence is not ours to give."""
    article = read_article(add_page(saved, tmp_path / "corpus").path)
    assert (article.title, article.slug, article.language) == ("Calm Talk: A Guide", "calm-talk-a-guide", "en")
    assert article.about["origin"] == "page.txt"
    assert article.about["licence"] == "unknown; not ours to give"
    assert len(article.about["sha256"]) == 64


def test_references_keep_their_own_characters(saved: Path, tmp_path: Path) -> None:
    """Quotes, stars and brackets in a reference come back as printed."""
    first, second = read_article(add_page(saved, tmp_path / "corpus").path).sources
    assert (first.tier, first.reference) == ("T1", 'Lee A. Calm *talk* & "rest" [part 1]. J Care. 2016;173(7):680-687.')
    assert (second.tier, second.address) == ("T3", "https://a.org/b_(c)")


def test_adding_the_same_page_again_changes_nothing(saved: Path, tmp_path: Path) -> None:
    """An unchanged article file is not written again."""
    first = add_page(saved, tmp_path / "corpus")
    before = first.path.stat()
    again = add_page(saved, tmp_path / "corpus")
    assert (first.written, again.written) == (True, False)
    assert again.path.stat().st_mtime_ns == before.st_mtime_ns
    assert [path.name for path in (tmp_path / "corpus").iterdir()] == ["calm-talk-a-guide.md"]


def test_a_chosen_slug_names_file_and_article(saved: Path, tmp_path: Path) -> None:
    """A slug can be given, if it is one."""
    assert add_page(saved, tmp_path, slug="calm").path == tmp_path / "calm.md"
    with pytest.raises(ImportRefusedError, match="no slug"):
        import_page(saved, slug="Calm Talk/..")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        pytest.param("page.txt", PAGE.replace("use.1", "use.7"), "page.txt:3: “7” stands for no source", id="beyond"),
        pytest.param("page.txt", PAGE.split("Sources")[0], "no list of sources", id="no list"),
        pytest.param("page.xyz", PAGE, "kind we do not read", id="unknown ending"),
        pytest.param("page.txt", "", "is empty", id="empty"),
    ],
)
def test_a_refused_page_leaves_the_corpus_as_it_was(name: str, content: str, problem: str, tmp_path: Path) -> None:
    """Nothing is written, not even the folder."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ImportRefusedError, match=problem):
        add_page(path, tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    """The name is in it, no traceback is needed."""
    with pytest.raises(ImportRefusedError, match=r"missing\.txt cannot be read"):
        import_page(tmp_path / "missing.txt")


def test_a_folder_that_cannot_be_written_is_one_sentence(saved: Path, tmp_path: Path) -> None:
    """A file where the corpus should be is named."""
    with pytest.raises(ImportRefusedError, match="cannot be written"):
        add_page(saved, saved)


def test_an_assumption_is_on_the_record(tmp_path: Path) -> None:
    """What decided a citation stands in the front matter; what decided nothing does not."""
    path = tmp_path / "page.txt"
    sources = "\n".join(f"{number}. Author {number}." for number in range(1, 13))
    path.write_text(f"Calm Talk\n\nCalm talk is a form of care that many people use.12\n\nSources\n\n{sources}\n")
    with pytest.raises(ImportRefusedError, match="--assume whole or --assume split"):
        import_page(path)
    assert "assumed: split\n" in import_page(path, assume=("split", "decimal")).markdown
    assert "[1] [2]" in import_page(path, assume=("split",)).markdown
    assert " [12]" in import_page(path, assume=("whole",)).markdown


def test_a_page_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the old text and half of the new one make no article."""
    page = tmp_path / "page.txt"
    page.write_text("Calm Talk\n\nIt is short.\n", encoding="utf-8")
    read = Path.read_bytes

    def read_late(path: Path) -> bytes:
        with path.open("ab") as file:
            file.write(b"More of it.\n")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_late)
    with pytest.raises(ImportRefusedError, match="changed while it was read"):
        import_page(page)
