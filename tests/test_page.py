"""The page in a real browser; every test also fails on a request that leaves this machine and on any console error."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="playwright is not installed (make test installs it)")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from ipt_rag.feedback import read_notes
from ipt_rag.verify import Shelf, verify_export

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent
ARTICLES = Path(__file__).parent / "page_articles"
SECRET = "kim.lee@example.org"


@dataclass
class Server:
    """A page server in a process of its own, and what it wrote."""

    address: str
    output: Path
    private: Path
    feedback: Path


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


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
        yield Server(address, output, private, folder / "feedback")
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The page over the small articles."""
    port = free_port()
    with served(tmp_path_factory.mktemp("page"), words_command(port), port) as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@dataclass
class Watch:
    """What a page must not do: speak to others, or complain."""

    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a context."""
        context.on("request", lambda request: self._request(request.url))
        context.on("console", lambda line: self._console(line.type, line.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _request(self, address: str) -> None:
        if not re.match(r"(http://127\.0\.0\.1:\d+/|data:|blob:http://127\.0\.0\.1:)", address):
            self.outside.append(address)

    def _console(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)


@contextmanager
def watched(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """Yield a browser context, and fail at its end on outside requests and console errors."""
    watch = Watch()
    context = browser.new_context(
        **({"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"} | options)
    )
    context.set_default_timeout(10_000)
    watch.over(context)
    yield context
    context.close()
    assert watch.outside == []
    assert watch.complaints == []


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """The page as it opens, ready to be asked."""
    with watched(browser) as context:
        yield opened(context, server)


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


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong."""
    found = Axe().run(page).response["violations"]
    return [f"{entry['id']}: {entry['nodes'][0]['html'][:160]}" for entry in found]


def test_an_answer_and_the_way_to_its_sources(page: Page) -> None:
    """Enter brings quotes with live numbers; Enter on a number goes to that source, Escape comes back."""
    ask(page, "the bow rake levels")
    quote = page.locator("#t1 figure.quote").first
    expect(quote.locator("blockquote")).to_have_text("The bow rake levels heavy soil. [2] [4]")
    expect(page.locator("#status")).to_contain_text("Answer 1: ")
    expect(page.locator("#question textarea")).to_have_value("")
    expect(page.locator("#question textarea")).to_be_focused()
    number = quote.locator("blockquote a.number").last
    number.focus()
    page.keyboard.press("Enter")
    source = page.locator("#t1-plain-article-4")
    expect(source).to_be_focused()
    expect(source).to_be_in_viewport()
    expect(source).to_contain_text("T3")
    page.keyboard.press("Escape")
    expect(number).to_be_focused()


def test_newest_answer_stands_first_and_keeps_the_older_ones(page: Page) -> None:
    """A second answer stands above the first, and each number still goes to its own turn's source."""
    ask(page, "the bow rake levels")
    page.locator("#t1").wait_for()
    ask(page, "spade turns heavy soil")
    page.locator("#t2").wait_for()
    assert page.locator("#turns > article").evaluate_all("all => all.map(one => one.id)") == ["t2", "t1"]
    page.locator("#t1 blockquote a.number").first.click()
    expect(page.locator("#t1-plain-article-2")).to_be_focused()


def test_a_follow_up_is_shown_as_understood(page: Page) -> None:
    """The page sends its answered questions along, says what a follow-up was understood as, and forgets on demand."""
    ask(page, "leaf rake gathers")
    expect(page.locator("#t1 blockquote").first).to_be_visible()
    assert page.locator("#t1 .understood").count() == 0
    ask(page, f"is it for {SECRET}")
    expect(page.locator("#refusal")).not_to_be_empty()
    ask(page, "which source?")
    expect(page.locator("#t2 .understood")).to_have_text("Understood as: leaf rake gathers")
    first = page.locator("#t1 blockquote").first.inner_text()
    assert page.locator("#t2 blockquote").first.inner_text() == first
    page.locator("#tools [data-do=new]").click()
    ask(page, "which source?")
    expect(page.locator("#t1 h2")).to_contain_text("which source?")
    assert page.locator("#t1 .understood").count() == 0


def test_context_opens_in_place(page: Page) -> None:
    """*Context* shows the paragraph round the quote, with the quote marked."""
    ask(page, "water evening invites")
    page.locator("#t1 summary").first.click()
    expect(page.locator("#t1 details mark").first).to_have_text("Water in the evening invites snails to the gardens.")
    expect(page.locator("#t1 details").first).to_contain_text("Gardens need water in the morning.")


def test_the_reader_opens_at_the_quote(page: Page) -> None:
    """*Open article* shows the whole article, with the quote marked, in view and focused; its numbers are live."""
    ask(page, "thatch rake tears")
    page.locator("#t1 button.open").first.click()
    mark = page.locator(".reader mark")
    expect(mark).to_have_text("The thatch rake tears thatch.")
    expect(mark).to_be_in_viewport()
    expect(mark).to_be_focused()
    page.locator(".reader .body a.number").first.click()
    expect(page.locator("#read-plain-article-2")).to_be_focused()
    sourced = page.locator('.reader .run[data-vouched="sourced"]').first
    expect(sourced).to_be_visible()
    page.get_by_label("Sourced", exact=True).uncheck()
    expect(sourced).to_be_hidden()
    expect(mark).to_be_visible()


def test_nothing_found_leads_to_the_nearest_sections(page: Page) -> None:
    """Where the articles do not answer, it says so, and a nearest section opens in the reader."""
    ask(page, "quantum spade")
    expect(page.locator("#t1 .nothing")).to_contain_text("The articles do not answer this.")
    assert page.locator("#t1 blockquote").count() == 0
    page.locator("#t1 .nearest button", has_text="Spades").click()
    expect(page.locator(".reader [data-sought]")).to_be_focused()
    expect(page.locator(".reader [data-sought]")).to_have_text("Spades")


def test_a_refused_message_is_shown_nowhere(page: Page, server: Server) -> None:
    """A message with patient details leaves the box and is never rendered, stored, sent back or logged."""
    page.evaluate(
        """secret => { window.seen = 0; new MutationObserver(() => {
          if (document.body.innerText.includes(secret)) window.seen += 1;
        }).observe(document.body, { childList: true, subtree: true, characterData: true }); }""",
        SECRET,
    )
    bodies: list[str] = []
    page.on("response", lambda reply: bodies.append(reply.url))
    ask(page, f"is IPT right for {SECRET}, a gardener")
    refusal = page.locator("#refusal")
    expect(refusal).to_contain_text("an e-mail address")
    expect(refusal).to_contain_text("Ask again")
    expect(page.locator("#question textarea")).to_have_value("")
    expect(page.locator("#question textarea")).to_be_focused()
    assert page.evaluate("window.seen") == 0
    assert page.locator("#turns > article").count() == 0
    assert SECRET not in page.content()
    assert page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])"
    ) == (json.dumps([{}, {}, "", server.address + "/"], separators=(",", ":")))
    assert SECRET not in server.output.read_text()
    assert not any(SECRET in path.read_text("utf-8", "replace") for path in server.private.rglob("*") if path.is_file())
    assert not any(SECRET in address for address in bodies)
    ask(page, "spade turns heavy soil")
    expect(refusal).to_be_empty()
    page.locator("#t1").wait_for()


def test_trouble_is_one_sentence(page: Page, server: Server) -> None:
    """An unknown error shows the fixed sentence, keeps the question in the box, and logs only its class."""
    ask(page, "please explode now")
    expect(page.locator("#problem")).to_contain_text("Something went wrong here")
    expect(page.locator("#question textarea")).to_have_value("please explode now")
    assert "RuntimeError" in server.output.read_text()
    assert "explode" not in server.output.read_text()


def test_an_empty_question_is_told(page: Page) -> None:
    """An error meant for readers is shown as its sentence."""
    ask(page, "   ")
    expect(page.locator("#problem")).to_have_text("The question is empty. Type what you want to know about IPT.")


def test_an_example_only_fills_the_box(page: Page) -> None:
    """There are examples for each role; one fills the box and waits for Enter."""
    example = page.locator("button.example").first
    question = example.inner_text()
    example.click()
    expect(page.locator("#question textarea")).to_have_value(question)
    expect(page.locator("#question textarea")).to_be_focused()
    assert page.locator("#turns > article").count() == 0
    assert page.locator(".roles section").count() == 3


@pytest.mark.parametrize("question", ["poison apple one", "poison apple two", "poison apple three", "poison plum"])
def test_hostile_words_are_inert(page: Page, question: str) -> None:
    """Scripts, beacons, frames and forms in articles and questions do nothing in any view."""
    ask(page, f"{question} <img src=https://evil.example/x onerror='window.pwned=10'> ${{window.pwned=11}} {{{{7*7}}}}")
    page.locator("#t1 figure").first.wait_for()
    expect(page.locator("#t1 h2")).to_contain_text("<img src=https://evil.example/x")
    page.locator("#t1 summary").first.click()
    page.locator("#t1 button.open").first.click()
    page.locator(".reader mark").first.wait_for()
    page.get_by_role("tab", name="Explore").click()
    page.locator("#passages h2").wait_for()
    assert page.evaluate("window.pwned") is None
    inserted = "#turns, #reader, #shelf, #passages"
    assert page.locator(f":is({inserted}) :is(img, svg, iframe, form, script, style, object)").count() == 0


def test_lists_can_be_explored(page: Page) -> None:
    """Key terms and the other lists need no question, are searched as one types, and lead into the reader."""
    page.get_by_role("tab", name="Explore").click()
    page.get_by_role("button", name="Key terms").click()
    expect(page.locator("#passages h2")).to_have_text("Key terms")
    expect(page.locator("#passages li.quote")).to_have_count(2)
    page.get_by_label("Search these passages").fill("mulch")
    expect(page.locator("#passages li.quote:visible")).to_have_count(1)
    expect(page.locator("#passage-count")).to_have_text("1 passages shown")
    page.locator("#passages li.quote:visible button.open").click()
    expect(page.locator(".reader mark").first).to_contain_text("Mulch")


def test_the_shelf_lists_the_articles(page: Page) -> None:
    """The reader's tab lists every article and opens it from its start."""
    page.get_by_role("tab", name="Read").click()
    page.locator("#shelf button.open", has_text="A plain article").click()
    expect(page.locator(".reader h2")).to_have_text("A plain article")
    expect(page.locator(".reader h2")).to_be_focused()


@pytest.mark.parametrize(("kind", "ending"), [("Markdown", "md"), ("JSON", "json"), ("HTML", "html")])
def test_answers_can_be_taken_away(page: Page, tmp_path: Path, kind: str, ending: str) -> None:
    """An exported conversation holds quotes, numbers, sources, tiers, banner, digest and date, and it verifies."""
    ask(page, "the bow rake levels")
    page.locator("#t1").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name=kind, exact=True).click()
    assert download.value.suggested_filename.endswith(f".{ending}")
    text = download.value.path().read_text("utf-8")
    for part in ("bow rake", "Spade B. Water and soil. 1984.", "T2", "LLM-generated", "0123456789abcdef"):
        assert part in text
    assert re.search(r"20\d\d-\d\d-\d\d", text)
    if kind == "JSON":
        quote = json.loads(text)["turns"][0]["answer"]["quotes"][0]
        article = (ARTICLES / "plain.md").read_text("utf-8")
        assert article[quote["start"] : quote["end"]] == quote["text"] == "The **bow rake** levels heavy soil."
    verified = verify_export(download.value.path().rename(tmp_path / f"export.{ending}"), Shelf.of_corpus(ARTICLES))
    assert verified.differences == ()
    assert verified.quotes >= 1
    assert verified.sources >= 2
    (tmp_path / f"export.{ending}").write_text(text.replace("levels heavy soil", "levels light soil"), "utf-8")
    assert verify_export(tmp_path / f"export.{ending}", Shelf.of_corpus(ARTICLES)).differences


def test_a_new_conversation_and_a_reload_forget(page: Page) -> None:
    """*New conversation* clears the answers, and so does reloading the page."""
    ask(page, "the bow rake levels")
    page.locator("#t1").wait_for()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#turns > article")).to_have_count(0)
    ask(page, "the bow rake levels")
    page.locator("#t1").wait_for()
    page.reload()
    page.locator("#state[data-state=ready]").wait_for()
    expect(page.locator("#turns > article")).to_have_count(0)


def test_a_tab_keeps_the_conversation_where_the_operator_lets_it(browser: Browser, tmp_path: Path) -> None:
    """With the operator's setting a reload shows the answers again, with live numbers; a new tab starts empty."""
    port = free_port()
    with served(tmp_path, words_command(port), port, TEST_KEEP="1") as server, watched(browser) as context:
        page = opened(context, server)
        ask(page, "the bow rake levels")
        page.locator("#t1").wait_for()
        ask(page, f"about {SECRET}")
        page.locator("#refusal p").first.wait_for()
        page.reload()
        page.locator("#t1 blockquote a.number").first.click()
        expect(page.locator("#t1-plain-article-2")).to_be_focused()
        assert SECRET not in page.evaluate("JSON.stringify({...sessionStorage})")
        expect(opened(context, server).locator("#turns > article")).to_have_count(0)


def test_filters_change_the_search(page: Page) -> None:
    """A ticked filter keeps passages out, the answer says so, and an empty result says what to widen."""
    page.locator("#filters summary").click()
    page.get_by_label("A plain article").check()
    page.get_by_label("Only sentences that carry a source number").check()
    expect(page.locator("#filters-on")).to_have_text("2 on")
    ask(page, "the bow rake levels")
    expect(page.locator("#t1 .filtered")).to_have_text("Filtered: A plain article, only with a source number")
    expect(page.locator("#t1 blockquote").first).to_contain_text("bow rake levels heavy soil")
    ask(page, "thatch rake tears thatch")
    page.locator("#t2").wait_for()
    expect(page.locator("#t2 blockquote", has_text="thatch rake tears")).to_have_count(0)
    ask(page, "tears thatch")
    expect(page.locator("#t3 .nothing")).to_contain_text("not within your filters. Widen: only with a source number.")
    page.locator("#t3").get_by_role("button", name="Clear filters").click()
    expect(page.locator("#question textarea")).to_have_value("tears thatch")
    expect(page.locator("#filters input:checked")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#t4 blockquote").first).to_contain_text("The thatch rake tears thatch.")


def test_a_quote_is_checked(page: Page, server: Server) -> None:
    """The tab says whether a sentence stands in the articles, leads into the reader, and refuses patient details."""
    page.get_by_role("tab", name="Check a quote").click()
    box = page.locator("#quote textarea")
    box.fill("The bow rake levels light soil. [2]")
    box.press("Enter")
    expect(page.locator("#verdict h2")).to_contain_text("Changed")
    expect(page.locator("#verdict li").first).to_have_text("Word: said “light”, printed “heavy”")
    expect(box).to_have_value("The bow rake levels light soil. [2]")
    assert violations(page) == []
    box.fill("The bow rake levels heavy soil. [9]")
    box.press("Enter")
    expect(page.locator("#verdict h2")).to_contain_text("Misattributed")
    box.fill(f"The bow rake is for {SECRET}.")
    box.press("Enter")
    expect(page.locator("#check-problem")).to_contain_text("an e-mail address")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    assert SECRET not in page.content()
    assert SECRET not in server.output.read_text()
    box.fill("The bow rake levels heavy soil. [2] [4]")
    box.press("Enter")
    expect(page.locator("#verdict h2")).to_contain_text("Exact")
    page.locator("#verdict button.open").click()
    expect(page.locator(".reader mark strong, .reader strong mark").first).to_have_text("bow rake")


def test_feedback_is_noted_without_the_question(page: Page, server: Server) -> None:
    """A verdict and a revision are kept without a word of the question; patient details in a revision are not."""
    before = len(list(read_notes(server.feedback)))
    ask(page, "the bow rake levels")
    page.locator("#t1").get_by_role("button", name="Wrong citation").click()
    expect(page.locator("#t1 .noted")).to_contain_text("Noted, without your question.")
    page.locator("#t1 .feedback summary").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#t1 .noted")).to_contain_text("needs both its text and the source")
    page.get_by_label("What the article should say").fill(f"Rakes, says {SECRET}")
    page.get_by_label("Source (required)").fill("Spade 1984")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#t1 .noted")).to_contain_text("an e-mail address")
    expect(page.get_by_label("What the article should say")).to_have_value("")
    page.get_by_label("What the article should say").fill("The rake levels light soil.")
    page.get_by_label("Source (required)").fill("Spade 1984")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#t1 .noted")).to_contain_text("Noted")
    notes = list(read_notes(server.feedback))[before:]
    assert [note.verdict for note in notes] == ["wrong_citation", "revision"]
    assert notes[1].text == "The rake levels light soil."
    assert notes[0].passages[0].startswith("plain-article:")
    kept = (server.feedback / "feedback.sqlite").read_bytes()
    assert b"the bow rake levels" not in kept
    assert SECRET.encode() not in kept


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(browser: Browser, server: Server, scheme: str, width: int) -> None:
    """Every state is free of axe violations, light and dark, and nothing scrolls sideways."""
    with watched(browser, color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        page = opened(context, server)
        page.locator("#filters summary").click()
        page.locator("#filters input[name=article]").first.wait_for()
        found = {"empty, filters open": violations(page)}
        ask(page, "the bow rake levels heavy soil collect snails")
        page.locator("#t1").wait_for()
        for summary in page.locator("#t1 summary").all():
            summary.click()
        found["answered"] = violations(page)
        sideways = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(sideways)
        ask(page, "quantum spade")
        page.locator("#t2").wait_for()
        ask(page, f"about {SECRET}")
        page.locator("#refusal p").first.wait_for()
        found["not found and refused"] = violations(page)
        page.locator("#t1 button.open").first.click()
        page.locator(".reader mark").first.wait_for()
        found["reader"] = violations(page)
        assert not page.evaluate(sideways)
        page.get_by_role("tab", name="Explore").click()
        page.get_by_role("button", name="Treatment plan").click()
        page.locator("#passages dl").first.wait_for()
        found["explore"] = violations(page)
        assert not page.evaluate(sideways)
        assert {state: wrong for state, wrong in found.items() if wrong} == {}


def test_the_whole_job_by_keyboard(page: Page) -> None:
    """Tab and Enter alone reach the question, the numbers, the context and the article, always with a visible focus."""
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type("the bow rake levels")
    page.keyboard.press("Enter")
    page.locator("#t1").wait_for()
    passed: list[str] = []
    for _ in range(8):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "[document.activeElement.textContent.trim(), getComputedStyle(document.activeElement).outlineStyle]"
        )
        passed.append(seen[0])
        assert seen[1] != "none", seen
        if seen[0].startswith("Open article"):
            break
    assert passed == ["Ask", "Filters", "[2]", "[4]", "Context", "Open article: A plain article"]
    page.keyboard.press("Enter")
    expect(page.locator(".reader mark").first).to_be_focused()
    page.get_by_role("tab", name="Read").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#t1")).to_be_visible()


def test_the_page_speaks_the_browsers_language(browser: Browser, server: Server) -> None:
    """A Spanish browser gets Spanish words round the articles' own English, and each says which it is."""
    with watched(browser, locale="es-MX") as context:
        page = opened(context, server)
        expect(page.locator("html")).to_have_attribute("lang", "es")
        expect(page.locator("h1")).to_contain_text("Psicoterapia Interpersonal")
        expect(page.locator("#question textarea")).to_have_attribute("aria-label", "Su pregunta")
        expect(page.locator("#question .submit-button")).to_have_text("Preguntar")
        expect(page.locator("#banner")).to_have_text("LLM-generated — verify before clinical use")
        ask(page, "thatch rake tears")
        expect(page.locator("#t1 .vouched").first).to_contain_text("Redacción de un modelo de lenguaje")
        expect(page.locator("#t1 blockquote").first).to_have_attribute("lang", "en")
        page.locator("#t1 button.open").first.click()
        expect(page.locator(".reader nav h3")).to_have_text("Secciones")
        page.get_by_role("tab", name="Explorar").click()
        page.get_by_role("button", name="Términos clave").click()
        expect(page.locator("#passages h2")).to_have_text("Términos clave")
        assert violations(page) == []


@pytest.mark.parametrize("width", [360, 640])
def test_narrow_and_magnified(browser: Browser, server: Server, width: int) -> None:
    """At 360 px, and at 200 % on a desk (640 px), nothing is cut off or scrolls sideways."""
    with watched(browser, viewport={"width": width, "height": 700}) as context:
        page = opened(context, server)
        ask(page, "the bow rake levels heavy soil collect snails poison pear")
        page.locator("#t1").wait_for()
        for summary in page.locator("#t1 summary").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_shows_while_the_articles_are_read(browser: Browser, tmp_path: Path) -> None:
    """The page opens at once with an honest state; the first question waits and is answered."""
    port = free_port()
    with (
        served(tmp_path, words_command(port, reading_s=6), port, wait_for="reading") as slow,
        watched(browser) as context,
    ):
        page = context.new_page()
        page.goto(slow.address)
        page.locator("#question textarea[aria-label]").wait_for()
        expect(page.locator("#state")).to_have_text("Reading the articles…")
        ask(page, "the bow rake levels")
        expect(page.locator("#status")).to_contain_text("still being read")
        expect(page.locator("#t1")).to_be_visible(timeout=20_000)
        expect(page.locator("#state")).to_have_text("Ready")


def real_program(index: Path, port: int) -> list[str]:
    """Return the command that opens `app.py` over the page's articles."""
    options = {"--corpus": ARTICLES, "--index": index, "--port": port}
    return [sys.executable, "app.py", *(str(part) for option in options.items() for part in option)]


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
