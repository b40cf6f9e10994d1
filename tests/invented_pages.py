"""Invented pages for the round trip: what a page says, and how the same page looks in each format.

Everything is drawn from one `random.Random`, so that a seed names a page. The words are nonsense on purpose; the
traps are not: decimals, statistics, ranges, score names, abbreviations, quotes and every sign that Markdown reads.
`with_authors` and `with_notes` turn a page into one that cites by author and year, or by a note of its own each time.
"""

import io
import re
from dataclasses import dataclass, replace
from html import escape
from random import Random

from word_files import noted, paragraph, run, word_file

WORDS = """mood ties grief calm loss talk role work sleep trust harm plan week visit pair group aim step worry care
wish turn speech doubt bond shift link strain rest cause sense""".split()
TRAPS = (
    "4,356 patients",
    "(d=-0.19 after removal)",
    "the PHQ-9 score",
    "12–16 weeks",
    "in 173(7):680-687 there",
    "0.45-0.75",
    "as Smith et al. found",
    "(e.g. calm talk)",
    "that is, i.e. rest",
    "“sick role,” which",
    "p < 0.05",
    "n=90 pairs",
    "snake_case",
    "*starred* words",
    "[sic]",
    "a_b_ c",
    "`code`",
    "<b>bold</b>",
    "AT&T and R&amp;D",
    "1.5 hours",
    "5 | 6",
    "#hash",
    "C:\\path",
    "the 1974 trial",
    "don’t",
    '"so called"',
    "~~struck~~",
    "![x](y)",
    "10:30 today",
    "9/11 cases",
    "Dr. Klee said",
    "vs. others",
    "(see [a] b)",
    "__under__",
    "* alone",
    "\\",
    "&copy; sign",
    "50 % of it",
    "[LLM x]",
    "(95% CI 0.45 to 0.78)",
    "OR 1.8 (1.1–2.9)",
    "t(38) = 2.1",
    "M = 12.4, SD = 3.1",
    "(p = .03)",
    "on 3 May 2021",
    "in 2019–2021",
    "5–7 visits",
    "$4.50 each",
    "No. 4 of them",
    "pp. 12–19 there",
    "10% to 20% more",
    "vitamin B12",
    "omega3 oil",
    "H2O and CO2",
    "a 3 × 2 design",
)
ENDINGS = (".", ".", ".", ".", ".", "!", ".”", ").", " in 1974.", " on the PHQ-9.", " by 40%.", "…", "?”")


@dataclass(frozen=True)
class Said:
    """One sentence with the markers printed behind it."""

    text: str
    numbers: tuple[int, ...]
    llm: bool


@dataclass(frozen=True)
class Part:
    """One block: heading, paragraph, item, definition, header or row; rows have one sentence a cell."""

    kind: str
    said: tuple[Said, ...]
    level: int = 0  # of an item: 0 for the outermost list


@dataclass(frozen=True)
class Invented:
    """One page, free of any format."""

    title: str
    parts: tuple[Part, ...]
    sources: tuple[tuple[str, str], ...]  # tier, reference


def invent(seed: int, *, max_sources: int, tags: bool = True) -> Invented:
    """Return the page that a seed names."""
    draw = Random(seed)
    sources = tuple(
        _source(draw, number)
        for number in range(1, draw.randint(1, min(max_sources, draw.choice((4, 9, 9, 9, 9, 9, 30, 120)))) + 1)
    )
    parts: list[Part] = [_paragraph(draw, len(sources), tags)]
    for _ in range(draw.randint(1, 3)):
        if draw.random() < 0.6:
            parts.append(Part("heading", (Said(_phrase(draw, 2, 5).capitalize(), (), False),)))
            parts.append(_paragraph(draw, len(sources), tags))
        parts += _filler(draw, len(sources), tags)
    parts.append(Part("paragraph", (Said("This last line is there so that the page ends with prose.", (1,), tags),)))
    return Invented(_phrase(draw, 2, 5).capitalize(), tuple(parts), sources)


def _filler(draw: Random, sources: int, tags: bool) -> list[Part]:
    match draw.randrange(4):
        case 0:
            return [_paragraph(draw, sources, tags) for _ in range(draw.randint(1, 2))]
        case 1:
            ended, level = draw.random() < 0.7, 0
            items = []
            for index in range(draw.randint(1, 4)):
                level = draw.randint(0, min(level + 1, 2)) if index else 0
                items.append(Part("item", (_said(draw, sources, tags, ended=ended),), level))
            return items
        case 2:
            terms = [_phrase(draw, 1, 3).capitalize() for _ in range(draw.randint(2, 4))]
            return [Part("definition", (Said(term, (), False), _said(draw, sources, tags))) for term in terms]
        case _:
            width = draw.randint(2, 3)
            header = Part("header", tuple(Said(_phrase(draw, 1, 2).capitalize(), (), False) for _ in range(width)))
            return [header, *(_row(draw, width, sources, tags) for _ in range(draw.randint(2, 4)))]


def _row(draw: Random, width: int, sources: int, tags: bool) -> Part:
    cells = [Said(_phrase(draw, 2, 6).capitalize(), (), False) for _ in range(width - 1)]
    return Part("row", (*cells, _said(draw, sources, tags, ended=False)))


def _paragraph(draw: Random, sources: int, tags: bool) -> Part:
    return Part("paragraph", tuple(_said(draw, sources, tags) for _ in range(draw.randint(1, 4))))


def _said(draw: Random, sources: int, tags: bool, *, ended: bool = True) -> Said:
    words = _phrase(draw, 9, 16).split()
    for _ in range(draw.choice((0, 0, 1, 1, 2))):
        words.insert(draw.randint(1, len(words) - 2), draw.choice(TRAPS))
    text = " ".join(words)
    text = text[0].upper() + text[1:]
    if ended:
        ending = draw.choice(ENDINGS)
        text = ("“" if "”" in ending else "") + text + ("" if ")" not in ending else " (so they said") + ending
    numbers: tuple[int, ...] = ()
    if draw.random() < 0.5:
        numbers = tuple(draw.sample(range(1, sources + 1), min(sources, draw.choice((1, 1, 1, 2, 3)))))
    return Said(text, numbers, tags and draw.random() < 0.3)


def _phrase(draw: Random, least: int, most: int) -> str:
    return " ".join(draw.choice(WORDS) for _ in range(draw.randint(least, most)))


def _source(draw: Random, number: int) -> tuple[str, str]:
    title = _phrase(draw, 2, 6).capitalize()
    odd = draw.choice(
        ("", " A “quoted” part.", ' A "straight" part.', " 10% & more.", " C:\\x *y* [z].", " (PMC3646065)")
    )
    return draw.choice(("", "T1", "T2", "T3")), f"Author {chr(65 + number % 26)}. {title}. 2016;173(7):680-687.{odd}"


def with_authors(page: Invented, seed: int) -> Invented:
    """Return the page with author and year in its sentences in place of numbers, and a list of sources without numbers.

    Some sources share their first author, told apart by year, by a letter behind it, or by the other authors.
    """
    draw = Random(seed)
    works = [_work(number) for number in range(len(page.sources))]
    parts = []
    for part in page.parts:
        said = [_naming(each, works, draw) if part.kind != "heading" else each for each in part.said]
        parts.append(replace(part, said=tuple(said)))
    return replace(page, parts=tuple(parts), sources=tuple(("", reference) for _, reference in works))


def _work(number: int) -> tuple[str, str]:
    """Return how a source is named in the text and in the list."""
    index, kind = divmod(number, 4)
    first = _surname(index)
    year = 1990 + index % 30
    match kind:
        case 0:
            return f"{first}, {year}", f"{first}, A. B. ({year}). Calm talk and ties. Journal of Care, 173(7), 680–687."
        case 1:
            other = _surname(index + 50)
            return (
                f"{first} & {other}, {year}",
                f"{first}, A., & {other}, C. ({year}). Rest. Care Quarterly, 4(1), 12–19.",
            )
        case 2:
            return f"{first} et al., {year + 1}a", (
                f"{first}, A., Klee, B., & Roe, C. ({year + 1}a). Talk after loss: a trial. https://care.example.org/{number}"
            )
        case _:
            return (
                f"{first} et al., {year + 1}b",
                f"{first}, A., Roe, C., & Klee, B. ({year + 1}b). Role change. Some Press.",
            )


def _surname(index: int) -> str:
    return "BDFGHKLMNPRSTVW"[index % 15] + "aeiou"[index // 15 % 5] + ("ll", "rn", "st", "ck")[index // 75 % 4] + "am"


def _naming(said: Said, works: list[tuple[str, str]], draw: Random) -> Said:
    if not said.numbers or not (said.text.endswith((" in 1974.", "%.")) or re.search(r"\w\.?$", said.text)):
        return replace(said, numbers=())
    opening = draw.choice(("", "", "see ", "e.g., "))
    named = f"({opening}{'; '.join(works[number - 1][0] for number in said.numbers)})"
    bare = said.text.removesuffix(".")
    return replace(said, text=f"{bare} {named}{said.text[len(bare) :]}")


def with_notes(page: Invented) -> Invented:
    """Return the page with a note of its own for each citation, in the order of the text, as word processors count."""
    sources: list[tuple[str, str]] = []

    def renumbered(said: Said) -> Said:
        first = len(sources) + 1
        sources.extend(("", page.sources[number - 1][1]) for number in said.numbers)
        return replace(said, numbers=tuple(range(first, len(sources) + 1)))

    parts = [replace(part, said=tuple(renumbered(said) for said in part.said)) for part in page.parts]
    return replace(page, parts=tuple(parts), sources=tuple(sources))


def as_copied_text(page: Invented, *, style: str) -> str:
    """Return the page as a browser copies it; `style`: see `_mark`."""
    lines = ["Some Site", "", page.title, ""]
    before = ""
    for part in page.parts:
        if not (before == part.kind != "paragraph" or (before == "header" and part.kind == "row")):
            lines.append("")
        before = part.kind
        printed = [said.text + _mark(said.numbers, style) + (" LLM" if said.llm else "") for said in part.said]
        match part.kind:
            case "header" | "row":
                lines.append("\t".join(printed))
            case "definition":
                lines.append(f"  • {' — '.join(printed)}")
            case "item":
                lines.append(f"{'  ' * part.level}  • {printed[0]}")
            case _:
                lines.append(" ".join(printed))
    lines += ["", "Sources", ""]
    for number, (tier, reference) in enumerate(page.sources, start=1):
        opening = "" if style == "authors" else f"  {number}. "
        lines.append(opening + reference + (f" — link{tier}" if tier else ""))
    return "\n".join(lines) + "\n"


def _mark(numbers: tuple[int, ...], style: str) -> str:
    """Return a marker as plain text prints it: glued, bracketed, caret, signs (¹,²), or none for authors."""
    if not numbers or style == "authors":
        return ""
    match style:
        case "glued":
            return "".join(map(str, numbers))
        case "caret":
            return f"^{','.join(map(str, numbers))}"
        case "signs":
            return ",".join(map(str, numbers)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
        case _:
            return f" [{', '.join(map(str, numbers))}]"


def as_html(page: Invented, *, style: str) -> str:
    """Return the page as a saved web page; `style`: linked, raised, bracketed, wiki, notes or authors."""
    body: list[str] = [f"<h1>{escape(page.title)}</h1>"]
    opened = {"item": "ul", "definition": "dl", "header": "table", "row": "table"}
    container, depth = "", -1
    for part in page.parts:
        wanted = opened.get(part.kind, "")
        if wanted != container or part.kind == "header":
            body.append("</li></ul>" * (depth + 1) if container == "ul" else f"</{container}>" if container else "")
            body.append(f"<{wanted}>" if wanted and wanted != "ul" else "")
            container, depth = wanted, -1
        cells = [_html(said, style) for said in part.said]
        match part.kind:
            case "heading":
                body.append(f"<h2>{cells[0]}</h2>")
            case "item":
                closed = "<ul>" if part.level > depth else "</li></ul>" * (depth - part.level) + "</li>"
                body.append(f"{closed}<li>{cells[0]}")
                depth = part.level
            case "definition":
                body.append(f"<dt>{cells[0]}</dt><dd>{cells[1]}</dd>")
            case "header" | "row":
                tag = "th" if part.kind == "header" else "td"
                body.append("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>")
            case "vignette":
                body.append(f"<blockquote><p>{' '.join(cells)}</p></blockquote>")
            case _:
                body.append(f"<p>{' '.join(cells)}</p>")
    body.append("</li></ul>" * (depth + 1) if container == "ul" else f"</{container}>" if container else "")
    body.append(_html_sources(page, style))
    head = f"<title>{escape(page.title)} | Some Site</title><style>p {{}}</style><script>alert(1)</script>"
    nav = "<nav><a href='/'>Home</a> <a href='#ref-1'>Down</a></nav>"
    return f"<!doctype html><html lang=en><head>{head}</head><body>{nav}<main>{''.join(body)}</main></body></html>"


def _html_sources(page: Invented, style: str) -> str:
    entries = [
        (number, escape(reference) + (f" — link{tier}" if tier else ""))
        for number, (tier, reference) in enumerate(page.sources, start=1)
    ]
    match style:
        case "authors":
            return "<h2>References</h2>" + "".join(f"<p class=hanging>{entry}</p>" for _, entry in entries)
        case "notes":
            items = (f'<li id="fn{n}"><p>{entry}<a href="#fnref{n}">↩︎</a></p></li>' for n, entry in entries)
            return f"<section class=footnotes role=doc-endnotes><hr><ol>{''.join(items)}</ol></section>"
        case "wiki":
            items = (
                f'<li id="cite_note-{n}"><span class="mw-cite-backlink"><b><a href="#cite_ref-{n}">^</a></b></span> '
                f'<span class="reference-text">{entry}</span></li>'
                for n, entry in entries
            )
            return f'<h2>References</h2><div class="reflist"><ol class="references">{"".join(items)}</ol></div>'
        case _:
            return f"<h2>References</h2><ol>{''.join(f'<li id=ref-{n}>{entry}</li>' for n, entry in entries)}</ol>"


def _html(said: Said, style: str) -> str:
    match style:
        case "linked":
            links = [f'<a href="#ref-{number}">{number}</a>' for number in said.numbers]
            marker = f"<sup>{','.join(links)}</sup>" if links else ""
        case "notes":
            marker = "".join(
                f'<a href="#fn{n}" id="fnref{n}" role=doc-noteref><sup>{n}</sup></a>' for n in said.numbers
            )
        case "wiki":
            marker = "".join(
                f'<sup id="cite_ref-{n}"><a href="#cite_note-{n}"><span>[</span>{n}<span>]</span></a></sup>'
                for n in said.numbers
            )
        case "authors":
            marker = ""
        case "raised":
            marker = f"<sup>{','.join(map(str, said.numbers))}</sup>" if said.numbers else ""
        case _:
            marker = f" [{', '.join(map(str, said.numbers))}]" if said.numbers else ""
    return escape(said.text) + marker + (" LLM" if said.llm else "")


def as_markdown(page: Invented, *, style: str) -> str:
    """Return the page as Markdown; `style`: footnotes, bracketed, raised or authors."""
    lines = [f"# {_escaped(page.title)}"]
    before = ""
    for part in page.parts:
        if not (before == part.kind != "paragraph" or (before == "header" and part.kind == "row")):
            lines.append("")
        before = part.kind
        cells = [_marked(said, style) for said in part.said]
        match part.kind:
            case "heading":
                lines.append(f"## {cells[0]}")
            case "item":
                lines.append(f"{'  ' * part.level}- {cells[0]}")
            case "definition":
                lines.append(f"- **{cells[0]}** — {cells[1]}")
            case "header" | "row":
                lines.append(f"| {' | '.join(cells)} |")
                if part.kind == "header":
                    lines.append("|" + " --- |" * len(cells))
            case "vignette":
                lines.append(f"> {' '.join(cells)}")
            case _:
                lines += [" ".join(cells), ""]
    lines += [""] if style == "footnotes" else ["", "## References", ""]
    for number, (tier, reference) in enumerate(page.sources, start=1):
        label = {"footnotes": f"[^{number}]: ", "authors": "\n"}.get(style, f"{number}. ")
        lines.append(f"{label}{_escaped(reference)}" + (f" — link{tier}" if tier else ""))
    return "\n".join(lines) + "\n"


def _marked(said: Said, style: str) -> str:
    if style == "footnotes":
        marker = "".join(f"[^{number}]" for number in said.numbers)
    elif style == "raised":
        marker = f"^{','.join(map(str, said.numbers))}^" if said.numbers else ""
    else:
        marker = f" \\[{', '.join(map(str, said.numbers))}\\]" if said.numbers and style != "authors" else ""
    return _escaped(said.text) + marker + (" LLM" if said.llm else "")


def _escaped(text: str) -> str:
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def as_docx(page: Invented, *, style: str = "raised") -> bytes:
    """Return the page as a Word file; `style`: raised numbers, footnotes, or authors."""
    body = [paragraph(run(page.title), style="Title")]
    table: list[str] = []
    for part in page.parts:
        if table and part.kind != "row":
            body.append(f"<w:tbl>{''.join(table)}</w:tbl>")
            table = []
        cells = [_runs(said, style) for said in part.said]
        match part.kind:
            case "heading":
                body.append(paragraph(cells[0], style="Heading1"))
            case "item":
                body.append(paragraph(cells[0], number=1, depth=part.level))
            case "definition":
                body.append(paragraph(cells[0], run(" — "), cells[1], number=1))
            case "header" | "row":
                table.append(f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in cells)}</w:tr>")
            case _:
                body.append(paragraph(run(" ").join(cells)))
    body.append(f"<w:tbl>{''.join(table)}</w:tbl>" if table else "")
    listed = [reference + (f" — link{tier}" if tier else "") for tier, reference in page.sources]
    if style == "footnotes":
        return word_file(*body, footnotes=listed)
    body.append(paragraph(run("References"), style="Heading1"))
    return word_file(*body, *(paragraph(run(entry), number=0 if style == "authors" else 2) for entry in listed))


def _runs(said: Said, style: str) -> str:
    match style:
        case "footnotes":
            marker = "".join(noted(number) for number in said.numbers)
        case "authors":
            marker = ""
        case _:
            marker = run(",".join(map(str, said.numbers)), raised=True) if said.numbers else ""
    return run(said.text) + marker + (run(" LLM") if said.llm else "")


def as_pdf(page: Invented) -> bytes:
    """Return the page as a PDF with raised numbers, a ruled table and a numbered reference list."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

    styles = getSampleStyleSheet()
    story: list[Flowable] = [Paragraph(escape(page.title), styles["Title"])]
    rows: list[list[Flowable]] = []

    def close_table() -> None:
        if rows:
            story.append(Table(rows.copy(), style=[("GRID", (0, 0), (-1, -1), 0.5, "black")]))
            rows.clear()

    for part in page.parts:
        printed = [_raised(said) for said in part.said]
        if part.kind != "row":
            close_table()
        if part.kind in ("header", "row"):
            rows.append([Paragraph(cell, styles["BodyText"]) for cell in printed])
        elif part.kind == "heading":
            story.append(Paragraph(printed[0], styles["Heading2"]))
        elif part.kind == "definition":
            story.append(Paragraph(f"• {printed[0]} — {' '.join(printed[1:])}", styles["BodyText"]))
        else:
            story.append(Paragraph(("• " if part.kind == "item" else "") + " ".join(printed), styles["BodyText"]))
    close_table()
    story.append(Paragraph("References", styles["Heading2"]))
    for number, (tier, reference) in enumerate(page.sources, start=1):
        story.append(Paragraph(f"{number}. {escape(reference)} — link{tier}", styles["BodyText"]))
    file = io.BytesIO()
    SimpleDocTemplate(file).build(story)
    return file.getvalue()


def _raised(said: Said) -> str:
    numbers = f"<super size=6>{','.join(map(str, said.numbers))}</super>" if said.numbers else ""
    return escape(said.text) + numbers + (" LLM" if said.llm else "")
