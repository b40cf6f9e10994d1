"""Questions, asked and judged -> `Evaluation`: all that is printed of it and shown in its report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ipt_rag.evaluate.figures import Figure, by_group, figures
from ipt_rag.evaluate.questions import Judge, Judged, judge
from ipt_rag.records import Answer, Passage


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How questions went over one index, and the figures of it."""

    answerable: Sequence[Judged]
    unanswerable: Sequence[Judged]
    by: Judge
    passages: Sequence[Passage]  # all that was searched
    figures: Sequence[Figure]
    styles: Sequence[Figure]  # shares of the answerable with a right passage first
    kinds: Sequence[Figure]  # shares of the unanswerable that were answered


def run_evaluation(
    ask: Callable[[str], Answer],
    answerable: Sequence[Mapping[str, Any]],
    unanswerable: Sequence[Mapping[str, Any]],
    *,
    by: Judge,
    passages: Sequence[Passage],
    progress: Callable[[int], None],
) -> Evaluation:
    """Ask all questions and return how they went.

    Args:
        ask: as `judge` takes it.
        answerable: questions that the articles answer, as `read_questions` returns them.
        unanswerable: those that they do not answer; may be empty.
        by: what of a question says which passage is right.
        passages: all that is searched.
        progress: hears how many questions of a file are done.

    Raises:
        SettingsError: a question cannot be judged.
    """
    texts = [passage.text for passage in passages]
    yes = judge(ask, answerable, by=by, answerable=True, texts=texts, progress=progress)
    no = judge(ask, unanswerable, by=by, answerable=False, texts=texts, progress=progress)
    return Evaluation(
        answerable=yes,
        unanswerable=no,
        by=by,
        passages=passages,
        figures=figures(yes, no),
        styles=list(by_group(yes, "style")),
        kinds=list(by_group(no, "kind")),
    )
