import pytest
from playwright.sync_api import Page, expect

from ipt_rag.feedback import read_notes
from page.in_browser import SECRET, Server, ask

pytestmark = pytest.mark.browser


def test_feedback_is_noted_without_the_question(page: Page, server: Server) -> None:
    """A verdict and a revision are kept without a word of the question; patient details in a revision are not."""
    before = len(list(read_notes(server.feedback)))
    ask(page, "the bow rake levels")
    page.locator("#t1").get_by_role("button", name="Wrong citation").click()
    expect(page.locator("#t1 .noted")).to_contain_text("Noted, without your question.")
    page.locator("#t1 .feedback summary").click()
    buttons = page.locator("#t1 .feedback > button").last.bounding_box()
    form = page.locator("#t1 .feedback details").bounding_box()
    assert buttons is not None
    assert form is not None
    assert form["y"] >= buttons["y"] + buttons["height"]  # under the buttons, not beside them
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
