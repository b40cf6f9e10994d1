"""How commands speak: results on standard output, everything else on standard error; in colour only on a terminal."""

import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import click

QUIET, VERBOSE = "ipt_rag.quiet", "ipt_rag.verbose"

# What is coloured of a result, line by line; the words are never changed.
PAINTS: tuple[tuple[re.Pattern[str], Mapping[str, Any]], ...] = (
    (re.compile(r"^(?:\d+: )?exact$", re.MULTILINE), {"fg": "green"}),
    (re.compile(r"^(?:\d+: )?changed$", re.MULTILINE), {"fg": "yellow"}),
    (re.compile(r"^(?:\d+: )?(?:misattributed|absent)$", re.MULTILINE), {"fg": "red"}),
    # Where a quote stands, and who vouches for it.
    (re.compile(r"^ +— .+(?:\n +(?:Sourced|LLM|Unmarked|Illustrative).*)?$", re.MULTILINE), {"dim": True}),
)


def result(text: str) -> None:
    """Print a result; its colours fall away where it is piped, or where NO_COLOR is set."""
    for pattern, paint in PAINTS:
        text = pattern.sub(partial(_painted, paint), text)
    click.echo(text)


def _painted(paint: Mapping[str, Any], found: re.Match[str]) -> str:
    return click.style(found[0], **paint)


def progress(line: str) -> None:
    """Say how far a command is, on standard error; with --quiet nothing."""
    if not _is_set(QUIET):
        click.echo(line, err=True)


def detail(line: Callable[[], str]) -> None:
    """Say more, on standard error, where --verbose asks for it."""
    if _is_set(VERBOSE):
        click.echo(line(), err=True)


def volume_options() -> list[click.Parameter]:
    """Return -q and -v, which may stand before a command or behind it."""
    return [
        click.Option([f"-{name[0]}", f"--{name}"], is_flag=True, expose_value=False, callback=_keeping(key), help=told)
        for name, key, told in (
            ("quiet", QUIET, "No progress: results and errors only."),
            ("verbose", VERBOSE, "Also say what was read, and how long it took."),
        )
    ]


def without_colours(ctx: click.Context) -> None:
    """Hold a command to plain text where NO_COLOR is set to anything (no-color.org)."""
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def _keeping(key: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def keep(ctx: click.Context, _: click.Parameter, asked_for: bool) -> None:
        if asked_for:
            ctx.meta[key] = True  # one dictionary for the group and its commands

    return keep


def _is_set(key: str) -> bool:
    ctx = click.get_current_context(silent=True)
    return bool(ctx and ctx.meta.get(key))
