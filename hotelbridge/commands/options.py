"""What the commands have in common: the configuration option, and how they fail in words.

Exit codes: 0 done, 1 failed, 2 bad usage or configuration. An error of the house is its message.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, TypeVar

import click

from hotelbridge.errors import ConfigurationError, HotelbridgeError
from hotelbridge.settings import Settings
from hotelbridge.settings_load import Further, load

F = TypeVar("F", bound=Callable[..., Any])

FAILED, BAD_USAGE = 1, 2
CONFIG_VARIABLE = "HOTELBRIDGE_CONFIG"


class Said(click.ClickException):
    """A failure that is told as it stands, on standard error."""

    exit_code = FAILED

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=file is None)


class Misconfigured(Said):
    """The mistakes of a configuration, one per line."""

    exit_code = BAD_USAGE


class WordGroup(click.Group):
    """A group that knows which of its words was meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0]
        if self.get_command(ctx, word) is None and not word.startswith("-"):
            raise click.UsageError(f"there is no command {word}{nearest(word, self.list_commands(ctx))}", ctx)
        return super().resolve_command(ctx, args)


class HouseGroup(WordGroup):
    """The outermost group: errors of the house become sentences and exit codes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What is no text cannot be sent to the daemon, kept or shown by anything."""
        for arg in args:
            try:
                arg.encode()
            except UnicodeEncodeError:
                shown = arg.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                raise click.UsageError(f"{shown} is not UTF-8 text", ctx) from None
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ConfigurationError as error:
            raise Misconfigured(str(error)) from error
        except HotelbridgeError as error:
            raise Said(str(error)) from error


def config_option(command: F) -> F:
    """`-c FILE`, as settings; from HOTELBRIDGE_CONFIG where it is not given."""
    return _config_option(read_settings)(command)


def config_file_option(command: F) -> F:
    """`-c FILE` as a path, for commands that have something to do before it is read."""
    return _config_option(lambda path: path, "file")(command)


def maybe_config_file_option(command: F) -> F:
    """The same; None where no configuration is named."""
    return _config_option(lambda path: path, "file", required=False)(command)


def _config_option(
    read: Callable[[Path], Any], name: str = "settings", *, required: bool = True
) -> Callable[[F], F]:
    return click.option(
        "-c",
        "--config",
        name,
        required=required,
        envvar=CONFIG_VARIABLE,
        metavar="FILE",
        callback=lambda ctx, option, value: None if value is None else read(Path(value)),
        help=f"The configuration file (or {CONFIG_VARIABLE}).",
    )


def read_settings(path: Path) -> Settings:
    """The settings in a file; its mistakes are bad usage."""
    try:
        return load(path)
    except ConfigurationError as error:
        raise Misconfigured(str(error)) from error


def read_with_plugins(path: Path) -> Settings:
    """The same, with what each PMS plugin says of its own table.

    Not with what is wrong in a tariff: nobody must sleep through a flight for a price.
    """
    from hotelbridge.pms import loader  # here: a booking does without plugins

    return _read(path, loader.mistakes())


def read_with_tariffs(path: Path) -> Settings:
    """The same, with what is wrong in the tariffs too."""
    from hotelbridge.pms import loader
    from hotelbridge.services import tariffs

    of_plugins = loader.mistakes()
    return _read(path, lambda settings: [*of_plugins(settings), *tariffs.mistakes(settings)])


def _read(path: Path, further: Further) -> Settings:
    try:
        return load(path, further=further)
    except ConfigurationError as error:
        raise Misconfigured(str(error)) from error


def nearest(given: str, known: Iterable[str]) -> str:
    """ "; did you mean X?" where a known name is near, else the known names."""
    names = sorted(known)
    near = difflib.get_close_matches(given, names, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known: {', '.join(names)}" if names else ""
