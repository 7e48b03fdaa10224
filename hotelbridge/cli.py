"""The command line: `hotelbridge WORD ...`. Only a table of the words; each has a module of its own.

A module is brought in when its word is used, so that a booking does not wait for the database's code.
"""

from __future__ import annotations

from importlib import import_module

import click

from hotelbridge.commands.options import HouseGroup

WORDS = {
    "run": "serve:run",
    "check": "serve:check",
    "demo": "play:demo",
    "wakeup": "wakeup:wakeup",
    "alarm": "alarm:alarm",
    "rooms": "rooms:rooms",
    "why": "recorder:why",
    "recorder": "recorder:recorder",
    "resync": "recorder:resync",
    "calls": "calls:calls",
    "tariff": "tariff:tariff",
    "charges": "charges:charges",
    "links": "house:links",
    "token": "token:token",
    "user": "user:user",
    "db": "database:db",
    "plugins": "plugins:plugins",
    "capture": "capture:capture",
    "sim": "sim:sim",
}


class _Words(HouseGroup):
    """The outermost group, in the order of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(WORDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in WORDS:
            return None
        module, name = WORDS[cmd_name].split(":")
        command = getattr(import_module(f"hotelbridge.commands.{module}"), name)
        assert isinstance(command, click.Command)
        return command


def _version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from hotelbridge import __version__

        click.echo(f"hotelbridge {__version__}")
        ctx.exit()


@click.group(cls=_Words, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version)
def main() -> None:
    """hotelbridge: between a hotel's PMS and its telephone exchange, so that every guest is woken.

    Exit codes: 0 done, 1 failed, 2 bad usage or configuration.
    """


if __name__ == "__main__":
    main(prog_name="hotelbridge")
