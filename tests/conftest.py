"""What several test modules stand on: where things lie, and when a test must be skipped."""

import logging
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from closed_network import NOTED, close_network
from ipt_rag.build import build_index
from ipt_rag.chatbot import Chatbot
from ipt_rag.embed import Matrix, MiniLM, QuestionGraph, TokenVectors
from programs import installed

ROOT = Path(__file__).resolve().parent.parent

# No deadline: on a busy machine the first example of a property pays for imports. The same examples each time in CI.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")

# Nothing leaves the machine: not from here, and not from a program that a test starts, which finds `sitecustomize.py`.
os.environ.setdefault(NOTED, f"{tempfile.mkdtemp(prefix='attempts-')}/noted")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT / "tests"), os.environ.get("PYTHONPATH"))))
close_network()

# Whoever starts the tests in the background of a script has them, and what they start, ignore SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Give each of several processes that share the tests a file of its own for what was tried."""
    if worker := getattr(config, "workerinput", None):
        os.environ[NOTED] += f"-{worker['workerid']}"


@pytest.fixture(autouse=True)
def no_way_out() -> Iterator[None]:
    """Fail a test during which anything tried to leave the machine, even where the error was swallowed."""
    attempts = Path(os.environ[NOTED])
    attempts.write_text("")
    yield
    assert attempts.read_text() == ""


@dataclass(frozen=True)
class WordCountEncoder:
    """Stands a word on the axis of its own, every other word on the last one, so that cosines can be counted by hand.

    A text's vector counts its words: "tea and more tea" lies at 2 on the axis of tea and at 2 on that of other words.
    """

    words: tuple[str, ...]
    name: str = "counted words"

    @property
    def dim(self) -> int:
        """One axis for each word, and one for all others."""
        return len(self.words) + 1

    @property
    def vocabulary(self) -> frozenset[str]:
        """The words with an axis."""
        return frozenset(self.words)

    @property
    def question_graph(self) -> bytes:
        """The words: no graph, but as good as one for an index that is asked through this class."""
        return " ".join(self.words).encode()

    @property
    def axes(self) -> Matrix:
        """An axis for each word."""
        return np.eye(self.dim, dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """Return the number of words."""
        return len(re.findall(r"\w+", text))

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return where each word stands."""
        return tuple(found.span() for found in re.finditer(r"\w+", text))

    def encode(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Matrix:
        """Return unit vectors, zeros for a text without a word."""
        counts = [tokens.vectors.sum(axis=0) for tokens in self.encode_tokens(texts, progress=progress)]
        rows = np.array(counts, dtype=np.float32).reshape(-1, self.dim)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)

    def encode_tokens(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> list[TokenVectors]:
        """Return for each word the unit vector of its axis."""
        encoded = []
        for text in texts:
            found = list(re.finditer(r"\w+", text))
            axes = [self.words.index(w) if (w := each[0].lower()) in self.words else -1 for each in found]
            vectors = np.eye(self.dim, dtype=np.float32)[axes].reshape(-1, self.dim)
            encoded.append(TokenVectors(vectors, tuple(each.span() for each in found)))
            if progress:
                progress(1)
        return encoded

    def encode_question(self, text: str) -> tuple[Matrix, TokenVectors]:
        """Return the vector of a text and those of its words."""
        return self.encode([text])[0], self.encode_tokens([text])[0]


@pytest.fixture(scope="session")
def counting() -> WordCountEncoder:
    """An encoder that knows the words of the invented articles that tests ask for."""
    return WordCountEncoder(("tea", "pot", "kettle", "tide", "moon", "lantern", "oil", "caffeine", "coffee"))


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Undo what a program that a test starts in this process does to logging, which is one for all."""
    root, own = logging.getLogger(), logging.getLogger("ipt_rag")
    before = (root.handlers[:], root.level, own.level)
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    own.setLevel(before[2])
    logging.captureWarnings(False)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A corpus of three tiny invented articles: tea (every kind of block), tides (sections), lanterns (no source)."""
    return Path(shutil.copytree(ROOT / "tests" / "articles", tmp_path / "articles"))


@pytest.fixture
def small_index(articles: Path, tmp_path: Path, counting: WordCountEncoder) -> Path:
    """An index of the three articles, made with the counting encoder."""
    build_index(articles, tmp_path / "index", open_encoder=lambda _: counting)
    return tmp_path / "index"


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    """The real encoder, opened once."""
    return MiniLM.open()


@pytest.fixture(scope="session")
def question_graph(tmp_path_factory: pytest.TempPathFactory, minilm: MiniLM) -> QuestionGraph:
    """The real encoder of questions, opened once."""
    graph = tmp_path_factory.mktemp("graph") / "question.onnx"
    graph.write_bytes(minilm.question_graph)
    return QuestionGraph.open(graph)


@pytest.fixture(scope="session")
def corpus_index(tmp_path_factory: pytest.TempPathFactory, minilm: MiniLM) -> Path:
    """An index of the project's own corpus, made once with the real encoder; only to be read."""
    folder = tmp_path_factory.mktemp("corpus") / "index"
    build_index(ROOT / "corpus", folder, open_encoder=lambda _: minilm)
    return folder


@pytest.fixture(scope="session")
def chatbot(corpus_index: Path) -> Chatbot:
    """The chatbot over the project's own corpus."""
    return Chatbot.open(corpus_index)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's own folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the licensed articles and the evaluation data, which no repository may hold."""
    folder = os.environ.get("IPT_RAG_SHARED", "")
    if not folder:
        pytest.skip("IPT_RAG_SHARED is not set: it names the folder that holds articles/ and eval/")
    if not (Path(folder) / "articles").is_dir():
        pytest.skip("the folder that IPT_RAG_SHARED names holds no articles/")
    return Path(folder)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium browser; in CI there must be one."""
    return installed("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
