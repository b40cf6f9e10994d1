"""The citation grammar, by tiny invented sentences."""

import pytest

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.markers import Assume, Grammar, Group, Marked
from ipt_rag.importing.page import BlockKind, PageBlock, PageSource, Run, plain


def sources(count: int) -> tuple[PageSource, ...]:
    """Return a list of so many sources; each is linked to as "ref-3"."""
    return tuple(PageSource(number, "", f"Author {number}.", "", f"ref-{number}", 90) for number in range(1, count + 1))


def decode(text: str, count: int = 8, kind: BlockKind = "paragraph", *, assume: tuple[Assume, ...] = ()) -> Marked:
    """Decode one block on a page that uses LLM tags."""
    blocks = (PageBlock(kind, (plain(text),), 3), PageBlock("paragraph", (plain("CBT closes the page. LLM"),), 9))
    return Grammar("page.txt", sources(count), blocks, assume).decode(blocks[0])[0]


def group(*numbers: int, llm: bool = False) -> Group:
    """Return a marker group."""
    return Group(numbers, llm)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        pytest.param("Mood rose.4", ("Mood rose.", group(4)), id="after the full stop"),
        pytest.param("Mood rose.4 It fell.2", ("Mood rose.", group(4), " It fell.", group(2)), id="two sentences"),
        pytest.param("It “works.”2 It does.", ("It “works.”", group(2), " It does."), id="after the quote"),
        pytest.param("Mood (95% CI=0.45-0.75).1", ("Mood (95% CI=0.45-0.75).", group(1)), id="after a bracket"),
        pytest.param("Mood rose.41", ("Mood rose.", group(4, 1)), id="two numbers, one run"),
        pytest.param("Mood rose.4,5", ("Mood rose.", group(4, 5)), id="a comma between"),
        pytest.param("Mood rose.3–5", ("Mood rose.", group(3, 4, 5)), id="a range"),
        pytest.param("In 1974.6 It grew.", ("In 1974.", group(6), " It grew."), id="a year closed by a marker"),
        pytest.param("On the PHQ-9.4 It grew.", ("On the PHQ-9.", group(4), " It grew."), id="a score name closed"),
        pytest.param("By 40%.4 It grew.", ("By 40%.", group(4), " It grew."), id="a per cent closed"),
        pytest.param("Is it so?2 LLM", ("Is it so?", group(2, llm=True)), id="number and tag"),
        pytest.param("Mood rose. LLM It fell.", ("Mood rose.", group(llm=True), " It fell."), id="tag inside a block"),
        pytest.param("By Smith et al.4 It grew.", ("By Smith et al.", group(4), " It grew."), id="after et al."),
        pytest.param("In grief,4 mood falls.", ("In grief,", group(4), " mood falls."), id="after a comma"),
        pytest.param("Mood rose [3, 5–7].", ("Mood rose.", group(3, 5, 6, 7)), id="brackets before the stop"),
        pytest.param("Mood rose.[4][5]", ("Mood rose.", group(4, 5)), id="brackets side by side"),
        pytest.param("Mood [4] rose.", ("Mood", group(4), " rose."), id="brackets inside a sentence"),
        pytest.param("Mood rose.^4", ("Mood rose.", group(4)), id="caret"),
        pytest.param("Mood rose in 1974^4.", ("Mood rose in 1974.", group(4)), id="caret behind a year"),
        pytest.param("By 40%^4 it grew.", ("By 40%", group(4), " it grew."), id="caret behind a per cent"),
        pytest.param("Hepatitis B[4] rose.", ("Hepatitis B", group(4), " rose."), id="brackets behind a letter"),
        pytest.param("Mood rose by 40% [4].", ("Mood rose by 40%.", group(4)), id="brackets behind a per cent"),
        pytest.param("Mood rose [^4].", ("Mood rose.", group(4)), id="footnote"),
        pytest.param("Mood rose.⁴,⁵", ("Mood rose.", group(4, 5)), id="raised digits"),
        pytest.param("Mood rose. [4] [LLM]", ("Mood rose.", group(4, llm=True)), id="our own markers"),
    ],
)
def test_markers_are_read(text: str, marked: Marked) -> None:
    """Printed markers become groups at the place where they were printed, behind closing punctuation."""
    assert decode(text) == marked


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Among 4,356 patients it held.", id="thousands"),
        pytest.param("It fell (d=-0.19 after removal).", id="statistic"),
        pytest.param("It was 0.4 At best.", id="a decimal below one"),
        pytest.param("The PHQ-9 fell.", id="score name"),
        pytest.param("Over 12-16 weeks and 12–16 visits.", id="range"),
        pytest.param("In Journal 2016;173(7):680-687.", id="reference"),
        pytest.param("See p.4 For more.", id="page"),
        pytest.param("Fig.2 Shows it.", id="figure"),
        pytest.param("See no.5 There.", id="number"),
        pytest.param("At https://a.org/b.4 There.", id="address"),
        pytest.param("The interval was [0.2, 0.4].", id="decimals in brackets"),
        pytest.param("It was so [sic] then.", id="a word in brackets"),
        pytest.param("An LLM wrote it. LLMs did.", id="LLM as a word"),
        pytest.param("It measures 5 m² there.", id="the exponent of a unit"),
        pytest.param("1.2 Methods follow here.", id="a section number"),
        pytest.param("The path was 4 m^2 wide.", id="the exponent of a unit behind a caret"),
        pytest.param("It was 5 kg/m^2 heavy.", id="the exponent of a compound unit"),
        pytest.param("The pull was 10^2 N.", id="the exponent of a number"),
        pytest.param("With η_p^2 as measure.", id="the exponent of a sign with an index"),
        pytest.param("It held (F[1, 2] = 4.1).", id="degrees of freedom"),
        pytest.param("It held, t[8] = 2.1, then.", id="degrees of freedom of one number"),
        pytest.param("It held, F[1, 2], then.", id="degrees of freedom without a value"),
        pytest.param("It held, 95% CI [1, 2], then.", id="an interval"),
        pytest.param("A confidence interval of [1, 2] was met.", id="an interval in words"),
        pytest.param("A range of [1-5] was met.", id="a range"),
    ],
)
def test_numbers_are_not_markers(text: str) -> None:
    """Numbers, dates, ranges, statistics, score names, pages and addresses hold no marker."""
    assert decode(text) == (text,)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        pytest.param("lifting mood4", ("lifting mood", group(4)), id="digits"),
        pytest.param("lifting mood41", ("lifting mood", group(4, 1)), id="two numbers"),
        pytest.param("lifting mood4 LLM", ("lifting mood", group(4, llm=True)), id="number and tag"),
        pytest.param("lifting mood LLM", ("lifting mood", group(llm=True)), id="tag"),
        pytest.param("reply to CBT4", ("reply to CBT", group(4)), id="an acronym that the page also uses alone"),
        pytest.param("drafted by an LLM", ("drafted by an LLM",), id="the word"),
        pytest.param("measured with PHQ9", ("measured with PHQ9",), id="a score name"),
        pytest.param("vitamin B12", ("vitamin B12",), id="a vitamin"),
        pytest.param("for 12", ("for 12",), id="a number of its own"),
        pytest.param("scores on the GAD-7", ("scores on the GAD-7",), id="a score name with a hyphen"),
    ],
)
@pytest.mark.parametrize("kind", ["row", "item"])
def test_the_last_word_of_a_row_or_item_may_carry_a_marker(text: str, marked: Marked, kind: BlockKind) -> None:
    """There digits glued to a word are a marker, those of a name are not."""
    assert decode(text, kind=kind) == marked


@pytest.mark.parametrize(
    ("count", "choices"),
    [
        pytest.param(41, "41, or 4 and 1|4 and 1, or 41", id="one number or two"),
        pytest.param(3, "stands for no source", id="beyond the list"),
        pytest.param(0, "no list of sources", id="no list"),
    ],
)
def test_what_cannot_be_read_in_one_way_is_refused(count: int, choices: str) -> None:
    """The refusal names file, line, the words around and the choices."""
    with pytest.raises(ImportRefusedError, match=choices) as refused:
        decode("Mood rose with time.41", count)
    assert str(refused.value).startswith("page.txt:3: ")
    assert "Mood rose with time.41" in str(refused.value)


@pytest.mark.parametrize(
    ("assume", "marked"),
    [
        pytest.param("whole", ("Mood rose.", group(41)), id="whole"),
        pytest.param("split", ("Mood rose.", group(4, 1)), id="split"),
    ],
)
def test_an_assumption_decides_between_readings(assume: Assume, marked: Marked) -> None:
    """Digits that can be read in two ways are read as the person said."""
    assert decode("Mood rose.41", 41, assume=(assume,)) == marked


def test_a_decimal_that_may_be_a_closed_number_is_asked_for() -> None:
    """A number below a year, a point and a source's number can be either; an assumption decides."""
    with pytest.raises(ImportRefusedError, match="--assume decimal or --assume marker"):
        decode("Scores fell to 12.4 The end.")
    assert decode("Scores fell to 12.4 The end.", assume=("decimal",)) == ("Scores fell to 12.4 The end.",)
    assert decode("Scores fell to 12.4 The end.", assume=("marker",)) == ("Scores fell to 12.", group(4), " The end.")


@pytest.mark.parametrize("text", ["It has a wide range [3, 4].", "It held at 95% [3, 4].", "It gave F [3, 4] then."])
def test_brackets_that_may_belong_to_a_statistic_are_asked_for(text: str) -> None:
    """Two numbers behind the name of an interval are its ends or two sources; an assumption decides."""
    with pytest.raises(ImportRefusedError, match="“3, 4” can be read as numbers of a statistic or as a marker"):
        decode(text)
    assert decode(text, assume=("decimal",)) == (text,)
    assert group(3, 4) in decode(text, assume=("marker",))


@pytest.mark.parametrize("text", ["The path was 4 m^2 wide.", "It gave F[1, 2] = 4.1 then."])
def test_an_exponent_or_statistic_is_reported_and_makes_no_page_of_numbers(text: str) -> None:
    """What might have been a marker stays as printed and is named; authors and years are read beside it."""
    blocks = (PageBlock("paragraph", (plain(text),), 3), PageBlock("paragraph", (plain("It helps (Lee, 2016)."),), 5))
    grammar = Grammar("page.txt", (PageSource(1, "", "Lee A. Calm. 2016.", "", "", 9),), blocks, ())
    assert [grammar.decode(block) for block in blocks] == [((text,),), (("It helps (Lee, 2016).", group(1)),)]
    assert [doubt.line for doubt in grammar.doubts] == [3]


def test_degrees_of_freedom_are_no_markers_where_the_page_cites_in_round_brackets() -> None:
    """There the numbers of both stand in the same brackets."""
    text = "It helps (4). It is old (2, 3). It held, F(1, 2) = 4.1."
    block = PageBlock("paragraph", (plain(text),), 3)
    decoded = Grammar("page.txt", sources(8), (block,), ()).decode(block)[0]
    assert decoded == ("It helps.", group(4), " It is old.", group(2, 3), " It held, F(1, 2) = 4.1.")


def test_digits_glued_to_a_word_inside_a_sentence_are_doubted() -> None:
    """They stay as printed, and the report names them."""
    block = PageBlock("paragraph", (plain("The mood4 of patients rose."),), 3)
    grammar = Grammar("page.txt", sources(8), (block,), ())
    assert grammar.decode(block) == (("The mood4 of patients rose.",),)
    assert [(doubt.line, "mood4" in doubt.text) for doubt in grammar.doubts] == [(3, True)]


def test_a_link_to_the_list_is_a_marker() -> None:
    """A raised or plain link resolves by its anchor, whatever label it shows."""
    runs = (
        Run("Mood rose."),
        Run("a", raised=True, target="ref-3"),
        Run(" It fell "),
        Run("[2]", target="ref-2"),
        Run("."),
    )
    block = PageBlock("paragraph", (runs,), 3)
    decoded = Grammar("page.html", sources(8), (block,), ()).decode(block)
    assert decoded == (("Mood rose.", group(3), " It fell.", group(2)),)


def test_no_tag_is_read_on_a_page_without_tags() -> None:
    """Where no block ends with the tag, LLM is a word."""
    block = PageBlock("paragraph", (plain("They built one. LLM Two came later."),), 3)
    assert Grammar("page.txt", (), (block,), ()).decode(block) == (("They built one. LLM Two came later.",),)


AUTHORS = (
    PageSource(1, "T1", "Lee AB, Klee C. Calm. J Care. 2016;173(7):680.", "", "", 90),
    PageSource(2, "T1", "van Straten A. Rest. 2011.", "", "", 91),
    PageSource(3, "T2", "Klee C. Talk. 2018a.", "", "", 92),
    PageSource(4, "T2", "Klee C. More talk. 2018b.", "", "", 93),
)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        pytest.param("It helps (Lee & Klee, 2016).", ("It helps (Lee & Klee, 2016).", group(1)), id="two authors"),
        pytest.param(
            "It helps (see Lee et al., 2016; van Straten, 2011). So.",
            ("It helps (see Lee et al., 2016; van Straten, 2011).", group(1, 2), " So."),
            id="two works",
        ),
        pytest.param(
            "Lee et al. (2016) found it.", ("Lee et al. (2016)", group(1), " found it."), id="in the sentence"
        ),
        pytest.param("It helps (Klee, 2018b).", ("It helps (Klee, 2018b).", group(4)), id="a letter"),
        pytest.param("It began in May (2016 in all).", ("It began in May (2016 in all).",), id="a month"),
    ],
)
def test_author_and_year_are_looked_up_in_the_list(text: str, marked: Marked) -> None:
    """The words stay, for they are the page's own; the number follows them."""
    block = PageBlock("paragraph", (plain(text),), 3)
    assert Grammar("page.txt", AUTHORS, (block,), ()).decode(block) == (marked,)


def test_an_author_and_year_that_match_two_sources_are_refused() -> None:
    """The choices are named."""
    block = PageBlock("paragraph", (plain("It helps (Klee, 2018)."),), 3)
    with pytest.raises(ImportRefusedError, match="“Klee 2018” can be source 3, or source 4"):
        Grammar("page.txt", AUTHORS, (block,), ()).decode(block)


def test_an_author_and_year_that_match_no_source_are_doubted() -> None:
    """They stay words."""
    block = PageBlock("paragraph", (plain("It helps (Roe, 2020)."),), 3)
    grammar = Grammar("page.txt", AUTHORS, (block,), ())
    assert grammar.decode(block) == (("It helps (Roe, 2020).",),)
    assert [doubt.problem for doubt in grammar.doubts] == ["author and year that match no source: kept as words"]


def test_numbers_in_round_brackets_are_markers_where_the_page_cites_so() -> None:
    """On a page that also glues or brackets numbers, or numbers beyond its list, they are words."""
    block = PageBlock("paragraph", (plain("It helps (4). It is old (2, 3–4), they say."),), 3)
    decoded = Grammar("page.txt", sources(8), (block,), ()).decode(block)[0]
    assert decoded == ("It helps.", group(4), " It is old", group(2, 3, 4), ", they say.")
    for other in ("It helps.4", "It helps [4].", "It took years (12)."):
        beside = (block, PageBlock("paragraph", (plain(other),), 5))
        assert len(Grammar("page.txt", sources(8), beside, ()).decode(block)[0]) == 1
