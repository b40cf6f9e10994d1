import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ipt_rag.feedback import read_notes
from page.in_browser import SECRET, Server, ask, every_state, opened, tab, violations, watched

pytestmark = pytest.mark.browser

# What is wider than the page, but for a table, which scrolls in a frame of its own, and what only screen readers meet.
CUT_OFF = """() => [...document.querySelectorAll("main *")].filter((one) => {
  const { left, right, width } = one.getBoundingClientRect();
  const aside = one.closest(".table, .sr, .skip, .visually-hidden");
  return width && one.checkVisibility() && !aside && (right > innerWidth + 1 || left < -1);
}).map((one) => one.outerHTML.slice(0, 160))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(browser: Browser, server: Server, scheme: str, width: int) -> None:
    """Every state is free of axe violations, light and dark, on a telephone and at a desk."""
    with watched(browser, color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        page = opened(context, server)
        found = {state: violations(page) for state in every_state(page)}
        assert {state: wrong for state, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    ("width", "locale", "zoom"),
    [
        pytest.param(320, "en-US", "100%", id="the narrowest page, 400 % on a desk"),
        pytest.param(360, "es-MX", "100%", id="a small telephone, in Spanish"),
        pytest.param(640, "en-US", "100%", id="200 % on a desk"),
        pytest.param(1280, "en-US", "200%", id="letters twice as large"),
    ],
)
def test_nothing_is_cut_off(browser: Browser, server: Server, width: int, locale: str, zoom: str) -> None:
    """Narrow or magnified, no state scrolls sideways or loses anything at its edges."""
    with watched(browser, locale=locale, viewport={"width": width, "height": 700}) as context:
        page = opened(context, server)
        page.add_style_tag(content=f"html {{ font-size: {zoom} }}")
        for state in every_state(page):
            assert page.evaluate("document.documentElement.scrollWidth") <= width, state
            assert page.evaluate(CUT_OFF) == [], state


def tab_to(page: Page, selector: str) -> Iterator[str]:
    """Press Tab until the focus is on what a selector names; yields what each stop is called, and wants it seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        here, name, seen = page.evaluate(
            """(selector) => {
              const at = document.activeElement;
              const shown = at.closest("#question .input-container, #quote .input-container") ?? at;
              return [at.matches(selector), at.getAttribute("aria-label") ?? at.textContent.trim(),
                getComputedStyle(at).outlineStyle !== "none" || getComputedStyle(shown).outlineStyle !== "none"];
            }""",
            selector,
        )
        assert seen, f"the focus on {name} cannot be seen"
        yield name
        if here:
            return
    pytest.fail(f"Tab never reaches {selector}")


def go_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what a selector names."""
    for _ in tab_to(page, selector):
        pass


def test_the_answer_by_keyboard(page: Page) -> None:
    """Tab, Enter and Escape alone reach the question, the numbers, the context and the article, and come back."""
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type("the bow rake levels")
    page.keyboard.press("Enter")
    page.locator("#t1").wait_for()
    stops = list(tab_to(page, "#t1 button.open"))
    numbers = ["[2], source 2", "[4], source 4"]
    assert stops == ["Ask", "Filters", *numbers, "Context", "Open article: A plain article"]
    page.keyboard.press("Enter")
    expect(page.locator(".reader mark").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#t1 button.open").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#t1 details.context").first).to_have_attribute("open", "")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#t1-plain-article-4")).to_be_focused()
    expect(page.locator("#t1-plain-article-4")).to_have_css("outline-width", "3px")
    expect(page.locator("#t1-plain-article-4")).to_have_css(
        "outline-offset", "-3px"
    )  # the ring covers no line around it
    page.keyboard.press("Escape")
    expect(page.locator("#t1 blockquote a.number").last).to_be_focused()


def test_filters_feedback_and_export_by_keyboard(page: Page, server: Server, tmp_path: Path) -> None:
    """Space and Enter set a filter, give feedback with a revision, and take the answer away."""
    go_to(page, "#filters summary")
    page.keyboard.press("Enter")
    page.locator("#filters input[name=article]").first.wait_for()
    go_to(page, "#filters input[name=sourced]")
    page.keyboard.press("Space")
    expect(page.locator("#filters-on")).to_have_text("1 on")
    page.locator("#question textarea").focus()
    page.keyboard.type("the bow rake levels")
    page.keyboard.press("Enter")
    expect(page.locator("#t1 .filtered")).to_be_visible()
    before = len(list(read_notes(server.feedback)))
    go_to(page, "#t1 [data-verdict=not_useful]")
    page.keyboard.press("Space")
    expect(page.locator("#t1 .noted")).to_contain_text("Noted")
    go_to(page, "#t1 .feedback summary")
    page.keyboard.press("Enter")
    go_to(page, "#t1-text")
    page.keyboard.type("Rakes level light soil.")
    go_to(page, "#t1-source")
    page.keyboard.type("Spade 1984")
    go_to(page, "#t1 [data-verdict=revision]")
    page.keyboard.press("Enter")
    page.locator("#t1 .feedback details:not([open])").wait_for()
    assert [note.verdict for note in read_notes(server.feedback)][before:] == ["not_useful", "revision"]
    go_to(page, "#tools [data-do=json]")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".json")
    go_to(page, "#tools [data-do=new]")
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#turns > article")).to_have_count(0)


def test_the_other_tabs_by_keyboard(page: Page) -> None:
    """Arrows move between the tabs; the shelf, the lists, their search and the check work by Tab and Enter."""
    go_to(page, "[data-tab-id=ask]")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-tab-id=read]")).to_be_focused()
    page.locator("#shelf button.open").first.wait_for()
    go_to(page, "#shelf button.open")
    page.keyboard.press("Enter")
    expect(page.locator(".reader h2")).to_be_focused()
    go_to(page, ".reader input[value=sourced]")
    page.keyboard.press("Space")
    expect(page.locator(".reader input[value=sourced]")).not_to_be_checked()
    page.locator("[data-tab-id=read]").focus()
    page.keyboard.press("ArrowRight")
    go_to(page, "[data-facet=terms]")
    page.keyboard.press("Enter")
    page.locator("#passages h2[data-facet=terms]").wait_for()
    go_to(page, "#passage-search")
    page.keyboard.type("mulch")
    expect(page.locator("#passages li.quote:visible")).to_have_count(1)
    go_to(page, "#passages button.open")
    page.locator("[data-tab-id=explore]").focus()
    page.keyboard.press("ArrowRight")
    go_to(page, "#quote textarea")
    page.keyboard.type("The bow rake levels light soil.")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict h2")).to_contain_text("Changed")
    go_to(page, "#verdict button.open")
    page.keyboard.press("Enter")
    expect(page.locator(".reader mark").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#verdict button.open")).to_be_focused()
    page.locator("a.skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_be_focused()  # from behind another tab too


@pytest.mark.parametrize(("motion", "behaviour"), [("reduce", "auto"), ("no-preference", "smooth")])
def test_motion(browser: Browser, server: Server, motion: str, behaviour: str) -> None:
    """The way to a source is scrolled smoothly, but not for who asked for less motion; nothing else moves for them."""
    with watched(browser, reduced_motion=motion) as context:
        page = opened(context, server)
        ask(page, "the bow rake levels")
        page.locator("#t1").wait_for()
        page.evaluate(
            "Element.prototype.scrollIntoView = function (how) { window.scrolled = how?.behavior ?? window.scrolled; }"
        )
        page.locator("#t1 blockquote a.number").first.click()
        assert page.evaluate("window.scrolled") == behaviour
        moving = """[...document.querySelectorAll("*")].filter((one) => {
          const { transitionDuration, animationName } = getComputedStyle(one);
          return animationName !== "none" || transitionDuration.split(", ").some((each) => each !== "0s");
        }).length"""
        assert motion != "reduce" or page.evaluate(moving) == 0


def test_what_changes_is_read_aloud(page: Page) -> None:
    """The lines that speak are there, empty and not hidden, before they speak, so that a screen reader hears them."""
    tab(page, "check")
    for line in ("#check-status", "#check-problem", "#status", "#problem", "#refusal"):
        spoken = page.locator(line)
        assert spoken.get_attribute("role") in ("status", "alert")
        assert spoken.evaluate("one => getComputedStyle(one).display") != "none"
        expect(spoken).to_be_empty()
    tab(page, "ask")
    ask(page, "the bow rake levels")
    expect(page.locator("#status")).to_have_text(re.compile(r"Answer 1: \d passages?, \d sources\."))
    ask(page, "quantum spade")
    expect(page.locator("#status")).to_have_text("Answer 2: the articles do not answer this.")
    ask(page, f"about {SECRET}")
    expect(page.locator("#status")).to_have_text("The message was refused and removed.")


def test_the_page_speaks_the_browsers_language(browser: Browser, server: Server) -> None:
    """A Spanish browser gets Spanish words round the articles' own English, and each says which it is."""
    with watched(browser, locale="es-MX") as context:
        page = opened(context, server)
        expect(page).to_have_title(
            "Psicoterapia Interpersonal — Las palabras de los propios artículos, con sus fuentes"
        )
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
        tab(page, "ask")
        ask(page, "   ")  # what the program says of a problem is English, and says so
        expect(page.locator("#problem p")).to_have_attribute("lang", "en")
        ask(page, "please explode now")
        expect(page.locator("#problem p")).to_have_attribute("lang", "es")
        ask(page, f"about {SECRET}")
        expect(page.locator("#refusal .refusal")).to_have_attribute("lang", "en")
