from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipt_rag.query import Query, content_words, stems, understand

VOCABULARY = Counter(
    "interpersonal inventory depression depression grief dispute disputes phases initial cbt cognitive behavioral "
    "therapy maintenance bulimia nervosa mdd session sessions draft".split()
)
KNOWN = frozenset({"dreamt", "ostrich", "dispute", "grieve", "expression", "depressive", "disorder"})


def read(question: str) -> Query:
    """Return the query for a question, over a small vocabulary."""
    return understand(question, VOCABULARY, KNOWN)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        pytest.param("What is the interpersonal inventory?", ("interpersonal", "inventory"), id="content words"),
        pytest.param("Can you tell me about grief?", ("grief",), id="polite wrapping"),
        pytest.param("hi, please explain the initial phases", ("initial", "phases"), id="greeting"),
        pytest.param("How does IPT treat grief in IPT?", ("treat", "grief"), id="the topic says nothing"),
        pytest.param("GRIEF, grief; Grief!", ("grief",), id="each word once"),
        pytest.param("ｇｒｉｅｆ\u00a0 phases", ("grief", "phases"), id="wide letters, odd spaces"),
    ],
)
def test_words_are_what_is_asked_about(question: str, words: tuple[str, ...]) -> None:
    """Of a question stay the words that say what it is about."""
    assert read(question).words == words


@pytest.mark.parametrize(
    ("question", "repaired"),
    [
        pytest.param("depresion", (("depresion", "depression"),), id="a letter missing"),
        pytest.param("greif", (("greif", "grief"),), id="letters swapped"),
        pytest.param("the Inventroy", (("Inventroy", "inventory"),), id="a capital"),
        pytest.param("depression", (), id="right as it is"),
        pytest.param("disputes", (), id="another form that the corpus has"),
        pytest.param("grieve", (), id="known to the encoder, near a word of the corpus"),
        pytest.param("expression", (), id="known, one letter off"),
        pytest.param("ostrich", (), id="known, not in the corpus"),
        pytest.param("CBX", (), id="an abbreviation in capitals"),
        pytest.param("DEPRESION", (), id="capitals are left alone"),
        pytest.param("gref", (("gref", "grief"),), id="four letters are enough"),
        pytest.param("grf", (), id="three are not"),
        pytest.param("sess1on", (), id="a digit"),
        pytest.param("12-17 sessions", (), id="a range"),
        pytest.param("PHQ-8", (), id="a score"),
        pytest.param("zzzzqqqq", (), id="near nothing"),
    ],
)
def test_spelling(question: str, repaired: tuple[tuple[str, str], ...]) -> None:
    """A misspelt word is read as the corpus's nearest; a known word, a word with a digit or in capitals never is."""
    assert read(question).repaired == repaired


@given(st.lists(st.sampled_from([*VOCABULARY, *KNOWN, "IPT", "MDD", "d=-0.19", "4,356", "1974", "IPT-A", "12-16"])))
def test_what_is_right_is_never_repaired(words: list[str]) -> None:
    """No known word and no number turns into another."""
    assert read(" ".join(words)).repaired == ()


@given(st.text(alphabet="0123456789.,-=%:;() ", max_size=30))
def test_numbers_stay(text: str) -> None:
    """Digits are searched as they were typed."""
    assert [sign for sign in read("grief " + text).text if sign.isdigit()] == [sign for sign in text if sign.isdigit()]


@given(st.text(max_size=200))
def test_any_string_is_a_question(question: str) -> None:
    """Whatever is typed makes a query; the same makes the same; its words are content words, each once."""
    query = read(question)
    assert query == read(question)
    assert len(query.words) == len(set(query.words))
    assert query.text == " ".join(query.text.split())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("Is PPD treated?", "postpartum depression", id="spelled out where the corpus has the long form"),
        pytest.param("Is major depressive disorder treated?", "MDD", id="shortened where the corpus lacks the long"),
        pytest.param("Is CBT alike?", "Is CBT alike", id="stays where the corpus has both"),
        pytest.param(
            "Is cognitive behavioral therapy alike?", "Is cognitive behavioral therapy alike", id="and so does the long"
        ),
        pytest.param("BED", "binge-eating disorder", id="in capitals"),
    ],
)
def test_abbreviations(question: str, expected: str) -> None:
    """An abbreviation of the field meets its meaning, and a meaning its abbreviation."""
    assert expected in read(question).text


@pytest.mark.parametrize("question", ["a bed for the night", "so sad a day", "phi and psi"])
def test_small_words_are_no_abbreviations(question: str) -> None:
    """What is a word in small letters is one."""
    assert (
        read(question).text == question.removeprefix("so ").removeprefix("a ") or "disorder" not in read(question).text
    )


@pytest.mark.parametrize(
    ("question", "example", "reflection"),
    [
        ("Give me an example of grief", True, False),
        ("What should I ask myself about disputes?", False, True),
        ("What are the phases?", False, False),
    ],
)
def test_what_asks_for_an_example_or_for_reflection(question: str, example: bool, reflection: bool) -> None:
    """Vignettes and supervision questions are meant where they are asked for."""
    query = read(question)
    assert (query.asks_example, query.asks_reflection) == (example, reflection)


def test_content_words_in_order() -> None:
    """Hyphens and apostrophes join a word; small words and signs go."""
    assert content_words("The patient’s PHQ-9 is in-session, isn't it? 4,356!") == [
        "patient’s",
        "phq-9",
        "in-session",
        "isn't",
        "4",
        "356",
    ]


def test_stems_join_the_forms_of_a_word() -> None:
    """Forms of one word have one stem."""
    assert stems("disputes dispute") == ["disput", "disput"]
    assert len(set(stems("treating treated treats"))) == 1


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("Which source is the 1984 manual?", True),
        ("who wrote the book on tea", True),
        ("What is ISIPT?", False),
        ("What does the inventory look at?", False),
    ],
)
def test_what_asks_for_a_source(question: str, source: bool) -> None:
    """An entry of the source list is meant where a reference, its author, year or place is asked for."""
    assert read(question).asks_source is source


@pytest.mark.parametrize(
    ("question", "repaired"),
    [
        ("waht is grief", (("waht", "what"),)),
        ("wich phases", (("wich", "which"),)),
        ("definiton of grief", (("definiton", "definition"),)),
        ("it may worsen grief", ()),
        ("who quits", ()),
    ],
)
def test_slips_in_words_of_asking(question: str, repaired: tuple[tuple[str, str], ...]) -> None:
    """What people ask with is repaired though no article has it; what is another word stays."""
    assert read(question).repaired == repaired


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Who is IPT not for?", "Who is not for? contraindications"),
        ("When does IPT not work?", "When does not work? contraindications"),
        ("Who is IPT for?", "Who is for? indications"),
        ("How does IPT work?", "How does interpersonal psychotherapy work?"),
        ("What is IPT?", "What is interpersonal psychotherapy?"),
    ],
)
def test_a_side_of_the_topic_is_not_the_topic(question: str, text: str) -> None:
    """Who asks for whom it is, or where it fails, is not told what it is."""
    assert read(question).text == text


@pytest.mark.parametrize(
    ("text", "stemmed"),
    [
        ("evidence-based", ["evid", "base"]),
        ("co-founded", ["found"]),
        ("IPT-A", ["ipt-a"]),
        ("12-16 weeks", ["12-16", "week"]),
    ],
)
def test_a_compound_counts_as_its_words(text: str, stemmed: list[str]) -> None:
    """What is written with a hyphen meets the same words without; names and ranges stay whole."""
    assert stems(text) == stemmed
