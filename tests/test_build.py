import itertools
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from conftest import WordCountEncoder
from ipt_rag import build, embedded
from ipt_rag.build import JOURNAL, BuildReport, build_index, build_without, ensure_index
from ipt_rag.embed import PassageEncoder, TokenVectors
from ipt_rag.errors import ArticleError, CorpusError, SettingsError
from ipt_rag.index import FILES, Index, current_digest
from ipt_rag.keys import passage_digest
from ipt_rag.query import stems
from ipt_rag.records import Precision

Build = Callable[[Path], BuildReport]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where the tests build."""
    return tmp_path / "index"


@pytest.fixture
def run(index: Path, counting: PassageEncoder) -> Build:
    """Build the index of a corpus with the counting encoder."""
    return lambda corpus: build_index(corpus, index, open_encoder=lambda _: counting)


def files_of(index: Path) -> dict[str, bytes]:
    """Return the bytes of the current generation."""
    digest = current_digest(index)
    assert digest
    return {name: (index / digest / name).read_bytes() for name in (*FILES, "manifest.json")}


def replace(path: Path, old: str, new: str) -> None:
    """Edit an article."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_build_says_what_it_did(run: Build, articles: Path, index: Path) -> None:
    """The report counts articles, passages and chunks as the index holds them."""
    done = run(articles)
    held = Index.open(index)
    assert (done.digest, done.changed, done.articles) == (held.digest, True, 3)
    assert (done.passages, done.chunks) == (len(held), held.chunk_count)
    assert held.passage(0).text == "A lantern burns whale oil. It is lit at dusk."
    assert held.passage(len(held) - 1).kind == "source"


def test_building_twice_changes_nothing(run: Build, articles: Path, index: Path) -> None:
    """The second build embeds nothing, writes nothing, and does not even open the encoder."""
    first = run(articles)
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*") if path.name != ".lock"}

    def no_encoder(_: Precision) -> PassageEncoder:
        raise AssertionError("the encoder was opened")

    second = build_index(articles, index, open_encoder=no_encoder)
    assert (second.changed, second.embedded, second.digest) == (False, 0, first.digest)
    assert (second.passages, second.chunks) == (first.passages, first.chunks)
    assert {path: path.stat().st_mtime_ns for path in index.rglob("*") if path.name != ".lock"} == before


def test_an_edited_article_embeds_only_what_changed(run: Build, articles: Path) -> None:
    """One edited sentence is one passage; the others are taken from the last generation."""
    run(articles)
    replace(articles / "tea.md", "Nobody signed it.", "The keeper signed it.")
    assert run(articles).embedded == 1


def test_a_new_heading_embeds_itself(run: Build, articles: Path) -> None:
    """A section's heading is a key of its passages: renamed, it is embedded once."""
    run(articles)
    replace(articles / "tides.md", "### Neaps", "### Low water")
    assert run(articles).embedded == 1


def test_a_chunks_vector_is_the_mean_of_its_tokens(
    run: Build, articles: Path, index: Path, counting: WordCountEncoder
) -> None:
    """Of all tokens of its passages, whatever passage they are of; anticipated questions have no say."""
    run(articles)
    held = Index.open(index)
    sizes = set()
    for numbers, vector in held.chunks():
        text = " ".join(held.search_texts()[number] for number in numbers)
        assert vector == pytest.approx(counting.encode([text])[0], abs=1e-3)  # kept in 16 bits
        sizes.add(len(numbers))
    assert len(sizes) > 1


def test_an_index_brought_up_to_date_is_the_one_built_anew(
    run: Build, articles: Path, index: Path, tmp_path: Path, counting: PassageEncoder
) -> None:
    """By whatever way a corpus was reached, its index has the same digest and the same bytes."""
    run(articles)
    replace(articles / "tea.md", "Nobody signed it.", "The keeper signed it.")
    run(articles)
    build_index(articles, tmp_path / "anew", open_encoder=lambda _: counting)
    assert files_of(index) == files_of(tmp_path / "anew")


def test_vectors_of_two_precisions_are_never_mixed(
    run: Build, articles: Path, index: Path, counting: PassageEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index keeps the precision that it was made in; in another it is made anew, whole, under another digest."""
    lines: list[str] = []
    monkeypatch.setattr(build, "has_bf16", lambda: False)

    def built(precision: Precision | None) -> BuildReport:
        return build_index(articles, index, report=lines.append, precision=precision, open_encoder=lambda _: counting)

    first, sixteen = run(articles), built("bf16")
    assert sixteen.embedded == first.embedded > 0
    assert sixteen.digest != first.digest
    assert [line for line in lines if line.startswith("This processor")] == [build.EMULATED]
    assert not built(None).changed
    ensure_index(articles, index, lambda line: pytest.fail(line))
    replace(articles / "tea.md", "Nobody signed it.", "The keeper signed it.")
    assert 0 < built(None).embedded < first.embedded
    assert Index.open(index).made_from["encoder"].endswith(" bf16")
    replace(articles / "tea.md", "The keeper signed it.", "Nobody signed it.")
    again = built("fp32")
    assert (again.digest, again.embedded) == (first.digest, first.embedded)


def test_an_article_taken_away_is_gone(run: Build, articles: Path, index: Path) -> None:
    """No passage, title, source or word of a removed article stays."""
    run(articles)
    (articles / "lanterns.md").unlink()
    assert run(articles).embedded == 0
    held = Index.open(index)
    assert list(held.articles()) == ["tea", "tides"]
    assert held.lexical(stems("whale"), k=5) == {}
    assert "A lantern burns whale oil. It is lit at dusk." not in held.search_texts()


def test_keys_are_indexed_beside_their_passage(run: Build, articles: Path, index: Path) -> None:
    """An anticipated question finds its passage, and a change of the key file alone makes another index."""
    first = run(articles)
    held = Index.open(index)
    line = json.dumps({"passage": passage_digest(held.passage(0)), "questions": ["What fuels the lamp?"]})
    (articles / "lanterns.questions.jsonl").write_text(line)
    second = run(articles)
    assert second.digest != first.digest
    assert second.embedded == 1
    assert next(iter(Index.open(index).lexical(stems("fuels"), k=5))) == 0


def test_headings_are_keys(run: Build, articles: Path, index: Path) -> None:
    """What a section's heading says is said of its passages."""
    run(articles)
    held = Index.open(index)
    neap = next(number for number in range(len(held)) if held.passage(number).text == "A neap tide rises less.")
    assert held.keys(neap) == ("Springs and neaps › Neaps",)


def test_offsets_survive_two_articles(run: Build, articles: Path, index: Path) -> None:
    """Chunk numbers count through all articles: each chunk's passages stand in its text."""
    run(articles)
    held = Index.open(index)
    tide = held.dense(np.eye(10, dtype=np.float32)[3], k=1)
    assert {held.passage(number).article for number in tide} == {"tides"}


def test_a_damaged_index_is_built_anew(run: Build, articles: Path, index: Path) -> None:
    """A build heals what does not match its manifest, without trusting any of it."""
    first = run(articles)
    (index / first.digest / "tokens.npy").write_bytes(b"no tokens")
    healed = run(articles)
    assert (healed.changed, healed.digest) == (True, first.digest)
    assert healed.embedded > 0
    assert Index.open(index).digest == first.digest


def test_vectors_of_another_encoder_are_not_taken(
    run: Build, articles: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the encoder changes, everything is embedded again."""
    first = run(articles)
    monkeypatch.setattr(build.MiniLM, "named", lambda precision: f"another encoder, {precision}")
    assert run(articles).embedded == first.embedded


class Interrupted:
    """An encoder that is interrupted once it has made the token vectors of so many texts."""

    def __init__(self, encoder: PassageEncoder, after: int) -> None:
        self._encoder = encoder
        self._left = after

    def __getattr__(self, name: str) -> Any:  # noqa: D105
        return getattr(self._encoder, name)

    def encode_tokens(self, texts: Sequence[str], **options: Any) -> list[TokenVectors]:
        """Return what the encoder makes of them."""
        self._left -= len(texts)
        if self._left < 0:
            raise KeyboardInterrupt
        return self._encoder.encode_tokens(texts, **options)


@pytest.fixture
def begun(run: Build, articles: Path, index: Path, counting: PassageEncoder, monkeypatch: pytest.MonkeyPatch) -> int:
    """An index, and a build of two articles more that broke off; how many texts are left to embed."""
    monkeypatch.setattr(embedded, "KEPT_TEXTS", 5)
    total = build_index(articles, index.parent / "whole", open_encoder=lambda _: counting).embedded
    for name in ("tea.md", "tides.md"):
        (articles / name).rename(articles / f"{name}.later")
    first = run(articles)
    for name in ("tea.md", "tides.md"):
        (articles / f"{name}.later").rename(articles / name)
    with pytest.raises(KeyboardInterrupt):
        build_index(articles, index, open_encoder=lambda _: Interrupted(counting, 12))
    return total - first.embedded - 10


def test_an_interrupted_build_is_gone_on_with(begun: int, run: Build, articles: Path, index: Path) -> None:
    """What answered still does; the next build embeds what is left, and its index is that of a build in one go."""
    assert [*Index.open(index).articles()] == ["lanterns"]
    assert run(articles).embedded == begun
    assert files_of(index) == files_of(index.parent / "whole")
    assert not (index / JOURNAL).exists()


def test_an_article_taken_away_after_an_interruption_leaves_nothing(
    begun: int, articles: Path, index: Path, counting: PassageEncoder
) -> None:
    """The vectors that the interrupted build had kept go with the article."""
    assert (index / JOURNAL).exists()
    build_without(articles / "tea.md", articles, index, open_encoder=lambda _: counting)
    assert not (index / JOURNAL).exists()
    assert [*Index.open(index).articles()] == ["lanterns", "tides"]


def test_the_time_left_is_told(
    articles: Path, index: Path, counting: PassageEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line of progress counts texts and says how long the rest takes; the last one of a kind has no rest."""
    monkeypatch.setattr(embedded, "PROGRESS_TEXTS", 10)
    clock = itertools.count(0, 60)
    monkeypatch.setattr(embedded.time, "monotonic", lambda: next(clock))
    lines: list[str] = []
    build_index(articles, index, report=lines.append, open_encoder=lambda _: counting)
    told = [line for line in lines if "left" in line]
    assert told
    assert all(re.fullmatch(r"embedded \d+ of \d+ passages and keys, about \d+ (s|min) left", line) for line in told)
    assert re.fullmatch(
        r"embedded (\d+) of \1 passages and keys", [line for line in lines if "passages and keys" in line][-1]
    )


def test_progress_is_reported(articles: Path, index: Path, counting: PassageEncoder) -> None:
    """Who waits hears of each article and how many texts are done."""
    lines: list[str] = []
    build_index(articles, index, report=lines.append, open_encoder=lambda _: counting)
    assert "tea: 14 passages, 2 sources" in lines
    assert re.fullmatch(r"embedded (\d+) of \1 passages and keys", lines[-1])


def test_a_broken_corpus_leaves_the_index(run: Build, articles: Path, index: Path) -> None:
    """An article that cannot be read stops the build before anything is touched."""
    run(articles)
    before = files_of(index)
    (articles / "broken.md").write_text("no front matter")
    with pytest.raises(ArticleError, match="no front matter"):
        run(articles)
    with pytest.raises(CorpusError):
        run(articles / "none")
    assert files_of(index) == before


def test_a_second_builder_is_turned_away(run: Build, articles: Path, index: Path) -> None:
    """While one build writes, another says so at once and waits for nothing."""
    index.mkdir()
    with FileLock(index / ".lock"), pytest.raises(SettingsError, match="Another build is writing"):
        run(articles)
    assert run(articles).changed


def test_a_full_disk_is_one_sentence(articles: Path, index: Path) -> None:
    """When the disk takes no more, whichever library met it, the error is ours and the old index stays."""
    script = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from conftest import WordCountEncoder
from ipt_rag.build import build_index
from ipt_rag.errors import SettingsError

for limit in (0, 2_000, 20_000, 60_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    try:
        build_index(Path(sys.argv[1]), Path(sys.argv[2]), open_encoder=lambda _: WordCountEncoder(("tea",) * 300))
    except SettingsError as error:
        print(error)
"""
    arguments = [sys.executable, "-c", script, str(articles), str(index), str(Path(__file__).parent)]
    told = subprocess.run(arguments, capture_output=True, text=True, check=True)
    lines = told.stdout.splitlines()
    assert len(lines) >= 3, told
    assert all("cannot be written (" in line and "None" not in line for line in lines)
    assert [path.name for path in index.iterdir() if path.is_dir()] == []


def test_killed_at_any_step_the_index_is_whole(
    articles: Path, index: Path, run: Build, tmp_path: Path, counting: WordCountEncoder
) -> None:
    """A builder killed outright at any step of writing leaves the old generation or the new one, and both answer."""
    old = run(articles).digest
    replace(articles / "tea.md", "Nobody signed it.", "The keeper signed it.")
    script = """
import os, shutil, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from conftest import WordCountEncoder
from fatal import Fuse
from ipt_rag.index import writer
from ipt_rag.build import build_index

fuse = Fuse()
fuse.guard(
    ((writer, "_passages"), (os, "write"), (os, "fsync"), (Path, "mkdir"), (Path, "rename"), (Path, "replace"))
)
words = tuple(sys.argv[4].split())
moment = status = 0
while moment == 0 or status:  # until one lives to its end
    moment += 1
    copy = Path(sys.argv[2]) / str(moment)
    shutil.copytree(Path(sys.argv[2]) / "index", copy)
    fuse.left = moment
    child = os.fork()
    if not child:
        build_index(Path(sys.argv[1]), copy, open_encoder=lambda _: WordCountEncoder(words))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    print(status)
"""
    arguments = [str(articles), str(tmp_path), str(Path(__file__).parent), " ".join(counting.words)]
    told = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    *deaths, life = map(int, told.stdout.split())
    assert life == 0
    assert deaths == [signal.SIGKILL] * len(deaths)
    assert len(deaths) > 13
    digests = []
    for moment in range(1, len(deaths) + 1):
        after = Index.open(tmp_path / str(moment))
        texts = after.search_texts()
        assert ("Nobody signed it." in texts) == (after.digest == old)
        assert ("The keeper signed it." in texts) == (after.digest != old)
        digests.append(after.digest)
    new = run(articles).digest
    assert digests == [old] * digests.count(old) + [new] * digests.count(new)
    assert digests[0] == old
    assert digests[-1] == new
    assert not build_index(
        articles, tmp_path / str(len(deaths)), open_encoder=lambda _: pytest.fail("nothing is to be done")
    ).changed


def test_ensure_index(articles: Path, index: Path, counting: PassageEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index is built where it is missing, older than the corpus or damaged, each said once, and else left alone."""
    defaults = {**(build.build_index.__kwdefaults__ or {}), "open_encoder": lambda _: counting}
    monkeypatch.setattr(build.build_index, "__kwdefaults__", defaults)

    def said() -> list[str]:
        lines: list[str] = []
        ensure_index(articles, index, lines.append)
        return [line for line in lines if "Building it now." in line]

    older = f"The index in {index} is missing or older than {articles}. Building it now."
    assert said() == [older]
    assert said() == []
    replace(articles / "tea.md", "Nobody signed it.", "The keeper signed it.")
    assert said() == [older]
    digest = current_digest(index)
    assert digest
    (index / digest / "vectors.faiss").unlink()
    [line] = said()
    assert line.startswith("vectors.faiss of the index in ")
    assert said() == []


def test_os_errors_without_a_reason_are_still_told(
    articles: Path, index: Path, monkeypatch: pytest.MonkeyPatch, counting: PassageEncoder
) -> None:
    """An error of the system that says nothing is told by what it is, never as "None"."""

    def failing(*arguments: object, **options: object) -> None:
        raise OSError("device gone")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(SettingsError, match=r"cannot be written \(device gone\)"):
        build_index(articles, index, open_encoder=lambda _: counting)
