"""What a person did, in words: each action of the audit journal and of the histories has one."""

from __future__ import annotations

from hotelbridge.texts import N_
from hotelbridge.web.console.languages import Tongue

_OF_NODE = {
    "login": N_("Logged in"),
    "login_refused": N_("Login refused"),
    "logout": N_("Logged out"),
    "password": N_("Password changed"),
    "user_added": N_("User added"),
    "user_role": N_("Role of a user changed"),
    "user_removed": N_("User removed"),
    "token_added": N_("Token for the API made"),
    "token_revoked": N_("Token for the API revoked"),
}
_OF_HOUSE = {
    "alarm_acknowledged": N_("Alarm acknowledged"),
    "alarm_closed": N_("Alarm closed"),
    "resync_asked": N_("Resync asked for"),
    "resync_applied": N_("Resync applied"),
    "resync_dismissed": N_("Resync dismissed"),
    "clock_trusted": N_("Clock confirmed"),
    "handover": N_("Handed over"),
    "calls_counted": N_("Calls counted"),
}
_OF_WAKEUP = {
    "booked": N_("Wake-up booked"),
    "booked_again": N_("Wake-up booked again"),
    "changed": N_("Wake-up changed"),
    "cancelled": N_("Wake-up cancelled"),
    "closed": N_("Wake-up closed"),
    "acknowledged": N_("Alarm acknowledged"),
    "carried": N_("Wake-up moved with the guest"),
    "parked": N_("Wake-up stays after check-out"),
    "kept": N_("Wake-up kept"),
    "folded": N_("Two wake-ups made one"),
    "left_behind": N_("Wake-up of an earlier guest ended"),
    "asked_late": N_("Wake-up booked after check-out"),
    "asked_here": N_("Wake-up wanted in the new room"),
}
_OF_ROOM = {
    "checked_in": N_("Guest checked in"),
    "checked_out": N_("Guest checked out"),
    "replaced": N_("Guest checked out: somebody else came"),
    "not_in_resync": N_("Guest checked out by a resync"),
    "moved": N_("Guest moved"),
    "changed": N_("What is known of a guest changed"),
    "room_changed": N_("Room changed"),
    "room_status": N_("Room status told"),
    "unbarred": N_("Guest may call again"),
    "charges_open": N_("Charges left open at check-out"),
    "order_ended": N_("Order ended"),
    "wakeup_moved": N_("Wake-up moved with the guest"),
    "wakeup_parked": N_("Wake-up stays after check-out"),
    "wakeup_stays": N_("Wake-up stays with the room"),
    "wakeup_kept": N_("Wake-up kept"),
    "wakeup_cancelled": N_("Wake-up cancelled"),
    "wakeup_wanted": N_("Wake-up wanted"),
    "wakeup_unreadable": N_("Wake-up wanted at no readable time"),
    "not_understood": N_("Not understood"),
}
_OF_CHARGE = {
    "amount": N_("Price of a call set"),
    "queued": N_("Charge posted again"),
    "posted": N_("Charge settled: on the folio"),
    "written_off": N_("Charge written off"),
    "held": N_("Charge held"),
    "refused": N_("Charge refused"),
    "uncertain": N_("Charge uncertain"),
    "free": N_("Charge free"),
    "sent": N_("Charge sent"),
}
_WORDS = {"wakeup": _OF_WAKEUP, "room": _OF_ROOM, "charge": _OF_CHARGE}
_PLACES = {"console": N_("Console"), "api": N_("API"), "command line": N_("Command line")}
BAD = frozenset({"login_refused"})
PLAIN = frozenset({"login", "logout"})  # whose word says everything


def done(tongue: Tongue, kind: str, what: str) -> str:
    """What was done; `kind` is what it was about. By its own name where nobody has given it a word."""
    words = _WORDS.get(kind, _OF_NODE | _OF_HOUSE)
    return tongue.gettext(words[what]) if what in words else what.replace("_", " ")


def where(tongue: Tongue, origin: str) -> tuple[str, str]:
    """From what somebody did it, and from which address: ("Console", "192.0.2.7")."""
    if origin in _PLACES:
        return tongue.gettext(_PLACES[origin]), ""
    way, _, address = origin.partition(" ")
    return (tongue.gettext(_PLACES[way]), address) if way in _PLACES else (origin, "")
