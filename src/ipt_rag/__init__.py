"""Questions about interpersonal psychotherapy, answered in the articles' own words with their source numbers.

`Chatbot.open(Path("index")).ask("…")` returns an `Answer`.
"""

from ipt_rag.chatbot import Chatbot
from ipt_rag.errors import IptRagError
from ipt_rag.records import Answer, Article, Filter, Passage, PhiFinding, Place, Quote, Reference, Sentence

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
