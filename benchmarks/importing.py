"""How long an import takes, and how much memory, against the bare converter on the same files.

    python benchmarks/importing.py

Makes a text of 10 MB, a PDF of 300 pages and 1,000 small web pages, and prints a row for each: processor seconds of the
whole import (reading, citations, article file) and of the converter alone (decoding and lines; pdfplumber's characters
and tables, page by page; lxml's tree and its text), how many times the converter's our own share is, and the peak of
memory of each, its children included.
"""

import io
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

WORDS = """mood ties grief calm loss talk role work sleep trust harm plan week visit pair group aim step worry care wish
turn speech doubt bond shift link strain rest cause sense that with from they have been were when what this
more than""".split()
SOURCES = 40
PAGES = 300
FILES = 1000
TEXT_BYTES = 10_000_000


def sentences(draw: Random, count: int) -> Iterator[tuple[str, int | None]]:
    """Yield sentences, every third with the number of a source."""
    for _ in range(count):
        words = " ".join(draw.choices(WORDS, k=draw.randint(9, 20)))
        yield words.capitalize() + ".", draw.randint(1, SOURCES) if draw.random() < 0.3 else None


def references() -> list[str]:
    """Return the list of sources."""
    return [
        f"Author {chr(65 + number % 26)}. A study of ties. J Care. 2016;{number}(7):680-687."
        for number in range(1, SOURCES + 1)
    ]


def make_text(folder: Path) -> list[Path]:
    """Write the text: paragraphs, headings and a list of sources, markers in brackets."""
    draw, parts, size = Random(1), ["Calm talk", ""], 0
    while size < TEXT_BYTES:
        paragraph = " ".join(text + (f" [{number}]" if number else "") for text, number in sentences(draw, 6))
        parts += [paragraph, ""]
        size += len(paragraph) + 2
        if draw.random() < 0.1:
            parts += [" ".join(draw.choices(WORDS, k=3)).capitalize(), ""]
    parts += ["Sources", "", *(f"{number}. {each}" for number, each in enumerate(references(), 1))]
    (folder / "text.txt").write_text("\n".join(parts), encoding="utf-8")
    return [folder / "text.txt"]


def make_pdf(folder: Path) -> list[Path]:
    """Write the PDF: full pages with raised numbers, running heads and a list of sources."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    draw, styles = Random(2), getSampleStyleSheet()
    story = [Paragraph("Calm talk", styles["Title"])]
    for _ in range(PAGES * 15 // 2):
        printed = (text + (f"<super size=6>{number}</super>" if number else "") for text, number in sentences(draw, 6))
        story.append(Paragraph(" ".join(printed), styles["BodyText"]))
    story.append(Paragraph("References", styles["Heading2"]))
    story += [Paragraph(f"{number}. {each}", styles["BodyText"]) for number, each in enumerate(references(), 1)]
    path = folder / "paper.pdf"
    SimpleDocTemplate(str(path)).build(story)
    return [path]


def make_html(folder: Path) -> list[Path]:
    """Write the web pages: menu, script, article with linked numbers, a table, a list of sources, a foot."""
    listed = "".join(f'<li id="r{number}">{each}</li>' for number, each in enumerate(references()[:12], 1))
    menu = "<nav>" + "".join(f'<a href="/{word}">{word}</a>' for word in WORDS) + "</nav><script>let a = 1;</script>"
    paths = []
    for index in range(FILES):
        draw = Random(index)
        body = ""
        for _ in range(12):
            body += f"<h2>{' '.join(draw.choices(WORDS, k=3))}</h2><p>" if draw.random() < 0.3 else "<p>"
            for text, number in sentences(draw, 4):
                at = (number or 0) % 12 + 1
                body += text + (f'<sup><a href="#r{at}">{at}</a></sup> ' if number else " ")
            body += "</p>"
        table = "<table><tr><th>Aim</th><th>Step</th></tr>" + "<tr><td>Calm</td><td>Talk</td></tr>" * 4 + "</table>"
        page = f"<html lang=en><body>{menu}<main><h1>Calm talk {index}</h1>{body}{table}"
        page += f"<h2>References</h2><ol>{listed}</ol></main><footer>{menu}</footer></body></html>"
        paths.append(folder / f"page{index}.html")
        paths[-1].write_text(page, encoding="utf-8")
    return paths


def bare_text(path: Path) -> None:
    """Decode a text and part it into lines."""
    path.read_bytes().decode("utf-8").splitlines()


def bare_pdf(path: Path) -> None:
    """Have pdfplumber give the characters and lines of each page, and look for tables where there are lines."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(path.read_bytes())) as pdf:
        for page in pdf.pages:
            page.extract_text()
            if len(page.edges) >= 6:
                page.find_tables()
            page.close()


def bare_html(path: Path) -> None:
    """Have lxml make a page's tree and give its text."""
    from lxml.html import document_fromstring

    document_fromstring(path.read_bytes()).text_content()


def ours(path: Path) -> None:
    """Import a page, up to the text of its article file."""
    from ipt_rag.importing import import_page

    import_page(path)


KINDS: dict[str, tuple[str, Callable[[Path], list[Path]], Callable[[Path], None]]] = {
    "text": ("10 MB of text", make_text, bare_text),
    "pdf": (f"a PDF of {PAGES} pages", make_pdf, bare_pdf),
    "html": (f"{FILES:,} web pages", make_html, bare_html),
}


def measured(kind: str, how: str, folder: Path) -> None:
    """Print processor seconds and peak megabytes of one run over the files of a folder."""
    step = ours if how == "ours" else KINDS[kind][2]
    for path in sorted(folder.iterdir()):
        step(path)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(sum(each.ru_utime + each.ru_stime for each in used), max(each.ru_maxrss for each in used) / 1024)


def main() -> None:
    """Print the table."""
    print("| files | import | converter alone | our share ÷ the converter | memory of the import | of the converter |")
    print("|---|---|---|---|---|---|")
    for kind, (title, make, _) in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            size = sum(path.stat().st_size for path in make(Path(folder)))
            runs = {}
            for how in ("ours", "bare"):
                command = [sys.executable, __file__, kind, how, folder]
                told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
                runs[how] = (float(told[0]), float(told[1]))
            (seconds, memory), (bare, bare_memory) = runs["ours"], runs["bare"]
            print(
                f"| {title} ({size / 1e6:.1f} MB) | {seconds:.1f} s | {bare:.1f} s | {(seconds - bare) / bare:.1f} "
                f"| {memory:.0f} MB | {bare_memory:.0f} MB |",
                flush=True,
            )


if __name__ == "__main__":
    measured(sys.argv[1], sys.argv[2], Path(sys.argv[3])) if len(sys.argv) == 4 else main()
