import json

import pytest
from playwright.sync_api import Page, expect

from page.in_browser import SECRET, Server, ask

pytestmark = pytest.mark.browser


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
