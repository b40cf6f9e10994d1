"""Whatever kills the program or breaks its disk, the next start answers from the whole old or the whole new index."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, WordCountEncoder
from ipt_rag.build import build_index
from ipt_rag.errors import IndexDamagedError, IndexMissingError
from ipt_rag.index import FILES, Index, current_digest

WHAT = ("build", "add", "remove")
DEATHS = 100  # of each
CHANGES = 300


def cases(how: str, what: str, folder: Path, *rest: str) -> list[dict[str, Any]]:
    """Return what `crashes.py` prints."""
    command = [sys.executable, str(ROOT / "tests" / "crashes.py"), how, what, str(folder), *rest]
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


@pytest.mark.parametrize("what", WHAT)
def test_killed_at_random_moments(what: str, tmp_path: Path) -> None:
    """A real process that is killed outright leaves what was or what is to be, and can be run again."""
    met = cases("kill", what, tmp_path, str(DEATHS))
    assert len(met) == DEATHS
    assert [case for case in met if case["problem"]] == []


@pytest.mark.parametrize(("what", "calls"), [("build", 30), ("add", 12), ("remove", 40)])
def test_every_call_that_writes_fails(what: str, calls: int, tmp_path: Path) -> None:
    """Each call that writes fails once with each error: one sentence at most, and nothing is half done."""
    met = cases("fail", what, tmp_path)
    assert {case["error"] for case in met} == {"ENOSPC", "EROFS", "EACCES", "EIO"}
    assert len(met) >= 4 * calls
    assert [case for case in met if case["problem"]] == []
    assert any(case["told"] for case in met)


def test_every_change_of_a_file_is_found(
    articles: Path, tmp_path: Path, counting: WordCountEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bit turned or an end cut off, anywhere in a generation, is told with the command that repairs it.

    Neither FAISS, SQLite nor NumPy is handed a changed file.
    """
    index = tmp_path / "index"
    build_index(articles, index, open_encoder=lambda _: counting)
    digest = current_digest(index)
    assert digest
    Index.open(index)

    def handed(*arguments: object, **options: object) -> None:
        raise AssertionError("a changed file was handed to its library")

    for door in ("from_verified_file", "sqlite3.connect", "np.load"):
        monkeypatch.setattr(f"ipt_rag.index.reader.{door}", handed)
    dice = random.Random(8)
    paths = [index / "CURRENT", *(index / digest / name for name in (*FILES, "manifest.json"))]
    for number in range(CHANGES):
        path = paths[number % len(paths)]
        whole = path.read_bytes()
        if dice.random() < 0.5:
            changed = bytearray(whole)
            changed[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        else:
            changed = bytearray(whole[: dice.randrange(len(whole))])
        path.write_bytes(changed)
        with pytest.raises((IndexDamagedError, IndexMissingError), match=f"Run `ipt-rag build --index {index}`"):
            Index.open(index)
        path.write_bytes(whole)


def test_a_generation_is_not_collected_while_it_is_read(
    articles: Path, tmp_path: Path, counting: WordCountEncoder
) -> None:
    """Builds leave the generation of a reader alone, however many come; once it is let go, the next one collects it."""
    index = tmp_path / "index"
    tea = articles / "tea.md"
    text = tea.read_text(encoding="utf-8")

    def build(signed: str) -> str:
        tea.write_text(text.replace("Nobody signed it.", signed), encoding="utf-8")
        return build_index(articles, index, open_encoder=lambda _: counting).digest

    first = build("One signed it.")
    reader = Index.open(index)
    for signed in ("Two signed it.", "Three signed it.", "Four signed it."):
        build(signed)
    assert (index / first).is_dir()
    assert "One signed it." in "\n".join(reader.search_texts())
    del reader
    build("Five signed it.")
    assert not (index / first).exists()


def test_the_cases_can_fail(tmp_path: Path) -> None:
    """A pointer that is written in place is found out, so that the cases above mean something."""
    copy = tmp_path / "ipt_rag"
    shutil.copytree(ROOT / "src" / "ipt_rag", copy)
    disk = copy / "disk.py"
    text = disk.read_text(encoding="utf-8")
    assert "        draft.replace(target)\n" in text
    disk.write_text(
        text.replace(
            "        draft.replace(target)\n", "        target.unlink(missing_ok=True)\n        draft.replace(target)\n"
        ),
        encoding="utf-8",
    )
    command = [sys.executable, str(ROOT / "tests" / "crashes.py"), "fail", "build", str(tmp_path / "world")]
    (tmp_path / "world").mkdir()
    told = subprocess.run(
        command, capture_output=True, text=True, env={"PATH": "", "PYTHONPATH": str(tmp_path)}, check=False
    )
    assert any(json.loads(line)["problem"] for line in told.stdout.splitlines()), told.stderr
