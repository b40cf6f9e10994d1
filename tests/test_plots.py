import re
from xml.etree import ElementTree

import pytest

from ipt_rag.evaluate.figures import Bin, Figure, Point

pytest.importorskip("matplotlib", reason="Matplotlib is not installed (make test installs it)")

from ipt_rag.evaluate import plots

POINTS = [Point(float("inf"), 0, 0), Point(0.9, 0.5, 0), Point(0.1, 1, 1)]
BINS = [Bin(0.2, 0.25, 4), Bin(0.9, 0.8, 5)]


def texts(svg: str) -> list[str]:
    """Return what is written in a drawing."""
    return ["".join(element.itertext()) for element in ElementTree.fromstring(svg).iter("text")]


def bars(*names: str) -> str:
    """Return bars of these names."""
    return plots.bars("plot", "Bars", [Figure(name, 0.5, 0.25, 0.75, 8) for name in names])


DRAWINGS = pytest.mark.parametrize(
    "svg",
    [
        pytest.param(bars("short", "long"), id="bars"),
        pytest.param(plots.coverage("plot", "Curve", POINTS, covered=0.5, false_answers=0.25), id="coverage"),
        pytest.param(plots.reliability("plot", "Points", BINS), id="reliability"),
    ],
)


@DRAWINGS
def test_a_drawing_says_what_it_shows(svg: str) -> None:
    """It is named by its title and described with its numbers, for those who do not see it."""
    root = ElementTree.fromstring(svg)
    named = [root.find(f".//*[@id='{name}']") for name in root.attrib["aria-labelledby"].split()]
    assert root.attrib["role"] == "img"
    assert [element.tag for element in named if element is not None] == ["title", "desc"]
    assert re.search(r"0\.\d", "".join(root.findtext("desc") or ""))


@DRAWINGS
def test_a_drawing_takes_the_pages_colours_and_rules(svg: str) -> None:
    """Nothing in it is light or dark by itself, and it brings no rule that would reach the page around it."""
    assert re.findall(r"#[0-9a-f]{6}\b", svg) == []
    assert "var(--accent)" in svg
    assert "<style" not in svg


@DRAWINGS
def test_what_a_drawing_points_to_is_in_it(svg: str) -> None:
    """Each id begins with the drawing's name and is there once; each reference finds one."""
    ids = re.findall(r'\bid="([^"]*)"', svg)
    pointed = re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', svg)
    assert len(set(ids)) == len(ids)
    assert all(name.startswith("plot-") for name in ids)
    assert {first or second for first, second in pointed} <= set(ids)
    assert pointed


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("short", "short (8)", id="a word"),
        pytest.param("", "none given (8)", id="none"),
        pytest.param(r"$\frac{1}{", r"$\frac{1}{ (8)", id="a broken formula"),
        pytest.param('</text><script>"&', '</text><script>"& (8)', id="markup"),
        pytest.param('url(#x) id="a" #1c232c', 'url(#x) id="a" #1c232c (8)', id="what is replaced in attributes"),
        pytest.param("a\x00b\u202ec", "a b c (8)", id="no characters"),
        pytest.param("文脈", "文脈 (8)", id="signs that the measuring font lacks"),
        pytest.param("a" * 31, "a" * 29 + "… (8)", id="too long"),
    ],
)
def test_names_of_a_question_file_are_names(name: str, shown: str) -> None:
    """Whatever a style is called, it is written as it is."""
    assert shown in texts(bars(name))


def test_bars_stand_in_order() -> None:
    """The highest is on top; an axis counts from below."""
    svg = plots.bars("plot", "Bars", [Figure("low", 0.25, 0, 0.5, 8), Figure("high", 0.75, 0.5, 1, 4)])
    written = texts(svg)
    assert written.index("low (8)") < written.index("high (4)")
    assert {"0.250", "0.750"} <= set(written)
    assert "high: 0.750 of 4; low: 0.250 of 8." in svg


def test_points_carry_their_counts() -> None:
    """Beside each point of the reliability diagram stands how many questions it is of."""
    assert {"4", "5"} <= set(texts(plots.reliability("plot", "Points", BINS)))
