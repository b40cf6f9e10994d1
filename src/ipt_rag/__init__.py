"""Questions about interpersonal psychotherapy, answered in the articles' own words with their source numbers.

`Chatbot.open(Path("index")).ask("…")` returns an `Answer`.
"""

from typing import TYPE_CHECKING

from ipt_rag.check import Change, CheckedQuote, QuoteCheck
from ipt_rag.errors import IptRagError, QuestionError, QuestionRefusedError
from ipt_rag.records import (
    Answer,
    Article,
    ArticleList,
    ArticleSummary,
    Filter,
    Part,
    Passage,
    PhiFinding,
    Place,
    Quote,
    Reference,
    Sentence,
)

if TYPE_CHECKING:
    from ipt_rag.chatbot import Chatbot

__all__ = [
    "Answer",
    "Article",
    "ArticleList",
    "ArticleSummary",
    "Change",
    "Chatbot",
    "CheckedQuote",
    "Filter",
    "IptRagError",
    "Part",
    "Passage",
    "PhiFinding",
    "Place",
    "QuestionError",
    "QuestionRefusedError",
    "Quote",
    "QuoteCheck",
    "Reference",
    "Sentence",
]


def __getattr__(name: str) -> object:
    """Return the chatbot, which brings NumPy and FAISS along, when it is first asked for: `--help` never does."""
    if name == "Chatbot":
        from ipt_rag.chatbot import Chatbot

        return Chatbot
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
