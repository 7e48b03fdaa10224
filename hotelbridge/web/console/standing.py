"""The alarms that stand, the most urgent first, and whether one of them must be heard now."""

from __future__ import annotations

from dataclasses import dataclass

from hotelbridge.core.records import AlarmKind
from hotelbridge.errors import StoreUnavailable
from hotelbridge.services.desk import Desk
from hotelbridge.services.views import AlarmView, PropertyView
from hotelbridge.web.console.roomlists import to_do
from hotelbridge.web.console.visit import Visit

AT_ONCE = 200
MOST = 200  # shown; of more the least urgent are left out, never those that came last
# A guest who sleeps on, or calls for help, comes before what a technician mends, and that before money.
_URGENCY = (
    (AlarmKind.EMERGENCY_CALL,),
    (AlarmKind.WAKEUP_FAILED, AlarmKind.IN_PERSON, AlarmKind.WAKEUP_LATE, AlarmKind.STORAGE),
    (AlarmKind.DEVICE_DOWN, AlarmKind.REPORTS_MISSING, AlarmKind.CLOCK, AlarmKind.PHONE_OFFLINE),
    (AlarmKind.PARKED, AlarmKind.PMS_REQUEST, AlarmKind.RESYNC, AlarmKind.LINK_DOWN, AlarmKind.DELIVERY),
)
_OF_SLEEPERS = 1
GUESTS = frozenset({*_URGENCY[0], *_URGENCY[1]})


@dataclass(frozen=True, slots=True)
class Emergency:
    """A call for help that takes the screen, in whichever of his hotels somebody is looking at."""

    hotel: PropertyView
    alarm: AlarmView


@dataclass(frozen=True, slots=True)
class Standing:
    """Every open alarm of a hotel."""

    alarms: tuple[AlarmView, ...]  # the most urgent first, then the oldest
    more: bool  # there are still others
    loud: str  # "emergency", "alarm", or "" where nothing must be heard now
    emergencies: tuple[Emergency, ...] = ()  # the hotel of the page first

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
    found = await _every(desk, visit)
    ordered = tuple(sorted(found, key=lambda alarm: (urgency(alarm), alarm.since)))
    calls = [Emergency(visit.house, alarm) for alarm in ordered if _takes_the_screen(alarm, visit)]
    calls += await _elsewhere(desk, visit)
    heard = [alarm for alarm in (*(call.alarm for call in calls), *ordered) if is_loud(alarm, visit)]
    loud = "" if not heard else "emergency" if heard[0].kind is AlarmKind.EMERGENCY_CALL else "alarm"
    return Standing(ordered[:MOST], len(ordered) > MOST, loud, tuple(calls))


async def _elsewhere(desk: Desk, visit: Visit) -> list[Emergency]:
    """Calls for help in the other hotels of this person: nobody may be looking at their pages."""
    others = {one.id: one for one in visit.properties if one.id != visit.house.id}
    try:
        found = await desk.emergencies(tuple(others), named=visit.named) if others else {}
    except StoreUnavailable:
        return []  # the alarm of this hotel tells of an outage
    return [Emergency(others[id], alarm) for id, calls in found.items() for alarm in calls
            if _takes_the_screen(alarm, visit)]  # fmt: skip


async def _every(desk: Desk, visit: Visit) -> list[AlarmView]:
    """All that are open: the oldest come first, and a call for help may be the last of a thousand."""
    house, cursor = visit.house.id, None
    unsaved = desk.unsaved(house)
    found = {} if unsaved is None else {unsaved.id: unsaved}
    while True:
        page = await desk.alarms(house, True, AT_ONCE, cursor, named=visit.named)
        found.update({alarm.id: alarm for alarm in page.items})
        cursor = page.next
        if cursor is None:
            return list(found.values())


def _takes_the_screen(alarm: AlarmView, visit: Visit) -> bool:
    """A call for help that nobody has acknowledged, or whose silence is over (rule A2)."""
    fresh = alarm.acknowledged_by is None or is_loud(alarm, visit)
    return alarm.kind is AlarmKind.EMERGENCY_CALL and fresh


def _is_of_guest(alarm: AlarmView) -> bool:
    """Whatever its kind, where it lists whom nobody has woken yet; and a phone by which one is to be."""
    of_phone = alarm.kind is AlarmKind.PHONE_OFFLINE and alarm.wakeup is not None
    return alarm.kind in GUESTS or of_phone or bool(to_do(alarm))


def urgency(alarm: AlarmView) -> int:
    """The smaller, the sooner somebody must go: to guests who sleep on, whatever let them."""
    by_kind = next((n for n, kinds in enumerate(_URGENCY) if alarm.kind in kinds), len(_URGENCY))
    return min(by_kind, _OF_SLEEPERS) if to_do(alarm) else by_kind


def is_loud(alarm: AlarmView, visit: Visit) -> bool:
    """Whether it is to be heard now: nobody's acknowledgement keeps it silent."""
    return alarm.loud_from is not None and alarm.loud_from <= visit.house.now
