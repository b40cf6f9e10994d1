import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ipt_rag.cli import main

CONSOLE = re.compile(r"```console\n\$ ipt-rag (.*?)\n(.*?)```", re.DOTALL)


@pytest.mark.model
def test_the_readmes_answer_is_the_answer(root: Path, corpus_index: Path) -> None:
    """The question in the README gets, over corpus/, exactly the quotes printed below it."""
    [(command, printed)] = CONSOLE.findall((root / "README.md").read_text(encoding="utf-8"))
    question = re.fullmatch(r'ask "(.*)"', command)
    assert question
    answered = CliRunner().invoke(main, ["ask", "--index", str(corpus_index), question[1]])
    assert answered.output == printed


def test_the_readme_names_every_command(root: Path) -> None:
    """A command that exists is in the README's table, and no other."""
    named = re.findall(r"^\| `ipt-rag (\w+)", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(main.commands)


def test_the_readmes_files_exist(root: Path) -> None:
    """Every module of the tour stands where the tour says."""
    tour = (root / "README.md").read_text(encoding="utf-8").partition("## A tour")[2]
    modules = re.findall(r"`([\w/]+(?:\.py|\.json|/))`", tour)
    missing = [name for name in modules if not any((folder / name).exists() for folder in (root / "src/ipt_rag", root))]
    assert modules
    assert missing == []
