"""Serves the page, drives it in headless Chromium; a watched context fails on outside requests and console errors."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]
ARTICLES = ROOT / "tests" / "page_articles"
SECRET = "kim.lee@example.org"


@dataclass
class Server:
    """A page server in a process of its own, and what it wrote."""

    address: str
    output: Path
    private: Path
    feedback: Path
    process: int


@contextmanager
def served(
    folder: Path, command: list[str], port: int, *, wait_for: str = "ready", **settings: str
) -> Iterator[Server]:
    """Run a server until the block ends; yields once its state is `wait_for`."""
    private = folder / "private"
    private.mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GRADIO_")},
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}",
        "TMPDIR": str(private),
        "TEST_FEEDBACK": str(folder / "feedback"),
        **settings,
    }
    output = folder / "output.txt"
    with output.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 120
        while state_of(address) not in (wait_for, "ready"):
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < deadline, f"no page after two minutes: {output.read_text()}"
            time.sleep(0.1)
        yield Server(address, output, private, folder / "feedback", process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def state_of(address: str) -> str:
    """Return what the server says of itself, or nothing while it does not answer."""
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as reply:
            return str(json.load(reply)["state"])
    except OSError:
        return ""


def words_command(port: int, reading_s: float = 0) -> list[str]:
    """Return the command of a page over the small articles, ranked by shared words."""
    return [sys.executable, "tests/word_library.py", str(ARTICLES), str(port), str(reading_s)]


def real_program(index: Path, port: int) -> list[str]:
    """Return the command that opens `app.py` over the page's articles."""
    options = {"--corpus": ARTICLES, "--index": index, "--port": port}
    return [sys.executable, "app.py", *(str(part) for option in options.items() for part in option)]


@dataclass
class Watch:
    """What a page must not do: speak to others, or complain."""

    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a context."""
        context.on("request", lambda request: self._request(request.url))
        context.on("console", lambda line: self._console(line.type, f"{line.text} ({line.location['url']})"))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _request(self, address: str) -> None:
        if not re.match(r"(http://127\.0\.0\.1:\d+/|data:|blob:http://127\.0\.0\.1:)", address):
            self.outside.append(address)

    def _console(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)


@contextmanager
def watched(browser: Browser, *, expected: str = "", **options: Any) -> Iterator[BrowserContext]:
    """Yield a browser context, and fail at its end on outside requests and console errors.

    Where a test refuses calls on purpose, `expected` stands in the one console error that the browser then prints.
    """
    watch = Watch()
    context = browser.new_context(
        **({"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"} | options)
    )
    context.set_default_timeout(10_000)
    watch.over(context)
    yield context
    context.close()
    unexpected = [line for line in watch.complaints if not expected or expected not in line]
    assert not watch.outside, watch.outside
    assert not unexpected, unexpected


def opened(context: BrowserContext, server: Server) -> Page:
    """Return the page once it can be used."""
    page = context.new_page()
    page.goto(server.address)
    page.locator("#question textarea[aria-label]").wait_for()
    page.locator("#state[data-state=ready]").wait_for()
    return page


def ask(page: Page, question: str) -> None:
    """Type a question and press Enter."""
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")


def ask_and_hear_out(page: Page, question: str) -> None:
    """Ask, and wait for the end of the stream that carries the reply: a page that is left before complains of it."""
    with page.expect_request(re.compile("/queue/data")) as stream:
        ask(page, question)
    deadline = time.monotonic() + 20
    # Gradio's client hangs up itself once all has come: to the browser a failure.
    while stream.value.failure is None and stream.value.timing["responseEnd"] < 0:
        assert time.monotonic() < deadline, "the reply did not end"
        page.wait_for_timeout(20)


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong."""
    found = Axe().run(page).response["violations"]
    return [f"{entry['id']}: {entry['nodes'][0]['html'][:160]}" for entry in found]


def tab(page: Page, name: str) -> None:
    """Select a tab: "ask", "read", "explore" or "check", whatever its label."""
    page.locator(f"#views [role=tab][data-tab-id={name}]").click()


def check(page: Page, quote: str) -> None:
    """Type a quote to check and press Enter."""
    page.locator("#quote textarea").fill(quote)
    page.locator("#quote textarea").press("Enter")


def every_state(page: Page) -> Iterator[str]:
    """Bring the page into each of its states, one after another, and yield what each is called."""
    page.locator("#filters summary").click()
    page.locator("#filters input[name=article]").first.wait_for()
    yield "at the start, filters open"
    ask(page, "the bow rake levels heavy soil collect snails danger")
    page.locator("#t1").wait_for()
    for summary in page.locator("#t1 summary").all():
        summary.click()
    page.locator("#t1 a.number").first.click()
    yield "answered, everything opened, a source lit"
    page.locator("#t1 [data-verdict=useful]").click()
    page.locator("#t1 .noted:not(:empty)").wait_for()
    yield "feedback noted"
    ask(page, "which source?")
    page.locator("#t2 .understood").wait_for()
    yield "a follow-up, understood"
    ask(page, "quantum spade")
    page.locator("#t3 .nearest").wait_for()
    yield "not in the articles"
    ask(page, "Which rake levels heavy soil? Which snails are collected? Is there a quantum?")
    page.locator("#t4 .part").nth(2).wait_for()
    yield "several questions, with cautions, one not in the articles"
    page.locator("#filters input[name=sourced]").check()
    ask(page, "tears thatch")
    page.locator("#t5 .nothing").wait_for()
    yield "nothing within the filters"
    page.locator("#t5 [data-do=unfilter]").click()
    ask(page, f"about {SECRET}")
    page.locator("#refusal p").first.wait_for()
    yield "refused"
    ask(page, "please explode now")
    page.locator("#problem p").wait_for()
    yield "a problem"
    page.locator("#t1 button.open").first.click()
    page.locator(".reader mark").first.wait_for()
    yield "the reader, at a quote"
    page.locator(".reader input[value=sourced]").uncheck()
    yield "the reader, without what is sourced"
    tab(page, "explore")
    page.locator("[data-facet=plan]").click()
    page.locator("#passages dl").first.wait_for()
    yield "a list of table rows"
    page.locator("#passage-search").fill("worms")
    page.locator("#passage-count:not(:empty)").wait_for()
    yield "a list, searched"
    tab(page, "check")
    for verdict, quote in {
        "changed": "The bow rake levels light soil. [9]",
        "exact": "The bow rake levels heavy soil. [2] [4]",
        "absent": "Nothing here is about gardens of any kind.",
    }.items():
        check(page, quote)
        page.locator(f"#verdict .{verdict}").wait_for()
        yield f"a quote that is {verdict}"
    check(page, f"The rake of {SECRET}.")
    page.locator("#check-problem .refusal").wait_for()
    yield "a quote refused"
