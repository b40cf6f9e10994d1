import pytest

from ipt_rag.chunks import pack_passages, search_text
from ipt_rag.records import Chunk, Passage, Span


def passage(text: str, *, section: tuple[str, ...] = ("A",), lead_in: str = "", kind: str = "paragraph") -> Passage:
    """Return a passage of a section; where it stands does not matter here."""
    return Passage("t", section, kind, text, 0, len(text), Span(lead_in, 0, 9) if lead_in else None, (), (), False)  # type: ignore[arg-type]


def pack(*passages: Passage, max_tokens: int = 8) -> list[Chunk]:
    """Return the chunks of an article titled "T", counting words."""
    return list(pack_passages("T", passages, count_tokens=lambda text: len(text.split()), max_tokens=max_tokens))


def test_whole_passages_of_one_section_are_packed() -> None:
    """Passages share a chunk while they fit, headed by the path of their section; "T › A" takes three of the tokens."""
    found = pack(passage("one two three"), passage("four five"), passage("six"), passage("seven", section=("B",)))
    assert found == [
        Chunk("T › A\none two three four five", 0, 2),
        Chunk("T › A\nsix", 2, 3),
        Chunk("T › B\nseven", 3, 4),
    ]


def test_a_passage_that_fills_the_window_goes_without_heading() -> None:
    """The words of a passage are worth more than those of its heading."""
    assert pack(passage("1 2 3 4 5 6 7 8"), passage("9")) == [Chunk("1 2 3 4 5 6 7 8", 0, 1), Chunk("T › A\n9", 1, 2)]


def test_a_longer_passage_stands_alone_and_whole() -> None:
    """A passage beyond the window is neither cut nor joined with another."""
    assert pack(passage("1 2 3 4 5 6 7 8 9"), passage("x")) == [
        Chunk("1 2 3 4 5 6 7 8 9", 0, 1),
        Chunk("T › A\nx", 1, 2),
    ]


def test_a_heading_longer_than_the_window_is_left_out() -> None:
    """However long a heading is, its passages are embedded."""
    long = ("a very long heading of more than eight words",)
    assert pack(passage("one", section=long), passage("two", section=long)) == [Chunk("one", 0, 1), Chunk("two", 1, 2)]


@pytest.mark.parametrize("odd", ["**", "__", "\x1f", "a\x1fb", " "])
def test_no_passage_shifts_the_numbers_of_the_next(odd: str) -> None:
    """A passage without a word, or with the splitter's own sign, still counts as one."""
    found = pack(passage(odd), passage("two"), passage("three", section=("B",)))
    assert (found[0].first, found[-1]) == (0, Chunk("T › B\nthree", 2, 3))
    assert [chunk.after for chunk in found[:-1]][-1] == 2


def test_search_text_of_a_paragraph() -> None:
    """A paragraph is searched as it reads, without its Markdown."""
    assert search_text(passage("**Tea** is *old*")) == "Tea is old"


def test_search_text_of_an_item() -> None:
    """An item is searched after the lead-in that explains it."""
    assert search_text(passage("warm the pot", kind="item", lead_in="The **rules**:")) == "The rules: warm the pot"


def test_search_text_of_a_row() -> None:
    """Each cell is searched beside the name of its column; an escaped pipe parts no cells."""
    row = passage("dusk | green \\| black", kind="row", lead_in="Hour | *Leaf*")
    assert search_text(row) == "Hour: dusk; Leaf: green | black"
