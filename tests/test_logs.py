"""What the program logs: what happened, when and how long it took, and never what a user wrote."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from ipt_rag.chatbot import Chatbot
from ipt_rag.errors import FeedbackRefusedError, QuestionError
from ipt_rag.feedback import Feedback
from ipt_rag.logs import EVENTS, STATUSES, log_event, start_logging

CANARIES = ("zelphira", "quontwick", "646-555-0173", "plughword")
QUESTIONS = (
    "What is the interpersonal inventory, plughword?",
    "my patient Zelphira Quontwick is low",
    "call her at 646-555-0173",
    "",
    "plughword " * 900,
)


@pytest.fixture(params=["json", "text"])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Everything that is logged, in either form."""
    root, own = logging.getLogger(), logging.getLogger("ipt_rag")
    before = (root.handlers[:], root.level, own.level)
    stream = io.StringIO()
    start_logging(request.param, "info", stream)
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    own.setLevel(before[2])


def canaries_in(text: str) -> list[str]:
    """Return the planted words that stand in a text."""
    return [canary for canary in CANARIES if canary in text.lower()]


@pytest.mark.model
def test_no_question_is_logged(log: io.StringIO, chatbot: Chatbot, tmp_path: Path) -> None:
    """Answered, refused, empty or too long: each leaves a line with status, time and counts, and no word."""
    for question in QUESTIONS:
        try:
            chatbot.ask(question, earlier=["plughword?"])
        except QuestionError:
            continue
    notes = Feedback(tmp_path / "plughword", find_phi=chatbot.find_phi)
    for text in ("plughword is better", "Zelphira Quontwick, my patient, agrees"):
        try:
            notes.take(
                "revision", question="plughword?", passages=[], index_digest="0" * 16, text=text, source="plughword"
            )
        except FeedbackRefusedError:
            continue
    said = log.getvalue()
    assert len(said.splitlines()) == len(QUESTIONS) + 2
    assert canaries_in(said) == []


def test_what_libraries_log_is_named_and_not_repeated(log: io.StringIO) -> None:
    """A library's message may hold anything; who logged it, and the kind of error, is enough to look further."""
    try:
        raise ValueError("plughword")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Bad request: %s", "Zelphira Quontwick")
    logging.getLogger("ipt_rag.ui").error("A question was not answered: %s", "KeyError")
    said = log.getvalue()
    assert canaries_in(said) == []
    assert "uvicorn.error" in said
    assert "ValueError" in said
    assert "A question was not answered: KeyError" in said


def test_an_event_has_no_room_for_text() -> None:
    """Names and statuses are of fixed lists, and counts are whole numbers."""
    for wrong in (
        lambda: log_event("Zelphira"),  # type: ignore[arg-type]
        lambda: log_event("question", "Zelphira"),  # type: ignore[arg-type]
        lambda: log_event("question", "ok", quotes="Zelphira"),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError, match="nothing else"):
            wrong()


def test_a_line_is_one_object_with_time_event_status_and_duration() -> None:
    """The form that programs read; warnings alone, an event is not logged."""
    root, own = logging.getLogger(), logging.getLogger("ipt_rag")
    before = (root.handlers[:], root.level, own.level)
    try:
        stream = io.StringIO()
        start_logging("json", "info", stream)
        log_event("question", "answered", since=0.0, quotes=2)
        [line] = map(json.loads, stream.getvalue().splitlines())
        assert list(line) == ["time", "event", "status", "duration_ms", "quotes"]
        assert (line["event"], line["status"], line["quotes"]) == ("question", "answered", 2)
        quiet = io.StringIO()
        start_logging("json", "warning", quiet)
        log_event("question", "answered")
        assert quiet.getvalue() == ""
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        own.setLevel(before[2])


def test_the_lists_are_those_of_the_answers() -> None:
    """Each status of an answer can be logged."""
    assert {"answered", "not_in_articles", "refused"} <= set(STATUSES)
    assert "question" in EVENTS
