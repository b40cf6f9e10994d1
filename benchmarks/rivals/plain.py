"""What one writes by hand: sentence-transformers and FAISS."""

import json
from collections.abc import Callable
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer


def build(texts: list[str], store: str, model: str) -> None:
    """Embed the texts and write vectors and texts into the folder."""
    vectors = SentenceTransformer(model, device="cpu").encode(texts, normalize_embeddings=True)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    Path(store).mkdir(parents=True, exist_ok=True)
    faiss.write_index(flat, f"{store}/vectors.faiss")
    (Path(store) / "texts.json").write_text(json.dumps(texts), encoding="utf-8")


def opened(store: str, model: str) -> Callable[[str], list[str]]:
    """Return what answers a question with the three closest texts."""
    encoder, flat = SentenceTransformer(model, device="cpu"), faiss.read_index(f"{store}/vectors.faiss")
    texts = json.loads((Path(store) / "texts.json").read_text(encoding="utf-8"))

    def ask(question: str) -> list[str]:
        _, rows = flat.search(encoder.encode([question], normalize_embeddings=True), 3)
        return [texts[row] for row in rows[0]]

    return ask
