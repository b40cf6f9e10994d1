"""The command line: parse, call, print. Errors meant for readers are one sentence and exit 1."""

import click

from ipt_rag.cli.articles import add, build, lint, list_articles, questions, remove
from ipt_rag.cli.asking import ask, check, verify
from ipt_rag.cli.measuring import evaluate, phi
from ipt_rag.cli.operating import feedback
from ipt_rag.cli.quiet import Sentences
from ipt_rag.cli.serving import mcp


@click.group(
    cls=Sentences,
    commands=[add, ask, build, check, evaluate, feedback, lint, list_articles, mcp, phi, questions, remove, verify],
)
@click.version_option(package_name="ipt-rag")
def main() -> None:
    """Quotes from articles on Interpersonal Psychotherapy, with the articles' own source numbers.

    \b
        ipt-rag build                        make the index from corpus/
        ipt-rag ask "What is the sick role?"
        ipt-rag add page.txt --corpus mine   turn a copied page into an article
    """  # noqa: D301 - click must see the backspace
