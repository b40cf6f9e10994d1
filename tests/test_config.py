"""Settings from file and environment: who wins, and what is said of a wrong one."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ipt_rag import cli, serve
from ipt_rag.config import SETTINGS, configured
from ipt_rag.errors import SettingsError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, with nothing set."""
    monkeypatch.chdir(tmp_path)
    for name, setting in SETTINGS.items():
        for variable in filter(None, (f"IPT_RAG_{name.upper()}", setting.also)):
            monkeypatch.delenv(variable, raising=False)


def written(text: str, name: str = "ipt-rag.toml") -> Path:
    """Write a settings file."""
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_set_is_nothing() -> None:
    """Without a file and without variables the program's own defaults stand."""
    assert configured({"HOME": "somewhere"}) == {}


def test_the_environment_wins_over_the_file() -> None:
    """Of each setting by itself."""
    written('port = 8000\nhost = "127.0.0.2"\nkeep_questions = true\n')
    read = configured({"IPT_RAG_PORT": "9000", "IPT_RAG_KEEP_QUESTIONS": "off"})
    assert read == {"port": 9000, "host": "127.0.0.2", "keep_questions": False}


def test_our_own_variable_wins_over_gradios() -> None:
    """Both may be set in a container."""
    assert configured({"GRADIO_SERVER_PORT": "1", "IPT_RAG_PORT": "2"}) == {"port": 2}
    assert configured({"GRADIO_SERVER_PORT": "1"}) == {"port": 1}


def test_the_file_named_wins_over_the_one_that_lies_there() -> None:
    """Command line, then IPT_RAG_CONFIG, then ipt-rag.toml."""
    written("port = 1\n")
    other, third = written("port = 2\n", "other.toml"), written("port = 3\n", "third.toml")
    assert configured({"IPT_RAG_CONFIG": str(third)}, other) == {"port": 2}
    assert configured({"IPT_RAG_CONFIG": str(third)}) == {"port": 3}
    assert configured({}) == {"port": 1}


def test_paths_are_relative_to_their_file() -> None:
    """A file may lie elsewhere; a variable is of the working folder."""
    path = written('corpus = "articles"\nindex = "../index"\n', "etc/ipt.toml")
    assert configured({"IPT_RAG_FEEDBACK": "said"}, path) == {
        "corpus": str(Path("etc/articles")),
        "index": str(Path("etc/../index")),
        "feedback": "said",
    }


def test_the_address_of_a_server_is_no_path() -> None:
    """An index that an engine keeps is named by its address, wherever the file lies."""
    path = written('index = "http://127.0.0.1:19530"\n', "etc/ipt.toml")
    assert configured({}, path) == {"index": "http://127.0.0.1:19530"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("prot = 80", "prot is no setting. Did you mean port?", id="a slip"),
        pytest.param('corpora = "x"', "corpora is no setting. Did you mean corpus?", id="a near word"),
        pytest.param("zzzz = 1", "zzzz is no setting. There are corpus, feedback", id="nothing near"),
        pytest.param("port = 70000", "port takes a number from 1 to 65535", id="out of range"),
        pytest.param('port = "80"', "port takes a number", id="a text for a number"),
        pytest.param("port = true", "port takes a number", id="true is no number"),
        pytest.param("keep_questions = 1", "keep_questions takes true or false", id="a number for a switch"),
        pytest.param('host_names = "a"', "host_names takes a list", id="a text for a list"),
        pytest.param('log_form = "xml"', "log_form takes text or json", id="none of the words"),
        pytest.param('corpus = ""', "corpus takes the path", id="empty"),
        pytest.param("[page]\nport = 1", "page is no setting", id="a table"),
        pytest.param("port = = 1", "is not TOML, line 1, column 8", id="no TOML"),
    ],
)
def test_a_wrong_file_is_told(text: str, said: str) -> None:
    """One sentence names file and key, and the near one."""
    written(text)
    with pytest.raises(SettingsError) as told:
        configured({})
    assert said in str(told.value)
    assert "ipt-rag.toml" in str(told.value)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("IPT_RAG_PROT", "80", "IPT_RAG_PROT is no setting. Did you mean IPT_RAG_PORT?"),
        ("IPT_RAG_PORT", "x", "IPT_RAG_PORT takes a number"),
        ("IPT_RAG_PORT", "9" * 5000, "IPT_RAG_PORT takes a number"),
        ("IPT_RAG_KEEP_QUESTIONS", "maybe", "IPT_RAG_KEEP_QUESTIONS takes true or false"),
        ("GRADIO_SERVER_PORT", "0", "GRADIO_SERVER_PORT takes a number"),
        ("IPT_RAG_CONFIG", "none.toml", "none.toml cannot be read"),
    ],
)
def test_a_wrong_variable_is_told(variable: str, value: str, said: str) -> None:
    """One sentence names the variable, and the near one; the value is not repeated."""
    with pytest.raises(SettingsError) as told:
        configured({variable: value})
    assert said in str(told.value)


def test_every_command_takes_its_options_from_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command sees: command line over environment over file over default."""
    seen: list[str] = []

    @click.command()
    @click.option("--index", default="default")
    def probe(index: str) -> None:
        seen.append(index)

    monkeypatch.setitem(cli.main.commands, "probe", probe)
    run = CliRunner().invoke
    run(cli.main, ["probe"])
    path = written('index = "from-file"\n')
    run(cli.main, ["probe"])
    run(cli.main, ["--config", str(path), "probe"], env={"IPT_RAG_INDEX": "from-environment"})
    run(cli.main, ["probe", "--index", "typed"], env={"IPT_RAG_INDEX": "from-environment"})
    assert seen == ["default", "from-file", "from-environment", "typed"]


def test_a_wrong_file_ends_a_command_with_one_sentence() -> None:
    """Exit 1, nothing done."""
    written("prot = 1\n")
    for command, arguments in ((cli.main, ["list"]), (serve.main, [])):
        done = CliRunner().invoke(command, arguments)
        assert (done.exit_code, done.stderr) == (
            1,
            "Error: ipt-rag.toml: prot is no setting. Did you mean port?\n",
        )


def test_the_page_takes_every_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each setting that there is reaches the program that serves."""
    given: list[object] = []
    monkeypatch.setattr(serve, "serve", lambda *arguments, **named: given.extend((*arguments, named)))
    monkeypatch.setattr(serve, "start_logging", lambda *arguments: given.extend(arguments))
    written(
        'corpus = "c"\nindex = "i"\nfeedback = "f"\nhost = "127.0.0.9"\nport = 81\nhost_names = ["a", "b"]\n'
        'open_to_network = true\nkeep_questions = true\nkeep_on_reload = true\nlog_form = "json"\nlog_level = "info"\n'
    )
    assert CliRunner().invoke(serve.main, []).exit_code == 0
    assert given[:7] == ["json", "info", Path("c"), Path("i"), "127.0.0.9", 81, ("a", "b")]
    assert given[7:] == [serve.Keeping(Path("f"), True, True), {"open_to_network": True}]
    assert set(SETTINGS) <= {parameter.name for parameter in serve.main.params}
