"""Questions -> how much closer than their own passage another one of the article lies, token by token."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ipt_rag.chunks import search_text
from ipt_rag.embed import TokenVectors
from ipt_rag.keys import heading_keys
from ipt_rag.rank import rank
from ipt_rag.records import Article, Passage


@dataclass(frozen=True, slots=True)
class Rival:
    """The closest of the other passages to a question, and how much closer it is than the question's own."""

    place: int  # of the passage, from 0
    lead: float  # of its score over that of the own passage, -1 to 1; below 0 the own passage is the closest


class KeyFit:
    """The passages of one article, each by its text and heading.

    Not by its keys: of two passages that say nearly the same, the one that has keys would draw those of the other.
    """

    def __init__(
        self,
        encode_tokens: Callable[[Sequence[str]], Sequence[TokenVectors]],
        article: Article,
        passages: Sequence[Passage],
    ) -> None:
        self._encode_tokens = encode_tokens
        tiers = {source.number: source.tier for source in article.sources}
        searched = [(search_text(each), *heading_keys(each, tiers)) for each in passages]
        encoded = iter(encode_tokens([text for texts in searched for text in texts]))
        tokens = [np.concatenate([next(encoded).vectors for _ in texts]) for texts in searched]
        self._starts = np.cumsum([0, *map(len, tokens)], dtype=np.int64)[:-1]
        self._tokens = np.concatenate(tokens)

    def rivals(self, asked: Sequence[tuple[int, str]]) -> Iterator[Rival]:
        """Yield the closest of the other passages for each question, given with the place of its own passage.

        There are two passages at least, and each question holds a word.
        """
        places = range(len(self._starts))
        encoded = self._encode_tokens([question for _, question in asked])
        for (own, _), question in zip(asked, encoded, strict=True):
            closest = np.maximum.reduceat(self._tokens @ question.vectors.T, self._starts, axis=0)
            ranked = rank(places, closest, closest.__getitem__, lexical={}, discounts={})
            scores = {hit.number: hit.score for hit in ranked}
            best = next(hit.number for hit in ranked if hit.number != own)
            yield Rival(best, scores[best] - scores[own])
