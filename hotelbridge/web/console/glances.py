"""A room at a glance: what the tile and the line of a room show, with a sign and a word for each state.

Made in code and not in the template, since a house has a thousand rooms and all of them are on one page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hotelbridge.services.roomviews import HangingView, RoomDetail, StayView
from hotelbridge.services.views import PhoneView
from hotelbridge.texts import N_
from hotelbridge.web.console import words
from hotelbridge.web.console.languages import Tongue
from hotelbridge.web.console.words import Word

OFFLINE = ("offline",)  # states of a phone in which nothing rings there
DISTURB = "No_Disturb"


@dataclass(frozen=True, slots=True)
class Glance:
    """One room."""

    number: str
    stays: tuple[StayView, ...]
    occupied: bool
    configured: bool
    pending: int  # wake-ups to come
    phones: str  # a key of words.SYNC: the worst of its phones
    quiet: bool  # Do Not Disturb
    unposted: int
    barred: bool
    house: Word  # occupied or vacant
    sync: Word
    more: str  # occupied or vacant, the first guest's language, what is to come and what is open
    remarks: tuple[Word, ...]  # all else that somebody should know

    def speaks_of(self, text: str) -> bool:
        """Whether it is meant by what somebody typed: a number, a name, a reservation."""
        if self.number.casefold().startswith(text):
            return True
        return any(text in f"{one.guest}\n{one.reservation}".casefold() for one in self.stays)


@dataclass(frozen=True, slots=True)
class Figure:
    """How many rooms are so; by choosing it one sees only them."""

    key: str
    text: str
    count: int
    always: bool  # shown even where there are none


_KINDS: Sequence[tuple[str, str, bool, Callable[[Glance], bool]]] = (
    ("", N_("rooms"), True, lambda one: True),
    ("occupied", N_("occupied"), True, lambda one: one.occupied),
    ("vacant", N_("vacant"), True, lambda one: not one.occupied),
    ("differs", N_("phones differ"), True, lambda one: one.phones == "differs"),
    ("offline", N_("phones offline"), False, lambda one: one.phones == "offline"),
    ("unread", N_("phones not read yet"), False, lambda one: one.phones == "unread"),
    ("wakeups", N_("with wake-ups"), False, lambda one: one.pending > 0),
    ("quiet", N_("do not disturb"), False, lambda one: one.quiet),
    ("charges", N_("with open charges"), False, lambda one: one.unposted > 0),
    ("barred", N_("barred"), False, lambda one: one.barred),
)
_TESTS = {key: test for key, _, _, test in _KINDS}
STATES = frozenset(_TESTS)


def is_so(glance: Glance, key: str) -> bool:
    """Whether a room belongs to one of the figures."""
    return _TESTS[key](glance)


def figures(spoken: Tongue, glances: Sequence[Glance]) -> list[Figure]:
    """Every figure of the house."""
    counted = {key: sum(map(test, glances)) for key, _, _, test in _KINDS}
    return [Figure(key, spoken.gettext(text), counted[key], always) for key, text, always, _ in _KINDS]


def glance(spoken: Tongue, room: RoomDetail, hanging: Mapping[int, HangingView]) -> Glance:
    """What is to be seen of a room."""
    held = [hanging[stay.id] for stay in room.stays if stay.id in hanging]
    unposted, barred = sum(one.unposted for one in held), any(one.barred for one in held)
    quiet, phones = is_quiet(room), sync_of(room.phones)
    return Glance(
        number=room.number,
        stays=room.stays,
        occupied=room.occupied,
        configured=room.configured,
        pending=room.pending,
        phones=phones,
        quiet=quiet,
        unposted=unposted,
        barred=barred,
        house=words.occupancy(spoken, room.occupied),
        sync=words.sync(spoken, phones),
        more=_more(spoken, room, unposted),
        remarks=tuple(_remarks(spoken, quiet, barred, room.configured)),
    )


def _more(spoken: Tongue, room: RoomDetail, unposted: int) -> str:
    said = [words.occupancy(spoken, room.occupied).text]
    said += [words.language(spoken, stay.language) for stay in room.stays[:1] if stay.language]
    if room.pending:
        wakeups = spoken.ngettext("%(num)d wake-up", "%(num)d wake-ups", room.pending)
        said.append(wakeups % {"num": room.pending})
    if unposted:
        charges = spoken.ngettext("%(num)d open charge", "%(num)d open charges", unposted)
        said.append(charges % {"num": unposted})
    return " · ".join(said)


def _remarks(spoken: Tongue, quiet: bool, barred: bool, configured: bool) -> list[Word]:
    found = [(quiet, "quiet"), (barred, "barred"), (not configured, "strange")]
    return [words.remark(spoken, key) for so, key in found if so]


def is_quiet(room: RoomDetail) -> bool:
    """Whether Do Not Disturb is on: on a phone as last read; where none was, by the word of the PMS."""
    shown = [phone.held.get(DISTURB, "off") for phone in room.phones if phone.held is not None]
    return any(value.lower() in ("on", "yes") for value in shown) if shown else bool(room.do_not_disturb)


def sync_of(phones: Sequence[PhoneView]) -> str:
    """The worst of some phones, as a key of `words.sync`."""
    found = {_sync(phone) for phone in phones}
    return next((one for one in ("offline", "differs", "unread", "same") if one in found), "none")


def _sync(phone: PhoneView) -> str:
    if phone.state in OFFLINE:
        return "offline"
    if phone.in_sync:
        return "same"
    return "unread" if phone.held is None else "differs"
