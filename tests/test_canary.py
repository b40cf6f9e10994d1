"""Planted identifiers through every door: afterwards their characters stand nowhere."""

import gc
import json
import os
import subprocess
import sys
import tempfile
import traceback
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest
from click.testing import CliRunner

from ipt_rag.chatbot import Chatbot
from ipt_rag.cli import main
from ipt_rag.errors import FeedbackRefusedError
from ipt_rag.feedback import Feedback
from ipt_rag.page_replies import Replies
from ipt_rag.phi import Guard

ROOT = Path(__file__).parent.parent
COMMAND = (sys.executable, "-c", "from ipt_rag.cli import main; main()")
# Fictitious on purpose: reserved numbers and domains, and a name that nobody bears. Each with what must never return.
PLANTED = (
    ("my patient Zelphira Quontwick is low", "Zelphira", "Quontwick"),
    ("is IPT right for zelphira.q@example.org", "zelphira.q", "q@example.org"),
    ("call her at 646-555-0173", "646-555-0173", "5550173"),
    ("SSN 219-09-9999: how many sessions?", "219-09-9999", "219099999"),
    ("MRN: LH-77204418 has grief", "77204418", "LH-77"),
)
MARKS = tuple(mark for _, *marks in PLANTED for mark in marks)
NEVER_READ = 2_500  # characters: longer than any question, so refused by length


def left_in(text: str) -> list[str]:
    """Return the planted characters that stand in a text, whichever the case."""
    return [mark for mark in MARKS if mark.lower() in text.lower()]


def left_under(*folders: Path) -> list[tuple[str, str]]:
    """Return file and characters for all that was written under some folders, names of files included."""
    paths = [path for folder in folders for path in folder.rglob("*")]
    found = [(path.name, mark) for path in paths for mark in left_in(path.name)]
    for path in paths:
        if path.is_file():
            content = path.read_bytes().lower()
            found += [(path.name, mark) for mark in MARKS if mark.lower().encode() in content]
    return found


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for whatever a command writes: its temporary files, its home and where it runs."""
    folder = tmp_path / "private"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def printed(capfd: pytest.CaptureFixture[str], *arguments: str, typed: str = "") -> str:
    """Run a command; return all that it and its libraries print, and the error that ended it, if any."""
    done = CliRunner().invoke(main, list(arguments), input=typed)
    assert done.exception is None or isinstance(done.exception, SystemExit), type(done.exception)
    return done.output + "".join(capfd.readouterr())


def test_the_search_would_see_a_leak(tmp_path: Path) -> None:
    """The searches below find what is there, in text, in a file and in a file's name."""
    assert left_in("… ZELPHIRA …") == ["Zelphira"]
    (tmp_path / "Quontwick.log").write_bytes(b"\x00tel 646-555-0173\xff")
    assert left_under(tmp_path) == [("Quontwick.log", "Quontwick"), ("Quontwick.log", "646-555-0173")]


@pytest.mark.model
def test_ask_repeats_nothing(private: Path, corpus_index: Path) -> None:
    """In a process of its own, questions on standard input, and one too long to be read, are refused unrepeated."""
    long = PLANTED[0][0] + " x" * NEVER_READ
    typed = "\n".join([*(text for text, *_ in PLANTED), long])
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(private)}
    done = subprocess.run(
        [*COMMAND, "ask", "--index", str(corpus_index), "--json", "-"],
        input=typed,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.stdout.count('"refused"') == len(PLANTED)
    assert "Traceback" not in done.stderr
    assert left_in(done.stdout + done.stderr) == []
    assert left_under(private, corpus_index) == []


@pytest.mark.model
def test_ask_with_an_argument_repeats_nothing(
    private: Path, corpus_index: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The argument door is as silent; so is a folder without an index, met before the question is read."""
    for index in (corpus_index, private / "none"):
        said = printed(capfd, "ask", "--index", str(index), PLANTED[1][0])
        assert said
        assert left_in(said) == []
    assert left_under(private) == []


@pytest.mark.model
def test_check_repeats_nothing(private: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A quote with an identifier is refused."""
    typed = "\n".join(text for text, *_ in PLANTED)
    said = printed(capfd, "check", "-", "--corpus", str(ROOT / "corpus"), typed=typed)
    assert said.count("was not read further") == len(PLANTED)
    assert left_in(said) == []
    assert left_under(private) == []


@pytest.mark.model
def test_import_and_lint_name_the_line_only(private: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A page with identifiers is refused by line and leaves no article; lint of an article names the line too."""
    page = tmp_path / "page.md"
    body = "\n\n".join(f"{text}.[1]" for text, *_ in PLANTED)
    page.write_text(f"# On rest\n\n{body}\n\n## References\n\n1. Kettle A. On rest. 1999.\n", encoding="utf-8")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    added = printed(capfd, "add", str(page), "--corpus", str(corpus))
    assert "--allow-phi-like" in added
    assert left_in(added) == []
    assert list(corpus.iterdir()) == []
    lead, _, text = (ROOT / "corpus" / "ipt-overview.md").read_text(encoding="utf-8").partition("\n\n")
    (corpus / "ipt-overview.md").write_text(f"{lead}\n\n{PLANTED[2][0]}.\n\n{text}", encoding="utf-8")
    linted = printed(capfd, "lint", str(corpus / "ipt-overview.md"))
    assert "a phone number" in linted
    assert left_in(linted) == []
    assert left_under(private) == []


@pytest.mark.model
def test_measuring_prints_no_message(
    private: Path, tmp_path: Path, corpus_index: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """`phi` and `eval` print figures, and nothing of their rows."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        "".join(json.dumps({"text": text, "categories": ["NAME"], "question": text, "facts": ["x"]}) + "\n"
                for text, *_ in PLANTED), encoding="utf-8",
    )  # fmt: skip
    for arguments in (("phi", str(rows)), ("eval", str(rows), "--index", str(corpus_index))):
        said = printed(capfd, *arguments)
        assert said
        assert left_in(said) == []
    assert left_under(private) == []


@pytest.mark.model
def test_a_session_object_keeps_nothing(corpus_index: Path) -> None:
    """After refusals, no string of the process that the chatbot reaches holds a planted character."""
    chatbot = Chatbot.open(corpus_index)
    answers = [chatbot.ask(text) for text, *_ in PLANTED]
    assert {answer.status for answer in answers} == {"refused"}
    assert [mark for answer in answers for mark in left_in(repr(answer))] == []
    assert [kept for kept in strings_of(chatbot) if left_in(kept)] == []


@pytest.mark.model
def test_feedback_and_its_export_hold_nothing(private: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Planted in the question, the text or the source of a note, and with questions kept: nothing."""
    folder = private / "notes"
    feedback = Feedback(folder, find_phi=Guard().find, keep_questions=True)
    given = {"question": "Which rake?", "text": "Another rake.", "source": "Spade 1984"}
    said = []
    for text, *_ in PLANTED:
        for part in given:
            with pytest.raises(FeedbackRefusedError) as refused:
                feedback.take("revision", passages=["rakes:1-9"], index_digest="0" * 16, **(given | {part: text}))
            said += traceback.format_exception(refused.value)
    feedback.take("revision", passages=["rakes:1-9"], index_digest="0" * 16, **given)
    exported = printed(capfd, "feedback", "export", "--feedback", str(folder))
    assert "Another rake." in exported
    assert left_in(exported + "".join(said)) == []
    assert left_under(private) == []


@pytest.mark.model
def test_verifying_an_export_repeats_nothing(private: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file of another kind, or a damaged export, that holds planted characters is named and not quoted."""
    for name in ("export.json", "export.md", "export.html"):
        file = tmp_path / name
        file.write_text("\n".join(text for text, *_ in PLANTED), encoding="utf-8")
        said = printed(capfd, "verify", str(file), "--corpus", str(ROOT / "corpus"))
        assert said
        assert left_in(said) == []
    assert left_under(private) == []


class Breaks:
    """A library whose every door fails with the words that it was given, as a bug of ours or of a library might."""

    def article(self, slug: str) -> NoReturn:
        """Raise with the slug."""
        raise KeyError(slug)

    def ask(self, question: str, **_: object) -> NoReturn:
        """Raise with the question."""
        raise RuntimeError(question)

    def find_phi(self, text: str) -> NoReturn:
        """Raise with the text."""
        raise ValueError(text)


def test_a_crash_behind_the_page_repeats_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where answering, checking or noting breaks, the page says so; neither it nor the log holds what was typed."""
    library = cast(Any, Breaks())
    feedback = Feedback(tmp_path / "notes", find_phi=library.find_phi)
    replies = Replies(lambda: library, feedback)
    packets = [
        packet
        for text, *_ in PLANTED
        for packet in (
            replies.turn(text, {}),
            replies.verdict(text, ""),
            replies.noted({"verdict": "useful", "question": text, "index": "0" * 16}),
        )
    ]
    assert {packet["status"] for packet in packets} == {"problem"}
    assert len(caplog.records) == len(packets)
    assert left_in(repr(packets) + caplog.text) == []
    assert left_under(tmp_path) == []


@pytest.mark.parametrize("arguments", [("ask", "-"), ("check", "-", "--corpus", str(ROOT / "corpus"))])
def test_a_crash_of_a_command_repeats_nothing(private: Path, arguments: tuple[str, ...]) -> None:
    """A command that breaks in the middle prints where it broke, in code, and not what it was reading."""
    program = (
        "from ipt_rag import chatbot, phi\n"
        "def broken(*given, **_): raise RuntimeError\n"
        "phi.Guard.find = broken\n"
        "chatbot.Chatbot.open = classmethod(lambda *_: type('Library', (), {'ask': broken})())\n"
        "from ipt_rag.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        input=PLANTED[0][0],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(private)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode != 0
    assert "RuntimeError" in done.stderr
    assert left_in(done.stdout + done.stderr) == []
    assert left_under(private) == []


def strings_of(root: object) -> Iterator[str]:
    """Yield every string that can be reached from an object, modules, classes and code left aside."""
    seen: set[int] = set()
    waiting: list[object] = [root]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, (type, type(sys))) or (callable(each) and hasattr(each, "__code__")):
            continue
        seen.add(id(each))
        if isinstance(each, str):
            yield each
        elif isinstance(each, bytes):
            yield each.decode("utf-8", "replace")
        else:
            waiting += gc.get_referents(each)


def test_the_walk_sees_what_is_kept() -> None:
    """Strings in attributes, lists and dictionaries are reached."""

    class Keeps:
        def __init__(self) -> None:
            self.deep = [{"turn": ("Zelphira",)}]

    assert "Zelphira" in set(strings_of(Keeps()))


@pytest.mark.browser
@pytest.mark.model
def test_the_page_and_its_endpoint_repeat_nothing(tmp_path: Path, chromium: str) -> None:
    """After refusals and an answer, nothing is in the page, its storage, its server's output or files."""
    pytest.importorskip("playwright", reason="playwright is not installed (make test installs it)")
    from playwright.sync_api import sync_playwright

    from page.in_browser import ask, opened, real_program, served
    from ports import free_port

    port = free_port()
    command = [*real_program(tmp_path / "index", port), "--feedback", str(tmp_path / "feedback")]
    with served(tmp_path, command, port) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(accept_downloads=True)
        said: list[str] = []
        context.on("console", lambda line: said.append(line.text))
        context.on("request", lambda request: said.append(request.url))
        context.on("response", lambda reply: said.append(str(reply.headers)))
        page = opened(context, server)
        for text, *_ in PLANTED:
            ask(page, text)
            page.locator("#refusal p").first.wait_for()
            page.wait_for_function("document.querySelector('#question textarea').value === ''")
        ask(page, "Which rake levels heavy soil?")
        page.locator("#t1 blockquote").first.wait_for()
        page.locator("#t1 .feedback summary").click()
        for text, *_ in PLANTED:
            page.get_by_label("What the article should say").fill(text)
            page.get_by_label("Source (required)").fill("Spade 1984")
            page.get_by_role("button", name="Send", exact=True).click()
            page.wait_for_function("document.querySelector('#t1 .feedback textarea').value === ''")
        for kind in ("Markdown", "JSON", "HTML"):
            with page.expect_download() as download:
                page.get_by_role("button", name=kind, exact=True).click()
            assert left_in(download.value.path().read_text("utf-8")) == []
        page.get_by_role("tab", name="Check a quote").click()
        for text, *_ in PLANTED:
            page.locator("#quote textarea").fill(text)
            page.locator("#quote textarea").press("Enter")
            page.wait_for_function("document.querySelector('#quote textarea').value === ''")
        stored = page.evaluate(
            "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, document.title,"
            "location.href, history.state, (await indexedDB.databases()).length, await caches.keys()])"
        )
        values = page.evaluate("[...document.querySelectorAll('input, textarea')].map(each => each.value).join(' ')")
        assert left_in(page.content() + stored + values + " ".join(said)) == []
        for text, *_ in PLANTED:
            for data in ({"data": [text]}, {"data": text}, [text]):
                assert left_in(posted(server.address, data)) == []
        context.close()
        browser.close()
        assert left_in(server.output.read_text()) == []
        assert left_under(server.private, tmp_path / "index", tmp_path / "feedback") == []


def posted(address: str, data: object) -> str:
    """Return all that the public endpoint says to a body, right or wrong."""
    called = f"{address}/gradio_api/call/ask"
    request = urllib.request.Request(called, json.dumps(data).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            begun = reply.read().decode()
        with urllib.request.urlopen(f"{called}/{json.loads(begun)['event_id']}", timeout=20) as reply:
            return str(begun + reply.read().decode())
    except urllib.error.HTTPError as error:
        return f"{error.headers}{error.read().decode()}"
