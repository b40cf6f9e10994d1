"""Measure the page: from Enter to the answer against the same call in Python, weight, and time to a usable box.

    .venv/bin/python benchmarks/page.py [--index DIR] [--rounds N]

The browser's time runs from the key press to the frame in which the answer stands in the document. Both times are taken
in turns, on the same machine and in the same minute. Needs Chromium on the path.
"""

import argparse
import shutil
import statistics
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from ipt_rag.chatbot import Chatbot
from ipt_rag.page_text import EXAMPLES
from ipt_rag.ui import build_page, launch_page

QUESTIONS = [question for questions in EXAMPLES.values() for question in questions]
PORT = 7869
ADDRESS = f"http://127.0.0.1:{PORT}"
TIMED = """question => new Promise(done => {
  const box = document.querySelector("#question textarea"), turns = document.querySelector("#turns");
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, question);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => {
    const begun = performance.now();
    new MutationObserver((seen, observer) => {
      observer.disconnect();
      requestAnimationFrame(() => done(performance.now() - begun));
    }).observe(turns, { childList: true });
    box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
  }, 100);
})"""


def main() -> None:
    """Serve the page from this process, so that both sides use the same chatbot, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    chatbot = Chatbot.open(options.index)
    for question in QUESTIONS:  # the models are loaded, and each question was read once
        chatbot.ask(question)
    launch_page(build_page(lambda: chatbot), host="127.0.0.1", port=PORT, state=lambda: "ready")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("There is no Chromium on the path. Install it, then try again.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opening(browser)
        page = opened(browser)
        answering(page, chatbot, options.rounds)
        browser.close()


def opened(browser: Browser) -> Page:
    """Return the page once its question box can be used."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(ADDRESS)
    page.locator("#question textarea[aria-label]").wait_for()
    page.locator("#state[data-state=ready]").wait_for()
    return page


def opening(browser: Browser) -> None:
    """Print the page's weight, and the time until its box can be used: nothing cached, then a second visit."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    for visit in ("first visit", "second visit"):
        received.clear()
        begun = time.perf_counter()
        page.goto(ADDRESS)
        page.locator("#question textarea[aria-label]").wait_for()
        usable = time.perf_counter() - begun
        page.wait_for_timeout(1500)
        print(
            f"{visit}: box usable after {usable:.2f} s, {len(received)} files, {sum(received) / 1000:.0f} kB received"
        )
    context.close()


def answering(page: Page, chatbot: Chatbot, rounds: int) -> None:
    """Print the times from Enter to the answer, and of the same calls in Python."""
    page.evaluate(TIMED, QUESTIONS[0])
    inside, outside = [], []
    for _ in range(rounds):
        for question in QUESTIONS:
            begun = time.perf_counter()
            chatbot.ask(question)
            inside.append((time.perf_counter() - begun) * 1000)
            outside.append(page.evaluate(TIMED, question))
            time.sleep(0.2)  # a reader's pace: the guard at the door counts requests
    for name, times in (("in Python", inside), ("in the browser", outside)):
        worst = sorted(times)[int(len(times) * 0.95)]
        print(f"{name}: median {statistics.median(times):.0f} ms, 95th percentile {worst:.0f} ms")
    apart = [page_ms - python_ms for page_ms, python_ms in zip(outside, inside, strict=True)]
    print(f"browser over Python: median {statistics.median(apart):.0f} ms, over {len(apart)} questions")


if __name__ == "__main__":
    main()
