from pathlib import Path

import pytest

from ipt_rag.corpus import parse_article, read_article, read_corpus
from ipt_rag.errors import ArticleError, CorpusError
from ipt_rag.records import Article, Block

FOOT = '\n\n[1]: #s "T1 · One."\n[4]: https://example.org/four "T2 · Four."\n'


def article(body: str, front: str = "title: T\nslug: t\n") -> Article:
    """Return the article with this text below its front matter, with sources 1 and 4 at its foot."""
    return parse_article(Path("t.md"), f"---\n{front}---\n\n{body}{FOOT}".encode())


def texts(of: Article) -> list[str]:
    """Return the text of each block, cut out of the file."""
    return [of.text[block.start : block.end] for block in of.blocks]


def the_block(of: Article, opening: str) -> Block:
    """Return the one block that opens with these words."""
    [found] = [block for block in of.blocks if of.text.startswith(opening, block.start)]
    return found


@pytest.fixture
def tea(articles: Path) -> Article:
    """The article with every kind of block."""
    return read_article(articles / "tea.md")


def test_front_matter_is_kept_as_written(tea: Article) -> None:
    """What the file says of itself stays a string: a version is no number, a date no object."""
    assert (tea.slug, tea.title, tea.language) == ("tea", "Tea at Harbour House", "en")
    assert tea.about["version"] == "1.0"
    assert tea.about["date"] == "2026-01-31"
    assert tea.about["provenance"] == "Invented for the tests; nothing in it is true."


def test_front_matter_values_are_strings() -> None:
    """A value that YAML would turn into something else (no, 1.10, an impossible date) stays as it stands."""
    about = article("Tea.", "title: T\nslug: t\nlanguage: no\nversion: 1.10\ndate: 2026-13-45\nempty:\n").about
    assert (about["language"], about["version"], about["date"], about["empty"]) == ("no", "1.10", "2026-13-45", "")


def test_kinds_of_block(tea: Article) -> None:
    """Each form of the article format is told from the others."""
    kinds = {
        "Tea is brewed": "paragraph",
        "warm the pot": "item",
        "**Milk**": "definition",
        "Morning": "row",
        "Illustrative": "vignette",
        "“Tea is only": "paragraph",
        "Do I warm": "question",
    }
    found = {
        opening: next((b.kind for b in tea.blocks if tea.text.startswith(opening, b.start)), None) for opening in kinds
    }
    assert found == kinds


def test_sections_are_the_headings_above() -> None:
    """A block stands under the headings above it, outermost first; the title is not one of them."""
    of = article("# T\n\nTop.\n\n## A\n\nIn A.\n\n### B\n\nIn B.\n\n### C\n\nIn C.\n\n## D\n\nIn D.")
    assert [block.section for block in of.blocks] == [(), ("A",), ("A", "B"), ("A", "C"), ("D",)]


@pytest.mark.parametrize(
    ("body", "sections"),
    [
        pytest.param("### A\n\nIn A.\n\n### B\n\nIn B.", [("A",), ("B",)], id="a level left out"),
        pytest.param("## A\n\nIn A.\n\n##\n\nBelow nothing.", [("A",), ()], id="an empty heading"),
        pytest.param("## *A* \\[b\\]\n\nIn A.", [("A [b]",)], id="emphasis in a heading"),
        pytest.param("## A\n\nIn A.\n\n# B\n\nBelow B.", [("A",), ()], id="a second title"),
    ],
)
def test_odd_headings(body: str, sections: list[tuple[str, ...]]) -> None:
    """However headings are set, no paragraph is lost to one and none stands under a heading that ended."""
    assert [block.section for block in article(body).blocks] == sections


def test_lead_ins(tea: Article) -> None:
    """A list keeps the paragraph directly above it, a row its header; nothing else has a lead-in."""
    leads = {tea.text[b.start : b.start + 7]: b.lead_in.text if b.lead_in else None for b in tea.blocks}
    assert leads["warm th"] == "The keeper writes on slate. The house keeps three rules:"
    assert leads["**Lemon"] == "Guests may add what they like. [2]"
    assert leads["Morning"] == leads["Evening"] == "Hour | Leaf | Effect"
    assert leads["Do I wa"] is None
    assert leads["Guests "] is None


def test_a_row_is_cut_between_its_fences() -> None:
    """A row is its cells with the pipes between them; an empty first cell and an escaped pipe stay."""
    of = article("| a | b |\n| --- | --- |\n| x | y |\n|| w |\n| v \\| u | z \\|\nt | s\n| | |")
    assert texts(of) == ["x | y", "| w", "v \\| u | z \\|", "t | s"]


def test_sources_by_number(articles: Path) -> None:
    """A source is its number, tier, reference and address, with the offsets of the reference."""
    of = read_article(articles / "tea.md")
    first, second = of.sources
    assert (first.number, first.tier, first.address) == (1, "T1", "https://example.org/kettles")
    assert first.reference == "Kettle A, Spout B. On kettles. Journal of Steam. 1974;2(1):3-9."
    assert of.text[first.start : first.end] == first.reference
    assert (second.number, second.tier, second.address) == (2, "T3", "")


def test_a_source_without_a_tier_and_one_with_escapes(articles: Path) -> None:
    """No tier is "", an address in angle brackets is an address, and a reference is read without its escapes."""
    of = read_article(articles / "tides.md")
    assert [(source.tier, source.address) for source in of.sources] == [("", "https://example.org/tides"), ("T2", "")]
    assert of.sources[1].reference == 'Fishers C. The pier\'s "long" year. Bay Press.'
    assert of.text[of.sources[1].start : of.sources[1].end] == 'Fishers C. The pier\'s \\"long\\" year. Bay Press.'


def test_the_llm_definition_is_no_source(tea: Article) -> None:
    """`[LLM]` is a tag: it is defined like a source and is not one."""
    assert [source.number for source in tea.sources] == [1, 2]


def test_the_text_is_the_file(articles: Path) -> None:
    """Offsets count in the whole file as decoded: front matter and byte order mark are part of it."""
    data = b"\xef\xbb\xbf" + (articles / "tea.md").read_bytes().replace(b"\n", b"\r\n")
    of = parse_article(Path("tea.md"), data)
    assert of.text == data.decode()
    assert the_block(of, "Tea is brewed").start == data.decode().index("Tea is brewed")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends(articles: Path, line_end: str) -> None:
    """Whichever way lines end, the same blocks stand under the same headings."""
    data = (articles / "tea.md").read_bytes()
    plain = parse_article(Path("tea.md"), data)
    of = parse_article(Path("tea.md"), data.replace(b"\n", line_end.encode()))
    assert texts(of) == texts(plain)
    assert [(block.kind, block.section) for block in of.blocks] == [(b.kind, b.section) for b in plain.blocks]


@pytest.mark.parametrize(
    "hidden",
    ["<div>Tea</div>", "<!-- Tea -->", "    Tea indented", "```\nTea\n```", "Tea\n===", "<script>Tea</script>"],
)
def test_nothing_hides_from_the_reader(hidden: str) -> None:
    """HTML, code and underlined headings are not part of the format: they are plain text."""
    assert "Tea" in " ".join(texts(article(f"Above.\n\n{hidden}")))


@pytest.mark.parametrize(
    ("data", "line", "problem"),
    [
        pytest.param(b"# Tea\n", 1, "no front matter", id="no front matter"),
        pytest.param(b"---\ntitle: T\n---\nTea.", 1, "no slug", id="no slug"),
        pytest.param(b"---\nslug: t\ntitle:\n---\nTea.", 1, "no title", id="empty title"),
        pytest.param(b"---\ntitle: T\nslug: ../t\n---\nTea.", 1, "slug", id="slug that is a path"),
        pytest.param(b"---\ntitle: a: b\nslug: t\n---\nTea.", 2, "not YAML", id="unquoted colon"),
        pytest.param(b"---\n- title\n---\nTea.", 1, "no list of `key: value`", id="a list"),
        pytest.param(b"---\ntitle: T\nslug: [t]\n---\nTea.", 1, "is a list", id="a list as a value"),
        pytest.param(b"---\n" + b"[" * 5000 + b"\n---\nTea.", 1, "front matter", id="nested without end"),
        pytest.param(b"---\ntitle: T\nslug: t\n---\n", 0, "no text", id="no text"),
        pytest.param(b"---\ntitle: T\nslug: t\n---\nTea. [9]\n", 5, r"cites \[9\]", id="a number without a source"),
        pytest.param(b"---\ntitle: T\nslug: t\n---\nSee [9]: tea.\n", 5, r"cites \[9\]", id="before a colon too"),
        pytest.param(
            b'---\ntitle: T\nslug: t\n---\nTea. [4][4]\n\n[4]: #s "T1 \xc2\xb7 Four."',
            5,
            "one link",
            id="glued markers",
        ),
        pytest.param(
            b'---\ntitle: T\nslug: t\n---\nTea.\n\n[4]: #s "a"\n[4]: #s "b"\n',
            8,
            "defines .4. twice",
            id="defined twice",
        ),
        pytest.param(b"---\ntitle: T\nslug: t\n---\nTea.\n\n[4]: #s\n", 7, "without a reference", id="no reference"),
        pytest.param(b"---\ntitle: T\nslug: t\n---\nTea \0", 0, "binary", id="binary"),
        pytest.param("---\ntitle: Thé\n---\n".encode("latin-1"), 2, "not UTF-8", id="another encoding"),
    ],
)
def test_malformed_articles_say_what_and_where(data: bytes, line: int, problem: str) -> None:
    """Each malformed file is one error with its line, what was met and what to do."""
    with pytest.raises(ArticleError, match=problem) as caught:
        parse_article(Path("t.md"), data)
    assert caught.value.line == line
    assert str(caught.value).endswith((".", "`.", '"'))


def test_a_file_larger_than_any_article_is_not_parsed() -> None:
    """Twenty million bytes are a mistake, not an article."""
    with pytest.raises(ArticleError, match="20,000,001 bytes"):
        parse_article(Path("t.md"), b"x" * 20_000_001)


def test_an_expanding_front_matter_stays_small() -> None:
    """A few lines of YAML that stand for billions of words are refused, not written out."""
    lines = ["title: T", "slug: t", "a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    with pytest.raises(ArticleError, match="is a list"):
        article("Tea.", "\n".join(lines) + "\n")


def test_a_corpus_is_read_by_file_name(articles: Path) -> None:
    """Articles come in the order of their names; a README and a hidden file are no articles."""
    (articles / "README.md").write_text("not an article")
    (articles / ".draft.md").write_text("not an article either")
    assert [of.slug for of in read_corpus(articles)] == ["lanterns", "tea", "tides"]


def test_two_articles_with_one_slug(articles: Path) -> None:
    """Two files of one slug are told with both names."""
    (articles / "tea-copy.md").write_bytes((articles / "tea.md").read_bytes())
    with pytest.raises(CorpusError, match=r"tea-copy\.md and .*tea\.md both have the slug 'tea'"):
        read_corpus(articles)


def test_a_folder_named_like_an_article(articles: Path) -> None:
    """What cannot be read as a file is told, not skipped."""
    (articles / "folder.md").mkdir()
    with pytest.raises(ArticleError, match="cannot be read"):
        read_corpus(articles)
