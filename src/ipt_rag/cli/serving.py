"""Commands that serve other programs: assistants, and shells that complete what is typed."""

from importlib.util import find_spec
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from ipt_rag.cli.folders import INDEX
from ipt_rag.cli.quiet import Silent
from ipt_rag.errors import SettingsError


@click.command(cls=Silent)
@INDEX
def mcp(index: Path | str) -> None:
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


@click.command(cls=Silent)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script by which a shell completes commands, options, files and slugs of articles.

    \b
        ipt-rag completion bash > ~/.local/share/bash-completion/completions/ipt-rag
        ipt-rag completion zsh > ~/.zfunc/_ipt-rag        (~/.zfunc in fpath, before compinit)
        ipt-rag completion fish > ~/.config/fish/completions/ipt-rag.fish
    """  # noqa: D301 - click must see the backspace
    kind = get_completion_class(shell)
    assert kind is not None  # for the type checker: the shells above are those that click knows
    click.echo(kind(ctx.find_root().command, {}, "ipt-rag", "_IPT_RAG_COMPLETE").source())
