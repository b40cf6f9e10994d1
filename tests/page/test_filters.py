import pytest
from playwright.sync_api import Page, expect

from page.in_browser import ask

pytestmark = pytest.mark.browser


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
    page.locator("#filters input[value=T1]").check()
    ask(page, "gardens water in the morning evening snails")
    expect(page.locator("#t5 .filtered")).to_have_text("Filtered: T1")
    for vouched in page.locator("#t5 .vouched").all():
        expect(vouched).to_contain_text("best source T1")
