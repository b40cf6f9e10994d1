"""The two folders that most commands read, as options, and the articles in them, for a shell to complete."""

from pathlib import Path
from typing import Any

import click

from ipt_rag import settings
from ipt_rag.config import index_at


class IndexPath(click.Path):
    """Where an index is, as an option takes it: a path, completed as one, or the address of a server."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        """Return a path, or an address as it stands."""
        return index_at(str(super().convert(value, param, ctx)))


CORPUS = click.option(
    "--corpus", type=click.Path(path_type=Path), default=settings.CORPUS, show_default=True, help="Folder of articles."
)
INDEX = click.option(
    "--index",
    type=IndexPath(),
    default=settings.INDEX,
    show_default=True,
    help="Folder of the index, or where an engine holds it: a .db file, the address of a server.",
)


def slugs(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Return the articles whose slug begins so; those of the corpus that was named, or of the usual one."""
    corpus = ctx.params.get("corpus") or settings.CORPUS
    return sorted(path.stem for path in corpus.glob("*.md") if path.stem.startswith(begun))
