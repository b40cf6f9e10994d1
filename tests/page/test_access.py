import pytest
from playwright.sync_api import Browser, Page, expect

from page.in_browser import SECRET, Server, ask, opened, violations, watched

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(browser: Browser, server: Server, scheme: str, width: int) -> None:
    """Every state is free of axe violations, light and dark, and nothing scrolls sideways."""
    with watched(browser, color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        page = opened(context, server)
        page.locator("#filters summary").click()
        page.locator("#filters input[name=article]").first.wait_for()
        found = {"empty, filters open": violations(page)}
        ask(page, "the bow rake levels heavy soil collect snails")
        page.locator("#t1").wait_for()
        for summary in page.locator("#t1 summary").all():
            summary.click()
        found["answered"] = violations(page)
        sideways = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(sideways)
        ask(page, "quantum spade")
        page.locator("#t2").wait_for()
        ask(page, f"about {SECRET}")
        page.locator("#refusal p").first.wait_for()
        found["not found and refused"] = violations(page)
        page.locator("#t1 button.open").first.click()
        page.locator(".reader mark").first.wait_for()
        found["reader"] = violations(page)
        assert not page.evaluate(sideways)
        page.get_by_role("tab", name="Explore").click()
        page.get_by_role("button", name="Treatment plan").click()
        page.locator("#passages dl").first.wait_for()
        found["explore"] = violations(page)
        assert not page.evaluate(sideways)
        assert {state: wrong for state, wrong in found.items() if wrong} == {}


def test_the_whole_job_by_keyboard(page: Page) -> None:
    """Tab and Enter alone reach the question, the numbers, the context and the article, always with a visible focus."""
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type("the bow rake levels")
    page.keyboard.press("Enter")
    page.locator("#t1").wait_for()
    passed: list[str] = []
    for _ in range(8):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "[document.activeElement.textContent.trim(), getComputedStyle(document.activeElement).outlineStyle]"
        )
        passed.append(seen[0])
        assert seen[1] != "none", seen
        if seen[0].startswith("Open article"):
            break
    assert passed == ["Ask", "Filters", "[2]", "[4]", "Context", "Open article: A plain article"]
    page.keyboard.press("Enter")
    expect(page.locator(".reader mark").first).to_be_focused()
    page.get_by_role("tab", name="Read").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#t1")).to_be_visible()


def test_the_page_speaks_the_browsers_language(browser: Browser, server: Server) -> None:
    """A Spanish browser gets Spanish words round the articles' own English, and each says which it is."""
    with watched(browser, locale="es-MX") as context:
        page = opened(context, server)
        expect(page.locator("html")).to_have_attribute("lang", "es")
        expect(page.locator("h1")).to_contain_text("Psicoterapia Interpersonal")
        expect(page.locator("#question textarea")).to_have_attribute("aria-label", "Su pregunta")
        expect(page.locator("#question .submit-button")).to_have_text("Preguntar")
        expect(page.locator("#banner")).to_have_text("LLM-generated — verify before clinical use")
        ask(page, "thatch rake tears")
        expect(page.locator("#t1 .vouched").first).to_contain_text("Redacción de un modelo de lenguaje")
        expect(page.locator("#t1 blockquote").first).to_have_attribute("lang", "en")
        page.locator("#t1 button.open").first.click()
        expect(page.locator(".reader nav h3")).to_have_text("Secciones")
        page.get_by_role("tab", name="Explorar").click()
        page.get_by_role("button", name="Términos clave").click()
        expect(page.locator("#passages h2")).to_have_text("Términos clave")
        assert violations(page) == []


@pytest.mark.parametrize("width", [360, 640])
def test_narrow_and_magnified(browser: Browser, server: Server, width: int) -> None:
    """At 360 px, and at 200 % on a desk (640 px), nothing is cut off or scrolls sideways."""
    with watched(browser, viewport={"width": width, "height": 700}) as context:
        page = opened(context, server)
        ask(page, "the bow rake levels heavy soil collect snails poison pear")
        page.locator("#t1").wait_for()
        for summary in page.locator("#t1 summary").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
