"""Commands that measure: answers on question files, the guard on message files."""

from datetime import date
from pathlib import Path
from typing import Literal

import click

from ipt_rag.cli.folders import INDEX
from ipt_rag.cli.quiet import Silent
from ipt_rag.cli.voice import progress


@click.command("eval", cls=Silent)
@click.argument("questions", type=click.Path(path_type=Path))
@click.option("--unanswerable", type=click.Path(path_type=Path), help="Questions that the articles do not answer.")
@click.option("--by", type=click.Choice(["facts", "gold"]), default="facts", show_default=True, help="What is right.")
@INDEX
@click.option("--part", help="Only questions whose `part` is this, such as unseen.")
@click.option("--save", type=click.Path(path_type=Path), help="Keep how each question went, without its words.")
@click.option("--against", type=click.Path(path_type=Path), help="A saved run to compare with, question by question.")
@click.option("--report", type=click.Path(path_type=Path), help="Folder for report.html: plots and the worst misses.")
@click.option("--baseline", is_flag=True, help="Also run LangChain's defaults over the same articles, and compare.")
@click.option("--public", metavar="NAME", help="QUESTIONS is a folder in the BEIR format; NAME is for the heading.")
def evaluate(
    questions: Path,
    unanswerable: Path | None,
    by: Literal["facts", "gold"],
    index: Path | str,
    part: str | None,
    save: Path | None,
    against: Path | None,
    report: Path | None,
    baseline: bool,
    public: str | None,
) -> None:
    """Measure answers on a file of questions, one JSON object a line.

    QUESTIONS have `question` and `facts` (regular expressions that a right passage matches) or `gold` (snippets that
    stand in it); `style` groups the figures. Intervals are 95 % bootstrap over questions.

    \b
        ipt-rag eval answerable.jsonl --unanswerable unanswerable.jsonl --part unseen
        ipt-rag eval answerable.jsonl --save before.json
        ipt-rag eval answerable.jsonl --against before.json --report report
        ipt-rag eval answerable.jsonl --unanswerable unanswerable.jsonl --baseline
        ipt-rag eval --public scifact scifact/
    """  # noqa: D301 - click must see the backspace
    if public is not None:
        if unanswerable or part or save or against or baseline or report:
            raise click.UsageError("--public measures a folder of its own: leave out the options for question files.")
        _evaluate_public(public, questions)
        return
    from ipt_rag.chatbot import Chatbot  # imports the encoder
    from ipt_rag.evaluate import DEPTH, read_questions
    from ipt_rag.evaluate.report import require_report, write_report
    from ipt_rag.evaluate.run import run_evaluation
    from ipt_rag.evaluate.runs import compare, read_run, save_run
    from ipt_rag.terminal import beside_text, differences_text, figures_text

    if report:
        require_report(report)
    asked = read_questions(questions, part=part, by=by)
    refused = read_questions(unanswerable, part=part) if unanswerable else []
    earlier = read_run(against, [*asked, *refused]) if against else {}
    chatbot = Chatbot.open(index)

    def asked_so_far(done: int) -> None:
        if done % 50 == 0:
            progress(f"asked {done} questions")

    run = run_evaluation(
        lambda text: chatbot.ask(text, ranked=DEPTH),
        asked,
        refused,
        by=by,
        passages=[chatbot.index.passage(number) for number in range(len(chatbot.index))],
        progress=asked_so_far,
    )
    click.echo(figures_text(f"{len(asked)} questions, {len(refused)} unanswerable", run.figures))
    click.echo(figures_text("right first, by style", run.styles))
    if run.kinds:
        click.echo(figures_text("answered, by kind", run.kinds))
    judged = [*run.answerable, *run.unanswerable]
    differences = compare(earlier, judged)
    if against:
        click.echo(differences_text("against the saved run", differences))
    if baseline:
        from ipt_rag.embed import MiniLM
        from ipt_rag.evaluate.baseline import beside_langchain

        articles = [chatbot.index.article_text(slug) or "" for slug in chatbot.index.articles()]
        click.echo(beside_text(beside_langchain(articles, MiniLM.open(), run.answerable, run.unanswerable, by=by)))
    if save:
        save_run(save, judged)
    if report:
        path = write_report(report, run, differences, index=chatbot.index.digest, date=date.today().isoformat())
        click.echo(f"Wrote {path}. It holds texts of the questions.")


def _evaluate_public(name: str, folder: Path) -> None:
    from ipt_rag.embed import MiniLM
    from ipt_rag.evaluate.collection import read_collection
    from ipt_rag.evaluate.public import measure
    from ipt_rag.terminal import columns_text

    collection = read_collection(folder)
    measured = measure(collection, MiniLM.open(), report=progress)
    counts = f"{len(collection.questions)} questions, {len(collection.documents)} documents"
    click.echo(columns_text(f"{name}: {counts}", measured))


@click.command(cls=Silent)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def phi(files: tuple[Path, ...]) -> None:
    """Measure the guard on files of messages, one JSON object a line: what it catches, what it refuses for nothing.

    \b
        ipt-rag phi tests/data/phi/positives.jsonl tests/data/phi/negatives.jsonl
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.phi.measure import measure, report

    click.echo(report(measure(files)))
