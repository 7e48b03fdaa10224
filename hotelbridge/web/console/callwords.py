"""What the desk reads of calls and charges: a sign and a word for each state, kind, part and trouble."""

from __future__ import annotations

from hotelbridge.core.charges import ChargeState
from hotelbridge.services.callreportviews import ReportBy
from hotelbridge.texts import N_
from hotelbridge.web.console.languages import Tongue
from hotelbridge.web.console.words import Word

_STATES = {
    ChargeState.FREE: ("–", N_("free"), "mute"),
    ChargeState.QUEUED: ("○", N_("to be posted"), ""),
    ChargeState.SENT: ("◔", N_("handed over"), "call"),
    ChargeState.POSTED: ("✓", N_("posted"), "ok"),
    ChargeState.REFUSED: ("✕", N_("refused"), "bad"),
    ChargeState.UNCERTAIN: ("?", N_("uncertain"), "warn"),
    ChargeState.HELD: ("‖", N_("held"), "warn"),
    ChargeState.WRITTEN_OFF: ("–", N_("written off"), "mute"),
}
_TO_DO = {
    ChargeState.REFUSED: N_("Post it again, to another room or the house; or settle it by hand."),
    ChargeState.UNCERTAIN: N_("Look at the folio first: is it there?"),
    ChargeState.HELD: N_("Say whose it is, or settle it by hand."),
}
_KINDS = {
    "out": N_("to outside"),
    "forwarded": N_("forwarded to outside"),
    "by_the_house": N_("by the exchange itself"),
    "free": N_("inside or incoming"),
    "unclear": N_("of no known kind"),
}
_BY = {
    ReportBy.ROOM: N_("Room"),
    ReportBy.STAY: N_("Stay"),
    ReportBy.DAY: N_("Day"),
    ReportBy.TRUNK: N_("Trunk"),
    ReportBy.DESTINATION: N_("Destination"),
    ReportBy.STATE: N_("State"),
}
_TROUBLES = {
    "not_charged": N_("without a charge"),
    "stuck": N_("on its way for too long"),
    "still_open": N_("still on its way"),
    "unreadable": N_("record not readable"),
    "missing": N_("records missing"),
    "clock": N_("clock of the exchange was off"),
}
_OPEN = ("○", N_("on their way"), "")


def charge_state(tongue: Tongue, state: ChargeState | str) -> Word:
    """Where a charge stands."""
    sign, text, tone = _STATES[ChargeState(state)]
    return Word(sign, tongue.gettext(text), tone)


def to_do(tongue: Tongue, state: ChargeState) -> str:
    """What can be done about a charge that waits for a person; empty for others."""
    return tongue.gettext(_TO_DO[state]) if state in _TO_DO else ""


def call_kind(tongue: Tongue, kind: str) -> str:
    """What a call record tells of."""
    return tongue.gettext(_KINDS[kind])


def summed_by(tongue: Tongue, by: ReportBy) -> str:
    """What a report is summed up by."""
    return tongue.gettext(_BY[by])


def part(tongue: Tongue, part: str) -> Word:
    """What charges count as in a reconciliation."""
    if part != "open":
        return charge_state(tongue, part)
    sign, text, tone = _OPEN
    return Word(sign, tongue.gettext(text), tone)


def trouble(tongue: Tongue, trouble: str) -> str:
    """What does not add up, in short."""
    return tongue.gettext(_TROUBLES.get(trouble, trouble))
