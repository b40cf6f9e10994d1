import pytest
from playwright.sync_api import Page, expect

from page.in_browser import SECRET, Server, violations

pytestmark = pytest.mark.browser


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
