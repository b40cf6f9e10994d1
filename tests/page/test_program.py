import json
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from page.in_browser import (
    SECRET,
    Server,
    ask,
    check,
    opened,
    real_program,
    served,
    tab,
    violations,
    watched,
    words_command,
)
from ports import free_port

pytestmark = pytest.mark.browser


def test_the_page_shows_while_the_articles_are_read(browser: Browser, tmp_path: Path) -> None:
    """The page opens at once with an honest state; the first question waits and is answered."""
    port = free_port()
    with (
        served(tmp_path, words_command(port, reading_s=12), port, wait_for="reading") as slow,
        watched(browser) as context,
    ):
        page = context.new_page()
        page.goto(slow.address)
        page.locator("#question textarea[aria-label]").wait_for()
        expect(page.locator("#state")).to_have_text("Reading the articles…")
        ask(page, "the bow rake levels")
        expect(page.locator("#status")).to_contain_text("still being read")
        assert violations(page) == []
        tab(page, "explore")
        expect(page.locator("#passages .hint")).to_have_text("Reading the articles…")
        tab(page, "read")
        expect(page.locator("#shelf .hint")).to_have_text("Reading the articles…")
        tab(page, "ask")
        expect(page.locator("#t1")).to_be_visible(timeout=20_000)
        expect(page.locator("#state")).to_have_text("Ready")
        tab(page, "read")
        expect(page.locator("#shelf button.open")).to_have_count(2)
        tab(page, "explore")
        expect(page.locator("#passages li").first).to_be_visible()


@pytest.mark.parametrize(
    ("status", "told"),
    [
        pytest.param(429, "Too many questions at once.", id="the door's limit"),
        pytest.param(503, "Too many questions at once.", id="a full queue"),
        pytest.param(413, "This is too long to be read here.", id="the door's size"),
        pytest.param(404, "Something went wrong here", id="anything else"),
    ],
)
def test_a_call_that_is_turned_away_is_told(browser: Browser, server: Server, status: int, told: str) -> None:
    """Where a call is refused, the page says why where it was made, keeps what was typed, and goes on to work."""
    with watched(browser, expected=f"status of {status}") as context:
        page = opened(context, server)
        page.route("**/queue/join*", lambda route: route.fulfill(status=status, body="no"))
        ask(page, "the bow rake levels")
        expect(page.locator("#problem")).to_contain_text(told)
        expect(page.locator("#status")).to_be_empty()
        expect(page.locator("#question textarea")).to_have_value("the bow rake levels")
        tab(page, "check")
        check(page, "The bow rake levels heavy soil.")
        expect(page.locator("#check-problem")).to_contain_text(told)
        expect(page.locator("#check-status")).to_be_empty()
        tab(page, "read")
        expect(page.locator("#state")).to_contain_text(told)
        page.unroute("**/queue/join*")
        tab(page, "ask")
        page.locator("#question textarea").press("Enter")
        expect(page.locator("#t1 blockquote").first).to_contain_text("bow rake")
        expect(page.locator("#problem")).to_be_empty()
        expect(page.locator("#state")).to_have_text("Ready")


def test_a_stopped_program_is_told(browser: Browser, tmp_path: Path) -> None:
    """A question to a program that has ended is told, not searched for ever; the question stays in the box."""
    port = free_port()
    with watched(browser, expected="net::ERR_CONNECTION_REFUSED") as context:
        with served(tmp_path, words_command(port), port) as server:
            page = opened(context, server)
        ask(page, "the bow rake levels")
        expect(page.locator("#problem")).to_contain_text("The program has stopped.")
        expect(page.locator("#state")).to_contain_text("The program has stopped.")
        expect(page.locator("#question textarea")).to_have_value("the bow rake levels")


@pytest.mark.model
def test_the_real_program(browser: Browser, tmp_path: Path) -> None:
    """`app.py` builds its index, answers and refuses in the browser, and keeps no word of a refused message."""
    port = free_port()
    command = real_program(tmp_path / "index", port)
    name = "Maria Lopez"
    with served(tmp_path, command, port) as server, watched(browser) as context:
        page = opened(context, server)
        ask(page, "Which rake levels heavy soil?")
        expect(page.locator("#t1 blockquote").first).to_contain_text(
            "bow rake levels heavy soil. [2] [4]", timeout=60_000
        )
        ask(page, f"Is a rake right for my patient {name}?")
        expect(page.locator("#refusal")).to_contain_text("name", timeout=60_000)
        assert name not in page.content()
        assert name not in server.output.read_text()
        for file in (path for path in tmp_path.rglob("*") if path.is_file()):
            assert name.encode() not in file.read_bytes()


def call(address: str, path: str, data: object) -> str:
    """Return the reply to a JSON request."""
    request = urllib.request.Request(
        f"{address}{path}", json.dumps(data).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as reply:
        return str(reply.read().decode())


def test_one_endpoint_is_public(server: Server) -> None:
    """The page's API is `ask`, with the same object as everywhere; nothing else is named."""
    with urllib.request.urlopen(f"{server.address}/gradio_api/info", timeout=10) as reply:
        assert list(json.load(reply)["named_endpoints"]) == ["/ask"]
    asked = {"question": "the bow rake levels", "tiers": ["T2"]}
    event = json.loads(call(server.address, "/gradio_api/call/v2/ask", asked))["event_id"]
    with urllib.request.urlopen(f"{server.address}/gradio_api/call/ask/{event}", timeout=20) as reply:
        events = reply.read().decode()
    answer = json.loads(events.split("data: ", 1)[1])[0]
    assert answer["status"] == "answered"
    assert answer["quotes"][0]["text"] == "The **bow rake** levels heavy soil."
    follow_up = {"question": "which source?", "tiers": ["T2"], "earlier": ["the bow rake levels"]}
    event = json.loads(call(server.address, "/gradio_api/call/v2/ask", follow_up))["event_id"]
    with urllib.request.urlopen(f"{server.address}/gradio_api/call/ask/{event}", timeout=20) as reply:
        again = json.loads(reply.read().decode().split("data: ", 1)[1])[0]
    assert again == {**answer, "understood": "the bow rake levels"}
    assert SECRET not in server.output.read_text()


def test_nothing_is_kept_on_disk(server: Server) -> None:
    """The server writes no file while it answers."""
    assert [path for path in server.private.rglob("*") if path.is_file()] == []
