"""txtai with its own FAISS index and content store; one question at a time, since its store refuses a second thread."""

from collections.abc import Callable
from threading import Lock

from txtai import Embeddings


def build(texts: list[str], store: str, model: str) -> None:
    """Embed the texts and write the store."""
    embeddings = Embeddings(path=model, content=True, gpu=False)
    embeddings.index(texts)
    embeddings.save(store)


def opened(store: str, model: str) -> Callable[[str], list[str]]:
    """Return what answers a question with the three closest texts; the store names the model itself."""
    embeddings, one_at_a_time = Embeddings(), Lock()
    embeddings.load(store)

    def ask(question: str) -> list[str]:
        with one_at_a_time:
            return [each["text"] for each in embeddings.search(question, 3)]

    return ask
