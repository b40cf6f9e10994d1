"""What people expect of any command: help that runs, completion, quiet and loud, colours in their place, exit codes."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from ipt_rag import build as build_module
from ipt_rag.build import BuildReport
from ipt_rag.cli import main

ANSI = re.compile(r"\x1b\[[0-9;]*m")
PROGRAM = (sys.executable, "-c", "from ipt_rag.cli import main; main(prog_name='ipt-rag')")
EXAMPLE = re.compile(r"^ +(ipt-rag [^\n]*?)(?:  +\S[^\n]*)?$", re.MULTILINE)
COMMANDS = [*main.commands]


def run(*arguments: str, **options: object) -> Result:
    """Run a command, colours kept where the runner is told so."""
    return CliRunner().invoke(main, list(arguments), **options)  # type: ignore[arg-type]


def examples(command: str) -> list[str]:
    """Return the command lines that stand in a command's help."""
    return EXAMPLE.findall(run(command, "--help").stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_are_understood(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example of a command's help is a command line that the program takes, options, choices and all."""
    monkeypatch.chdir(tmp_path)
    assert examples(command)
    for line in examples(command):
        words = shlex.split(re.split(r" [<>] ", line)[0])
        name, called, rest = main.resolve_command(click.Context(main), words[1:])
        assert name
        assert called
        called.make_context(name, rest)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_says_what_every_option_does(command: str) -> None:
    """No option is left without a line of its own."""
    called = main.commands[command] if command else main
    untold = [each.name for each in called.params if isinstance(each, click.Option) and not each.help]
    assert untold in ([], ["style"])  # `--format text|github|json` says it all


def test_help_names_the_exit_codes() -> None:
    """What 0, 1, 2 and 130 mean stands in the program's own help."""
    told = " ".join(run("--help").stdout.split())
    for code in ("Exit code 0: done", "1: it could not be done", "2: the command was not", "130: stopped by Ctrl+C"):
        assert code in told


@pytest.fixture
def building(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that tells its progress and does nothing."""

    def build(corpus: Path, index: Path, *, report: object, precision: object) -> BuildReport:
        assert callable(report)
        report("embedded 1 of 5")
        return BuildReport(articles=1, passages=2, chunks=1, embedded=5, digest="0" * 16, changed=True)

    monkeypatch.setattr(build_module, "build_index", build)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("build",), r"embedded 1 of 5\n", id="progress"),
        pytest.param(("-q", "build"), "", id="quiet before the command"),
        pytest.param(("build", "--quiet"), "", id="quiet behind it"),
        pytest.param(("-v", "build"), r"embedded 1 of 5\nmain build: \d+\.\d\d s\n", id="verbose before the command"),
        pytest.param(("build", "-v"), r"embedded 1 of 5\nmain build: \d+\.\d\d s\n", id="verbose behind it"),
        pytest.param(("build", "-qv"), r"main build: \d+\.\d\d s\n", id="both"),
    ],
)
def test_progress_goes_to_standard_error(building: None, arguments: tuple[str, ...], said: str) -> None:
    """Results stand alone on standard output, however much is said beside them."""
    done = run(*arguments)
    assert done.exit_code == 0
    assert done.stdout.startswith("Built index 0000000000000000: 1 articles")
    assert done.stdout.count("\n") == 1
    assert re.fullmatch(said, done.stderr)


def test_quiet_hides_no_error() -> None:
    """An error is said with --quiet too."""
    done = run("-q", "build", "--corpus", "none", "--index", "none")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ")


@pytest.mark.model
def test_colours_only_on_a_terminal(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a verdict is coloured; piped, or with NO_COLOR set, the same words are plain."""
    told = ("check", "--corpus", str(root / "corpus"), "IPT is delivered in three phases. [4]")
    monkeypatch.delenv("NO_COLOR", raising=False)
    piped, coloured = run(*told).stdout, run(*told, color=True).stdout
    assert piped.startswith("exact\n")
    assert not ANSI.search(piped)
    assert coloured.startswith("\x1b[32mexact\x1b[0m\n")
    assert ANSI.sub("", coloured) == piped
    monkeypatch.setenv("NO_COLOR", "1")
    assert run(*told, color=True).stdout == piped


@pytest.mark.model
def test_an_answer_reads_the_same_in_colour(corpus_index: Path) -> None:
    """Colour changes no word of an answer, and machines get none."""
    told = ("ask", "--index", str(corpus_index), "What is the sick role?")
    plain, coloured = run(*told).stdout, run(*told, color=True).stdout
    assert ANSI.search(coloured)
    assert ANSI.sub("", coloured) == plain
    assert not ANSI.search(run(*told, "--json", color=True).stdout)


def completed(words: str, folder: Path) -> list[str]:
    """Return what bash is offered for the last of these words."""
    environment = {
        **os.environ,
        "_IPT_RAG_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    done = subprocess.run(PROGRAM, env=environment, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_completion_of_commands_options_and_articles(root: Path) -> None:
    """A begun word is completed to the commands, options, choices and articles that there are."""
    assert completed("ipt-rag ch", root) == ["check"]
    assert completed("ipt-rag ask --ra", root) == ["--ranked"]
    assert completed("ipt-rag ask --tier T", root) == ["T1", "T2", "T3"]
    assert completed("ipt-rag ask --article ipt-o", root) == ["ipt-overview"]
    assert completed("ipt-rag remove ipt-c", root) == ["ipt-clinical-reference"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_are_of_their_shell(shell: str, tmp_path: Path) -> None:
    """Each script asks this program; a shell that is installed here takes it."""
    script = run("completion", shell).stdout
    assert f"_IPT_RAG_COMPLETE={shell}_complete" in script
    if found := shutil.which(shell):
        (tmp_path / "script").write_text(script)
        subprocess.run([found, "-n", "script"], cwd=tmp_path, check=True)


def test_ctrl_c_ends_with_130(tmp_path: Path) -> None:
    """A command that is stopped says so in one word, without a traceback."""
    program = "from ipt_rag.cli import main; print('ready', flush=True); main(['check', '-', '--corpus', 'corpus'])"
    shutil.copytree(Path(__file__).parent / "articles", tmp_path / "corpus")
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdin
        assert running.stdout
        running.stdin.write("Tea is a drink.\n")
        running.stdin.flush()
        running.stdout.readline()
        while running.stdout.readline() not in (
            "absent\n",
            "changed\n",
            "exact\n",
            "",
        ):  # it reads; the next line waits
            pass
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert (running.returncode, said) == (130, "Stopped.\n")
