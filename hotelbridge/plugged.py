"""Where the installed plugins stand, for whoever wants no more of them: none of their code is run here."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from twisted.logger import Logger

GROUP = "hotelbridge.pms"
_log = Logger()


def folders(points: Iterable[EntryPoint] | None = None) -> list[Path]:
    """The folders of the packages that have a plugin, each once; one that cannot be found is only logged."""
    points = entry_points(group=GROUP) if points is None else points
    names = {point.module.partition(".")[0] for point in points}
    return [folder for name in sorted(names) for folder in _folders(name)]


def _folders(package: str) -> list[Path]:
    try:
        found = find_spec(package)
    except Exception as error:  # whatever finds modules on this machine
        _log.warn("the folder of {package} is not found: {error}", package=package, error=repr(error))
        return []
    return [Path(place) for place in found.submodule_search_locations or ()] if found is not None else []
