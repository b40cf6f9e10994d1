"""Commands for whoever keeps the program running."""

import dataclasses
import json
from pathlib import Path

import click

from ipt_rag import settings
from ipt_rag.cli.quiet import Silent


@click.command(cls=Silent)
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
