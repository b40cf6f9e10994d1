"""Normalising, disguises and views: what is read, and where it came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipt_rag.phi.disguise import decoded, readings
from ipt_rag.phi.normalise import normalise
from ipt_rag.phi.views import View

ANY_STRING = st.text(alphabet=st.characters(exclude_categories=[]))  # lone surrogates too


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        pytest.param("ＳＳＮ ２１９", "SSN 219", id="full width"),
        pytest.param("Маrу", "Mary", id="Cyrillic look-alikes"),
        pytest.param("M\u200bary L\ufeffopez", "Mary Lopez", id="zero width"),
        pytest.param("\u202eMark Lee\u202c", "Mark Lee", id="direction marks"),
        pytest.param("٠٧٧٠٠ ९", "07700 9", id="digits of other scripts"),
        pytest.param("303–555—0119", "303-555-0119", id="dashes"),
        pytest.param("Müller", "Müller", id="accents stay"),
        pytest.param("ﬁrst", "first", id="a ligature is two letters"),
    ],
)
def test_normalise(typed: str, read: str) -> None:
    """A text is read as a person sees it."""
    assert normalise(typed).text == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        pytest.param("call three oh three five five five", "call 303555", id="spoken digits"),
        pytest.param("double five oh", "550", id="double"),
        pytest.param("july ninth nineteen eighty three", "july 9th 1983", id="spoken date"),
        pytest.param("one hundred and four years", "104 years", id="hundreds"),
        pytest.param("2 1 9 - 0 9", "219-09", id="digits apart"),
        pytest.param("d a n a @ e x . o r g", "dana@ex.org", id="letters apart"),
        pytest.param("J o h n  D o e", "John Doe", id="two spaces part words"),
        pytest.param("j0hn sm1th", "john smith", id="digits for letters"),
        pytest.param("3O3-555-O119", "303-555-0119", id="letters for digits"),
        pytest.param("a%40b.org &#64; \\u0040", "a@b.org @ @", id="escapes"),
        pytest.param("dana at sign example dot org", "dana@example.org", id="spoken address"),
    ],
)
def test_readings(typed: str, read: str) -> None:
    """A disguised text has a reading without the disguise."""
    assert read in [reading.text for reading in readings(View.of(typed))]


def test_decoded_says_what_is_encoded() -> None:
    """Words in base64 and hexadecimal are read, others are not."""
    text = "id SmFuZSBEb2U= and 4a616e6520446f65 and interpersonal"
    assert [said for _, _, said in decoded(text)] == ["Jane Doe", "Jane Doe"]


@given(ANY_STRING)
def test_every_reading_points_into_the_text(text: str) -> None:
    """Each character of each reading comes from a place in the text as typed."""
    view = normalise(text)
    for reading in (view, *readings(view)):
        assert len(reading.text) == len(reading.starts) == len(reading.ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(reading.starts, reading.ends, strict=True))


@given(st.text(alphabet="ab12 ", max_size=20), st.integers(0, 20), st.integers(0, 20), st.text(max_size=5))
def test_replacing_keeps_what_stands_around(text: str, one: int, other: int, new: str) -> None:
    """A replacement changes its own stretch and nothing else."""
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    if start == end:
        return
    view = View.of(text).replaced([(start, end, new)])
    assert view.text == text[:start] + new + text[end:]
    assert list(view.starts[:start]) == list(range(start))
    assert list(view.ends[len(view.text) - (len(text) - end) :]) == list(range(end + 1, len(text) + 1))
