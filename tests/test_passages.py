from pathlib import Path

from ipt_rag.corpus import parse_article, read_article
from ipt_rag.passages import split_passages
from ipt_rag.records import Article, Passage
from ipt_rag.sentences import split_sentences

FOOT = "\n\n" + "\n".join(f'[{number}]: #s "T1 · Source {number}."' for number in range(1, 10)) + "\n"


def count_words(text: str) -> int:
    """Return the number of words, as a stand-in for tokens."""
    return len(text.split())


def split(article: Article, *, max_tokens: int = 100) -> list[Passage]:
    """Return the passages of an article but its sources."""
    passages = split_passages(article, split_sentences, count_tokens=count_words, max_tokens=max_tokens)
    return [passage for passage in passages if passage.kind != "source"]


def passages(body: str, *, max_tokens: int = 100) -> list[Passage]:
    """Return the passages of an article with this text and nine sources."""
    data = f"---\ntitle: T\nslug: t\n---\n\n{body}{FOOT}".encode()
    return split(parse_article(Path("t.md"), data), max_tokens=max_tokens)


def texts(body: str, *, max_tokens: int = 100) -> list[str]:
    """Return the texts of the passages."""
    return [passage.text for passage in passages(body, max_tokens=max_tokens)]


def test_every_passage_of_an_article(articles: Path) -> None:
    """The article with every kind of block makes these passages, in its order, with these citations."""
    found = [(p.kind, p.text, p.sources, p.llm) for p in split(read_article(articles / "tea.md"))]
    assert found == [
        ("paragraph", "Tea is brewed twice a day. The kettle holds 1.5 litres.", (1,), False),
        ("paragraph", "The pot is older than the house.", (2,), True),
        ("paragraph", "Nobody signed it.", (), False),
        (
            "paragraph",
            "The keeper writes on slate. The house keeps three rules:\n\n"
            "- warm the pot\n- count to sixty\n- pour slowly",
            (1,),
            False,
        ),
        ("paragraph", "Guests may add what they like.", (2,), False),
        ("definition", "**Milk** — goes in last.", (2,), False),
        ("definition", "**Lemon** — goes in first.", (), True),
        ("row", "Morning | black | wakes the keeper", (1,), False),
        ("row", "Evening | green | calms the keeper", (1, 2), False),
        (
            "vignette",
            "Illustrative example (not a guideline): A visitor asks for coffee. The keeper pours tea.",
            (),
            True,
        ),
        ("paragraph", "“Tea is only hot water.” Tea carries caffeine, as water never does.", (1,), True),
        ("question", "Do I warm the pot before I pour?", (), True),
    ]


def test_lead_ins_stand_beside_their_passages(articles: Path) -> None:
    """An item keeps the sentence that introduces its list, a row its header, verbatim and with offsets."""
    article = read_article(articles / "tea.md")
    leads = {passage.text: passage.lead_in for passage in split(article)}
    milk, morning = leads["**Milk** — goes in last."], leads["Morning | black | wakes the keeper"]
    assert milk
    assert morning
    assert (milk.text, morning.text) == ("Guests may add what they like.", "Hour | Leaf | Effect")
    assert article.text[milk.start : milk.end] == milk.text
    assert article.text[morning.start : morning.end] == morning.text
    assert leads["Do I warm the pot before I pour?"] is None


def test_a_misconception_is_one_with_its_rebuttal() -> None:
    """A quoted belief has no marker of its own, so no passage ends between it and the rebuttal."""
    [passage] = passages("“Tea is water.” It is not: it holds caffeine. And tannin. [2] [LLM]")
    assert passage.text == "“Tea is water.” It is not: it holds caffeine. And tannin."
    assert (passage.sources, passage.llm, passage.provenance) == ((2,), True, "mixed")


def test_sources_are_passages_too(articles: Path) -> None:
    """Each entry of the source list can be found and quoted, under its own number."""
    article = read_article(articles / "tea.md")
    found = split_passages(article, split_sentences, count_tokens=count_words, max_tokens=100)[-2:]
    assert [(p.kind, p.section, p.text, p.sources) for p in found] == [
        ("source", ("Sources",), "Kettle A, Spout B. On kettles. Journal of Steam. 1974;2(1):3-9.", (1,)),
        ("source", ("Sources",), "Pots of the coast. A leaflet.", (2,)),
    ]


def test_items_with_markers_of_their_own_are_passages_of_their_own() -> None:
    """A list is one passage only where no item but the last is cited; an introducing stub is then none."""
    found = passages("The rules:\n\n- warm the pot [1]\n- pour slowly [2]")
    assert [(p.text, p.lead_in and p.lead_in.text, p.sources) for p in found] == [
        ("warm the pot", "The rules:", (1,)),
        ("pour slowly", "The rules:", (2,)),
    ]


def test_a_lead_in_keeps_its_number() -> None:
    """A number printed after a list's lead-in is not lost, whether the list is one passage or many."""
    [one] = passages("The rules: [4]\n\n- warm the pot\n- pour slowly [2]")
    assert (one.sources, one.own_sources) == ((4, 2), (4, 2))
    found = passages("The rules: [4]\n\n- warm the pot [1]\n- pour slowly [2]")
    assert [(p.text, p.sources) for p in found] == [("The rules:", (4,)), ("warm the pot", (1,)), ("pour slowly", (2,))]


def test_a_marker_inside_the_last_item_is_kept() -> None:
    """Where the last item goes on behind its marker, no passage loses the number."""
    found = passages("The rules:\n\n- warm the pot\n- pour slowly. [2] Then wait.")
    assert [(p.text, p.sources) for p in found] == [("warm the pot", ()), ("pour slowly. [2] Then wait.", (2,))]


def test_what_stands_before_a_lead_in_is_no_part_of_the_list() -> None:
    """A cited sentence before the lead-in is a passage of its own."""
    assert texts("Tea is old. [1] The rules:\n\n- warm the pot\n- pour slowly [2]") == [
        "Tea is old.",
        "The rules:\n\n- warm the pot\n- pour slowly",
    ]


def test_two_lists_under_one_heading_stay_apart() -> None:
    """A list without a lead-in of its own does not take that of the list before."""
    found = passages("First:\n\n- a [1]\n- b [1]\n\nSecond.\n\n- c [2]")
    assert [(p.text, p.lead_in and p.lead_in.text) for p in found] == [
        ("a", "First:"),
        ("b", "First:"),
        ("Second.", None),
        ("c", "Second."),
    ]


def test_a_long_run_is_parted_between_sentences_and_keeps_its_covering_number() -> None:
    """Where a run is longer than the encoder reads, each part still knows the group that covers it."""
    found = passages("One two three four. Five six seven eight. Nine ten. [4]", max_tokens=8)
    assert [(p.text, p.sources, p.own_sources) for p in found] == [
        ("One two three four. Five six seven eight.", (4,), ()),
        ("Nine ten.", (4,), (4,)),
    ]


def test_a_longer_sentence_stays_whole() -> None:
    """A single sentence is never cut, however long."""
    assert texts("One two three four five six. Seven. [4]", max_tokens=3) == ["One two three four five six.", "Seven."]


def test_a_list_longer_than_is_read_falls_into_its_items() -> None:
    """A list too long for one passage is quoted item by item, each with its lead-in."""
    found = passages("The rules:\n\n- warm the old pot\n- pour it slowly [2]", max_tokens=6)
    assert [(p.text, p.lead_in and p.lead_in.text) for p in found] == [
        ("warm the old pot", "The rules:"),
        ("pour it slowly", "The rules:"),
    ]
