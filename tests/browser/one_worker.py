"""Who gets which test of a run with several workers: those of the browser all go to one of them.

One hotel and one browser are enough for them, and more would only be in each other's way. pytest-xdist has
`xdist_group` for this, but with pytest 9.2 it passes over the group without a word.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

FOLDER = "tests/browser/"


class OneWorkerForTheBrowser(LoadScopeScheduling):  # type: ignore[misc]
    """Any other test goes to whoever has time."""

    def _split_scope(self, nodeid: str) -> str:
        return FOLDER if nodeid.startswith(FOLDER) else nodeid
