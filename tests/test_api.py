import json
import logging
from collections.abc import Callable
from typing import Any, cast

import anyio
import pytest
from fastapi.openapi.models import OpenAPI
from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from ipt_rag.api import PREFIX, AsProblems, http_routes
from ipt_rag.chatbot import Chatbot
from ipt_rag.desk import Desk
from ipt_rag.errors import BusyError, IndexDamagedError
from ipt_rag.machine import to_json
from ipt_rag.page_guard import PageGuard

ASK, CHECK, ARTICLES = f"{PREFIX}/ask", f"{PREFIX}/check", f"{PREFIX}/articles"
QUESTION = {"question": "What does the sick role mean?"}
CANARY = "Zelphira"


def client_of(library: Any, **limits: Any) -> TestClient:
    """Return a client of the interface behind the page's guard, as the page serves it."""
    guarded = {"max_body_bytes": 100_000, "burst_requests": 1_000, "requests_per_second": 1.0} | limits
    desk = Desk(cast(Callable[[], Chatbot], library))
    middleware = [Middleware(AsProblems), Middleware(PageGuard, state=lambda: "ready", **guarded)]
    return TestClient(Starlette(routes=http_routes(desk), middleware=middleware), base_url="http://127.0.0.1")


@pytest.fixture
def client(chatbot: Chatbot) -> TestClient:
    """A client of the interface over the project's own corpus."""
    return client_of(lambda: chatbot)


def problem_in(reply: Any, status: int) -> str:
    """Hold a reply to be a problem as RFC 9457 has it, and return its sentence."""
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    told = reply.json()
    assert list(told) == ["type", "title", "status", "detail"]
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert CANARY.lower() not in f"{reply.headers}{reply.text}".lower()
    return str(told["detail"])


@pytest.mark.model
def test_answers_are_the_machine_interfaces(client: TestClient, chatbot: Chatbot) -> None:
    """Each address gives the object that Python gets, byte for byte, and lets nobody store it."""
    quote = "IPT is delivered in three phases. [4]"
    for reply, record in (
        (client.post(ASK, json=QUESTION), chatbot.ask(QUESTION["question"])),
        (client.post(ASK, json={**QUESTION, "ranked": 4}), chatbot.ask(QUESTION["question"], ranked=4)),
        (client.post(CHECK, json={"quote": quote}), chatbot.check(quote)),
        (client.get(ARTICLES), chatbot.articles()),
    ):
        assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
        assert reply.headers["cache-control"] == "no-store"
        assert reply.text == to_json(record)


@pytest.mark.model
def test_patient_details_are_refused_like_anywhere(client: TestClient) -> None:
    """A question, an earlier question or a quote with a phone number is refused by kind, and comes back nowhere."""
    told = f"call {CANARY} at 646-555-0173"
    for path, body in (
        (ASK, {"question": told}),
        (ASK, {**QUESTION, "earlier": [told]}),
        (CHECK, {"quote": told}),
    ):
        reply = client.post(path, json=body)
        assert reply.status_code == 200
        assert reply.json()["status"] == "refused"
        assert reply.json()["kinds"]
        assert not any(mark in f"{reply.headers}{reply.text}" for mark in (CANARY, "555-0173"))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param(b"", "not understood", id="no body"),
        pytest.param(b"{Zelphira", "not understood", id="no JSON"),
        pytest.param(b"\xff\xfeZelphira", "not understood", id="no text"),
        pytest.param(b"[" * 50_000, "not understood", id="nested deep"),
        pytest.param(b'["Zelphira"]', "not understood", id="a list"),
        pytest.param(b'"Zelphira"', "not understood", id="a string"),
        pytest.param(b"{}", "The field question is missing", id="no question"),
        pytest.param(b'{"question": ["Zelphira"]}', "The field question is", id="a list for a question"),
        pytest.param(b'{"question": 5550173}', "The field question is", id="a number for a question"),
        pytest.param(b'{"question": "tea", "Zelphira": 1}', "not understood", id="an unknown field is not named"),
        pytest.param(b'{"question": "tea", "tiers": ["Zelphira"]}', "The field tiers is", id="an unknown tier"),
        pytest.param(b'{"question": "tea", "ranked": 51}', "The field ranked is", id="more passages than are given"),
        pytest.param(b'{"question": "tea", "sourced_only": "yes"}', "The field sourced_only is", id="no truth value"),
        pytest.param(b'{"question": "tea", "articles": ["Zelphira"]}', "no article of that name", id="no such article"),
        pytest.param(b'{"question": " "}', "The question is empty", id="an empty question"),
        pytest.param(b'{"question": "' + b"Zelphira " * 400 + b'"}', "has 3,600 characters", id="too long"),
        pytest.param(b'{"question": "tea", "earlier": ["' + b"x" * 3_000 + b'"]}', "earlier is", id="long before it"),
    ],
)
@pytest.mark.model
def test_what_cannot_be_answered_is_told_in_one_sentence(client: TestClient, body: bytes, sentence: str) -> None:
    """Whatever is wrong with a body, the problem names it and repeats nothing of it."""
    reply = client.post(ASK, content=body, headers={"content-type": "application/json"})
    assert sentence in problem_in(reply, 400)


@pytest.mark.parametrize("body", [b'{"quote": 4}', b'{"quote": "Zelphira ' + b"x" * 20_000 + b'"}', b'{"quote": "."}'])
@pytest.mark.model
def test_quotes_that_cannot_be_checked(client: TestClient, body: bytes) -> None:
    """A quote of another type, too long, or without a word is a problem too."""
    problem_in(client.post(CHECK, content=body, headers={"content-type": "application/json"}), 400)


def test_another_kind_of_body_is_no_request() -> None:
    """A form, as another site could have a browser send it, is not read as JSON."""
    client = client_of(lambda: None)
    reply = client.post(ASK, content=json.dumps(QUESTION), headers={"content-type": "text/plain"})
    assert "not understood" in problem_in(reply, 400)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        pytest.param("POST", ASK, {"host": "Zelphira.example"}, 400, id="another host name"),
        pytest.param("POST", ASK, {"origin": "https://Zelphira.example"}, 403, id="another site"),
        pytest.param("GET", f"{PREFIX}/Zelphira", {}, 404, id="an unknown address"),
        pytest.param("GET", ASK, {}, 404, id="another method"),
        pytest.param("GET", "/api/v2/articles", {}, 404, id="another version"),
        pytest.param("POST", ASK, {"content-length": "200000"}, 413, id="too large"),
    ],
)
def test_what_the_pages_guard_refuses_is_a_problem_too(
    method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """Host, origin, size and address are checked before the interface, and told in its form."""
    problem_in(client_of(lambda: None).request(method, path, content=b"{}", headers=headers), status)


def test_too_many_requests_are_a_problem() -> None:
    """The page's limit counts the interface's requests as well, and says when to come back."""
    client = client_of(lambda: None, burst_requests=2, requests_per_second=0.001)
    replies = [client.post(ASK, content=b"{}", headers={"content-type": "application/json"}) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [400, 400, 429]
    assert "Too many requests" in problem_in(replies[-1], 429)
    assert replies[-1].headers["retry-after"] == "2"


def test_an_index_that_is_not_whole_is_told() -> None:
    """What keeps the articles from being read is a 503 with the sentence that names the way out."""

    def damaged() -> None:
        raise IndexDamagedError("passages.sqlite does not match its manifest. Run ipt-rag build.")

    reply = client_of(damaged).post(ASK, json=QUESTION)
    assert problem_in(reply, 503).endswith("Run ipt-rag build.")
    assert reply.headers["retry-after"] == "2"


def test_a_crash_repeats_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Where answering breaks with the question in its message, the program is told nothing of it, nor is the log."""

    class Breaks:
        def ask(self, question: str, **_: object) -> None:
            raise RuntimeError(question)

    reply = client_of(Breaks).post(ASK, json={"question": CANARY})
    assert "went wrong" in problem_in(reply, 500)
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == [
        "A request of a program was not answered: RuntimeError"
    ]
    assert CANARY not in caplog.text


def test_only_so_many_wait() -> None:
    """Beyond those that are served and those that wait, a call is turned away at once."""

    async def crowd() -> list[str]:
        may_end = anyio.Event()
        desk = Desk(lambda: cast(Chatbot, None), at_once=1, waiting=1)
        ends: list[str] = []

        async def call() -> None:
            try:
                await desk.call(lambda _: anyio.from_thread.run(may_end.wait))
                ends.append("served")
            except BusyError:
                ends.append("turned away")
                may_end.set()

        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(call)
                await anyio.wait_all_tasks_blocked()
        return ends

    assert sorted(anyio.run(crowd)) == ["served", "served", "turned away"]


@pytest.mark.model
def test_the_description_describes_what_comes(client: TestClient) -> None:
    """The OpenAPI document is one, names every address and form, and real replies are as it says."""
    described = client.get(f"{PREFIX}/openapi.json").json()
    OpenAPI.model_validate(described)
    assert described["openapi"].startswith("3.1")
    assert sorted(described["paths"]) == ["/articles", "/ask", "/check"]
    assert described["servers"] == [{"url": PREFIX}]
    replies = {
        ("/ask", "post"): [
            client.post(ASK, json={**QUESTION, "ranked": 3}),
            client.post(ASK, json={"question": "What is the sick role? Which spark plugs fit a mower?"}),
            client.post(ASK, json={"question": "call her at 646-555-0173"}),
            client.post(ASK, json={}),
        ],
        ("/check", "post"): [
            client.post(CHECK, json={"quote": quote}) for quote in ("IPT is delivered in nine phases.", "Tea.", "")
        ],
        ("/articles", "get"): [client.get(ARTICLES)],
    }
    for (path, method), told in replies.items():
        operation = described["paths"][path][method]
        assert set(operation["responses"]) == {"200", "default"}
        for reply in told:
            kind, _, _ = reply.headers["content-type"].partition(";")
            content = operation["responses"]["200" if reply.status_code == 200 else "default"]["content"]
            schema = {**content[kind]["schema"], "components": described["components"]}
            Draft202012Validator(schema).validate(reply.json())
