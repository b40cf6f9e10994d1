from pathlib import Path

import pytest

from ipt_rag.errors import SettingsError
from ipt_rag.evaluate import Judge, Judged, by_group, figures, judge, read_questions, right_passage
from ipt_rag.records import Answer, Quote


def quote(text: str) -> Quote:
    """Return a quote of this text."""
    return Quote(text, "t", "T", "", "paragraph", 0, len(text), None, (), (), False, "unmarked", (), 0.5, ())


def answer(*texts: str, status: str = "answered", confidence: float = 0.9) -> Answer:
    """Return an answer with these ranked passages."""
    ranked = tuple(map(quote, texts))
    return Answer(status, confidence, ranked[:1], ranked, (), (), "", (), (), "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "by", "text", "right"),
    [
        pytest.param({"gold": ["the tide turns"]}, "gold", "At six **the Tide\nturns**.", True, id="gold, folded"),
        pytest.param({"gold": ["“6–8”"]}, "gold", 'It is "6-8".', True, id="gold, quotes and dashes"),
        pytest.param({"gold": ["tide turns"]}, "gold", "The tide rises.", False, id="other words"),
        pytest.param({"gold": ["a b", "c d"]}, "gold", "c d", True, id="one of several"),
        pytest.param({"facts": ["12.?16"]}, "facts", "12-16 sessions", True, id="a fact"),
        pytest.param({"facts": ["(?i)GRIEF"]}, "facts", "grief", True, id="a fact in any case"),
        pytest.param({"facts": ["GRIEF"]}, "facts", "grief", False, id="a fact in its own case"),
    ],
)
def test_right_passages(question: dict[str, list[str]], by: Judge, text: str, right: bool) -> None:
    """A passage is right where it holds a snippet, however it is set, or a fact, however it is worded."""
    assert right_passage(question, by)(text) is right


def test_judging_an_answerable_question() -> None:
    """The place of the first right passage counts from 1, and is 0 where none is right."""
    questions = [{"question": "a", "gold": ["tide"]}, {"question": "b", "gold": ["moon"]}]
    found = judge(lambda question: answer("tea", "the tide"), questions, by="gold", answerable=True)
    assert [(each.first_right, each.answered, each.confidence) for each in found] == [(2, True, 0.9), (0, True, 0.9)]
    assert found[0].top == quote("tea")
    assert found[1].question == questions[1]


def test_judging_an_unanswerable_question() -> None:
    """No passage is right for a question without an answer, and none at all is no failure."""
    no = answer(status="not_in_articles", confidence=0.1)
    [found] = judge(lambda question: no, [{"question": "a"}], by="gold", answerable=False)
    assert (found.first_right, found.answered, found.top, found.answerable) == (0, False, None, False)


def test_questions_are_read_line_by_line(tmp_path: Path) -> None:
    """One object a line, other keys kept, blank lines passed over."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "a", "style": "short"}\n\n{"question": "b"}\n')
    assert read_questions(path) == [{"question": "a", "style": "short"}, {"question": "b"}]


@pytest.mark.parametrize("line", ["no JSON", "[]", "{}", '{"question": 1}', '"question"', "null"])
def test_a_line_that_is_no_question_is_told(tmp_path: Path, line: str) -> None:
    """A malformed line is an error with its number."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "a"}\n' + line)
    with pytest.raises(SettingsError, match=r"questions\.jsonl:2 is no JSON object with a `question`"):
        read_questions(path)


@pytest.mark.parametrize("data", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, data: bytes | None) -> None:
    """A missing file and one in another encoding are one sentence."""
    path = tmp_path / "questions.jsonl"
    if data:
        path.write_bytes(data)
    with pytest.raises(SettingsError, match="cannot be read as UTF-8 text"):
        read_questions(path)


def judged(first_right: int, confidence: float, *, answerable: bool = True, **keys: str) -> Judged:
    """Return one judged question, answered from confidence 0.5 on."""
    return Judged({"question": "q", **keys}, answerable, first_right, confidence, confidence >= 0.5, None)


YES = [judged(1, 0.9, style="short"), judged(3, 0.8, style="long"), judged(0, 0.3, style="short"), judged(1, 0.6)]
NO = [judged(0, 0.7, answerable=False, kind="near_miss"), judged(0, 0.1, answerable=False, kind="other")]


def test_figures_worked_out_by_hand() -> None:
    """Hit rates and shares are those of the four and the two questions, AUROC that of their eight pairs."""
    found = {figure.name: figure.value for figure in figures(YES, NO)}
    assert found["right passage in the first 1"] == 2 / 4
    assert found["right passage in the first 3"] == 3 / 4
    assert found["mean reciprocal rank"] == pytest.approx((1 + 1 / 3 + 0 + 1) / 4)
    assert found["answerable answered"] == 3 / 4
    assert found["unanswerable answered"] == 1 / 2
    assert found["near misses answered"] == 1
    assert found["AUROC"] == pytest.approx(6 / 8)
    assert found["AUROC against near misses"] == pytest.approx(2 / 4)
    assert found["answered at 5 % false answers"] == 2 / 4


def test_figures_have_an_interval_around_them() -> None:
    """Each share lies in its interval, the interval between 0 and 1, and it is the same each time."""
    found = figures(YES, NO)
    assert all(0 <= figure.low <= figure.value <= figure.high <= 1 for figure in found)
    assert found == figures(YES, NO)


def test_groups_are_shares_of_right_or_answered_questions() -> None:
    """By style, how many first passages were right; by kind, how many unanswerable questions were answered."""
    assert {figure.name: figure.value for figure in by_group(YES, "style")} == {"": 1, "long": 0, "short": 0.5}
    assert {figure.name: figure.value for figure in by_group(NO, "kind")} == {"near_miss": 1, "other": 0}
