"""The PMS's answers to postings as outcomes of the contract, and results of wake-ups as its codes."""

from __future__ import annotations

from hotelbridge.pms.api import Later, PmsError, Refused, Result, Unknown, personal
from hotelbridge.texts import phrase
from hotelbridge_fias.records import Record
from hotelbridge_fias.values import filled
from hotelbridge_fias.words import ANSWERS

# A wake-up's end. SV belongs to the PMS's own side and is never sent.
OF_RESULTS = {
    Result.WOKEN: "OK",
    Result.NO_ANSWER: "NR",
    Result.BUSY: "BY",
    Result.UNABLE: "UR",
    Result.DELETED: "DE",
}


def outcome(answer: Record) -> PmsError | None:
    """What an answer (PA) says of its posting; None: accepted."""
    code = (filled(answer, "AS") or "").strip().upper()
    if code == "OK":
        return None
    reason = reason_of(answer)
    if code == "RY":
        return Later(reason)
    if code == "NA":
        return Later(reason, audit=True)
    if not code:
        return Unknown(reason)
    return Refused(reason, code)


def reason_of(answer: Record) -> str:
    """What the code of an answer means, with the PMS's own words: these may name a guest."""
    code = (filled(answer, "AS") or "").strip().upper()
    known = ANSWERS.get(code) or phrase(f"an answer that is not known ({code})")
    meant = known if code else phrase("an answer without a code (AS)")
    said = (filled(answer, "CT") or "").strip()
    return f"{meant}: {personal(said)}" if said else meant
