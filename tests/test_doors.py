"""One core, many doors: whichever a question comes by, the same bytes come back."""

import json
import sys
import threading
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
from click.testing import CliRunner
from mcp.client.client import Client

from ipt_rag import Chatbot
from ipt_rag.cli import main
from ipt_rag.machine import to_json
from ipt_rag.page_replies import Replies

pytestmark = pytest.mark.model

ROOT = Path(__file__).parent.parent
QUESTIONS = (
    "What does the sick role mean?",
    "How many sessions does IPT take?",
    "What is IPT, and for whom is it not enough?",
    "Which spark plugs fit a 1998 lawn mower?",
    "Please call the patient at 555-010-0199 about grief",
    "I want to end my life",
    "¿Qué es el rol de enfermo?",
    "tell me more",
)
THREADS = 32


@pytest.fixture(scope="module")
def expected(chatbot: Chatbot) -> list[str]:
    """What Python gives, asked one after the other."""
    return [to_json(chatbot.ask(question)) for question in QUESTIONS]


def test_the_command_line(chatbot: Chatbot, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """`ipt-rag ask --json` prints the object a line."""
    monkeypatch.setattr(Chatbot, "open", lambda index: chatbot)
    printed = CliRunner().invoke(main, ["ask", "--json", "-"], input="\n".join(QUESTIONS))
    assert printed.stdout.splitlines() == expected


def test_the_page(chatbot: Chatbot, expected: list[str]) -> None:
    """An answer's packet, from which the page exports, holds the object; a refusal holds no answer."""
    packets = [Replies(lambda: chatbot).turn(question, {}) for question in QUESTIONS]
    for packet, said in zip(packets, expected, strict=True):
        if packet["status"] == "refused":
            assert "answer" not in packet
        else:
            assert json.dumps(packet["answer"], ensure_ascii=False) == said


def test_from_many_threads(chatbot: Chatbot, expected: list[str]) -> None:
    """Asked from 32 threads at the same moment, each starting elsewhere in the list, every answer is the one alone."""
    at_once = threading.Barrier(THREADS)

    def ask_all(first: int) -> list[str]:
        at_once.wait(60)
        order = [(first + place) % len(QUESTIONS) for place in range(len(QUESTIONS))]
        told = {number: to_json(chatbot.ask(QUESTIONS[number])) for number in order}
        return [told[number] for number in range(len(QUESTIONS))]

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(ask_all, range(THREADS))) == [expected] * THREADS


def posted(address: str, body: object) -> str:
    """Return the text of a reply."""
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return str(reply.read().decode())


async def called(address: str, questions: Sequence[str]) -> list[str]:
    """Return what the official MCP client gets as text."""
    async with Client(address) as client:
        replies: list[Any] = [await client.call_tool("ask_articles", {"question": each}) for each in questions]
        return [reply.content[0].text for reply in replies]


def test_the_pages_process(corpus_index: Path, expected: list[str], tmp_path: Path) -> None:
    """The program that serves the page answers programs over HTTP and assistants over MCP, and writes nothing of it."""
    pytest.importorskip("playwright", reason="playwright is not installed (make test installs it)")
    from page.in_browser import served
    from ports import free_port

    port = free_port()
    options = {"--corpus": ROOT / "corpus", "--index": corpus_index, "--port": port, "--feedback": tmp_path / "notes"}
    command = [sys.executable, "app.py", *(str(part) for option in options.items() for part in option)]
    # What would have FastAPI report requests, were it not switched off.
    tracing = {"FASTAPI_OTEL_AUTO_CONFIGURE": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://192.0.2.1:4318"}
    with served(tmp_path, command, port, **tracing) as server:
        assert [posted(f"{server.address}/api/v1/ask", {"question": each}) for each in QUESTIONS] == expected
        assert anyio.run(called, f"{server.address}/mcp", QUESTIONS) == expected
        with urllib.request.urlopen(f"{server.address}/api/v1/articles", timeout=20) as reply:
            assert len(json.load(reply)["articles"]) == 2
        written = server.output.read_text()
    assert "elemetry" not in written
    assert "555-010-0199" not in written
    assert not [path for path in server.private.rglob("*") if path.is_file() and b"555-010-0199" in path.read_bytes()]
    assert not (tmp_path / "notes").exists()
