"""What the entry point names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hotelbridge.pms.api import Capability, Context, Link, Plugin
from hotelbridge_fias.link import FiasLink
from hotelbridge_fias.settings import FiasSettings


def connect(context: Context, settings: Any) -> Link:
    """A link of one property."""
    return FiasLink(context, settings)


def simulator(words: Sequence[str]) -> int:
    """Play the PMS; its exit code. Imported only then: it is of no use in a hotel."""
    from hotelbridge_fias.simulator import main

    return main(words)


PLUGIN = Plugin(
    name="fias",
    settings=FiasSettings,
    connect=connect,
    capabilities=frozenset(Capability),
    simulator=simulator,
)
