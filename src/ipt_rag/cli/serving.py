"""Commands that serve other programs."""

from importlib.util import find_spec
from pathlib import Path

import click

from ipt_rag.cli.folders import INDEX
from ipt_rag.cli.quiet import Silent
from ipt_rag.errors import SettingsError


@click.command(cls=Silent)
@INDEX
def mcp(index: Path) -> None:
    """Serve assistants over standard input and output, by the Model Context Protocol, until they close it.

    An assistant gets three tools (ask_articles, check_quote, list_articles) and the articles as resources. The page
    serves the same at /mcp. Put this command into the assistant's settings; it is not for typing into.

    \b
        ipt-rag mcp --index mine-index
    """  # noqa: D301 - click must see the backspace
    if find_spec("mcp") is None:
        raise SettingsError("This needs the package mcp, which is not installed. Run `pip install 'ipt-rag[mcp]'`.")
    import anyio

    from ipt_rag.chatbot import Chatbot
    from ipt_rag.desk import Desk
    from ipt_rag.mcp_server import serve_stdio

    chatbot = Chatbot.open(index)

    def library() -> Chatbot:
        nonlocal chatbot
        chatbot = chatbot.current()  # a build beside it is heard of with the next call
        return chatbot

    anyio.run(serve_stdio, Desk(library))
