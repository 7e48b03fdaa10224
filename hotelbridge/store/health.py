"""Whether the store takes what is written, by what became of it: since when not, and why.

A single refusal says little (a lock, a cut connection), and a single commit neither: on a disk that is
nearly full a small one comes through while the next does not. So trouble is over when something was
committed and nothing refused for a moment. Knows nothing of what was written.
"""

from __future__ import annotations

from hotelbridge.clock import Clock

CALM = 3.0  # seconds without a refusal


class Health:
    """How the writing goes. Spoken to on the reactor's thread only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.since: float | None = None  # monotonic; None: it goes well
        self.why = ""
        self.committed_at = float("-inf")  # monotonic
        self._refused_at = float("-inf")

    def committed(self) -> None:
        """Something is on the disk."""
        self.committed_at = self._clock.monotonic()
        if self.since is not None and self.committed_at - self._refused_at >= CALM:
            self.since, self.why = None, ""

    def refused(self, why: str, since: float | None = None) -> None:
        """Something could not be saved; `since`, if that is known to have begun earlier (monotonic)."""
        self._refused_at = self._clock.monotonic()
        self.why = why
        if self.since is None:
            self.since = self._refused_at if since is None else since
