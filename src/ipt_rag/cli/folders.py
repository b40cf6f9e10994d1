"""The two folders that most commands read, as options."""

from pathlib import Path

import click

from ipt_rag import settings

CORPUS = click.option(
    "--corpus", type=click.Path(path_type=Path), default=settings.CORPUS, show_default=True, help="Folder of articles."
)
INDEX = click.option(
    "--index", type=click.Path(path_type=Path), default=settings.INDEX, show_default=True, help="Folder of the index."
)
