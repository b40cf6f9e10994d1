"""The command line: parse, call, print. Errors meant for readers are one sentence and exit 1."""

import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import click

from ipt_rag import settings
from ipt_rag.errors import ArticleError, ImportRefusedError, IptRagError, QuestionError
from ipt_rag.importing.markers import Assume
from ipt_rag.records import Answer, Filter

CORPUS = click.option(
    "--corpus", type=click.Path(path_type=Path), default=settings.CORPUS, show_default=True, help="Folder of articles."
)
INDEX = click.option(
    "--index", type=click.Path(path_type=Path), default=settings.INDEX, show_default=True, help="Folder of the index."
)


PROGRESS_PAGES = 25  # pages added between two lines of progress: some seconds
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
        except click.BadOptionUsage as error:  # of an option that there is: its name is ours
            raise click.UsageError(
                f"{error.option_name} stands without its value, or with one that it does not take: see --help.", ctx
            ) from None
        except click.NoSuchOption:
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
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…|FOLDER…")
@CORPUS
@click.option("--slug", help="Name of the article; made from its title where none is given.")
@click.option(
    "--assume",
    multiple=True,
    type=click.Choice(get_args(Assume)),
    help="How to read citations that can be read in two ways; kept in the front matter.",
)
@click.option("--allow-phi-like", "phi_like", default="", help="Why text that looks like PHI may stand in the article.")
@click.option(
    "--replace", is_flag=True, help="Make an unchanged page anew; overwrite edits by hand and articles of other files."
)
@click.option("--keep-original", is_flag=True, help="Keep each file beside its article, in originals/, by its digest.")
def add(
    paths: tuple[Path, ...],
    corpus: Path,
    slug: str | None,
    assume: tuple[Assume, ...],
    phi_like: str,
    replace: bool,
    keep_original: bool,
) -> None:
    """Turn pages (copied text, HTML, Markdown, DOCX, PDF) into article files, and report what was left out.

    Of a folder, all pages below it are added. A page that was added before and has not changed is left alone; one that
    has changed replaces its article. Exit 1 where a page could not be added; the others are.

    \b
        ipt-rag add page.txt --corpus mine
        ipt-rag add saved-pages --corpus mine --keep-original
        ipt-rag build --corpus mine --index mine-index
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.intake import Intake, NotAdded, pages_to_add
    from ipt_rag.terminal import added_text, became_text

    found = pages_to_add(paths, corpus)
    for skipped in found.skipped:
        click.echo(f"passed over {skipped.path}: {skipped.reason}", err=True)
    if not found.files:
        raise ImportRefusedError("There is no page to add. Name a file, or a folder with pages in it.")
    many = len(found.files) > 1
    intake = Intake(corpus, assume=assume, phi_like=phi_like, overwrite=replace, originals=keep_original)
    became = []
    for each in intake.add_all(found.files, slug=slug):
        became.append(each)
        if isinstance(each, NotAdded):
            click.echo(f"Error: {f'{each.path} was not added. ' if many else ''}{each.problem}", err=True)
        else:
            click.echo(added_text(each))
        if len(became) % PROGRESS_PAGES == 0:
            click.echo(f"read {len(became):,} of {len(found.files):,} pages", err=True)
    if many:
        click.echo(became_text(became, len(found.skipped)), err=True)
    raise SystemExit(1 if any(isinstance(each, NotAdded) for each in became) else 0)


@main.command()
@click.argument("slug")
@CORPUS
@INDEX
def remove(slug: str, corpus: Path, index: Path) -> None:
    """Remove an article, its anticipated questions and its kept original, and bring its index up to date.

    An index that does not hold it is left alone; one that was made from other articles too stops the removal. If
    anything fails, the article is still there.

    \b
        ipt-rag remove calm-talk --corpus mine --index mine-index
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.removal import remove_article  # imports the encoder
    from ipt_rag.terminal import removed_text

    removed = remove_article(slug, corpus, index, report=lambda line: click.echo(line, err=True))
    click.echo(removed_text(removed, index))


@main.command("list")
@CORPUS
@click.option("--json", "as_json", is_flag=True, help="One JSON array of articles instead of text.")
def list_articles(corpus: Path, as_json: bool) -> None:
    """Show which articles there are, with their passages by provenance and tier; exit 1 where one cannot be read.

    \b
        ipt-rag list --corpus mine
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.embed import token_counter
    from ipt_rag.holdings import read_holdings
    from ipt_rag.terminal import holdings_text

    held = read_holdings(corpus, count_tokens=token_counter())
    objects = [dataclasses.asdict(each) for each in held.articles]
    click.echo(json.dumps(objects, ensure_ascii=False) if as_json else holdings_text(held.articles))
    for problem in held.problems:
        click.echo(f"Error: {problem}", err=True)
    raise SystemExit(1 if held.problems else 0)


@main.command()
@click.argument("question")
@INDEX
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
@click.option(
    "--ranked", type=click.IntRange(0, 50), default=0, help="Also give the best K passages, whatever was decided."
)
@click.option("--article", "articles", multiple=True, help="Search only this article, by its slug; may be repeated.")
@click.option(
    "--tier", "tiers", multiple=True, type=click.Choice(["T1", "T2", "T3"]), help="Only passages with such a source."
)
@click.option("--sourced", is_flag=True, help="Only passages that carry a source number.")
@click.option("--conversation", is_flag=True, help="With `-`: each line may be a follow-up to the lines before it.")
def ask(
    question: str,
    index: Path,
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
        click.echo(said if as_json or question != "-" else f"{said}\n")
        sys.stdout.flush()


@main.command("eval")
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
    index: Path,
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

    def progress(done: int) -> None:
        if done % 50 == 0:
            click.echo(f"asked {done} questions", err=True)

    run = run_evaluation(
        lambda text: chatbot.ask(text, ranked=DEPTH),
        asked,
        refused,
        by=by,
        passages=[chatbot.index.passage(number) for number in range(len(chatbot.index))],
        progress=progress,
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
    measured = measure(collection, MiniLM.open(), report=lambda line: click.echo(line, err=True))
    counts = f"{len(collection.questions)} questions, {len(collection.documents)} documents"
    click.echo(columns_text(f"{name}: {counts}", measured))


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@CORPUS
@click.option("--format", "style", type=click.Choice(["text", "github", "json"]), default="text", show_default=True)
@click.option("--allowed", "show_allowed", is_flag=True, help="Show also what an article's front matter allows.")
def lint(files: tuple[Path, ...], corpus: Path, style: str, show_allowed: bool) -> None:
    """Report what is wrong with article files, as file:line and code; exit 1 where something is to be mended.

    \b
        ipt-rag lint
        ipt-rag lint mine/article.md --format github
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.corpus import article_paths
    from ipt_rag.embed import token_counter
    from ipt_rag.lint import as_github, as_json, as_text, exit_code, lint_articles
    from ipt_rag.phi import Guard, author_names

    paths = files or article_paths(corpus)
    findings = lint_articles(
        paths,
        count_tokens=token_counter(),
        max_tokens=settings.CHUNK_TOKENS,
        find_phi=Guard(author_names(_references(paths))).find,
    )
    shown = [finding for finding in findings if show_allowed or finding.level != "allowed"]
    if hidden := len(findings) - len(shown):
        click.echo(f"Not shown: {hidden} findings that the articles allow (--allowed shows them).", err=True)
    if style == "json":
        click.echo(as_json(shown))
    else:
        for finding in shown:
            click.echo(as_github(finding) if style == "github" else as_text(finding))
    raise SystemExit(exit_code(findings))


@main.command()
@click.argument("article")
@CORPUS
@click.option("--take", "form", type=click.Path(path_type=Path), help="Take in this filled form instead of listing.")
@click.option(
    "--fewer-than", type=click.IntRange(1), default=settings.KEYS, show_default=True, help="List passages with fewer."
)
@click.option("--not-in", "sets", multiple=True, type=click.Path(path_type=Path), help="Take none out of this file.")
@click.option("--keep", is_flag=True, help="Take questions that their passage seems not to answer, too.")
def questions(
    article: str, corpus: Path, form: Path | None, fewer_than: int, sets: tuple[Path, ...], keep: bool
) -> None:
    """List the passages of an article that lack anticipated questions, as a form; with --take, take a filled form in.

    ARTICLE is the slug. Each line of a form is a passage with an empty list of `questions`; 4 of 5 words shared with a
    question of --not-in make a copy. What was not taken is named by line, and then the exit code is 1.

    \b
        ipt-rag questions ipt-overview > form.jsonl
        ipt-rag questions ipt-overview --take form.jsonl --not-in my-evaluation.jsonl
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.embed import MiniLM, token_counter
    from ipt_rag.questions import form_line, lacking_questions, take_questions
    from ipt_rag.terminal import lacking_text, taken_text

    if not form and (sets or keep):
        raise click.UsageError("--not-in and --keep say what to take in: name the filled form with --take.")
    if not form:
        lacking = lacking_questions(corpus, article, fewer_than=fewer_than, count_tokens=token_counter())
        for passage, has in lacking.few:
            click.echo(form_line(passage, has))
        click.echo(lacking_text(lacking, fewer_than), err=True)
        return
    from ipt_rag.corpus import article_paths
    from ipt_rag.evaluate import read_questions
    from ipt_rag.phi import Guard, author_names

    encoder = MiniLM.open()
    taken = take_questions(
        form,
        corpus,
        article,
        encoder=encoder,
        find_phi=Guard(author_names(_references(article_paths(corpus)))).find,
        not_in=[row["question"] for path in sets for row in read_questions(path)],
        keep=keep,
    )
    click.echo(taken_text(taken))
    raise SystemExit(1 if taken.refused else 0)


@main.command()
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
        click.echo((f"{each.number}: " if file else "") + checked_line_text(each))
    if file:
        click.echo(checked_lines_text(checked), err=True)
        raise SystemExit(0 if all(each.exact for each in checked) else 1)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def phi(files: tuple[Path, ...]) -> None:
    """Measure the guard on files of messages, one JSON object a line: what it catches, what it refuses for nothing.

    \b
        ipt-rag phi tests/data/phi/positives.jsonl tests/data/phi/negatives.jsonl
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.phi.measure import measure, report

    click.echo(report(measure(files)))


@main.command()
@click.argument("what", type=click.Choice(["export"]))
@click.option(
    "--feedback",
    "folder",
    type=click.Path(path_type=Path),
    default=settings.FEEDBACK,
    show_default=True,
    help="Folder of the feedback.",
)
def feedback(what: str, folder: Path) -> None:
    """Print what readers said of answers on the page, one JSON object a line, oldest first.

    \b
        ipt-rag feedback export > feedback.jsonl
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.feedback import read_notes

    for note in read_notes(folder):
        click.echo(json.dumps(dataclasses.asdict(note), ensure_ascii=False))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@INDEX
@click.option("--corpus", type=click.Path(path_type=Path), help="Compare with these articles, not with the index.")
def verify(file: Path, index: Path, corpus: Path | None) -> None:
    """Slice every quote of an exported file (JSON, Markdown, HTML) anew, and name what differs; exit 1 if any does.

    \b
        ipt-rag verify ipt-answers.html
        ipt-rag verify ipt-answers.json --corpus corpus
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.terminal import verified_text
    from ipt_rag.verify import Shelf, verify_export

    report = verify_export(file, Shelf.of_corpus(corpus) if corpus else Shelf.of_index(index))
    click.echo(verified_text(report))
    raise SystemExit(1 if report.differences else 0)


def to_json(answer: Answer) -> str:
    """Return the machine interface's object on one line."""
    return json.dumps(dataclasses.asdict(answer), ensure_ascii=False)


def unread(sentence: str) -> Answer:
    """Return the answer to a line that is no question: none, with the sentence that says why as its notice."""
    return Answer("not_in_articles", 0.0, (), (), (), (), "too_vague", (), (sentence,), "")


def _references(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the references of those article files that can be read; the others are reported by the lint itself."""
    from ipt_rag.corpus import read_article

    for path in paths:
        try:
            yield from (source.reference for source in read_article(path).sources)
        except ArticleError:
            continue


def _questions(question: str) -> Iterator[str]:
    if question != "-":
        yield question
        return
    # Whatever a line holds, it is one question and gets one answer: bytes that are no UTF-8 are read as signs for that.
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")
