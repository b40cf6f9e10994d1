import json
import os
import socket
import subprocess
import sys
import textwrap
import urllib.request
from pathlib import Path

import pytest

from closed_network import NOTED
from page.in_browser import served, words_command
from ports import free_port

ROOT = Path(__file__).parent.parent
CONNECT = "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
SWALLOWED = "import contextlib, socket\nwith contextlib.suppress(Exception):\n    {}\n"
ATTEMPTS = {
    "a connection": CONNECT,
    "a connection in a thread": f"from threading import Timer; t = Timer(0, lambda: {CONNECT}); t.start(); t.join()",
    "a datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
    "a look-up": "socket.getaddrinfo('example.org', 443)",
    "an old look-up": "socket.gethostbyname('example.org')",
    "a look-up backwards": "socket.gethostbyaddr('192.0.2.1')",
    "a client's request": "import httpx; httpx.get('https://example.org')",
}


def verdict_on(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Return what pytest says of a test with this code, under the hook of our own tests."""
    body = textwrap.indent(code, "    ")
    (folder / "test_it.py").write_text(f"import sys\n\n\ndef test_it():\n{body}\n")
    environment = {**os.environ, NOTED: str(folder / "noted")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "conftest", "-p", "no:cacheprovider", "-W", "ignore", "-c"]
    (folder / "pytest.ini").write_text("[pytest]\n")
    told = [*command, str(folder / "pytest.ini"), str(folder / "test_it.py")]
    return subprocess.run(told, env=environment, cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("where", ["in process", "in a program"])
def test_an_attempt_fails_its_test(tmp_path: Path, where: str) -> None:
    """Whoever swallows the error is seen all the same, and every way is: here, in a thread, in a program."""
    codes = [SWALLOWED.format(attempt) for attempt in ATTEMPTS.values()]
    if where == "in a program":
        codes = [f"import subprocess; subprocess.run([sys.executable, '-c', {code!r}], check=True)" for code in codes]
    told = verdict_on(tmp_path, "\n".join(codes))
    assert "1 error" in told.stdout, told.stdout
    noted = (tmp_path / "noted").read_text()
    assert noted.count("192.0.2.1") == 4
    assert noted.count("example.org") == 3


def test_this_machine_may_be_spoken_to(tmp_path: Path) -> None:
    """Loopback, by number or name, and Unix sockets are no way out."""
    code = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
    socket.create_connection(("localhost", server.getsockname()[1])).close()
a, b = socket.socketpair()
a.sendmsg([b"x"])
socket.getaddrinfo("192.0.2.1", 80)
"""
    told = verdict_on(tmp_path, code.strip())
    assert "1 passed" in told.stdout, told.stdout


def test_ci_cuts_the_network_off() -> None:
    """Where `.ci/run` says that the tests are cut off, there is no interface but loopback."""
    if "TEST_CUT_OFF" not in os.environ:
        pytest.skip("not started by .ci/run within a network namespace")
    assert [name for _, name in socket.if_nameindex()] == ["lo"]


# What a user's environment may switch on, and what the libraries read beside it.
SWITCHED_ON = {
    "GRADIO_ANALYTICS_ENABLED": "True",
    "GRADIO_SHARE": "True",
    "HF_HUB_DISABLE_TELEMETRY": "0",
    "HF_HUB_OFFLINE": "0",
    "DO_NOT_TRACK": "0",
    "LANGSMITH_TRACING": "true",
    "LANGCHAIN_TRACING_V2": "true",
    "LANGSMITH_API_KEY": "invented",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://192.0.2.1:4318",
    "OTEL_TRACES_EXPORTER": "otlp",
    "SENTRY_DSN": "http://invented@192.0.2.1/1",
}


@pytest.mark.browser
def test_telemetry_stays_off_whatever_the_environment_says(tmp_path: Path) -> None:
    """A page whose environment switches every report on tries no connection: not at its start, not when asked."""
    port = free_port()
    with served(tmp_path, words_command(port), port, **SWITCHED_ON) as server:
        body = json.dumps({"question": "the bow rake levels"}).encode()
        request = urllib.request.Request(
            f"{server.address}/gradio_api/call/v2/ask", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as reply:
            event = json.load(reply)["event_id"]
        with urllib.request.urlopen(f"{server.address}/gradio_api/call/ask/{event}", timeout=30) as reply:
            assert b"bow rake" in reply.read()
    # The fixture `no_way_out` says the rest: the page carries the hook, and notes what it tries.


COMMAND = "from ipt_rag.cli import main; main()"
DOORS = {
    "a build": "import sys; sys.argv[1:] = ['build', '--corpus', 'tests/page_articles', '--index', '{index}']; "
    + COMMAND,
    "a question": "import sys; sys.argv[1:] = ['ask', '--index', '{index}', 'Which rake?']; " + COMMAND,
    "LangChain": """
from ipt_rag import Chatbot
from ipt_rag.langchain import ArticleRetriever
ArticleRetriever(chatbot=Chatbot.open("{index}")).invoke("Which rake levels heavy soil?")
import time; time.sleep(3)  # a tracer reports from a thread
""",
    "an assistant": """
import anyio, os, sys
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
async def ask():
    command = ["-c", "from ipt_rag.cli import main; main()", "mcp", "--index", "{index}"]
    served = StdioServerParameters(command=sys.executable, args=command, env=dict(os.environ))
    async with Client(stdio_client(served)) as client:
        await client.call_tool("ask_articles", {{"question": "Which rake?"}})
anyio.run(ask)
""",
    "the graph": """
from pathlib import Path
from ipt_rag.index import Index
import onnxruntime
graph = next(Path("{index}").glob("*/*.onnx"))
onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
""",
}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index made by the first door, its environment as the others'."""
    index = tmp_path_factory.mktemp("held") / "index"
    assert report_of("a build", index) == ""
    return index


def report_of(door: str, index: Path) -> str:
    """Use a door in a program of its own, every report switched on; return what it tried."""
    noted = index.parent / "noted"
    noted.write_text("")
    environment = os.environ | SWITCHED_ON | {NOTED: str(noted)}
    code = DOORS[door].format(index=index)
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=True, capture_output=True)
    return noted.read_text()


@pytest.mark.model
@pytest.mark.parametrize("door", [door for door in DOORS if door != "a build"])
def test_no_door_reports(held: Path, door: str) -> None:
    """With every report switched on in the environment, no way to ask tries a connection; nor did the build."""
    assert report_of(door, held) == ""


def test_a_traced_retriever_would_report(tmp_path: Path) -> None:
    """LangChain's own retriever, in the same environment, tries to: the tracer that ours keeps off."""
    code = """
from langchain_core.retrievers import BaseRetriever
class Plain(BaseRetriever):
    def _get_relevant_documents(self, query, *, run_manager):
        return []
Plain().invoke("Which rake?")
import time; time.sleep(3)
"""
    environment = os.environ | SWITCHED_ON | {NOTED: str(tmp_path / "noted")}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    assert "smith.langchain.com" in (tmp_path / "noted").read_text()


def test_a_default_page_would_report(tmp_path: Path) -> None:
    """Gradio as it comes does try: the test above has something to see."""
    code = "import gradio, time; gradio.Blocks(); time.sleep(5)"
    environment = {
        **os.environ,
        NOTED: str(tmp_path / "noted"),
        "GRADIO_ANALYTICS_ENABLED": "True",
        "HF_HUB_OFFLINE": "0",
    }
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    assert "api.gradio.app" in (tmp_path / "noted").read_text()
