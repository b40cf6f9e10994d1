"""txtai with its own FAISS index and content store."""

from collections.abc import Callable

from txtai import Embeddings


def build(texts: list[str], store: str, model: str) -> None:
    """Embed the texts and write the store."""
    embeddings = Embeddings(path=model, content=True, gpu=False)
    embeddings.index(texts)
    embeddings.save(store)


def opened(store: str, model: str) -> Callable[[str], list[str]]:
    """Return what answers a question with the three closest texts; the store names the model itself."""
    embeddings = Embeddings()
    embeddings.load(store)
    return lambda question: [each["text"] for each in embeddings.search(question, 3)]
