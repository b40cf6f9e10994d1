"""A question -> `Search`: the passages it meets, best first, and what speaks for the best one."""

import math
import re
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ipt_rag import settings
from ipt_rag.asked import Asked, lacking, says_what_it_is, what_is_asked
from ipt_rag.decide import Signals
from ipt_rag.embed import Matrix, QuestionEncoder, TokenVectors
from ipt_rag.index import EVERYTHING, Store, cited_tiers, filters_in_the_way
from ipt_rag.maxsim import MaxSim
from ipt_rag.query import Query, content_words, stems, understand
from ipt_rag.rank import Ranked, rank
from ipt_rag.records import Filter, FilterName, Kind

ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z]\b")  # EMDR, SSRI, IPSRT: a therapy, drug class or instrument by name
STRONG = 0.6  # cosine from which a token of the question is met: half of the tokens of answerable tuning questions are
# Content words from which more say no more: nine of ten tuning questions have as many or fewer. Where it went on
# growing, whole statements were answered by whatever was near (claims of SciFact: 29 % falsely, with this 4 %).
WORDS = 6
TERM_END = re.compile(r"\s[—–-]\s|:\s")


@dataclass(frozen=True, slots=True)
class Search:
    """One question on its way: as read, as encoded, and what it met, best first."""

    question: str
    query: Query
    asked: Asked
    vector: Matrix  # shape (dim,)
    tokens: TokenVectors
    hits: Sequence[Ranked]


class Searcher:
    """Searches one index with one encoder; safe to call from threads."""

    def __init__(self, index: Store, encoder: QuestionEncoder) -> None:
        self.index = index
        self._encoder = encoder
        self._vocabulary = index.vocabulary()
        self._maxsim = MaxSim.open()
        self._sources = index.sources()
        self._terms: dict[int, frozenset[str]] = {}  # the defined words of each definition that was a candidate
        self._lock = threading.Lock()  # one encoder, one pass at a time: more threads make no pass faster

    def search(self, question: str, only: Filter = EVERYTHING) -> Search:
        """Return what a question meets among the passages that may answer, before anything is decided."""
        query = understand(question, self._vocabulary, self._encoder.vocabulary)
        asked = what_is_asked(question)
        with self._lock:
            vector, tokens = self._encoder.encode_question(query.text)
        terms = stems(" ".join(query.words))
        near = self.index.dense(vector, k=settings.CANDIDATES, only=only)[: settings.CANDIDATES]
        lexical = self.index.lexical(terms, k=settings.CANDIDATES, only=only)
        candidates = np.array(sorted({*near, *lexical}), dtype=np.int64)
        hits = rank(
            candidates,
            self._maxsim.rough(tokens.vectors @ self.index.axes.T, *self.index.rough_tokens(candidates)),
            lambda numbers: self._maxsim.exact(tokens.vectors, *self.index.all_tokens(numbers)),
            lexical=lexical,
            discounts=self._discounts(candidates, query, asked, lexical),
        )
        return Search(question, query, asked, vector, tokens, hits)

    def of_article(self, search: Search, article: str) -> Search:
        """Return a search with the hits of one article: "other" than answered first, or of a word in its title."""
        best = self.best(search)
        if not article or best is None:
            return search
        of = self.index.articles_of
        titles = self.index.articles()
        kept = {
            slug for slug, title in titles.items() if article in f"{slug} {title}".lower().replace("-", " ").split()
        }
        if article == "other":
            kept = {*titles} - {of[best.number]}
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
        asked = search.asked
        text = self.index.search_text(hit.number)
        here = self.index.stems(hit.number)
        wanted = stems(search.query.text) or stems(" ".join(search.query.words))
        rarity = [math.log((len(self.index) + 1) / (1 + self.index.holders(stem))) for stem in wanted]
        content = [bool(content_words(search.query.text[start:end])) for start, end in search.tokens.spans]
        means = self.index.means(hit.number)
        own, keys = means[0], means[1:]
        question = search.tokens.vectors.mean(axis=0)
        lacks = lacking(asked, text, self.index.keys(hit.number))
        noun = stems(asked.noun)
        return Signals(
            weakest=float(hit.closest[content].min() if any(content) else hit.closest.min()),
            dense=float(own @ search.vector),
            key=float((keys @ question).max(initial=0.0) / max(float(np.linalg.norm(question)), 1e-12)),
            coverage=sum(weight for stem, weight in zip(wanted, rarity, strict=True) if stem in here)
            / max(sum(rarity), 1e-12),
            strong=float((hit.closest >= STRONG).mean()),
            words=min(len(search.query.words), WORDS) / WORDS,
            noun=float(noun[0] in here) if noun else 0.5,
            lacks_number=float(lacks.number),
            lacks_count=float(lacks.count),
            lacks_year=float(lacks.year),
            lacks_named_year=float(lacks.named_year),
            lacks_meaning=float(lacks.meaning),
            lacks_measure=float(lacks.measure),
            asks_place=float(asked.place),
            unknown_acronym=float(
                any(word.lower() not in self._vocabulary for word in ACRONYM.findall(search.question))
            ),
        )

    def kept_out(self, number: int, only: Filter) -> tuple[FilterName, ...]:
        """Return the filters that a passage does not pass."""
        passage = self.index.passage(number)
        return filters_in_the_way(only, passage.article, cited_tiers(passage, self._sources))

    def _discounts(
        self, candidates: NDArray[np.int64], query: Query, asked: Asked, worded: Collection[int]
    ) -> NDArray[np.float64]:
        """Return what to take off each candidate's score: on the tuning questions 0.03 to 0.1 do alike.

        The definition of a term that is asked for gains instead, and so do a passage that says what the term is and
        the entry of a source list that is asked for by its number.
        """
        off: dict[Kind, float] = {}
        if not query.asks_example:
            off["vignette"] = 0.05
        if not query.asks_source:
            off["source"] = 0.05
        if not query.asks_reflection:
            off["question"] = 0.02
        numbers, kind_of = candidates.tolist(), self.index.kinds
        kinds = [kind_of[number] for number in numbers]
        discounts = np.array([off.get(kind, 0.0) for kind in kinds])
        if asked.term:
            says = [number for number in worded if says_what_it_is(asked.term, self.index.search_text(number))]
            discounts[np.isin(candidates, says)] = -0.05
        if asked.source is not None:
            for place, number in enumerate(numbers):
                if kinds[place] == "source" and asked.source in self.index.passage(number).sources:
                    discounts[place] = -0.1
        if query.asks_definition:
            asked_stems = {*stems(query.text)}
            for place, number in enumerate(numbers):
                if kinds[place] == "definition" and (term := self._term(number)) and term <= asked_stems:
                    discounts[place] = -0.05
        return discounts

    def _term(self, number: int) -> frozenset[str]:
        """Return the stems of what a definition defines: what stands before its dash."""
        if number not in self._terms:
            self._terms[number] = frozenset(stems(TERM_END.split(self.index.search_text(number), maxsplit=1)[0]))
        return self._terms[number]
