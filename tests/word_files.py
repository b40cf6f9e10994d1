"""Word files as tests need them: paragraphs, raised runs, notes, fields and bookmarks, packed as Word packs them."""

import io
import zipfile
from collections.abc import Sequence
from html import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

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
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl>
<w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/></w:lvl>
<w:lvl w:ilvl="2"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>""",
}


def word_file(*body: str, footnotes: Sequence[str] = (), endnotes: Sequence[str] = ()) -> bytes:
    """Return a Word file of some paragraphs, with the texts of its notes in order."""
    parts = {
        **DOCX_PARTS,
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{"".join(body)}</w:body></w:document>',
    }
    relations = ""
    for kind, notes in (("footnote", footnotes), ("endnote", endnotes)):
        if notes:
            # Word keeps the separators above the notes as notes of their own; they are no sources.
            made = f'<w:{kind} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
            for number, note in enumerate(notes, 1):
                mark = f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{kind}Ref/></w:r>'
                made += f'<w:{kind} w:id="{number}"><w:p>{mark}{run(" " + note)}</w:p></w:{kind}>'
            parts[f"word/{kind}s.xml"] = f'<w:{kind}s xmlns:w="{W}">{made}</w:{kind}s>'
            relations += f'<Relationship Id="r{kind}" Type="{KINDS}/{kind}s" Target="{kind}s.xml"/>'
    known = parts["word/_rels/document.xml.rels"]
    parts["word/_rels/document.xml.rels"] = known.replace("</Relationships>", relations + "</Relationships>")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return packed.getvalue()


def paragraph(*runs: str, style: str = "", number: int = 0, depth: int = 0) -> str:
    """Return a paragraph; `number` is the list it belongs to: 1 has bullets, 2 numbers."""
    marks = f'<w:pStyle w:val="{style}"/>' if style else ""
    marks += f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
    return f"<w:p><w:pPr>{marks}</w:pPr>{''.join(runs)}</w:p>"


def run(text: str, *, raised: bool = False, bold: bool = False) -> str:
    """Return a run of text."""
    marks = '<w:vertAlign w:val="superscript"/>' if raised else ""
    marks += "<w:b/>" if bold else ""
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def noted(number: int, *, kind: str = "footnote") -> str:
    """Return the mark of a footnote or endnote."""
    style = f'<w:rPr><w:rStyle w:val="{kind.capitalize()}Reference"/></w:rPr>'
    return f'<w:r>{style}<w:{kind}Reference w:id="{number}"/></w:r>'


def linked(text: str, place: str) -> str:
    """Return a link to a bookmark."""
    return f'<w:hyperlink w:anchor="{place}">{run(text)}</w:hyperlink>'


def bookmark(place: str, number: int) -> str:
    """Return a bookmark at one point."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{place}"/><w:bookmarkEnd w:id="{number}"/>'


def field(text: str, code: str, *, raised: bool = False) -> str:
    """Return what a program of references put in: a field with its code, which nobody reads, and its outcome."""
    marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    told = f'<w:r><w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
    return marks[0] + told + marks[1] + run(text, raised=raised) + marks[2]
