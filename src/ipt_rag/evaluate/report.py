"""An evaluation -> one HTML file that needs nothing beside it: figures, plots, and the misses worth reading."""

import re
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from ipt_rag.decide import shipped_models
from ipt_rag.errors import SettingsError
from ipt_rag.evaluate.figures import coverage_curve, reliability
from ipt_rag.evaluate.misses import false_answers, worst_misses
from ipt_rag.evaluate.questions import DEPTH, Judged
from ipt_rag.evaluate.run import Evaluation
from ipt_rag.evaluate.runs import Difference
from ipt_rag.page_text import BANNER

FILE = "report.html"
SHOWN = 25  # misses of each kind: who reads more of them reads the question file
# What HTML cannot hold, and what would turn the direction of the words around it.
UNSHOWABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


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


def write_report(
    folder: Path, evaluation: Evaluation, differences: Sequence[Difference], *, index: str, date: str
) -> Path:
    """Write the report and return its path; the file holds words of the questions.

    Args:
        folder: where `require_report` was content.
        evaluation: what is reported.
        differences: from a saved run; empty where none was named.
        index: digest of the index.
        date: as it is to be shown.

    Raises:
        SettingsError: the file cannot be written.
    """
    path = folder / FILE
    try:
        path.write_text(report_html(evaluation, differences, index=index, date=date), encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({error.strerror}). Name another folder with --report."
        ) from None
    return path


def report_html(evaluation: Evaluation, differences: Sequence[Difference], *, index: str, date: str) -> str:
    """Return the report as one page, from what `write_report` takes; the same of it gives the same characters."""
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
            differences=differences,
            index=index,
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
            style_plot=plots.bars("style", "Right passage first, by style", evaluation.styles),
            coverage_plot=points
            and plots.coverage(
                "coverage",
                "Coverage against false answers",
                points,
                covered=_answered(evaluation.answerable),
                false_answers=_answered(evaluation.unanswerable),
            ),
            reliability_plot=plots.reliability("reliability", "Confidence and share right", bins),
        ),
    )


def _answered(judged: Sequence[Judged]) -> float:
    return sum(one.answered for one in judged) / len(judged)
