import io

import pdfplumber
import pytest
from playwright.sync_api import Browser, Page, expect

from page.in_browser import Server, ask, opened, tab, watched

pytestmark = pytest.mark.browser

# How many of its own characters stand in a full line of an element.
LINE = """(one) => {
  const range = document.createRange(), style = getComputedStyle(one);
  range.selectNodeContents(one);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const text = one.textContent.trim();
  return one.clientWidth / (pen.measureText(text).width / text.length);
}"""


def test_lines_can_be_read(page: Page) -> None:
    """A full line of a quote and of an article holds 65 to 75 characters or a few less, never more, at a desk."""
    ask(page, "the bow rake levels")
    page.locator("#t1").wait_for()
    assert 60 <= page.locator("#t1 blockquote p").first.evaluate(LINE) <= 76
    page.locator("#t1 button.open").first.click()
    page.locator(".reader mark").first.wait_for()
    assert 60 <= page.locator(".reader .body p").first.evaluate(LINE) <= 76


def test_fonts_are_the_systems_own(browser: Browser, server: Server) -> None:
    """No font is fetched, and the page asks for the system's."""
    with watched(browser) as context:
        fonts: list[str] = []
        context.on("request", lambda request: fonts.append(request.url) if request.resource_type == "font" else None)
        page = opened(context, server)
        assert page.locator("#desk").evaluate("one => getComputedStyle(one).fontFamily").startswith("system-ui")
        assert fonts == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_printed_answer(browser: Browser, server: Server, scheme: str) -> None:
    """On paper stand the banner, question, quotes, sources and their addresses, black on white, nothing to press."""
    with watched(browser, color_scheme=scheme) as context:
        page = opened(context, server)
        ask(page, "the bow rake levels")
        page.locator("#t1").wait_for()
        page.locator("#t1 summary").first.click()
        page.emulate_media(media="print")
        for gone in (
            "#question",
            "#filters",
            "#tools",
            "#examples",
            "#about",
            "#t1 .feedback",
            "#views [role=tablist]",
        ):
            expect(page.locator(gone)).to_be_hidden()
        expect(page.locator("#t1 button.open").first).to_be_hidden()
        for text in (page.locator("#t1 h2"), page.locator("#t1 blockquote p").first):
            assert text.evaluate("one => getComputedStyle(one).color") == "rgb(0, 0, 0)"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        paper = printed(page)
        for words in (
            "LLM-generated — verify before clinical use",
            "the bow rake levels",
            "The bow rake levels heavy soil. [2] [4]",
            "The leaf rake gathers light leaves.",  # of the context, which was open
            "T2 established: manuals and expert bodies",
            "Spade B. Water and soil. 1984.",
            "https://example.org/tools?a=1&b=2",
        ):
            assert words in paper
        assert not [word for word in ("Useful", "Open article", "Filters", "New conversation") if word in paper]


def test_a_printed_article(page: Page) -> None:
    """The reader prints the article with its sources, without the list of sections and the filter."""
    tab(page, "read")
    page.locator("#shelf button.open", has_text="A plain article").click()
    page.locator(".reader h2").wait_for()
    paper = printed(page)
    for words in ("A plain article", "The bow rake levels heavy soil. [2] [4]", "Spade B. Water and soil. 1984."):
        assert words in paper
    assert not [word for word in ("Back to where", "Show", "Your question", "Hostile") if word in paper]


def printed(page: Page) -> str:
    """Return the words of the page as printed, on one line."""
    with pdfplumber.open(io.BytesIO(page.pdf())) as paper:
        return " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
