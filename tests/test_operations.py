"""What docs/operations.md and SECURITY.md say: commands that work, settings that there are, tests that exist."""

import io
import json
import re
import subprocess
import tarfile
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from ipt_rag import doctor
from ipt_rag.chatbot import Chatbot
from ipt_rag.cli import main
from ipt_rag.config import SETTINGS, configured
from ipt_rag.index import current_digest
from ipt_rag.logs import EVENTS

ASKED = ("What is the interpersonal inventory?", "How many sessions does IPT take?", "What is the price of tea?")


@pytest.fixture(scope="module")
def text(root: Path) -> str:
    """The page for operators."""
    return (root / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.mark.model
def test_a_restored_backup_gives_the_same_answers(
    text: str, root: Path, corpus_index: Path, chatbot: Chatbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of the page, run as they stand: same digest, a sound index, the same answers to the byte."""
    backup, restore = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    (here / "corpus").symlink_to(root / "corpus")
    (here / "index").symlink_to(corpus_index)
    subprocess.run(["bash", "-euc", backup.replace("tar -c", "tar -hc")], cwd=here, check=True)
    (here / "backup.tar.gz").rename(there / "backup.tar.gz")
    unpack, examine = restore.strip().splitlines()
    subprocess.run(["bash", "-euc", unpack], cwd=there, check=True)
    assert examine == "ipt-rag doctor"
    monkeypatch.chdir(there)
    examined = CliRunner().invoke(main, [*examine.split()[1:], "--json"])
    checks = {each["check"]: each["level"] for each in json.loads(examined.stdout)["checks"]}
    assert (checks["index"], checks["corpus"], checks["counts"]) == ("ok", "ok", "ok")
    assert current_digest(Path("index")) == chatbot.index.digest
    restored = Chatbot.open("index")
    for question in ASKED:
        assert json.dumps(asdict(restored.ask(question))) == json.dumps(asdict(chatbot.ask(question)))


@pytest.mark.model
def test_a_backup_that_was_damaged_is_told(root: Path, corpus_index: Path, tmp_path: Path) -> None:
    """One other byte in the copy, and the examination after it names the file."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(corpus_index, "index")
    data = bytearray(packed.getvalue())
    name = f"index/{current_digest(corpus_index)}/vectors.faiss"
    with tarfile.open(fileobj=io.BytesIO(bytes(data))) as archive:
        data[archive.getmember(name).offset_data + 100] ^= 1
    subprocess.run(["tar", "--extract", "--directory", tmp_path], input=bytes(data), check=True)
    finding = next(doctor.index(root / "corpus", tmp_path / "index"))
    assert (finding.level, "vectors.faiss" in finding.said) == ("fault", True)


def test_the_example_file_holds_every_setting_and_works(text: str, tmp_path: Path) -> None:
    """The file on the page can be taken as it stands."""
    [example] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert set(tomllib.loads(example)) == set(SETTINGS)
    path = tmp_path / "ipt-rag.toml"
    path.write_text(example, encoding="utf-8")
    assert set(configured({}, path)) == set(SETTINGS)


def test_every_setting_event_and_check_is_on_the_page(text: str) -> None:
    """A row for each setting with its variables, each event and each check, and no other."""
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| ")]
    variables = {row[0].strip().strip("`"): row[1] for row in rows if len(row) == 4}
    variables.pop("setting")
    assert set(variables) == set(SETTINGS)
    for name, setting in SETTINGS.items():
        assert f"`IPT_RAG_{name.upper()}`" in variables[name]
        assert setting.also in variables[name]
    events = text.partition("| event |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in events.splitlines()[2:]))) - {
        "log"
    } == set(EVENTS)
    checks = text.partition("| check |")[2].partition("\n\n")[0]
    named = [line.split("|")[1].strip() for line in checks.splitlines()[2:]]
    assert named == "installation encoder guard index corpus counts disk permissions network port environment".split()


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/reliability.md"])
def test_the_tests_that_are_named_exist(root: Path, page: str) -> None:
    """A promise names a test, and the test is there."""
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (root / page).read_text(encoding="utf-8"))
    assert named
    for file, function in named:
        assert (root / file).is_file(), file
        assert f"def {function}" in (root / file).read_text(encoding="utf-8"), (file, function)


def test_faults_are_reported_in_private(root: Path) -> None:
    """The page on security names GitHub's own channel, and no address that nobody reads."""
    said = (root / "SECURITY.md").read_text(encoding="utf-8")
    assert "private vulnerability reporting" in said
    assert "@" not in said
