"""Invented pages for the round trip: what a page says, and how the same page looks in each format.

Everything is drawn from one `random.Random`, so that a seed names a page. The words are nonsense on purpose; the
traps are not: decimals, statistics, ranges, score names, abbreviations, quotes and every sign that Markdown reads.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from html import escape
from random import Random

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
        for number in range(1, draw.randint(1, min(max_sources, draw.choice((9, 9, 9, 30, 120)))) + 1)
    )
    parts: list[Part] = [_paragraph(draw, len(sources), tags)]
    for _ in range(draw.randint(1, 4)):
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
            ended = draw.random() < 0.7
            return [Part("item", (_said(draw, sources, tags, ended=ended),)) for _ in range(draw.randint(1, 4))]
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
    return Part("paragraph", tuple(_said(draw, sources, tags) for _ in range(draw.randint(1, 5))))


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


def as_copied_text(page: Invented, *, bracketed: bool) -> str:
    """Return the page as a browser copies it, markers glued to the text or in brackets."""
    lines = ["Some Site", "", page.title, ""]
    before = ""
    for part in page.parts:
        if not (before == part.kind != "paragraph" or (before == "header" and part.kind == "row")):
            lines.append("")
        before = part.kind
        match part.kind:
            case "header" | "row":
                lines.append("\t".join(_printed(said, bracketed) for said in part.said))
            case "definition":
                lines.append(f"  • {part.said[0].text} — {_printed(part.said[1], bracketed)}")
            case "item":
                lines.append(f"  • {_printed(part.said[0], bracketed)}")
            case _:
                lines.append(" ".join(_printed(said, bracketed) for said in part.said))
    lines += ["", "Sources", ""]
    for number, (tier, reference) in enumerate(page.sources, start=1):
        lines.append(f"  {number}. {reference}" + (f" — link{tier}" if tier else ""))
    return "\n".join(lines) + "\n"


def as_html(page: Invented, *, style: str) -> str:
    """Return the page as a saved web page; style: "linked" superscripts, "raised" digits or "bracketed" ones."""
    body: list[str] = [f"<h1>{escape(page.title)}</h1>"]
    opened = {"item": "ul", "definition": "dl", "header": "table", "row": "table"}
    container = ""
    for part in page.parts:
        wanted = opened.get(part.kind, "")
        if wanted != container or part.kind == "header":
            body.append((f"</{container}>" if container else "") + (f"<{wanted}>" if wanted else ""))
            container = wanted
        cells = [_html(said, style) for said in part.said]
        match part.kind:
            case "heading":
                body.append(f"<h2>{cells[0]}</h2>")
            case "item":
                body.append(f"<li>{cells[0]}</li>")
            case "definition":
                body.append(f"<dt>{cells[0]}</dt><dd>{cells[1]}</dd>")
            case "header" | "row":
                tag = "th" if part.kind == "header" else "td"
                body.append("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>")
            case "vignette":
                body.append(f"<blockquote><p>{' '.join(cells)}</p></blockquote>")
            case _:
                body.append(f"<p>{' '.join(cells)}</p>")
    body.append(f"</{container}>" if container else "")
    entries = "".join(
        f'<li id="ref-{number}">{escape(reference)}{" — link" + tier if tier else ""}</li>'
        for number, (tier, reference) in enumerate(page.sources, start=1)
    )
    body.append(f"<h2>References</h2><ol>{entries}</ol>")
    head = f"<title>{escape(page.title)} | Some Site</title><style>p {{}}</style><script>alert(1)</script>"
    nav = "<nav><a href='/'>Home</a> <a href='#ref-1'>Down</a></nav>"
    return f"<!doctype html><html lang=en><head>{head}</head><body>{nav}<main>{''.join(body)}</main></body></html>"


def _html(said: Said, style: str) -> str:
    match style:
        case "linked":
            links = [f'<a href="#ref-{number}">{number}</a>' for number in said.numbers]
            marker = f"<sup>{','.join(links)}</sup>" if links else ""
        case "raised":
            marker = f"<sup>{','.join(map(str, said.numbers))}</sup>" if said.numbers else ""
        case _:
            marker = f" [{', '.join(map(str, said.numbers))}]" if said.numbers else ""
    return escape(said.text) + marker + (" LLM" if said.llm else "")


def as_markdown(page: Invented, *, style: str) -> str:
    """Return the page as Markdown; style: "footnotes" or "bracketed"."""
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
                lines.append(f"- {cells[0]}")
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
        label = f"[^{number}]:" if style == "footnotes" else f"{number}."
        lines.append(f"{label} {_escaped(reference)}" + (f" — link{tier}" if tier else ""))
    return "\n".join(lines) + "\n"


def _marked(said: Said, style: str) -> str:
    if style == "footnotes":
        marker = "".join(f"[^{number}]" for number in said.numbers)
    else:
        marker = f" \\[{', '.join(map(str, said.numbers))}\\]" if said.numbers else ""
    return _escaped(said.text) + marker + (" LLM" if said.llm else "")


def _escaped(text: str) -> str:
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


DOCX_PARTS = {
    "[Content_Types].xml": """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
<Override PartName="/word/styles.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>
<Override PartName="/word/numbering.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/></Types>""",
    "_rels/.rels": """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship
 Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
 Target="word/document.xml"/></Relationships>""",
    "word/_rels/document.xml.rels": """<Relationships
 xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/>
<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
 Target="styles.xml"/></Relationships>""",
    "word/styles.xml": """<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>""",
    "word/numbering.xml": """<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>""",
}


def as_docx(page: Invented) -> bytes:
    """Return the page as a Word file with raised citation numbers and a numbered list of references."""
    body = [_paragraph_xml(_run_xml(page.title), style="Title")]
    table: list[str] = []
    for part in page.parts:
        if table and part.kind != "row":
            body.append(f"<w:tbl>{''.join(table)}</w:tbl>")
            table = []
        cells = ["".join(_said_xml(said) for said in part.said)]
        match part.kind:
            case "heading":
                body.append(_paragraph_xml(cells[0], style="Heading1"))
            case "item":
                body.append(_paragraph_xml(cells[0], number=1))
            case "definition":
                term, meaning = part.said
                body.append(_paragraph_xml(_run_xml(f"{term.text} — ") + _said_xml(meaning), number=1))
            case "header" | "row":
                boxes = "".join(f"<w:tc>{_paragraph_xml(_said_xml(said))}</w:tc>" for said in part.said)
                table.append(f"<w:tr>{boxes}</w:tr>")
            case _:
                body.append(_paragraph_xml(_run_xml(" ").join(_said_xml(said) for said in part.said)))
    body.append(f"<w:tbl>{''.join(table)}</w:tbl>" if table else "")
    body.append(_paragraph_xml(_run_xml("References"), style="Heading1"))
    for tier, reference in page.sources:
        body.append(_paragraph_xml(_run_xml(reference + (f" — link{tier}" if tier else "")), number=2))
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{w}"><w:body>{"".join(body)}</w:body></w:document>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in {**DOCX_PARTS, "word/document.xml": document}.items():
            parts.writestr(name, content)
    return packed.getvalue()


def _paragraph_xml(runs: str, *, style: str = "", number: int = 0) -> str:
    marks = f'<w:pStyle w:val="{style}"/>' if style else ""
    marks += f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
    return f"<w:p><w:pPr>{marks}</w:pPr>{runs}</w:p>"


def _said_xml(said: Said) -> str:
    raised = _run_xml(",".join(map(str, said.numbers)), raised=True) if said.numbers else ""
    return _run_xml(said.text) + raised + (_run_xml(" LLM") if said.llm else "")


def _run_xml(text: str, *, raised: bool = False) -> str:
    marks = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>' if raised else ""
    return f'<w:r>{marks}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _printed(said: Said, bracketed: bool) -> str:
    if bracketed:
        numbers = f" [{', '.join(map(str, said.numbers))}]" if said.numbers else ""
    else:
        numbers = "".join(map(str, said.numbers))
    return said.text + numbers + (" LLM" if said.llm else "")


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
