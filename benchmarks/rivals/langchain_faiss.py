"""LangChain with its FAISS store."""

from collections.abc import Callable

from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings


def build(texts: list[str], store: str, model: str) -> None:
    """Embed the texts and write the store."""
    FAISS.from_texts(texts, HuggingFaceEmbeddings(model_name=model)).save_local(store)


def opened(store: str, model: str) -> Callable[[str], list[str]]:
    """Return what answers a question with the three closest texts."""
    found = FAISS.load_local(store, HuggingFaceEmbeddings(model_name=model), allow_dangerous_deserialization=True)
    return lambda question: [each.page_content for each in found.similarity_search(question, k=3)]
