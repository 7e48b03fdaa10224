"""Everything that is needed is in the wheels: they are built, put into an empty venv, and play the story."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "tests")


def distributions() -> list[Path]:
    """The core, and every plugin that can be built."""
    return [ROOT, *sorted(cfg.parent for cfg in ROOT.glob("plugins/*/setup.cfg"))]


def run(folder: Path, *words: str | Path, seconds: float = 240.0) -> str:
    """Run a command in a folder, without anything of this tree in its way."""
    clean = {n: v for n, v in os.environ.items() if n != "PYTHONPATH" and not n.startswith("HOTELBRIDGE_")}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=clean,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


def build(source: Path, folder: Path, wheels: Path) -> None:
    """A wheel of a copy: nothing is left behind in the tree."""
    copy = folder / f"source-{source.name}"
    shutil.copytree(source, copy, ignore=LEFT_OUT)
    run(folder, sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", wheels, copy)


@pytest.mark.timeout(600)
def test_the_wheels_alone_play_the_story(tmp_path: Path) -> None:
    wheels, elsewhere = tmp_path / "wheels", tmp_path / "elsewhere"
    elsewhere.mkdir()
    for source in distributions():
        build(source, tmp_path, wheels)
    built = sorted(wheels.glob("*.whl"))
    assert len(built) == len(distributions())

    run(tmp_path, sys.executable, "-m", "venv", tmp_path / "venv")
    program = tmp_path / "venv" / "bin"
    run(tmp_path, program / "pip", "install", "--quiet", *built)
    run(tmp_path, program / "pip", "check")

    told = run(elsewhere, program / "hotelbridge", "demo", "--story")
    assert re.search(r"All \d+ promises were kept", told)
    assert not list(elsewhere.iterdir())
