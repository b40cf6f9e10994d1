import pytest
from playwright.sync_api import Page, expect

from page.in_browser import ask

pytestmark = pytest.mark.browser


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
