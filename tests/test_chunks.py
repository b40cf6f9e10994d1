import pytest

from ipt_rag.chunks import pack_passages, search_text
from ipt_rag.records import Chunk, Passage, Span


def passage(text: str, *, section: tuple[str, ...] = ("A",), lead_in: str = "", kind: str = "paragraph") -> Passage:
    """Return a passage of a section; where it stands does not matter here."""
    return Passage("t", section, kind, text, 0, len(text), Span(lead_in, 0, 9) if lead_in else None, (), (), False)  # type: ignore[arg-type]


def pack(*passages: Passage, max_tokens: int = 5) -> list[Chunk]:
    """Return the chunks of an article, counting words."""
    return list(pack_passages(passages, count_tokens=lambda text: len(text.split()), max_tokens=max_tokens))


def test_whole_passages_of_one_section_are_packed() -> None:
    """Passages share a chunk while they fit and their section is the same."""
    found = pack(passage("one two three"), passage("four five"), passage("six"), passage("seven", section=("B",)))
    assert found == [Chunk(0, 2), Chunk(2, 3), Chunk(3, 4)]


def test_a_longer_passage_stands_alone_and_whole() -> None:
    """A passage beyond the size of a chunk is neither cut nor joined with another."""
    assert pack(passage("1 2 3 4 5 6 7 8 9"), passage("x")) == [Chunk(0, 1), Chunk(1, 2)]


@pytest.mark.parametrize("odd", ["**", "__", "\x1f", "a\x1fb", " "])
def test_no_passage_shifts_the_numbers_of_the_next(odd: str) -> None:
    """A passage without a word, or with the splitter's own sign, still counts as one."""
    found = pack(passage(odd), passage("two"), passage("three", section=("B",)))
    assert (found[0].first, found[-1]) == (0, Chunk(2, 3))
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
