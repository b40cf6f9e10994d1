import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from ipt_rag import build as build_module
from ipt_rag.build import BuildReport
from ipt_rag.chatbot import Chatbot
from ipt_rag.cli import main
from ipt_rag.cli.asking import unread
from ipt_rag.errors import CorpusError, QuestionError
from ipt_rag.records import Answer, Filter

SECRET = "xyzzy plugh"  # stands for anything that must not be repeated


EVERYTHING = Filter()


class Parrot:
    """A chatbot that finds nothing and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.earlier: list[tuple[str, ...]] = []

    def ask(self, question: str, *, earlier: Sequence[str] = (), ranked: int = 0, only: Filter = EVERYTHING) -> Answer:
        """Return the answer that there is none; an empty question is an error, and a secret is refused."""
        self.asked.append((question, ranked))
        self.earlier.append(tuple(earlier))
        self.only = only
        if SECRET in question:
            return Answer("refused", 0.0, (), (), (), (), "phi", ("a secret",), (), "")
        if not question.strip():
            raise QuestionError("The question is empty.")
        if len(question) > 40:
            raise QuestionError("The question is too long.")
        return Answer("not_in_articles", 0.5, (), (), (), (), "nothing_close", (), (), "0" * 16)


@pytest.fixture
def parrot(monkeypatch: pytest.MonkeyPatch) -> Parrot:
    """A parrot in place of the chatbot."""
    parrot = Parrot()
    monkeypatch.setattr(Chatbot, "open", lambda index: parrot)
    return parrot


def run(*arguments: str, typed: bytes | None = None) -> Result:
    """Run a command, with this on standard input."""
    return CliRunner().invoke(main, list(arguments), input=typed)


def test_a_question_is_asked_and_the_answer_printed(parrot: Parrot) -> None:
    """The argument is the question, the answer is text for people."""
    result = run("ask", "What is grief?")
    assert (result.exit_code, parrot.asked) == (0, [("What is grief?", 0)])
    assert result.stdout == "The articles do not answer this. No passage comes close to the question.\n"


def test_each_line_of_standard_input_is_a_question(parrot: Parrot) -> None:
    """Behind `-`, lines are asked in order, whichever way they end; K is passed on."""
    assert run("ask", "--ranked", "3", "-", typed=b"one\ntwo\r\nthree").exit_code == 0
    assert parrot.asked == [("one", 3), ("two", 3), ("three", 3)]
    assert parrot.earlier == [(), (), ()]


def test_the_lines_of_a_conversation_are_read_after_each_other(parrot: Parrot) -> None:
    """With `--conversation` the lines before go along, save what was refused and what was no question."""
    assert run("ask", "--conversation", "-", typed=f"one\n{SECRET}\n\ntwo\nthree".encode()).exit_code == 0
    assert parrot.earlier == [(), ("one",), ("one",), ("one", "two")]


def test_odd_bytes_are_a_question_too(parrot: Parrot) -> None:
    """Bytes that are no UTF-8 end nothing: every line gets its answer."""
    result = run("ask", "-", typed=b"one\n\xff\xfe\n\nthree\n")
    assert result.exit_code == 0
    assert [question for question, _ in parrot.asked] == ["one", "\ufffd\ufffd", "three"]


def test_a_conversation_without_lines_is_told(parrot: Parrot) -> None:
    """The option says how lines are read: with a question on the command line it would do nothing."""
    result = run("ask", "--conversation", SECRET)
    assert (result.exit_code, parrot.asked) == (2, [])
    assert "put `-` in place of the question" in result.stderr
    assert SECRET not in result.output


def test_answers_to_many_lines_are_told_apart(parrot: Parrot) -> None:
    """Each stands under the number of its line; blank lines are passed over, and no line is repeated."""
    result = run("ask", "-", typed=f"one\n \n{'t' * 41}\n{SECRET}\n".encode())
    heads = [line for line in result.stdout.splitlines() if line.startswith("— line")]
    assert heads == ["— line 1 —", "— line 3 —", "— line 4 —"]
    assert "— line 3 —\n\n! The question is too long.\n\n— line 4 —\n\n" in result.stdout
    assert not [word for word in SECRET.split() if word in result.output]
    assert "line" not in run("ask", "one").stdout


def test_an_empty_question_is_an_error(parrot: Parrot) -> None:
    """Where it is the only one; among lines it is passed over."""
    assert run("ask", "-", typed=b"\n").stdout == ""
    alone = run("ask", " ")
    assert (alone.exit_code, alone.stdout, alone.stderr) == (1, "", "Error: The question is empty.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("ask", *SECRET.split()), "Put the question in quotes.", id="a question without quotes"),
        pytest.param(
            ("ask", f"--{SECRET}"), "A question that opens with a dash goes after `--`.", id="a dash before it"
        ),
        pytest.param(("ask", "--ranked", SECRET, "q"), "The value of --ranked cannot be used", id="a value"),
        pytest.param(("ask", "q", "--ranked", "51"), "The value of --ranked cannot be used", id="a number too high"),
        pytest.param(("ask", "q", "--index"), "--index stands without its value", id="a value left out"),
        pytest.param(("add", "p", "--allow-phi-like"), "--allow-phi-like stands without its value", id="no reason"),
        pytest.param(("ask", f"--json={SECRET}", "q"), "--json stands without", id="a value for a switch"),
        pytest.param((SECRET,), "There are `add`, `ask`, `build`", id="no command"),
        pytest.param((f"--{SECRET}", "ask", "q"), "There is no such option", id="an option before the command"),
        pytest.param(("ask",), "Missing argument 'QUESTION'", id="nothing asked"),
        pytest.param(("build", SECRET), "more than one argument", id="an argument too many"),
    ],
)
def test_usage_errors_repeat_nothing(arguments: tuple[str, ...], said: str) -> None:
    """A mistyped command ends with exit code 2 and a fixed sentence: what was typed may hold what must not be shown."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not [word for word in SECRET.split() if word in result.output]


def test_a_question_behind_two_dashes(parrot: Parrot) -> None:
    """A question that opens with a dash can be asked."""
    assert run("ask", "--", "-15 sessions?").exit_code == 0
    assert parrot.asked == [("-15 sessions?", 0)]


def test_errors_for_readers_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the family ends with exit code 1, its sentence on standard error and nothing else anywhere."""

    def failing(*arguments: object, **options: object) -> BuildReport:
        raise CorpusError("There is no folder here.")

    monkeypatch.setattr(build_module, "build_index", failing)
    result = run("build")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "Error: There is no folder here.\n")


def test_other_errors_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the program itself fails loudly."""
    monkeypatch.setattr(build_module, "build_index", lambda *arguments, **options: 1 // 0)
    assert isinstance(run("build").exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (True, "Built index abc: 3 articles, 20 passages, 8 chunks; 5 texts embedded, the rest kept.\n"),
        (False, "Nothing changed: 20 passages of 3 articles, index abc.\n"),
    ],
)
def test_a_build_is_reported(monkeypatch: pytest.MonkeyPatch, changed: bool, said: str) -> None:
    """What was done goes to standard output, progress to standard error; the folders are those of the options."""
    given: list[object] = []

    def building(corpus: Path, index: Path, *, report: object, precision: object) -> BuildReport:
        given.extend((corpus, index, precision))
        report("embedded 1 of 5")  # type: ignore[operator]
        return BuildReport("abc", changed, 3, 20, 8, 5)

    monkeypatch.setattr(build_module, "build_index", building)
    result = run("build", "--corpus", "mine", "--index", "my-index")
    assert (result.exit_code, result.stdout, result.stderr) == (0, said, "embedded 1 of 5\n")
    assert given == [Path("mine"), Path("my-index"), None]
    run("build", "--precision", "bf16")
    assert given[-1] == "bf16"


def test_every_command_has_help_with_an_example() -> None:
    """`--help` of each command shows how it is called."""
    for name, command in main.commands.items():
        result = run(name, "--help")
        assert result.exit_code == 0
        assert f"    ipt-rag {name} " in result.output
        assert command.help
    assert "    ipt-rag ask " in run("--help").output


def test_help_and_version_load_nothing_heavy() -> None:
    """Who asks for help does not wait for the encoder."""
    script = "import sys; from ipt_rag.cli import main; main(standalone_mode=False); assert 'torch' not in sys.modules"
    for option in ("--help", "--version"):
        done = subprocess.run([sys.executable, "-c", script, option], capture_output=True, text=True, check=True)
        assert done.stderr == ""
    assert version("ipt-rag") in run("--version").output


def test_an_unread_line_is_an_answer() -> None:
    """What stands for a line that is no question has the fields of every answer."""
    answer = unread("Too long.")
    assert (answer.status, answer.confidence, answer.quotes, answer.notices) == (
        "not_in_articles",
        0.0,
        (),
        ("Too long.",),
    )


def test_the_group_turns_only_our_errors() -> None:
    """Click's own errors keep their form and exit code."""
    with pytest.raises(click.UsageError):
        main.main(["nothing"], standalone_mode=False)


def test_the_search_is_narrowed(parrot: Parrot) -> None:
    """The options become one filter; a tier that does not exist is told."""
    options = ("--article", "tea", "--article", "tides", "--tier", "T1", "--sourced")
    assert run("ask", *options, "One?").exit_code == 0
    assert parrot.only == Filter(("tea", "tides"), ("T1",), True)
    assert run("ask", "--tier", "T9", "One?").exit_code == 2
