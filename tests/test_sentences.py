import re
from pathlib import Path

import pytest

from ipt_rag.corpus import parse_article, read_article
from ipt_rag.records import Sentence
from ipt_rag.sentences import LOOKED_BACK, sentence_spans, split_sentences

FOOT = "\n\n" + "\n".join(f'[{number}]: #s "T1 · Source {number}."' for number in range(1, 10)) + "\n"


def sentences(body: str) -> list[Sentence]:
    """Return the sentences of all blocks of an article with this text and nine sources."""
    article = parse_article(Path("t.md"), f"---\ntitle: T\nslug: t\n---\n\n{body}{FOOT}".encode())
    return [sentence for block in article.blocks for sentence in split_sentences(article, block)]


def cited(body: str) -> list[tuple[str, tuple[int, ...], bool]]:
    """Return each sentence with the numbers and the LLM tag printed directly after it."""
    return [(sentence.text, sentence.own, sentence.own_llm) for sentence in sentences(body)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("Tea. [4] Pot. [1]", [("Tea.", (4,), False), ("Pot.", (1,), False)], id="one each"),
        pytest.param("Tea. [4] [1]", [("Tea.", (4, 1), False)], id="a group, in printed order"),
        pytest.param("Tea. [4] [LLM]", [("Tea.", (4,), True)], id="source and LLM tag"),
        pytest.param("Tea. [LLM]", [("Tea.", (), True)], id="LLM tag alone"),
        pytest.param("Tea. [4] [4]", [("Tea.", (4,), False)], id="a number said twice"),
        pytest.param("Tea.", [("Tea.", (), False)], id="no marker"),
        pytest.param("It says “tea.” [4] Pot.", [("It says “tea.”", (4,), False), ("Pot.", (), False)], id="quote"),
        pytest.param("So [4] it is. Pot.", [("So [4] it is.", (4,), False), ("Pot.", (), False)], id="inside"),
        pytest.param(r"Tea \[4]. Pot.", [(r"Tea \[4].", (), False), ("Pot.", (), False)], id="escaped: no marker"),
        pytest.param("Tea [4](https://example.org).", [("Tea [4](https://example.org).", (), False)], id="a link"),
        pytest.param("Tea [1974] and [０].", [("Tea [1974] and [０].", (), False)], id="a year, a wide digit"),
    ],
)
def test_markers_stand_apart_from_the_text(body: str, expected: list[tuple[str, tuple[int, ...], bool]]) -> None:
    """The markers that close a sentence are its citations and no part of its text."""
    assert cited(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "Fishers et al. measured it.",
        "Leaves, e.g. black ones, steep.",
        "Dr. Kettle wrote it.",
        "By J. Kettle and A. B. Spout.",
        "The kettle holds 1.5 litres.",
        "It fell (d=-0.19; 95% CI 0.45-0.75).",
        "See vol. 3, p. 12.",
        "Is it 4,356? yes, by count.",
        "A pause… and then more.",
        "Black vs. Green.",
        "See https://example.org/a.b for more.",
    ],
)
def test_what_ends_no_sentence(body: str) -> None:
    """Abbreviations, initials, decimals, statistics and addresses part no sentence."""
    assert [sentence.text for sentence in sentences(body)] == [body]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("Tea cools. It is drunk.", ["Tea cools.", "It is drunk."], id="two"),
        pytest.param("Really? Yes! So…  Well.", ["Really?", "Yes!", "So…", "Well."], id="other signs"),
        pytest.param("Tea (hot.) Pot.", ["Tea (hot.)", "Pot."], id="bracket"),
        pytest.param("Tea cools. 12 cups stay.", ["Tea cools.", "12 cups stay."], id="a number opens"),
        pytest.param("Tea cools.\nIt is drunk.", ["Tea cools.", "It is drunk."], id="over lines"),
        pytest.param("> Tea cools.\n> It is drunk.", ["Tea cools.", "It is drunk."], id="over lines of a quote"),
        pytest.param("It rises. >4 metres it is.", ["It rises.", ">4 metres it is."], id="a sign opens"),
        pytest.param("Fishers et al. [2] found it. So.", ["Fishers et al. [2] found it.", "So."], id="marked et al."),
        pytest.param("Fishers et al. [2] It is so.", ["Fishers et al.", "It is so."], id="et al. at the end"),
        pytest.param("tea [4] and so. [1] but no.", ["tea [4] and so.", "but no."], id="a marked end needs no capital"),
    ],
)
def test_where_sentences_end(body: str, expected: list[str]) -> None:
    """A sentence ends at its closing sign, and the next begins with its own first sign."""
    assert [sentence.text for sentence in sentences(body)] == expected


def test_a_group_covers_what_stands_before_it() -> None:
    """A marker group speaks for the unmarked sentences before it in its block, back to the group before, no further."""
    found = sentences("One. Two. [4] Three. Four. [1] [LLM] Five.\n\nSix. Seven. [LLM] Eight. [2]")
    assert [(sentence.text, sentence.own, sentence.covering, sentence.covering_llm) for sentence in found] == [
        ("One.", (), (4,), False),
        ("Two.", (4,), (), False),
        ("Three.", (), (1,), True),
        ("Four.", (1,), (), False),
        ("Five.", (), (), False),
        ("Six.", (), (), True),
        ("Seven.", (), (), False),
        ("Eight.", (2,), (), False),
    ]


def test_a_row_is_one_sentence(articles: Path) -> None:
    """A table row is never parted, and its closing markers are its citations."""
    article = read_article(articles / "tea.md")
    rows = [split_sentences(article, block) for block in article.blocks if block.kind == "row"]
    assert [[(each.text, each.own) for each in row] for row in rows] == [
        [("Morning | black | wakes the keeper", (1,))],
        [("Evening | green | calms the keeper", (1, 2))],
    ]


def test_a_long_block_is_split_in_reasonable_time() -> None:
    """Five thousand sentences in one paragraph take a second, not minutes."""
    assert len(sentences("Tea is warm today. [4] " * 5_000)) == 5_000


def test_work_grows_with_the_text_and_no_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """At each full stop that may end an abbreviation a few signs are read, however long the sentence is by then."""

    class Counting:
        read = 0

        def search(self, text: str) -> re.Match[str] | None:
            self.read += len(text)
            return re.search(r"a\Z", text)

    counting = Counting()
    monkeypatch.setattr("ipt_rag.sentences.ABBREVIATION", counting)
    text = "a. " * 1_000
    assert list(sentence_spans(text, 0, len(text))) == [(0, len(text) - 1)]
    assert 0 < counting.read <= 1_000 * LOOKED_BACK
