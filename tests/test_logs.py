"""What the program logs: what happened, when and how long it took, and never what a user wrote."""

import io
import json
import logging
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from ipt_rag.chatbot import Chatbot
from ipt_rag.errors import FeedbackRefusedError, QuestionError
from ipt_rag.feedback import Feedback
from ipt_rag.logs import EVENTS, STATUSES, log_event, start_logging
from ports import free_port

CANARIES = ("zelphira", "quontwick", "646-555-0173", "plughword")
QUESTIONS = (
    "What is the interpersonal inventory, plughword?",
    "my patient Zelphira Quontwick is low",
    "call her at 646-555-0173",
    "",
    "plughword " * 900,
)


@pytest.fixture(params=["json", "text"])
def log(request: pytest.FixtureRequest) -> io.StringIO:
    """Everything that is logged, in either form."""
    stream = io.StringIO()
    start_logging(request.param, "info", stream)
    return stream


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


@pytest.mark.model
def test_the_program_writes_objects_alone(root: Path, corpus_index: Path, tmp_path: Path) -> None:
    """`app.py` with JSON, asked, sent garbage, then stopped: one object a line, and no word of what came."""
    port = free_port()
    command = [sys.executable, "app.py", "--index", str(corpus_index), "--feedback", str(tmp_path / "feedback")]
    command += ["--port", str(port), "--log-form", "json", "--log-level", "info"]
    with (tmp_path / "said").open("w") as said:
        program = subprocess.Popen(command, cwd=root, stderr=said, stdout=said)
    try:
        for _ in range(600):
            if '"ready"' in (tmp_path / "said").read_text():
                break
            time.sleep(0.1)
        for question in QUESTIONS[:2]:
            asked = {"question": question}
            event = json.loads(sent(port, json.dumps(asked).encode()))["event_id"]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/gradio_api/call/ask/{event}", timeout=30) as reply:
                reply.read()
        sent(port, b'{"question": plughword')
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(b"plughword / Zelphira\r\n\r\n")
            raw.recv(1000)
    finally:
        program.terminate()
        program.wait(30)
    text = (tmp_path / "said").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert canaries_in(text) == []
    assert [line["status"] == "refused" for line in lines if line["event"] == "question"] == [False, True]
    assert {"started", "ready", "stopped"} <= {line["event"] for line in lines}
    assert "uvicorn.error" in {line.get("logger") for line in lines}


def sent(port: int, body: bytes) -> bytes:
    """Return the reply to a request of the public endpoint, whatever its status."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/gradio_api/call/v2/ask", body, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return bytes(reply.read())
    except urllib.error.HTTPError as error:
        return error.read()


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
    stream, quiet = io.StringIO(), io.StringIO()
    start_logging("json", "info", stream)
    log_event("question", "answered", since=0.0, quotes=2)
    [line] = map(json.loads, stream.getvalue().splitlines())
    assert list(line) == ["time", "event", "status", "duration_ms", "quotes"]
    assert (line["event"], line["status"], line["quotes"]) == ("question", "answered", 2)
    start_logging("json", "warning", quiet)
    log_event("question", "answered")
    assert quiet.getvalue() == ""


def test_the_lists_are_those_of_the_answers() -> None:
    """Each status of an answer can be logged."""
    assert {"answered", "not_in_articles", "refused"} <= set(STATUSES)
    assert "question" in EVENTS
