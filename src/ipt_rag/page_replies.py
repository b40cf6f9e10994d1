"""What the page shows for each thing that a reader does: a question, a quote to check, feedback, an article to open.

Without gradio. A reply is a packet of finished HTML and sentences, or one string of HTML; a packet whose sentence is
English in every language of the page says so. No error escapes, because Gradio would print its message, which might
hold words of the question.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache, cached_property
from html import escape
from typing import Any, Protocol

from ipt_rag import render
from ipt_rag.check import QuoteChecker
from ipt_rag.errors import FeedbackRefusedError, IptRagError
from ipt_rag.feedback import Feedback
from ipt_rag.page_text import TIERS, in_language
from ipt_rag.phi.kinds import BY_PHRASE
from ipt_rag.phi.wording import NOTHING_KEPT, REFUSAL, REWRITE, listed, told
from ipt_rag.records import Answer, Article, Filter, Passage, PhiFinding

log = logging.getLogger(__name__)

Packet = dict[str, Any]

MAX_TURN = 100_000
EVERYTHING = Filter()


class Holdings(Protocol):
    """What the page needs of the index: what it holds, without a question."""

    digest: str

    def articles(self) -> dict[str, str]:
        """Return the titles of the articles by slug."""

    def passage(self, number: int) -> Passage:
        """Return a passage by its number, counted from 0."""

    def __len__(self) -> int:
        """Return the number of passages."""


class Library(Protocol):
    """What the page needs of the chatbot."""

    @property
    def index(self) -> Holdings:
        """Return the index that answers."""

    def ask(self, question: str, *, earlier: Sequence[str] = (), ranked: int = 0, only: Filter = EVERYTHING) -> Answer:
        """Return the answer to a question, read after the asker's earlier ones."""

    def find_phi(self, text: str) -> Sequence[PhiFinding]:
        """Return what the guard finds in a text that is no question."""

    def article(self, slug: str) -> Article:
        """Return the article as indexed."""


class _Shown:
    """What is parsed and made once for one chatbot: its articles, their lists, and the checker of quotes."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.article = cache(library.article)
        self._lists: dict[tuple[str, str], str] = {}  # a cache of a method would hold this object

    @cached_property
    def articles(self) -> dict[str, Article]:
        return {slug: self.article(slug) for slug in self.library.index.articles()}

    @cached_property
    def checker(self) -> QuoteChecker:
        return QuoteChecker(self.articles.values())

    def list(self, facet: str, language: str) -> str:
        """Return the passages of a facet as HTML."""
        if (facet, language) not in self._lists:
            index = self.library.index
            passages = [index.passage(number) for number in range(len(index))]
            text = in_language(language)
            self._lists[facet, language] = render.explore_html(self.articles, passages, facet, text)
        return self._lists[facet, language]


class Replies:
    """The replies of one page: `library` gives the chatbot, and waits while it is still being read in.

    When it gives another one, over a newer index, all that was made for the former is made anew. Without `feedback`
    none is asked for.
    """

    def __init__(self, library: Callable[[], Library], feedback: Feedback | None = None) -> None:
        self._library = library
        self._feedback = feedback
        self._kept: _Shown | None = None

    def _shown(self) -> _Shown:
        library, kept = self._library(), self._kept
        if kept is None or kept.library is not library:
            kept = self._kept = _Shown(library)
        return kept

    def turn(self, question: str, sent: Any) -> Packet:
        """Return what is shown for one question: a turn, a refusal, or the sentence that says what went wrong.

        Only an answer that was not refused brings the question back with it.
        """
        sent = sent if isinstance(sent, Mapping) else {}
        text = in_language(str(sent.get("language", "")))
        try:
            turn = min(max(int(sent.get("turn", 1)), 1), MAX_TURN)
            only = filter_in(sent.get("only"))
            shown = self._shown()
            answer = shown.library.ask(question, earlier=questions_in(sent.get("earlier")), only=only)
            said = render.status_sentence(answer, turn, text)
            if answer.status == "refused":
                return {"status": "refused", "said": said, "html": _refusal(answer.kinds)}
            named = dict.fromkeys([*(quote.article for quote in answer.quotes), *only.articles])
            articles = {slug: shown.article(slug) for slug in named}
            return {
                "status": answer.status,
                "said": said,
                "turn": turn,
                "question": question,
                "filtered": asdict(only) if only.narrows else None,
                "html": render.turn_html(
                    answer,
                    question=question,
                    turn=turn,
                    articles=articles,
                    text=text,
                    only=only,
                    feedback=self._feedback is not None,
                    keeps_questions=self._feedback is not None and self._feedback.keep_questions,
                ),
                "markdown": render.turn_markdown(
                    answer, question=question, text=text, filtered=render.filter_words(only, articles, text)
                ),
                "answer": asdict(answer),
            }
        except IptRagError as error:
            return {"status": "problem", "said": str(error), "language": "en"}
        except Exception as error:
            log.error("A question was not answered: %s", type(error).__name__)
            return {"status": "problem", "said": text.failed}

    def verdict(self, quote: str, language: Any) -> Packet:
        """Return what is shown for one checked quote; the guard reads it first."""
        text = in_language(str(language or ""))
        try:
            shown = self._shown()
            if findings := shown.library.find_phi(quote):
                kinds = tuple(dict.fromkeys(finding.kind for finding in findings))
                return {"status": "refused", "said": text.refused_status, "html": _refusal(kinds)}
            check = shown.checker.check(quote)
            return {
                "status": "checked",
                "said": text.verdicts[check.verdict],
                "html": render.check_html(check, shown.articles, text),
            }
        except IptRagError as error:
            return {"status": "problem", "said": str(error), "language": "en"}
        except Exception as error:
            log.error("A quote was not checked: %s", type(error).__name__)
            return {"status": "problem", "said": text.failed}

    def noted(self, sent: Mapping[str, Any]) -> Packet:
        """Return what is shown for feedback: that it was noted, refused, or why it was not kept."""
        text = in_language(str(sent.get("language", "")))
        packet: Packet = {"turn": sent.get("turn"), "status": "noted"}
        if self._feedback is None:
            return {**packet, "status": "problem", "said": text.feedback["failed"]}
        try:
            self._feedback.take(
                str(sent.get("verdict", "")),
                question=str(sent.get("question", "")),
                passages=[str(passage) for passage in sent.get("passages") or ()],
                index_digest=str(sent.get("index", "")),
                text=str(sent.get("text", "")),
                source=str(sent.get("source", "")),
            )
            said = text.feedback["noted_question" if self._feedback.keep_questions else "noted"]
            return {**packet, "said": said}
        except FeedbackRefusedError as error:
            return {**packet, "status": "refused", "said": " ".join(_refusal_sentences(error.kinds)), "language": "en"}
        except IptRagError as error:
            return {**packet, "status": "problem", "said": str(error), "language": "en"}
        except Exception as error:
            log.error("Feedback was not kept: %s", type(error).__name__)
            return {**packet, "status": "problem", "said": text.feedback["failed"]}

    def reader(self, where: Mapping[str, Any]) -> str:
        """Return the reader at the place a button names: an article, and a stretch or a section of it."""
        text = in_language(str(where.get("language", "")))
        try:
            article = self._shown().article(str(where.get("article", "")))
            start, end = where.get("start"), where.get("end")
            mark = (int(start), int(end)) if start is not None and end is not None else None
            return render.reader_html(article, mark=mark, section=str(where.get("section", "")), text=text)
        except (IptRagError, KeyError, ValueError):
            return _problem(text.unknown_article)
        except Exception as error:
            log.error("An article was not shown: %s", type(error).__name__)
            return _problem(text.failed)

    def passages(self, wanted: Mapping[str, Any]) -> str:
        """Return the list of passages that a button names; the first list where it names none of ours."""
        text = in_language(str(wanted.get("language", "")))
        facet = str(wanted.get("facet", ""))
        return self._shown().list(facet if facet in text.facets else next(iter(text.facets)), text.language)

    def shelf(self) -> str:
        """Return the list of articles."""
        return render.shelf_html(list(self._shown().articles.values()))

    def titles(self) -> list[list[str]]:
        """Return slug and title of each article, for the filters."""
        return [[slug, title] for slug, title in self._library().index.articles().items()]


def questions_in(sent: Any) -> list[str]:
    """Return the earlier questions that a browser or a program sent along; what is no text is none."""
    return [said for said in sent if isinstance(said, str)] if isinstance(sent, list) else []


def filter_in(sent: Any) -> Filter:
    """Return the filter that a browser or a program sent along; what is no such thing filters nothing."""
    if not isinstance(sent, Mapping):
        return EVERYTHING
    articles, tiers = (
        tuple(dict.fromkeys(each for each in part if isinstance(each, str))) if isinstance(part, list) else ()
        for part in (sent.get("articles"), sent.get("tiers"))
    )
    return Filter(articles, tuple(tier for tier in tiers if tier in TIERS), sent.get("sourced") is True)


def _refusal_sentences(kinds: Sequence[str]) -> tuple[str, str]:
    return f"{REFUSAL.format(kinds=listed(told(kinds)))} {NOTHING_KEPT}", REWRITE


def _refusal(kinds: Sequence[str]) -> str:
    named = {BY_PHRASE[kind].instead: kind for kind in reversed(told(kinds)) if kind in BY_PHRASE}  # each way out once
    instead = [f"In place of {kind}, write {choice}." for choice, kind in reversed(named.items())]
    return render.refusal_html(_refusal_sentences(kinds), instead)


def _problem(sentence: str) -> str:
    return f'<p class="problem" role="alert">{escape(sentence)}</p>'
