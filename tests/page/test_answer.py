import pytest
from playwright.sync_api import Page, expect

from page.in_browser import SECRET, ask

pytestmark = pytest.mark.browser


def test_an_answer_and_the_way_to_its_sources(page: Page) -> None:
    """Enter brings quotes with live numbers; Enter on a number goes to that source, Escape comes back."""
    ask(page, "the bow rake levels")
    quote = page.locator("#t1 figure.quote").first
    expect(quote.locator("blockquote")).to_have_text("The bow rake levels heavy soil. [2] [4]")
    expect(quote.locator("blockquote mark")).to_have_text(["bow", "rake", "levels"])
    expect(quote.locator(".vouched")).to_have_text("Sourced · best source T2, established: manuals and expert bodies")
    expect(quote.locator(".place")).to_have_text("A plain article › Tools › Spades")
    expect(page.locator("#status")).to_contain_text("Answer 1: ")
    expect(page.locator("#question textarea")).to_have_value("")
    expect(page.locator("#question textarea")).to_be_focused()
    number = quote.locator("blockquote a.number").last
    number.focus()
    page.keyboard.press("Enter")
    source = page.locator("#t1-plain-article-4")
    expect(source).to_be_focused()
    expect(source).to_be_in_viewport()
    expect(source).to_contain_text("T3")
    page.keyboard.press("Escape")
    expect(number).to_be_focused()


def test_newest_answer_stands_first_and_keeps_the_older_ones(page: Page) -> None:
    """A second answer stands above the first, and each number still goes to its own turn's source."""
    ask(page, "the bow rake levels")
    page.locator("#t1").wait_for()
    ask(page, "spade turns heavy soil")
    page.locator("#t2").wait_for()
    assert page.locator("#turns > article").evaluate_all("all => all.map(one => one.id)") == ["t2", "t1"]
    page.locator("#t1 blockquote a.number").first.click()
    expect(page.locator("#t1-plain-article-2")).to_be_focused()


def test_a_follow_up_is_shown_as_understood(page: Page) -> None:
    """The page sends its answered questions along, says what a follow-up was understood as, and forgets on demand."""
    ask(page, "leaf rake gathers")
    expect(page.locator("#t1 blockquote").first).to_be_visible()
    assert page.locator("#t1 .understood").count() == 0
    ask(page, f"is it for {SECRET}")
    expect(page.locator("#refusal")).not_to_be_empty()
    ask(page, "which source?")
    expect(page.locator("#t2 .understood")).to_have_text("Understood as: leaf rake gathers")
    first = page.locator("#t1 blockquote").first.inner_text()
    assert page.locator("#t2 blockquote").first.inner_text() == first
    page.locator("#tools [data-do=new]").click()
    ask(page, "which source?")
    expect(page.locator("#t1 h2")).to_contain_text("which source?")
    assert page.locator("#t1 .understood").count() == 0


def test_context_opens_in_place(page: Page) -> None:
    """*Context* shows the paragraph round the quote, with the quote marked."""
    ask(page, "water evening invites")
    page.locator("#t1 summary").first.click()
    expect(page.locator("#t1 details mark").first).to_have_text("Water in the evening invites snails to the gardens.")
    expect(page.locator("#t1 details").first).to_contain_text("Gardens need water in the morning.")


def test_an_example_only_fills_the_box(page: Page) -> None:
    """There are examples for each role; one fills the box and waits for Enter."""
    example = page.locator("button.example").first
    question = example.inner_text()
    example.click()
    expect(page.locator("#question textarea")).to_have_value(question)
    expect(page.locator("#question textarea")).to_be_focused()
    assert page.locator("#turns > article").count() == 0
    assert page.locator(".roles section").count() == 3


def test_several_questions_are_answered_apart(page: Page) -> None:
    """Each question of a message stands over its own quotes or its own no; the sources of all stand beside them."""
    ask(page, "Which bow rake levels soil? Is there a quantum? Which rake gathers light leaves?")
    parts = page.locator("#t1 .part")
    expect(parts.locator("h3").and_(page.locator("[id^=t1p]"))).to_have_text(
        ["Asked: Which bow rake levels soil?", "Asked: Is there a quantum?", "Asked: Which rake gathers light leaves?"]
    )
    expect(parts.nth(0).locator("blockquote").first).to_contain_text("bow rake")
    expect(parts.nth(1).locator(".nothing")).to_contain_text("The articles do not answer this.")
    expect(parts.nth(2).locator("blockquote").first).to_contain_text("leaf rake")
    parts.nth(2).locator("a.number").first.click()
    expect(page.locator("#t1-plain-article-1")).to_be_focused()


def test_cautions_stand_beside_what_they_limit(page: Page) -> None:
    """Where the answer names an article's cautions, a button opens that section."""
    ask(page, "collect snails for ten mornings")
    page.locator("#t1 .nearest button", has_text="Common misconceptions").click()
    expect(page.locator(".reader [data-sought]")).to_have_text("Common misconceptions")
    expect(page.locator(".reader [data-sought]")).to_be_focused()
