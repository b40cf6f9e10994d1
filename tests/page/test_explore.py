import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_lists_can_be_explored(page: Page) -> None:
    """Key terms and the other lists need no question, are searched as one types, and lead into the reader."""
    page.get_by_role("tab", name="Explore").click()
    page.get_by_role("button", name="Key terms").click()
    expect(page.locator("#passages h2")).to_have_text("Key terms")
    expect(page.locator("#passages li.quote")).to_have_count(3)
    page.get_by_label("Search these passages").fill("mulch")
    expect(page.locator("#passages li.quote:visible")).to_have_count(1)
    expect(page.locator("#passage-count")).to_have_text("Shown: 1")
    page.get_by_label("Search these passages").fill("mulch xyzzy")
    expect(page.locator("#passages li.quote:visible")).to_have_count(0)
    expect(page.locator("#passage-count")).to_have_text("No passage of this list has these words.")
    page.get_by_label("Search these passages").fill("mulch")
    page.locator("#passages li.quote:visible button.open").click()
    expect(page.locator(".reader mark").first).to_contain_text("Mulch")
