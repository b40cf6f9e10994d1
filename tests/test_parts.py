import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipt_rag import settings
from ipt_rag.parts import split_question


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
