"""Starts the page: options, the port, the articles read in the background, and the server until it is stopped."""

import importlib.util
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import click

from ipt_rag import settings
from ipt_rag.address import check_address
from ipt_rag.allocator import share_one_heap
from ipt_rag.cli.folders import IndexPath
from ipt_rag.collector import collect_seldom
from ipt_rag.config import LOG_FORMS, LOG_LEVELS, configured
from ipt_rag.errors import IptRagError, SettingsError
from ipt_rag.feedback import Feedback
from ipt_rag.logs import for_people, gather_logs, log_event, start_logging
from ipt_rag.page_guard import State, UnderWay

if TYPE_CHECKING:
    from ipt_rag.chatbot import Chatbot

STOPPING_S = 4.0  # for what is under way; closing takes up to five more

T = TypeVar("T")


class Background(Generic[T]):
    """Something slow that is made in a thread while the page already shows; whoever asks for it waits.

    Each time it is asked for, `renew` may put another in its place.
    """

    def __init__(self, make: Callable[[], T], renew: Callable[[T], T] = lambda made: made) -> None:
        self._make = make
        self._renew = renew
        self._renewing = threading.Lock()
        self._done = threading.Event()
        self._made: T | None = None
        self.error: Exception | None = None
        threading.Thread(target=self._run, name="reading the articles", daemon=True).start()

    def _run(self) -> None:
        try:
            self._made = self._make()
        except Exception as error:  # kept for whoever waits; the thread has nobody to tell
            self.error = error
        finally:
            self._done.set()

    @property
    def state(self) -> State:
        """Whether it is still being made."""
        if not self._done.is_set():
            return "reading"
        return "failed" if self.error else "ready"

    def wait(self, timeout_s: float | None = None) -> bool:
        """Return whether it is done, made or failed, within the time given."""
        return self._done.wait(timeout_s)

    def get(self) -> T:
        """Return what was made, once it is; raise what the making or the renewing raised."""
        self._done.wait()
        if self.error:
            raise self.error
        assert self._made is not None  # for the type checker: without an error it was made
        with self._renewing:
            self._made = self._renew(self._made)
            return self._made


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the operator lets the program keep of its readers' use; by default notes without questions."""

    feedback: Path  # folder, made with the first note
    keep_questions: bool
    keep_on_reload: bool  # in the browser tab, until it is closed


def serve(
    corpus: Path,
    index: Path | str,
    host: str,
    port: int,
    names: tuple[str, ...],
    keeping: Keeping,
    *,
    open_to_network: bool,
) -> None:
    """Serve the page until it is interrupted; the page shows at once, and the articles are read behind it.

    Raises:
        IptRagError: the address cannot be used, or the articles cannot be read.
    """
    check_address(host, port, open_to_network=open_to_network)
    began = time.perf_counter()
    collect_seldom()
    share_one_heap()  # before there are threads
    with tempfile.TemporaryDirectory(prefix="ipt-rag-") as private:
        os.environ["GRADIO_TEMP_DIR"] = private
        # Here, not above: Gradio takes seconds to import, and a wrong option or port should be told at once.
        from ipt_rag.api import http_routes
        from ipt_rag.desk import Desk
        from ipt_rag.ui import build_page, launch_page

        def read_articles() -> "Chatbot":
            from ipt_rag.build import ensure_index
            from ipt_rag.chatbot import Chatbot

            ensure_index(corpus, index, _Progress())
            return Chatbot.open(index)

        # A build or a removal beside the running page is heard of with the next question.
        chatbot = Background(read_articles, renew=lambda chatbot: chatbot.current())
        notes = Feedback(
            keeping.feedback,
            find_phi=lambda text: chatbot.get().find_phi(text),
            keep_questions=keeping.keep_questions,
        )
        page = build_page(chatbot.get, feedback=notes, keep_on_reload=keeping.keep_on_reload)
        desk = Desk(chatbot.get)
        routes = http_routes(desk)
        if importlib.util.find_spec("mcp"):  # the extra `mcp` is installed
            from ipt_rag.mcp_server import mcp_routes

            routes += mcp_routes(desk)
        stopping, under_way = threading.Event(), UnderWay()

        def state() -> State:
            return "stopping" if stopping.is_set() else chatbot.state

        try:
            launch_page(page, host=host, port=port, hosts=names, routes=routes, state=state, under_way=under_way)
        except OSError as error:  # Gradio's own has no number, and says of every reason that it found no port
            check_address(host, port, open_to_network=open_to_network)
            reason = error.strerror or "its server needed more than five seconds"
            raise SettingsError(f"The page did not start: {reason}. Start it again.") from None
        _say(f"The page is open at http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port} (stop with Ctrl+C)")
        _say("Reading the articles…")
        gather_logs()
        log_event("started")
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # a container is stopped by it: tidy up as for Ctrl+C
        try:
            while not chatbot.wait(0.5):  # in short steps, so that Ctrl+C is heard on every system
                pass
            if chatbot.error:
                log_event("failed", "error")
                raise chatbot.error
            _say("Ready.")
            log_event("ready", since=began)
            threading.Event().wait()
        except KeyboardInterrupt:
            for name in (signal.SIGTERM, signal.SIGINT):  # once is enough
                signal.signal(name, signal.SIG_IGN)
            stopping.set()
            under_way.wait(STOPPING_S)
            _say("Stopped.")
            log_event("stopped")
        finally:
            page.close(verbose=False)


def _say(line: str) -> None:
    if for_people():
        click.echo(line, err=True)


class _Progress:
    """Says each new kind of line at once, and one that differs only in its numbers every few seconds."""

    EVERY_S = 5.0

    def __init__(self) -> None:
        self._last = ("", 0.0)

    def __call__(self, line: str) -> None:
        kind, now = re.sub(r"\d+", "", line), time.monotonic()
        if kind != self._last[0] or now - self._last[1] >= self.EVERY_S:
            self._last = (kind, now)
            _say(line)


def _configure(ctx: click.Context, _: click.Parameter, file: Path | None) -> None:
    try:
        values = configured(os.environ, file)
    except IptRagError as error:
        raise click.ClickException(str(error)) from None
    ctx.default_map = values


@click.command(
    help="Serve the question page on this machine, over the articles in --corpus.",
    epilog="Each option can also stand in a file or the environment: docs/operations.md.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_configure,
    help="File of settings; otherwise the one that IPT_RAG_CONFIG names, or ipt-rag.toml here.",
)
@click.option("--corpus", type=click.Path(path_type=Path), default=settings.CORPUS, show_default=True)
@click.option("--index", type=IndexPath(), default=settings.INDEX, show_default=True)
@click.option("--host", default=settings.HOST, show_default=True)
@click.option("--port", type=click.IntRange(1, 65_535), default=settings.PORT, show_default=True)
@click.option(
    "--open-to-network",
    is_flag=True,
    help="Serve at a --host that others reach, though the page asks nobody for a password.",
)
@click.option(
    "--name",
    "host_names",
    multiple=True,
    help="A host name that the page may be reached by, beside this machine's own. May be given more than once.",
)
@click.option(
    "--feedback",
    type=click.Path(path_type=Path),
    default=settings.FEEDBACK,
    show_default=True,
    help="Folder for what readers say of answers; made with the first of it.",
)
@click.option(
    "--keep-questions",
    is_flag=True,
    help="Keep the question with the feedback on its answer, after the guard. Readers are told.",
)
@click.option(
    "--keep-on-reload",
    is_flag=True,
    help="Let a browser tab keep its conversation over a reload, until the tab is closed.",
)
@click.option("--log-form", type=click.Choice(LOG_FORMS), default="text", show_default=True)
@click.option(
    "--log-level",
    type=click.Choice(LOG_LEVELS),
    default="warning",
    show_default=True,
    help="With `info`, each question too: when, how long, how answered; never its words.",
)
def main(
    corpus: Path,
    index: Path | str,
    host: str,
    port: int,
    open_to_network: bool,
    host_names: tuple[str, ...],
    feedback: Path,
    keep_questions: bool,
    keep_on_reload: bool,
    log_form: str,
    log_level: str,
) -> None:
    """Parse, serve, and turn errors meant for readers into one sentence and exit 1."""
    start_logging(log_form, log_level)
    try:
        keeping = Keeping(feedback, keep_questions, keep_on_reload)
        serve(corpus, index, host, port, host_names, keeping, open_to_network=open_to_network)
    except IptRagError as error:
        raise click.ClickException(str(error)) from None
