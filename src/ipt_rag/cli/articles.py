"""Commands that make, change and examine the articles and their index."""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import click

from ipt_rag import settings
from ipt_rag.cli.folders import CORPUS, INDEX, slugs
from ipt_rag.cli.quiet import Silent
from ipt_rag.cli.voice import progress
from ipt_rag.errors import ArticleError, ImportRefusedError
from ipt_rag.importing.markers import Assume
from ipt_rag.records import Precision

PROGRESS_PAGES = 25  # pages added between two lines of progress: some seconds


@click.command(cls=Silent)
@CORPUS
@INDEX
@click.option(
    "--precision",
    type=click.Choice(get_args(Precision)),
    help="Embed passages in floats of 32 bits, or of 16: faster where the processor has instructions for them. "
    "Without it the index keeps its own; a new one gets fp32.",
)
@click.option("--ray", metavar="HOST:PORT", help="Let the nodes of this Ray cluster do the work, for large corpora.")
def build(corpus: Path, index: Path | str, precision: Precision | None, ray: str | None) -> None:
    """Make the index from the articles, or bring it up to date.

    \b
        ipt-rag build --corpus mine --index mine-index
        ipt-rag build --ray 10.0.0.1:6379    on the nodes of a cluster; the same index
    """  # noqa: D301 - click must see the backspace
    if ray:
        from ipt_rag.distributed import build_on_ray

        done = build_on_ray(ray, corpus, index, report=progress, precision=precision)
    else:
        from ipt_rag.build import build_index  # imports the encoder, which `--help` must not wait for

        done = build_index(corpus, index, report=progress, precision=precision)
    if not done.changed:
        click.echo(f"Nothing changed: {done.passages} passages of {done.articles} articles, index {done.digest}.")
        return
    click.echo(
        f"Built index {done.digest}: {done.articles} articles, {done.passages} passages, {done.chunks} chunks; "
        f"{done.embedded} texts embedded, the rest kept."
    )


@click.command(cls=Silent)
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
        progress(f"passed over {skipped.path}: {skipped.reason}")
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
            progress(f"read {len(became):,} of {len(found.files):,} pages")
    if many:
        progress(became_text(became, len(found.skipped)))
    raise SystemExit(1 if any(isinstance(each, NotAdded) for each in became) else 0)


@click.command(cls=Silent)
@click.argument("slug", shell_complete=slugs)
@CORPUS
@INDEX
def remove(slug: str, corpus: Path, index: Path | str) -> None:
    """Remove an article, its anticipated questions and its kept original, and bring its index up to date.

    An index that does not hold it is left alone; one that was made from other articles too stops the removal. If
    anything fails, the article is still there.

    \b
        ipt-rag remove calm-talk --corpus mine --index mine-index
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.removal import remove_article  # imports the encoder
    from ipt_rag.terminal import removed_text

    removed = remove_article(slug, corpus, index, report=progress)
    click.echo(removed_text(removed, index))


@click.command("list", cls=Silent)
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


@click.command(cls=Silent)
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
        max_tokens=settings.WINDOW_TOKENS - 2,
        find_phi=Guard(author_names(_references(paths))).find,
    )
    shown = [finding for finding in findings if show_allowed or finding.level != "allowed"]
    if hidden := len(findings) - len(shown):
        progress(f"Not shown: {hidden} findings that the articles allow (--allowed shows them).")
    if style == "json":
        click.echo(as_json(shown))
    else:
        for finding in shown:
            click.echo(as_github(finding) if style == "github" else as_text(finding))
    raise SystemExit(exit_code(findings))


@click.command(cls=Silent)
@click.argument("article", shell_complete=slugs)
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
        progress(lacking_text(lacking, fewer_than))
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


def _references(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the references of those article files that can be read; the others are reported by the lint itself."""
    from ipt_rag.corpus import read_article

    for path in paths:
        try:
            yield from (source.reference for source in read_article(path).sources)
        except ArticleError:
            continue
