"""The pipeline of LangChain's tutorials over the same articles and encoder, to hold our answers against.

Pieces of up to 1,000 characters with 200 in common (`RecursiveCharacterTextSplitter`), one vector each, cosine in a
flat FAISS index. It has no way to say no, so its confidence is the cosine of its first piece. A piece is several
sentences and a passage of ours one or two: a piece holds the right words more easily, and leaves more to be read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ipt_rag.chunks import cut_by_length
from ipt_rag.embed import TextEncoder
from ipt_rag.evaluate.figures import Figure, figures
from ipt_rag.evaluate.questions import DEPTH, Judge, Judged, right_passage
from ipt_rag.evaluate.runs import Difference, compare_judged
from ipt_rag.index import closest

SIZE, OVERLAP = 1000, 200  # characters, as in the tutorials
# What can be said of both: the pipeline answers every question, so its shares of answers mean nothing.
COMPARED = (
    "right passage in the first 1",
    "right passage in the first 3",
    "AUROC",
    "AUROC against near misses",
    "answered at 5 % false answers",
)


@dataclass(frozen=True, slots=True)
class Beside:
    """LangChain's pipeline and ours on the same questions."""

    pieces: int
    columns: Mapping[str, Sequence[Figure]]  # by system, `COMPARED` as far as there are unanswerable questions
    differences: Sequence[Difference]  # from LangChain's to ours


def beside_langchain(
    articles: Sequence[str],
    encoder: TextEncoder,
    answerable: Sequence[Judged],
    unanswerable: Sequence[Judged],
    *,
    by: Judge,
) -> Beside:
    """Return how LangChain's pipeline does on questions that were asked of ours.

    In the paired comparison each answers above the confidence that 5 % of its unanswerable questions reach; without
    any such question, the ranking alone is compared.

    Args:
        articles: the texts of the article files.
        encoder: the one that ours used.
        answerable: how our answers went.
        unanswerable: how ours went on questions that the articles do not answer.
        by: what of a question says which passage is right.
    """
    pieces = [piece for text in articles for piece in cut_by_length(text, size=SIZE, overlap=OVERLAP)]
    vectors = encoder.encode(pieces)

    def ask(one: Judged) -> Judged:
        is_right = right_passage(one.question, by) if one.answerable else lambda text: False
        [vector] = encoder.encode([one.question["question"]])
        found = closest(vectors, vector, k=DEPTH)
        right = tuple(is_right(pieces[row]) for row, _ in found)
        relevant = sum(map(is_right, pieces))
        return Judged(one.question, one.answerable, right, relevant, max(found[0][1], 0.0), True, ())

    yes, no = [ask(one) for one in answerable], [ask(one) for one in unanswerable]
    differences = compare_judged(_at_five(yes, no), _at_five(answerable, unanswerable))
    return Beside(
        len(pieces),
        {"LangChain": _compared(yes, no), "ipt-rag": _compared(answerable, unanswerable)},
        [difference for difference in differences if no or difference.name in COMPARED],
    )


def _compared(answerable: Sequence[Judged], unanswerable: Sequence[Judged]) -> list[Figure]:
    return [figure for figure in figures(answerable, unanswerable) if figure.name in COMPARED]


def _at_five(answerable: Sequence[Judged], unanswerable: Sequence[Judged]) -> list[Judged]:
    if not unanswerable:
        return [*answerable]
    least = np.quantile([one.confidence for one in unanswerable], 0.95)
    return [replace(one, answered=bool(one.confidence > least)) for one in (*answerable, *unanswerable)]
