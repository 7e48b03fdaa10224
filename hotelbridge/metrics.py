"""What the house counts, as Prometheus objects under the names of the public contract.

One `Metrics` per daemon, with a registry of its own, so that two in one process do not meet.
Services set and count here; nobody reads back but `/metrics`. Knows no store and no clock.
"""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from hotelbridge.core.records import WakeupState

DELAYS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0)  # seconds, due to Connect


class Metrics:
    """Every number `/metrics` shows."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry = registry or CollectorRegistry()
        self.reports_saved = Counter(
            "hotelbridge_reports_saved_total",
            "Reports of a device that were committed.",
            ("property", "device"),
            registry=registry,
        )
        self.reports_bad = Counter(
            "hotelbridge_reports_bad_total",
            "Reports of a device that could not be read.",
            ("property", "device"),
            registry=registry,
        )
        self.reports_refused = Counter(
            "hotelbridge_reports_refused_total",
            "Reports turned away before they were saved.",
            ("reason",),
            registry=registry,
        )
        self.wakeups = Gauge(
            "hotelbridge_wakeups", "Wake-ups by state.", ("property", "state"), registry=registry
        )
        self.wakeup_delay = Histogram(
            "hotelbridge_wakeup_delay_seconds",
            "From the minute a wake-up was due to its first Connect.",
            ("property",),
            buckets=DELAYS,
            registry=registry,
        )
        self.attempts = Counter(
            "hotelbridge_attempts_total",
            "Rings of a phone, by how they ended.",
            ("property", "device", "outcome"),
            registry=registry,
        )
        self.alarms_open = Gauge(
            "hotelbridge_alarms_open", "Alarms nobody has closed.", ("property",), registry=registry
        )
        self.link_up = Gauge(
            "hotelbridge_link_up",
            "1 where this layer of the link works, 0 where not; absent while unknown.",
            ("property", "link", "layer"),
            registry=registry,
        )

        self.clock_drift = Gauge(
            "hotelbridge_clock_drift_seconds",
            "By how much the time of the house is ahead of the server's clock, and of each device's.",
            ("peer",),
            registry=registry,
        )

    def set_wakeups(self, property: str, counts: Mapping[WakeupState, int]) -> None:
        """The number of wake-ups in each state; a state not named has none."""
        for state in WakeupState:
            self.wakeups.labels(property, state.value).set(counts.get(state, 0))

    def set_link(self, property: str, link: str, layer: str, up: bool | None) -> None:
        """Whether a layer of a link works; None takes it out of the answer."""
        if up is None:
            self.link_up.remove_by_labels({"property": property, "link": link, "layer": layer})
        else:
            self.link_up.labels(property, link, layer).set(1 if up else 0)

    def text(self) -> bytes:
        """All of it in Prometheus's text form."""
        return generate_latest(self.registry)
