import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock

from conftest import WordCountEncoder
from ipt_rag.build import build_index
from ipt_rag.cli import main
from ipt_rag.errors import ArticleError, CorpusError, IndexMissingError, SettingsError
from ipt_rag.index import Index, current_digest
from ipt_rag.intake import Intake
from ipt_rag.removal import Removed, remove_article

Remove = Callable[[str], Removed]


@pytest.fixture
def remove(articles: Path, small_index: Path, counting: WordCountEncoder) -> Remove:
    """Remove an article of the three, from the corpus and its index."""
    return lambda slug: remove_article(slug, articles, small_index, open_encoder=lambda _: counting)


def stored(index: Path) -> bytes:
    """Return all bytes on the disk of an index."""
    return b"".join(path.read_bytes() for path in index.rglob("*") if path.is_file())


def test_an_article_is_removed_whole(remove: Remove, articles: Path, small_index: Path) -> None:
    """Article, questions and original go; the index is that of the rest, and no byte of a sentence is left on disk."""
    (articles / "lanterns.questions.jsonl").write_text('{"passage": "0", "questions": ["Why whale oil?"]}\n')
    assert b"whale oil" in stored(small_index)
    removed = remove("lanterns")
    assert sorted(path.name for path in articles.iterdir()) == ["tea.md", "tides.md"]
    assert list(Index.open(small_index).articles()) == ["tea", "tides"]
    assert (removed.path, removed.indexed, removed.digest) == (
        articles / "lanterns.md",
        True,
        current_digest(small_index),
    )
    assert b"whale oil" not in stored(small_index)


def test_the_index_is_the_one_built_from_the_rest(
    remove: Remove, articles: Path, small_index: Path, tmp_path: Path, counting: WordCountEncoder
) -> None:
    """A removal leaves the index that a build from nothing makes of what is left."""
    remove("tea")
    anew = build_index(articles, tmp_path / "anew", open_encoder=lambda _: counting)
    assert current_digest(small_index) == anew.digest
    manifest = Path(anew.digest) / "manifest.json"
    assert (small_index / manifest).read_bytes() == (tmp_path / "anew" / manifest).read_bytes()


def test_the_last_article_takes_the_index_with_it(remove: Remove, articles: Path, small_index: Path) -> None:
    """Without articles there is nothing to answer from."""
    for slug in ("tea", "tides", "lanterns"):
        removed = remove(slug)
    assert (removed.indexed, removed.digest) == (True, "")
    assert not list(articles.glob("*.md"))
    assert b"whale oil" not in stored(small_index)
    with pytest.raises(IndexMissingError):
        Index.open(small_index)


def test_an_unknown_slug_lists_what_there_is(remove: Remove, articles: Path) -> None:
    """What was typed is not repeated; a long list is cut."""
    with pytest.raises(CorpusError, match=r"There are `lanterns`, `tea`, `tides`\.") as refused:
        remove("../xyzzy")
    assert "xyzzy" not in str(refused.value)
    for number in range(30):
        shutil.copy(articles / "tea.md", articles / f"{number}.md")
        text = (articles / f"{number}.md").read_text().replace("slug: tea", f"slug: t{number}")
        (articles / f"{number}.md").write_text(text)
    with pytest.raises(CorpusError, match=r"and 13 more \(`ipt-rag list`\)\."):
        remove("none")
    assert (articles / "tea.md").exists()


def test_an_article_without_an_index_is_removed(articles: Path, tmp_path: Path) -> None:
    """Where no index holds it, the encoder is not even opened."""
    removed = remove_article("tea", articles, tmp_path / "none", open_encoder=lambda _: pytest.fail("not needed"))
    assert (removed.indexed, removed.digest) == (False, "")
    assert not (articles / "tea.md").exists()
    assert not (tmp_path / "none").exists()


def test_the_index_of_another_corpus_is_left_alone(
    remove: Remove, articles: Path, small_index: Path, tmp_path: Path
) -> None:
    """An index that holds the slug among articles of elsewhere is not ours to build: nothing is removed."""
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(articles / "tea.md", other)
    digest = current_digest(small_index)
    with pytest.raises(SettingsError, match=r"but others too that are not in .* Nothing was removed"):
        remove_article("tea", other, small_index)
    assert (other / "tea.md").exists()
    (other / "tea.md").write_text((articles / "tea.md").read_text().replace("slug: tea", "slug: mine"))
    assert not remove_article("mine", other, small_index).indexed
    assert current_digest(small_index) == digest


@pytest.mark.parametrize("what", ["another builder", "another broken article"])
def test_what_stops_the_index_stops_the_removal(remove: Remove, articles: Path, small_index: Path, what: str) -> None:
    """If the index cannot be brought up to date, the article stays in both."""
    digest = current_digest(small_index)
    if what == "another builder":
        with FileLock(small_index / ".lock"), pytest.raises(SettingsError, match="Another build"):
            remove("lanterns")
    else:
        (articles / "tides.md").write_text("---\ntitle: T\nslug: tides\n---\n\nTides. [9]\n")
        with pytest.raises(ArticleError, match=r"tides\.md:6: cites \[9\]"):
            remove("lanterns")
    assert (articles / "lanterns.md").exists()
    assert current_digest(small_index) == digest


def test_a_broken_article_can_be_removed(remove: Remove, articles: Path) -> None:
    """By its slug where its front matter stands, by the name of its file where it does not."""
    (articles / "tides.md").write_text("---\ntitle: T\nslug: tides\n---\n\nTides. [9]\n")
    assert remove("tides").path == articles / "tides.md"
    (articles / "broken.md").write_text("Nothing that we know of.")
    assert remove("broken").path == articles / "broken.md"
    assert sorted(path.name for path in articles.iterdir()) == ["lanterns.md", "tea.md"]


def test_an_original_goes_with_its_last_article(articles: Path, tmp_path: Path) -> None:
    """The kept file is removed once no article was made from it; what else lies beside it stays."""
    page = tmp_path / "page.md"
    page.write_text("# Rest\n\nRest is good.\n")
    Intake(articles, originals=True).add(page)
    Intake(articles).add(page, slug="second")
    [original] = (articles / "originals").iterdir()
    remove_article("rest", articles, tmp_path / "none")
    assert original.exists()
    (articles / "originals" / "notes.txt").write_text("mine")
    remove_article("second", articles, tmp_path / "none")
    assert [path.name for path in (articles / "originals").iterdir()] == ["notes.txt"]
    (articles / "originals" / "notes.txt").unlink()
    Intake(articles, originals=True).add(page)
    remove_article("rest", articles, tmp_path / "none")
    assert not (articles / "originals").exists()


def test_nothing_of_an_article_edited_before_stays(
    remove: Remove, articles: Path, small_index: Path, counting: WordCountEncoder
) -> None:
    """A removal also takes the generation before the last, which still held what the article once said."""
    text = (articles / "tea.md").read_text()
    (articles / "tea.md").write_text(text.replace("Nobody signed it.", "The keeper signed it."))
    build_index(articles, small_index, open_encoder=lambda _: counting)
    assert b"Nobody signed it." in stored(small_index)
    remove("lanterns")
    assert b"Nobody signed it." not in stored(small_index)


def test_a_file_that_cannot_be_removed_is_told(remove: Remove, articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The article stays, and the removal can be asked for again."""
    unlink = Path.unlink

    def failing(path: Path, *, missing_ok: bool = False) -> None:
        unlink(articles / "none" / path.name if path.parent == articles else path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", failing)
    with pytest.raises(SettingsError, match=r"cannot be removed \(No such file .* remove tea again"):
        remove("tea")
    monkeypatch.undo()
    assert (articles / "tea.md").exists()
    assert remove("tea").path == articles / "tea.md"


def test_killed_at_any_step_no_sentence_outlives_its_article(
    articles: Path, small_index: Path, tmp_path: Path, counting: WordCountEncoder
) -> None:
    """Whenever it is killed outright, what is out of the corpus is out of the index, and removing again finishes."""
    (articles / "lanterns.questions.jsonl").write_text('{"passage": "0", "questions": ["Why?"]}\n')
    script = """
import os, shutil, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from conftest import WordCountEncoder
from fatal import Fuse
from ipt_rag.removal import remove_article

fuse = Fuse()
fuse.guard(((os, "fsync"), (Path, "rename"), (Path, "replace"), (Path, "unlink"), (shutil, "rmtree")))
words = tuple(sys.argv[3].split())
folder = Path(sys.argv[1])
for moment in range(1, 40):
    step = folder / "steps" / str(moment)
    for name in ("articles", "index"):
        shutil.copytree(folder / name, step / name)
    fuse.left = moment
    child = os.fork()
    if not child:
        remove_article("lanterns", step / "articles", step / "index", open_encoder=lambda _: WordCountEncoder(words))
        os._exit(0)
    ended = os.waitpid(child, 0)[1]
    print(step.name, ended)
    if not ended:
        break
"""
    arguments = [str(tmp_path), str(Path(__file__).parent), " ".join(counting.words)]
    told = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    ended = dict(line.split() for line in told.stdout.splitlines())
    assert set(ended.values()) == {str(int(signal.SIGKILL)), "0"}
    assert len(ended) > 10
    for step in (tmp_path / "steps" / name for name in ended):
        there = (step / "articles" / "lanterns.md").exists()
        indexed = "lanterns" in Index.open(step / "index").articles()
        assert there or not indexed
        if there:
            remove_article("lanterns", step / "articles", step / "index", open_encoder=lambda _: counting)
        assert list(Index.open(step / "index").articles()) == ["tea", "tides"]
        assert sorted(path.name for path in (step / "articles").iterdir()) == ["tea.md", "tides.md"]
        assert b"whale oil" not in stored(step / "index")


def test_the_command(articles: Path, tmp_path: Path) -> None:
    """It says what is gone; an unknown slug is one sentence and exit 1."""
    arguments = ["--corpus", str(articles), "--index", str(tmp_path / "none")]
    done = CliRunner().invoke(main, ["remove", "tea", *arguments])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"Removed {articles / 'tea.md'}\nThe index in {tmp_path / 'none'} does not hold it.\n"
    again = CliRunner().invoke(main, ["remove", "tea", *arguments])
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == f"Error: No article in {articles} has this slug. There are `lanterns`, `tides`.\n"
