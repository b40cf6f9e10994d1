import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipt_rag.check import QuoteChecker
from ipt_rag.page_text import BANNER, ENGLISH
from ipt_rag.records import Answer, Place
from ipt_rag.render import (
    check_html,
    explore_html,
    reader_html,
    refusal_html,
    status_sentence,
    turn_html,
    turn_markdown,
)
from ipt_rag.render.article_text import LLM_TAG, cells, inline, prose
from ipt_rag.render.blocks import blocks_html
from word_library import WordLibrary

ARTICLES = Path(__file__).parent / "page_articles"


@pytest.fixture(scope="module")
def library() -> WordLibrary:
    """A library over the two small articles of the page's tests."""
    return WordLibrary.over(ARTICLES)


def shown(library: WordLibrary, question: str, turn: int = 1) -> str:
    """Return the turn as HTML."""
    answer = library.ask(question)
    return turn_html(answer, question=question, turn=turn, articles=library.index.shelf, text=ENGLISH)


class Page(HTMLParser):
    """Collects what a browser would find: tags with attributes, and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text += data


def plain(html: str) -> str:
    """Return the text a browser shows."""
    return Page(html).text


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        pytest.param("a **b** c", (), "a <strong>b</strong> c", id="bold"),
        pytest.param("a ** b", (), "a ** b", id="a lone bold mark stays"),
        pytest.param("**a** ** b", (), "<strong>a</strong> ** b", id="the odd one out stays"),
        pytest.param("2 < 3 & 4", (), "2 &lt; 3 &amp; 4", id="escaped"),
        pytest.param("one two", ((4, 7),), "one <mark>two</mark>", id="a matched word"),
        pytest.param("**one**", ((2, 5),), "<strong><mark>one</mark></strong>", id="matched inside bold"),
        pytest.param("a **b c**", ((0, 9),), "<mark>a </mark><strong><mark>b c</mark></strong>", id="across bold"),
        pytest.param(r"\[4\] \*x", (), "[4] *x", id="escapes lose their stroke"),
        pytest.param("so [4] [LLM]", (), "so <4> <LLM>", id="markers are live"),
        pytest.param("![x](u) [4](u)", (), "![x](u) [4](u)", id="Markdown links and pictures are words"),
    ],
)
def test_inline(text: str, marks: tuple[tuple[int, int], ...], expected: str) -> None:
    """Bold, markers and matched words become HTML; all else is shown as it stands."""
    assert inline(text, 0, len(text), marks=marks, link=lambda marker: f"<{marker}>") == expected


@given(st.text(alphabet="ab<>&\"'*[]4LM|\\\n -"), st.tuples(st.integers(0, 12), st.integers(0, 12)))
def test_no_tag_but_ours(text: str, mark: tuple[int, int]) -> None:
    """Whatever a text holds, the only tags that come out are those that we write."""
    html = prose(text, marks=[(min(mark), max(mark))], link=lambda marker: "<b></b>", closing=LLM_TAG)
    assert {tag for tag, _ in Page(html).tags} <= {"p", "ul", "li", "strong", "mark", "b"}


@given(st.text(alphabet="ab<>&\"' é\U0001f600"))
def test_words_stay_the_files_own(text: str) -> None:
    """A stretch without Markdown comes back character by character."""
    assert plain(inline(text, 0, len(text), link=str)) == text


def test_cells_of_a_row() -> None:
    """A bar parts cells, an escaped bar does not, and an empty cell is a cell."""
    row = r"a \| b | | c"
    assert [row[start:end] for start, end in cells(row, 0, len(row))] == [r"a \| b", "", "c"]


def test_a_quote_closes_with_its_own_numbers(library: WordLibrary) -> None:
    """Each number is a link whose target carries turn, article and number, and stands in the sources beside it."""
    page = Page(shown(library, "the bow rake levels", turn=3))
    links = [tag["href"] for name, tag in page.tags if name == "a" and tag.get("class") == "number"]
    assert links[:2] == ["#t3-plain-article-2", "#t3-plain-article-4"]
    ids = [tag["id"] for _, tag in page.tags if tag.get("id")]
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in links if link} <= set(ids)
    assert "bow rake levels heavy soil. [2] [4]" in page.text


def test_a_lead_in_stands_above_its_item(library: WordLibrary) -> None:
    """The sentence that introduces a list is shown above the item, apart from the quoted words."""
    html = shown(library, "leaf rake gathers")
    before, after = html.split("<blockquote", 1)
    assert "There are three kinds of rake:" in before
    assert "The leaf rake gathers light leaves." in plain("<blockquote" + after)


def test_a_table_row_is_shown_under_its_headings(library: WordLibrary) -> None:
    """Each cell of a row stands under the heading of its column."""
    page = Page(shown(library, "collect snails for ten mornings"))
    assert (
        "GoalFewer snailsObjectiveCollect snails for ten morningsMechanismSnails collected eat nothing [4] [1]"
        in page.text
    )
    assert ENGLISH.kinds["row"] in page.text


def test_a_vignette_is_no_finding(library: WordLibrary) -> None:
    """An illustrative example is labelled as one."""
    assert ENGLISH.kinds["vignette"] in plain(shown(library, "allotment keeper finds snails"))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("gardens water morning", "Sourced · best source T2, established"),
        ("water evening invites", "Sourced and LLM-worded · best source T1, strongest"),
        ("thatch rake tears", "LLM wording, no source of its own"),
        ("nobody knows made first", "Unmarked: the article names no source for this"),
    ],
)
def test_who_vouches_is_said_in_words(library: WordLibrary, question: str, said: str) -> None:
    """Provenance and best tier are text, whatever the colours."""
    assert said in plain(shown(library, question))


def test_matched_words_are_marked(library: WordLibrary) -> None:
    """The words that met the question are marked in the quote."""
    assert "<mark>leaf</mark> <mark>rake</mark> <mark>gathers</mark>" in shown(library, "leaf rake gathers")


def test_context_marks_the_quote_and_keeps_its_numbers_live(library: WordLibrary) -> None:
    """The paragraph round a quote shows it marked, and every number in it has an entry to go to."""
    html = shown(library, "water evening invites")
    context = html.split("<details", 1)[1].split("</details>")[0]
    assert "<mark>Water in the evening invites snails to the gardens.</mark>" in context
    ids = set(re.findall(r' id="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', context)) <= ids


def test_only_web_addresses_are_links(library: WordLibrary) -> None:
    """A source links outside only over http, says that it leaves the page, and hands over nothing."""
    page = Page(shown(library, "bow rake levels"))
    outside = [tag for name, tag in page.tags if name == "a" and tag.get("class") == "outside"]
    assert {tag["href"] for tag in outside} == {"https://example.org/gardens", "https://example.org/tools?a=1&b=2"}
    assert all(set((tag["rel"] or "").split()) >= {"noopener", "noreferrer"} for tag in outside)
    assert ENGLISH.opens_elsewhere in page.text


def test_nothing_found_offers_sections_as_buttons() -> None:
    """Without an answer the reader gets the fixed sentence, the reason and the nearest sections."""
    place = Place("plain-article", "A plain article", "Tools › Spades")
    answer = Answer("not_in_articles", 0.1, (), (), (), (place,), "fact_missing", (), (), "d")
    html = turn_html(answer, question="?", turn=1, articles={}, text=ENGLISH)
    assert ENGLISH.not_in_articles in html
    assert ENGLISH.reasons["fact_missing"] in html
    assert 'data-article="plain-article" data-section="Tools › Spades"' in html
    assert "blockquote" not in html


def test_a_place_without_a_section_is_named_once() -> None:
    """Its button carries the article's title, and no second time as the article of a section."""
    places = (Place("a", "Rakes", ""), Place("a", "Rakes", "Tools"))
    answer = Answer("not_in_articles", 0.1, (), (), (), places, "fact_missing", (), (), "d")
    html = turn_html(answer, question="?", turn=1, articles={}, text=ENGLISH)
    buttons = [plain(button) for button in re.findall(r"<button[^>]*class=\"open\".*?</button>", html)]
    assert buttons == ["Rakes", "Tools Rakes"]
    assert html.count('aria-label="Open the section') == 1


def test_parts_stand_apart_and_share_their_sources(library: WordLibrary) -> None:
    """A passage that answers two parts is shown in both, without an id twice; a part that is not answered says so."""
    question = "Which bow rake levels soil? Is there a quantum? Which bow rake levels gardens?"
    answer = library.ask(question)
    assert [len(part.quotes) for part in answer.parts][1] == 0
    assert set(answer.parts[0].quotes) & set(answer.parts[2].quotes)
    html = turn_html(answer, question=question, turn=1, articles=library.index.shelf, text=ENGLISH)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    markdown = turn_markdown(answer, question=question, text=ENGLISH)
    for part in answer.parts:
        assert f"### Asked: {part.question}" in markdown
        assert f"Asked: {part.question}</h3>" in html
    assert markdown.count(ENGLISH.not_in_articles) == html.count(ENGLISH.not_in_articles) == 1
    assert markdown.count("levels heavy soil. [2] [4]") == 2


def test_cautions_are_named(library: WordLibrary) -> None:
    """The sections of an article's cautions stand under its indications, on the page and in Markdown."""
    answer = library.ask("collect snails for ten mornings")
    html = turn_html(answer, question="?", turn=1, articles=library.index.shelf, text=ENGLISH)
    assert f"<h3>{ENGLISH.see_cautions.replace(chr(39), '&#x27;')}</h3>" in html
    assert 'data-section="Common misconceptions"' in html
    assert "- A plain article › Common misconceptions" in turn_markdown(answer, question="?", text=ENGLISH)


def test_notices_stand_above_the_quotes(library: WordLibrary) -> None:
    """Fixed notices are the only text above the quotes."""
    html = shown(library, "danger gardens water morning")
    assert html.index("A fixed notice") < html.index("<figure")


def test_hostile_words_stay_words(library: WordLibrary) -> None:
    """Scripts, pictures, forms and frames in an article or a question are shown as typed and never become tags."""
    question = "poison <img src=x onerror=alert(1)> apple plum pear stay words"
    pieces = [shown(library, f"{question} {word}") for word in ("one", "two", "three", "plum", "pear")]
    article = library.article("hostile-article")
    pieces += [reader_html(article, text=ENGLISH)]
    passages = list(library.index.held)
    pieces += [explore_html(library.index.shelf, passages, facet, ENGLISH) for facet in ENGLISH.facets]
    for html in pieces:
        tags = Page(html).tags
        assert not {name for name, _ in tags} & {"script", "img", "svg", "iframe", "form", "style", "object"}
        assert not [name for _, tag in tags for name in tag if name.startswith("on") or name == "style"]
        assert all((tag.get("href") or "#").startswith(("#", "https://")) for _, tag in tags)
    assert "<img src=x onerror=alert(1)>" in Page(pieces[0]).text


def test_the_reader_shows_the_whole_article(library: WordLibrary) -> None:
    """Every block, section and source of the file is there, and the quoted stretch is marked in its place."""
    article = library.article("plain-article")
    quote = library.ask("leaf rake gathers").quotes[0]
    html = reader_html(article, mark=(quote.start, quote.end), text=ENGLISH)
    text = " ".join(plain(html).split())
    for block in article.blocks:
        words = " ".join(re.sub(r"\*\*|\|", "", article.text[block.start : block.end]).split())
        assert words.replace(" ", "").replace("[LLM]", "LLM") in text.replace(" ", "")
    assert "<mark>The leaf rake gathers light leaves.</mark>" in html
    assert all(heading in text for block in article.blocks for heading in block.section)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_the_reader_tells_runs_apart(library: WordLibrary) -> None:
    """Each run up to a marker group says who vouches for it, so that it can be filtered."""
    article = library.article("plain-article")
    html = blocks_html(article, article.blocks[:2], link=str, text=ENGLISH)
    assert re.findall(r'data-vouched="(\w+)"', html) == ["sourced", "mixed", "mixed", "unmarked"]


def test_lists_of_passages(library: WordLibrary) -> None:
    """Key terms, questions and misconceptions are found by their kind or heading."""
    passages = list(library.index.held)
    page = {name: plain(explore_html(library.index.shelf, passages, name, ENGLISH)) for name in ENGLISH.facets}
    assert "Compost" in page["terms"]
    assert "spade" not in page["terms"]
    assert "Which rake do I avoid" in page["questions"]
    assert "Snails are a form of worm" in page["misconceptions"]
    assert "An allotment keeper" in page["examples"]
    assert '<span class="number" title="Greenhand A. On gardens. Journal of Beds. 2016;1(2):3-4.">[1]</span>' in (
        explore_html(library.index.shelf, passages, "plan", ENGLISH)
    )


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("The bow rake levels light soil.", "Word: said “light”, printed “heavy”"),
        ("The bow rake levels soil.", "Word left out: “heavy”"),
        ("The bow rake levels very heavy soil.", "Word added: “very”"),
        ("The bow rake levels heavy soil. [9]", "Sources said: 9"),
    ],
)
def test_a_verdict_says_what_differs(library: WordLibrary, quote: str, said: str) -> None:
    """A change is told as what was said and printed, left out or added; the printed sources are there to go to."""
    html = check_html(QuoteChecker(library.index.shelf.values()).check(quote), library.index.shelf, ENGLISH)
    assert f"<li>{said}</li>" in html
    ids = set(re.findall(r' id="([^"]+)"', html))
    assert ids == {"check-plain-article-2", "check-plain-article-4"}


def test_a_verdict_without_a_place(library: WordLibrary) -> None:
    """Where no article has a word of the quote, it is said that nothing is near."""
    html = check_html(QuoteChecker(library.index.shelf.values()).check("Xyzzy!"), library.index.shelf, ENGLISH)
    assert plain(html) == f"{ENGLISH.verdicts['absent']}{ENGLISH.check['nothing_near']}"


def test_kept_questions_are_told_before_feedback_is_given(library: WordLibrary) -> None:
    """Only where the operator keeps questions do the feedback buttons say so."""
    answer = library.ask("leaf rake gathers")
    for kept in (True, False):
        html = turn_html(
            answer,
            question="?",
            turn=1,
            articles=library.index.shelf,
            text=ENGLISH,
            feedback=True,
            keeps_questions=kept,
        )
        assert (ENGLISH.feedback["keeps"] in html) is kept


def test_a_refusal_holds_fixed_words_only() -> None:
    """A refusal is made of its sentences and what may be typed instead."""
    html = refusal_html(["It looks as if it holds a <name>.", "Ask again."], ["Write “my patient”."])
    assert plain(html) == "It looks as if it holds a <name>.Write “my patient”.Ask again."


def test_the_status_line_counts(library: WordLibrary) -> None:
    """The sentence read aloud gives the number of passages and sources."""
    assert status_sentence(library.ask("leaf rake gathers"), 2, ENGLISH).startswith("Answer 2: ")
    one = library.ask("gardens water morning")
    assert str(len(one.references)) in status_sentence(one, 1, ENGLISH)


def test_markdown_to_take_away(library: WordLibrary) -> None:
    """The exported turn keeps words, numbers, provenance and sources; the question cannot inject Markdown."""
    answer = library.ask("bow rake levels")
    text = turn_markdown(answer, question="# [x](y) *bow*", text=ENGLISH)
    assert text.startswith(r"## \# \[x\](y) \*bow\*")
    assert "> The **bow rake** levels heavy soil. [2] [4]" in text
    assert "- [2] (plain-article) T2 · Spade B. Water and soil. 1984." in text
    assert "<https://example.org/tools?a=1&b=2>" in text


def test_the_banner_is_the_articles_own() -> None:
    """The banner says what the articles' publisher asks for, word for word."""
    assert BANNER == "LLM-generated — verify before clinical use"
