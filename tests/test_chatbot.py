import dataclasses
import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from ipt_rag.build import build_index
from ipt_rag.chatbot import Chatbot
from ipt_rag.decide import Model, Models
from ipt_rag.embed import Matrix, QuestionEncoder, TokenVectors
from ipt_rag.errors import CorpusError, IndexMissingError, QuestionError
from ipt_rag.index import Index
from ipt_rag.records import PhiFinding, Place, Reference

ALWAYS = Model({}, bias=2.0, threshold=0.0)
NEVER = Model({}, bias=-2.0, threshold=1.0)
SECRET = "xyzzy"  # what the guard of these tests takes for an identifier


class Guarding:
    """A guard that knows one secret word."""

    def knowing(self, names: Sequence[str]) -> "Guarding":
        """Return itself: names are no secret words."""
        return self

    def find(self, text: str) -> tuple[PhiFinding, ...]:
        """Return where the secret stands."""
        start = text.find(SECRET)
        return (PhiFinding("a secret word", start, start + len(SECRET)),) if start >= 0 else ()

    def find_in_turn(self, text: str, earlier: Sequence[str]) -> tuple[PhiFinding, ...]:
        """Return where the secret stands in a turn, or the turn that ends it."""
        joined = "".join((*earlier, text))
        ends = SECRET in joined and SECRET not in "".join(earlier)
        return self.find(text) or ((PhiFinding("a secret word", 0, len(text)),) if ends else ())


def chatbot_over(index: Path, encoder: QuestionEncoder, model: Model = ALWAYS) -> Chatbot:
    """Return a chatbot that always answers, or never does."""
    return Chatbot(Index.open(index), encoder, Guarding(), Models(model, model))  # type: ignore[arg-type]


@pytest.fixture
def always(small_index: Path, counting: QuestionEncoder) -> Chatbot:
    """A chatbot over the three invented articles that finds every question answered."""
    return chatbot_over(small_index, counting)


@pytest.fixture
def never(small_index: Path, counting: QuestionEncoder) -> Chatbot:
    """One that finds none answered."""
    return chatbot_over(small_index, counting, NEVER)


def test_a_quote_is_the_articles_own(always: Chatbot, articles: Path) -> None:
    """The best passage comes first, with where it stands, who vouches for it and what its numbers stand for."""
    answer = always.ask("Does tea hold caffeine?")
    quote = answer.quotes[0]
    assert (answer.status, answer.reason, answer.kinds, answer.nearest) == ("answered", "", (), ())
    assert quote.text == "“Tea is only hot water.” Tea carries caffeine, as water never does."
    assert (articles / "tea.md").read_bytes().decode()[quote.start : quote.end] == quote.text
    assert (quote.article, quote.title, quote.section) == ("tea", "Tea at Harbour House", "Common misconceptions")
    assert (quote.sources, quote.own_sources, quote.llm, quote.provenance) == ((1,), (1,), True, "mixed")
    assert quote.tiers == ("T1",)
    assert answer.references[0] == Reference(
        "tea",
        1,
        "T1",
        "Kettle A, Spout B. On kettles. Journal of Steam. 1974;2(1):3-9.",
        "https://example.org/kettles",
    )
    assert answer.index == always.index.digest


def test_each_number_is_resolved_in_its_own_article(always: Chatbot) -> None:
    """[1] of the tides is not [1] of the tea; every number of every quote has its reference, no other has one."""
    answer = always.ask("When does the tide turn, and the moon?")
    assert {quote.article for quote in answer.quotes} == {"tides"}
    cited = {(quote.article, number) for quote in answer.quotes for number in quote.sources}
    assert {(reference.article, reference.number) for reference in answer.references} == cited
    assert ("tides", 2, "T2") in {(each.article, each.number, each.tier) for each in answer.references}


def test_tiers_are_distinct_and_the_best_first(always: Chatbot) -> None:
    """A quote of several sources shows each tier once, strongest first."""
    [evening] = [q for q in always.ask("What calms the keeper?", ranked=50).ranked if q.text.startswith("Evening")]
    assert (evening.sources, evening.tiers) == ((1, 2), ("T1", "T3"))
    assert evening.lead_in
    assert evening.lead_in.text == "Hour | Leaf | Effect"


def test_not_in_the_articles(never: Chatbot) -> None:
    """Where the articles do not answer there is no quote and no reference, but a reason and where to look."""
    answer = never.ask("Does tea hold caffeine?")
    assert (answer.status, answer.quotes, answer.references) == ("not_in_articles", (), ())
    assert answer.reason in ("nothing_close", "fact_missing")
    assert answer.nearest[0] == Place("tea", "Tea at Harbour House", "Common misconceptions")
    assert 1 <= len(answer.nearest) == len(set(answer.nearest)) <= 3


def test_ranked_passages_whatever_was_decided(always: Chatbot, never: Chatbot) -> None:
    """The best K are given when asked for, answered or not, and only then."""
    assert always.ask("tea").ranked == ()
    three = never.ask("tea", ranked=3).ranked
    assert len(three) == 3
    assert three == never.ask("tea", ranked=50).ranked[:3]
    assert always.ask("tea", ranked=3).ranked[0] == always.ask("tea").quotes[0]


def test_the_guard_comes_before_the_encoder(small_index: Path) -> None:
    """A refused question is neither embedded nor searched, and its answer holds the kind and nothing else."""

    class Untouched:
        vocabulary: frozenset[str] = frozenset()

        def encode_question(self, text: str) -> tuple[Matrix, TokenVectors]:
            raise AssertionError("a refused question was embedded")

    answer = chatbot_over(small_index, Untouched()).ask(f"Who is {SECRET}?", ranked=5)  # type: ignore[arg-type]
    assert (answer.status, answer.kinds, answer.reason, answer.confidence) == ("refused", ("a secret word",), "phi", 0)
    assert (answer.quotes, answer.ranked, answer.references, answer.nearest, answer.index) == ((), (), (), (), "")
    assert SECRET not in repr(answer)


def test_a_follow_up_is_asked_in_full(always: Chatbot) -> None:
    """A follow-up has the answer of the question it is understood as; one asked in full is understood as it stands."""
    full, follow_up = always.ask("Is tea like oil?", ranked=9), always.ask("and oil?", earlier=["Is there tea?"])
    assert full.understood == ""
    assert follow_up.understood == "oil — tea?"
    again = always.ask("which source?", earlier=["Is tea like oil?"], ranked=9)
    assert again == dataclasses.replace(full, understood="Is tea like oil?")
    assert always.ask("Is tea like oil?", earlier=["Is there a tide?"], ranked=9) == full


def test_the_other_article_is_another(always: Chatbot) -> None:
    """Who asks for the other article gets none of the one that answered first."""
    first = always.ask("How does the tide follow the moon?").quotes[0].article
    other = always.ask("and the other article?", earlier=["How does the tide follow the moon?"], ranked=50)
    assert first not in {quote.article for quote in other.quotes + other.ranked}
    assert other.quotes
    named = always.ask("and the tea article?", earlier=["How does the tide follow the moon?"], ranked=50)
    assert {quote.article for quote in named.quotes + named.ranked} == {"tea"}


@pytest.mark.parametrize(
    ("earlier", "question"),
    [
        pytest.param([SECRET[:3]], SECRET[3:], id="completed by this turn"),
        pytest.param([f"Is {SECRET} low?"], "why?", id="sent along, never asked"),
    ],
)
def test_a_turn_is_guarded_with_the_ones_before(always: Chatbot, earlier: list[str], question: str) -> None:
    """An identifier in the conversation is refused at once, and nothing of any turn comes back."""
    answer = always.ask(question, earlier=earlier, ranked=5)
    assert (answer.status, answer.kinds, answer.understood, answer.ranked) == ("refused", ("a secret word",), "", ())


@pytest.mark.parametrize("question", ["", "  \n\t "])
def test_an_empty_question(always: Chatbot, question: str) -> None:
    """Nothing asked is told in one sentence."""
    with pytest.raises(QuestionError, match=r"^The question is empty\. Type what you want to know about IPT\.$"):
        always.ask(question)


def test_a_question_may_be_so_long(always: Chatbot) -> None:
    """Two thousand characters are read, one more is refused with both counts and no word of it."""
    always.ask("tea " * 500)
    with pytest.raises(QuestionError, match="2,001 characters; up to 2,000") as caught:
        always.ask("tea " * 500 + "!")
    assert "tea" not in str(caught.value)


@pytest.mark.parametrize("question", ["?", "the of and", "\ud800", "\x00", "zzz qqq", "“", "a" * 2000, "🫖"])
def test_any_string_gets_an_answer(always: Chatbot, question: str) -> None:
    """Whatever is typed, there is an answer or none, and no failure."""
    assert always.ask(question).status in ("answered", "not_in_articles")


def test_same_question_same_answer(always: Chatbot) -> None:
    """Asked twice, and from several threads at once, a question has one answer."""
    expected = always.ask("tea and the tide", ranked=5)
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(always.ask("tea and the tide", ranked=5))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def test_a_vignette_answers_only_who_asks_for_an_example(always: Chatbot) -> None:
    """An invented case is never the first quote on a question of fact, though no other passage has the word."""
    assert always.ask("coffee").quotes[0].kind != "vignette"
    assert always.ask("an example of coffee").quotes[0].kind == "vignette"


def test_matched_words_are_words_of_the_quote(always: Chatbot) -> None:
    """What is underlined stands in the quote and met a word of the question."""
    quote = always.ask("Is there caffeine in tea?").quotes[0]
    assert {quote.text[start:end].lower() for start, end in quote.matched} == {"tea", "caffeine"}


def test_an_article_as_indexed(always: Chatbot, articles: Path) -> None:
    """An article is given as it was when the index was built, whatever became of its file."""
    data = (articles / "tea.md").read_bytes()
    (articles / "tea.md").unlink()
    assert always.article("tea").text == data.decode()
    with pytest.raises(CorpusError, match="It holds: lanterns, tea, tides"):
        always.article("coffee")


def test_a_new_generation_is_answered_from(
    always: Chatbot, articles: Path, small_index: Path, counting: QuestionEncoder
) -> None:
    """Once an article is gone from the index nothing of it is quoted; without a change the chatbot stays the same."""
    assert always.current() is always
    (articles / "tea.md").unlink()
    build_index(articles, small_index, open_encoder=lambda _: counting)
    renewed = always.current()
    assert renewed.index.digest != always.index.digest
    assert {quote.article for quote in always.ask("tea", ranked=50).ranked} >= {"tea"}
    assert "tea" not in {quote.article for quote in renewed.ask("tea", ranked=50).ranked}
    assert renewed.current() is renewed


def test_without_an_index(tmp_path: Path) -> None:
    """A chatbot without an index is an error before the encoder is opened."""
    with pytest.raises(IndexMissingError, match="ipt-rag build"):
        Chatbot.open(tmp_path)


def test_several_questions_are_answered_apart(always: Chatbot) -> None:
    """Each part has the quotes that it has when asked alone; what is shown twice is held once."""
    asked = "Is there caffeine in tea? When does the tide turn?"
    answer = always.ask(asked, ranked=6)
    assert [part.question for part in answer.parts] == ["Is there caffeine in tea?", "When does the tide turn?"]
    for part in answer.parts:
        alone = always.ask(part.question)
        assert tuple(answer.quotes[place] for place in part.quotes) == alone.quotes
        assert (part.reason, alone.parts) == ("", ())
    assert len({(quote.article, quote.start) for quote in answer.quotes}) == len(answer.quotes)
    firsts = [always.ask(part.question).quotes[0] for part in answer.parts]
    assert list(answer.ranked[:2]) == firsts
    assert len(answer.ranked) == 6


def test_a_part_that_the_articles_do_not_answer(small_index: Path, counting: QuestionEncoder) -> None:
    """One part without an answer leaves the other its quotes, and says for itself why it has none."""
    model = Model({"coverage": 8.0}, bias=-4.0, threshold=0.5)
    answer = chatbot_over(small_index, counting, model).ask("What about spark plugs? Is there caffeine in tea?")
    silent, answered = answer.parts
    assert (answer.status, answer.reason) == ("answered", "")
    assert (silent.quotes, silent.reason != "", bool(silent.nearest)) == ((), True, True)
    assert (answered.quotes, answered.reason) == (tuple(range(len(answer.quotes))), "")


def test_indications_come_with_cautions(tmp_path: Path, counting: QuestionEncoder) -> None:
    """An answer out of an article's indications names the sections of that article's cautions, another names none."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "oil.md").write_text(
        "---\ntitle: Oil\nslug: oil\nlanguage: en\n---\n\n# Oil\n\n## Indications\n\nOil calms the lantern.\n\n"
        "## Cautions\n\nTea is no oil.\n\n## History\n\nThe kettle came first.\n",
        encoding="utf-8",
    )
    build_index(corpus, tmp_path / "oil", open_encoder=lambda _: counting)
    bot = chatbot_over(tmp_path / "oil", counting)
    assert bot.ask("Who uses oil in a lantern?").cautions == (Place("oil", "Oil", "Cautions"),)
    assert bot.ask("Where is the kettle?").cautions == ()


def test_a_quote_is_checked(always: Chatbot) -> None:
    """What stands in the articles is exact, one word more is a change, and a secret is refused unread."""
    exact = always.check("Tea carries caffeine, as water never does. [1]")
    assert (exact.status, exact.kinds) == ("checked", ())
    assert exact.check
    assert (exact.check.verdict, exact.check.article) == ("exact", "tea")
    changed = always.check("Tea carries no caffeine, as water never does.").check
    assert changed
    assert (changed.verdict, [(each.kind, each.said) for each in changed.changes]) == ("changed", [("negation", "no")])
    refused = always.check(f"Tea carries {SECRET}.")
    assert (refused.status, refused.kinds, refused.check) == ("refused", ("a secret word",), None)


def test_a_text_is_no_quote(always: Chatbot) -> None:
    """A text longer than any quote is told, before the guard or anything else reads it."""
    with pytest.raises(QuestionError, match="20,001 characters"):
        always.check("t" * 20_001)


def test_the_articles_are_listed(always: Chatbot, articles: Path) -> None:
    """Each article stands in the list with the digest of its file, what its head says, and its counts."""
    held = always.articles()
    assert held.index == always.index.digest
    by_slug = {each.slug: each for each in held.articles}
    assert list(by_slug) == ["lanterns", "tea", "tides"]
    tea = by_slug["tea"]
    assert (tea.title, tea.language) == ("Tea at Harbour House", "en")
    assert tea.sha256 == hashlib.sha256((articles / "tea.md").read_bytes()).hexdigest()
    assert sum(each.passages for each in held.articles) == len(always.index)
    assert (by_slug["lanterns"].sources, tea.sources) == (0, len(always.article("tea").sources))
