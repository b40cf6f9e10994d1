"""A public collection -> how well each leg of the search ranks it, and the two together.

The legs are those of the product: an index of the documents is written to a scratch folder and asked. A document is one
entry with one vector, of which the encoder reads the first 256 tokens; BM25 reads all of it.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ipt_rag import settings
from ipt_rag.embed import Matrix, TextEncoder
from ipt_rag.evaluate.collection import Collection
from ipt_rag.evaluate.figures import Figure, mean_figure, ndcg_of
from ipt_rag.evaluate.questions import DEPTH
from ipt_rag.index import FORMAT, Contents, Entry, Index, write_generation
from ipt_rag.maxsim import Steps
from ipt_rag.query import stems
from ipt_rag.records import Chunk, Passage

# What BM25, as a share of the best document's, adds to the cosine: one weight for every collection. Two were looked at:
# SciFact gains up to 0.3 and stays to 0.5, MedQuAD gains up to 0.2 and loses from 0.3 on (docs/evaluation.md).
BM25_WEIGHT = 0.25
PROGRESS = 100  # documents or questions between two lines of progress


def measure(
    collection: Collection, encoder: TextEncoder, *, report: Callable[[str], None] = lambda line: None
) -> dict[str, list[Figure]]:
    """Return nDCG@10 and recall@10 of BM25, of the cosine, and of both; `report` hears lines of progress."""
    vectors = encoder.encode(
        [document.search for document in collection.documents],
        progress=_steps("embedded", "documents", len(collection.documents), report),
    )
    asked = _steps("asked", "questions", len(collection.questions), report)
    ranked: dict[str, list[Sequence[int]]] = {"BM25": [], "dense": [], "hybrid": []}
    with tempfile.TemporaryDirectory() as scratch:
        write_generation(Path(scratch), _contents(collection, vectors, encoder))
        index = Index.open(Path(scratch))
        for question in collection.questions.values():
            [vector] = encoder.encode([question])
            lexical = index.lexical(stems(question), k=settings.CANDIDATES)
            dense = index.dense(vector, k=settings.CANDIDATES)
            ranked["BM25"].append([*lexical])
            ranked["dense"].append(dense)
            ranked["hybrid"].append(fuse(vectors @ vector, dense, lexical))
            asked(1)
    return {leg: _figures(collection, rankings) for leg, rankings in ranked.items()}


def fuse(cosines: Matrix, dense: Sequence[int], lexical: Mapping[int, float]) -> list[int]:
    """Return the documents of both legs, best first; equal ones stand in the order of the collection.

    Args:
        cosines: of the question and each document, shape (documents,).
        dense: documents of the dense leg.
        lexical: BM25 of those of the other leg, higher is closer.
    """
    best = max(lexical.values(), default=0.0) or 1.0
    score = {
        number: float(cosines[number]) + BM25_WEIGHT * lexical.get(number, 0.0) / best for number in {*dense, *lexical}
    }
    return sorted(score, key=lambda number: (-score[number], number))


def _figures(collection: Collection, rankings: Sequence[Sequence[int]]) -> list[Figure]:
    ndcg, recall = [], []
    for gains, ranking in zip((collection.gains[name] for name in collection.questions), rankings, strict=True):
        names = [collection.documents[number].name for number in ranking[:DEPTH]]
        missed = [gain for document, gain in gains.items() if document not in names]
        ndcg.append(ndcg_of([gains.get(name, 0) for name in names], missed))
        recall.append(1 - len(missed) / len(gains))
    return [mean_figure("nDCG@10", np.array(ndcg)), mean_figure("recall@10", np.array(recall))]


class _NoTokens:
    """The legs need no token vectors."""

    def __init__(self, dim: int) -> None:
        self._none = np.zeros((0, dim), np.int16)

    def size(self, text: str) -> int:
        return 0

    def tokens(self, text: str) -> Steps:
        return self._none


def _contents(collection: Collection, vectors: Matrix, encoder: TextEncoder) -> Contents:
    """Return an index of one entry and one chunk a document."""
    entries = [
        Entry(
            Passage("", (), "paragraph", document.text, 0, len(document.text), None, (), (), False),
            document.search,
            (),
            stems(document.search),
        )
        for document in collection.documents
    ]
    chunks = [Chunk(number, number + 1) for number in range(len(collection.documents))]
    return Contents(
        (),
        entries,
        chunks,
        _NoTokens(encoder.dim),
        vectors,
        {},
        encoder.axes,
        b"",
        {"format": FORMAT, "encoder": encoder.name},
    )


def _steps(done: str, what: str, total: int, report: Callable[[str], None]) -> Callable[[int], None]:
    """Return what counts finished things and reports every `PROGRESS` of them, and the last."""
    count = 0

    def advance(finished: int) -> None:
        nonlocal count
        before, count = count, count + finished
        if count == total or count // PROGRESS > before // PROGRESS:
            report(f"{done} {count:,} of {total:,} {what}")

    return advance
