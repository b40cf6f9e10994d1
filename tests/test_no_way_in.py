"""Attacks by bytes on the program as it runs: nothing of it is our own client."""

import contextlib
import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ipt_rag.punctual import CONNECTIONS, READ_S, REQUEST_S, TOO_MANY
from page.in_browser import real_program, served
from ports import free_port

pytestmark = pytest.mark.model
ROOT = Path(__file__).parents[1]
QUESTION = json.dumps({"question": "Which rake levels heavy soil?"}).encode()


def raw(port: int, sent: bytes) -> tuple[int, bytes]:
    """Return status and the whole reply to bytes; 0 where the connection is closed at once, or cut off unread."""
    reply = b""
    with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(sent)
        while received := client.recv(65_536):
            reply += received
    return int(reply.split(b" ", 2)[1]) if reply else 0, reply


def request(line: str, body: bytes = b"", **headers: str) -> bytes:
    """Return the bytes of a request; headers given replace the usual ones."""
    usual = {"Host": "127.0.0.1", "Connection": "close", "Content-Type": "application/json"}
    lines = (
        usual | {"Content-Length": str(len(body))} | {key.replace("_", "-"): value for key, value in headers.items()}
    )
    return (
        "\r\n".join([f"{line} HTTP/1.1", *(f"{key}: {value}" for key, value in lines.items()), "", ""]).encode() + body
    )


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of the real program."""
    folder, port = tmp_path_factory.mktemp("attacked"), free_port()
    with served(folder, real_program(folder / "index", port), port):
        yield port


PATHS = (
    "/../../etc/passwd",
    "/assets/../../../../etc/passwd",
    "/assets/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2fapp.py",
    "/assets//etc/passwd",
    "/svelte/....//....//etc/passwd",
    "/assets/..%5c..%5capp.py",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=app.py",
    "/gradio_api/file%3dapp.py",
    "/file=/etc/passwd",
    "/gradio_api/file=http://127.0.0.1:1/",
    "/gradio_api/proxy=http://127.0.0.1:1/",
    "/proxy=http://127.0.0.1:1/",
    "/gradio_api/stream/a/b/c/playlist.m3u8",
    "/gradio_api/deep_link?session_hash=a",
    "/?deep_link=../../etc/passwd%00",
    "/gradio_api/upload_progress?upload_id=a",
    "/docs",
    "/redoc",
    "/openapi.json",
    "/gradio_api/openapi.json",
    "/monitoring",
    "/.env",
    "/api/v1/../../config/x",
)


@pytest.mark.parametrize("path", PATHS)
def test_no_file_is_reached(port: int, path: str) -> None:
    """Traversal, the routes for files, proxies and deep links, and descriptions are closed or show the page alone."""
    status, reply = raw(port, request(f"GET {path}"))
    assert status in (400, 403, 404) or (path.startswith("/?") and status == 200)
    assert b"root:" not in reply
    assert b"import" not in reply or status == 200


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        pytest.param(request("POST /gradio_api/upload", b"x"), (404,), id="an upload"),
        pytest.param(request("POST /gradio_api/run/predict", b'{"fn_index":0,"data":["x"]}'), (404,), id="a function"),
        pytest.param(request("POST /gradio_api/call/0", b'{"data":["x"]}'), (404,), id="a function by its number"),
        pytest.param(request("POST /gradio_api/call/v2/ask", b"{}"), (422,), id="no question"),
        pytest.param(request("POST /gradio_api/call/v2/ask", b'{"question":"a","b":1}'), (422,), id="an unknown field"),
        pytest.param(request("POST /gradio_api/component_server", b"{}"), (404,), id="a component's function"),
        pytest.param(request("POST /api/v1/ask", QUESTION, Host="evil.example"), (400,), id="DNS rebinding"),
        pytest.param(request("POST /api/v1/ask", QUESTION, Host="127.0.0.1.evil.example"), (400,), id="a like name"),
        pytest.param(request("POST /api/v1/ask", QUESTION, Host="127.0.0.1@evil.example"), (400,), id="ours first"),
        pytest.param(request("POST /api/v1/ask", Content_Length="99999999"), (413,), id="a length beyond the cap"),
        pytest.param(request("POST /api/v1/ask", b"0\r\n\r\n", Transfer_Encoding="chunked"), (400, 411), id="pieces"),
        pytest.param(request("POST /api/v1/ask", b"[" * 100_000), (400,), id="nested JSON"),
        pytest.param(request("POST /api/v1/ask", b'{"question": "\xff\xfe"}'), (400,), id="no UTF-8"),
        pytest.param(request("POST /api/v1/ask", b'{"question": ' + b"9" * 90_000 + b"}"), (400,), id="a long number"),
        pytest.param(request("POST /api/v1/ask", b'{"question": NaN}'), (400,), id="no number"),
        pytest.param(request("POST /api/v1/ask", b'{"question": "\\ud800 rake"}'), (200, 400), id="half a character"),
        pytest.param(request("POST /api/v1/ask", QUESTION, Origin="http://evil.example"), (403,), id="another site"),
        pytest.param(request("POST /api/v1/ask", QUESTION, Origin="null"), (403,), id="a frame without origin"),
        pytest.param(request("GET /", X_Long="a" * 200_000), (0, 400), id="long headers"),
        pytest.param(request("GET /" + "a" * 200_000), (0, 400), id="a long address"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n", (400,), id="two hosts"),
        pytest.param(b"\x16\x03\x01 no HTTP\r\n\r\n", (400,), id="no HTTP"),
    ],
)
def test_attacks_are_turned_away(port: int, sent: bytes, statuses: tuple[int, ...]) -> None:
    """Each is refused with a status, never answered and never a failure of the server's own."""
    status, reply = raw(port, sent)
    assert status in statuses, reply[:300]
    assert b"Traceback" not in reply
    assert b"access-control-allow-origin" not in reply.lower()
    assert raw(port, request("GET /readyz"))[0] == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_no_leave_for_other_sites(port: int, origin: str) -> None:
    """A browser that asks whether another site may send a question gets no leave."""
    for path in ("/api/v1/ask", "/gradio_api/call/v2/ask", "/gradio_api/queue/join", "/mcp"):
        _, reply = raw(port, request(f"OPTIONS {path}", Origin=origin, Access_Control_Request_Method="POST"))
        assert b"access-control-allow-origin" not in reply.lower()


def test_slow_clients_block_nobody(port: int) -> None:
    """While two hundred send half a header, half a body or nothing, another is answered; all of them time out."""
    body = request("POST /api/v1/check", b'{"quote":', Content_Length="900")
    slow = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(200)]
    try:
        for number, client in enumerate(slow):
            client.sendall((b"GET / HTTP/1.1\r\nX-", b"", body if number < 20 else b"POST")[number % 3])
        status, reply = raw(port, request("POST /api/v1/ask", QUESTION))
        assert status == 200
        assert b"bow rake" in reply
        assert slow[2].recv(65_536).startswith(b"HTTP/1.1 408")
        for client in slow[0], slow[1], slow[20]:  # half a header, nothing, a method
            assert client.recv(65_536) == b""
    finally:
        for client in slow:
            client.close()


def test_dripping_headers_gain_no_time(port: int) -> None:
    """A header a second keeps no connection open, not even one that has had an answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(request("GET /healthz", Connection="keep-alive"))
        assert client.recv(65_536).startswith(b"HTTP/1.1 200")
        client.sendall(b"GET / HTTP/1.1\r\n")
        began = time.monotonic()
        client.settimeout(1)
        while time.monotonic() - began < 60:
            try:
                client.sendall(b"X: y\r\n")
                if client.recv(65_536) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert REQUEST_S - 1 < time.monotonic() - began < REQUEST_S + 20


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="connections are looked up as Linux shows them")
def test_who_does_not_read_is_cut_off(port: int) -> None:
    """Who asks for megabytes and takes none, or some bytes a second, is let go; others are answered meanwhile."""

    def is_held(client: socket.socket) -> bool:
        ends = [f":{each:04X}" for each in (port, client.getsockname()[1])]
        for line in Path("/proc/net/tcp").read_text("ascii").splitlines():
            ours, theirs, inode = (line.split()[each] for each in (1, 2, 9))
            if ours.endswith(ends[0]) and theirs.endswith(ends[1]):
                return inode != "0"  # no program's any more: what the system still has to send
        return False

    with socket.socket() as silent, socket.socket() as dripping:
        for client in silent, dripping:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", port))
            client.sendall(request("GET /", Connection="keep-alive") * 200)  # twenty megabytes of page
        began = time.monotonic()
        assert raw(port, request("POST /api/v1/ask", QUESTION))[0] == 200
        assert is_held(silent)
        assert is_held(dripping)
        while is_held(silent) or is_held(dripping):
            assert time.monotonic() - began < READ_S + 30
            assert dripping.recv(100)
            time.sleep(1)
    assert time.monotonic() - began > READ_S - 1


def test_one_connection_too_many_is_told(port: int) -> None:
    """Those who are there are answered, the next gets a sentence, and a place once others have gone."""
    clients = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(CONNECTIONS)]
    try:
        status, reply = raw(port, request("GET /healthz"))
        assert (status, reply.partition(b"\r\n\r\n")[2]) == (503, TOO_MANY)
        clients[0].sendall(request("POST /api/v1/ask", QUESTION))
        assert clients[0].recv(65_536).startswith(b"HTTP/1.1 200")
    finally:
        for client in clients:
            client.close()
    deadline = time.monotonic() + 30
    while raw(port, request("GET /healthz"))[0] != 200:
        assert time.monotonic() < deadline


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_graceful_stop(tmp_path: Path, told: signal.Signals) -> None:
    """Told to stop, the program answers what is under way, refuses the next with a sentence, and ends with 0."""
    own = free_port()
    command = real_program(tmp_path / "index", own)
    program = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 240
        while not _is_ready(own):
            assert program.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        whole = request("POST /api/v1/ask", QUESTION)
        with socket.create_connection(("127.0.0.1", own), timeout=30) as client:
            client.sendall(whole[:-5])
            assert _is_ready(own)  # by then the first bytes are read
            program.send_signal(told)
            while _is_ready(own):
                assert time.monotonic() < deadline
            status, refused = raw(own, request("POST /api/v1/ask", QUESTION))
            client.sendall(whole[-5:])
            answered = b"".join(iter(lambda: client.recv(65_536), b""))
        assert (status, b"The program is stopping" in refused) == (503, True)
        assert answered.startswith(b"HTTP/1.1 200")
        assert b"bow rake" in answered
        assert program.wait(10) == 0
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()


def _is_ready(port: int) -> bool:
    try:
        return raw(port, request("GET /readyz"))[0] == 200
    except OSError:
        return False
