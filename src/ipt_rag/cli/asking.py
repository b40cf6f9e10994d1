"""Commands that answer: a question with quotes, a quote with a verdict, an exported file with what differs."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ipt_rag.cli.folders import CORPUS, INDEX, slugs
from ipt_rag.cli.quiet import Silent
from ipt_rag.cli.voice import detail, progress, result
from ipt_rag.config import named
from ipt_rag.errors import QuestionError
from ipt_rag.machine import to_json
from ipt_rag.records import Answer, Filter


@click.command(cls=Silent)
@click.argument("question")
@INDEX
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
@click.option(
    "--ranked", type=click.IntRange(0, 50), default=0, help="Also give the best K passages, whatever was decided."
)
@click.option(
    "--article",
    "articles",
    multiple=True,
    shell_complete=slugs,
    help="Search only this article, by its slug; may be repeated.",
)
@click.option(
    "--tier", "tiers", multiple=True, type=click.Choice(["T1", "T2", "T3"]), help="Only passages with such a source."
)
@click.option("--sourced", is_flag=True, help="Only passages that carry a source number.")
@click.option("--conversation", is_flag=True, help="With `-`: each line may be a follow-up to the lines before it.")
def ask(
    question: str,
    index: Path | str,
    as_json: bool,
    ranked: int,
    articles: tuple[str, ...],
    tiers: tuple[str, ...],
    sourced: bool,
    conversation: bool,
) -> None:
    """Answer with quotes from the articles, or say that they do not answer.

    QUESTION may be `-`: then each line of standard input is a question (blank ones are passed over but with
    --json). Prefer that to an argument where the shell keeps a history. Do not type patient details;
    what looks like them is refused and never repeated.

    \b
        ipt-rag ask "How many sessions does IPT take?"
        ipt-rag ask --json --ranked 5 - < questions.txt
        ipt-rag ask --conversation -
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.chatbot import Chatbot  # imports the encoder
    from ipt_rag.terminal import answer_text

    if conversation and question != "-":
        raise click.UsageError("--conversation reads the lines of standard input: put `-` in place of the question.")
    chatbot = Chatbot.open(index)
    detail(lambda: f"index {chatbot.index.digest} of {named(index)}, {len(chatbot.index):,} passages")
    only = Filter(articles, tiers, sourced)
    earlier: list[str] = []  # of a conversation; what was refused is not kept
    for number, line in enumerate(_questions(question), start=1):
        if question == "-" and not as_json:
            if not line.strip():
                continue
            click.echo(f"— line {number} —\n")
        try:
            answer = chatbot.ask(line, earlier=earlier, ranked=ranked, only=only)
            if conversation and answer.status != "refused":
                earlier.append(line)
        except QuestionError as error:
            if question != "-":
                raise
            # One object a line, in order, whatever a line holds; people need no more than why it was not read.
            said = to_json(unread(str(error))) if as_json else f"! {error}"
        else:
            said = to_json(answer) if as_json else answer_text(answer)
        if as_json:
            click.echo(said)
        else:
            result(said if question != "-" else f"{said}\n")
        sys.stdout.flush()


@click.command(cls=Silent)
@click.argument("quote", required=False)
@CORPUS
@click.option(
    "--file", type=click.Path(path_type=Path), help="Check each line of this file; exit 1 unless all are exact."
)
def check(quote: str | None, corpus: Path, file: Path | None) -> None:
    """Say whether a sentence stands in the articles: exact, changed, misattributed or absent.

    QUOTE may be `-`: then each line of standard input is a quote. With --file, verdicts carry the number of their line.

    \b
        ipt-rag check "IPT is delivered in three phases. [4]"
        ipt-rag check --file quotes.txt
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.check import QuoteChecker, read_quotes
    from ipt_rag.corpus import read_corpus
    from ipt_rag.phi import Guard
    from ipt_rag.terminal import checked_line_text, checked_lines_text

    if (quote is None) == (file is None):
        raise click.UsageError("Give one quote in quotation marks, or `-`, or --file FILE.")
    numbered = read_quotes(file) if file else enumerate(_questions(quote or ""), start=1)
    checked = []
    for each in QuoteChecker(read_corpus(corpus)).check_lines(numbered, find_phi=Guard().find):
        if each.problem and quote not in (None, "-"):
            raise QuestionError(each.problem)
        checked.append(each)
        result((f"{each.number}: " if file else "") + checked_line_text(each))
    if file:
        progress(checked_lines_text(checked))
        raise SystemExit(0 if all(each.exact for each in checked) else 1)


@click.command(cls=Silent)
@click.argument("file", type=click.Path(path_type=Path))
@INDEX
@click.option(
    "--corpus", "articles", type=click.Path(path_type=Path), help="Compare with these articles, not with the index."
)
def verify(file: Path, index: Path | str, articles: Path | None) -> None:
    """Slice every quote of an exported file (JSON, Markdown, HTML) anew, and name what differs; exit 1 if any does.

    \b
        ipt-rag verify ipt-answers.html
        ipt-rag verify ipt-answers.json --corpus corpus
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.terminal import verified_text
    from ipt_rag.verify import Shelf, verify_export

    report = verify_export(file, Shelf.of_corpus(articles) if articles else Shelf.of_index(index))
    click.echo(verified_text(report))
    raise SystemExit(1 if report.differences else 0)


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
