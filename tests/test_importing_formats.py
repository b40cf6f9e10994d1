"""HTML, Markdown and Word: what each reader takes, leaves out and refuses."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from invented_pages import as_docx, invent
from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing import import_page

HTML = """<!doctype html><html lang="de-AT"><head><title>Calm Talk - Some Site</title>
<script>var a = "no";</script></head>
<body><nav><a href="/">Home</a></nav><article><h1>Calm Talk</h1><p class="x" hidden>Never seen.</p>
<p>Calm <b>talk</b> is a form of care.<sup id="c1"><a href="#ref-2">2</a></sup> It grew by 10<sup>3</sup> m<sup>2</sup>,
the 1<sup>st</sup> in care<sup>a</sup>,
see <a href="https://a.org">there</a> [<a href="#ref-1">1</a>&ndash;<a href="#ref-3">3</a>].</p>
<h2>Steps[<a href="#e">edit</a>]</h2><ol start="3"><li>Ask first.<sup>1,2</sup><ul><li>calmly</li></ul></li>
<li>Wait.</li></ol>
<dl><dt>Tie</dt><dd>a bond [1]</dd></dl>
<table><caption>Plan</caption><thead><tr><th>Goal</th><th>Step</th></tr></thead>
<tbody><tr><td>Rest</td><td>Sleep <sup>3</sup></td></tr></tbody></table>
<figure><img src="a.png" alt="A drawing"><figcaption>Two people talk.</figcaption></figure>
<form>Your name <input></form><h2>Empty</h2><h2>References</h2>
<ol><li id="ref-1"><a href="#c0">^</a> Lee A. Calm. 2016;173(7):680-687.</li>
<li id="ref-2">Klee B. Rest. <a href="https://b.org/x">link</a></li><li id="ref-3">Roe C. Talk. 2019.</li></ol>
<h2>Related articles</h2><p>Another page.</p></article><footer>Imprint</footer></body></html>"""
BODY = [
    "Calm talk is a form of care. [2] It grew by 10³ m², the 1st in careᵃ, see there. [1] [2] [3]",
    "## Steps",
    "3. Ask first. [1] [2]",
    "    - calmly",
    "4. Wait.",
    "- **Tie** — a bond [1]",
    "Plan",
    "| Goal | Step |",
    "| --- | --- |",
    "| Rest | Sleep [3] |",
    "Two people talk.",
]


def body(path: Path) -> list[str]:
    """Return the lines of the article between title and sources."""
    lines = import_page(path).markdown.split("\n# ", 1)[1].splitlines()[1:]
    return [line for line in lines if line and not line.startswith("[")]


def saved(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_saved_page_gives_its_text_alone(tmp_path: Path) -> None:
    """Scripts, menus, forms, hidden and empty parts are gone; lists, tables, terms and every citation are there."""
    page = import_page(saved(tmp_path, "page.html", HTML))
    assert body(tmp_path / "page.html") == BODY
    assert "language: de\n" in page.markdown
    assert "title: Calm Talk\n" in page.markdown
    assert '[1]: #sources "Lee A. Calm. 2016;173(7):680-687."' in page.markdown
    assert "[2]: https://b.org/x" in page.markdown
    assert {line.text for line in page.report.left_out} >= {"Empty", "References", "Related articles", "Another page."}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param("<html><body><p> </p></body></html>", "no article text", id="no text"),
        pytest.param("<div>" * 240 + "Calm talk.", "nests more than 200", id="deep nesting"),
        pytest.param("<p>Calm talk is care.<sup>4</sup></p>", "no list of sources", id="a number without a list"),
        pytest.param(
            "<meta charset=latin-9-x><p>Calm talk.</p>", "says that it is latin-9-x", id="an unknown encoding"
        ),
        pytest.param(b"\x89PNG\r\n", "is a picture", id="a picture"),
    ],
)
def test_web_pages_that_are_none_are_refused(content: str | bytes, problem: str, tmp_path: Path) -> None:
    """Each ends in one sentence."""
    with pytest.raises(ImportRefusedError, match=problem):
        import_page(saved(tmp_path, "page.html", content))


def test_a_page_in_its_declared_encoding_is_read(tmp_path: Path) -> None:
    """The encoding that a page names is believed."""
    path = saved(
        tmp_path, "page.html", "<meta charset='windows-1252'><h1>Müde</h1><p>Er ist müde.</p>".encode("cp1252")
    )
    assert "Er ist müde." in import_page(path).markdown


def test_hostile_markup_does_not_reach_the_article(tmp_path: Path) -> None:
    """Text that looks like markup is escaped, so that no forge renders it."""
    path = saved(
        tmp_path, "page.html", "<h1>T</h1><p>Calm &lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:y).</p>"
    )
    assert body(path) == [r"Calm \<script>alert(1)\</script> \[x](javascript:y)."]


@pytest.mark.parametrize(
    ("markdown", "sentence", "source"),
    [
        pytest.param("Calm talk helps.[^4]\n\n[^4]: Lee A. Calm. 2016.", "helps. [4]", "[4]: #sources", id="footnote"),
        pytest.param(
            "Calm talk helps.[^lee]\n\n[^lee]: Lee A. Calm.\n    More.", "helps. [1]", "Calm. More.", id="named"
        ),
        pytest.param(
            'Calm talk helps. [4]\n\n[4]: https://a.org "T1 · Lee A."', "helps. [4]", "T1 · Lee A.", id="ours"
        ),
        pytest.param(
            "Calm talk helps [4].\n\n# Sources\n\n4. Lee A. Calm.", "helps. [4]", '"Lee A. Calm."', id="brackets"
        ),
        pytest.param(
            "---\nreferences:\n- id: lee16\n  author:\n  - family: Lee\n    given: A\n  title: Calm\n"
            "  issued: 2016\n---\n\nCalm talk helps [see @lee16, p. 4].\n",
            "helps. [1]",
            "Lee A. Calm. 2016.",
            id="pandoc",
        ),
    ],
)
def test_citations_of_markdown(markdown: str, sentence: str, source: str, tmp_path: Path) -> None:
    """Footnotes and brackets keep their numbers; names and keys are numbered as they are first cited."""
    written = import_page(saved(tmp_path, "page.md", markdown)).markdown
    assert sentence in written
    assert source in written


def test_a_key_without_a_reference_is_refused(tmp_path: Path) -> None:
    """Pandoc's key must be defined in the front matter or the list; what the list has is named."""
    with pytest.raises(ImportRefusedError, match="cites the key lee16, which names no source"):
        import_page(saved(tmp_path, "page.md", "Calm talk helps [@lee16]."))
    listed = "Calm talk helps [@lee16; @roe2019].\n\n# References\n\n@roe2019: Roe C. Talk. 2019.\n"
    with pytest.raises(ImportRefusedError, match=r"the key lee16, .* The list has 1 \[@roe2019\]"):
        import_page(saved(tmp_path, "page.md", listed))


@pytest.mark.parametrize("label", ["n", "1", "2"])
def test_a_note_beside_a_numbered_list_goes_behind_it(label: str, tmp_path: Path) -> None:
    """Its number may be one of the list's, as in HTML and Word; the report says so."""
    listed = "## References\n\n1. Lee A. Calm. 2016.\n2. Roe C. Talk. 2019.\n"
    page = f"# Calm\n\nIt helps [1, 2].[^{label}]\n\n[^{label}]: A remark.\n\n{listed}"
    read = import_page(saved(tmp_path, "page.md", page))
    assert "It helps. [1] [2] [3]" in read.body
    assert '[3]: #sources "A remark."' in read.body
    assert any("it is now 3" in doubt.problem for doubt in read.report.doubts)


ROE, LEE = "Roe C. Talk. 2019.", "Lee A, Klee B. Calm. 2016."
DEFINED = """---
references:
- id: roe2019
  author: [{family: Roe, given: Cara}]
  title: Talk
  issued: 2019
- id: lee2016
  author: [{family: Lee, given: A}, {family: Klee, given: B}]
  title: Calm
  issued: {date-parts: [[2016]]}
---
"""


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(f"{DEFINED}…\n", id="front matter"),
        pytest.param(f"…\n\n# References\n\n- @roe2019: {ROE}\n- @lee2016: {LEE}\n", id="keys in the list"),
        pytest.param(f"…\n\n# References\n\n1. {ROE}\n2. {LEE}\n", id="list without keys"),
    ],
)
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("@roe2019 counted them [@lee2016].", "Roe (2019) [1] counted them. [2]"),
        ("@roe2019 and @lee2016 agree.", "Roe (2019) [1] and Lee et al. (2016) [2] agree."),
        ("@roe2019 [p. 4] counted them [@lee2016].", "Roe (2019, p. 4) [1] counted them. [2]"),
        ("Write to a@lee2016.org [@roe2019; @lee2016].", "Write to a@lee2016.org. [1] [2]"),
    ],
)
def test_a_key_in_the_sentence_becomes_author_and_year(page: str, written: str, read: str, tmp_path: Path) -> None:
    """As Pandoc prints it, the number behind it; an address keeps its sign."""
    assert body(saved(tmp_path, "page.md", page.replace("…", written)))[0] == read


def zipped(**parts: bytes) -> bytes:
    """Return a ZIP file of some parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(f"{name}.xml", content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"no zip", "no Word file, or a damaged one", id="not a ZIP"),
        pytest.param(as_docx(invent(1, max_sources=3))[:900], "no Word file, or a damaged one", id="cut off"),
        pytest.param(zipped(a=b"x"), "cannot be read as a Word file", id="another ZIP"),
        pytest.param(zipped(a=b"0" * 100_000_001), "bytes when unpacked", id="a bomb"),
        pytest.param(zipped(a=b'<!DOCTYPE x [<!ENTITY a "b">]>'), "declares entities", id="an entity bomb"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", "password-protected or of an old Word", id="protected"),
    ],
)
def test_word_files_that_are_none_are_refused(data: bytes, problem: str, tmp_path: Path) -> None:
    """Each ends in one sentence, before anything is unpacked without measure."""
    with pytest.raises(ImportRefusedError, match=problem):
        import_page(saved(tmp_path, "page.docx", data))


def test_cells_that_span_rows_and_columns_stand_in_each_of_them(tmp_path: Path) -> None:
    """A row read alone says what it is about; a header of two lines is put together by column."""
    head = "<thead><tr><th rowspan=2>Aim<th colspan=2>Steps<tr><th>First<th>Then</thead>"
    rows = "<tr><td rowspan=2>Calm<td>Ask<td>Wait<tr><td>Talk<td>Rest<tr><td colspan=3>For adults"
    path = saved(tmp_path, "page.html", f"<h1>Calm talk</h1><table>{head}{rows}</table>")
    assert body(path) == [
        "| Aim | Steps First | Steps Then |",
        "| --- | --- | --- |",
        "| Calm | Ask | Wait |",
        "| Calm | Talk | Rest |",
        "| For adults |",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "It is so [7].", "page.txt:5: “7” names a source that the page does not list", id="beyond the list"
        ),
        pytest.param("It is so (Lee, 2016).", "page.txt:5: “Lee 2016” can be source 1, or source 2", id="two entries"),
    ],
)
def test_what_cannot_be_resolved_stops_the_import_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    """The list of the page decides, and nobody else."""
    listed = "Lee A. One. 2016.\nLee A. Two. 2016.\n"
    page = f"Calm talk\n\nIt has been a form of care for years.\n\n{text}\n\nSources\n\n{listed}"
    with pytest.raises(ImportRefusedError, match=re.escape(said)):
        import_page(saved(tmp_path, "page.txt", page))


LISTS = ["Referencias", "Referencias bibliográficas", "Bibliografía", "Literatur", "Quellen", "Literaturverzeichnis",
         "Références", "Références bibliographiques", "Bibliographie", "Riferimenti bibliografici", "Bibliografia",
         "Referências", "Fontes", "Literatuur", "Bronnen", "Notes et références", "5. Referencias"]  # fmt: skip


@pytest.mark.parametrize("heading", LISTS)
@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("page.txt", "Calma\n\nLa calma alivia la pena de muchos (Luz, 2012).\n\n{}\n\nLuz, A. (2012). Calma.\n"),
        ("page.md", "# Calma\n\nLa calma alivia la tristeza (Luz, 2012).\n\n## {}\n\nLuz, A. (2012). Calma.\n"),
        ("page.html", "<h1>Calma</h1><p>La calma alivia (Luz, 2012).</p><h2>{}</h2><p>Luz, A. (2012). Calma.</p>"),
    ],
)  # fmt: skip
def test_the_list_of_sources_is_told_by_its_heading_in_seven_languages(
    name: str, page: str, heading: str, tmp_path: Path
) -> None:
    """Spanish, German, French, Italian, Portuguese and Dutch beside English; one table serves all formats."""
    read = import_page(saved(tmp_path, name, page.format(heading)))
    assert read.report.sources == 1
    assert read.report.marker_groups == 1
    assert heading not in read.body


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ('<meta name="citation_publication_date" content="2021/5">', "2021-05"),
        ('<meta name="citation_date" content="2021/05/04">', "2021-05-04"),
        ('<meta property="article:published_time" content="2021-05-04T09:00:00Z">', "2021-05-04"),
        ('<meta name="DC.Date" content="2021"><meta name="citation_date" content="soon">', "2021"),
        ('<meta name="citation_date" content="soon">', ""),
    ],
)
def test_the_date_is_read_from_the_head_of_a_page(head: str, date: str, tmp_path: Path) -> None:
    """As libraries of articles write it there; what is no date is none."""
    page = f"<html><head>{head}</head><body><h1>Calm</h1><p>It helps.</p></body></html>"
    assert import_page(saved(tmp_path, "page.html", page)).about.get("date", "") == date


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Walking slows worry. It does not end it.", "en"),
        ("Gehen lindert die Sorge. Es beendet sie nicht.", "und"),
        ("Caminar alivia la tristeza leve. No la termina.", "und"),
        ("La marche calme en un an. On la fait par tous.", "und"),
        ("Lopen is goed in het park. Het is wat men doet.", "und"),
    ],
)
def test_english_is_told_by_its_small_words(sentence: str, language: str, tmp_path: Path) -> None:
    """Any other language is named by the page or left undetermined."""
    about = import_page(saved(tmp_path, "page.md", f"# Calm\n\n{sentence}\n")).about
    assert about["language"] == language
