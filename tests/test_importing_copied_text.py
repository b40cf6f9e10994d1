"""Text copied from a page: which lines are title, heading, list, table, box, source or furniture."""

import pytest

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.copied_text import read_copied_text
from ipt_rag.importing.page import Page
from ipt_rag.importing.source_list import checked, read_entry

LEAD = "Calm talk is a short form of care that many people use."


def page(*lines: str, title: str = "Calm Talk") -> Page:
    """Read a page with a title and one lead sentence above the lines given."""
    return read_copied_text("\n".join((title, "", LEAD, "", *lines)).encode(), "page.txt")


def outline(read: Page) -> list[tuple[str, str]]:
    """Return kind and words of every block below the lead."""
    return [(block.kind, block.text) for block in read.blocks[1:]]


def test_the_title_is_the_line_alone_above_the_first_prose() -> None:
    """Site name, votes and bylines above and below it are left out."""
    text = f"Some Site\nHome · Care\n\nCalm Talk\n\nBy Ann Lee on May 3, 2021\n\n{LEAD}\n"
    read = read_copied_text(text.encode(), "page.txt")
    assert read.title == "Calm Talk"
    assert [(line.line, line.reason) for line in read.left_out] == [
        (1, "head of the page, above the title"),
        (2, "head of the page, above the title"),
        (6, "byline"),
    ]


def test_a_page_without_title_is_named_by_its_subject_and_doubted() -> None:
    """The first sentence's own words serve, and the report says so."""
    read = read_copied_text(f"{LEAD}\n\nIt helps with low mood in most people.\n".encode(), "page.txt")
    assert read.title == "Calm talk"
    assert "no title" in read.doubts[0].problem


@pytest.mark.parametrize(
    "section", ["Background", "Introduction", "Intro", "Abstract", "Summary", "Overview", "1. Introduction", "Part one"]
)
def test_the_name_of_a_section_is_no_title(section: str) -> None:
    """The line above it is; the section keeps its heading."""
    read = read_copied_text(f"Calm care for grief\n\n{section}\n\n{LEAD}\n".encode(), "page.txt")
    assert read.title == "Calm care for grief"
    assert [(block.kind, block.text) for block in read.blocks][-1] == ("paragraph", LEAD)
    assert not any(line.text == "Calm care for grief" for line in read.left_out)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("Care and grief\nBy Ann Lee\nUpdated 4 June 2021\n", id="byline and date right below"),
        pytest.param("Care and grief\nA short guide\nFor staff\n\nOverview\n", id="lines below it, then a section"),
        pytest.param("Care and grief\n\nAnn Lee and Bo Klee\n\nAbstract\n", id="authors below it"),
        pytest.param("Some Site\n\nCare and grief\n\nSummary\n", id="the site above it"),
    ],
)
def test_the_title_is_found_above_what_stands_between_it_and_the_text(head: str) -> None:
    """Neither the file's name nor a section's is taken for it."""
    read = read_copied_text(f"{head}\n{LEAD}\n".encode(), "page.txt")
    assert read.title == "Care and grief"
    assert not any("no title" in doubt.problem for doubt in read.doubts)


def test_a_page_that_takes_its_files_name_says_so() -> None:
    """The report tells the name of the file from the words of the page."""
    read = read_copied_text(b"They all walked to the lake at noon, and they talked there.\n", "lake walk.txt")
    assert (read.title, read.about["title_from"]) == ("lake walk", "the file's name; the page prints no title")
    assert "its file's name was taken" in read.doubts[0].problem


def test_headings_right_above_their_text_are_told_however_short_it_is() -> None:
    """Once one has stood so, a few words below another are its text."""
    read = page("Abstract", "Care eased the worry of most people.", "", "Methods", "Nine people walked.4")
    assert [kind for kind, _ in outline(read)] == ["heading", "paragraph"] * 2


def test_headings_stand_alone_without_closing_punctuation() -> None:
    """A question alone may be a heading; a lead-in, a sentence and a marked line are not."""
    read = page("How It Works", "", "It calms.", "", "Does it help?", "", "It does so:", "", "It does4", "", "End.")
    assert outline(read) == [
        ("heading", "How It Works"),
        ("paragraph", "It calms."),
        ("heading", "Does it help?"),
        ("paragraph", "It does so:"),
        ("paragraph", "It does4"),
        ("paragraph", "End."),
    ]


def test_headings_with_nothing_under_them_are_left_out() -> None:
    """What only held links or pictures says nothing once they are gone."""
    read = page("Further Reading", "", "▶ Watch — a film:", "", "Sense", "", "It makes sense.", "", "Form")
    assert outline(read) == [("heading", "Sense"), ("paragraph", "It makes sense.")]
    assert [line.reason for line in read.left_out] == [
        "heading with nothing under it",
        "media link",
        "heading with nothing under it",
    ]


def test_lists_keep_their_items_numbers_and_nesting() -> None:
    """Bullets and numbers open items; deeper indents stand one level below."""
    read = page(
        "Steps are:", "  1. Ask first.", "  2. Then wait.", "    • calmly", "", "Two goals:", "", "  • rest", "  • ties"
    )
    items = [(block.text, block.number, block.level) for block in read.blocks if block.kind == "item"]
    assert items == [
        ("Ask first.", 1, 0),
        ("Then wait.", 2, 0),
        ("calmly", None, 1),
        ("rest", None, 0),
        ("ties", None, 0),
    ]


def test_a_list_that_lost_its_bullets_is_told_by_its_lead_in() -> None:
    """Short lines without closing punctuation below a colon are items."""
    read = page("A person may note:", "", "    thoughts", "    feelings", "", "Then it ends.")
    assert [kind for kind, _ in outline(read)] == ["paragraph", "item", "item", "paragraph"]


def test_terms_with_a_dash_are_definitions() -> None:
    """In a list of them, one without the dash stays an item and is doubted; a dash in a question defines nothing."""
    read = page("Key Terms", "", "  • Tie — a bond.4", "  • Role — a part.4", "  • Restwork is both.4", "", "Ask", "",
                "  • When I ask about a loss and then go on to plan — or do I wait? LLM")  # fmt: skip
    assert [kind for kind, _ in outline(read)] == ["heading", "definition", "definition", "item", "heading", "item"]
    assert any("no “ — ”" in doubt.problem for doubt in read.doubts)


def test_a_flattened_table_gets_its_columns_back() -> None:
    """Cells open with capital letters; a row with other counts stays one cell; prose below ends the table."""
    read = page(
        "Plan", "", "Goal SMART step (example) Reason",
        "Lower mood scores PHQ-9 falls by 5 points in 12 weeks Resolving grief lifts mood4",
        "Mend a tie Within 8 visits, both speak Talk (esp. calm talk) lowers strain2",
        "Find new ties Over 9 weeks, one visit a week Ties hold in the CBT model4",
        "Sleep at night Before nine, all lights are out Sleep mends the mood6",
        "Rest at night Under Doctor Klee one sleeps Calm nights help the work4",
        "Framing. They used calm talk. LLM",
    )  # fmt: skip
    rows = [["".join(run.text for run in cell) for cell in block.cells] for block in read.blocks if block.kind == "row"]
    header = next(block for block in read.blocks if block.kind == "header")
    assert [cell[0].text for cell in header.cells] == ["Goal", "SMART step (example)", "Reason"]
    assert rows[1] == ["Mend a tie", "Within 8 visits, both speak", "Talk (esp. calm talk) lowers strain2"]
    assert [len(row) for row in rows] == [1, 3, 3, 3, 1]
    assert read.blocks[-1].text == "Framing. They used calm talk. LLM"


def test_a_table_with_tabs_is_taken_as_it_is() -> None:
    """Tabs part the columns whatever the cells say."""
    read = page("Care\tCost", "calm talk\tlow", "rest\tnone")
    assert [block.kind for block in read.blocks[1:]] == ["header", "row", "row"]
    assert [cell[0].text for cell in read.blocks[2].cells] == ["calm talk", "low"]


def test_lines_that_may_have_been_a_table_are_doubted() -> None:
    """Names, one to a line, are no table; the report says that a form was lost."""
    read = page("Ann Lee", "Bo Klee", "Cy Roe")
    assert [block.kind for block in read.blocks[1:]] == ["paragraph"] * 3
    assert any("whose form was lost" in doubt.problem for doubt in read.doubts)


def test_a_box_of_facts_gives_definitions_behind_the_lead() -> None:
    """Labels without values and the page's own labels are left out; alternative text gives way to its caption."""
    read = page(
        "7 upvotes", "Type", "method — short", "Populations", "Problems", "Key figures", "Ann Lee, Bo Klee",
        "Read time", "9 min", "Watch", "Tube “Calm talk”",
        "A drawing of two people who sit and talk in a room.", "Two people in calm talk sit in a room and speak. LLM",
        "", "It goes on below the box of facts. LLM",
    )  # fmt: skip
    assert outline(read) == [
        ("paragraph", "Two people in calm talk sit in a room and speak. LLM"),
        ("paragraph", "It goes on below the box of facts. LLM"),
        ("heading", "At a glance"),
        ("definition", "Type method — short"),
        ("definition", "Key figures Ann Lee, Bo Klee"),
    ]
    assert [line.line for line in read.left_out] == [5, 8, 9, 12, 13, 14, 15, 16]


def test_sources_are_numbered_tiered_and_addressed() -> None:
    """Number, link label and tier come off; the reference keeps its own characters."""
    read = page(
        "Sources", "",
        "  1. Lee A. Calm. J Care. 2016;173(7):680-687. — linkT1", "  2. Klee B. https://a.org/b. — linkT3",
        "  3. Roe C. Rest — a study. doi:10.1000/x.5", "     (second edition)", "", "More", "", "It goes on.",
    )  # fmt: skip
    assert [(source.number, source.tier, source.reference, source.address) for source in read.sources] == [
        (1, "T1", "Lee A. Calm. J Care. 2016;173(7):680-687.", ""),
        (2, "T3", "Klee B. https://a.org/b.", "https://a.org/b"),
        (3, "", "Roe C. Rest — a study. doi:10.1000/x.5 (second edition)", "https://doi.org/10.1000/x.5"),
    ]
    assert outline(read) == [("heading", "More"), ("paragraph", "It goes on.")]


def test_a_source_number_that_stands_twice_is_refused() -> None:
    """The list must be unambiguous."""
    with pytest.raises(ImportRefusedError, match=r"page.txt:8: source 1 stands twice"):
        page("Sources", "", "1. Lee A. Calm.", "1. Klee B. Rest.")


def test_notices_and_provenance_are_kept_in_sections_of_their_own() -> None:
    """What the page warns of and says of itself is content; the form around it is not."""
    read = page(
        "⚠︎ Made by a model — check before use.", "", "Sense", "", "It makes sense.1", "",
        "Sources", "", "1. Lee A. Calm.",
        "", "See also", "",
        "Provenance. Made by a model · version 1.2 · last updated 2026-05-04 · 2 sources. Check it.",
        "", "Suggest a revision", "", "Spotted an error? Send it.", "", "Public name", "⚠︎ Name no patient.",
    )  # fmt: skip
    assert outline(read)[2:] == [
        ("heading", "Notices"),
        ("paragraph", "⚠︎ Made by a model — check before use."),
        ("paragraph", "⚠︎ Name no patient."),
        ("heading", "Provenance"),
        ("paragraph", "Provenance. Made by a model · version 1.2 · last updated 2026-05-04 · 2 sources. Check it."),
    ]
    assert (read.about["version"], read.about["date"]) == ("1.2", "2026-05-04")
    assert [doubt.problem for doubt in read.doubts] == ["the page says 2 sources but lists 1"]
    assert {line.text for line in read.left_out} >= {"See also", "Suggest a revision", "Spotted an error? Send it."}


@pytest.mark.parametrize(
    "line",
    [
        "12 upvotes",
        "1,204 comments",
        "Two people talkingShare on Pinterest",
        "Ann Lee/Getty Images",
        "Photo credit: Ann Lee",
        "5 min read",
        "Learn more about rest here.",
        "Medically reviewed by Ann Lee, PhD — By Bo Klee on May 3, 2021",
        "Last medically reviewed on May 3, 2021",
        "Was this helpful?",
        "© 2024 Some Site. All rights reserved.",
        "Advertisement",
    ],
)
def test_page_furniture_is_left_out_and_listed(line: str) -> None:
    """No line of the site's own leaves a trace in the article."""
    read = page(line, "", "It makes sense.")
    assert outline(read) == [("paragraph", "It makes sense.")]
    assert [left.text for left in read.left_out] == [line]


@pytest.mark.parametrize(
    "line",
    [
        "Learn more in this article.",
        "The photo by the bed was of two people, she said.",
        "By 2017, at least 133 trials had been conducted worldwide.",
        "Votes were counted twice.",
        "Sources of strain differ between people.",
    ],
)
def test_sentences_that_resemble_furniture_are_kept(line: str) -> None:
    """A rule for whole lines takes no sentence."""
    assert outline(page(line)) == [("paragraph", line)]


def test_glued_words_are_doubted_and_kept() -> None:
    """A word that stands once and is two of the page's words put together is named, never mended."""
    read = page("Areas differ in grief.", "", "Grief has areas.", "", "Four areasgrief, role and rest count.")
    assert [(doubt.line, doubt.text) for doubt in read.doubts] == [(9, "areasgrief")]
    assert read.blocks[-1].text.startswith("Four areasgrief,")


def test_a_vignette_is_told_by_its_printed_label() -> None:
    """Illustrative examples stand apart from findings."""
    read = page("LLM-generated illustrative example (not a guideline): A person rests. LLM")
    assert [kind for kind, _ in outline(read)] == ["vignette"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b" \n\t\n", "is empty", id="white space"),
        pytest.param(b"\xef\xbb\xbf \n", "nothing but white space", id="a byte order mark alone"),
        pytest.param(b"%PDF-1.7 \x00", "is a PDF", id="a PDF"),
        pytest.param(b"\x7fELF\x00\x01", "is a binary file", id="binary"),
        pytest.param("Er sagte „nein“.".encode("cp1252"), "perhaps Windows-1252", id="Windows-1252"),
        pytest.param("Müde Männer".encode("latin-1"), "perhaps ISO 8859-1", id="Latin-1"),
        pytest.param(b"Calm \x07 talk", r"U\+0007", id="a control character"),
        pytest.param(b"a" * 20_000_001, "20,000,001 bytes", id="huge"),
        pytest.param(b"12 upvotes\n\nShare on Facebook\n", "page furniture but no article", id="furniture only"),
    ],
)
def test_files_that_hold_no_page_are_refused(data: bytes, problem: str) -> None:
    """Each ends in one sentence that names the file and the matter."""
    with pytest.raises(ImportRefusedError, match=problem) as refused:
        read_copied_text(data, "page.txt")
    assert str(refused.value).startswith("page.txt")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_encodings_with_a_byte_order_mark_are_read(encoding: str) -> None:
    """What names its own encoding needs no guess."""
    assert read_copied_text(f"Calm Talk\r\n\r\n{LEAD}\r\n".encode(encoding), "page.txt").title == "Calm Talk"


@pytest.mark.parametrize("number", [0, 1000])
def test_a_source_whose_number_no_article_can_hold_is_told(number: int) -> None:
    """It would be lost when the article is read: the list is to be numbered anew."""
    entries = [read_entry("Lee A. Calm talk. 2016.", number=each, line=9) for each in (number, 1)]
    with pytest.raises(
        ImportRefusedError, match=rf"page\.txt:9: the list has a source {number}\. Number it from 1 to 999"
    ):
        checked(entries, "page.txt")
