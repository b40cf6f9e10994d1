import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests
from langchain_text_splitters import RecursiveCharacterTextSplitter

from ipt_rag.chatbot import Chatbot
from ipt_rag.errors import QuestionError, QuestionRefusedError
from ipt_rag.langchain import ArticleRetriever, CitationTextSplitter, citations_in
from ipt_rag.records import Filter

SICK_ROLE = "What does the sick role mean?"
NOT_THERE = "Which spark plugs fit a 1998 lawn mower?"
PLANTED = "Please call Zelphira at 646-555-0173 about grief"


@pytest.mark.model
@pytest.mark.anyio
class TestLangChainsOwn(RetrieversIntegrationTests):
    """LangChain's standard tests of a retriever."""

    @pytest.fixture(autouse=True)
    def _over_the_corpus(self, chatbot: Chatbot) -> None:
        self.chatbot = chatbot

    @pytest.fixture
    def anyio_backend(self) -> str:
        """Run the asynchronous test once."""
        return "asyncio"

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        """The class under test."""
        return ArticleRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        """What it is made with."""
        return {"chatbot": self.chatbot}

    @property
    def retriever_query_example(self) -> str:
        """A question that the corpus answers."""
        return SICK_ROLE


@pytest.fixture
def retriever(chatbot: Chatbot) -> ArticleRetriever:
    """A retriever over the project's own corpus."""
    return ArticleRetriever(chatbot=chatbot)


@pytest.mark.model
def test_documents_are_the_ranked_passages(retriever: ArticleRetriever, chatbot: Chatbot, root: Path) -> None:
    """A document is a slice of its article; its metadata are the quote's fields, its numbers resolved."""
    documents = retriever.invoke(SICK_ROLE, k=5)
    quotes = chatbot.ask(SICK_ROLE, ranked=5).ranked
    assert [document.page_content for document in documents] == [quote.text for quote in quotes]
    for document, quote in zip(documents, quotes, strict=True):
        about = document.metadata
        text = (root / "corpus" / f"{about['article']}.md").read_bytes().decode()
        assert text[about["start"] : about["end"]] == document.page_content
        assert (about["sources"], about["provenance"], about["llm"]) == (quote.sources, quote.provenance, quote.llm)
        assert [each["number"] for each in about["references"]] == list(quote.sources)
        for each in about["references"]:
            assert re.search(rf"^\[{each['number']}\]: .*{re.escape(each['reference'][:20])}", text, re.MULTILINE)


@pytest.mark.model
def test_no_answer_is_no_document(chatbot: Chatbot) -> None:
    """Where the articles do not answer nothing comes back, unless the best passages are wanted all the same."""
    assert ArticleRetriever(chatbot=chatbot).invoke(NOT_THERE) == []
    assert len(ArticleRetriever(chatbot=chatbot, unanswered_too=True, k=4).invoke(NOT_THERE)) == 4


@pytest.mark.model
def test_a_filter_narrows(chatbot: Chatbot) -> None:
    """Only passages that the filter lets through come back."""
    only = Filter(articles=("ipt-overview",))
    found = ArticleRetriever(chatbot=chatbot, only=only, unanswered_too=True).invoke("How many sessions does IPT take?")
    assert {document.metadata["article"] for document in found} == {"ipt-overview"}


class Listener(BaseCallbackHandler):
    """Keeps all that it is told, as a tracer that writes elsewhere would."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def on_retriever_start(self, serialized: Any, query: str, **kwargs: Any) -> None:
        """Keep the question."""
        self.heard.append(query)

    def on_retriever_error(self, error: BaseException, **kwargs: Any) -> None:
        """Keep the error."""
        self.heard.append(repr(error))


@pytest.mark.model
def test_patient_details_reach_no_callback(retriever: ArticleRetriever) -> None:
    """The refusal comes before callbacks and tracers, sync and async, and names kinds only."""
    listener = Listener()
    with pytest.raises(QuestionRefusedError, match="a phone number") as refused:
        retriever.invoke(PLANTED, {"callbacks": [listener]})
    with pytest.raises(QuestionRefusedError):
        asyncio.run(retriever.ainvoke(PLANTED, {"callbacks": [listener]}))
    with pytest.raises(QuestionRefusedError):
        retriever.batch([PLANTED], {"callbacks": [listener]})
    assert listener.heard == []
    assert not re.search("Zelphira|0173", str(refused.value))
    assert "a phone number" in refused.value.kinds
    retriever.invoke(SICK_ROLE, {"callbacks": [listener]})
    assert listener.heard == [SICK_ROLE]


@pytest.mark.model
def test_an_empty_question_is_told(retriever: ArticleRetriever) -> None:
    """What is no question raises the sentence that says so."""
    with pytest.raises(QuestionError, match="empty"):
        retriever.invoke(" ")


@pytest.mark.parametrize(
    ("text", "chunks"),
    [
        pytest.param("Mood rose.[4] Sleep fell.[5]", ["Mood rose.[4]", "Sleep fell.[5]"], id="behind the stop"),
        pytest.param("Mood rose [4]. Sleep fell [5].", ["Mood rose [4].", "Sleep fell [5]."], id="before the stop"),
        pytest.param("Mood rose.4 Sleep fell.5", ["Mood rose.4", "Sleep fell.5"], id="glued"),
        pytest.param("Mood rose.¹² Sleep fell.³", ["Mood rose.¹²", "Sleep fell.³"], id="raised"),
        pytest.param("Mood rose. [3, 5–7] Sleep fell.", ["Mood rose. [3, 5–7]", "Sleep fell."], id="a range"),
        pytest.param("Mood rose.[^a] Sleep fell.", ["Mood rose.[^a]", "Sleep fell."], id="a note"),
        pytest.param("Mood rose [@kettle]. It fell.", ["Mood rose [@kettle].", "It fell."], id="a key"),
        pytest.param("It rose (Kettle, 1974). So it is.", ["It rose (Kettle, 1974).", "So it is."], id="author, year"),
        pytest.param("It rose.<sup>4</sup> It fell.", ["It rose.<sup>4</sup>", "It fell."], id="HTML"),
        pytest.param(r"It rose~\cite{kettle}. It fell.", [r"It rose~\cite{kettle}.", "It fell."], id="LaTeX"),
        pytest.param("d=0.19 in all. It fell.", ["d=0.19 in all.", "It fell."], id="a decimal is no citation"),
        pytest.param("Tea et al. [4] found it.", ["Tea et al. [4] found it."], id="a longer sentence stands whole"),
        pytest.param("# Tea\n\nIt is hot.[1]\n\nOh.", ["# Tea\n\nIt is hot.[1]", "Oh."], id="a heading leads"),
        pytest.param("- hot water [1]\n- cold [2]", ["- hot water [1]", "- cold [2]"], id="items"),
        pytest.param("Tea.\n\n## End", ["Tea.\n\n## End"], id="a heading that nothing follows"),
        pytest.param(" \n ", [], id="nothing"),
    ],
)
def test_sentences_keep_their_citation(text: str, chunks: list[str]) -> None:
    """In the narrowest of chunks a sentence still stands whole, with the citation that closes it."""
    assert CitationTextSplitter(chunk_size=22, chunk_overlap=0).split_text(text) == chunks


def test_a_citation_speaks_for_the_sentences_before_it() -> None:
    """Sentences without a citation stay with the next one's, as long as the chunk holds them all."""
    text = "Tea is hot. It is wet.[1] Coffee is black. It is hot too.[2]"
    assert CitationTextSplitter(chunk_size=40, chunk_overlap=0).split_text(text) == [
        "Tea is hot. It is wet.[1]",
        "Coffee is black. It is hot too.[2]",
    ]


def test_overlap_repeats_whole_units() -> None:
    """What two chunks share is a whole run, and no longer than was asked for."""
    text = "One is hot.[1] Two is hot.[2] Three is hot.[3]"
    chunks = CitationTextSplitter(chunk_size=31, chunk_overlap=16).split_text(text)
    assert chunks == ["One is hot.[1] Two is hot.[2]", "Two is hot.[2] Three is hot.[3]"]


def test_documents_keep_metadata_and_say_where_they_stand() -> None:
    """The given metadata stay, beside the chunk's place in the text and its citations."""
    [first, second] = CitationTextSplitter(chunk_size=20, chunk_overlap=0).create_documents(
        ["Tea is hot.[1] Tea is hot.[1]"], [{"source": "tea"}]
    )
    assert first.metadata == {"source": "tea", "start_index": 0, "citations": ["[1]"]}
    assert second.metadata == {"source": "tea", "start_index": 15, "citations": ["[1]"]}


PIECES = st.sampled_from(
    [
        "Tea is hot",
        "d=0.19",
        ". ",
        ".[4]",
        " [4].",
        "! ",
        "\n\n",
        "\n- ",
        "# Tea\n\n",
        " (Kettle, 1974)",
        ".4 ",
        "e.g. ",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join), st.integers(1, 80), st.integers(0, 30))
def test_chunks_are_slices_and_lose_nothing(text: str, size: int, overlap: int) -> None:
    """Chunks are slices in order that cover all but white space, whatever the sizes; citations stay whole."""
    splitter = CitationTextSplitter(chunk_size=size, chunk_overlap=min(size, overlap))
    covered: set[int] = set()
    last = -1
    for document in splitter.create_documents([text]):
        start = document.metadata["start_index"]
        assert text[start : start + len(document.page_content)] == document.page_content
        assert start > last
        last = start
        covered.update(range(start, start + len(document.page_content)))
    assert {place for place, sign in enumerate(text) if not sign.isspace()} <= covered


def parted(chunks: list[str]) -> int:
    """Return how many chunks open with a citation, and so without the sentence that it closes."""
    return sum(bool(re.match(r"[\s.]*\[(?:\d+|LLM)\](?!:)", chunk)) for chunk in chunks)


def test_what_the_usual_splitter_parts(root: Path) -> None:
    """Over the corpus the usual splitter parts citations from their sentences, and this one none."""
    texts = [path.read_text(encoding="utf-8").partition("\n### Sources")[0] for path in (root / "corpus").glob("*.md")]
    for size in (200, 400):
        sizes = {"chunk_size": size, "chunk_overlap": 0}
        usual = RecursiveCharacterTextSplitter(separators=["\n\n", "\n", ". ", " ", ""], **sizes)
        assert sum(parted(usual.split_text(text)) for text in texts) > 0
        assert sum(parted(CitationTextSplitter(**sizes).split_text(text)) for text in texts) == 0


def test_citations_as_printed() -> None:
    """Links, footnoted definitions and escaped brackets are no citations."""
    assert citations_in(r"See [4](https://example.org), \[4\], [sic], [0.2, 0.4] and (in May, so).") == []
