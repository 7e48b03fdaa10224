"""The command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hotelbridge.errors import ConfigurationError, HotelbridgeError
from hotelbridge.settings import Settings
from hotelbridge.settings_load import load


@click.group()
def main() -> None:
    """hotelbridge."""


def _settings(config: str) -> Settings:
    try:
        return load(Path(config))
    except ConfigurationError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


@main.command()
@click.option("-c", "--config", required=True)
def run(config: str) -> None:
    """Run the daemon."""
    from twisted.logger import globalLogPublisher, textFileLogObserver

    from hotelbridge.app import run_daemon

    settings = _settings(config)
    globalLogPublisher.addObserver(textFileLogObserver(sys.stderr))
    try:
        sys.exit(run_daemon(settings))
    except HotelbridgeError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@main.command()
@click.option("--story", is_flag=True)
def demo(story: bool) -> None:
    """Play the demonstration."""
    from hotelbridge.demo import run_demo, run_story

    sys.exit(run_story() if story else run_demo())


if __name__ == "__main__":
    main()
