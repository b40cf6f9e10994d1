"""The two folders that most commands read, as options, and the articles in them, for a shell to complete."""

from pathlib import Path

import click

from ipt_rag import settings

CORPUS = click.option(
    "--corpus", type=click.Path(path_type=Path), default=settings.CORPUS, show_default=True, help="Folder of articles."
)
INDEX = click.option(
    "--index", type=click.Path(path_type=Path), default=settings.INDEX, show_default=True, help="Folder of the index."
)


def slugs(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Return the articles whose slug begins so; those of the corpus that was named, or of the usual one."""
    corpus = ctx.params.get("corpus") or settings.CORPUS
    return sorted(path.stem for path in corpus.glob("*.md") if path.stem.startswith(begun))
