"""The alarms that stand, the most urgent first, and whether one of them must be heard now."""

from __future__ import annotations

from dataclasses import dataclass

from hotelbridge.core.records import AlarmKind
from hotelbridge.services.desk import Desk
from hotelbridge.services.views import AlarmView
from hotelbridge.web.console.visit import Visit

MOST = 200
# A guest who sleeps on, or calls for help, comes before what a technician mends, and that before money.
_URGENCY = (
    (AlarmKind.EMERGENCY_CALL,),
    (AlarmKind.WAKEUP_FAILED, AlarmKind.IN_PERSON, AlarmKind.WAKEUP_LATE, AlarmKind.STORAGE),
    (AlarmKind.DEVICE_DOWN, AlarmKind.REPORTS_MISSING, AlarmKind.CLOCK, AlarmKind.PHONE_OFFLINE),
    (AlarmKind.PARKED, AlarmKind.PMS_REQUEST, AlarmKind.RESYNC, AlarmKind.LINK_DOWN, AlarmKind.DELIVERY),
)
GUESTS = frozenset({*_URGENCY[0], *_URGENCY[1]})


@dataclass(frozen=True, slots=True)
class Standing:
    """Every open alarm of a hotel."""

    alarms: tuple[AlarmView, ...]  # the most urgent first, then the oldest
    more: bool  # there are still others
    loud: str  # "emergency", "alarm", or "" where nothing must be heard now

    @property
    def emergencies(self) -> tuple[AlarmView, ...]:
        """Calls for help that nobody has acknowledged: they take the whole screen."""
        return tuple(
            alarm
            for alarm in self.alarms
            if alarm.kind is AlarmKind.EMERGENCY_CALL and alarm.acknowledged_by is None
        )

    @property
    def of_guests(self) -> tuple[AlarmView, ...]:
        """Those for which somebody must go, or ring, now."""
        return tuple(alarm for alarm in self.alarms if _is_of_guest(alarm))

    @property
    def wakeups(self) -> frozenset[int]:
        """The wake-ups that these alarms are about: they are pinned already."""
        about = (alarm.wakeup for alarm in self.of_guests if alarm.kind is AlarmKind.WAKEUP_FAILED)
        listed = (item.wakeup for alarm in self.of_guests for item in alarm.items)
        return frozenset(id for id in (*about, *listed) if id is not None)

    @property
    def others(self) -> tuple[AlarmView, ...]:
        """The rest."""
        return tuple(alarm for alarm in self.alarms if not _is_of_guest(alarm))


async def standing(desk: Desk, visit: Visit) -> Standing:
    """What stands in the hotel of this page."""
    house = visit.house
    page = await desk.alarms(house.id, True, MOST, None, named=visit.named)
    unsaved = desk.unsaved(house.id)
    found = [*([unsaved] if unsaved is not None else []), *page.items]
    ordered = tuple(sorted(found, key=lambda alarm: (urgency(alarm.kind), alarm.since)))
    heard = [alarm for alarm in ordered if is_loud(alarm, visit)]
    loud = "" if not heard else "emergency" if heard[0].kind is AlarmKind.EMERGENCY_CALL else "alarm"
    return Standing(ordered, page.next is not None, loud)


def _is_of_guest(alarm: AlarmView) -> bool:
    """A phone that cannot be reached is about a guest where he is to be woken by it."""
    return alarm.kind in GUESTS or (alarm.kind is AlarmKind.PHONE_OFFLINE and alarm.wakeup is not None)


def urgency(kind: AlarmKind) -> int:
    """The smaller, the sooner somebody must go."""
    return next((n for n, kinds in enumerate(_URGENCY) if kind in kinds), len(_URGENCY))


def is_loud(alarm: AlarmView, visit: Visit) -> bool:
    """Whether it is to be heard now: nobody's acknowledgement keeps it silent."""
    return alarm.loud_from is not None and alarm.loud_from <= visit.house.now
