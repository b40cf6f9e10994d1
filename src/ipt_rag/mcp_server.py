"""The MCP server: what an assistant may call, over standard input and output or over the page's HTTP. Door: mcp.

Its tools give the machine interface's objects, byte for byte, as text and as structured content. The guard reads every
question and quote first. No complaint repeats what was sent: arguments are read by our own forms, since the library's
errors quote them.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import mcp_types as mcp
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from ipt_rag.check import CheckedQuote
from ipt_rag.desk import Desk
from ipt_rag.errors import CorpusError, IptRagError
from ipt_rag.forms import AskRequest, CheckRequest, ListRequest, RequestForm, read_request, schema_of
from ipt_rag.machine import to_json
from ipt_rag.page_guard import Message, Receive, Scope, Send
from ipt_rag.records import Answer, ArticleList

log = logging.getLogger(__name__)

PATH = "/mcp"
ADDRESS = "ipt-rag://articles/"
FAILED = "Something went wrong here, and the call was not answered. The operator finds the kind of error in the log."

INSTRUCTIONS = (
    "Quotes from articles on Interpersonal Psychotherapy (IPT), word for word, with the articles' own source numbers. "
    "When you use them: quote the `text` of a quote exactly as it stands, in quotation marks; never paraphrase, "
    "shorten, translate or merge quotes. Keep the source numbers (`sources`) with the quote and name the article: a "
    "number counts in its article only. Say of a quote whose `llm` is true that a language model worded it. When "
    "`status` is not_in_articles, say that the articles do not answer, and do not answer from your own knowledge "
    "instead. When it is refused, nothing was read: ask again without the kinds of detail named in `kinds`. Show every "
    "sentence of `notices`. Never send patient details: no name, date, number, address or other detail that points to "
    "one person."
)


@dataclass(frozen=True, slots=True)
class _Tool:
    title: str
    description: str
    form: type[RequestForm]
    gives: type
    answer: Callable[[Desk, Any], Awaitable[Answer | CheckedQuote | ArticleList]]


async def _ask(desk: Desk, asked: AskRequest) -> Answer:
    return await desk.call(
        lambda chatbot: chatbot.ask(asked.question, earlier=asked.earlier, ranked=asked.ranked, only=asked.only)
    )


async def _check(desk: Desk, asked: CheckRequest) -> CheckedQuote:
    return await desk.call(lambda chatbot: chatbot.check(asked.quote))


async def _list(desk: Desk, _: ListRequest) -> ArticleList:
    return await desk.call(lambda chatbot: chatbot.articles())


TOOLS = {
    "ask_articles": _Tool(
        "Ask the articles",
        "Answer a question about Interpersonal Psychotherapy (IPT) with one to three passages quoted word for word "
        "from the articles, or say that they do not answer it. Quote each `text` exactly, with its source numbers; do "
        "not paraphrase. Send no patient details: a question that seems to hold any is refused unread.",
        AskRequest,
        Answer,
        _ask,
    ),
    "check_quote": _Tool(
        "Check a quote",
        "Say whether a sentence stands in the articles word for word and with these sources: exact, changed (with what "
        "was changed), misattributed or absent. Check every quote before you show it. Send no patient details.",
        CheckRequest,
        CheckedQuote,
        _check,
    ),
    "list_articles": _Tool(
        "List the articles",
        "List the articles that can be asked, with slug, title, date, licence and number of sources. Their whole text "
        "is in the resources; quote from it word for word.",
        ListRequest,
        ArticleList,
        _list,
    ),
}


def mcp_server(desk: Desk) -> Server[Any]:
    """Return the server of tools and articles over one desk."""

    async def list_tools(_: ServerRequestContext[Any], __: mcp.PaginatedRequestParams | None) -> mcp.ListToolsResult:
        return mcp.ListToolsResult(tools=[_described(name, tool) for name, tool in TOOLS.items()])

    async def call_tool(_: ServerRequestContext[Any], called: mcp.CallToolRequestParams) -> mcp.CallToolResult:
        tool = TOOLS.get(called.name)
        if tool is None:
            raise MCPError(mcp.INVALID_PARAMS, f"There is no such tool. There are {', '.join(TOOLS)}.")
        try:
            given = to_json(await tool.answer(desk, read_request(tool.form, called.arguments or {})))
        except IptRagError as error:
            return mcp.CallToolResult(content=[mcp.TextContent(text=str(error))], is_error=True)
        except Exception as error:  # its message might hold words of the question
            log.error("A tool call was not answered: %s", type(error).__name__)
            return mcp.CallToolResult(content=[mcp.TextContent(text=FAILED)], is_error=True)
        return mcp.CallToolResult(content=[mcp.TextContent(text=given)], structured_content=json.loads(given))

    async def list_resources(
        _: ServerRequestContext[Any], __: mcp.PaginatedRequestParams | None
    ) -> mcp.ListResourcesResult:
        held = await desk.call(lambda chatbot: chatbot.articles())
        return mcp.ListResourcesResult(
            resources=[
                mcp.Resource(
                    uri=ADDRESS + each.slug,
                    name=each.slug,
                    title=each.title,
                    description=f"The whole article with its {each.sources} numbered sources; quote it word for word.",
                    mime_type="text/markdown",
                )
                for each in held.articles
            ]
        )

    async def read_resource(
        _: ServerRequestContext[Any], wanted: mcp.ReadResourceRequestParams
    ) -> mcp.ReadResourceResult:
        address = str(wanted.uri)
        try:
            article = await desk.call(lambda chatbot: chatbot.article(address.removeprefix(ADDRESS)))
        except CorpusError as error:
            raise MCPError(mcp.INVALID_PARAMS, str(error)) from None
        return mcp.ReadResourceResult(
            contents=[mcp.TextResourceContents(uri=address, mime_type="text/markdown", text=article.text)]
        )

    server: Server[Any] = Server(
        "ipt-rag",
        version=version("ipt-rag"),
        title="Interpersonal Psychotherapy, quoted",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
    )
    server.middleware.clear()  # it holds one thing only, which would hand errors to a tracer, were one installed
    return server


def _described(name: str, tool: _Tool) -> mcp.Tool:
    return mcp.Tool(
        name=name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.form.model_json_schema(),
        output_schema=schema_of(tool.gives),
        annotations=mcp.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
    )


async def serve_stdio(desk: Desk) -> None:
    """Serve one client over standard input and output, until it closes them."""
    server = mcp_server(desk)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def mcp_routes(desk: Desk) -> list[BaseRoute]:
    """Return the route of the server over HTTP: one JSON reply for each message, no session kept."""
    return [Route(PATH, _HttpDoor(mcp_server(desk)), methods=["POST"])]


class _HttpDoor:
    def __init__(self, server: Server[Any]) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        try:
            mcp.jsonrpc_message_adapter.validate_json(body, by_name=False)
        except ValueError:  # told here, because the library's complaint repeats what it could not read
            error = {"code": mcp.INVALID_REQUEST, "message": "The body is no JSON-RPC message."}
            await JSONResponse({"jsonrpc": "2.0", "id": None, "error": error}, 400)(scope, receive, send)
            return
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def received() -> Message:
            return waiting.pop() if waiting else await receive()

        # One manager a message: it can run once only, and without sessions it has nothing to keep.
        manager = StreamableHTTPSessionManager(self._server, json_response=True, stateless=True)
        async with manager.run():
            await manager.handle_request(scope, received, send)
