import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipt_rag import settings
from ipt_rag.parts import split_question

QUESTIONS = Path(__file__).parent / "data" / "questions"


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        pytest.param("Is it private? And how long is it?", ("Is it private?", "And how long is it?"), id="sentences"),
        pytest.param("Goal for grief; goal for isolation?", ("Goal for grief?", "goal for isolation?"), id="notes"),
        pytest.param(
            "Who founded it, when was the first trial and what is the manual?",
            ("Who founded it?", "when was the first trial?", "what is the manual?"),
            id="clauses",
        ),
        pytest.param(
            "Who runs the training and are there videos?",
            ("Who runs the training?", "are there videos?"),
            id="a clause that begins with its verb",
        ),
        pytest.param(
            "What was found in anxiety and in eating disorders?",
            ("What was found in anxiety?", "What was found in eating disorders?"),
            id="one frame, two phrases",
        ),
        pytest.param(
            "What are the cautions, and what about severe depression?",
            ("What are the cautions?", "what about severe depression?"),
            id="what about",
        ),
        pytest.param(
            "1) who founded IPT 2) what is the manual", ("who founded IPT?", "what is the manual?"), id="numbers"
        ),
        pytest.param(
            "Before my seminar:\n- what happens first?\n- who certifies?",
            ("what happens first?", "who certifies?"),
            id="dashes",
        ),
        pytest.param(
            "First, is it long? Second, is it costly?", ("is it long?", "is it costly?"), id="ordinals are taken off"
        ),
        pytest.param(
            "What are the sick role, the inventory and role-play?",
            ("What are the sick role?", "What are the inventory?", "What are role-play?"),
            id="three things",
        ),
        pytest.param(
            "What are the strengths and weaknesses of IPT?",
            ("What are the strengths of IPT?", "What are the weaknesses of IPT?"),
            id="two sides",
        ),
        pytest.param(
            "How long is IPT and how much does it cost?",
            ("How long is IPT?", "how much does it cost — IPT?"),
            id="completed from the first",
        ),
        pytest.param(
            "My client moved abroad. Which area is this? What is done in grief?",
            ("My client moved abroad. Which area is this?", "What is done in grief?"),
            id="told before the first",
        ),
        pytest.param(
            "What is grief? And what is a role dispute? Thanks!",
            ("What is grief?", "And what is a role dispute?"),
            id="thanks",
        ),
    ],
)
def test_several_questions_are_parted(question: str, parts: tuple[str, ...]) -> None:
    """Each question of a message stands alone, in the asker's words and order."""
    assert split_question(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("How does therapy treat grief and role disputes?", id="one question about two things"),
        pytest.param("I lost my job, is that something they work on?", id="a statement and its question"),
        pytest.param("My client is tired. What is the sick role, and who gets it?", id="told, then asked"),
        pytest.param("What do both share, and where do they part?", id="the second leans on the first"),
        pytest.param("How do we let go of who they were and step into a new role?", id="a relative clause"),
        pytest.param("Do we know what the limit is and why the therapist keeps to it?", id="an indirect question"),
        pytest.param("What is the difference between IPT for grief and for isolation?", id="a comparison"),
        pytest.param("grief and loss", id="keywords"),
        pytest.param("What is the sick role? I ask for a trainee.", id="told at the end"),
        pytest.param("Is a course of 12) sessions enough?", id="a bracket is no list"),
        pytest.param("?", id="no word"),
        pytest.param("", id="nothing"),
    ],
)
def test_one_question_stays_whole(question: str) -> None:
    """What asks one thing, or cannot be parted for sure, is left as it was typed."""
    assert split_question(question) == (question,)


def test_a_long_list_stays_whole() -> None:
    """More questions than are answered apart are answered as one."""
    asked = [f"Is number {number} right?" for number in range(settings.PARTS + 1)]
    assert len(split_question(" ".join(asked[:-1]))) == settings.PARTS
    assert split_question(" ".join(asked)) == (" ".join(asked),)


@given(st.text(alphabet="what is for and in grief how ?,;."))
def test_no_word_is_made_up(question: str) -> None:
    """Whatever is typed, every word of every part was typed."""
    typed = {word.strip("?.,;!") for word in question.split()}
    for part in split_question(question):
        assert {word.strip("?.,;!") for word in part.split()} - {"—"} <= typed


@pytest.mark.parametrize("part", ["tune", "unseen"])
def test_messages_written_without_sight_of_the_rules(part: str) -> None:
    """What asks one thing is never parted, and most of what asks several is parted as its writer parted it."""
    lines = (QUESTIONS / "several_2.jsonl").read_text(encoding="utf-8").splitlines()
    messages = [message for message in map(json.loads, lines) if message["part"] == part]
    right = {row["id"]: len(split_question(row["question"])) == len(row["parts"]) for row in messages}
    assert all(right[row["id"]] for row in messages if len(row["parts"]) == 1)
    assert sum(right.values()) >= 0.6 * len(messages)
