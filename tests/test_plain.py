import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipt_rag.plain import plain_text


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        pytest.param("**Sick role** — a framing", "Sick role — a framing", id="bold"),
        pytest.param("an *early* manual, _in print_", "an early manual, in print", id="italic"),
        pytest.param(r"a \[sic\] and \*so\*", "a [sic] and *so*", id="escaped signs are signs"),
        pytest.param("a_b and snake_case_name", "a_b and snake_case_name", id="inside a word it is no emphasis"),
        pytest.param("5 * 3 = 15", "5 * 3 = 15", id="between spaces it is no emphasis"),
        pytest.param("g=0.60; 95% CI=0.45-0.75", "g=0.60; 95% CI=0.45-0.75", id="numbers stay"),
        pytest.param("“quoted” [4]", "“quoted” [4]", id="quotes and markers stay"),
    ],
)
def test_plain_text(markdown: str, expected: str) -> None:
    """Emphasis marks and escapes go; words, numbers and their order stay."""
    assert plain_text(markdown) == expected


@given(st.text(alphabet="ab12 .,;:–“”()[]\n"))
def test_text_without_marks_is_untouched(text: str) -> None:
    """What holds no mark is its own plain text."""
    assert plain_text(text) == text


@given(st.text(alphabet="ab1 *_\\.[]"))
def test_words_and_numbers_never_change(text: str) -> None:
    """Taking marks off changes no letter and no digit."""
    kept = [sign for sign in text if sign.isalnum()]
    assert [sign for sign in plain_text(text) if sign.isalnum()] == kept
