"""Hostile and broken files: one sentence each, within the bounds that docs/importing.md states; nothing is changed."""

import io
import os
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing import (
    bounded,
    copied_lines,
    decoding,
    docx,
    html,
    html_tables,
    import_page,
    markdown,
    pdf,
    source_list,
)
from ipt_rag.importing.bounded import converted
from ipt_rag.intake import add_page
from word_files import paragraph, run, word_file

CALM = "Calm talk is a short form of care that many people use.\n"


def packed(**parts: bytes) -> bytes:
    """Return a Word file with other or further parts, named without "word/" and ".xml"."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_file(paragraph(run(CALM))))) as old:
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
            kept = {name: old.read(name) for name in old.namelist()}
            for name, data in (kept | {f"word/{name}.xml": data for name, data in parts.items()}).items():
                new.writestr(name, data)
    return written.getvalue()


BOMB = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        pytest.param("a.docx", packed(media=b"0" * 100_000_001), "unpacked. Split it.", id="zip bomb"),
        pytest.param("a.docx", packed(document=BOMB + b"<x>&b;</x>"), "declares entities", id="entity bomb"),
        pytest.param(
            "a.docx",
            packed(document=b"<!--" + b"-" * 90_000 + b" -->" + BOMB),
            "declares entities",
            id="late entity bomb",
        ),
        pytest.param(
            "a.docx",
            packed(document=(BOMB + b"<x/>").decode().encode("utf-16")),
            "declares entities",
            id="entity bomb in UTF-16",
        ),
        pytest.param("a.docx", packed(document=b"<w:document"), "cannot be read as a Word file", id="cut XML"),
        pytest.param("a.docx", packed()[:-40], "is no Word file, or a damaged one", id="cut off"),
        pytest.param(
            "a.docx", b"PK\x03\x04 no more", "is no Word file, or a damaged one", id="only called a Word file"
        ),
        pytest.param("a.docx", b"\xd0\xcf\x11\xe0", "is password-protected or of an old Word", id="protected"),
        pytest.param("a.html", b"<p>" + b"<b>" * 300 + b"x", "nests more than 200 elements", id="deep HTML"),
        pytest.param(
            "a.html", b"<script>" + b"document.write(1);" * 99 + b"</script>", "no article text", id="only a script"
        ),
        pytest.param(
            "a.html", "<p>Müde.</p>".encode("cp1252"), "is not UTF-8 text (perhaps ISO 8859-1)", id="no charset"
        ),
        pytest.param(
            "a.html", b"<meta charset=utf-32><p>Calm", "says that it is utf-32, but is not", id="wrong charset"
        ),
        pytest.param("a.txt", "„Nein“, sagte er.".encode("cp1252"), "perhaps Windows-1252", id="Windows-1252"),
        pytest.param("a.txt", "Müde Männer.".encode("mac-roman"), "perhaps Mac Roman", id="Mac Roman"),
        pytest.param("a.txt", "静かな話".encode("shift-jis"), "East Asian", id="Shift JIS"),
        pytest.param("a.txt", CALM.encode("utf-16-le"), "perhaps UTF-16", id="UTF-16 without its mark"),
        pytest.param("a.txt", b"\x00\x01\x02" * 50, "is a binary file", id="binary"),
        pytest.param(
            "a.txt", b"x" * 100_001, "has 100,001 characters; a paragraph may have 100,000", id="one endless line"
        ),
        pytest.param(
            "a.md", b"---\na: [" + b"[" * 5000 + b"\n---\n\n# A\n", "front matter that is not YAML", id="deep YAML"
        ),
        pytest.param("a.md", b"---\na: " + b"x" * 200_001 + b"\n---\n\n# A\n", "200,000 are read", id="endless YAML"),
        pytest.param("a.pdf", b"%PDF-1.7\n1 0 obj\n<<", "is cut off", id="truncated PDF"),
        pytest.param("a.exe", b"MZ", "is of a kind we do not read", id="another kind"),
        pytest.param("a.txt", b"%PDF-1.7\n", "is a PDF, not text", id="a PDF under another ending"),
        pytest.param("a.md", b"PK\x03\x04\x00", "is a ZIP or Office file", id="a ZIP under another ending"),
    ],
)
def test_each_ends_in_one_sentence(name: str, data: bytes, said: str, tmp_path: Path) -> None:
    """It names the file, what was met and what to do next, and the corpus is as it was."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "kept.md").write_text("kept", encoding="utf-8")
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ImportRefusedError) as refused:
        add_page(tmp_path / name, corpus)
    sentence = str(refused.value)
    assert said in sentence
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert [(path.name, path.read_text()) for path in corpus.iterdir()] == [("kept.md", "kept")]


def test_a_file_of_200_mb_is_refused_unread(tmp_path: Path) -> None:
    """Its size alone tells; the file here has holes, so that it takes no room."""
    with (tmp_path / "page.txt").open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(
        ImportRefusedError, match=r"page\.txt has 200,000,000 bytes; a page may have 20,000,000\. Split it\."
    ):
        import_page(tmp_path / "page.txt")


def test_nothing_of_a_hostile_page_runs_or_is_fetched(tmp_path: Path) -> None:
    """Scripts, handlers, frames, styles and entities of files leave no trace in the article."""
    page = f"""<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><html><head><base href="https://a.example">
    <script>let a = "tracked"</script><style>p::after {{content: "styled"}}</style></head><body onload="tracked()">
    <h1>Calm talk</h1><iframe src="https://a.example"></iframe><p onclick="tracked()">{CALM}&x;</p>
    <svg><text>drawn</text></svg><img src="https://a.example/p.gif" alt="pictured"><noscript>unscripted</noscript>
    <template><p>templated</p></template><p style="display: none">hidden</p></body></html>"""
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    markdown_text = import_page(tmp_path / "page.html").markdown
    for trace in ("tracked", "styled", "secret", "drawn", "pictured", "unscripted", "templated", "hidden", "a.example"):
        assert trace not in markdown_text


def test_a_front_matter_that_names_itself_without_end(tmp_path: Path) -> None:
    """Aliases of aliases are not spelled out."""
    names = "abcdefghi"
    bomb = f"{names[0]}: &{names[0]} [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n" for before, after in pairwise(names)
    )
    (tmp_path / "page.md").write_text(f"---\n{bomb}references:\n- id: *i\n  title: *i\n---\n\n# Calm talk\n\n{CALM}")
    assert import_page(tmp_path / "page.md").markdown.endswith(f"# Calm talk\n\n{CALM}")


CONVERTERS = {
    "endless": "def to_html(data, name):\n    while True: pass\n",
    "greedy": "def to_html(data, name):\n    return str(len(bytearray(4_000_000_000)))\n",
    "wordy": "def to_html(data, name):\n    return 'x' * 20_000_001\n",
    "talking": "import logging\nfrom ipt_rag.errors import ImportRefusedError\n\ndef to_html(data, name):\n"
    "    logging.warning('Zelphira Quontwick')\n    raise ImportRefusedError('It is a scan.')\n",
    "crashing": "import os\n\ndef to_html(data, name):\n    os.abort()\n",
}


@pytest.mark.parametrize(
    ("converter", "said"),
    [
        pytest.param("endless", "page.pdf takes more than 3 seconds to read. Split it.", id="time"),
        pytest.param("greedy", "page.pdf cannot be read within 3,000 MB, or is damaged.", id="memory"),
        pytest.param("wordy", "page.pdf holds 20,000,001 characters; a page may have 20,000,000.", id="outcome"),
        pytest.param("talking", "It is a scan.", id="a library that repeats the file's words"),
        pytest.param("crashing", "page.pdf cannot be read within 3,000 MB, or is damaged.", id="crash"),
    ],
)
def test_a_converter_is_bounded(converter: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs on, grows, tells without end or dies takes a child along, not the program."""
    (tmp_path / f"{converter}.py").write_text(CONVERTERS[converter])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", ""))))
    if converter == "endless":
        monkeypatch.setattr(bounded, "MAX_SECONDS", 3)
    with pytest.raises(ImportRefusedError) as refused:
        converted(converter, b"", "page.pdf")
    assert str(refused.value).startswith(said)
    assert "Quontwick" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("Calm[" * 6000, 1, id="brackets"),
        pytest.param("\n\n".join(["Calm *talk* is `care`."] * 1500), 1500, id="many paragraphs"),
    ],
)
def test_markdown_beyond_a_few_kilobytes_is_read_in_a_child(
    text: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its parser takes time that grows with the square of some texts: the bound of time holds there too."""
    called = []
    monkeypatch.setattr(markdown, "converted", lambda *arguments: called.append(arguments[0]) or converted(*arguments))
    (tmp_path / "page.md").write_text(f"# Calm talk\n\n{text}\n")
    assert import_page(tmp_path / "page.md").report.paragraphs == count
    assert called == ["ipt_rag.importing.markdown"]


def test_a_large_word_file_is_read_in_a_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small one is not: starting a process takes longer than reading it."""
    called = []
    monkeypatch.setattr(docx, "converted", lambda *arguments: called.append(arguments[0]) or converted(*arguments))
    for name, count in (("small", 3), ("large", 9000)):
        (tmp_path / f"{name}.docx").write_bytes(word_file(*(paragraph(run(CALM)) for _ in range(count))))
        assert import_page(tmp_path / f"{name}.docx").report.paragraphs == count
    assert called == ["ipt_rag.importing.docx"]


def test_a_table_wider_than_any_for_people_is_no_table(tmp_path: Path) -> None:
    """Spans cannot make a few bytes a million cells."""
    row = "<tr>" + "<td colspan=50 rowspan=50>x" * 100
    (tmp_path / "page.html").write_text(f"<h1>Calm talk</h1><p>{CALM}</p><table>{row * 40}</table>")
    assert import_page(tmp_path / "page.html").report.rows == 0


def test_the_bounds_are_those_of_the_documentation(root: Path) -> None:
    """docs/importing.md states each bound as the code has it."""
    told = (root / "docs" / "importing.md").read_text(encoding="utf-8")
    for bound in (
        decoding.MAX_BYTES,
        bounded.MAX_MADE,
        docx.MAX_UNPACKED,
        docx.QUICK,
        markdown.QUICK,
        markdown.MAX_FRONT,
        pdf.MAX_PAGES,
        copied_lines.MAX_LINE,
        copied_lines.MAX_LINES,
        html.MAX_DEPTH,
        html_tables.MAX_COLUMNS,
        bounded.MAX_SECONDS,
        source_list.MAX_SOURCES,
    ):
        assert f"{bound:,}" in told, bound
