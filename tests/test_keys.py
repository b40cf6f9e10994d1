import hashlib
from pathlib import Path

import pytest

from ipt_rag.errors import ArticleError
from ipt_rag.keys import folded, key_fault, keys_file, keys_path, passage_digest, read_keys
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
    assert keys.lines[passage_digest(TEA)].number == 1
    assert keys.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_article_without_keys(tmp_path: Path) -> None:
    """Keys are never needed."""
    keys = read_keys(tmp_path, "tea")
    assert (keys.of(TEA), keys.sha256) == ((), "")


def test_a_written_file_is_read_again(tmp_path: Path) -> None:
    """The file's text names the passage by its digest and its first words, and keeps the questions in order."""
    keys_path(tmp_path, "tea").write_text(keys_file([(TEA, ["Is tea old?", "tea’s age"])]), encoding="utf-8")
    [(digest, line)] = read_keys(tmp_path, "tea").lines.items()
    assert (digest, line.number, line.begins) == (passage_digest(TEA), 1, "Tea is old.")
    assert line.questions == ("Is tea old?", "tea’s age")


def test_a_second_line_for_a_passage_is_told(tmp_path: Path) -> None:
    """Neither line is passed over: one of them would have been."""
    write(tmp_path, (LINE % passage_digest(TEA) + "\n") * 2)
    with pytest.raises(ArticleError, match=r"tea\.questions\.jsonl:2: has the passage of line 1 again"):
        read_keys(tmp_path, "tea")


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        pytest.param("Is tea old?", "", id="a question"),
        pytest.param("tea", "", id="a keyword"),
        pytest.param(" ?! ", "holds no word", id="punctuation"),
        pytest.param("t" * 200, "", id="as long as a key may be"),
        pytest.param("t" * 201, "has 201 characters; a key may have 200", id="too long"),
        pytest.param("tea\x1b[2J", "holds a sign that is not printed", id="steers a terminal"),
        pytest.param("te\ud800a", "holds a sign that is not printed", id="half a sign"),
    ],
)
def test_what_keeps_a_question_from_being_a_key(question: str, fault: str) -> None:
    """A key has a word, an end, and nothing hidden."""
    assert key_fault(question) == fault


def test_a_question_is_known_by_its_words() -> None:
    """Case and punctuation make no other question; another word does."""
    assert folded("Is TEA old?") == folded("is tea — old") != folded("is the tea old")


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
