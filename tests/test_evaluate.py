from pathlib import Path

import numpy as np
import pytest

from ipt_rag.errors import SettingsError
from ipt_rag.evaluate import Judge, Judged, by_group, figures, judge, read_questions, right_passage
from ipt_rag.evaluate.figures import calibration_error, coverage_curve, ndcg, reliability
from ipt_rag.evaluate.runs import compare, read_run, save_run
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
    assert found[0].ranked == (quote("tea"), quote("the tide"))
    assert found[1].question == questions[1]


def test_judging_an_unanswerable_question() -> None:
    """No passage is right for a question without an answer, and none at all is no failure."""
    no = answer(status="not_in_articles", confidence=0.1)
    [found] = judge(lambda question: no, [{"question": "a"}], by="gold", answerable=False)
    assert (found.first_right, found.answered, found.ranked, found.answerable) == (0, False, (), False)


def test_questions_are_read_line_by_line(tmp_path: Path) -> None:
    """One object a line, other keys kept, blank lines passed over."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "a", "style": "short"}\n\n{"question": "b"}\n')
    assert read_questions(path) == [{"question": "a", "style": "short"}, {"question": "b"}]


@pytest.mark.parametrize(
    "line", ["no JSON", "[]", "{}", r'{"question": "\ud800"}', '{"question": 1}', '"question"', "null"]
)
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
    question = {"question": "q", **keys}
    right = tuple(rank == first_right for rank in range(1, 11))
    return Judged(question, answerable, right, sum(right), confidence, confidence >= 0.5, ())


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
    assert found["answered at 1 % false answers"] == 2 / 4
    assert found["answered at 5 % false answers"] == 2 / 4


def test_coverage_at_each_threshold_worked_out_by_hand() -> None:
    """Of 0.9, 0.8, 0.3, 0.6 and, without an answer, 0.7 and 0.1: what lies at or above, from nothing to all."""
    points = coverage_curve(YES, NO)
    assert [(point.coverage, point.false_answers) for point in points] == [
        (0, 0),
        (0.25, 0),
        (0.5, 0),
        (0.5, 0.5),
        (1, 0.5),
        (1, 1),
    ]
    assert [point.threshold for point in points] == [float("inf"), 0.9, 0.8, 0.7, 0.3, 0.1]


def test_bins_of_the_calibration_error_worked_out_by_hand() -> None:
    """Twelve questions in ten bins by confidence, two in each of the first two; a right first passage is right."""
    asked = [judged(1 if number % 2 else 2, number / 12) for number in range(12)]
    first, second, third, *rest = reliability(asked)
    assert (first.confidence, first.right, first.questions) == (pytest.approx(0.5 / 12), 0.5, 2)
    assert (second.confidence, second.right, second.questions) == (pytest.approx(2.5 / 12), 0.5, 2)
    assert (third.confidence, third.right, third.questions) == (pytest.approx(4 / 12), 0, 1)
    assert [each.questions for each in rest] == [1] * 7


def test_fewer_questions_than_bins() -> None:
    """A bin without a question is left out."""
    assert [each.questions for each in reliability(YES)] == [1, 1, 1, 1]


def test_figures_have_an_interval_around_them() -> None:
    """Each share lies in its interval, the interval between 0 and 1, and it is the same each time."""
    found = figures(YES, NO)
    assert all(0 <= figure.low <= figure.value <= figure.high <= 1 for figure in found)
    assert found == figures(YES, NO)


def test_groups_are_shares_of_right_or_answered_questions() -> None:
    """By style, how many first passages were right; by kind, how many unanswerable questions were answered."""
    assert {figure.name: figure.value for figure in by_group(YES, "style")} == {"": 1, "long": 0, "short": 0.5}
    assert {figure.name: figure.value for figure in by_group(NO, "kind")} == {"near_miss": 1, "other": 0}


def test_ndcg_worked_out_by_hand() -> None:
    """One of two right passages, in the second place: 1 / log2(3) of the 1 + 1 / log2(3) that would be best."""
    second = Judged({"question": "q"}, True, (False, True), 2, 0.5, True, ())
    gain = 1 / np.log2(3)
    assert ndcg(second) == pytest.approx(gain / (1 + gain))


def test_right_passages_outside_the_ranked_ones_count() -> None:
    """A right passage that was searched and not ranked lowers what was reached."""
    asked = [{"question": "a", "gold": ["tide"]}]
    texts = ["the tide", "a tide table", "tea"]
    [found] = judge(lambda question: answer("the tide"), asked, by="gold", answerable=True, texts=texts)
    assert (found.right, found.relevant) == ((True,), 2)


def test_calibration_error_is_the_distance_of_confidence_and_share() -> None:
    """Twenty questions at 0.8 of which ten are right, two in each bin: 0.3 apart."""
    assert calibration_error(np.full(20, 0.8), np.tile([1.0, 0.0], 10)) == pytest.approx(0.3)


def test_a_question_without_what_it_is_judged_by_is_told() -> None:
    """The error names the list that is missing and the other way to judge."""
    with pytest.raises(SettingsError, match=r"no usable list `facts`.*--by gold"):
        right_passage({"question": "a", "gold": ["tide"]}, "facts")


def named(name: str, first_right: int) -> Judged:
    """Return an answered question of this name."""
    return Judged({"question": name}, True, tuple(r == first_right for r in range(1, 4)), 1, 0.9, True, ())


def test_runs_are_compared_question_by_question(tmp_path: Path) -> None:
    """Six questions gained and none lost: exact McNemar gives 2 / 2**6; the file holds no word of a question."""
    names = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
    path = tmp_path / "run.json"
    save_run(path, [named(name, 2) for name in names])
    assert "gamma" not in path.read_text()
    now = [named(name, 1) for name in names]
    first, three, *_ = compare(read_run(path, [one.question for one in now]), now)
    assert (first.before, first.now, first.gained, first.lost) == (0, 1, 6, 0)
    assert first.p == pytest.approx(2 / 2**6)
    assert (three.gained, three.lost, three.p) == (0, 0, 1)


@pytest.mark.parametrize("text", [None, "[]", '{"format": 0}', '{"format": 1, "questions": {"a": 1}}'])
def test_what_is_no_saved_run_is_told(tmp_path: Path, text: str | None) -> None:
    """A missing file and one of another form are one sentence."""
    path = tmp_path / "run.json"
    if text:
        path.write_text(text)
    with pytest.raises(SettingsError, match="is no run saved with --save"):
        read_run(path, [{"question": "alpha"}])


def test_runs_over_other_questions_are_told(tmp_path: Path) -> None:
    """Two runs without a common question cannot be compared."""
    save_run(tmp_path / "run.json", [named("alpha", 1)])
    with pytest.raises(SettingsError, match="shares no question"):
        read_run(tmp_path / "run.json", [{"question": "beta"}])


def test_a_question_that_cannot_be_judged_is_told_by_its_line(tmp_path: Path) -> None:
    """When the file is read, blank lines counted; a question of another part need not be judged."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "a", "facts": ["tea"]}\n\n{"question": "b", "facts": ["("], "part": "tune"}\n')
    with pytest.raises(
        SettingsError, match=r"questions\.jsonl:3: The question has no usable list `facts`\. Give it one"
    ):
        read_questions(path, by="facts")
    with pytest.raises(SettingsError, match=r"questions\.jsonl:1: The question has no usable list `gold`"):
        read_questions(path, by="gold")
    assert len(read_questions(path)) == 2
    with pytest.raises(SettingsError, match=r"holds no question of the part 'unseen'"):
        read_questions(path, part="unseen", by="facts")
