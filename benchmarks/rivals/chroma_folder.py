"""Chroma, kept in a folder."""

from collections.abc import Callable

import chromadb
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

BATCH = 1000  # Chroma takes about five thousand texts a call at most


def collection(store: str, model: str) -> chromadb.Collection:
    """Return the folder's one collection, made where it is missing."""
    client = chromadb.PersistentClient(store, settings=chromadb.Settings(anonymized_telemetry=False))
    encoder = SentenceTransformerEmbeddingFunction(model_name=model, device="cpu")
    return client.get_or_create_collection("texts", embedding_function=encoder)


def build(texts: list[str], store: str, model: str) -> None:
    """Embed the texts and write the store."""
    kept = collection(store, model)
    for first in range(0, len(texts), BATCH):
        part = texts[first : first + BATCH]
        kept.add(ids=[str(first + place) for place in range(len(part))], documents=part)


def opened(store: str, model: str) -> Callable[[str], list[str]]:
    """Return what answers a question with the three closest texts."""
    kept = collection(store, model)
    return lambda question: kept.query(query_texts=[question], n_results=3)["documents"][0]
