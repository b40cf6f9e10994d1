"""ASGI middleware in front of the page: which routes are open, who may call, how much and how often.

Gradio serves far more routes than the page needs (uploads, deep links that write to disk, a file proxy), checks no
Host, allows any origin by any other name than localhost, and has no rate limit. Everything not listed here is closed.
"""

import asyncio
import hashlib
import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Literal

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
State = Literal["reading", "ready", "failed", "stopping"]

HEALTH = "/healthz"
READINESS = "/readyz"
NOT_UNDERSTOOD = 'The body was not understood. Send {"question": "your question"} to /gradio_api/call/v2/ask.'
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

_READ = re.compile(
    r"/(?:config|theme\.css|manifest\.json|favicon\.ico|robots\.txt|login_check|(?:assets|static|svelte)/[\w./@+-]+"
    r"|gradio_api/(?:info|app_id|startup-events|theme\.css|login_check|queue/data|heartbeat/[\w-]+"
    r"|call/ask/[\w-]+)|api/v1/(?:articles|openapi\.json))?/?"
)
_WRITE = re.compile(r"/(?:gradio_api/(?:queue/join|reset|cancel|call/(?:v2/)?ask)|api/v1/(?:ask|check)|mcp)/?")
_COLLECTED = re.compile(r"/gradio_api/(?:queue/data|call/ask/[\w-]+)/?")  # what was asked before
_COUNTED = re.compile(r"/(?:gradio_api/(?:queue/join|call/)|api/|mcp)")

# Gradio's page needs inline and evaluated script (without them it stays blank), so escaping stops scripts, and
# this policy stops everything else: nothing can be loaded from, sent to, or framed by another site.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "frame-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), browsing-topics=()"),
)
_OPEN_TO_OTHERS = re.compile(rb"access-control-.*", re.IGNORECASE)


class UnderWay:
    """How many requests are being answered: counted where they are, awaited from another thread."""

    QUIET_S = 0.5  # between a question and the call that collects its answer

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> None:
        """Count one more."""
        self.count += 1

    def __exit__(self, *_: object) -> None:
        """Count one less, however it ended."""
        self.count -= 1

    def wait(self, timeout_s: float) -> None:
        """Return once nothing has been under way for half a second, or after the time given."""
        began = quiet_since = time.monotonic()
        while (now := time.monotonic()) - began < timeout_s and now - quiet_since < self.QUIET_S:
            if self.count:
                quiet_since = now
            time.sleep(0.05)


class PageGuard:
    """The page behind a door that opens only to this page's own requests."""

    def __init__(
        self,
        app: App,
        *,
        hosts: Iterable[str] = LOOPBACK,
        state: Callable[[], State],
        max_body_bytes: int,
        burst_requests: int,
        requests_per_second: float,
        body_s: float = 10.0,
        under_way: UnderWay | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._state = state
        self._max_body_bytes = max_body_bytes
        self._body_s = body_s
        self._under_way = under_way or UnderWay()
        self._buckets = _Buckets(burst_requests, requests_per_second, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request here, or hand it on with the headers of a private page."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page opens no WebSocket
            return
        refused = self._refusal(scope)
        if refused:
            await _reply(send, *refused)
            return
        if scope["path"] in (HEALTH, READINESS):
            state = self._state()
            waiting = scope["path"] == READINESS and state != "ready"
            await _reply(send, 503 if waiting else 200, json.dumps({"state": state}), b"application/json")
            return
        if "/heartbeat/" in scope["path"]:  # as long as the page is open
            await self._app(scope, receive, _with_headers(send))
            return
        with self._under_way:
            try:
                if scope["method"] == "POST":
                    receive = await asyncio.wait_for(_body_of(receive), self._body_s)
            except TimeoutError:
                await _reply(send, 408, "The request did not arrive in time.")
                return
            await self._hand_on(scope, receive, send)

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the page answer; where Gradio raises over what a stranger sent, end with a sentence all the same."""
        try:
            await self._app(scope, receive, _with_headers(_without_echo(send)))
        except TypeError:  # a field that it misses or does not know
            if not scope["path"].startswith("/gradio_api/call/"):
                raise
            await _reply(send, 422, NOT_UNDERSTOOD)
        except RuntimeError:  # a question that it does not know: it has said so, then raises that it cannot say so
            if not _COLLECTED.fullmatch(scope["path"]):
                raise
            await send({"type": "http.response.body", "body": b""})

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if _name_of(host) not in self._hosts:
            return 400, "This page is not served under that host name."
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        if origin and origin.partition("://")[2] != host:
            return 403, "Requests from other sites are not answered."
        path, method = scope["path"], scope["method"]
        health = path in (HEALTH, READINESS)
        is_open = (method in ("GET", "HEAD") and (health or _READ.fullmatch(path))) or (
            method == "POST" and _WRITE.fullmatch(path)
        )
        if not is_open or ".." in path:
            return 404, "There is nothing here."
        if self._state() == "stopping" and not health and not _COLLECTED.fullmatch(path):
            return 503, "The program is stopping and takes no more requests."
        length = headers.get(b"content-length", b"" if method == "POST" else b"0")
        if not length.isdigit() or b"transfer-encoding" in headers:  # a body sent in pieces would escape the cap
            return 411, "The request must say how long it is."
        if int(length) > self._max_body_bytes:
            return 413, "The request is too large."
        if method == "POST" and _COUNTED.match(path) and not self._buckets.take(_address_of(scope)):
            return 429, "Too many requests; wait a moment."
        return None


async def _body_of(receive: Receive) -> Receive:
    """Read a body, which its length has bounded; return what hands it on whole."""
    first = await receive()
    parts = [first.get("body", b"")]
    while first["type"] == "http.request" and first.get("more_body"):
        first = await receive()
        parts.append(first.get("body", b""))
    if first["type"] == "http.request":
        first = {"type": "http.request", "body": b"".join(parts), "more_body": False}
    waiting = [first]

    async def whole() -> Message:
        return waiting.pop() if waiting else await receive()

    return whole


def _without_echo(send: Send) -> Send:
    """Return `send` with a fixed sentence for each 422: the framework's own repeats the body that it could not read."""
    replaced = False

    async def checked(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start" and message["status"] == 422:
            replaced = True
            await _reply(send, 422, NOT_UNDERSTOOD)
        elif not replaced:
            await send(message)

    return checked


class _Buckets:
    """A token bucket for each client, known only by a keyed digest of its address, in memory."""

    MAX_CLIENTS = 10_000

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float]) -> None:
        self._burst, self._per_second, self._clock = burst, per_second, clock
        self._key = secrets.token_bytes(16)
        self._left: dict[bytes, tuple[float, float]] = {}

    def take(self, address: str) -> bool:
        """Return whether the client may be served now."""
        now = self._clock()
        client = hashlib.blake2b(address.encode(), key=self._key, digest_size=16).digest()
        left, since = self._left.pop(client, (float(self._burst), now))
        left = min(float(self._burst), left + (now - since) * self._per_second)
        if len(self._left) >= self.MAX_CLIENTS:  # the one not seen for longest
            del self._left[next(iter(self._left))]
        self._left[client] = (left - 1 if left >= 1 else left, now)
        return left >= 1


def _name_of(host: str) -> str:
    return re.sub(r":\d+\Z", "", host)


def _address_of(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


async def _reply(send: Send, status: int, body: str, kind: bytes = b"text/plain; charset=utf-8") -> None:
    headers = [(b"content-type", kind), (b"cache-control", b"no-store"), *HEADERS]
    if status == 429:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if not _OPEN_TO_OTHERS.fullmatch(pair[0])]
            message = {**message, "headers": [*kept, *HEADERS]}
        await send(message)

    return sending
