"""Two processes of the page behind the proxy of `deploy/haproxy.cfg`, and the sudden end of one."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from page.in_browser import ROOT, free_port, state_of
from programs import installed

CONFIGURATION = ROOT / "deploy" / "haproxy.cfg"
QUESTION = {"question": "What is the sick role?"}
CLIENTS, CALLS = 4, 12  # fewer together than the door of one process lets through at once


@pytest.fixture
def pages(corpus_index: Path) -> Iterator[dict[int, subprocess.Popen[bytes]]]:
    """Two pages over one index, by port."""
    running = {}
    for port in (free_port(), free_port()):
        command = [sys.executable, "app.py", "--index", str(corpus_index), "--port", str(port)]
        running[port] = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    yield running
    for page in running.values():
        page.kill()
        page.wait()


@pytest.fixture
def door(pages: dict[int, subprocess.Popen[bytes]]) -> Iterator[str]:
    """The address of the proxy, once it and both pages answer."""
    port = free_port()
    first, second = (f"127.0.0.1:{each}" for each in pages)
    places = {"DOOR": f"127.0.0.1:{port}", "PAGE_A": first, "PAGE_B": second}
    command = [installed("haproxy"), "-q", "-f", CONFIGURATION]
    proxy = subprocess.Popen(command, env=os.environ | places, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 120
        while {state_of(f"http://127.0.0.1:{each}") for each in (*pages, port)} != {"ready"}:
            assert time.monotonic() < deadline, "the pages did not come up"
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        proxy.terminate()
        proxy.wait()


def ask(door: str) -> tuple[int, bytes]:
    """Return the status and the bytes of an answer."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{door}/api/v1/ask", json.dumps(QUESTION).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as reply:
        return reply.status, reply.read()


@pytest.mark.model
@pytest.mark.parametrize("place", [0, 1])
def test_the_end_of_one_page_fails_no_request(door: str, pages: dict[int, subprocess.Popen[bytes]], place: int) -> None:
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
        victim = [*pages.values()][place]
        victim.kill()
        victim.wait()
        answers = [answer for each in asking for answer in each.result()]
    assert answers == [expected] * (CLIENTS * CALLS)
    with urllib.request.urlopen(door, timeout=30) as reply:  # the page itself too, whichever process its readers had
        assert reply.status == 200
