"""Write docs/commands.md: the help of each command, as `--help` prints it.

python scripts/commands.py
"""

from pathlib import Path

import click

from ipt_rag.cli import main

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
WIDTH = 100


def page() -> str:
    """Return the page."""
    told = [
        "# Commands",
        "As `ipt-rag --help` and `ipt-rag COMMAND --help` print them; `python scripts/commands.py` makes this page.",
        "| exit code | means |\n|---|---|\n"
        "| 0 | done; also where the articles do not answer |\n"
        "| 1 | it could not be done, with one sentence on standard error; or what was examined is not right: a quote "
        "of `check --file` that is not exact, an export that differs, a finding of `lint`, a fault of `doctor`, a page "
        "that was not added |\n"
        "| 2 | the command line was not understood |\n"
        "| 130 | stopped by Ctrl+C |",
        "Results go to standard output; progress, what `-v` adds, and errors to standard error. Colours are shown on a "
        "terminal only, and nowhere with `NO_COLOR` set.",
        _block(click.Context(main, info_name="ipt-rag", terminal_width=WIDTH, max_content_width=WIDTH)),
    ]
    for name, command in main.commands.items():
        above = click.Context(main, info_name="ipt-rag", terminal_width=WIDTH, max_content_width=WIDTH)
        told += [f"## {name}", _block(click.Context(command, parent=above, info_name=name))]
    return "\n\n".join(told) + "\n"


def _block(ctx: click.Context) -> str:
    return f"```text\n{ctx.command.get_help(ctx)}\n```"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
