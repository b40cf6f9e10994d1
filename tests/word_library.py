"""A library for the page's tests that ranks by shared words, so that an expected answer can be read off an article.

Run as a program it serves the page over the articles in a folder: `python tests/word_library.py FOLDER PORT [SECONDS]`,
where SECONDS is how long it pretends to read them.
"""

import logging
import os
import re
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ipt_rag.corpus import read_corpus
from ipt_rag.errors import CorpusError, QuestionError
from ipt_rag.follow_up import read_turn
from ipt_rag.parts import split_question
from ipt_rag.passages import split_passages
from ipt_rag.quoting import quote_of
from ipt_rag.records import Answer, Article, Filter, Part, Passage, PhiFinding, Place, Quote, Reference
from ipt_rag.sentences import split_sentences

EVERYTHING = Filter()
SMALL_WORDS = frozenset("a an and are as at does do for from how i in is it of on or the there to what when".split())
LOOKS_PRIVATE = re.compile(r"\S+@\S+|\d{3}-\d{3,}")


def words_of(text: str) -> set[str]:
    """Return the words that count in a comparison."""
    return set(re.findall(r"\w+", text.lower())) - SMALL_WORDS


@dataclass(frozen=True)
class WordIndex:
    """The passages of a few articles, in memory."""

    shelf: dict[str, Article]
    held: tuple[Passage, ...]
    digest: str = "0123456789abcdef"

    def articles(self) -> dict[str, str]:
        """Return the titles by slug."""
        return {slug: article.title for slug, article in self.shelf.items()}

    def passage(self, number: int) -> Passage:
        """Return a passage by its number."""
        return self.held[number]

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self.held)


class WordLibrary:
    """Answers with the passages that share most words with the question; needs two, or says no."""

    def __init__(self, index: WordIndex) -> None:
        self.index = index

    @classmethod
    def over(cls, folder: Path) -> "WordLibrary":
        """Return a library over the articles in a folder."""
        articles = read_corpus(folder)
        passages = [
            passage
            for article in articles
            for passage in split_passages(
                article, split_sentences, count_tokens=lambda text: len(text.split()), max_tokens=200
            )
        ]
        return cls(WordIndex({article.slug: article for article in articles}, tuple(passages)))

    def article(self, slug: str) -> Article:
        """Return an article."""
        if slug not in self.index.shelf:
            raise CorpusError("There is no such article.")
        return self.index.shelf[slug]

    def find_phi(self, text: str) -> list[PhiFinding]:
        """Return what looks like an e-mail address or a telephone number."""
        return [PhiFinding("an e-mail address", *found.span()) for found in LOOKS_PRIVATE.finditer(text)]

    def ask(self, question: str, *, earlier: Sequence[str] = (), ranked: int = 0, only: Filter = EVERYTHING) -> Answer:
        """Return the answer; what looks like an e-mail address or a telephone number is refused."""
        if self.find_phi(question):
            return Answer("refused", 0.0, (), (), (), (), "phi", ("an e-mail address",), (), "")
        if not question.strip():
            raise QuestionError("The question is empty. Type what you want to know about IPT.")
        if "explode" in question:
            raise RuntimeError(f"internal trouble with {question}")
        understood = read_turn(question, earlier).question
        parts = split_question(understood)
        answers = [self._answer(part, only) for part in parts]
        if len(parts) == 1:
            return replace(answers[0], understood=understood if understood != question else "")
        quotes = tuple(dict.fromkeys(quote for answer in answers for quote in answer.quotes))
        return replace(
            max(answers, key=lambda answer: len(answer.quotes)),
            quotes=quotes,
            references=tuple(dict.fromkeys(entry for answer in answers for entry in answer.references)),
            parts=tuple(
                Part(part, tuple(map(quotes.index, answer.quotes)), answer.reason, answer.nearest, answer.widen)
                for part, answer in zip(parts, answers, strict=True)
            ),
        )

    def _answer(self, question: str, only: Filter) -> Answer:
        asked = words_of(question)
        scored = sorted(
            ((len(asked & words_of(passage.text)), -number, passage) for number, passage in enumerate(self.index.held)),
            reverse=True,
            key=lambda entry: entry[:2],
        )
        near = [(score, passage) for score, _, passage in scored if score >= 2]
        best = [(score, passage) for score, passage in near if self._passes(passage, only)][:3]
        filtered = bool(near and not best)
        quotes = tuple(self._quote(passage, asked) for _, passage in best)
        cited = dict.fromkeys((quote.article, number) for quote in quotes for number in quote.sources)
        places = dict.fromkeys((passage.article, " › ".join(passage.section)) for _, _, passage in scored[:6])
        return Answer(
            status="answered" if quotes else "not_in_articles",
            confidence=0.5,
            quotes=quotes,
            ranked=(),
            references=tuple(self._reference(slug, number) for slug, number in cited),
            nearest=() if quotes else tuple(Place(slug, self.article(slug).title, name) for slug, name in places)[:3],
            reason="" if quotes else "filtered" if filtered else "nothing_close",
            widen=("sourced",) if filtered else (),
            kinds=(),
            notices=("A fixed notice stands above the quotes.",) if "danger" in asked else (),
            index="0123456789abcdef",
            cautions=(Place("plain-article", "A plain article", "Common misconceptions"),) if "snails" in asked else (),
        )

    def _passes(self, passage: Passage, only: Filter) -> bool:
        tiers = {self._reference(passage.article, number).tier for number in passage.sources}
        return (
            (not only.articles or passage.article in only.articles)
            and (not only.tiers or not tiers.isdisjoint(only.tiers))
            and (not only.sourced_only or bool(tiers))
        )

    def _reference(self, slug: str, number: int) -> Reference:
        source = next(source for source in self.article(slug).sources if source.number == number)
        return Reference(slug, number, source.tier, source.reference, source.address)

    def _quote(self, passage: Passage, asked: set[str]) -> Quote:
        article = self.article(passage.article)
        return quote_of(
            passage,
            title=article.title,
            sources={source.number: source for source in article.sources},
            score=0.5,
            matched=tuple(word.span() for word in re.finditer(r"\w+", passage.text) if word[0].lower() in asked),
        )


def serve(folder: Path, port: int, reading_s: float) -> None:
    """Serve the page until the process is ended."""
    from ipt_rag.feedback import Feedback
    from ipt_rag.serve import Background
    from ipt_rag.ui import build_page, launch_page

    def read() -> WordLibrary:
        time.sleep(reading_s)
        return WordLibrary.over(folder)

    library = Background(read)
    notes = Path(os.environ.get("TEST_FEEDBACK", "feedback"))
    kept = "TEST_KEEP" in os.environ
    feedback = Feedback(notes, find_phi=lambda text: library.get().find_phi(text), keep_questions=kept)
    page = build_page(library.get, feedback=feedback, keep_on_reload=kept)
    launch_page(page, host="127.0.0.1", port=port, state=lambda: library.state)
    threading.Event().wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    serve(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0)
