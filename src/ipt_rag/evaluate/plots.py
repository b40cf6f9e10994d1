"""Figures -> drawings to stand inside an HTML page. Only this module imports Matplotlib.

Text stays text and takes the page's font; colours are the page's CSS variables, so that a drawing is light or dark
with its page. The same figures give the same characters.
"""

import io
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from ipt_rag.evaluate.figures import Bin, Figure, Point

# What is drawn in a colour on the left gets the page's variable on the right.
COLOURS = {"#1c232c": "var(--ink)", "#535d69": "var(--quiet)", "#d8d5cc": "var(--line)", "#0a5a6a": "var(--accent)"}
INK, QUIET, LINE, ACCENT = COLOURS
LOOK: Any = {  # Matplotlib's own type spells out its three hundred keys
    "svg.fonttype": "none",
    "text.parse_math": False,  # a style named "$x" is a name, not a formula
    "font.size": 11,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": LINE,
    "axes.grid": True,
    "axes.axisbelow": True,
}
WIDTH = 7.5  # inches; the page scales it
LABEL_CHARACTERS = 30


def bars(name: str, title: str, figures: Sequence[Figure]) -> str:
    """Return one bar for each figure, the highest on top, with its interval and the number of questions."""
    rows = sorted(figures, key=lambda figure: figure.value)

    def draw(axes: Axes) -> None:
        values = [figure.value for figure in rows]
        reach = [
            [figure.value - figure.low for figure in rows],
            [figure.high - figure.value for figure in rows],
        ]
        axes.barh(range(len(rows)), values, height=0.6, color=ACCENT, alpha=0.35)
        axes.errorbar(
            values, range(len(rows)), xerr=reach, fmt="o", color=ACCENT, markersize=4, capsize=3, clip_on=False
        )
        axes.set_yticks(range(len(rows)), [f"{_label(figure.name)} ({figure.questions})" for figure in rows])
        for row, figure in enumerate(rows):
            axes.text(1.03, row, f"{figure.value:.3f}", va="center")
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.grid(visible=False, axis="y")

    said = "; ".join(
        f"{_printable(figure.name)}: {figure.value:.3f} of {figure.questions}" for figure in reversed(rows)
    )
    return _drawn(name, title, f"{said}.", 0.7 + 0.36 * len(rows), draw)


def coverage(name: str, title: str, points: Sequence[Point], *, covered: float, false_answers: float) -> str:
    """Return coverage against false answers as a curve, with a mark at the shares that were answered as shipped."""

    def draw(axes: Axes) -> None:
        # Between two thresholds nothing changes until the next question is answered: steps, no slopes.
        axes.plot(
            [point.false_answers for point in points],
            [point.coverage for point in points],
            drawstyle="steps-post",
            color=ACCENT,
            linewidth=2,
        )
        axes.plot(false_answers, covered, "D", color=INK, markersize=9)
        axes.annotate("as shipped", (false_answers, covered), xytext=(12, -4), textcoords="offset points")
        axes.set_xlabel("share of the unanswerable questions answered")
        axes.set_ylabel("share of the answerable questions answered")
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(0, 1.02)

    said = (
        f"As shipped, {covered:.3f} of the answerable questions and {false_answers:.3f} of the "
        "unanswerable ones are answered. The curve shows both shares at every other threshold."
    )
    return _drawn(name, title, said, 4.2, draw)


def reliability(name: str, title: str, bins: Sequence[Bin]) -> str:
    """Return the share of right answers at each confidence, with the number of questions, beside the ideal line."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=QUIET, linestyle="--", linewidth=1)
        axes.plot([each.confidence for each in bins], [each.right for each in bins], "o", color=ACCENT, markersize=8)
        for each in bins:
            above = each.right >= each.confidence  # the number stands on the point's side of the line, clear of it
            axes.annotate(
                str(each.questions),
                (each.confidence, each.right),
                xytext=(-7, 5) if above else (7, -12),
                textcoords="offset points",
                ha="right" if above else "left",
            )
        axes.set_xlabel("confidence")
        axes.set_ylabel("share with a right passage first")
        axes.set_xlim(-0.06, 1.06)
        axes.set_ylim(-0.08, 1.1)

    said = "; ".join(
        f"confidence {each.confidence:.2f}: {each.right:.3f} right of {each.questions} questions" for each in bins
    )
    return _drawn(name, title, f"{said}.", 4.2, draw)


def _printable(name: str) -> str:
    """Return a question file's own word as a drawing can hold it."""
    return "".join(sign if sign.isprintable() else " " for sign in name) or "none given"


def _label(name: str) -> str:
    shown = _printable(name)
    return shown if len(shown) <= LABEL_CHARACTERS else f"{shown[: LABEL_CHARACTERS - 1]}…"


def _drawn(name: str, title: str, description: str, height: float, draw: Callable[[Axes], None]) -> str:
    """Return an `<svg>` element whose ids begin with `name`, so that a page can hold several."""
    file = io.BytesIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        # A sign that Matplotlib's font lacks is measured as a box; the reader's browser draws it.
        warnings.filterwarnings("ignore", message="Glyph")
        matplotlib.rcdefaults()  # not a person's own matplotlibrc
        matplotlib.rcParams.update(LOOK)
        matplotlib.rcParams["svg.hashsalt"] = name  # ids that are made up are the same each time
        drawing = Drawing(figsize=(WIDTH, height), layout="constrained")
        draw(drawing.subplots())
        drawing.savefig(
            file, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
        )
    return _for_a_page(file.getvalue(), name, title, description)


def _for_a_page(svg: bytes, name: str, title: str, description: str) -> str:
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        # HTML knows these elements and attributes without their namespaces.
        element.tag = element.tag.rpartition("}")[2]
        for key, value in list(element.attrib.items()):
            del element.attrib[key]
            element.set(key.rpartition("}")[2], _attribute(key, value, name))
    for parent in list(root.iter()):
        for rules in parent.findall("style"):  # in a page they would reach beyond the drawing
            parent.remove(rules)
    for size in ("width", "height"):
        del root.attrib[size]
    root.attrib |= {"role": "img", "aria-labelledby": f"{name}-title {name}-description"}
    for place, (tag, words) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(tag, id=f"{name}-{'title' if tag == 'title' else 'description'}")
        element.text = words
        root.insert(place, element)
    return ElementTree.tostring(root, encoding="unicode")


def _attribute(key: str, value: str, name: str) -> str:
    if key == "id":
        return f"{name}-{value}"
    value = re.sub(r"(?<=^#)|(?<=url\(#)", f"{name}-", value)
    return re.sub("|".join(COLOURS), lambda found: COLOURS[found.group()], value)
