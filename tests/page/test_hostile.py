import pytest
from playwright.sync_api import Page, expect

from page.in_browser import ask, check, tab

pytestmark = pytest.mark.browser

# What a browser would make of a payload that was not escaped, in any of the page's own HTML: an element, or an
# attribute that runs or loads.
LIVE = """() => [...document.querySelectorAll(".html-container *")].filter((one) =>
  one.matches("img, svg, iframe, form, script, style, link, meta, base, object, embed, video, audio, marquee, x-tag")
  || [...one.attributes].some(({ name }) => name.startsWith("on") || /^(style|src|srcdoc|poster)$/.test(name))
).map((one) => one.outerHTML)"""

TYPED = {
    "a script": "<script>window.pwned=1</script>",
    "the end of a script": "</script><script>window.pwned=1</script>",
    "a broken picture": "<img src=x onerror=window.pwned=1>",
    "a vector picture": "<svg/onload=window.pwned=1>",
    "a frame": "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "a fold": "<details open ontoggle=window.pwned=1>x</details>",
    "a beacon in a style": "<b style='background:url(https://evil.example/s)'>x</b>",
    "a beacon in a film": "<video poster=https://evil.example/p src=https://evil.example/v></video>",
    "a form": "<form action=https://evil.example><button>Go on</button></form>",
    "an overlay": "<div style='position:fixed;inset:0'>x</div>",
    "a reload": "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "a style sheet": "<link rel=stylesheet href=https://evil.example/x.css>",
    "another base": "<base href=https://evil.example/>",
    "a name of the page's own": "<a id=turns name=iptPage>x</a>",
    "a tag of its own": "<x-tag autofocus tabindex=0 onfocus=window.pwned=1>x</x-tag>",
    "a way out of an attribute": "\"'><img src=x onerror=window.pwned=1>",
    "a Markdown picture": "![x](https://evil.example/m.png)",
    "a Markdown link": "[x](javascript:window.pwned=1)",
    "a diagram": '```mermaid graph TD; A["<img src=x onerror=window.pwned=1>"]```',
    "a formula": "$\\href{javascript:window.pwned=1}{x}$",
    "a template": "${window.pwned=1} {{window.pwned=1}} <%= window.pwned=1 %>",
    "escaped already": "&lt;img src=x onerror=window.pwned=1&gt;",
    "written backwards": "\u202e<b>x</b>",
}


def assert_inert(page: Page) -> None:
    """Nothing ran, and nothing that could run, load or cover the page stands in any view."""
    assert page.evaluate("window.pwned") is None
    assert page.evaluate(LIVE) == []
    expect(page.locator("#turns")).to_have_count(1)


@pytest.mark.parametrize("words", ["one", "two", "three", "plum", "four", "five", "six", "seven", "eight"])
def test_hostile_articles_are_inert(page: Page, words: str) -> None:
    """Scripts, beacons, frames, forms and names in an article's text, title and sources are words in every view."""
    page.locator("#filters summary").click()
    page.get_by_label("Hostile <img src=x onerror=alert(1)> title").check()
    ask(page, f"poison {words} stay words plum")
    expect(page.locator("#t1 .filtered")).to_have_text("Filtered: Hostile <img src=x onerror=alert(1)> title")
    page.locator("#t1 summary").first.click()
    page.locator("#t1 button.open").first.click()
    page.locator(".reader mark").first.wait_for()
    expect(page.locator(".reader .body")).to_contain_text("<form action=https://evil.example>")
    tab(page, "explore")
    for facet in ("terms", "examples"):
        page.locator(f"[data-facet={facet}]").click()
        page.locator(f"#passages h2[data-facet={facet}]").wait_for()
        assert_inert(page)
    tab(page, "check")
    check(page, f"Poison {words} stay words")
    page.locator("#verdict blockquote").wait_for()
    assert_inert(page)


def test_hostile_typing_is_inert(page: Page) -> None:
    """What is typed as a question, as a quote to check or as feedback is shown as typed, and does nothing."""
    for turn, payload in enumerate(TYPED.values(), start=1):
        ask(page, f"spade turns heavy soil {payload}")
        expect(page.locator(f"#t{turn} h2")).to_have_text(f"Question {turn}: spade turns heavy soil {payload}")
    assert_inert(page)
    page.locator("#t1 .feedback summary").click()
    page.locator("#t1-text").fill(TYPED["a broken picture"])
    page.locator("#t1-source").fill(TYPED["a vector picture"])
    page.locator("#t1 [data-verdict=revision]").click()
    expect(page.locator("#t1 .noted")).to_contain_text("Noted")
    tab(page, "check")
    for payload in (TYPED["a script"], TYPED["a broken picture"], TYPED["a way out of an attribute"]):
        check(page, f"A spade turns {payload} heavy soil and invites snails.")
        expect(page.locator("#verdict li").first).to_be_visible()
        assert_inert(page)
