import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, expect

from ipt_rag.cli import main
from ipt_rag.feedback import read_notes
from ipt_rag.verify import Shelf, verify_export
from page.in_browser import (
    ARTICLES,
    SECRET,
    Server,
    ask,
    ask_and_hear_out,
    opened,
    served,
    watched,
    words_command,
)
from ports import free_port

pytestmark = pytest.mark.browser


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
    command = ["verify", str(tmp_path / f"export.{ending}"), "--corpus", str(ARTICLES)]
    assert CliRunner().invoke(main, command).exit_code == 0
    (tmp_path / f"export.{ending}").write_text(text.replace("levels heavy soil", "levels light soil"), "utf-8")
    assert CliRunner().invoke(main, command).exit_code == 1


def test_the_conversation_is_copied(browser: Browser, server: Server) -> None:
    """*Copy* puts the newest state of the conversation on the clipboard as Markdown, banner first."""
    with watched(browser, permissions=["clipboard-read", "clipboard-write"]) as context:
        page = opened(context, server)
        for number, question in enumerate(("the bow rake levels", "thatch rake tears"), start=1):
            ask(page, question)
            page.locator(f"#t{number}").wait_for()
        page.get_by_role("button", name="Copy", exact=True).click()
        expect(page.locator("#status")).to_have_text("Copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.index("LLM-generated") < copied.index("> The **bow rake** levels heavy soil. [2] [4]")
        assert "> The thatch rake tears thatch. **LLM**" in copied


def test_conversations_are_apart(browser: Browser, server: Server) -> None:
    """Two readers at once: each sees only their own answers, and a follow-up is completed from one's own questions."""
    with watched(browser) as one, watched(browser) as other:
        first, second = opened(one, server), opened(other, server)
        ask(first, "leaf rake gathers")
        first.locator("#t1").wait_for()
        ask(second, "spade turns heavy soil")
        second.locator("#t1").wait_for()
        ask(first, "which source?")
        expect(first.locator("#t2 .understood")).to_have_text("Understood as: leaf rake gathers")
        ask(second, "which source?")
        expect(second.locator("#t2 .understood")).to_have_text("Understood as: spade turns heavy soil")
        assert "leaf rake" not in second.locator("#t2").inner_text()
        assert first.locator("#turns > article").count() == second.locator("#turns > article").count() == 2


def test_a_new_conversation_and_a_reload_forget(page: Page) -> None:
    """*New conversation* clears the answers, and so does reloading the page."""
    ask_and_hear_out(page, "the bow rake levels")
    page.locator("#t1").wait_for()
    expect(page.locator("#about")).to_contain_text("reloading the page forgets the conversation")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#turns > article")).to_have_count(0)
    ask_and_hear_out(page, "the bow rake levels")
    page.locator("#t1").wait_for()
    page.reload()
    page.locator("#state[data-state=ready]").wait_for()
    expect(page.locator("#turns > article")).to_have_count(0)


def test_a_tab_keeps_the_conversation_where_the_operator_lets_it(browser: Browser, tmp_path: Path) -> None:
    """With the operator's settings a reload shows the answers again, with live numbers; a new tab starts empty.

    The page says so, and says beside the buttons that the question is kept with what a reader says of the answer.
    """
    port = free_port()
    with served(tmp_path, words_command(port), port, TEST_KEEP="1") as server, watched(browser) as context:
        page = opened(context, server)
        expect(page.locator("#about")).to_contain_text("this tab keeps the conversation until it is closed")
        ask(page, "the bow rake levels")
        expect(page.locator("#t1 .feedback > .hint")).to_contain_text("Your question is kept with it")
        page.get_by_role("button", name="Useful", exact=True).click()
        expect(page.locator("#t1 .noted")).to_contain_text("Noted, with your question.")
        assert [note.question for note in read_notes(server.feedback)] == ["the bow rake levels"]
        ask_and_hear_out(page, f"about {SECRET}")
        page.locator("#refusal p").first.wait_for()
        page.reload()
        page.locator("#t1 blockquote a.number").first.click()
        expect(page.locator("#t1-plain-article-2")).to_be_focused()
        assert SECRET not in page.evaluate("JSON.stringify({...sessionStorage})")
        expect(opened(context, server).locator("#turns > article")).to_have_count(0)
