"""`hotelbridge demo`: a hotel to try the program in, from nothing."""

from __future__ import annotations

import click


@click.command()
@click.option(
    "--story", is_flag=True, help="Play one night in fast time; exit 0 only if every promise was kept."
)
@click.pass_context
def demo(ctx: click.Context, story: bool) -> None:
    """Play a hotel: a simulated exchange, forty rooms and the daemon, until Ctrl-C."""
    from hotelbridge.demo import run_demo, run_story  # here: it brings the reactor in

    ctx.exit(run_story() if story else run_demo())
