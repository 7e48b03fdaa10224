"""What the entry point names."""

from __future__ import annotations

from hotelbridge.pms.api import Capability, Plugin
from hotelbridge_csv.link import CsvLink
from hotelbridge_csv.settings import CsvSettings

PLUGIN = Plugin(
    name="csv",
    settings=CsvSettings,
    connect=CsvLink,
    capabilities=frozenset({Capability.CHARGES, Capability.WAKEUPS_IN, Capability.WAKEUP_RESULTS}),
)
