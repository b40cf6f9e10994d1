"""Two processes of the page behind the proxy of `deploy/haproxy.cfg`, and the sudden end of one."""

import json
import os
import signal
import sys
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from page.in_browser import ROOT, Server, served
from ports import free_port
from programs import installed

CONFIGURATION = ROOT / "deploy" / "haproxy.cfg"
QUESTION = {"question": "What is the sick role?"}
CLIENTS, CALLS = 4, 12  # fewer together than the door of one process lets through at once


@pytest.fixture
def pages(corpus_index: Path, tmp_path: Path) -> Iterator[list[Server]]:
    """Two pages over one index."""
    with ExitStack() as both:
        running = []
        for name in ("a", "b"):
            folder, port = tmp_path / name, free_port()
            folder.mkdir()
            command = [sys.executable, "app.py", "--index", str(corpus_index), "--port", str(port)]
            running.append(both.enter_context(served(folder, command, port)))
        yield running


@pytest.fixture
def door(pages: list[Server], tmp_path: Path) -> Iterator[str]:
    """The address of the proxy, once the pages answer through it."""
    port = free_port()
    first, second = (each.address.removeprefix("http://") for each in pages)
    places = {"DOOR": f"127.0.0.1:{port}", "PAGE_A": first, "PAGE_B": second}
    with served(tmp_path, [installed("haproxy"), "-q", "-f", str(CONFIGURATION)], port, **places) as proxy:
        yield proxy.address


def ask(door: str) -> tuple[int, bytes]:
    """Return the status and the bytes of an answer."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{door}/api/v1/ask", json.dumps(QUESTION).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as reply:
        return reply.status, reply.read()


@pytest.mark.model
@pytest.mark.parametrize("place", [0, 1])
def test_the_end_of_one_page_fails_no_request(door: str, pages: list[Server], place: int) -> None:
    """Either page is killed while four clients ask: every request is answered, with the same bytes."""
    expected = ask(door)
    assert expected[0] == 200
    begun = threading.Semaphore(0)

    def client(_: int) -> list[tuple[int, bytes]]:
        answers = []
        for _ in range(CALLS):
            answers.append(ask(door))
            begun.release()
        return answers

    with ThreadPoolExecutor(CLIENTS) as clients:
        asking = [clients.submit(client, each) for each in range(CLIENTS)]
        for _ in range(CLIENTS * 3):  # a quarter of the calls
            begun.acquire()
        os.kill(pages[place].process, signal.SIGKILL)
        answers = [answer for each in asking for answer in each.result()]
    assert answers == [expected] * (CLIENTS * CALLS)
    with urllib.request.urlopen(door, timeout=30) as reply:  # the page itself too, whichever process its readers had
        assert reply.status == 200
