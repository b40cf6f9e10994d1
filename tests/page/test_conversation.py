import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ipt_rag.verify import Shelf, verify_export
from page.in_browser import ARTICLES, SECRET, ask, free_port, opened, served, watched, words_command

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
