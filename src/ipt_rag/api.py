"""The HTTP interface for programs, in the page's own process, under `/api/v1`. Door: fastapi.

Answers are the machine interface's objects, byte for byte; problems are problem+json (RFC 9457), each one sentence that
repeats nothing of the request. The page's guard stands before all of it: host, origin, size and number of requests.
"""

import json
import logging
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount

from ipt_rag.chatbot import Chatbot
from ipt_rag.check import CheckedQuote
from ipt_rag.desk import Desk
from ipt_rag.errors import CorpusError, IptRagError, QuestionError
from ipt_rag.forms import AskRequest, CheckRequest, RequestForm, what_is_wrong
from ipt_rag.machine import to_json
from ipt_rag.page_guard import App, Message, Receive, Scope, Send
from ipt_rag.records import Answer, ArticleList

log = logging.getLogger(__name__)

PREFIX = "/api/v1"
# FastAPI can hand requests and the messages of errors to a tracer that the environment names.
SILENT: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
PROBLEM = "application/problem+json"
FAILED = "Something went wrong here, and the request was not answered. The operator finds the kind of error in the log."
TITLES = {
    400: "Bad request",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    411: "Length required",
    413: "Too large",
    429: "Too many requests",
    500: "Failed",
    503: "Not available",
}
FORMS: dict[str, type[RequestForm]] = {f"{PREFIX}/ask": AskRequest, f"{PREFIX}/check": CheckRequest}


def http_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes to serve before the page's own."""
    return [Mount(PREFIX, _api(desk))]


def _api(desk: Desk) -> FastAPI:
    api = FastAPI(
        title="ipt-rag",
        version=version("ipt-rag"),
        summary="Quotes from articles on Interpersonal Psychotherapy, with the articles' own source numbers.",
        description="Do not send patient details: what looks like them is refused unread, and never repeated. Show "
        "quotes as they are, with their source numbers; never reword them.",
        docs_url=None,  # both pages load their scripts from another site
        redoc_url=None,
        telemetry=SILENT,
    )
    problems: dict[int | str, dict[str, Any]] = {"default": {"content": {PROBLEM: {"schema": _PROBLEM_SCHEMA}}}}

    @api.post("/ask", responses={200: {"model": Answer}, **problems})
    async def ask(asked: AskRequest) -> Response:
        """Answer a question with passages quoted word for word from the articles, or say that they do not answer."""
        return await _answered(
            desk,
            lambda chatbot: chatbot.ask(asked.question, earlier=asked.earlier, ranked=asked.ranked, only=asked.only),
        )

    @api.post("/check", responses={200: {"model": CheckedQuote}, **problems})
    async def check(asked: CheckRequest) -> Response:
        """Say whether a sentence stands in the articles: exact, changed, misattributed or absent."""
        return await _answered(desk, lambda chatbot: chatbot.check(asked.quote))

    @api.get("/articles", responses={200: {"model": ArticleList}, **problems})
    async def articles() -> Response:
        """List the articles of the index."""
        return await _answered(desk, lambda chatbot: chatbot.articles())

    @api.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        where = error.errors()[0]["loc"][1:]  # without "body"
        return problem(400, what_is_wrong(FORMS[request.url.path.rstrip("/")], where))

    @api.exception_handler(HTTPException)
    async def elsewhere(request: Request, error: HTTPException) -> Response:
        """Answer what no route answers: another address, another method, a body that is no text."""
        form = FORMS.get(request.url.path.rstrip("/"))
        if error.status_code == 400 and form:
            return problem(400, what_is_wrong(form, ()))
        return problem(error.status_code, f"There is nothing here for that. {PREFIX}/openapi.json lists what there is.")

    return api


async def _answered(desk: Desk, do: Callable[[Chatbot], Any]) -> Response:
    try:
        return Response(to_json(await desk.call(do)), media_type="application/json", headers=dict(_NOT_STORED))
    except (QuestionError, CorpusError) as error:
        return problem(400, str(error))
    except IptRagError as error:  # too many wait, or there is no whole index
        return problem(503, str(error))
    except Exception as error:  # its message might hold words of the question
        log.error("A request of a program was not answered: %s", type(error).__name__)
        return problem(500, FAILED)


def problem(status: int, detail: str) -> Response:
    """Return a problem as RFC 9457 writes it, without a page of its own (`about:blank`)."""
    body = {"type": "about:blank", "title": TITLES.get(status, "Problem"), "status": status, "detail": detail}
    again = {"Retry-After": "2"} if status in (429, 503) else {}
    return Response(json.dumps(body), status, media_type=PROBLEM, headers={**_NOT_STORED, **again})


class AsProblems:
    """Middleware around the page's guard: what the guard refuses a program is told as problem+json too."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on; a plain sentence that comes back for one of ours is set as a problem."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        begun: Message = {}

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and _is_plain(message):
                begun = message
            elif begun:
                told = problem(begun["status"], message["body"].decode())
                kept = [pair for pair in begun["headers"] if pair[0] not in (b"content-type", b"content-length")]
                own = [pair for pair in told.raw_headers if pair[0] in (b"content-type", b"content-length")]
                await send({**begun, "headers": [*kept, *own]})
                await send({**message, "body": told.body})
            else:
                await send(message)

        await self._app(scope, receive, sending)


def _is_plain(begun: Message) -> bool:
    kinds: Sequence[bytes] = [value for name, value in begun["headers"] if name == b"content-type"]
    return begun["status"] >= 400 and any(kind.startswith(b"text/plain") for kind in kinds)


_NOT_STORED = {"Cache-Control": "no-store"}
_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457: `detail` is one sentence, which repeats nothing of the request.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}
