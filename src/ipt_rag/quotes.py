"""Hits -> what is shown of them: quotes with their place and provenance, references, sections to read on in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial

from ipt_rag import settings
from ipt_rag.embed import QuestionEncoder
from ipt_rag.facets import facet_of
from ipt_rag.index import Store
from ipt_rag.query import content_words
from ipt_rag.quoting import quote_of
from ipt_rag.rank import Ranked
from ipt_rag.records import Passage, Place, Quote, Reference
from ipt_rag.search import Search


class Quoter:
    """Quotes the passages of one index."""

    def __init__(self, index: Store, encoder: QuestionEncoder) -> None:
        self._index = index
        self._encoder = encoder
        self._titles = index.articles()
        self._sources = index.sources()
        # Of a function, not of a method: a cache that held this object would keep a replaced index open.
        self._places_of = cache(partial(_places, index, self._titles))

    def quote(self, hit: Ranked, search: Search) -> Quote:
        """Return a hit as it is shown, with the words that met the question."""
        passage = self._index.passage(hit.number)
        return quote_of(
            passage,
            title=self._titles[passage.article],
            sources=self._sources.get(passage.article, {}),
            score=hit.score,
            matched=self._matched(hit.number, passage, search),
        )

    def references(self, quotes: Iterable[Quote]) -> tuple[Reference, ...]:
        """Return what the numbers of the quotes stand for, each once, in the order of the quotes."""
        cited = dict.fromkeys((quote.article, number) for quote in quotes for number in quote.sources)
        return tuple(self._reference(article, number) for article, number in cited)

    def sections(self, hits: Sequence[Ranked]) -> tuple[Place, ...]:
        """Return the sections of the best hits, each once; a list of sources is no place to read on."""
        passages = [self._index.passage(hit.number) for hit in hits[:10] if self._index.kinds[hit.number] != "source"]
        return tuple(dict.fromkeys(_place(self._titles, each) for each in passages))[: settings.NEAREST]

    def cautions(self, quotes: Iterable[Quote]) -> tuple[Place, ...]:
        """Return the sections of cautions of the articles whose indications are quoted; none that is quoted itself."""
        quoted = dict.fromkeys(Place(quote.article, quote.title, quote.section) for quote in quotes)
        slugs = dict.fromkeys(
            place.article for place in quoted if place in self._places_of(place.article, "indications")
        )
        return tuple(place for slug in slugs for place in self._places_of(slug, "cautions") if place not in quoted)

    def _reference(self, article: str, number: int) -> Reference:
        source = self._sources[article][number]
        return Reference(article, number, source.tier, source.reference, source.address)

    def _matched(self, number: int, passage: Passage, search: Search) -> tuple[tuple[int, int], ...]:
        """Return where in a passage's text stand the words that the question's content words matched."""
        own = self._index.tokens(number)
        cosines = search.tokens.vectors @ own.T
        text = self._index.search_text(number)
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


def _places(index: Store, titles: Mapping[str, str], slug: str, facet: str) -> tuple[Place, ...]:
    """Return the sections of an article that hold passages of a list, each once, in order."""
    passages = map(index.passage, index.numbers_of(slug))
    return tuple(dict.fromkeys(_place(titles, passage) for passage in passages if facet_of(facet, passage)))


def _place(titles: Mapping[str, str], passage: Passage) -> Place:
    return Place(passage.article, titles[passage.article], " › ".join(passage.section))


def _word_around(text: str, start: int, end: int) -> str:
    """Return the whole word that a token is a part of."""
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end]
