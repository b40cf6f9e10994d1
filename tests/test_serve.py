import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from ipt_rag.address import check_address
from ipt_rag.errors import CorpusError, SettingsError
from ipt_rag.serve import Background, main
from ipt_rag.ui import build_page
from ports import free_port

ROOT = Path(__file__).parent.parent


def test_whoever_asks_while_the_articles_are_read_waits() -> None:
    """A question that comes before the articles are read is answered once they are."""
    may_finish = threading.Event()
    background = Background(lambda: may_finish.wait(10) and "the chatbot")
    got: list[object] = []
    asking = threading.Thread(target=lambda: got.append(background.get()))
    asking.start()
    assert background.state == "reading"
    assert not background.wait(0.01)
    may_finish.set()
    asking.join(10)
    assert got == ["the chatbot"]
    assert background.state == "ready"


def test_what_was_made_may_be_renewed_each_time() -> None:
    """Whoever asks gets what took the place of what was made; what is not renewed stays."""
    assert [Background(lambda: 1).get() for _ in range(2)] == [1, 1]
    counting = Background(lambda: 1, renew=lambda made: made + 1)
    assert [counting.get(), counting.get()] == [2, 3]


def test_what_went_wrong_while_reading_reaches_whoever_asks() -> None:
    """An error of the reading thread is raised again where the result is wanted."""

    def fail() -> str:
        raise CorpusError("There is no folder corpus.")

    background = Background(fail)
    with pytest.raises(CorpusError, match="no folder"):
        background.get()
    assert background.state == "failed"


IN_USE = "Port {} of 127.0.0.1 is in use. Stop the program that holds it, or choose another with --port."


def test_a_taken_port_is_told_in_one_sentence() -> None:
    """A port in use ends the program at once: exit 1, one sentence, no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["--port", str(port)])
    assert result.exit_code == 1
    assert result.output == f"Error: {IN_USE.format(port)}\n"


def test_a_port_lost_while_the_page_is_made_is_told_as_well(tmp_path: Path) -> None:
    """Another program may take the port between the look at it and its use."""
    port = free_port()
    code = f"""
import socket, ipt_rag.serve
def take(): ipt_rag.serve.taken = socket.create_server(("127.0.0.1", {port}))
ipt_rag.serve.share_one_heap = take  # the next step after the look
ipt_rag.serve.main(["--corpus", {str(tmp_path)!r}, "--port", "{port}"])
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines()[-1] == f"Error: {IN_USE.format(port)}"
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_others_are_let_in_only_on_demand(host: str) -> None:
    """At an address that others reach the program does not start, unless it is told that it may."""
    done = CliRunner().invoke(main, ["--host", host])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: At {host} everybody on the network could read along")
    assert "--open-to-network" in done.stderr


def test_it_may_be_open_to_the_network() -> None:
    """With the flag every address of this machine is taken."""
    check_address("0.0.0.0", 0, open_to_network=True)


def test_an_address_of_another_machine_is_told() -> None:
    """A host that is not this machine's is an error for the reader."""
    with pytest.raises(SettingsError, match=r"cannot be served at 192\.0\.2\.1"):
        check_address("192.0.2.1", 7860, open_to_network=True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "seven"], "'seven' is not a valid integer"),
        (["--port", "0"], "0 is not in the range"),
        (["--frobnicate"], "No such option"),
    ],
)
def test_wrong_options(arguments: list[str], sentence: str) -> None:
    """An option that cannot be used ends the program with what is wrong with it."""
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert sentence in result.output


def test_no_articles_end_the_program_with_one_sentence(tmp_path: Path) -> None:
    """A corpus that cannot be read ends the program: exit 1 and one sentence, no page that can never answer."""
    port = free_port()
    ended = subprocess.run(
        [sys.executable, "app.py", "--corpus", str(tmp_path / "none"), "--index", str(tmp_path), "--port", str(port)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("Error: There is no folder ")
    assert "Traceback" not in ended.stderr


def test_the_package_does_not_import_gradio() -> None:
    """Gradio takes seconds to import, and the models more, so nothing imports them before it needs them."""
    code = (
        "import sys, ipt_rag, ipt_rag.records, ipt_rag.render, ipt_rag.serve; "
        "sys.exit(any(name in sys.modules for name in ('gradio', 'torch', 'spacy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_gradio_sums_up_no_questions() -> None:
    """Its table of the last ten thousand, made anew after each question for a page that is closed, is not made."""
    queue = build_page(lambda: None)._queue  # type: ignore[arg-type,return-value]
    queue.events_recorded = 10_000
    before = queue.cached_event_analytics_summary
    assert queue.ANALYTICS_MAX_EVENTS == 1
    assert queue.compute_analytics_summary([{"function": "ask", "status": "success", "process_time": 1.0}]) is before


def test_gradio_forgets_what_programs_asked() -> None:
    """It keeps no more of their questions' numbers than of their messages, however many there were."""
    queue = build_page(lambda: None)._queue  # type: ignore[arg-type,return-value]
    most = queue.pending_messages_per_session.max_size
    for number in range(2 * most):
        queue.pending_event_ids_session[str(number)] = set()
    assert len(queue.pending_event_ids_session) == most
