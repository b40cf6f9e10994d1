"""Online: one question in, one `Answer` out. Joins guard, query, search, ranking and decision; writes no word."""

import math
import re
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from ipt_rag import settings
from ipt_rag.asked import lacks, what_is_asked
from ipt_rag.corpus import parse_article
from ipt_rag.decide import Decision, Model, Models, Signals, decide, shipped_models
from ipt_rag.embed import Matrix, QuestionEncoder, QuestionGraph, TokenVectors
from ipt_rag.errors import CorpusError, QuestionError
from ipt_rag.follow_up import read_turn
from ipt_rag.index import Index
from ipt_rag.maxsim import MaxSim
from ipt_rag.phi import CRISIS_NOTICE, Guard, author_names, mentions_crisis
from ipt_rag.query import Query, content_words, stems, understand
from ipt_rag.rank import Ranked, rank
from ipt_rag.records import Answer, Article, Filter, FilterName, Passage, PhiFinding, Place, Quote, Reference

EVERYTHING = Filter()
ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z]\b")  # EMDR, SSRI, IPSRT: a therapy, drug class or instrument by name
TERM_END = re.compile(r"\s[—–-]\s|:\s")


@dataclass(frozen=True, slots=True)
class Search:
    """One question on its way: as read, as encoded, and what it met, best first."""

    question: str
    query: Query
    vector: Matrix  # shape (dim,)
    tokens: TokenVectors
    hits: Sequence[Ranked]


class Chatbot:
    """Answers questions with passages of one index, or says that the articles do not; safe to call from threads."""

    def __init__(self, index: Index, encoder: QuestionEncoder, guard: Guard, models: Models) -> None:
        self.index = index
        self._encoder = encoder
        self._guard = guard
        self._models = models
        self._titles = index.articles()
        self._sources = index.sources()
        texts = index.search_texts()
        self._vocabulary = Counter(word for text in texts for word in content_words(text))
        self._frequency = index.stem_counts()  # what is rare there tells more about a passage
        self._maxsim = MaxSim.open()
        # The defined words of each definition: what stands before its dash.
        self._terms = {
            number: {*stems(TERM_END.split(text, maxsplit=1)[0])}
            for number, text in enumerate(texts)
            if index.kinds[number] == "definition"
        }
        self._lock = threading.Lock()  # one encoder, one pass at a time: more threads make no pass faster

    @classmethod
    def open(cls, index: Path | str = settings.INDEX) -> "Chatbot":
        """Return a chatbot over the current generation of an index.

        Raises:
            IndexMissingError, IndexDamagedError: there is no whole index.
            EncoderError: the encoder is missing or not the one we know.
        """
        opened = Index.open(Path(index))
        references = (source.reference for sources in opened.sources().values() for source in sources.values())
        guard = Guard(author_names(references))
        # The guard's model loads beside the encoder's; a question that comes first waits for it.
        threading.Thread(target=guard.load, name="loading the guard", daemon=True).start()
        return cls(opened, QuestionGraph.open(opened.question_graph), guard, shipped_models())

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
        if len(question) > settings.QUESTION_CHARACTERS:
            raise QuestionError(
                f"The question has {len(question):,} characters; up to {settings.QUESTION_CHARACTERS:,} are read. "
                "Ask one thing in a sentence or two."
            )
        earlier = [said for said in earlier if said.strip()][-settings.EARLIER_QUESTIONS :]
        # Both: what the turn completes, and what a program sent along without having asked it.
        if findings := self._guard.find_in_turn(question, earlier) or self._guard.find("\n".join(earlier)):
            kinds = tuple(dict.fromkeys(finding.kind for finding in findings))
            return Answer("refused", 0.0, (), (), (), (), "phi", kinds, _notices(question), "")
        if not question.strip():
            raise QuestionError("The question is empty. Type what you want to know about IPT.")
        if any(slug not in self._titles for slug in only.articles):
            raise CorpusError(self._no_such_article())
        turn = read_turn(question, earlier)
        search = self._of_article(self.search(turn.question, only), turn.article)
        best = self.best(search)
        decision = decide(self.signals(search, best), self._model(best))
        answer = self._answer(search, best, decision, ranked)
        if only.narrows and not decision.answer:
            answer = self._unfiltered(answer, turn.question, only)
        return replace(answer, understood=turn.question) if turn.question != " ".join(question.split()) else answer

    def find_phi(self, text: str) -> tuple[PhiFinding, ...]:
        """Return what the guard finds in a text that is no question, such as a quote to check."""
        return self._guard.find(text)

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

    def search(self, question: str, only: Filter = EVERYTHING) -> Search:
        """Return what a question meets among the passages that may answer, before anything is decided."""
        query = understand(question, self._vocabulary, self._encoder.vocabulary)
        with self._lock:
            vector, tokens = self._encoder.encode_question(query.text)
        # Behind a filter each leg reads on until it has as many as without one.
        depth = len(self.index) if only.narrows else settings.CANDIDATES
        near = [number for number in self.index.dense(vector, k=depth) if not self._kept_out(number, only)]
        worded = [hit for hit in self.index.lexical(query.words, k=depth) if not self._kept_out(hit[0], only)]
        if only.narrows:
            near, worded = near[: settings.CANDIDATES], worded[: settings.CANDIDATES]
        lexical = dict(worded)
        candidates = sorted({*near, *lexical})
        asked_terms = frozenset(stems(query.text)) if query.asks_definition else frozenset()
        hits = rank(
            candidates,
            self._maxsim.rough(tokens.vectors, *self.index.rough_tokens(candidates)),
            lambda numbers: self._maxsim.exact(tokens.vectors, *self.index.all_tokens(numbers)),
            lexical=lexical,
            discounts={number: self._discount(number, query, asked_terms) for number in candidates},
        )
        return Search(question, query, vector, tokens, hits)

    def _of_article(self, search: Search, article: str) -> Search:
        """Return a search with the hits of one article: "other" than answered first, or of a word in its title."""
        best = self.best(search)
        if not article or best is None:
            return search
        of = self.index.articles_of
        kept = {
            slug
            for slug, title in self._titles.items()
            if article in f"{slug} {title}".lower().replace("-", " ").split()
        }
        if article == "other":
            kept = {*self._titles} - {of[best.number]}
        return replace(search, hits=[hit for hit in search.hits if of[hit.number] in kept]) if kept else search

    def best(self, search: Search) -> Ranked | None:
        """Return the hit that may be the first quote: an invented vignette never answers a question of fact."""
        for hit in search.hits:
            if search.query.asks_example or self.index.kinds[hit.number] != "vignette":
                return hit
        return None

    def signals(self, search: Search, hit: Ranked | None) -> Signals | None:
        """Return what speaks for and against a hit, or None where there is no hit or no content word."""
        if hit is None or not search.query.words:
            return None
        asked = what_is_asked(search.question)
        text = self.index.search_text(hit.number)
        here = self.index.stems(hit.number)
        wanted = stems(search.query.text) or stems(" ".join(search.query.words))
        rarity = [math.log((len(self.index) + 1) / (1 + self._frequency[stem])) for stem in wanted]
        content = [bool(content_words(search.query.text[start:end])) for start, end in search.tokens.spans]
        whole = self.index.tokens(hit.number).mean(axis=0)
        no_number, no_year, no_name = lacks(asked, text)
        noun = stems(asked.noun)
        return Signals(
            score=float(hit.closest.mean()),
            weakest=float(hit.closest[content].min() if any(content) else hit.closest.min()),
            dense=float(search.vector @ whole / max(float(np.linalg.norm(whole)), 1e-12)),
            key=self._closest_key(search, hit.number),
            coverage=sum(weight for stem, weight in zip(wanted, rarity, strict=True) if stem in here)
            / max(sum(rarity), 1e-12),
            unknown=sum(stem not in self._frequency for stem in wanted) / max(len(wanted), 1),
            words=min(len(search.query.words), 6) / 6,
            noun=float(noun[0] in here) if noun else 0.5,
            lacks_number=float(no_number),
            lacks_year=float(no_year),
            lacks_name=float(no_name),
            asks_place=float(asked.place),
            unknown_acronym=float(
                any(word.lower() not in self._vocabulary for word in ACRONYM.findall(search.question))
            ),
        )

    def _closest_key(self, search: Search, number: int) -> float:
        """Return the cosine of the question and the closest key of a passage, 0 where it has none."""
        question = search.tokens.vectors.mean(axis=0)
        cosines = self.index.key_vectors(number) @ question / max(float(np.linalg.norm(question)), 1e-12)
        return float(cosines.max(initial=0.0))

    def _unfiltered(self, answer: Answer, question: str, only: Filter) -> Answer:
        """Return a no as all the articles would give it, or with the filters that keep their answer out."""
        search = self.search(question)
        best = self.best(search)
        decision = decide(self.signals(search, best), self._model(best))
        nearest = self._sections(search.hits)
        if best is None or not decision.answer:
            return replace(answer, confidence=decision.confidence, reason=decision.reason, nearest=nearest)
        active: tuple[FilterName, ...] = ("articles",) if only.articles else ()
        active += ("tiers",) if only.tiers else ()
        active += ("sourced",) if only.sourced_only else ()
        return replace(answer, reason="filtered", nearest=nearest, widen=self._kept_out(best.number, only) or active)

    def _kept_out(self, number: int, only: Filter) -> tuple[FilterName, ...]:
        """Return the filters that a passage does not pass."""
        if not only.narrows:
            return ()
        tiers = self._cited_tiers[number]
        kept: list[FilterName] = []
        if only.articles and self.index.articles_of[number] not in only.articles:
            kept.append("articles")
        if only.tiers and tiers.isdisjoint(only.tiers):
            kept.append("tiers")
        if only.sourced_only and not tiers:
            kept.append("sourced")
        return tuple(kept)

    @cached_property
    def _cited_tiers(self) -> list[frozenset[str]]:
        """By passage, the tiers of its sources, "" for a source without one; empty where it carries no number."""
        passages = (self.index.passage(number) for number in range(len(self.index)))
        return [
            frozenset(self._sources[passage.article][number].tier for number in passage.sources) for passage in passages
        ]

    def _model(self, hit: Ranked | None) -> Model:
        keyed = hit is not None and len(self.index.keys(hit.number)) > 1  # the first key is the section heading
        return self._models.keyed if keyed else self._models.plain

    def _discount(self, number: int, query: Query, asked_terms: frozenset[str]) -> float:
        """Return what to take off a passage's score: on the tuning questions 0.03 to 0.1 do alike.

        The definition of a term that is asked for gains instead.
        """
        kind = self.index.kinds[number]
        if (term := self._terms.get(number)) and term <= asked_terms:
            return -0.05
        if kind == "vignette" and not query.asks_example:
            return 0.05
        return 0.02 if kind == "question" and not query.asks_reflection else 0.0

    def _shown(self, search: Search, best: Ranked | None) -> list[Ranked]:
        """Return the hits to quote, best first: those close to the best one, and the other article's side."""
        if best is None:
            return []
        least = best.score * settings.QUOTED_SHARE
        others = [hit for hit in search.hits if hit.number != best.number and hit.score >= least]
        shown = [best, *others[: settings.QUOTES - 1]]
        article_of = self.index.articles_of
        if len({article_of[hit.number] for hit in shown}) == 1:
            for hit in others:
                if article_of[hit.number] != article_of[best.number]:
                    if decide(self.signals(search, hit), self._model(hit)).answer:
                        shown[1:] = [*shown[1 : settings.QUOTES - 1], hit]
                    break
        return shown

    def _answer(self, search: Search, best: Ranked | None, decision: Decision, ranked: int) -> Answer:
        quotes = tuple(self._quote(hit, search) for hit in self._shown(search, best)) if decision.answer else ()
        cited = dict.fromkeys((quote.article, number) for quote in quotes for number in quote.sources)
        leading = [hit for hit in (best,) if hit is not None]
        in_order = [*leading, *(hit for hit in search.hits if hit not in leading)]
        return Answer(
            status="answered" if decision.answer else "not_in_articles",
            confidence=decision.confidence,
            quotes=quotes,
            ranked=tuple(self._quote(hit, search) for hit in in_order[:ranked]),
            references=tuple(self._reference(article, number) for article, number in cited),
            nearest=() if decision.answer else self._sections(search.hits),
            reason=decision.reason,
            kinds=(),
            notices=_notices(search.question),
            index=self.index.digest,
        )

    def _quote(self, hit: Ranked, search: Search) -> Quote:
        passage = self.index.passage(hit.number)
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
            matched=self._matched(hit.number, passage, search),
        )

    def _matched(self, number: int, passage: Passage, search: Search) -> tuple[tuple[int, int], ...]:
        """Return where in a passage's text stand the words that the question's content words matched."""
        own = self.index.tokens(number)
        cosines = search.tokens.vectors @ own.T
        text = self.index.search_text(number)
        spans = self._encoder.token_spans(text)
        words: set[str] = set()
        for (start, end), row in zip(search.tokens.spans, cosines, strict=True):
            if content_words(search.query.text[start:end]) and row.max(initial=0.0) >= settings.MATCHED_COSINE:
                words.update(content_words(_word_around(text, *spans[int(row.argmax())])))
        found = (
            (match.start(), match.end())
            for word in words
            for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", passage.text, re.IGNORECASE)
        )
        return tuple(sorted(found))

    def _reference(self, article: str, number: int) -> Reference:
        source = self._sources[article][number]
        return Reference(article, number, source.tier, source.reference, source.address)

    def _sections(self, hits: Sequence[Ranked]) -> tuple[Place, ...]:
        """Return the sections of the best hits, each once; a list of sources is no place to read on."""
        passages = [self.index.passage(hit.number) for hit in hits[:10] if self.index.kinds[hit.number] != "source"]
        places = (
            Place(passage.article, self._titles[passage.article], " › ".join(passage.section)) for passage in passages
        )
        return tuple(dict.fromkeys(places))[: settings.NEAREST]


def _notices(question: str) -> tuple[str, ...]:
    """Return the fixed sentences to show above whatever is answered, refused or not."""
    return (CRISIS_NOTICE,) if mentions_crisis(question) else ()


def _word_around(text: str, start: int, end: int) -> str:
    """Return the whole word that a token is a part of."""
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end]
