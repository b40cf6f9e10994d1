"""Online: one question in, one `Answer` out. Joins guard, query, search, ranking and decision; writes no word."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ipt_rag import settings
from ipt_rag.check import CheckedQuote, QuoteChecker, refuse_longer
from ipt_rag.corpus import parse_article
from ipt_rag.decide import Decision, Model, Models, decide, shipped_models
from ipt_rag.embed import QuestionEncoder, QuestionGraph
from ipt_rag.errors import CorpusError, QuestionError
from ipt_rag.follow_up import read_turn
from ipt_rag.index import EVERYTHING, Store, open_store
from ipt_rag.logs import logged
from ipt_rag.parts import split_question
from ipt_rag.phi import CRISIS_NOTICE, Guard, author_names, mentions_crisis
from ipt_rag.quotes import Quoter
from ipt_rag.rank import Ranked
from ipt_rag.records import Answer, Article, ArticleList, ArticleSummary, Filter, FilterName, Part, PhiFinding, Quote
from ipt_rag.search import Search, Searcher


@dataclass(frozen=True, slots=True)
class Found:
    """One question searched and decided."""

    search: Search
    best: Ranked | None  # what would be quoted first
    decision: Decision


class Chatbot:
    """Answers questions with passages of one index, or says that the articles do not; safe to call from threads."""

    def __init__(self, index: Store, encoder: QuestionEncoder, guard: Guard, models: Models) -> None:
        self.index = index
        self.searcher = Searcher(index, encoder)
        self._quoter = Quoter(index, encoder)
        self._encoder = encoder
        self._guard = guard
        self._models = models
        self._titles = index.articles()

    @classmethod
    def open(cls, index: Path | str = settings.INDEX) -> "Chatbot":
        """Return a chatbot over the current generation of an index: a folder, or what an engine holds, by its URI.

        Raises:
            IndexMissingError, IndexDamagedError: there is no whole index.
            IndexUnreachableError: the engine that holds it does not answer.
            EncoderError: the encoder is missing or not the one we know.
        """
        opened = open_store(index)
        guard = Guard(_authors(opened))
        # The guard's model loads beside the encoder's; a question that comes first waits for it.
        threading.Thread(target=guard.load, name="loading the guard", daemon=True).start()
        return cls(opened, QuestionGraph.open(opened.question_graph), guard, shipped_models())

    def current(self) -> "Chatbot":
        """Return this chatbot, or one over the generation that has taken the place of its own since it was opened.

        The encoder and the guard's model are not loaded again.

        Raises:
            IndexMissingError, IndexDamagedError: there is no whole index any more.
            IndexUnreachableError: the engine that holds it does not answer; asked again, it may.
        """
        if not self.index.replaced:
            return self
        opened = self.index.reopened()
        return Chatbot(opened, self._encoder, self._guard.knowing(_authors(opened)), self._models)

    def ask(self, question: str, *, earlier: Sequence[str] = (), ranked: int = 0, only: Filter = EVERYTHING) -> Answer:
        """Return the answer to a question, with its best `ranked` passages whatever was decided.

        Only passages that `only` lets through are searched. Where they do not answer and all the articles would, the
        reason is "filtered" and `widen` names the filters that stand in the way.

        Args:
            question: as typed.
            earlier: the asker's questions before it in this conversation, oldest first, from which a follow-up is
                completed; the latest few are read, and a conversation in which the guard finds something is refused.
            ranked: how many passages.
            only: which passages may answer.

        Raises:
            QuestionError: the question is empty or longer than is read.
            CorpusError: `only` names an article that the index does not hold.
        """
        with logged("question") as outcome:
            answer = self._reply(question, earlier, ranked, only)
            outcome.status = answer.status
            outcome.counts = {"quotes": len(answer.quotes), "earlier": len(earlier)}
            return answer

    def _reply(self, question: str, earlier: Sequence[str], ranked: int, only: Filter) -> Answer:
        if len(question) > settings.QUESTION_CHARACTERS:
            raise QuestionError(
                f"The question has {len(question):,} characters; up to {settings.QUESTION_CHARACTERS:,} are read. "
                "Ask one thing in a sentence or two."
            )
        earlier = [said for said in earlier if said.strip()][-settings.EARLIER_QUESTIONS :]
        # Both: what the turn completes, and what a program sent along without having asked it.
        if findings := self._guard.find_in_turn(question, earlier) or (
            earlier and self._guard.find("\n".join(earlier))
        ):
            kinds = tuple(dict.fromkeys(finding.kind for finding in findings))
            return Answer("refused", 0.0, (), (), (), (), "phi", kinds, _notices(question), "")
        if not question.strip():
            raise QuestionError("The question is empty. Type what you want to know about IPT.")
        if any(slug not in self._titles for slug in only.articles):
            raise CorpusError(self._no_such_article())
        turn = read_turn(question, earlier)
        questions = split_question(turn.question)
        answers = [self._answer(each, turn.article, ranked, only) for each in questions]
        answer = answers[0] if len(answers) == 1 else self._joined(questions, answers, ranked)
        answer = replace(answer, notices=_notices(question))
        return replace(answer, understood=turn.question) if turn.question != " ".join(question.split()) else answer

    def find_phi(self, text: str) -> tuple[PhiFinding, ...]:
        """Return what the guard finds in a text that is no question, such as a quote to check."""
        return self._guard.find(text)

    def check(self, quote: str) -> CheckedQuote:
        """Return whether a quote stands in the articles, word for word and with its sources; the guard reads it first.

        Raises:
            QuestionError: the quote has no word, or is longer than any quote.
        """
        refuse_longer(quote)
        if findings := self.find_phi(quote):
            return CheckedQuote("refused", tuple(dict.fromkeys(finding.kind for finding in findings)), None)
        return CheckedQuote("checked", (), self._checker.check(quote))

    @cached_property
    def _checker(self) -> QuoteChecker:
        return QuoteChecker(self.article(slug) for slug in self._titles)

    def articles(self) -> ArticleList:
        """Return which articles the index holds."""
        articles = (self.article(slug) for slug in self._titles)
        summaries = (_summary(each, len(self.index.numbers_of(each.slug))) for each in articles)
        return ArticleList(self.index.digest, tuple(summaries))

    def article(self, slug: str) -> Article:
        """Return an article as it was indexed.

        Raises:
            CorpusError: the index holds no such article.
        """
        text = self.index.article_text(slug)
        if text is None:
            raise CorpusError(self._no_such_article())
        return parse_article(Path(f"{slug}.md"), text.encode())

    def _no_such_article(self) -> str:
        return f"The index holds no article of that name. It holds: {', '.join(self._titles)}."

    def _find(self, question: str, article: str, only: Filter) -> Found:
        search = self.searcher.of_article(self.searcher.search(question, only), article)
        best = self.searcher.best(search)
        return Found(search, best, decide(self.searcher.signals(search, best), self._model(best)))

    def _model(self, hit: Ranked | None) -> Model:
        keyed = hit is not None and len(self.index.keys(hit.number)) > 1  # the first key is the section heading
        return self._models.keyed if keyed else self._models.plain

    def _answer(self, question: str, article: str, ranked: int, only: Filter) -> Answer:
        """Return the answer to a question that asks one thing."""
        found = self._find(question, article, only)
        hits, decision = found.search.hits, found.decision
        quotes = tuple(self._quoter.quote(hit, found.search) for hit in self._shown(found))
        in_order = sorted(hits, key=lambda hit: hit is not found.best)  # the best one first, then as ranked
        answer = Answer(
            status="answered" if decision.answer else "not_in_articles",
            confidence=decision.confidence,
            quotes=quotes,
            ranked=tuple(self._quoter.quote(hit, found.search) for hit in in_order[:ranked]),
            references=self._quoter.references(quotes),
            nearest=() if decision.answer else self._quoter.sections(hits),
            reason=decision.reason,
            kinds=(),
            notices=(),
            index=self.index.digest,
            cautions=self._quoter.cautions(quotes),
        )
        return self._unfiltered(answer, question, only) if only.narrows and not decision.answer else answer

    def _shown(self, found: Found) -> list[Ranked]:
        """Return the hits to quote, best first: those close to the best one, and the other article's side."""
        best, search = found.best, found.search
        if best is None or not found.decision.answer:
            return []
        least = best.score * settings.QUOTED_SHARE
        others = [hit for hit in search.hits if hit.number != best.number and hit.score >= least]
        shown = [best, *others[: settings.QUOTES - 1]]
        article_of = self.index.articles_of
        if len({article_of[hit.number] for hit in shown}) == 1:
            for hit in others:
                if article_of[hit.number] != article_of[best.number]:
                    if decide(self.searcher.signals(search, hit), self._model(hit)).answer:
                        shown[1:] = [*shown[1 : settings.QUOTES - 1], hit]
                    break
        return shown

    def _unfiltered(self, answer: Answer, question: str, only: Filter) -> Answer:
        """Return a no as all the articles would give it, or with the filters that keep their answer out."""
        found = self._find(question, "", EVERYTHING)
        nearest = self._quoter.sections(found.search.hits)
        if found.best is None or not found.decision.answer:
            confidence, reason = found.decision.confidence, found.decision.reason
            return replace(answer, confidence=confidence, reason=reason, nearest=nearest)
        active: tuple[FilterName, ...] = ("articles",) if only.articles else ()
        active += ("tiers",) if only.tiers else ()
        active += ("sourced",) if only.sourced_only else ()
        widen = self.searcher.kept_out(found.best.number, only) or active
        return replace(answer, reason="filtered", nearest=nearest, widen=widen)

    def _joined(self, questions: Sequence[str], answers: Sequence[Answer], ranked: int) -> Answer:
        """Return the answers to several questions as one: answered where any is, each part with its own quotes.

        The ranked passages of the parts take turns, so that the best of each stand at the top.
        """
        quotes = _once(quote for answer in answers for quote in answer.quotes)
        in_turn = (answer.ranked[place : place + 1] for place in range(ranked) for answer in answers)
        surest = max(answers, key=lambda answer: (answer.status == "answered", answer.confidence))
        places = {(quote.article, quote.start): place for place, quote in enumerate(quotes)}
        return replace(
            surest,
            quotes=quotes,
            ranked=_once(quote for each in in_turn for quote in each)[:ranked],
            references=self._quoter.references(quotes),
            cautions=self._quoter.cautions(quotes),
            parts=tuple(
                Part(
                    question,
                    tuple(places[quote.article, quote.start] for quote in answer.quotes),
                    answer.reason,
                    answer.nearest,
                    answer.widen,
                )
                for question, answer in zip(questions, answers, strict=True)
            ),
        )


def _summary(article: Article, passages: int) -> ArticleSummary:
    about = article.about
    return ArticleSummary(
        slug=article.slug,
        title=article.title,
        language=article.language,
        kind=about.get("kind", ""),
        version=about.get("version", ""),
        date=about.get("date", ""),
        licence=about.get("licence", ""),
        origin=about.get("origin", ""),
        sha256=article.sha256,
        passages=passages,
        sources=len(article.sources),
    )


def _authors(index: Store) -> tuple[str, ...]:
    """Return the names of the authors of all sources, which are no patients' names."""
    return author_names(source.reference for sources in index.sources().values() for source in sources.values())


def _once(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    """Return the quotes in order, each passage once, as it was met first."""
    by_place: dict[tuple[str, int], Quote] = {}
    for quote in quotes:
        by_place.setdefault((quote.article, quote.start), quote)
    return tuple(by_place.values())


def _notices(question: str) -> tuple[str, ...]:
    """Return the fixed sentences to show above whatever is answered, refused or not."""
    return (CRISIS_NOTICE,) if mentions_crisis(question) else ()
