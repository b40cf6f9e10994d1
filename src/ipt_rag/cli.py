"""The command line: parse, call, print. Errors meant for readers are one sentence and exit 1."""

import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ipt_rag import settings
from ipt_rag.errors import IptRagError, QuestionError
from ipt_rag.records import Answer

CORPUS = click.option(
    "--corpus", type=click.Path(path_type=Path), default=settings.CORPUS, show_default=True, help="Folder of articles."
)
INDEX = click.option(
    "--index", type=click.Path(path_type=Path), default=settings.INDEX, show_default=True, help="Folder of the index."
)


UNKNOWN_OPTION = "There is no such option: see --help."


class Silent(click.Command):
    """A command whose usage errors repeat nothing that was typed: a question without its quotes would be in them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return what is left of the arguments, which is nothing.

        Raises:
            click.UsageError: with a fixed sentence.
        """
        try:
            return super().parse_args(ctx, args)
        except click.MissingParameter:
            raise
        except click.BadParameter as error:
            name = error.param.opts[0] if error.param and error.param.opts else "an option"
            raise click.UsageError(f"The value of {name} cannot be used: see --help.", ctx) from None
        except (click.NoSuchOption, click.BadOptionUsage):
            raise click.UsageError(
                f"{UNKNOWN_OPTION} A question that opens with a dash goes after `--`.", ctx
            ) from None
        except click.UsageError:
            raise click.UsageError("There is more than one argument. Put the question in quotes.", ctx) from None


class Sentences(click.Group):
    """A group whose commands turn errors meant for readers into one sentence."""

    command_class = Silent

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return the command and its arguments.

        Raises:
            click.UsageError: with a fixed sentence.
        """
        try:
            return super().parse_args(ctx, args)
        except (click.NoSuchOption, click.BadOptionUsage):
            raise click.UsageError(UNKNOWN_OPTION, ctx) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the name, the command and its arguments.

        Raises:
            click.UsageError: with a fixed sentence.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            known = ", ".join(f"`{name}`" for name in self.list_commands(ctx))
            raise click.UsageError(f"There is no such command. There are {known}.", ctx) from None

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except IptRagError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Sentences)
@click.version_option(package_name="ipt-rag")
def main() -> None:
    """Quotes from articles on Interpersonal Psychotherapy, with the articles' own source numbers.

    \b
        ipt-rag build                        make the index from corpus/
        ipt-rag ask "What is the sick role?"
        ipt-rag add page.txt --corpus mine   turn a copied page into an article
    """  # noqa: D301 - click must see the backspace


@main.command()
@CORPUS
@INDEX
def build(corpus: Path, index: Path) -> None:
    """Make the index from the articles, or bring it up to date.

    \b
        ipt-rag build --corpus mine --index mine-index
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.build import build_index  # imports the encoder, which `--help` must not wait for

    def progress(line: str) -> None:
        click.echo(line, err=True)

    done = build_index(corpus, index, report=progress)
    if not done.changed:
        click.echo(f"Nothing changed: {done.passages} passages of {done.articles} articles, index {done.digest}.")
        return
    click.echo(
        f"Built index {done.digest}: {done.articles} articles, {done.passages} passages, {done.chunks} chunks; "
        f"{done.embedded} texts embedded, the rest kept."
    )


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@CORPUS
def add(files: tuple[Path, ...], corpus: Path) -> None:
    """Turn pages copied as text into article files, and report what was left out.

    \b
        ipt-rag add page.txt --corpus mine
        ipt-rag build --corpus mine --index mine-index
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.importing import add_page
    from ipt_rag.terminal import added_text

    for file in files:
        click.echo(added_text(add_page(file, corpus)))


@main.command()
@click.argument("question")
@INDEX
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
@click.option(
    "--ranked", type=click.IntRange(0, 50), default=0, help="Also give the best K passages, whatever was decided."
)
def ask(question: str, index: Path, as_json: bool, ranked: int) -> None:
    """Answer with quotes from the articles, or say that they do not answer.

    QUESTION may be `-`: then each line of standard input is a question. Prefer that to an argument where the
    shell keeps a history. Do not type patient details; what looks like them is refused and never repeated.

    \b
        ipt-rag ask "How many sessions does IPT take?"
        ipt-rag ask --json --ranked 5 - < questions.txt
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.chatbot import Chatbot  # imports the encoder
    from ipt_rag.terminal import answer_text

    chatbot = Chatbot.open(index)
    for line in _questions(question):
        try:
            answer = chatbot.ask(line, ranked=ranked)
        except QuestionError as error:
            if question != "-":
                raise
            answer = unread(str(error))  # one object a line, in order, whatever a line holds
        click.echo(to_json(answer) if as_json else answer_text(answer))
        sys.stdout.flush()


def to_json(answer: Answer) -> str:
    """Return the machine interface's object on one line."""
    return json.dumps(dataclasses.asdict(answer), ensure_ascii=False)


def unread(sentence: str) -> Answer:
    """Return the answer to a line that is no question: none, with the sentence that says why as its notice."""
    return Answer("not_in_articles", 0.0, (), (), (), (), "too_vague", (), (sentence,), "")


def _questions(question: str) -> Iterator[str]:
    if question != "-":
        yield question
        return
    # Whatever a line holds, it is one question and gets one answer: bytes that are no UTF-8 are read as signs for that.
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")
