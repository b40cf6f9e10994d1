"""Online: one question in, one `Answer` out. Joins guard, query, search, ranking and decision; writes no word itself."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ipt_rag import settings
from ipt_rag.corpus import parse_article
from ipt_rag.decide import Decision, Model, Signals, decide, shipped_model
from ipt_rag.embed import Encoder, Matrix, MiniLM
from ipt_rag.errors import CorpusError, QuestionError
from ipt_rag.index import Index
from ipt_rag.phi import Guard
from ipt_rag.query import Query, content_words, understand
from ipt_rag.rank import Ranked, rank, token_weights
from ipt_rag.records import Answer, Article, Passage, Place, Quote, Reference


class Chatbot:
    """Answers questions with passages of one index, or says that the articles do not; safe to call from threads."""

    def __init__(self, index: Index, encoder: Encoder, guard: Guard, model: Model) -> None:
        self.index = index
        self._encoder = encoder
        self._guard = guard
        self._model = model
        self._titles = index.articles()
        self._sources = index.sources()
        self._vocabulary = frozenset(
            word for text in index.search_texts() for word in content_words(text)
        )
        self._lock = threading.Lock()  # one encoder, one pass at a time: more threads make no pass faster

    @classmethod
    def open(cls, index: Path = settings.INDEX) -> "Chatbot":
        """Return a chatbot over the current generation of an index.

        Raises:
            IndexMissingError, IndexDamagedError: there is no whole index.
            EncoderError: the encoder is missing or not the one we know.
        """
        opened = Index.open(index)
        return cls(opened, MiniLM.open(), Guard(known_names(opened)), shipped_model())

    def ask(self, question: str, *, ranked: int = 0) -> Answer:
        """Return the answer to a question, with its best `ranked` passages whatever was decided.

        Raises:
            QuestionError: the question is empty or longer than is read.
        """
        if len(question) > settings.QUESTION_CHARACTERS:
            raise QuestionError(
                f"The question has {len(question):,} characters; up to {settings.QUESTION_CHARACTERS:,} are read. "
                "Ask one thing in a sentence or two."
            )
        if findings := self._guard.find(question):
            kinds = tuple(dict.fromkeys(finding.kind for finding in findings))
            return Answer("refused", 0.0, (), (), (), (), "phi", kinds, (), "")
        if not question.strip():
            raise QuestionError("The question is empty. Type what you want to know about IPT.")
        query = understand(question, self._vocabulary, self._encoder.vocabulary)
        with self._lock:
            vector, tokens = self._encoder.encode_question(query.text)
        hits = self._search(query, vector, tokens.vectors)
        decision = decide(self._signals(query, vector, tokens.spans, hits), query.words, self._model)
        return self._answer(query, tokens.spans, hits, decision, ranked)

    def article(self, slug: str) -> Article:
        """Return an article as it was indexed.

        Raises:
            CorpusError: the index holds no such article.
        """
        text = self.index.article_text(slug)
        if text is None:
            raise CorpusError(f"The index holds no article {slug!r}. It holds: {', '.join(self._titles)}.")
        return parse_article(Path(f"{slug}.md"), text.encode())

    def _search(self, query: Query, vector: Matrix, tokens: Matrix) -> list[Ranked]:
        dense = self.index.dense(vector, k=settings.CANDIDATES)
        lexical = self.index.lexical(query.words, k=settings.CANDIDATES)
        candidates = sorted({*dense, *(number for number, _ in lexical)})
        return rank(tokens, candidates, lambda number: self.index.tokens(number, keys=True))

    def _signals(
        self, query: Query, vector: Matrix, spans: Sequence[tuple[int, int]], hits: Sequence[Ranked]
    ) -> Signals | None:
        if not hits or not query.words:
            return None
        best = hits[0]
        content = [
            column
            for column, (start, end) in enumerate(spans)
            if any(word in query.words or query.text[start:end].lower() in word for word in content_words(query.text[start:end]))
        ]
        weakest = float(best.best[content].min()) if content else float(best.best.min())
        weights = token_weights(np.stack([hit.best for hit in hits]))
        found = {*content_words(self.index.search_text(best.number))}
        matched = [0.0 if word not in found else 1.0 for word in query.words]
        whole = self.index.tokens(best.number, keys=False).mean(axis=0)
        dense = float(vector @ (whole / max(float(np.linalg.norm(whole)), 1e-12)))
        tenth = hits[min(9, len(hits) - 1)].score
        return Signals(
            score=best.score,
            weakest=weakest,
            coverage=sum(matched) / len(matched) if matched else float(weights.sum()),
            dense=dense,
            lead=best.score - tenth,
            words=min(len(query.words), 5) / 5,
        )

    def _answer(
        self, query: Query, spans: Sequence[tuple[int, int]], hits: Sequence[Ranked], decision: Decision, ranked: int
    ) -> Answer:
        shown = [hit for hit in hits[: settings.QUOTES] if decision.answer and hit.score >= 0.9 * hits[0].score]
        passages = {hit.number: self.index.passage(hit.number) for hit in hits[: max(ranked, 10)]}
        quotes = tuple(self._quote(passages[hit.number], hit, query, spans) for hit in shown)
        cited = dict.fromkeys((quote.article, number) for quote in quotes for number in quote.sources)
        places = dict.fromkeys(self._place(passages[hit.number]) for hit in hits[:10])
        return Answer(
            status="answered" if decision.answer else "not_in_articles",
            confidence=decision.confidence,
            quotes=quotes,
            ranked=tuple(self._quote(passages[hit.number], hit, query, spans) for hit in hits[:ranked]),
            references=tuple(self._reference(article, number) for article, number in cited),
            nearest=() if decision.answer else tuple(places)[: settings.NEAREST],
            reason=decision.reason,
            kinds=(),
            notices=(),
            index=self.index.digest,
        )

    def _quote(self, passage: Passage, hit: Ranked, query: Query, spans: Sequence[tuple[int, int]]) -> Quote:
        sources = self._sources.get(passage.article, {})
        tiers = {sources[number].tier for number in passage.sources if number in sources} - {""}
        return Quote(
            text=passage.text,
            article=passage.article,
            title=self._titles[passage.article],
            section=" › ".join(passage.section),
            kind=passage.kind,
            start=passage.start,
            end=passage.end,
            lead_in=passage.lead_in,
            sources=passage.sources,
            own_sources=passage.own_sources,
            llm=passage.llm,
            provenance=passage.provenance,
            tiers=tuple(sorted(tiers)),
            score=hit.score,
            matched=(),
        )

    def _reference(self, article: str, number: int) -> Reference:
        source = self._sources[article][number]
        return Reference(article, number, source.tier, source.reference, source.address)

    def _place(self, passage: Passage) -> Place:
        return Place(passage.article, self._titles[passage.article], " › ".join(passage.section))


def known_names(index: Index) -> tuple[str, ...]:
    """Return what may name a person in the corpus: the authors of its sources."""
    return tuple(
        source.reference.split(". ")[0] for sources in index.sources().values() for source in sources.values()
    )
