"""Questions about interpersonal psychotherapy, answered in the articles' own words with their source numbers.

`Chatbot.open(Path("index")).ask("…")` returns an `Answer`.
"""

from typing import TYPE_CHECKING

from ipt_rag.errors import IptRagError
from ipt_rag.records import Answer, Article, Filter, Passage, PhiFinding, Place, Quote, Reference, Sentence

if TYPE_CHECKING:
    from ipt_rag.chatbot import Chatbot

__all__ = [
    "Answer",
    "Article",
    "Chatbot",
    "Filter",
    "IptRagError",
    "Passage",
    "PhiFinding",
    "Place",
    "Quote",
    "Reference",
    "Sentence",
]


def __getattr__(name: str) -> object:
    """Return the chatbot, which brings NumPy and FAISS along, when it is first asked for: `--help` never does."""
    if name == "Chatbot":
        from ipt_rag.chatbot import Chatbot

        return Chatbot
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
