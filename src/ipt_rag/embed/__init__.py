"""Texts -> unit vectors: passages through sentence-transformers when an index is built, questions through its graph.

Both are all-MiniLM-L6-v2 with the same verified weights; a question's vectors differ from a passage's by rounding.
"""

from ipt_rag.embed.files import verified_folder
from ipt_rag.embed.passages import MiniLM, has_bf16
from ipt_rag.embed.questions import QuestionGraph
from ipt_rag.embed.tokens import token_counter
from ipt_rag.embed.vectors import Matrix, PassageEncoder, QuestionEncoder, TextEncoder, TokenVectors

__all__ = [
    "Matrix",
    "MiniLM",
    "PassageEncoder",
    "QuestionEncoder",
    "QuestionGraph",
    "TextEncoder",
    "TokenVectors",
    "has_bf16",
    "token_counter",
    "verified_folder",
]
