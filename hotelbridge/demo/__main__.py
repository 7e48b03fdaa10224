"""`python -m hotelbridge.demo`: the story with choices, for trying out how a broken promise looks."""

from __future__ import annotations

import argparse
import sys

from hotelbridge.demo import Play, run_demo, run_story
from hotelbridge.demo.scenes import SCENES
from hotelbridge.testing.fake_om_scripts import parse_scripts


def main() -> int:
    """Read the command line and play."""
    names = [scene.name for scene in SCENES]
    parser = argparse.ArgumentParser(prog="python -m hotelbridge.demo", description=__doc__)
    parser.add_argument("--story", action="store_true", help="play one night in fast time")
    parser.add_argument("--scene", action="append", choices=names, help="only this scene")
    parser.add_argument(
        "--spoil", action="append", default=[], metavar="ROOM=SCRIPT", help="203='answer 1 2'"
    )
    parser.add_argument("--pms", action="append", default=[], metavar="LINE", help="'pa once lost'")
    asked = parser.parse_args()
    if not asked.story:
        return run_demo()
    spoil = {
        room: tuple(parse_scripts(words)) for room, _, words in (one.partition("=") for one in asked.spoil)
    }
    return run_story(Play(lambda text: print(text, flush=True), asked.scene or names, spoil, asked.pms))


if __name__ == "__main__":
    sys.exit(main())
