"""The command line: parse, call, print. Errors meant for readers are one sentence and exit 1."""

import os
from pathlib import Path

import click

from ipt_rag.cli.articles import add, build, lint, list_articles, questions, remove
from ipt_rag.cli.asking import ask, check, verify
from ipt_rag.cli.measuring import evaluate, phi
from ipt_rag.cli.operating import doctor, feedback
from ipt_rag.cli.quiet import Sentences
from ipt_rag.cli.serving import completion, mcp
from ipt_rag.collector import collect_seldom
from ipt_rag.config import configured


@click.group(
    cls=Sentences,
    commands=[
        add,
        ask,
        build,
        check,
        completion,
        doctor,
        evaluate,
        feedback,
        lint,
        list_articles,
        mcp,
        phi,
        questions,
        remove,
        verify,
    ],
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="File of settings; otherwise the one that IPT_RAG_CONFIG names, or ipt-rag.toml here.",
)
@click.version_option(package_name="ipt-rag")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Quotes from articles on Interpersonal Psychotherapy, with the articles' own source numbers.

    \b
        ipt-rag build                        make the index from corpus/
        ipt-rag ask "What is the sick role?"
        ipt-rag add page.txt --corpus mine   turn a copied page into an article

    Results go to standard output, progress and errors to standard error. Exit code 0: done, also where the articles do
    not answer; 1: it could not be done, or what was checked is not right; 2: the command was not understood; 130:
    stopped by Ctrl+C.
    """  # noqa: D301 - click must see the backspace
    collect_seldom()  # before a command imports what it needs
    values = configured(os.environ, config)
    ctx.default_map = dict.fromkeys(main.commands, values)
