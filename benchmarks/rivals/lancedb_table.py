"""LanceDB with sentence-transformers."""

from collections.abc import Callable

import lancedb
from sentence_transformers import SentenceTransformer


def build(texts: list[str], store: str, model: str) -> None:
    """Embed the texts and write the table."""
    vectors = SentenceTransformer(model, device="cpu").encode(texts, normalize_embeddings=True)
    rows = [{"text": text, "vector": vector} for text, vector in zip(texts, vectors, strict=True)]
    lancedb.connect(store).create_table("texts", data=rows)


def opened(store: str, model: str) -> Callable[[str], list[str]]:
    """Return what answers a question with the three closest texts."""
    table, encoder = lancedb.connect(store).open_table("texts"), SentenceTransformer(model, device="cpu")

    def ask(question: str) -> list[str]:
        vector = encoder.encode(question, normalize_embeddings=True)
        return [row["text"] for row in table.search(vector).limit(3).to_list()]

    return ask
