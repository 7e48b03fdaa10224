"""The near side of the channel to the far end: ask it to do something, and wait for its answer."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0  # seconds: it only ends what hangs; a daemon on a busy machine takes 25 to start


class FarEndError(Exception):
    """The far end could not do it, or is gone; with its words."""


class Channel:
    """A far end of our own, ended with its daemon by `close`, or by our own death."""

    def __init__(self, folder: Path) -> None:
        self.said = folder / "farend.err"  # what it complained about
        with self.said.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.browser.farend", str(folder)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                process_group=0,  # a Ctrl-C on the terminal is ours: we end it in order
            )
        self._numbers = count(1)
        self._heard: queue.Queue[bytes] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._heard.put(line)
        self._heard.put(b"")  # it is gone

    def ask(self, do: str, *words: Any, within: float = PATIENCE) -> Any:
        """Its answer."""
        asked = {"n": next(self._numbers), "do": do, "with": words}
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
            told = json.loads(self._heard.get(timeout=within))
        except (OSError, ValueError, queue.Empty) as error:
            raise FarEndError(f"{do}: no answer; it said:\n{self.said.read_text()[-4000:]}") from error
        assert told["n"] == asked["n"], told
        if "error" in told:
            raise FarEndError(f"{do}: {told['error']}")
        return told["answer"]

    def close(self) -> None:
        """End it, and all that it has started."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(PATIENCE)
        self._process.stdout.close()
