"""Questions -> how close their own passage lies, and how much closer another one of the article."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ipt_rag.chunks import search_text
from ipt_rag.embed import TextEncoder
from ipt_rag.keys import heading_keys
from ipt_rag.rank import rank
from ipt_rag.records import Article, Passage


@dataclass(frozen=True, slots=True)
class Fit:
    """How a question fits its own passage, and the closest of the other passages."""

    closeness: float  # of the own passage, -1 to 1: half the tokens' mean closest match, half the cosine of the whole
    rival: int  # place of the closest other passage, from 0; of the own one where there is no other
    lead: float  # of the rival's score over that of the own passage, -1 to 1; below 0 the own passage is the closest


class KeyFit:
    """The passages of one article, each by its text and heading.

    Not by its keys: of two passages that say nearly the same, the one that has keys would draw those of the other.
    """

    def __init__(
        self,
        encoder: TextEncoder,
        article: Article,
        passages: Sequence[Passage],
    ) -> None:
        self._encoder = encoder
        tiers = {source.number: source.tier for source in article.sources}
        searched = [(search_text(each), *heading_keys(each, tiers)) for each in passages]
        encoded = iter(encoder.encode_tokens([text for texts in searched for text in texts]))
        tokens = [np.concatenate([next(encoded).vectors for _ in texts]) for texts in searched]
        self._starts = np.cumsum([0, *map(len, tokens)], dtype=np.int64)[:-1]
        self._tokens = np.concatenate(tokens)
        self._whole = encoder.encode([text for text, *_ in searched])

    def fits(self, asked: Sequence[tuple[int, str]]) -> Iterator[Fit]:
        """Yield how each question fits, given with the place of its own passage; each holds a word."""
        places = np.arange(len(self._starts))
        questions = [question for _, question in asked]
        encoded = zip(self._encoder.encode(questions), self._encoder.encode_tokens(questions), strict=True)
        for (own, _), (whole, question) in zip(asked, encoded, strict=True):
            closest = np.maximum.reduceat(self._tokens @ question.vectors.T, self._starts, axis=0)
            ranked = rank(places, closest, closest.__getitem__, lexical={}, discounts=np.zeros(len(places)))
            scores = {hit.number: hit.score for hit in ranked}
            best = next((hit.number for hit in ranked if hit.number != own), own)
            closeness = float(closest[own].mean() + whole @ self._whole[own]) / 2
            yield Fit(closeness, best, scores[best] - scores[own])
