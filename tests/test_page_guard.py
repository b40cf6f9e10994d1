import asyncio
import json
from typing import Any

import pytest

from ipt_rag.page_guard import PageGuard


async def inner(scope: Any, receive: Any, send: Any) -> None:
    """Answer like a page that would allow every origin."""
    headers = [(b"access-control-allow-origin", b"*"), (b"content-type", b"text/html")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"inner"})


class Caller:
    """Sends requests to a guard and keeps its clock."""

    def __init__(self, state: str = "ready", **limits: Any) -> None:
        self.now = 0.0
        settings = {"max_body_bytes": 100, "burst_requests": 3, "requests_per_second": 1.0} | limits
        self.guard = PageGuard(inner, state=lambda: state, clock=lambda: self.now, **settings)  # type: ignore[arg-type]

    def call(
        self, method: str, path: str, client: str = "10.0.0.1", **headers: str
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        """Return status, headers and body."""
        sent: list[Any] = []
        given = {"host": "127.0.0.1:7860", **({"content_length": "2"} if method == "POST" else {}), **headers}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "client": (client, 1),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items() if value],
        }

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request", "body": b"{}"}

        asyncio.run(self.guard(scope, receive, send))
        return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/config"),
        ("GET", "/assets/index-abc.js"),
        ("GET", "/gradio_api/queue/data"),
        ("GET", "/gradio_api/info"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/call/ask"),
        ("POST", "/gradio_api/call/v2/ask"),
        ("GET", "/gradio_api/call/ask/0a1b"),
        ("GET", "/api/v1/articles"),
        ("GET", "/api/v1/openapi.json"),
        ("POST", "/api/v1/ask"),
        ("POST", "/api/v1/check"),
        ("POST", "/mcp"),
    ],
)
def test_open_routes(method: str, path: str) -> None:
    """The routes that the page and its one endpoint need are open, with the headers of a private page."""
    status, headers, body = Caller().call(method, path)
    assert (status, body) == (200, b"inner")
    assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]
    assert b"access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/deep_link"),
        ("GET", "/gradio_api/file=https://example.org"),
        ("GET", "/gradio_api/proxy=https://example.org"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/run-history/records"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/run/ask"),
        ("POST", "/gradio_api/call/other"),
        ("GET", "/monitoring/summary"),
        ("GET", "/gradio_api/openapi.json"),
        ("GET", "/assets/../secret"),
        ("POST", "/config"),
        ("PUT", "/"),
        ("GET", "/anything"),
        ("GET", "/mcp"),
        ("DELETE", "/mcp"),
        ("GET", "/api/v1/docs"),
        ("POST", "/api/v1/articles"),
        ("POST", "/api/v2/ask"),
    ],
)
def test_closed_routes(method: str, path: str) -> None:
    """Every other route is closed, whatever Gradio serves behind it."""
    assert Caller().call(method, path)[0] == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"host": "evil.example"}, 400, id="another host name (DNS rebinding)"),
        pytest.param({"host": ""}, 400, id="no host"),
        pytest.param({"host": "localhost:9"}, 200, id="localhost"),
        pytest.param({"host": "[::1]:9"}, 200, id="IPv6"),
        pytest.param({"origin": "https://evil.example"}, 403, id="another site"),
        pytest.param({"origin": "null"}, 403, id="a sandboxed frame"),
        pytest.param({"origin": "http://127.0.0.1:7860"}, 200, id="the page itself"),
        pytest.param({"content_length": "101"}, 413, id="too large"),
        pytest.param({"content_length": "-1"}, 411, id="no number"),
        pytest.param({"content_length": ""}, 411, id="no length"),
        pytest.param({"transfer_encoding": "chunked"}, 411, id="in pieces"),
    ],
)
def test_who_may_call(headers: dict[str, str], status: int) -> None:
    """Only this page's own, bounded requests under this machine's names are handed on."""
    assert Caller().call("POST", "/gradio_api/queue/join", **headers)[0] == status


def test_questions_are_limited_by_client() -> None:
    """A client that asks too fast waits, others do not, and time gives it its turn back."""
    caller = Caller()
    ask = ("POST", "/gradio_api/call/ask")
    assert [caller.call(*ask)[0] for _ in range(4)] == [200, 200, 200, 429]
    assert caller.call(*ask, client="10.0.0.2")[0] == 200
    assert caller.call("GET", "/")[0] == 200
    caller.now = 1.0
    assert [caller.call(*ask)[0] for _ in range(2)] == [200, 429]


def test_a_list_of_clients_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many clients are remembered, and none by its address."""
    monkeypatch.setattr("ipt_rag.page_guard._Buckets.MAX_CLIENTS", 5)
    caller = Caller()
    for number in range(20):
        caller.call("POST", "/gradio_api/call/ask", client=f"10.0.0.{number}")
    remembered = caller.guard._buckets._left
    assert len(remembered) == 5
    assert not any(b"10.0.0" in client for client in remembered)


@pytest.mark.parametrize(("state", "ready"), [("reading", 503), ("ready", 200), ("failed", 503)])
def test_health(state: str, ready: int) -> None:
    """`/healthz` says that the server lives and how far it is; `/readyz` is 200 once the articles are read."""
    caller = Caller(state)
    status, _, body = caller.call("GET", "/healthz")
    assert (status, json.loads(body)) == (200, {"state": state})
    assert caller.call("GET", "/readyz")[0] == ready


def test_a_stopping_program_takes_nothing_new() -> None:
    """What was asked before may be collected; everything else is refused with a sentence."""
    caller = Caller("stopping")
    assert caller.call("GET", "/gradio_api/call/ask/0a1b")[0] == 200
    assert caller.call("GET", "/healthz")[0] == 200
    for method, path in (("POST", "/gradio_api/queue/join"), ("GET", "/"), ("POST", "/api/v1/ask")):
        status, _, body = caller.call(method, path)
        assert (status, body) == (503, b"The program is stopping and takes no more requests.")
