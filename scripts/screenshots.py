"""Photograph each state of the page into docs/images: light and dark, a telephone and a desk.

    .venv/bin/python scripts/screenshots.py [--index DIR] [--all]

Without --all only the pictures that the README shows are kept; --all takes every state.
"""

import argparse
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
COLOURS = 96  # a page of text needs few: a picture is then a fifth of its size
WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
SHOWN = {"answer-1280-light", "answer-390-dark", "refused-390-light", "reader-390-light", "check-390-dark"}  # by README


def main() -> None:
    """Serve the page, visit its states, keep the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", default="index")
    parser.add_argument("--all", action="store_true", help="keep every state, not only those the README shows")
    parser.add_argument("--into", type=Path, default=IMAGES)
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("There is no Chromium on the path. Install it, then try again.")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port)}
    server = subprocess.Popen([sys.executable, "app.py", "--index", options.index], cwd=ROOT, env=environment)
    try:
        wait_until_ready(port)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for scheme in SCHEMES:
                for width in WIDTHS:
                    phone = width == min(WIDTHS)
                    context = browser.new_context(
                        color_scheme=scheme,
                        viewport={"width": width, "height": 844 if phone else 900},
                        reduced_motion="reduce",
                        is_mobile=phone,
                        has_touch=phone,
                    )
                    page = context.new_page()
                    page.goto(f"http://127.0.0.1:{port}")
                    for state, picture in states(page):
                        name = f"{state}-{width}-{scheme}"
                        if options.all or name in SHOWN:
                            keep(picture, options.into / f"{name}.png")
                    context.close()
            browser.close()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


def wait_until_ready(port: int) -> None:
    """Return once the articles are read."""
    deadline = time.monotonic() + 900  # a new index takes minutes on a busy machine
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as reply:
                if json.load(reply)["state"] == "ready":
                    return
        except OSError:
            pass
        time.sleep(0.5)
    raise SystemExit("The page was not ready after 15 minutes.")


def states(page: Page) -> list[tuple[str, bytes]]:
    """Return a picture of each state of the page, by its name."""
    pictures: list[tuple[str, bytes]] = []

    def take(name: str) -> None:
        page.wait_for_timeout(250)  # fonts and focus rings settle
        pictures.append((name, page.screenshot()))

    def ask(question: str) -> None:
        page.locator("#question textarea").fill(question)
        page.locator("#question textarea").press("Enter")

    page.locator("#state[data-state=ready]").wait_for()
    page.locator("#question textarea[aria-label]").wait_for()
    take("start")
    page.route("**/healthz", lambda route: route.fulfill(json={"state": "reading"}))  # as in the first seconds
    page.reload()
    page.locator("#state[data-state=reading]").wait_for()
    page.locator("#question textarea[aria-label]").wait_for()
    take("reading")
    page.unroute("**/healthz")
    page.locator("#state[data-state=ready]").wait_for()
    ask("Is IPT used in bipolar disorder?")
    page.locator("#t1").wait_for()
    take("answer")
    page.emulate_media(media="print")
    take("printed")
    page.emulate_media(media="screen")
    page.locator("#t1 summary").first.click()
    page.locator("#t1 blockquote a.number").first.click()
    take("context")
    ask("What is a measurable objective for social isolation?")
    page.locator("#t2").wait_for()
    take("table")
    ask("What is the capital of France?")
    page.locator("#t3").wait_for()
    take("nothing")
    ask("Is IPT right for my patient Maria Lopez, born 3 May 1980?")
    page.locator("#refusal p").first.wait_for()
    take("refused")
    ask("Who is IPT for? And what is the sick role?")
    page.locator("#t4").wait_for()
    take("parts")
    page.locator("#filters summary").click()
    page.locator("#filters input[name=article]").first.wait_for()
    page.locator("#filters input[name=article]").last.check()
    page.locator("#filters input[name=tier]").first.check()
    ask("Is IPT used in bipolar disorder?")
    page.locator("#t5").wait_for()
    take("filtered")
    ask("And in adolescents?")
    page.locator("#t6").wait_for()
    take("understood")
    page.locator("#t1 .feedback summary").click()
    page.locator("#t1 .feedback textarea").focus()
    take("feedback")
    page.get_by_role("tab", name="Check a quote").click()
    page.locator("#quote textarea").fill("IPT is delivered in five phases. [9]")
    page.locator("#quote textarea").press("Enter")
    page.locator("#verdict h2").wait_for()
    take("check")
    page.get_by_role("tab", name="Ask").click()
    page.locator("#t1 button.open").first.click()
    page.locator(".reader mark").first.wait_for()
    take("reader")
    page.evaluate("scrollTo(0, 0)")
    take("article")
    page.get_by_role("tab", name="Explore").click()
    page.get_by_role("button", name="Key terms").click()
    page.locator("#passages h2", has_text="Key terms").wait_for()
    take("explore")
    return pictures


def keep(picture: bytes, path: Path) -> None:
    """Write a picture with few colours."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
