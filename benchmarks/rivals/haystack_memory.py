"""Haystack with its in-memory store, kept as a file.

The encoder is called directly: its embedder for sentence-transformers is a package of its own by now.
"""

from collections.abc import Callable

from haystack import Document
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from sentence_transformers import SentenceTransformer


def build(texts: list[str], store: str, model: str) -> None:
    """Embed the texts and write the store."""
    vectors = SentenceTransformer(model, device="cpu").encode(texts, normalize_embeddings=True)
    kept = InMemoryDocumentStore()
    kept.write_documents(
        [
            Document(id=str(n), content=t, embedding=v.tolist())
            for n, (t, v) in enumerate(zip(texts, vectors, strict=True))
        ]
    )
    kept.save_to_disk(store)


def opened(store: str, model: str) -> Callable[[str], list[str]]:
    """Return what answers a question with the three closest texts."""
    retriever = InMemoryEmbeddingRetriever(InMemoryDocumentStore.load_from_disk(store), top_k=3)
    encoder = SentenceTransformer(model, device="cpu")

    def ask(question: str) -> list[str]:
        vector = encoder.encode(question, normalize_embeddings=True).tolist()
        return [each.content for each in retriever.run(query_embedding=vector)["documents"]]

    return ask
