"""Whatever is wrong, a person reads one clear sentence: what was met, and what to do next."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import WordCountEncoder
from ipt_rag import build as build_module
from ipt_rag import chatbot as chatbot_module
from ipt_rag.cli import main
from ipt_rag.index import FILES, current_digest

FRONT = "---\ntitle: T\nslug: t\n---\n\n"


@pytest.fixture(autouse=True)
def quick_encoder(monkeypatch: pytest.MonkeyPatch, counting: WordCountEncoder) -> None:
    """Let the commands of these tests open the counting encoder; none is about the encoder."""
    monkeypatch.setattr(chatbot_module.QuestionGraph, "open", lambda graph: counting)
    original = build_module.build_index
    defaults = {**(original.__kwdefaults__ or {}), "open_encoder": lambda _: counting}
    monkeypatch.setattr(original, "__kwdefaults__", defaults)


def run(*arguments: object, typed: str | bytes | None = None) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=typed)


def the_sentence(result: Result) -> str:
    """Return the one sentence of a command that ended with exit code 1, and hold it to its form."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.stdout == ""
    [line] = [line for line in result.stderr.splitlines() if not re.match(r"embedded |\w+: \d+ passages", line)]
    sentence = line.removeprefix("Error: ")
    assert sentence != line
    assert re.search(r"[.`\"]$", sentence)
    assert "Traceback" not in result.output
    return sentence


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda folder: None, "There is no folder {corpus}. Make it", id="no corpus"),
        pytest.param(
            lambda folder: folder.mkdir(), "No article (.md) in {corpus}. Add one with `ipt-rag add", id="empty"
        ),
        pytest.param(lambda folder: folder.write_text("x"), "There is no folder {corpus}. Make it", id="a file"),
    ],
)
def test_no_corpus(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    """Without articles there is nothing to build, and nothing is written."""
    make(tmp_path / "corpus")
    result = run("build", "--corpus", tmp_path / "corpus", "--index", tmp_path / "index")
    assert the_sentence(result).startswith(said.format(corpus=tmp_path / "corpus"))
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"# Tea\n\nTea is old.\n", "{file}:1: has no front matter. Begin it with", id="no front matter"),
        pytest.param((FRONT + "Tea. [9]\n").encode(), "{file}:6: cites [9], which no source defines.", id="no source"),
        pytest.param(
            (FRONT + 'Tea.\n\n[4]: #s "T1 · A."\n[4]: #s "T1 · B."\n').encode(),
            "{file}:9: defines [4] twice. Keep one.",
            id="a source twice",
        ),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "{file}: is a binary file, not an article", id="binary"),
        pytest.param(
            (FRONT + "Thé.\n").encode("latin-1"), "{file}:6: is not UTF-8 text. Save it as UTF-8", id="latin-1"
        ),
        pytest.param((FRONT + "Tea.\n").encode("utf-16"), "{file}: is a binary file", id="utf-16"),
        pytest.param(b"", "{file}:1: has no front matter.", id="empty file"),
        pytest.param(FRONT.encode(), "{file}: has front matter but no text. Add", id="no text"),
    ],
)
def test_a_broken_article_leaves_the_old_index(articles: Path, tmp_path: Path, data: bytes, said: str) -> None:
    """One broken article is named with its line, and the index of yesterday goes on answering."""
    index = tmp_path / "index"
    assert run("build", "--corpus", articles, "--index", index).exit_code == 0
    digest = current_digest(index)
    (articles / "broken.md").write_bytes(data)
    sentence = the_sentence(run("build", "--corpus", articles, "--index", index))
    assert sentence.startswith(said.format(file=articles / "broken.md"))
    assert current_digest(index) == digest
    assert run("ask", "--index", index, "tea").exit_code == 0


def test_broken_keys(articles: Path, tmp_path: Path) -> None:
    """A broken line of anticipated questions is named."""
    (articles / "tea.questions.jsonl").write_text("{}\n")
    sentence = the_sentence(run("build", "--corpus", articles, "--index", tmp_path / "index"))
    assert sentence.startswith(f"{articles / 'tea.questions.jsonl'}:1: is not of the form")


def test_asking_without_an_index(tmp_path: Path) -> None:
    """No index is one sentence with the command that makes it, on one question and on many, with nothing of them."""
    said = f"There is no index in {tmp_path}. Run `ipt-rag build --index {tmp_path}` to make it."
    assert the_sentence(run("ask", "--index", tmp_path, "xyzzy")) == said
    assert the_sentence(run("ask", "--json", "--index", tmp_path, "-", typed="xyzzy\n")) == said


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
@pytest.mark.parametrize("damage", ["cut in half", "emptied", "gone", "another's"])
def test_a_damaged_index(small_index: Path, name: str, damage: str) -> None:
    """A file of the index that is cut, empty, gone or wrong is named with the command that heals it, and is healed."""
    path = small_index / str(current_digest(small_index)) / name
    data = path.read_bytes()
    match damage:
        case "cut in half":
            path.write_bytes(data[: len(data) // 2])
        case "emptied":
            path.write_bytes(b"")
        case "gone":
            path.unlink()
        case _:
            path.write_bytes(b"SQLite format 3\0" + data)
    sentence = the_sentence(run("ask", "--index", small_index, "tea"))
    assert ("manifest" if name == "manifest.json" else name) in sentence
    assert sentence.endswith(f"Run `ipt-rag build --index {small_index}` to make it.")
    healed = run("build", "--corpus", small_index.parent / "articles", "--index", small_index)
    assert healed.stdout.startswith("Built index ")
    assert run("ask", "--index", small_index, "tea").exit_code == 0


@pytest.mark.parametrize("name", [*FILES, "manifest.json", "CURRENT"])
def test_flipped_bits(small_index: Path, tmp_path: Path, name: str) -> None:
    """One bit flipped anywhere in any file is told, or makes no difference to any answer: none is ever wrong."""
    digest = str(current_digest(small_index))
    path = small_index / name if name == "CURRENT" else small_index / digest / name
    whole = path.read_bytes()
    expected = run("ask", "--json", "--ranked", "5", "--index", small_index, "tea and tide").stdout
    chosen = random.Random(7)
    told = 0
    for _ in range(12):
        data = bytearray(whole)
        data[chosen.randrange(len(data))] ^= 1 << chosen.randrange(8)
        path.write_bytes(data)
        result = run("ask", "--json", "--ranked", "5", "--index", small_index, "tea and tide")
        if result.exit_code:
            assert f"Run `ipt-rag build --index {small_index}` to make it." in the_sentence(result)
            told += 1
        else:
            assert result.stdout == expected
    assert told == 12 if name in FILES else told >= 6


@pytest.mark.parametrize(
    "arguments",
    [("ask", "--nonsense", "tea"), ("build", "--nonsense"), ("--nonsense",), ("nonsense",), ("ask",), ("add",)],
)
def test_usage(arguments: tuple[str, ...]) -> None:
    """A command that cannot be read ends with exit code 2 and says how it is called."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("Usage: ")
    assert "Error: " in result.stderr
    assert "nonsense" not in result.output


@pytest.mark.parametrize(
    ("question", "said"),
    [
        pytest.param("", "The question is empty. Type what you want to know about IPT.", id="empty"),
        pytest.param(" \n\t ", "The question is empty. Type what you want to know about IPT.", id="blank"),
        pytest.param(
            "xyzzy " * 16_667,
            "The question has 100,002 characters; up to 2,000 are read. Ask one thing in a sentence or two.",
            id="100,000 characters",
        ),
    ],
)
def test_questions_that_are_not_read(small_index: Path, question: str, said: str) -> None:
    """An empty and an endless question are told, and nothing of them is repeated."""
    assert the_sentence(run("ask", "--index", small_index, question)) == said


def test_files_without_a_message_are_told(tmp_path: Path) -> None:
    """A measurement of nothing would look like one of a guard that catches nothing."""
    (tmp_path / "rows.jsonl").write_text("\n")
    assert the_sentence(run("phi", tmp_path / "rows.jsonl")).startswith("There is no message to measure.")


def test_a_run_to_compare_with_is_read_before_any_question_is_asked(small_index: Path, tmp_path: Path) -> None:
    """Else a mistyped name would cost the whole run."""
    (tmp_path / "asked.jsonl").write_text('{"question": "tea", "facts": ["old"]}\n')
    result = run("eval", tmp_path / "asked.jsonl", "--against", tmp_path / "none.json", "--index", small_index)
    assert the_sentence(result).startswith(f"{tmp_path / 'none.json'} is no run saved with --save")


def test_questions_that_are_not_read_among_others(small_index: Path) -> None:
    """On standard input such a line gets an object of its own, in its place, and the run goes on."""
    result = run("ask", "--json", "--index", small_index, "-", typed="tea\n\n" + "xyzzy " * 16_667 + "\ntide\n")
    assert result.exit_code == 0
    objects = [json.loads(line) for line in result.stdout.splitlines()]
    assert [bool(each["index"]) for each in objects] == [True, False, False, True]
    assert "empty" in objects[1]["notices"][0]
    assert "100,002 characters" in objects[2]["notices"][0]
    assert "xyzzy" not in result.output


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(28, "No space left on device")])
@pytest.mark.parametrize("where", ["mkdir", "fsync"])
def test_a_folder_that_cannot_be_written(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, where: str
) -> None:
    """A folder without permission, and a full disk, are told with the system's own reason."""

    def failing(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(*((Path, "mkdir") if where == "mkdir" else (os, "fsync")), failing)
    sentence = the_sentence(run("build", "--corpus", articles, "--index", tmp_path / "index"))
    assert sentence.startswith(
        f"{tmp_path / 'index'} cannot be written ({error.strerror}). What answered before still does"
    )


def test_a_file_in_place_of_the_index_folder(articles: Path, tmp_path: Path) -> None:
    """A file is no folder to write into, nor an index to ask."""
    (tmp_path / "file").write_text("mine")
    sentence = the_sentence(run("build", "--corpus", articles, "--index", tmp_path / "file"))
    assert sentence.startswith(f"{tmp_path / 'file'} cannot be written (File exists).")
    assert "There is no index" in the_sentence(run("ask", "--index", tmp_path / "file", "tea"))
    assert (tmp_path / "file").read_text() == "mine"


def test_a_second_builder(articles: Path, tmp_path: Path) -> None:
    """Two builds never write one index: the second says whose turn it is, and asking goes on meanwhile."""
    index = tmp_path / "index"
    run("build", "--corpus", articles, "--index", index)
    with build_module._writing(index):
        sentence = the_sentence(run("build", "--corpus", articles, "--index", index))
        assert run("ask", "--index", index, "tea").exit_code == 0
    assert sentence == (
        f"Another build (process {os.getpid()}) is writing {index}. Wait for it to finish, then try again."
    )


def test_a_missing_encoder(articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the encoder's package a build ends with the command that installs it, and writes no index."""
    monkeypatch.setattr("ipt_rag.embed.files.PACKAGE", "no-such-package-of-ours")
    original = build_module.build_index
    defaults = {**(original.__kwdefaults__ or {}), "open_encoder": build_module.MiniLM.open}
    monkeypatch.setattr(original, "__kwdefaults__", defaults)
    sentence = the_sentence(run("build", "--corpus", articles, "--index", tmp_path / "index"))
    assert sentence == "The encoder package no-such-package-of-ours is missing. Run `make run`, which installs it."
    assert current_digest(tmp_path / "index") is None


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(("build", "--corpus", "none"), 1, "Error: There is no folder none.", id="no corpus"),
        pytest.param(("ask", "--index", "none", "xyzzy"), 1, "Error: There is no index in none.", id="no index"),
        pytest.param(("ask", "xyzzy", "plugh"), 2, "Error: There is more than one argument.", id="usage"),
        pytest.param(("add", "none.txt"), 1, "none.txt cannot be read (No such file", id="no page"),
    ],
)
def test_as_a_person_meets_it(tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    """In a process of its own too: the exit code, the sentence on standard error, no traceback and no echo."""
    script = Path(sys.executable).with_name("ipt-rag")
    command = [str(script)] if script.is_file() else [sys.executable, "-c", "from ipt_rag.cli import main; main()"]
    done = subprocess.run([*command, *arguments], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "xyzzy" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_corpus_that_goes_away(small_index: Path) -> None:
    """The index answers without the articles' files: it holds them."""
    shutil.rmtree(small_index.parent / "articles")
    assert run("ask", "--index", small_index, "tea").exit_code == 0
