"""Commands for whoever keeps the program running."""

import dataclasses
import json
import os
from pathlib import Path

import click

from ipt_rag import settings
from ipt_rag.cli.folders import CORPUS, INDEX
from ipt_rag.cli.quiet import Silent

FEEDBACK = click.option(
    "--feedback",
    type=click.Path(path_type=Path),
    default=settings.FEEDBACK,
    show_default=True,
    help="Folder of the feedback.",
)


@click.command(cls=Silent)
@click.argument("what", type=click.Choice(["export"]))
@FEEDBACK
def feedback(what: str, feedback: Path) -> None:
    """Print what readers said of answers on the page, one JSON object a line, oldest first.

    \b
        ipt-rag feedback export > feedback.jsonl
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.feedback import read_notes

    for note in read_notes(feedback):
        click.echo(json.dumps(dataclasses.asdict(note), ensure_ascii=False))


@click.command(cls=Silent)
@CORPUS
@INDEX
@FEEDBACK
@click.option("--host", default=settings.HOST, show_default=True, help="Address at which the page is to be served.")
@click.option("--port", type=click.IntRange(1, 65_535), default=settings.PORT, show_default=True, help="And its port.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def doctor(corpus: Path, index: Path | str, feedback: Path, host: str, port: int, as_json: bool) -> None:
    """Examine installation, encoder, guard, index, disk, permissions, network and environment; say what to do.

    Exit 1 where something is at fault; a warning alone is none. Nothing is changed.

    \b
        ipt-rag doctor --corpus mine --index mine-index
        ipt-rag doctor --json
    """  # noqa: D301 - click must see the backspace
    from ipt_rag.doctor import Place, examine  # imports the builder
    from ipt_rag.terminal import findings_text

    findings = examine(Place(corpus, index, feedback, host, port, os.environ))
    healthy = all(finding.level != "fault" for finding in findings)
    if as_json:
        checks = [dataclasses.asdict(finding) for finding in findings]
        click.echo(json.dumps({"healthy": healthy, "checks": checks}, ensure_ascii=False))
    else:
        click.echo(findings_text(findings))
    raise SystemExit(0 if healthy else 1)
