import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ipt_rag.cli import main
from ipt_rag.corpus import read_article, read_corpus
from ipt_rag.errors import ImportRefusedError, SettingsError
from ipt_rag.importing import AddedPage
from ipt_rag.intake import NOT_REPEATED, Intake, NotAdded, add_page
from ipt_rag.keys import passage_digest, read_keys
from ipt_rag.passages import split_passages
from ipt_rag.sentences import split_sentences

PAGE = """Calm Talk: A Guide

Calm talk is a short form of care that many people use.1 {sentence}

Sources

1. Lee A, van Dorn BC. Calm talk. J Care. 2016;173(7):680-687. — linkT1
"""
CLEAN = "Lee and van Dorn tried it."
PLANTED = "Our patient Wilma Testerson, MRN 00123456, found it helpful."


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Return where a page is saved by each test."""
    return tmp_path / "page.txt"


def test_a_page_without_phi_is_written(page: Path, tmp_path: Path) -> None:
    """The authors of its sources are no patients."""
    page.write_text(PAGE.format(sentence=CLEAN), encoding="utf-8")
    assert add_page(page, tmp_path / "corpus").written


def test_a_key_that_names_no_source_is_told_with_what_the_list_has(tmp_path: Path) -> None:
    """Keys of citations are no user names; what looks like PHI beside them is still not repeated."""
    page = tmp_path / "page.md"
    page.write_text(f"{PLANTED} [@moss2000]\n\n# References\n\nLee A. Calm. 2016.\n", encoding="utf-8")
    with pytest.raises(
        ImportRefusedError, match=r"the key moss2000, which names no source.* 1 \[@lee2016\]"
    ) as refused:
        add_page(page, tmp_path / "corpus")
    assert "Testerson" not in str(refused.value)


def test_a_key_in_the_sentence_is_read_before_the_guard_looks(tmp_path: Path) -> None:
    """An ordinary article of Pandoc names works in its sentences."""
    page = tmp_path / "page.md"
    page.write_text("# Calm\n\n@lee2016 found it.\n\n# References\n\nLee A. Calm. 2016.\n", encoding="utf-8")
    assert "Lee (2016) [1] found it." in add_page(page, tmp_path / "corpus").path.read_text(encoding="utf-8")


def test_a_page_with_phi_is_refused_by_line(page: Path, tmp_path: Path) -> None:
    """The refusal names the line, repeats nothing, and leaves no file."""
    page.write_text(PAGE.format(sentence=PLANTED), encoding="utf-8")
    with pytest.raises(ImportRefusedError, match="begins at line 3") as refused:
        add_page(page, tmp_path / "corpus")
    assert not any(word in str(refused.value) for word in ("Wilma", "Testerson", "00123456"))
    assert not (tmp_path / "corpus").exists()


def test_a_reason_lets_it_in_and_stays_on_the_record(page: Path, tmp_path: Path) -> None:
    """`--allow-phi-like` writes the article with the reason in its front matter."""
    page.write_text(PAGE.format(sentence=PLANTED), encoding="utf-8")
    reason = "an invented example"
    arguments = ["add", str(page), "--corpus", str(tmp_path / "corpus"), "--allow-phi-like", reason]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0
    [written] = (tmp_path / "corpus").glob("*.md")
    assert read_article(written).about["phi_like_allowed"] == reason


def test_the_command_refuses_in_one_sentence(page: Path, tmp_path: Path) -> None:
    """Exit 1, and no word of the page on either stream."""
    page.write_text(PAGE.format(sentence=PLANTED), encoding="utf-8")
    done = CliRunner().invoke(main, ["add", str(page), "--corpus", str(tmp_path / "corpus")])
    assert done.exit_code == 1
    assert "Testerson" not in done.output
    assert "00123456" not in done.output


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        pytest.param("page.txt", PAGE.format(sentence=PLANTED), "the text that begins at line 3", id="copied text"),
        pytest.param(
            "page.md",
            f"---\ntitle: Calm Talk\n---\n\nCalm talk is old.\n\n- It is kind.\n- {PLANTED}\n",
            "the text that begins at line 8",
            id="Markdown",
        ),
        pytest.param(
            "page.html",
            f"<html><head><title>Calm Talk</title></head>\n<body>\n<p>Calm talk\nis old.</p>\n<p>{PLANTED}</p></body>",
            "the text that begins at line 5",
            id="HTML",
        ),
        pytest.param(
            "page.md",
            f"# {PLANTED}\n\nCalm talk is old.\n\n## Seen by {PLANTED}\n\nIt is kind.\n",
            "the title, the text that begins at line 5",
            id="headings",
        ),
    ],
)
def test_places_are_those_of_the_file_that_was_given(name: str, content: str, place: str, tmp_path: Path) -> None:
    """The line is counted in the file the person has, not in the article it would become; headings are read too."""
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ImportRefusedError, match=rf"\(.*\), in {place}\. Take it out"):
        add_page(tmp_path / name, tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()


def test_what_is_left_out_is_not_repeated_either(page: Path, tmp_path: Path) -> None:
    """A line of the page's head that looks like PHI is reported by its number alone."""
    page.write_text(f"Signed in: Wilma Testerson, MRN 00123456\n\n{PAGE.format(sentence=CLEAN)}", encoding="utf-8")
    report = add_page(page, tmp_path / "corpus").report
    assert report
    assert (report.left_out[0].line, report.left_out[0].text) == (1, NOT_REPEATED)
    assert "Testerson" not in (tmp_path / "corpus" / "calm-talk-a-guide.md").read_text()


def test_a_doubtful_citation_beside_an_identifier_is_told_without_it(page: Path, tmp_path: Path) -> None:
    """A refusal shows the text around a citation, unless that looks like PHI."""
    shown = "relieved them of their symptoms.99"
    for sentence, seen in ((f"It {shown}", True), ("Wilma Testerson, MRN 00123456, lost her symptoms.99", False)):
        page.write_text(PAGE.format(sentence=sentence), encoding="utf-8")
        with pytest.raises(ImportRefusedError, match=r"page\.txt:3: ") as refused:
            add_page(page, tmp_path / "corpus")
        assert ("of their symptoms" in str(refused.value)) == seen
        assert "Testerson" not in str(refused.value)
        assert "00123456" not in str(refused.value)


# Adding again.


def saved(folder: Path, name: str = "page.txt", *, title: str = "Calm Talk", sentence: str = CLEAN) -> Path:
    """Save a page of five lines."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = PAGE.format(sentence=sentence).replace("Calm Talk: A Guide", title)
    path.write_text(text.replace("\n\nSources", "\n\nIt is short too.1\n\nIt is kind.1\n\nSources"), encoding="utf-8")
    return path


def outcome(path: Path, corpus: Path, slug: str | None = None, **options: bool) -> tuple[str, str]:
    """Add a page anew, as a command of its own does; return what became of it and where."""
    added = Intake(corpus, **options).add(path, slug=slug)
    return added.outcome, added.path.name


def test_an_unchanged_page_changes_nothing_under_any_name(tmp_path: Path) -> None:
    """The bytes tell: the same file, or a copy of it, leaves its article as it is, edited by hand or not."""
    corpus = tmp_path / "corpus"
    assert outcome(saved(tmp_path), corpus) == ("added", "calm-talk.md")
    article = corpus / "calm-talk.md"
    before = article.stat().st_mtime_ns
    assert outcome(saved(tmp_path), corpus) == ("unchanged", "calm-talk.md")
    assert outcome(saved(tmp_path, "copy.txt"), corpus) == ("unchanged", "calm-talk.md")
    assert article.stat().st_mtime_ns == before
    article.write_text(article.read_text().replace("old", "new"))
    edited = article.read_bytes()
    assert outcome(saved(tmp_path), corpus) == ("unchanged", "calm-talk.md")
    assert article.read_bytes() == edited
    assert outcome(saved(tmp_path), corpus, "second") == ("added", "second.md")


def test_a_changed_page_replaces_its_article(tmp_path: Path) -> None:
    """One article stays, with the new sentence and without the old one."""
    corpus = tmp_path / "corpus"
    add_page(saved(tmp_path), corpus)
    assert outcome(saved(tmp_path, sentence="Nobody tried it."), corpus) == ("replaced", "calm-talk.md")
    [article] = read_corpus(corpus)
    assert "Nobody tried it." in article.text
    assert CLEAN not in article.text


def test_a_page_with_a_new_title_keeps_its_article(tmp_path: Path) -> None:
    """A file of the same name and half of the same lines is the same page, whatever it is called now."""
    corpus = tmp_path / "corpus"
    add_page(saved(tmp_path), corpus)
    assert outcome(saved(tmp_path, title="Calmer Talk"), corpus) == ("replaced", "calm-talk.md")
    assert outcome(saved(tmp_path, title="Calmer Talk"), corpus) == ("unchanged", "calm-talk.md")
    [article] = read_corpus(corpus)
    assert (article.title, article.slug) == ("Calmer Talk", "calm-talk")


def test_another_page_of_the_same_file_name_is_another_article(tmp_path: Path) -> None:
    """People call every page page.txt: one with other words takes no article's place, and that is said."""
    corpus = tmp_path / "corpus"
    add_page(saved(tmp_path), corpus)
    (tmp_path / "page.txt").write_text("Loud Talk\n\nLoud talk is quite another matter for all who hear it.\n")
    added = add_page(tmp_path / "page.txt", corpus)
    assert (added.outcome, added.path.name) == ("added", "loud-talk.md")
    [note] = added.notes
    assert note.startswith("calm-talk was made from a file of this name too.")


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        pytest.param(("It is kind.", "It is very kind."), "was edited by hand", id="a word"),
        pytest.param(("unknown; not ours to give", "CC0-1.0"), "was edited by hand", id="the front matter"),
        pytest.param(("origin: page.txt", "origin: my own words"), "made from .* something else", id="its origin"),
    ],
)
def test_an_edit_by_hand_is_overwritten_only_when_told(edit: tuple[str, str], problem: str, tmp_path: Path) -> None:
    """A changed page is refused with both ways out, and the edit stands as it was; `--replace` overwrites it."""
    corpus = tmp_path / "corpus"
    article = add_page(saved(tmp_path), corpus).path
    article.write_text(article.read_text().replace(*edit))
    edited = article.read_bytes()
    changed = saved(tmp_path, sentence="Nobody tried it.")
    with pytest.raises(ImportRefusedError, match=rf"{problem}.* --slug .* --replace"):
        add_page(changed, corpus)
    assert article.read_bytes() == edited
    assert outcome(changed, corpus, "second") == ("added", "second.md")
    (corpus / "second.md").unlink()
    assert outcome(changed, corpus, overwrite=True) == ("replaced", "calm-talk.md")
    assert edit[1] not in article.read_text()


def test_line_ends_of_another_system_are_no_edit(tmp_path: Path) -> None:
    """What a checkout on Windows does to a file is nobody's edit."""
    corpus = tmp_path / "corpus"
    article = add_page(saved(tmp_path), corpus).path
    article.write_bytes(article.read_bytes().replace(b"\n", b"\r\n"))
    assert outcome(saved(tmp_path, sentence="Nobody tried it."), corpus) == ("replaced", "calm-talk.md")


def test_the_article_of_another_file_is_not_overwritten(tmp_path: Path) -> None:
    """Two pages of one title are two pages, until someone says otherwise; so is an article of unknown make."""
    corpus = tmp_path / "corpus"
    add_page(saved(tmp_path), corpus)
    other = saved(tmp_path, "other.txt", sentence="Nobody tried it.")
    with pytest.raises(ImportRefusedError, match=r"calm-talk\.md was not made from other\.txt"):
        add_page(other, corpus)
    (corpus / "calm-talk.md").write_text("no front matter")
    with pytest.raises(ImportRefusedError, match="was not made from"):
        add_page(other, corpus)
    assert outcome(other, corpus, overwrite=True) == ("replaced", "calm-talk.md")


def test_anticipated_questions_stay_with_the_passages_that_stand(tmp_path: Path) -> None:
    """When a page changes, the questions of what it still says count on, those of what it no longer says do not."""
    corpus = tmp_path / "corpus"
    add_page(saved(tmp_path), corpus)

    def passages() -> dict[str, tuple[str, ...]]:
        keys = read_keys(corpus, "calm-talk")
        [article] = read_corpus(corpus)
        split = split_passages(article, split_sentences, count_tokens=len, max_tokens=200)
        return {passage.text: keys.of(passage) for passage in split if passage.kind != "source"}

    [article] = read_corpus(corpus)
    split = split_passages(article, split_sentences, count_tokens=len, max_tokens=200)
    lines = [json.dumps({"passage": passage_digest(each), "questions": [f"What of {each.start}?"]}) for each in split]
    (corpus / "calm-talk.questions.jsonl").write_text("\n".join(lines))
    before = passages()
    assert all(before.values())
    add_page(saved(tmp_path, sentence="Nobody tried it."), corpus)
    after = passages()
    assert after.pop("Nobody tried it.") == ()
    assert after == {text: keys for text, keys in before.items() if text != CLEAN}


# Originals.


def test_the_original_is_kept_by_its_digest(tmp_path: Path) -> None:
    """Byte by byte, under the sha256 that the front matter names; no reader of the corpus takes it for an article."""
    corpus = tmp_path / "corpus"
    page = tmp_path / "page.MD"
    page.write_bytes(b"# Calm Talk\r\n\r\nCalm talk is old.\r\n")
    article = read_article(Intake(corpus, originals=True).add(page).path)
    digest = hashlib.sha256(page.read_bytes()).hexdigest()
    assert article.about["sha256"] == digest
    assert (corpus / "originals" / f"{digest}.md").read_bytes() == page.read_bytes()
    assert len(read_corpus(corpus)) == 1


def test_an_original_can_be_kept_later_and_goes_with_its_time(tmp_path: Path) -> None:
    """Asked for with an unchanged page it is kept too; that of a changed page takes the old one's place."""
    corpus = tmp_path / "corpus"

    def kept() -> list[str]:
        return [path.read_text() for path in (corpus / "originals").glob("*")]

    first = saved(tmp_path)
    add_page(first, corpus)
    assert kept() == []
    assert Intake(corpus, originals=True).add(first).notes[0].startswith(f"Kept the file as {corpus / 'originals'}")
    assert kept() == [first.read_text()]
    assert outcome(saved(tmp_path, sentence="Nobody tried it."), corpus) == ("replaced", "calm-talk.md")
    assert kept() == [first.read_text()]
    assert "Nobody tried it." in kept()[0]


def test_an_original_of_two_articles_stays_while_one_needs_it(tmp_path: Path) -> None:
    """Articles made from the same bytes share one original."""
    corpus = tmp_path / "corpus"
    page = saved(tmp_path)
    Intake(corpus, originals=True).add(page)
    Intake(corpus, originals=True).add(page, slug="second")
    before = page.read_text()
    assert outcome(saved(tmp_path, sentence="Nobody tried it."), corpus, "second") == ("replaced", "second.md")
    assert sorted(path.read_text() == before for path in (corpus / "originals").iterdir()) == [False, True]


def test_an_original_that_cannot_be_kept_is_one_sentence(tmp_path: Path) -> None:
    """Then the article is not written either."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "originals").write_text("a file in its place")
    with pytest.raises(ImportRefusedError, match=r"originals/.* cannot be written"):
        Intake(corpus, originals=True).add(saved(tmp_path))
    assert not list(corpus.glob("*.md"))


# Many at once.


def run(*arguments: object) -> Result:
    """Run `ipt-rag add`."""
    return CliRunner().invoke(main, ["add", *map(str, arguments)])


def test_one_page_that_fails_keeps_no_other_out(tmp_path: Path) -> None:
    """Each failure gets its sentence, the others are added, the last line counts, and the exit code is 1."""
    folder, corpus = tmp_path / "saved", tmp_path / "corpus"
    saved(folder, "a.txt", title="Calm")
    saved(folder, "b.txt", title="Planted", sentence=PLANTED)
    saved(folder, "c/d.txt", title="Loud")
    (folder / "b.png").write_bytes(b"\x89PNG")
    done = run(folder, "--corpus", corpus)
    assert done.exit_code == 1
    assert sorted(path.name for path in corpus.iterdir()) == ["calm.md", "loud.md"]
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1
    assert errors[0].startswith(f"Error: {folder / 'b.txt'} was not added. b.txt looks as if it held")
    assert f"passed over {folder / 'b.png'}: of a kind we do not read (.png)\n" in done.stderr
    assert done.stderr.splitlines()[-1] == "3 pages: 2 added, 1 not added; 1 passed over"
    assert "Testerson" not in done.output
    again = run(folder / "a.txt", folder / "c", "--corpus", corpus)
    assert (again.exit_code, again.stderr) == (0, "2 pages: 2 unchanged\n")


def test_progress_over_many_pages(tmp_path: Path) -> None:
    """Who adds a folder hears how far it is."""
    for number in range(60):
        (tmp_path / "saved").mkdir(exist_ok=True)
        (tmp_path / "saved" / f"{number:02}.md").write_text(f"# Rest {number}\n\nRest number {number} is good.\n")
    done = run(tmp_path / "saved", "--corpus", tmp_path / "corpus")
    assert done.stderr.splitlines() == ["read 25 of 60 pages", "read 50 of 60 pages", "60 pages: 60 added"]


def test_a_folder_without_a_page_is_an_error(tmp_path: Path) -> None:
    """What is there is named with why it is no page."""
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    done = run(tmp_path, "--corpus", tmp_path / "corpus")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "Error: There is no page to add. Name a file, or a folder with pages in it."
    assert "photo.png" in done.stderr


def test_a_slug_names_one_page(tmp_path: Path) -> None:
    """Given for several it would make each overwrite the one before."""
    pages = [saved(tmp_path, "a.txt", title="A talk"), saved(tmp_path, "b.txt", title="B talk")]
    with pytest.raises(SettingsError, match="--slug names one article"):
        list(Intake(tmp_path / "corpus").add_all(pages, slug="talk"))
    assert not (tmp_path / "corpus").exists()


def test_pages_of_one_run_do_not_overwrite_each_other(tmp_path: Path) -> None:
    """Of two pages with one title the second is refused; a copy of the first is no news."""
    corpus = tmp_path / "corpus"
    first = saved(tmp_path, "a/page.txt")
    pages = [first, saved(tmp_path, "b/page.txt", sentence="Nobody tried it."), saved(tmp_path, "c/page.txt")]
    became = list(Intake(corpus).add_all(pages))
    assert [type(each) for each in became] == [AddedPage, NotAdded, AddedPage]
    assert isinstance(became[1], NotAdded)
    assert "both make the article calm-talk" in became[1].problem
    assert [each.outcome for each in became if isinstance(each, AddedPage)] == ["added", "unchanged"]
    assert [type(each) for each in Intake(corpus).add_all(pages)] == [AddedPage, NotAdded, AddedPage]
    assert CLEAN in (corpus / "calm-talk.md").read_text()


def test_a_new_page_does_not_take_the_article_of_one_that_comes_later(tmp_path: Path) -> None:
    """A page like another's, of the same file name and met before it, makes an article of its own."""
    corpus = tmp_path / "corpus"
    later = saved(tmp_path, "z/index.txt")
    add_page(later, corpus)
    new = saved(tmp_path, "a/index.txt", title="Other Talk")
    became = list(Intake(corpus).add_all([new, later]))
    assert [each.outcome for each in became if isinstance(each, AddedPage)] == ["added", "unchanged"]
    assert sorted(path.name for path in corpus.iterdir()) == ["calm-talk.md", "other-talk.md"]
