"""A program that tests start: does one thing to a corpus and its index, and lets it be killed or its disk fail.

    python tests/crashes.py kill   build|add|remove  FOLDER  CASES  [real]    kill -9 at so many random moments
    python tests/crashes.py fail   build|add|remove  FOLDER                   each call that writes fails, one at a time

Prints one JSON object for each case; what does not hold is its "problem". A child is forked for each moment of death,
so that it is a real process with real files, and costs no start.
"""

import errno
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conftest import ROOT, WordCountEncoder
from ipt_rag import intake
from ipt_rag.build import build_index
from ipt_rag.embed import MiniLM, PassageEncoder
from ipt_rag.errors import IptRagError
from ipt_rag.index import Index
from ipt_rag.intake import Intake
from ipt_rag.phi import Guard
from ipt_rag.removal import remove_article

ERRORS = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# What changes a disk by its name, as Python announces it before it does it.
CHANGES = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.link", "os.symlink", "os.truncate")
OLD, NEW = "Nobody signed it.", "The keeper signed it."
PAGE = "# On oil\n\nThe oil burns {how}.\n\n- It is old.\n"
State = dict[str, bytes]


class World:
    """A corpus of four articles with its index, one of them made from a page, and one thing to be done to it."""

    def __init__(self, folder: Path, what: str, encoder: PassageEncoder) -> None:
        self._folder = folder
        self._what = what
        self._encoder = encoder
        self._guard = Guard()
        intake.Guard = lambda: self._guard  # its model is loaded once for all cases, and before any fork
        start = folder / "start"
        shutil.copytree(ROOT / "tests" / "articles", start / "corpus")
        (start / "corpus" / "lanterns.questions.jsonl").write_text('{"passage": "0", "questions": ["Why?"]}\n')
        self._add(start, "slowly")
        build_index(start / "corpus", start / "index", open_encoder=lambda _: encoder)
        self._before_last(start)
        self.old = self.state(start)
        done = self.copy("done")
        self.do(done)
        self.new = self.state(done)
        assert self.old != self.new

    def _before_last(self, folder: Path) -> None:
        """Leave a generation before the current one, so that there is something to collect."""
        tea = folder / "corpus" / "tea.md"
        text = tea.read_text(encoding="utf-8")
        tea.write_text(text.replace(OLD, "Someone signed it."), encoding="utf-8")
        build_index(folder / "corpus", folder / "index", open_encoder=lambda _: self._encoder)
        tea.write_text(text, encoding="utf-8")
        build_index(folder / "corpus", folder / "index", open_encoder=lambda _: self._encoder)

    def _add(self, folder: Path, how: str) -> None:
        page = folder / "oil.md"
        page.write_text(PAGE.format(how=how), encoding="utf-8")
        Intake(folder / "corpus", originals=True).add(page)

    def copy(self, name: str) -> Path:
        """Return a copy of the start; files of an index are never written again, so that links will do."""
        folder = self._folder / name
        shutil.copytree(self._folder / "start", folder, copy_function=os.link)
        for path in folder.rglob("*.md"):
            path.unlink()
            shutil.copy(self._folder / "start" / path.relative_to(folder), path)
        if self._what == "build":
            tea = folder / "corpus" / "tea.md"
            tea.write_text(tea.read_text(encoding="utf-8").replace(OLD, NEW), encoding="utf-8")
        if self._what == "add":
            (folder / "oil.md").write_text(PAGE.format(how="fast"), encoding="utf-8")
        return folder

    def do(self, folder: Path) -> None:
        """Do the one thing, as the command does it."""
        match self._what:
            case "build":
                build_index(folder / "corpus", folder / "index", open_encoder=lambda _: self._encoder)
            case "add":
                Intake(folder / "corpus", originals=True).add(folder / "oil.md")
            case "remove":
                remove_article("on-oil", folder / "corpus", folder / "index", open_encoder=lambda _: self._encoder)

    def state(self, folder: Path) -> State:
        """Return what answers: the files of the corpus and of the generation that opens, drafts and originals aside."""
        corpus = folder / "corpus"
        opened = Index.open(folder / "index")  # verifies every file
        files = {path.name: path.read_bytes() for path in corpus.iterdir() if path.is_file() and path.name[0] != "."}
        return files | {"generation": opened.digest.encode(), "texts": "\n".join(opened.search_texts()).encode()}

    def problem(self, folder: Path) -> str:
        """Return what is not as promised after a crash or a failure, and after the same thing was done again."""
        try:
            state = self.state(folder)
        except IptRagError as error:
            return f"does not open: {error}"
        except Exception as error:
            return f"does not open: {type(error).__name__}: {error}"
        for index in (("generation", "texts"), *((name,) for name in {*state, *self.old} - {"generation", "texts"})):
            part = {name: state.get(name) for name in index}
            olds = {name: self.old.get(name) for name in index}
            news = {name: self.new.get(name) for name in index}
            edited = self._what == "build" and index == ("tea.md",)  # by the person, before the build
            if part not in ([news] if edited else [olds, news]):
                return f"{', '.join(index)} is neither old nor new"
        if self._what == "remove" and "on-oil.md" not in state and b"The oil burns" in state["texts"]:
            return "an article is out of the corpus and still in the index"
        try:
            if self._what != "remove" or "on-oil.md" in state:
                self.do(folder)
        except Exception as error:
            return f"cannot be done again: {type(error).__name__}: {error}"
        if self.state(folder) != self.new:
            return "done again, it is not what it should be"
        left = [path.name for path in folder.rglob(".*") if path.name != ".lock"]
        if left and not (self._what == "remove" and "on-oil.md" not in state):
            return f"done again, it leaves {left}"
        if self._what == "remove":
            everything = b"".join(
                path.read_bytes() for path in folder.rglob("*") if path.name != "oil.md" and path.is_file()
            )
            if b"The oil burns" in everything:
                return "a sentence of the removed article is still on the disk"
        return ""


class Saboteur:
    """Makes the call that uses up what is `left` fail, counted over every call that writes; 0: none."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self.left = self.code = 0
        self.calls: list[str] = []
        self.unknown: list[str] = []
        sys.addaudithook(self._announced)
        for name in ("write", "fsync"):
            setattr(os, name, self._wrapped(getattr(os, name), name))

    def _announced(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGES:
            self._count(f"{event} {Path(os.fsdecode(arguments[0])).name}")
        elif event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
            if not isinstance(arguments[0], int) and self._folder in os.fsdecode(arguments[0]):
                self._count(f"open {Path(os.fsdecode(arguments[0])).name}")
        elif event == "sqlite3.connect" and arguments[0] != ":memory:" and "immutable=1" not in str(arguments[0]):
            self.unknown.append(f"SQLite writes to {arguments[0]} itself")

    def _wrapped(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            self._count(f"os.{name}")
            return call(*arguments)

        return counted

    def _count(self, call: str) -> None:
        self.calls.append(call)
        self.left -= 1
        if not self.left:
            raise OSError(self.code, os.strerror(self.code))

    @contextmanager
    def failing(self, call: int, code: int) -> Iterator[None]:
        """Let one call fail within the block, none with 0."""
        self.calls.clear()
        self.left, self.code = call, code
        try:
            yield
        finally:
            self.left = 0


def fail_everywhere(world: World, folder: Path) -> Iterator[dict[str, Any]]:
    """Yield what came of each call that writes, failing with each error."""
    saboteur = Saboteur(folder)
    counted = world.copy("counted")
    with saboteur.failing(0, 0):
        world.do(counted)
    calls = list(saboteur.calls)
    for unknown in saboteur.unknown:
        yield {"call": unknown, "error": "", "problem": "written by calls that are not counted"}
    for number in range(1, len(calls) + 1):
        for code in ERRORS:
            case = world.copy("case")
            told = ""
            with saboteur.failing(number, code):
                try:
                    world.do(case)
                except IptRagError as error:
                    told = str(error)
                except Exception as error:
                    told = f"{type(error).__name__}: {error}"
                    yield {"call": calls[number - 1], "error": errno.errorcode[code], "problem": f"a traceback: {told}"}
                failed = len(saboteur.calls) >= number
            yield {
                "call": calls[number - 1],
                "error": errno.errorcode[code],
                "told": told,
                "problem": world.problem(case) if failed else "the call was not made this time",
            }
            shutil.rmtree(case)


def kill_at_random(world: World, cases: int) -> Iterator[dict[str, Any]]:
    """Yield what came of each death, at moments that are even over the time that the thing takes when it is let be.

    A child that ends before it is killed is another try, and no case.
    """
    dice = random.Random(8)
    timed = [_timed(world, world.copy(f"timed{number}")) for number in range(3)]
    whole_s = sorted(timed)[1]
    deaths = 0
    while deaths < cases:
        case = world.copy("case")
        child = os.fork()
        if not child:
            try:
                world.do(case)
            finally:
                os._exit(0)
        after_s = dice.uniform(0, whole_s)
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        if os.WIFSIGNALED(os.waitpid(child, 0)[1]):
            deaths += 1
            yield {"share": round(after_s / whole_s, 3), "problem": world.problem(case)}
        shutil.rmtree(case)


def _timed(world: World, folder: Path) -> float:
    begun = time.monotonic()
    child = os.fork()
    if not child:
        world.do(folder)
        os._exit(0)
    os.waitpid(child, 0)
    return time.monotonic() - begun


def main() -> None:
    """Run the cases and print each."""
    how, what, folder, *rest = sys.argv[1:]
    words = ("tea", "pot", "kettle", "tide", "moon", "lantern", "oil", "caffeine", "coffee")
    encoder: PassageEncoder = MiniLM.open() if "real" in rest else WordCountEncoder(words)
    world = World(Path(folder), what, encoder)
    cases = fail_everywhere(world, Path(folder)) if how == "fail" else kill_at_random(world, int(rest[0]))
    for case in cases:
        sys.stdout.write(json.dumps(case) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
