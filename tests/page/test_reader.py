import pytest
from playwright.sync_api import Page, expect

from page.in_browser import ask, tab

pytestmark = pytest.mark.browser


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
    expect(page.locator(".reader li", has_text="leaf rake")).to_be_hidden()  # its bullet too


@pytest.mark.parametrize("way", ["button", "Escape"])
def test_the_reader_leads_back(page: Page, way: str) -> None:
    """A button and Escape lead from the article back to the button that opened it; from the shelf there is no back."""
    ask(page, "thatch rake tears")
    opening = page.locator("#t1 button.open").first
    opening.click()
    expect(page.locator(".reader mark")).to_be_focused()
    back = page.get_by_role("button", name="Back to where you were")
    expect(back).to_be_in_viewport()
    back.click() if way == "button" else page.keyboard.press("Escape")
    expect(opening).to_be_focused()
    expect(opening).to_be_in_viewport()
    tab(page, "read")
    page.locator("#shelf button.open").last.click()
    expect(page.locator(".reader h2")).to_be_focused()
    expect(back).to_be_hidden()


def test_the_shelf_lists_the_articles(page: Page) -> None:
    """The reader's tab lists every article and opens it from its start."""
    page.get_by_role("tab", name="Read").click()
    page.locator("#shelf button.open", has_text="A plain article").click()
    expect(page.locator(".reader h2")).to_have_text("A plain article")
    expect(page.locator(".reader h2")).to_be_focused()
