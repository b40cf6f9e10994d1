import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ipt_rag.chatbot import Chatbot
from ipt_rag.evaluate import right_passage
from ipt_rag.follow_up import Turn, read_turn
from ipt_rag.records import Answer

QUESTIONS = Path(__file__).parent / "data" / "questions"


@pytest.mark.parametrize(
    ("earlier", "turn", "asked"),
    [
        # What is set against something takes its place.
        (["Does IPT help in bulimia?"], "and anorexia?", "Does IPT help in anorexia?"),
        (["Is IPT effective for anxiety?"], "What about severe cases", "Is IPT effective for severe cases?"),
        (["Can IPT be done by phone?"], "in a group?", "Can IPT be done in a group?"),
        (["What did Sullivan contribute?"], "And Adolf Meyer?", "What did Adolf Meyer contribute?"),
        (["What did the 2005 review find?"], "and the one from 2016?", "What did the 2016 review find?"),
        (["After a breakup, what would they do?"], "And after a death?", "after a death, what would they do?"),
        (["Is group therapy similar?"], "And schema therapy?", "Is schema therapy similar?"),
        (["How is it used in grief?"], "is that different in bipolar?", "How is it used in bipolar?"),
        (["What happens in the middle?"], "is that the same for groups?", "What happens in the middle for groups?"),
        # So does a population, with all that was said of the old one.
        (
            ["Is there a version for adults with depression?", "and for adolescents?"],
            "and for children under ten?",
            "Is there a version for children under ten?",
        ),
        # A comparison or a condition is added.
        (["Is IPT effective for anxiety?"], "less than CBT?", "Is IPT effective for anxiety less than CBT?"),
        # A question without its subject gets that of the question before.
        (["What is the sick role?"], "When is it given?", "When is it given — the sick role?"),
        (["What is the sick role?"], "why?", "why — the sick role?"),
        (["What is a role transition?"], "examples?", "examples — a role transition?"),
        (["How long does each phase take?"], "The first one?", "How long does the first phase take?"),
        (["Which techniques does IPT use?"], "Explain the communication one.", "Explain the communication technique"),
        (["What came out of the 2016 review?"], "how many were in it?", "how many were in it — the 2016 review?"),
        (
            ["Can it help carers?"],
            "which year was that study done?",
            "which year was that study done — it help carers?",
        ),
        (["Does it help in bulimia?"], "how many sessions?", "how many sessions — it help in bulimia?"),
        # What a question names gives way to another thing.
        (["How does IPT handle the goodbye?"], "and relapse?", "How does IPT handle relapse?"),
        (["When did the first trial come out?"], "and the first manual?", "When did the first manual come out?"),
        # A later comparison takes the place of an earlier one.
        (
            ["How strong is the research?", "compared to CBT?"],
            "compared to EMDR?",
            "How strong is the research compared to EMDR?",
        ),
        # Thanks are no question that a later turn could lean on.
        (["What is the sick role?", "ok, thank you!"], "When is it given?", "When is it given — the sick role?"),
        # Who asks for the source is given the earlier question's answer again, sources and all.
        (["What is the sick role?"], "which source?", "What is the sick role?"),
        (["What is the sick role?"], "who says that?", "What is the sick role?"),
        (["What is the sick role?", "When is it given?"], "Source?", "When is it given — the sick role?"),
    ],
)
def test_what_a_follow_up_leaves_out(earlier: list[str], turn: str, asked: str) -> None:
    """A follow-up is completed from the asker's own earlier questions."""
    assert read_turn(turn, earlier) == Turn(asked, "")


@pytest.mark.parametrize(
    ("turn", "article"),
    [
        ("and the other article?", "other"),
        ("and what does the other article say?", "other"),
        ("And in the overview article?", "overview"),
    ],
)
def test_another_article(turn: str, article: str) -> None:
    """The same question is put to the article named."""
    assert read_turn(turn, ["How long does treatment last?"]) == Turn("How long does treatment last?", article)


@pytest.mark.parametrize(
    "turn",
    [
        pytest.param("What is communication analysis?", id="a new question"),
        pytest.param("termination phase goals", id="keywords"),
        pytest.param("And how is the inventory taken?", id="a full question that begins with and"),
        pytest.param("Does it work for teenagers?", id="it that helps is the therapy"),
        pytest.param("I ask about grief: when is it the focus?", id="the pronoun's noun stands before it"),
        pytest.param("And the goal for role disputes?", id="a noun with its own complement"),
        pytest.param("Thanks!", id="courtesy"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_says_all_stays(turn: str) -> None:
    """A turn with a subject of its own asks for what it says, whatever went before."""
    assert read_turn(turn, ["What is the sick role?"]).question.removesuffix("?") in turn


@pytest.mark.parametrize(
    "turn", ["and for adolescents?", "why?", "which source?", "and the other article?", "—", "one"]
)
def test_a_first_turn_stays(turn: str) -> None:
    """Without an earlier question there is nothing to complete from."""
    assert read_turn(turn, []) == Turn(turn, "")


def follow_ups(part: str) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Yield each follow-up of the dialogues of a part, with the questions before it."""
    paths = sorted(QUESTIONS.glob("dialogues*.jsonl"))
    for line in (line for path in paths for line in path.read_text(encoding="utf-8").splitlines()):
        dialogue = json.loads(line)
        if dialogue["part"] == part:
            asked = [turn["question"] for turn in dialogue["turns"]]
            for number, turn in enumerate(dialogue["turns"][1:], start=1):
                yield turn, asked[:number]


def single(name: str, part: str) -> list[str]:
    """Return the questions of a set that are asked alone."""
    rows = map(json.loads, (QUESTIONS / name).read_text(encoding="utf-8").splitlines())
    return [row["question"] for row in rows if row["part"] == part]


def share(hits: Sequence[bool]) -> float:
    """Return the share that holds."""
    return sum(hits) / len(hits)


def measured(chatbot: Chatbot, part: str) -> tuple[float, float, float]:
    """Return the shares of right passages first and in three, and of follow-ups answered that have no answer."""
    first, three, wrongly = [], [], []
    for turn, earlier in follow_ups(part):
        answer: Answer = chatbot.ask(turn["question"], earlier=earlier, ranked=3)
        if turn["facts"] is None:
            wrongly.append(answer.status == "answered")
            continue
        is_right = right_passage(turn, "facts")
        right = [is_right(quote.text) for quote in answer.ranked]
        first.append(right[0] if right else False)
        three.append(any(right))
    return share(first), share(three), share(wrongly)


@pytest.mark.model
def test_figures_over_dialogues(chatbot: Chatbot) -> None:
    """Most follow-ups find their passage, and of those without an answer no more are answered than of near misses."""
    first, three, wrongly = measured(chatbot, "tune")
    assert first >= 0.74
    assert three >= 0.85
    assert wrongly <= 0.08


def test_questions_asked_in_full_stay() -> None:
    """After any other question, one of our own that says all is not completed but where it truly leans on one."""
    questions = [question for part in ("tune", "unseen") for question in single("answerable.jsonl", part)]
    others = random.Random(0).choices(questions, k=len(questions))
    kept = [read_turn(asked, [before]) == Turn(asked, "") for asked, before in zip(questions, others, strict=True)]
    assert share(kept) >= 0.97
