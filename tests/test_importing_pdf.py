"""PDF: columns, hyphens, running heads, raised and bracketed numbers, footnotes; and what cannot be read.

Each page is drawn line by line, so that a test says where every line stands.
"""

import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ipt_rag.corpus import parse_article
from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing import import_page

WIDTH, HEIGHT = A4
LISTED = (
    "1. Lee A, Klee B. Calm talk in low mood. J Care. 2016;173(7):680-687.",
    "2. Klee B. Rest. Care Q. 2018;4:12-19.",
)


class Sheet:
    """A PDF under way; `^2^` in a line is printed raised and small."""

    def __init__(self, password: str = "") -> None:
        self.file = io.BytesIO()
        encrypted = StandardEncryption(password, strength=128) if password else None
        self.canvas = Canvas(self.file, pagesize=A4, encrypt=encrypted)

    def line(self, text: str, x: float, y: float, size: float = 10, *, bold: bool = False) -> None:
        """Print one line, `y` points below the top."""
        written = self.canvas.beginText(x, HEIGHT - y)
        face = "Helvetica-Bold" if bold else "Helvetica"
        for index, piece in enumerate(text.split("^")):
            written.setFont(face, 0.6 * size if index % 2 else size)
            written.setRise(0.35 * size if index % 2 else 0)
            written.textOut(piece)
        self.canvas.drawText(written)

    def lines(self, texts: Sequence[str], x: float, y: float, size: float = 10) -> float:
        """Print lines below each other and return where the next one stands."""
        for text in texts:
            self.line(text, x, y, size)
            y += 1.3 * size
        return y

    def turn(self) -> None:
        """Begin the next page."""
        self.canvas.showPage()

    def bytes(self) -> bytes:
        """Return the file."""
        self.canvas.save()
        return self.file.getvalue()


def imported(data: bytes, folder: Path) -> tuple[list[str], list[str], list[str]]:
    """Return the blocks of the article, its sources, and what was left out."""
    path = folder / "page.pdf"
    path.write_bytes(data)
    page = import_page(path)
    article = parse_article(path, page.markdown.encode())
    body = article.text.split("\n# ", 1)[1].splitlines()[1:]
    blocks = [line for line in body if line and not line.startswith("[")]
    return (
        blocks,
        [f"{each.number} {each.reference}" for each in article.sources],
        [each.text for each in page.report.left_out],
    )


SOURCES = [line.replace(". ", " ", 1) for line in LISTED]


def paper(first: str, second: str) -> bytes:
    """Return a page with a title, a paragraph that cites, and a list of sources."""
    sheet = Sheet()
    sheet.line("Calm talk", 60, 60, 20, bold=True)
    y = sheet.lines((f"Calm talk is a short form of care{first} It helps in grief, in strife and in role change, and most",
                     f"people can stay with it{second} It was first tried in 1974."), 60, 100)  # fmt: skip
    sheet.line("References", 60, y + 20, 14, bold=True)
    sheet.lines(LISTED, 60, y + 45)
    return sheet.bytes()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(".^1^", ".^1,2^", id="raised"),
        pytest.param("^1^.", "^1–2^.", id="raised before the stop"),
        pytest.param(" [1].", " [1, 2].", id="in brackets"),
        pytest.param(" (1).", " (1,2).", id="in round brackets"),
    ],
)
def test_citations_of_a_printed_page(first: str, second: str, tmp_path: Path) -> None:
    """Numbers are read from size and baseline, or from their brackets."""
    blocks, sources, _ = imported(paper(first, second), tmp_path)
    assert blocks == [
        "Calm talk is a short form of care. [1] It helps in grief, in strife and in role change, and most people can stay "
        "with it. [1] [2] It was first tried in 1974."
    ]
    assert sources == SOURCES


LEFT = (
    "Calm talk is a short form of care that",
    "was tried in towns by the sea.^1^ It is a",
    "talk of two, and both of them must be in-",
    "terested in ties. It helps in grief and in",
    "strife, and most people can stay with it",
    "for all of its twelve visits.^2^ Between the",
    "visits each one thinks of a step, and of",
    "what it would take to try that step in the",
    "week to come. Some of them write it",
)
RIGHT = (
    "down, and others say it aloud. A well-",
    "known trial found that both ways are as",
    "good.^1,2^ Nobody is asked to do more than",
    "that. At the end the pair looks back on",
    "what has changed, names what is well-",
    "known by now, and parts as friends do,",
    "with a word for each other and a plan for",
    "the worse days.^2^ No visit follows unless",
    "one of them asks for it.",
)
COLUMNS = (
    "Calm talk is a short form of care that was tried in towns by the sea. [1] It is a talk of two, and both of them must be "
    "interested in ties. It helps in grief and in strife, and most people can stay with it for all of its twelve visits. [2] "
    "Between the visits each one thinks of a step, and of what it would take to try that step in the week to come. Some of "
    "them write it down, and others say it aloud. A well-known trial found that both ways are as good. [1] [2] Nobody is "
    "asked to do more than that. At the end the pair looks back on what has changed, names what is well-known by now, and "
    "parts as friends do, with a word for each other and a plan for the worse days. [2] No visit follows unless one of them "
    "asks for it."
)


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    """Text runs on from the foot of the left one; a hyphen that only breaks a word goes, one that belongs to it stays."""
    sheet = Sheet()
    sheet.line("Calm talk", 60, 60, 20, bold=True)
    sheet.lines(LEFT, 60, 110)
    y = sheet.lines(RIGHT, 320, 110)
    sheet.line("References", 60, y + 30, 14, bold=True)
    sheet.lines(LISTED, 60, y + 55)
    blocks, sources, _ = imported(sheet.bytes(), tmp_path)
    assert blocks == [COLUMNS]
    assert sources == SOURCES


def test_running_heads_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    """They are no part of the text that goes on over the page, not even inside a word; the report names them."""
    sheet = Sheet()
    sheet.line("Calm talk", 60, 100, 20, bold=True)
    pages = (
        (
            "Calm talk is a short form of care that was tried first in towns by the sea. Most of all it is made for inter-",
        ),
        (
            "personal strife, and it helps in grief and in role change too, as far as is known at the time of writing.^1^ It",
        ),
        ("was first tried in 1974.^2^",),
    )
    for number, lines in enumerate(pages, 1):
        sheet.line("Journal of Care 12 (2020)", 60, 40, 8)
        sheet.line(f"Lee and Klee: Calm talk  {number}", 60, 800, 8)
        y = sheet.lines(lines, 60, 140)
        if number == len(pages):
            sheet.line("References", 60, y + 20, 14, bold=True)
            sheet.lines(LISTED, 60, y + 45)
        sheet.turn()
    blocks, sources, left_out = imported(sheet.bytes(), tmp_path)
    assert blocks == [
        "Calm talk is a short form of care that was tried first in towns by the sea. Most of all it is made for interpersonal "
        "strife, and it helps in grief and in role change too, as far as is known at the time of writing. [1] It was first "
        "tried in 1974. [2]"
    ]
    assert sources == SOURCES
    assert left_out.count("Journal of Care 12 (2020)") == 3
    assert sum(bool(re.fullmatch(r"Lee and Klee: Calm talk \d", line)) for line in left_out) == 3


def test_page_numbers_alone_are_left_out(tmp_path: Path) -> None:
    """A number in the middle of the foot of each page is no text."""
    sheet = Sheet()
    sheet.line("Calm talk", 60, 60, 20, bold=True)
    for number, text in ((1, "It helps in grief, as both pages of this text say."), (2, "It helps in strife as well.")):
        sheet.lines((text,), 60, 100)
        sheet.line(str(number), 300, 810, 9)
        sheet.turn()
    blocks, _, left_out = imported(sheet.bytes(), tmp_path)
    assert blocks == ["It helps in grief, as both pages of this text say.", "It helps in strife as well."]
    assert left_out == ["1", "2"]


def test_footnotes_of_a_printed_page_are_sources(tmp_path: Path) -> None:
    """Small print at the foot that opens with the raised numbers of the text is its list of sources."""
    sheet = Sheet()
    sheet.line("Calm talk", 60, 60, 20, bold=True)
    sheet.lines(
        ("Calm talk is a short form of care, and it has been so since it was first tried in towns by the sea.^1^",),
        60,
        100,
    )
    sheet.line("^1^ Lee A, Klee B. Calm talk in low mood. J Care. 2016;173(7):680-687.", 60, 780, 8)
    sheet.turn()
    sheet.lines(
        ("It helps in grief, in strife and in role change, as far as is known at the time of this writing here.^2^",),
        60,
        60,
    )
    sheet.line("2 Klee B. Rest. Care Q. 2018;4:12-19.", 60, 780, 8)
    blocks, sources, _ = imported(sheet.bytes(), tmp_path)
    assert "since it was first tried in towns by the sea. [1]" in " ".join(blocks)
    assert "at the time of this writing here. [2]" in " ".join(blocks)
    assert "J Care" not in " ".join(blocks)
    assert sources == SOURCES


def scanned() -> bytes:
    """Return a PDF of one picture."""
    picture = io.BytesIO()
    Image.new("L", (200, 280), 200).save(picture, "PNG")
    picture.seek(0)
    sheet = Sheet()
    sheet.canvas.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)
    return sheet.bytes()


def protected() -> bytes:
    """Return a PDF that opens with a password only."""
    sheet = Sheet(password="secret")
    sheet.line("Calm talk is a form of care.", 60, 60)
    return sheet.bytes()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(protected(), "page.pdf is password-protected. Save it without a password.", id="password"),
        pytest.param(
            scanned(), "page.pdf holds pictures of pages but no text. Run text recognition on it first.", id="scanned"
        ),
        pytest.param(
            paper(".^1^", ".^2^")[:1200],
            "page.pdf is cut off: the end of the PDF is missing. Download it again.",
            id="truncated",
        ),
        pytest.param(
            paper(".^1^", ".^2^")[:1200] + b"\n%%EOF\n", "page.pdf is a damaged PDF. Save it again.", id="damaged"
        ),
        pytest.param(b"%PDF-1.7\n%%EOF", "page.pdf is a damaged PDF. Save it again.", id="nothing inside"),
        pytest.param(b"", "page.pdf is empty. Save the page again and add it then.", id="empty"),
    ],
)
def test_a_pdf_that_cannot_be_read_is_one_sentence(data: bytes, said: str, tmp_path: Path) -> None:
    """What was met and what to do next; nothing else."""
    (tmp_path / "page.pdf").write_bytes(data)
    with pytest.raises(ImportRefusedError) as refused:
        import_page(tmp_path / "page.pdf")
    assert str(refused.value) == said


@pytest.mark.parametrize(("label", "opening"), [("•", "- "), ("–", "- "), ("{}", "{}. "), ("{}.", "{}. ")])
def test_labels_in_a_size_and_on_a_baseline_of_their_own_open_items(label: str, opening: str, tmp_path: Path) -> None:
    """Programs set bullets and numbers larger and higher than the text beside them; an open item ends with them."""
    sheet = Sheet()
    sheet.line("Calm talk", 60, 60, 20, bold=True)
    sheet.line("Calm talk is a short form of care that many people use.", 60, 100)
    items = ("Ask first.", "Then wait until the other one speaks, however long", "Rest")
    for number, (text, y) in enumerate(zip(items, (112, 124, 148), strict=True), start=1):
        sheet.line(label.format(number), 60, y - 2, 12)
        sheet.line(text, 78, y)
    sheet.line("that takes in the end.", 78, 136)
    sheet.line("It ends there.", 60, 160)
    blocks, _, _ = imported(sheet.bytes(), tmp_path)
    told = ("Ask first.", "Then wait until the other one speaks, however long that takes in the end.", "Rest")
    assert blocks[1:] == [opening.format(number) + text for number, text in enumerate(told, 1)] + ["It ends there."]
