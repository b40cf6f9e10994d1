import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ipt_rag.page_replies import Replies, filter_in, questions_in
from ipt_rag.page_text import ENGLISH, LANGUAGES, SPANISH
from ipt_rag.records import Filter
from word_library import WordLibrary

ARTICLES = Path(__file__).parent / "page_articles"
SECRET = "kim.lee@example.org"


@pytest.fixture(scope="module")
def library() -> WordLibrary:
    """A library over the small articles of the page's tests."""
    return WordLibrary.over(ARTICLES)


@pytest.fixture
def replies(library: WordLibrary) -> Replies:
    """The replies of a page over those articles, without feedback."""
    return Replies(lambda: library)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param(None, Filter(), id="nothing"),
        pytest.param("T1", Filter(), id="no mapping"),
        pytest.param({"articles": "plain-article"}, Filter(), id="a text, not a list"),
        pytest.param({"articles": ["a", 1, "a"]}, Filter(articles=("a",)), id="each text once"),
        pytest.param({"tiers": ["T2", "T9"]}, Filter(tiers=("T2",)), id="only tiers that exist"),
        pytest.param({"sourced": "yes"}, Filter(), id="true and nothing else"),
        pytest.param({"sourced": True}, Filter(sourced_only=True), id="sourced"),
    ],
)
def test_a_filter_is_read_from_what_was_sent(sent: Any, expected: Filter) -> None:
    """What a browser or a program sends is taken as a filter as far as it is one."""
    assert filter_in(sent) == expected


def test_earlier_questions_are_texts() -> None:
    """Only texts in a list are earlier questions."""
    assert questions_in(["a", 1, None, "b"]) == ["a", "b"]
    assert questions_in("a") == []


def test_a_turn_holds_the_question_only_once_it_passed(replies: Replies) -> None:
    """An answer brings its question back to be shown; a refusal brings fixed words and kinds only."""
    answered = replies.turn("the bow rake levels", {"turn": 2, "language": "en"})
    assert (answered["status"], answered["question"], answered["turn"]) == ("answered", "the bow rake levels", 2)
    refused = replies.turn(f"about {SECRET}", {"turn": 3})
    assert refused.keys() == {"status", "said", "html"}
    assert SECRET not in repr(refused)


@pytest.mark.parametrize("sent", [None, [], "x", {"turn": "?"}, {"turn": None}, {"earlier": 3, "only": 4}])
def test_whatever_is_sent_along_there_is_a_reply(replies: Replies, sent: Any) -> None:
    """A malformed companion of a question ends in an answer or in the fixed sentence, never in an error."""
    assert replies.turn("the bow rake levels", sent)["status"] in ("answered", "problem")


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(lambda it: it.turn("please explode, Kim", {}), id="question"),
        pytest.param(lambda it: it.turn("   ", {"language": "es"}), id="empty question"),
        pytest.param(lambda it: it.verdict("...", "es"), id="empty quote"),
        pytest.param(lambda it: it.noted({"turn": 1, "verdict": "useful"}), id="feedback that is not asked for"),
    ],
)
def test_a_problem_is_a_sentence(replies: Replies, reply: Callable[[Replies], Any], caplog: Any) -> None:
    """What goes wrong is one sentence that repeats nothing; one that is English everywhere says so."""
    caplog.set_level(logging.DEBUG)
    packet = reply(replies)
    assert packet["status"] == "problem"
    assert packet["said"].endswith((".", "!"))
    assert "Kim" not in packet["said"] + caplog.text
    ours = {words.failed for words in LANGUAGES.values()} | {words.feedback["failed"] for words in LANGUAGES.values()}
    assert (packet.get("language") == "en") is (packet["said"] not in ours)


@pytest.mark.parametrize(
    "where",
    [{}, {"article": "gone"}, {"article": "plain-article", "start": "x", "end": 3}, {"article": ["plain-article"]}],
)
def test_an_unknown_place_is_told(replies: Replies, where: dict[str, Any]) -> None:
    """An article or a stretch that is not there is told in the reader, in the page's language."""
    assert ENGLISH.unknown_article in replies.reader({**where, "language": "en"})
    assert SPANISH.unknown_article in replies.reader({**where, "language": "es"})


def test_a_newer_index_is_shown_at_once(library: WordLibrary) -> None:
    """When another chatbot takes the place of the first, articles, lists and the check are those of its own index."""
    plain = WordLibrary.over(ARTICLES)
    plain.index.shelf.pop("hostile-article")
    held = tuple(passage for passage in plain.index.held if passage.article == "plain-article")
    newer = WordLibrary(replace(plain.index, held=held))
    now = [library]
    replies = Replies(lambda: now[0])
    assert "hostile-article" in replies.shelf()
    assert "Poison" in replies.passages({"facet": "terms"})
    assert "Poison" in replies.reader({"article": "hostile-article"})
    now[0] = newer
    assert "hostile-article" not in replies.shelf()
    assert "Poison" not in replies.passages({"facet": "terms"})
    assert ENGLISH.unknown_article in replies.reader({"article": "hostile-article"})


def test_lists_and_shelf(replies: Replies) -> None:
    """A list that does not exist is the first one; shelf and filters name every article."""
    assert replies.passages({"facet": "no such list"}) == replies.passages({"facet": "indications"})
    assert replies.passages({"facet": "terms", "language": "es-MX"}).startswith("<h2")
    assert SPANISH.facets["terms"] in replies.passages({"facet": "terms", "language": "es-MX"})
    assert dict(replies.titles()).keys() == {"plain-article", "hostile-article"}
    assert all(f'data-article="{slug}"' in replies.shelf() for slug, _ in replies.titles())
