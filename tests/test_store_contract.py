"""What every store promises, held by the folder, Milvus Lite and a Milvus server alike; and kill -9 of the server."""

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.testclient import TestClient

from conftest import ROOT, WordCountEncoder
from ipt_rag.api import http_routes
from ipt_rag.build import build_index
from ipt_rag.chatbot import Chatbot
from ipt_rag.cli import main
from ipt_rag.decide import Model, Models
from ipt_rag.desk import Desk
from ipt_rag.doctor import index as examine_index
from ipt_rag.embed import MiniLM
from ipt_rag.errors import IndexMissingError, IndexUnreachableError
from ipt_rag.index import FORMAT, Contents, Entry, Index, Store, current_at, open_store, write_generation, written_in
from ipt_rag.index.milvus import Engine, copy_generation, writer
from ipt_rag.page_replies import Replies
from ipt_rag.phi import Guard
from ipt_rag.query import stems
from ipt_rag.records import Article, Chunk, Filter, Passage
from ipt_rag.removal import remove_article
from ipt_rag.search import Searcher
from milvus_server import MilvusServer, namespace

At = Path | str
STORES = ("folder", "Milvus Lite", "Milvus server")
ALIKE = 0.99  # least share of the exact ten, or of the exact neighbours behind a filter
QUESTIONS = ("tea pot", "the moon and the tide", "lantern oil", "kettle", "who signed it")
FILTERS = (
    Filter(articles=("tea",)),
    Filter(articles=("tides", "lanterns")),
    Filter(tiers=("T1",)),
    Filter(tiers=("T2", "T3")),
    Filter(sourced_only=True),
    Filter(articles=("tea",), tiers=("T1",), sourced_only=True),
)
SENTENCE = (
    "The index is not reachable at {}. Start its server, or mend the address; once it is back, questions are answered "
    "again."
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """A Milvus server of its own, which nobody else reaches."""
    if find_spec("milvus") is None:
        pytest.skip("the package milvus, which brings a server, is not installed: there are builds for Linux on x86-64")
    within = namespace()
    if within is None:
        pytest.skip("no network namespaces here, and outside of one the server would listen on every interface")
    served = MilvusServer(tmp_path_factory.mktemp("milvus"), within)
    served.start()
    yield served
    served.close()


@pytest.fixture(scope="module", params=STORES)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], At]]:
    """Give a place for an index of some name in each kind of store, empty at first."""
    with places(request, tmp_path_factory.mktemp("stores"), request.param) as named:
        yield named


@pytest.fixture(scope="module")
def server_place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], At]]:
    """The same in the server alone."""
    with places(request, tmp_path_factory.mktemp("stores"), "Milvus server") as named:
        yield named


@contextmanager
def places(request: pytest.FixtureRequest, folder: Path, kind: str) -> Iterator[Callable[[str], At]]:
    """Give what names a place in a kind of store: a path, or a database of the server."""
    address = request.getfixturevalue("server").address if kind == "Milvus server" else ""

    def named(name: str) -> At:
        if not address:
            return folder / (f"{name}.db" if kind == "Milvus Lite" else name)
        engine = Engine(address, patient=True)
        if name not in engine.work("list_databases"):
            engine.work("create_database", name)
        engine.close()
        return f"{address}/{name}"

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ipt_rag.index.opening.STAGED", folder / "staged")
        yield named


@pytest.fixture(scope="module")
def small(place: Callable[[str], At], counting: WordCountEncoder) -> At:
    """The three invented articles in each kind of store; only to be read."""
    at = place("small")
    build_index(ROOT / "tests" / "articles", at, open_encoder=lambda _: counting)
    return at


@pytest.fixture(scope="module")
def exact(counting: WordCountEncoder, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The same in a folder, whose vectors are all compared."""
    folder = tmp_path_factory.mktemp("exact") / "index"
    build_index(ROOT / "tests" / "articles", folder, open_encoder=lambda _: counting)
    return Index.open(folder)


def chatbot_over(store: Store, encoder: WordCountEncoder) -> Chatbot:
    """Return a chatbot that answers whatever it is asked."""
    always = Model({}, bias=2.0, threshold=0.0)
    return Chatbot(store, encoder, Guard(layers=()), Models(always, always))


def test_a_store_tells_what_was_written(small: At, exact: Index) -> None:
    """Every passage with all its provenance, its tokens, articles, sources and counts are those of the folder."""
    store = open_store(small)
    numbers = range(len(exact))
    assert (store.digest, store.made_from, len(store)) == (exact.digest, exact.made_from, len(exact))
    assert store.chunk_count == exact.chunk_count
    for each in numbers:
        assert store.passage(each) == exact.passage(each)
        assert (store.kinds[each], store.articles_of[each]) == (exact.kinds[each], exact.articles_of[each])
        assert (store.search_text(each), store.keys(each)) == (exact.search_text(each), exact.keys(each))
        assert store.stems(each) == exact.stems(each)
        assert np.array_equal(store.tokens(each), exact.tokens(each))
        assert np.array_equal(store.means(each), exact.means(each))
    assert np.array_equal(store.axes, exact.axes)
    for some in map(np.array, ([*numbers], [5, 2, 9], [0])):
        for ours, its in zip(store.all_tokens(some), exact.all_tokens(some), strict=True):
            assert np.array_equal(ours, its)
        for ours, its in zip(store.rough_tokens(some), exact.rough_tokens(some), strict=True):
            assert np.array_equal(ours, its)
    assert [*store.articles().items()] == [*exact.articles().items()]
    assert store.sources() == exact.sources()
    assert store.vocabulary() == exact.vocabulary()
    assert {term: store.holders(term) for term in exact.holders_of_all()} == exact.holders_of_all()
    assert store.holders("nowhere") == 0
    for slug in exact.articles():
        assert store.article_text(slug) == exact.article_text(slug)
        assert [*store.numbers_of(slug)] == [*exact.numbers_of(slug)]
    assert store.article_text("coffee") is None
    assert store.question_graph.read_bytes() == exact.question_graph.read_bytes()
    assert all(held == must for held, must in store.counts().values())
    assert store.replaced is False


@pytest.mark.parametrize("only", [Filter(), *FILTERS], ids=str)
def test_the_closest_passages_are_those_of_an_exact_search(
    small: At, exact: Index, counting: WordCountEncoder, only: Filter
) -> None:
    """The nearest chunks come first, and behind a filter, the engine's own, as many as there are."""
    store = open_store(small)
    for question in QUESTIONS:
        vector = counting.encode([question])[0]
        for k in (1, 4, 100):
            found, wanted = store.dense(vector, k=k, only=only), exact.dense(vector, k=k, only=only)
            assert len(found) == len(wanted)
            assert cosines(exact, vector, found) == pytest.approx(cosines(exact, vector, wanted), abs=1e-6)
            if only.narrows:
                assert set(found) <= set(exact.dense(vector, k=100, only=only))


def cosines(exact: Index, vector: Any, numbers: Sequence[int]) -> list[float]:
    """Return the cosine of each passage's chunk: chunks that are as close may come in any order."""
    of = {number: float(its @ vector) for numbers_in, its in exact.chunks() for number in numbers_in}
    return [of[number] for number in numbers]


def test_words_are_ranked_where_the_engine_can(small: At, exact: Index) -> None:
    """BM25 finds the passages that hold a word in any form, also behind a filter; without full text none is made up."""
    store = open_store(small)
    for words in ("kettles", "tea in the pot", "moon", "nowhere", ""):
        for only in (Filter(), *FILTERS):
            wanted = exact.lexical(stems(words), k=100, only=only) if store.full_text else {}
            found = store.lexical(stems(words), k=100, only=only)
            assert found == pytest.approx(wanted, rel=1e-3)
            assert [*found.values()] == sorted(found.values(), reverse=True)


def test_the_doctor_says_what_finds_candidates(small: At) -> None:
    """It names the engine and whether words are searched, and finds the index made from these articles and complete."""
    findings = {finding.check: finding for finding in examine_index(ROOT / "tests" / "articles", small)}
    assert {finding.level for finding in findings.values()} == {"ok"}
    if isinstance(small, str):
        assert "in Milvus 2.3.5 at http://127.0.0.1" in findings["index"].said
        assert "no full text" in findings["full text"].said
    elif small.suffix == ".db":
        assert "in Milvus Lite 3" in findings["index"].said
        assert "by their words" in findings["full text"].said


def test_articles_come_change_and_go_under_queries(
    place: Callable[[str], At], articles: Path, counting: WordCountEncoder
) -> None:
    """While an article is added, changed and removed, each question gets the whole old answer or the whole new one."""
    at = place("changing")
    added = articles / "lanterns.md"
    lanterns = added.read_text(encoding="utf-8")
    added.unlink()
    digests = [build_index(articles, at, open_encoder=lambda _: counting).digest]
    bot = chatbot_over(open_store(at), counting)
    told: list[tuple[str, bool]] = []
    problems: list[Exception] = []
    done = threading.Event()

    def ask() -> None:
        nonlocal bot
        while not done.is_set():
            try:
                bot = bot.current()
                answer = bot.ask("What does a lantern burn?", ranked=3)
                told.append((answer.index, any(quote.article == "lanterns" for quote in answer.ranked)))
            except Exception as error:
                problems.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        added.write_text(lanterns, encoding="utf-8")
        digests.append(build_index(articles, at, open_encoder=lambda _: counting).digest)
        added.write_text(lanterns.replace("whale oil", "kettle oil"), encoding="utf-8")
        digests.append(build_index(articles, at, open_encoder=lambda _: counting).digest)
        remove_article("lanterns", articles, at, open_encoder=lambda _: counting)
        digests.append(str(current_at(at)))
    finally:
        time.sleep(0.5)
        done.set()
        asking.join()
    assert problems == []
    assert digests[0] == digests[3]
    assert len(set(digests)) == 3
    assert {*told} <= {(digests[0], False), (digests[1], True), (digests[2], True)}
    assert told[-1] == (digests[3], False)
    assert "lanterns" not in open_store(at).articles()


def test_what_a_removal_takes_out_is_in_no_collection(
    place: Callable[[str], At], articles: Path, counting: WordCountEncoder
) -> None:
    """After the last article goes nothing of any generation is left, and the place says that there is no index."""
    at = place("emptied")
    for path in articles.glob("*.md"):
        if path.stem != "lanterns":
            path.unlink()
    build_index(articles, at, open_encoder=lambda _: counting)
    remove_article("lanterns", articles, at, open_encoder=lambda _: counting)
    with pytest.raises(IndexMissingError, match=r"There is no index in .* Run `ipt-rag build --index"):
        open_store(at)
    if not isinstance(at, Path) or at.suffix:
        engine = Engine(at, patient=True)
        assert [name for name in engine.collections() if "graph" not in name] == []
        engine.close()


class WithoutWords:
    """A folder's store as an engine without full text would have it."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def __getattr__(self, name: str) -> Any:
        """Return what the folder's store has."""
        return getattr(self._index, name)

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self._index)

    def lexical(self, terms: Sequence[str], *, k: int, only: Filter) -> dict[int, float]:
        """Return nothing."""
        return {}


@pytest.fixture(scope="module")
def exact_ten(corpus_index: Path, chatbot: Chatbot) -> Callable[[bool], dict[str, list[int]]]:
    """The ten best passages of each development question by an exact search, with words or without."""
    encoder = Remembering(chatbot.searcher._encoder)

    @cache
    def ten(full_text: bool) -> dict[str, list[int]]:
        index = Index.open(corpus_index)
        searcher = Searcher(index if full_text else WithoutWords(index), encoder)
        return {question: best_ten(searcher, question) for question in development_questions()}

    return ten


@pytest.mark.model
def test_development_questions_are_answered_alike(
    place: Callable[[str], At],
    corpus_index: Path,
    chatbot: Chatbot,
    minilm: MiniLM,
    exact_ten: Callable[[bool], dict[str, list[int]]],
) -> None:
    """Of the ten best passages of an exact search, a store finds 99 of 100, over all development questions."""
    at = place("corpus")
    shutil.copytree(corpus_index, written_in(at))
    assert build_index(ROOT / "corpus", at, open_encoder=lambda _: minilm).embedded == 0
    store = open_store(at)
    searcher = Searcher(store, Remembering(chatbot.searcher._encoder))
    shares, first = [], []
    for question, wanted in exact_ten(store.full_text).items():
        found = best_ten(searcher, question)
        shares.append(len({*found} & {*wanted}) / len(wanted))
        first.append(found[0] == wanted[0])
    assert np.mean(shares) >= ALIKE
    assert np.mean(first) >= ALIKE


def best_ten(searcher: Searcher, question: str) -> list[int]:
    """Return the numbers of the ten passages that a search ranks highest."""
    return [hit.number for hit in searcher.search(question).hits[:10]]


def development_questions() -> list[str]:
    """Return each third of the project's own questions, and all of the shared set where it is."""
    own = ROOT / "tests" / "data" / "questions" / "answerable.jsonl"
    lines = own.read_text(encoding="utf-8").splitlines()[::3]
    if shared := os.environ.get("IPT_RAG_SHARED"):
        for path in sorted((Path(shared) / "eval" / "questions").glob("*answerable.jsonl")):
            lines += path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


@dataclass(frozen=True)
class Remembering:
    """An encoder that reads each question once, for all stores."""

    encoder: Any
    _known: ClassVar[dict[str, Any]] = {}

    @property
    def vocabulary(self) -> Any:
        """That of the encoder."""
        return self.encoder.vocabulary

    def encode_question(self, text: str) -> Any:
        """Return what the encoder returned for a text."""
        if text not in self._known:
            self._known[text] = self.encoder.encode_question(text)
        return self._known[text]


def test_a_graph_of_neighbours_finds_them_behind_a_filter(
    server_place: Callable[[str], At], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are too many passages to compare with each, 99 of the 100 closest are found, filtered or not."""
    monkeypatch.setattr(writer, "EXACT_PASSAGES", 0)
    write_generation(tmp_path, many_passages(4_000, 64))
    exact, engine = Index.open(tmp_path), Engine(server_place("many"), patient=True)
    assert copy_generation(exact, engine)
    store = open_store(engine.index)
    engine.close()
    shares = []
    for only in (Filter(), Filter(articles=("a7",)), Filter(articles=("a1", "a2", "a3")), Filter(articles=("a9",))):
        for number in range(0, 4_000, 200):
            vector = np.asarray(exact._vectors.reconstruct(number))
            found, wanted = (each.dense(vector, k=100, only=only)[:100] for each in (store, exact))
            shares.append(len({*found} & {*wanted}) / len(wanted))
    assert np.mean(shares) >= ALIKE


def many_passages(count: int, dim: int) -> Contents:
    """Return an index of passages that are nothing but vectors, in a hundred crowds and ten articles."""
    random = np.random.default_rng(0)
    vectors = random.normal(size=(100, dim))[np.arange(count) % 100] + 0.5 * random.normal(size=(count, dim))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    passages = [
        Passage(f"a{n * 10 // count}", (), "paragraph", f"{n}", 0, 1, None, (), (), llm=False) for n in range(count)
    ]
    articles = [(Article(f"a{n}", "", "en", "", "", {}, (), ()), "") for n in range(10)]
    entries = [Entry(each, each.text, (), ()) for each in passages]
    chunks = [Chunk(number, number + 1) for number in range(count)]
    made_from = {"format": FORMAT, "many": count}
    return Contents(
        articles, entries, chunks, OneToken(dim), vectors, {}, np.eye(dim, dtype=np.float32)[:8], b"graph", made_from
    )


@dataclass(frozen=True)
class OneToken:
    """A token that matches nothing, for each text."""

    dim: int

    def size(self, text: str) -> int:
        """One."""
        return 1

    def tokens(self, text: str) -> Any:
        """Return it, shape (1, dim)."""
        return np.zeros((1, self.dim), np.int16)


def test_a_server_killed_under_questions(
    server: MilvusServer, server_place: Callable[[str], At], counting: WordCountEncoder, articles: Path
) -> None:
    """Kill -9 right after a build: every door says one sentence, and answers again without a restart of its own."""
    at = server_place("killed")
    digest = build_index(articles, at, open_encoder=lambda _: counting).digest
    kept = [chatbot_over(open_store(at), counting)]

    def library() -> Chatbot:
        kept[0] = kept[0].current()
        return kept[0]

    before = [library().ask(question, ranked=5) for question in QUESTIONS]
    met: list[object] = []
    done = threading.Event()
    asking = [threading.Thread(target=keep_asking, args=(library, met, done)) for _ in range(4)]
    for each in asking:
        each.start()
    server.kill()
    time.sleep(1)
    sentence = SENTENCE.format(at)
    assert Replies(library).turn("tea pot", {})["said"] == sentence
    client = TestClient(Starlette(routes=http_routes(Desk(library))), base_url="http://127.0.0.1")
    reply = client.post("/api/v1/ask", json={"question": "tea pot"})
    assert (reply.status_code, reply.json()["detail"]) == (503, sentence)
    said = CliRunner().invoke(main, ["ask", "--index", str(at), "tea pot"])
    assert (said.exit_code, said.output) == (1, f"Error: {sentence}\n")
    server.start()
    wait_for(at)
    done.set()
    for each in asking:
        each.join()
    assert {type(each) for each in met} <= {str, IndexUnreachableError}
    assert {str(each) for each in met if isinstance(each, IndexUnreachableError)} == {sentence}
    assert [library().ask(question, ranked=5) for question in QUESTIONS] == before
    assert open_store(at).digest == digest
    assert all(held == must for held, must in open_store(at).counts().values())


def keep_asking(library: Callable[[], Chatbot], met: list[object], done: threading.Event) -> None:
    """Ask until it is done, and keep the digest of each answer or what was raised."""
    while not done.is_set():
        try:
            met.append(library().ask("tea pot").index)
        except Exception as error:
            met.append(error)
            time.sleep(0.1)


def wait_for(at: At) -> None:
    """Return once a server that has started again has its collections again, too."""
    until = time.monotonic() + 120
    while True:
        try:
            open_store(at)
        except IndexUnreachableError:
            assert time.monotonic() < until, "the server did not come back"
            time.sleep(0.2)
        else:
            return


def test_a_server_killed_under_a_build(
    server: MilvusServer, server_place: Callable[[str], At], counting: WordCountEncoder, articles: Path
) -> None:
    """Kill -9 while passages are copied: one sentence; the old generation answers, and the next build is whole."""
    at = server_place("broken")
    before = build_index(articles, at, open_encoder=lambda _: counting).digest
    tea = articles / "tea.md"
    tea.write_text(tea.read_text(encoding="utf-8").replace("twice a day", "at noon"), encoding="utf-8")

    def killing(line: str) -> None:
        if line.startswith("copied"):
            server.kill()

    with pytest.raises(IndexUnreachableError, match="is not reachable"):
        build_index(articles, at, open_encoder=lambda _: counting, report=killing)
    server.start()
    wait_for(at)
    assert open_store(at).digest == before
    assert "twice a day" in str(open_store(at).article_text("tea"))
    done = build_index(articles, at, open_encoder=lambda _: counting)
    store = open_store(at)
    assert (store.digest, done.changed, done.embedded) == (done.digest, True, 0)
    assert "at noon" in str(store.article_text("tea"))
    assert all(held == must for held, must in store.counts().values())


def test_an_engine_that_is_not_there(
    articles: Path, counting: WordCountEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dead address is one sentence for whoever asks, builds or examines, without its password."""
    monkeypatch.chdir(tmp_path)
    dead = "http://me:secret@127.0.0.1:9/ipt"
    build_index(articles, written_in(dead), open_encoder=lambda _: counting)
    for command in (["ask", "tea"], ["build", "--corpus", str(articles)]):
        said = CliRunner().invoke(main, [command[0], "--index", dead, *command[1:]])
        assert said.exit_code == 1
        assert said.output.splitlines()[-1] == f"Error: {SENTENCE.format('http://127.0.0.1:9/ipt')}"
        assert "secret" not in said.output
    [finding] = [each for each in examine_index(articles, dead) if each.level == "fault"]
    assert finding.said == SENTENCE.format("http://127.0.0.1:9/ipt")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A file of another kind in the place of a Milvus Lite file is told, and left alone."""
    (tmp_path / "index.db").write_text("mine")
    with pytest.raises(IndexUnreachableError, match="See that it is a Milvus Lite file"):
        open_store(tmp_path / "index.db")
    assert (tmp_path / "index.db").read_text() == "mine"
