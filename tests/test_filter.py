import dataclasses

import pytest

from ipt_rag.chatbot import Chatbot
from ipt_rag.errors import CorpusError
from ipt_rag.records import Filter

pytestmark = pytest.mark.model

SICK_ROLE = "What does the sick role mean?"
CLINICAL, OVERVIEW = "ipt-clinical-reference", "ipt-overview"


def test_no_filter_changes_nothing(chatbot: Chatbot) -> None:
    """An empty filter gives the very answer of none."""
    assert chatbot.ask(SICK_ROLE, only=Filter(), ranked=5) == chatbot.ask(SICK_ROLE, ranked=5)


@pytest.mark.parametrize(
    "only",
    [
        Filter(articles=(OVERVIEW,)),
        Filter(tiers=("T1",)),
        Filter(sourced_only=True),
        Filter(articles=(CLINICAL,), tiers=("T2", "T3"), sourced_only=True),
    ],
)
def test_a_filter_holds_for_all_that_is_searched(chatbot: Chatbot, only: Filter) -> None:
    """Every ranked passage passes each part of the filter, and there are as many as were asked for."""
    ranked = chatbot.ask("What happens in the phases of IPT?", ranked=10, only=only).ranked
    assert len(ranked) == 10
    for quote in ranked:
        assert not only.articles or quote.article in only.articles
        assert not only.tiers or {*quote.tiers} & {*only.tiers}
        assert not only.sourced_only or quote.sources


def test_the_filters_in_the_way_are_named(chatbot: Chatbot) -> None:
    """Where only the filter keeps the answer out, the reason says so, and widening what is named brings it back."""
    question = "Is IPT used in bipolar disorder?"
    best = chatbot.ask(question).quotes[0]
    only = Filter(articles=(OVERVIEW if best.article == CLINICAL else CLINICAL,), sourced_only=True)
    answer = chatbot.ask(question, only=only)
    assert (answer.status, answer.reason, answer.widen) == ("not_in_articles", "filtered", ("articles",))
    assert answer.nearest
    widened = chatbot.ask(question, only=dataclasses.replace(only, articles=())).quotes[0]
    assert dataclasses.replace(widened, score=best.score) == best  # a score depends on what else is searched


def test_what_no_article_answers_is_no_matter_of_filters(chatbot: Chatbot) -> None:
    """A question outside the articles gets the same no, filtered or not."""
    question = "Which spark plugs fit a 1998 lawn mower?"
    filtered, whole = chatbot.ask(question, only=Filter(tiers=("T1",))), chatbot.ask(question)
    assert (filtered.reason, filtered.widen, filtered.nearest) == (whole.reason, (), whole.nearest)


def test_an_unknown_article_is_told(chatbot: Chatbot) -> None:
    """A slug that the index does not hold is an error that names those it holds, and not what was typed."""
    with pytest.raises(CorpusError, match=f"It holds: .*{OVERVIEW}") as told:
        chatbot.ask(SICK_ROLE, only=Filter(articles=("no-such-one",)))
    assert "no-such-one" not in str(told.value)
