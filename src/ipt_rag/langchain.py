"""LangChain's door: a retriever over the articles, and a splitter for anyone's cited text, both of its own classes.

The splitter needs nothing of the rest: no index, no encoder, no article format.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig
from langchain_text_splitters import TextSplitter
from langsmith import tracing_context

from ipt_rag import settings
from ipt_rag.chatbot import Chatbot
from ipt_rag.errors import QuestionRefusedError
from ipt_rag.phi.wording import NOTHING_KEPT, REFUSAL, REWRITE, listed, told
from ipt_rag.records import Filter, Quote
from ipt_rag.sentences import sentence_spans

Span = tuple[int, int]

NUMBERS = r"\^?\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,40}"
CITATION = re.compile(
    rf"(?<!\\)\[(?:{NUMBERS}|LLM|\^[\w-]{{1,40}}|-?@[^\]\n]{{1,300}})\](?![(\[])"  # [4], [3, 5–7], [^note], [@key]
    r"|<sup>[^<>\n]{1,60}</sup>"
    r"|[⁰¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹,⁻–]{0,20}"
    r"|\\[a-zA-Z]{0,10}cite[a-z]{0,10}\*?(?:\[[^\]\n]{0,60}\]){0,2}\{[^{}\n]{1,300}\}"
    r"|\([A-ZÀ-Þ][^()\n]{0,200}?,\s(?:1[89]|20)\d\d[a-z]?(?:[,;:][^()\n]{0,200})?\)"  # (Smith et al., 2020, p. 4)
    r"|(?:(?<=[^\W\d][.!?…])|(?<=[.!?…][”\"’')]))\d{1,3}(?:[,–-]\d{1,3}){0,20}(?=\s|\Z)"  # "mood.4 It"
)
GROUP = re.compile(rf"(?:\s?(?:{CITATION.pattern})){{1,20}}")
# A new block: after a blank line, or a line that opens as an item, a row, a heading or a definition does.
BLOCK = re.compile(r"\n[^\S\n]*\n\s*|\n(?=[^\S\n]*(?:[-*+•]\s|\d{1,3}[.)]\s|\||#{1,6}\s|\[[^\]\n]{1,60}\]:))")
HEADING = re.compile(r"[^\S\n]*#{1,6}\s[^\n]*")


class ArticleRetriever(BaseRetriever):
    """Returns passages of the articles, word for word, and none where the articles do not answer.

    `page_content` is the quote, to be shown as it stands. `metadata` holds the fields of `Quote` (article, section,
    offsets, source numbers, provenance, tiers, score) and `references`, what its numbers stand for.

    A question that looks as if it held patient details is refused before any callback of this retriever sees it. The
    tracer that LangChain takes from the environment hears of no question, whatever the environment says; what a chain
    hands to its own tracer before it calls a retriever is beyond this class: leave tracing off.

    Raises:
        QuestionRefusedError: the guard found something; `kinds` name what.
        QuestionError: the question is empty or longer than is read.
    """

    chatbot: Chatbot
    k: int = settings.QUOTES
    only: Filter = Filter()
    unanswered_too: bool = False  # also return the best passages where the articles do not answer

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> list[Document]:
        """Return the passages for a question, best first, `k` at most."""
        self._refuse_phi(input)
        with tracing_context(enabled=False):
            return super().invoke(input, config, **kwargs)

    async def ainvoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> list[Document]:
        """Return the passages for a question, best first, `k` at most; it is searched in a thread."""
        self._refuse_phi(input)
        with tracing_context(enabled=False):
            return await super().ainvoke(input, config, **kwargs)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        answer = self.chatbot.ask(query, ranked=self.k if k is None else k, only=self.only)
        if answer.status == "refused":
            raise _refusal(answer.kinds)
        shown = answer.ranked if answer.status == "answered" or self.unanswered_too else ()
        return [self._document(quote) for quote in shown]

    def _refuse_phi(self, question: str) -> None:
        if findings := self.chatbot.find_phi(question):
            raise _refusal([finding.kind for finding in findings])

    def _document(self, quote: Quote) -> Document:
        metadata = asdict(quote)
        sources = self.chatbot.index.sources()[quote.article] if quote.sources else {}
        numbers = [sources[number] for number in quote.sources]
        metadata["references"] = [
            {"number": each.number, "tier": each.tier, "reference": each.reference, "address": each.address}
            for each in numbers
        ]
        text = metadata.pop("text")
        return Document(page_content=text, metadata=metadata, id=f"{quote.article}:{quote.start}-{quote.end}")


def _refusal(kinds: Sequence[str]) -> QuestionRefusedError:
    named = tuple(dict.fromkeys(kinds))
    return QuestionRefusedError(f"{REFUSAL.format(kinds=listed(told(named)))} {NOTHING_KEPT} {REWRITE}", named)


class CitationTextSplitter(TextSplitter):
    r"""Splits cited text so that no sentence is cut, and none is parted from the citation that closes it.

    The unit is a run of sentences of one paragraph, up to and with the citation that closes it; a run longer than
    `chunk_size` is parted between its sentences, and a longer sentence stands alone, whole. A heading goes with what
    follows it. Every chunk is a slice of the text, `text[start_index : start_index + len(chunk)]`; `start_index` and
    `citations` (as printed, in order, each once) stand in the metadata of `create_documents` and `split_documents`.

    Read as citations: [4], [3, 5–7], [^note], [@key], superscripts, LaTeX's \cite{…}, (Author, 2020), and numbers set
    directly behind a full stop. `keep_separator` means nothing here.
    """

    def split_text(self, text: str) -> list[str]:
        """Return the chunks of a text, in order."""
        return [text[start:end] for start, end in self._chunks(text)]

    def create_documents(self, texts: list[str], metadatas: list[dict[Any, Any]] | None = None) -> list[Document]:
        """Return the chunks of some texts as documents, with `start_index` and `citations` beside their metadata."""
        return [
            Document(
                page_content=text[start:end],
                metadata={**metadata, "start_index": start, "citations": citations_in(text[start:end])},
            )
            for text, metadata in zip(texts, metadatas or [{}] * len(texts), strict=True)
            for start, end in self._chunks(text)
        ]

    def _chunks(self, text: str) -> Iterator[Span]:
        def length(first: Span, last: Span) -> int:
            return self._length_function(text[first[0] : last[1]])

        chunk: list[Span] = []
        for unit in self._units(text):
            if chunk and length(chunk[0], unit) > self._chunk_size:
                yield chunk[0][0], chunk[-1][1]
                last = chunk[-1]
                while chunk and (
                    length(chunk[0], last) > self._chunk_overlap or length(chunk[0], unit) > self._chunk_size
                ):
                    del chunk[0]
            chunk.append(unit)
        if chunk:
            yield chunk[0][0], chunk[-1][1]

    def _units(self, text: str) -> Iterator[Span]:
        """Yield what is not parted: runs closed by a citation, or the sentences of a run that is too long."""
        opened: int | None = None  # where a heading stands that waits for what follows it
        for start, end in _blocks(text):
            if HEADING.fullmatch(text, start, end):
                opened = start if opened is None else opened
                continue
            for run in _runs(text, sentence_spans(text, start, end, group_of_markers=GROUP)):
                whole = (run[0][0] if opened is None else opened, run[-1][1])
                fits = self._length_function(text[whole[0] : whole[1]]) <= self._chunk_size
                yield from [whole] if fits else [(whole[0], run[0][1]), *run[1:]]
                opened = None
        if opened is not None:
            yield opened, len(text.rstrip())


def citations_in(text: str) -> list[str]:
    """Return the citations of a text as they are printed, in order, each once.

    >>> citations_in("Mood rose [3, 5–7]. Sleep did not (Kettle et al., 1974); see [here](https://example.org).")
    ['[3, 5–7]', '(Kettle et al., 1974)']
    """
    return list(dict.fromkeys(found[0] for found in CITATION.finditer(text)))


def _blocks(text: str) -> Iterator[Span]:
    start = 0
    for gap in [*BLOCK.finditer(text), None]:
        end = gap.start() if gap else len(text)
        stretch = text[start:end]
        if stretch.strip():
            yield start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip())
        start = gap.end() if gap else end


def _runs(text: str, sentences: Iterable[Span]) -> Iterator[list[Span]]:
    run: list[Span] = []
    for start, end in sentences:
        run.append((start, end))
        if CITATION.search(text, start, end):
            yield run
            run = []
    if run:
        yield run
