import hashlib
from pathlib import Path

import pytest

from ipt_rag.errors import ArticleError
from ipt_rag.keys import passage_digest, read_keys
from ipt_rag.records import Passage

TEA = Passage("tea", (), "paragraph", "Tea is old.", 0, 11, None, (), (), False)
LINE = '{"passage": "%s", "begins": "Tea", "questions": ["How old is tea?", "Is tea old?"]}'


def write(folder: Path, text: str) -> Path:
    """Write the key file of the article "tea"."""
    path = folder / "tea.questions.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_passage_is_named_by_its_text() -> None:
    """The name is the beginning of the text's sha256, whatever stands around the passage."""
    assert passage_digest(TEA) == hashlib.sha256(b"Tea is old.").hexdigest()[:16]


def test_keys_of_a_passage(tmp_path: Path) -> None:
    """A passage has the questions of its line, in order; the file's digest is known; blank lines do not count."""
    path = write(tmp_path, LINE % passage_digest(TEA) + "\n\n")
    keys = read_keys(tmp_path, "tea")
    assert keys.of(TEA) == ("How old is tea?", "Is tea old?")
    assert keys.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_article_without_keys(tmp_path: Path) -> None:
    """Keys are never needed."""
    keys = read_keys(tmp_path, "tea")
    assert (keys.of(TEA), keys.sha256) == ((), "")


def test_keys_of_a_changed_passage_no_longer_count(tmp_path: Path) -> None:
    """A question was asked of other words than these: it is not theirs."""
    write(tmp_path, LINE % "0123456789abcdef")
    assert read_keys(tmp_path, "tea").of(TEA) == ()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("no JSON", id="no JSON"),
        pytest.param("[]", id="a list"),
        pytest.param('{"passage": "0"}', id="no questions"),
        pytest.param('{"passage": "0", "questions": "Is tea old?"}', id="one question instead of a list"),
        pytest.param('{"passage": "0", "questions": [1]}', id="a number"),
        pytest.param("[" * 100_000, id="nested without end"),
    ],
)
def test_a_malformed_line_is_told(tmp_path: Path, line: str) -> None:
    """A line of another form is an error with its number."""
    write(tmp_path, LINE % passage_digest(TEA) + "\n" + line + "\n")
    with pytest.raises(ArticleError, match=r"tea\.questions\.jsonl:2: is not of the form"):
        read_keys(tmp_path, "tea")


def test_a_folder_in_place_of_keys_is_told(tmp_path: Path) -> None:
    """Keys that are there and cannot be read are not passed over."""
    (tmp_path / "tea.questions.jsonl").mkdir()
    with pytest.raises(ArticleError, match="cannot be read"):
        read_keys(tmp_path, "tea")
