"""An evaluation -> one HTML file that needs nothing beside it: figures, plots, and the misses worth reading."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from ipt_rag.decide import shipped_models
from ipt_rag.errors import SettingsError
from ipt_rag.evaluate.figures import Figure, coverage_curve, reliability
from ipt_rag.evaluate.misses import false_answers, worst_misses
from ipt_rag.evaluate.questions import DEPTH, Judge, Judged
from ipt_rag.evaluate.runs import Difference
from ipt_rag.page_text import BANNER
from ipt_rag.records import Passage

FILE = "report.html"
SHOWN = 25  # misses of each kind: who reads more of them reads the question file
# What HTML cannot hold, and what would turn the direction of the words around it.
UNSHOWABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured, as it is printed, and the judged questions behind it."""

    answerable: Sequence[Judged]
    unanswerable: Sequence[Judged]  # empty where no such file was given
    by: Judge
    passages: Sequence[Passage]  # all that was searched
    index: str  # digest
    figures: Sequence[Figure]
    styles: Sequence[Figure]  # right first
    kinds: Sequence[Figure]  # unanswerable and answered all the same
    differences: Sequence[Difference]  # empty where no run was compared with


def require_report(folder: Path) -> None:
    """Make the folder of a report, so that what stands in its way is told before the questions are asked.

    Raises:
        SettingsError: Matplotlib is not installed, or the folder cannot be made.
    """
    if find_spec("matplotlib") is None:
        raise SettingsError("--report needs Matplotlib, which is not installed. Run `pip install 'ipt-rag[report]'`.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{folder} cannot be made ({error.strerror}). Name another folder with --report.") from None


def write_report(folder: Path, evaluation: Evaluation, *, date: str) -> Path:
    """Write the report and return its path; the file holds words of the questions.

    Raises:
        SettingsError: the file cannot be written.
    """
    path = folder / FILE
    try:
        path.write_text(report_html(evaluation, date=date), encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({error.strerror}). Name another folder with --report."
        ) from None
    return path


def report_html(evaluation: Evaluation, *, date: str) -> str:
    """Return the report as one page: the same evaluation and date give the same characters."""
    from ipt_rag.evaluate import plots  # Matplotlib, which only a report needs

    asked = [*evaluation.answerable, *evaluation.unanswerable]
    bins = reliability(asked)
    points = coverage_curve(evaluation.answerable, evaluation.unanswerable) if evaluation.unanswerable else []
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string(files("ipt_rag.evaluate").joinpath("report.jinja").read_text(encoding="utf-8"))
    return UNSHOWABLE.sub(
        "\ufffd",
        page.render(
            run=evaluation,
            date=date,
            version=version("ipt-rag"),
            banner=BANNER,
            depth=DEPTH,
            shown=SHOWN,
            thresholds=shipped_models(),
            bins=bins,
            points=points,
            misses=worst_misses(evaluation.answerable, evaluation.passages, evaluation.by),
            false_answers=false_answers(evaluation.unanswerable),
            style_plot=Markup(plots.bars("style", "Right passage first, by style", evaluation.styles)),
            coverage_plot=Markup(
                plots.coverage(
                    "coverage",
                    "Coverage against false answers",
                    points,
                    covered=_answered(evaluation.answerable),
                    false_answers=_answered(evaluation.unanswerable),
                )
                if points
                else ""
            ),
            reliability_plot=Markup(plots.reliability("reliability", "Confidence and share right", bins)),
        ),
    )


def _answered(judged: Sequence[Judged]) -> float:
    return sum(one.answered for one in judged) / len(judged)
