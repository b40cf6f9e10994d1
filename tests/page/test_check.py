import pytest
from playwright.sync_api import Page, expect

from page.in_browser import SECRET, Server, check, tab

pytestmark = pytest.mark.browser


def test_a_quote_is_checked(page: Page, server: Server) -> None:
    """The tab says whether a sentence stands in the articles, leads into the reader, and refuses patient details."""
    tab(page, "check")
    box = page.locator("#quote textarea")
    check(page, "The bow rake levels light soil. [2]")
    expect(page.locator("#verdict h2")).to_contain_text("Changed")
    expect(page.locator("#verdict li").first).to_have_text("Word: said “light”, printed “heavy”")
    expect(box).to_have_value("The bow rake levels light soil. [2]")
    page.locator("#verdict .sources").wait_for()
    check(page, "The bow rake levels heavy soil. [9]")
    expect(page.locator("#verdict h2")).to_contain_text("Misattributed")
    check(page, f"The bow rake is for {SECRET}.")
    expect(page.locator("#check-problem")).to_contain_text("an e-mail address")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    assert SECRET not in page.content()
    assert SECRET not in server.output.read_text()
    check(page, "The bow rake levels heavy soil. [2] [4]")
    expect(page.locator("#verdict h2")).to_contain_text("Exact")
    expect(page.locator("#check-plain-article-4")).to_contain_text("T3 introductory")
    page.locator("#verdict button.open").click()
    expect(page.locator(".reader mark strong, .reader strong mark").first).to_have_text("bow rake")
