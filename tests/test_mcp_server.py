import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import anyio
import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from ipt_rag.chatbot import Chatbot
from ipt_rag.desk import Desk
from ipt_rag.machine import to_json
from ipt_rag.mcp_server import ADDRESS, INSTRUCTIONS, TOOLS, mcp_routes, mcp_server
from ipt_rag.page_guard import PageGuard

ROOT = Path(__file__).parent.parent
SICK_ROLE = "What does the sick role mean?"
QUOTE = "IPT is delivered in three phases. [4]"
PLANTED = "call Zelphira at 646-555-0173"
MARKS = ("Zelphira", "555-0173")
MODES = ("auto", "legacy")  # the protocol of 2026, and the handshake of the ones before it
Use = Callable[[Client], Awaitable[Any]]


def in_process(chatbot: Any, use: Use, mode: str = "auto") -> Any:
    """Return what a client's use of the server comes to, without a transport between them."""

    async def session() -> Any:
        async with Client(mcp_server(Desk(lambda: cast(Chatbot, chatbot))), mode=mode) as client:
            return await use(client)

    return anyio.run(session)


def over_stdio(index: Path, private: Path, use: Use, mode: str) -> tuple[Any, str]:
    """Return what the use of `ipt-rag mcp` in a process of its own comes to, and what that wrote to standard error."""
    errors = private / "stderr.txt"
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from ipt_rag.cli import main; main()", "mcp", "--index", str(index)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(private)},
        cwd=private,
    )

    async def session() -> Any:
        with errors.open("w") as written:
            async with Client(stdio_client(parameters, errlog=written), mode=mode) as client:
                return await use(client)

    return anyio.run(session), errors.read_text()


def over_http(chatbot: Chatbot, use: Use, mode: str) -> Any:
    """Return what the use of the server over HTTP comes to, behind the page's guard, without a network between them."""
    guard = Middleware(
        PageGuard, state=lambda: "ready", max_body_bytes=100_000, burst_requests=1_000, requests_per_second=1.0
    )
    app = Starlette(routes=mcp_routes(Desk(lambda: chatbot)), middleware=[guard])

    async def session() -> Any:
        transport = httpx2.ASGITransport(app=app)
        async with (
            httpx2.AsyncClient(transport=transport) as http,
            Client(streamable_http_client("http://127.0.0.1/mcp", http_client=http), mode=mode) as client,
        ):
            return await use(client)

    return anyio.run(session)


async def tour(client: Client) -> list[str]:
    """Return the texts of one call of each tool and one resource."""
    calls = [
        await client.call_tool("ask_articles", {"question": SICK_ROLE, "ranked": 2}),
        await client.call_tool("ask_articles", {"question": "Which spark plugs fit a 1998 lawn mower?"}),
        await client.call_tool("check_quote", {"quote": QUOTE}),
        await client.call_tool("list_articles", {}),
    ]
    for told in calls:
        assert not told.is_error
        assert told.structured_content == json.loads(told.content[0].text)
    [first, *_] = (await client.list_resources()).resources
    read = await client.read_resource(first.uri)
    return [*(told.content[0].text for told in calls), read.contents[0].text]


def expected(chatbot: Chatbot) -> list[str]:
    """Return what the tour must bring."""
    records = (
        chatbot.ask(SICK_ROLE, ranked=2),
        chatbot.ask("Which spark plugs fit a 1998 lawn mower?"),
        chatbot.check(QUOTE),
        chatbot.articles(),
    )
    return [*map(to_json, records), chatbot.article("ipt-clinical-reference").text]


async def planted(client: Client) -> list[str]:
    """Return all that the server says to planted identifiers, in every place where one may stand."""
    said = []
    calls: list[tuple[str, dict[str, Any]]] = [
        ("ask_articles", {"question": PLANTED}),
        ("ask_articles", {"question": "Why?", "earlier": [PLANTED]}),
        ("ask_articles", {"question": [PLANTED]}),
        ("ask_articles", {PLANTED: 1, "question": "Why?"}),
        ("ask_articles", {"question": "Why?", "articles": [PLANTED]}),
        ("ask_articles", {"question": "Why?", "tiers": PLANTED}),
        ("check_quote", {"quote": PLANTED}),
        ("list_articles", {PLANTED: 1}),
        (PLANTED, {}),
    ]
    for name, arguments in calls:
        try:
            said.append(repr(await client.call_tool(name, arguments)))
        except MCPError as error:
            said.append(f"{error.error!r} {error}")
    try:
        said.append(repr(await client.read_resource(ADDRESS + "Zelphira-646-555-0173")))
    except MCPError as error:
        said.append(f"{error.error!r} {error}")
    return said


@pytest.mark.model
@pytest.mark.parametrize("mode", MODES)
def test_over_standard_input_and_output(chatbot: Chatbot, corpus_index: Path, tmp_path: Path, mode: str) -> None:
    """The official client gets the machine interface's bytes from `ipt-rag mcp`, and no planted word comes back."""

    async def use(client: Client) -> tuple[list[str], list[str]]:
        return await tour(client), await planted(client)

    (told, refused), errors = over_stdio(corpus_index, tmp_path, use, mode)
    assert told == expected(chatbot)
    assert errors == ""
    assert len(refused) == 10
    assert [mark for mark in MARKS if mark in "".join(refused)] == []
    assert [path.name for path in tmp_path.iterdir()] == ["stderr.txt"]


@pytest.mark.model
@pytest.mark.parametrize("mode", MODES)
def test_over_http(chatbot: Chatbot, caplog: pytest.LogCaptureFixture, mode: str) -> None:
    """The official client gets the same over the page's HTTP; neither replies nor logs hold a planted word."""
    caplog.set_level("DEBUG")
    assert over_http(chatbot, tour, mode) == expected(chatbot)
    refused = over_http(chatbot, planted, mode)
    assert sum("another identifying number" in said or "a phone number" in said for said in refused) == 3
    assert [mark for mark in MARKS if mark in "".join(refused)] == []
    # The client's own log tells what it sends, so only the server's is held to silence.
    served = [record for record in caplog.records if record.name.startswith(("ipt_rag", "mcp.server"))]
    assert [record for record in served if any(mark in record.getMessage() for mark in MARKS)] == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("{Zelphira", id="no JSON"),
        pytest.param('{"Zelphira": 1}', id="no message"),
        pytest.param('["Zelphira"]', id="a list"),
        pytest.param('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": "Zelphira"}', id="no parameters"),
        pytest.param(
            '{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": ["Zelphira"]}}', id="no name"
        ),
        pytest.param(
            '{"jsonrpc": "2.0", "id": 1, "method": "tools/call",'
            ' "params": {"name": "ask_articles", "arguments": "Zelphira"}}',
            id="no arguments",
        ),
    ],
)
@pytest.mark.parametrize("protocol", ["", "2025-06-18", "2026-07-28", "Zelphira"])
def test_what_is_no_message_is_not_repeated(body: str, protocol: str) -> None:
    """The library's complaint of a body quotes it; what a client gets is a fixed sentence."""
    client = TestClient(Starlette(routes=mcp_routes(Desk(lambda: cast(Chatbot, None)))))
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    reply = client.post("/mcp", content=body, headers={**headers, "mcp-protocol-version": protocol})
    assert "error" in reply.json()
    assert "Zelphira" not in f"{reply.text}{reply.headers}"


def test_a_crash_is_told_without_its_message(caplog: pytest.LogCaptureFixture) -> None:
    """Where answering breaks with the question in its message, neither the assistant nor the log gets it."""

    class Breaks:
        def ask(self, question: str, **_: object) -> None:
            raise RuntimeError(question)

    told = in_process(Breaks(), lambda client: client.call_tool("ask_articles", {"question": "Zelphira"}))
    assert told.is_error
    assert "went wrong" in told.content[0].text
    assert "Zelphira" not in f"{told!r}{caplog.text}"
    assert "RuntimeError" in caplog.text


@pytest.mark.model
def test_tools_say_what_they_take_and_give(chatbot: Chatbot) -> None:
    """Each tool has a form, a description of its result, and hints that it reads only, and only here."""

    async def listed(client: Client) -> Any:
        return client.instructions, (await client.list_tools()).tools

    instructions, tools = in_process(chatbot, listed, "legacy")
    assert instructions == INSTRUCTIONS
    assert [tool.name for tool in tools] == list(TOOLS)
    for tool in tools:
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema["type"] == "object"
        assert (tool.annotations.read_only_hint, tool.annotations.open_world_hint) == (True, False)


def test_assistants_are_told_to_quote() -> None:
    """Server and tools say to quote, to keep the numbers, not to paraphrase, and to send no patient details."""
    for words in ("never paraphrase", "exactly as it stands", "source numbers", "not_in_articles", "patient details"):
        assert words in INSTRUCTIONS
    assert "do not paraphrase" in TOOLS["ask_articles"].description
    for name in ("ask_articles", "check_quote"):
        assert "patient details" in TOOLS[name].description


def test_without_the_package_the_command_says_so(tmp_path: Path) -> None:
    """Where the extra is not installed, `ipt-rag mcp` ends with one sentence that says how to install it."""
    code = (
        "import importlib.util as u; find = u.find_spec; "
        "u.find_spec = lambda name, *rest: None if name == 'mcp' else find(name, *rest); "
        "from ipt_rag.cli import main; main(['mcp'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: This needs the package mcp, which is not installed. Run `pip install 'ipt-rag[mcp]'`.\n"
    )


def test_without_an_index_the_command_says_so(tmp_path: Path) -> None:
    """An index that is not there is one sentence on standard error, and standard output stays the protocol's."""
    code = "from ipt_rag.cli import main; main(['mcp', '--index', 'none'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
