"""`ipt-rag doctor`: each fault made on purpose is found and told, and a sound installation is found sound."""

import hashlib
import importlib.metadata
import json
import os
import shutil
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from ipt_rag import doctor
from ipt_rag.cli import main
from ipt_rag.doctor import Finding
from ipt_rag.embed import files
from ipt_rag.index import FILES, Index, current_digest
from ipt_rag.index.generations import sealed
from ports import free_port


@pytest.fixture
def index(corpus_index: Path, tmp_path: Path) -> Path:
    """A copy of the index of the project's corpus, to be damaged."""
    return Path(shutil.copytree(corpus_index, tmp_path / "index"))


def levels(findings: object) -> dict[str, str]:
    """Return the level of each finding by the name of its check."""
    return {finding.check: finding.level for finding in findings}  # type: ignore[attr-defined]


def told(findings: object) -> Finding:
    """Return the only finding that is not ok; it says what to do."""
    [finding] = [each for each in findings if each.level != "ok"]  # type: ignore[attr-defined]
    assert finding.todo
    return finding


@pytest.mark.model
def test_a_sound_installation_is_found_sound(root: Path, corpus_index: Path, tmp_path: Path) -> None:
    """Every check is ok, exit 0; the JSON says the same."""
    port = free_port()
    options = ["--corpus", str(root / "corpus"), "--index", str(corpus_index), "--feedback", str(tmp_path / "none")]
    environment = dict.fromkeys((*doctor.SET_BY_US, *doctor.MUST_BE_OFF), None)
    done = CliRunner().invoke(main, ["doctor", "--json", "--port", str(port), *options], env=environment)
    said = json.loads(done.stdout)
    assert [each for each in said["checks"] if each["level"] != "ok"] == []
    assert (done.exit_code, said["healthy"]) == (0, True)
    checks = "installation encoder guard index corpus counts disk permissions network port environment"
    assert [each["check"] for each in said["checks"]] == checks.split()


def test_a_missing_index_ends_with_1_and_the_command_that_makes_it(root: Path, tmp_path: Path) -> None:
    """People read a line for each check, and what to do below it."""
    options = ["--corpus", str(root / "corpus"), "--index", str(tmp_path / "none")]
    done = CliRunner().invoke(main, ["doctor", *options])
    assert done.exit_code == 1
    assert "fault    index " in done.stdout
    assert f"→ Run `ipt-rag build --corpus {root / 'corpus'} --index {tmp_path / 'none'}`." in done.stdout


def test_a_requirement_that_is_not_met(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of another version, or none, is named with what was wanted."""
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["numpy>=99", "nobody-made-this>=1", "click>=8"])
    finding = told(doctor.installation())
    assert finding.level == "fault"
    assert "numpy" in finding.said
    assert "nobody-made-this none" in finding.said
    assert "click" not in finding.said


def test_another_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the encoder with another sha256 is a fault."""
    monkeypatch.setitem(files.DIGESTS, "config.json", "0" * 64)
    finding = told(doctor.encoder())
    assert (finding.level, "config.json" in finding.said) == ("fault", True)


def test_a_guard_that_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard is tried, not only loaded."""
    monkeypatch.setattr(doctor.Guard, "find", lambda guard, text: ())
    assert told(doctor.guard()).level == "fault"


@pytest.mark.model
@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_a_damaged_file_of_the_index(root: Path, index: Path, name: str) -> None:
    """Each file is named when one byte of it is another."""
    path = index / (current_digest(index) or "") / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    finding = told(doctor.index(root / "corpus", index))
    assert (finding.check, finding.level) == ("index", "fault")
    assert name.partition(".")[0] in finding.said


@pytest.mark.model
def test_articles_that_changed_since(root: Path, index: Path, tmp_path: Path) -> None:
    """One sentence more in an article is an index that is out of date."""
    corpus = Path(shutil.copytree(root / "corpus", tmp_path / "corpus"))
    article = next(path for path in sorted(corpus.glob("*.md")) if path.name != "README.md")
    article.write_text(article.read_text(encoding="utf-8").replace("\n\n[1]:", "\n\nOne more.\n\n[1]:", 1), "utf-8")
    finding = told(doctor.index(corpus, index))
    assert (finding.check, finding.level) == ("corpus", "fault")


@pytest.mark.model
@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("DELETE FROM terms WHERE term = (SELECT max(term) FROM terms)", "terms"),
        ("DELETE FROM chunks WHERE id = (SELECT max(id) FROM chunks)", "chunks"),
    ],
)
def test_files_that_do_not_agree(root: Path, index: Path, change: str, what: str) -> None:
    """Words, vectors and manifest are counted against each other, even where every digest fits."""
    generation = index / (current_digest(index) or "")
    path, manifest = generation / "passages.sqlite", generation / "manifest.json"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(change)
    listed = json.loads(manifest.read_text())
    listed["files"][path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    del listed["seal"]
    manifest.write_bytes(sealed(listed))
    finding = told(doctor.index(root / "corpus", index))
    assert (finding.check, finding.level) == ("counts", "fault")
    assert what in finding.said


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next generation must fit beside the present one."""
    assert levels(doctor.disk(tmp_path / "not" / "yet"))["disk"] == "ok"
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1_000))
    assert told(doctor.disk(tmp_path)).level == "fault"


def test_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What others may write or read, and what we cannot, is told one by one."""
    corpus, index, notes = (tmp_path / name for name in ("corpus", "index", "feedback"))
    for folder in (corpus, index, notes):
        folder.mkdir(mode=0o755)
    (notes / "feedback.sqlite").touch(mode=0o600)
    assert levels(doctor.permissions(corpus, index, notes)) == {"permissions": "ok"}
    (notes / "feedback.sqlite").chmod(0o644)
    assert "chmod 600" in told(doctor.permissions(corpus, index, notes)).todo
    (notes / "feedback.sqlite").chmod(0o600)
    index.chmod(0o777)
    assert "chmod -R o-w" in told(doctor.permissions(corpus, index, notes)).todo
    index.chmod(0o755)
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)  # root may write anything
    assert told(doctor.permissions(corpus, index, notes)).level == "warning"
    monkeypatch.setattr(os, "access", lambda path, mode: path != corpus)
    assert told(doctor.permissions(corpus, index, notes)).level == "fault"


def test_who_can_reach_the_page() -> None:
    """An address that others reach is a warning, and so is a port that is taken."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert levels(doctor.network("127.0.0.1", port)) == {"network": "ok", "port": "warning"}
    assert levels(doctor.network("127.0.0.1", port)) == {"network": "ok", "port": "ok"}
    assert levels(doctor.network("0.0.0.0", port)) == {"network": "warning", "port": "ok"}


def test_switches_in_the_environment() -> None:
    """What would send something out is a fault; what the page overrides is a warning."""
    assert levels(doctor.switches({})) == {"environment": "ok"}
    assert levels(doctor.switches({"HF_HUB_OFFLINE": "1", "GRADIO_SHARE": "False"})) == {"environment": "ok"}
    assert told(doctor.switches({"GRADIO_SHARE": "true"})).level == "warning"
    assert told(doctor.switches({"HF_HUB_OFFLINE": "0"})).level == "warning"
    assert told(doctor.switches({"LANGSMITH_TRACING": "true"})).level == "fault"


@pytest.mark.model
def test_what_the_page_sets_is_what_is_said_to_be_set(root: Path) -> None:
    """The list of switches that the page sets is that of the module which sets them."""
    text = (root / "src" / "ipt_rag" / "ui.py").read_text(encoding="utf-8")
    for name, on in doctor.SET_BY_US.items():
        value = "1" if on else "False"
        assert f'os.environ["{name}"] = "{value}"' in text


@pytest.mark.model
def test_counts_are_those_of_the_index(corpus_index: Path) -> None:
    """Every pair of a whole index agrees."""
    assert [what for what, (held, must) in Index.open(corpus_index).counts().items() if held != must] == []
