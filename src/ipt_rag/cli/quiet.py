"""Commands whose errors repeat nothing that was typed, and say in one sentence what to do."""

import time
from typing import Any

import click

from ipt_rag.cli.voice import detail, volume_options, without_colours
from ipt_rag.errors import IptRagError

STOPPED = 130  # what shells say of a program that Ctrl+C ended
UNKNOWN_OPTION = "There is no such option: see --help."


class Silent(click.Command):
    """A command whose usage errors repeat nothing that was typed: a question without its quotes would be in them."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.params += volume_options()

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, and say how long it took where that is asked for."""
        begun = time.perf_counter()
        done = super().invoke(ctx)
        detail(lambda: f"{ctx.command_path}: {time.perf_counter() - begun:.2f} s")
        return done

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

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.params += volume_options()

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
        without_colours(ctx)
        try:
            return super().invoke(ctx)
        except IptRagError as error:
            raise click.ClickException(str(error)) from None
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            raise click.exceptions.Exit(STOPPED) from None
