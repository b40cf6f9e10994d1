"""Measure ranking and the decision to answer: on question files, on public collections, against another run."""

from ipt_rag.evaluate.figures import Figure, by_group, figures
from ipt_rag.evaluate.questions import DEPTH, Judge, Judged, judge, read_questions, right_passage

__all__ = ["DEPTH", "Figure", "Judge", "Judged", "by_group", "figures", "judge", "read_questions", "right_passage"]
