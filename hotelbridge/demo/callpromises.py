"""The promises of the evening of calls: what must be on the folios, in the books, and on the desk's list.

The folio is the simulated PMS's own, the records are the exchange's own: between them nothing may be lost,
and nothing doubled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from hotelbridge.demo.books import Row
from hotelbridge.demo.evidence import Evidence
from hotelbridge.demo.promises import AT_ONCE, Broken, Look, Promise

MOVED = "224"  # where the guest of 202 moves to
HOUSE = "9000"  # the account of the house
NO_POST = "NO POST FLAG IS SET"  # what the PMS says of 211
OPEN = ("queued", "sent")
ORDER = ("free", "posted", "refused", "uncertain", "held", "open", "written_off")


def on_folio(evidence: Evidence, place: str) -> list[str]:
    """What the PMS has on a folio: cents and number."""
    records = (_fields(line) for line in evidence.folio)
    return [f"{one.get('TA')} {one.get('DD')}" for one in records if one.get("RN") == place]


def _fields(record: str) -> dict[str, str]:
    return {field[:2]: field[2:] for field in record.split("|")[1:] if field}


def _folio_is(place: str, *wanted: str, beside: str = "") -> Look:
    """Exactly these charges on a folio; and none on that `beside` it."""

    def look(evidence: Evidence) -> Broken | None:
        seen = on_folio(evidence, place)
        other = on_folio(evidence, beside) if beside else []
        if seen == list(wanted) and not other:
            return None
        more = f"; {beside}: {', '.join(other) or 'nothing'}" if beside else ""
        return Broken(
            f"on folio {place} {', '.join(wanted)} cents, and nothing else",
            f"{', '.join(seen) or 'nothing'}{more}",
        )

    return look


# 4 seconds to the United Kingdom are charged as 2 + 10: 0.20 + 12 x 0.30 / 60.
priced = _folio_is("201", "26 +442079460000")
moved = _folio_is(MOVED, "60 +4989920920", beside="202")
of_the_house = _folio_is(HOUSE, "5 +4315012345", beside="221")
once = _folio_is("210", "20 +436641234567")
went_on = _folio_is("214", "20 +436641234567")


def _of_room(evidence: Evidence, room: str) -> list[Row]:
    return [charge for charge in evidence.charges if charge["room"] == room]


def _stands(evidence: Evidence, room: str) -> str:
    told = [f"{one['state']} ({one['reason']})" for one in _of_room(evidence, room)]
    return "; ".join(told) or "no charge"


def free(evidence: Evidence) -> Broken | None:
    """Of 203 nobody answered, 208 called another room, 209 a toll-free number, 222 was called."""
    expected = "nothing on the folios of 203, 208, 209, 222, 225, and the records of these calls free"
    charged = [f"{room}: {line}" for room in ("203", "208", "209", "222", "225")
               for line in on_folio(evidence, room)]  # fmt: skip
    kinds = {(str(one["type"]), str(one["cpn"])) for one in evidence.records if one["charge"] is None}
    missing = {("LO", "208"), ("IN", "208"), ("IN", "00498912345")} - kinds
    states = [charge["state"] for room in ("203", "209") for charge in _of_room(evidence, room)]
    if not charged and not missing and states == ["free", "free"]:
        return None
    return Broken(expected, f"charged {charged}; not seen {sorted(missing)}; 203 and 209 {states}")


def refused(evidence: Evidence) -> Broken | None:
    """The reason is the PMS's own."""
    seen = _stands(evidence, "211")
    good = seen.startswith("refused (") and NO_POST in seen and not on_folio(evidence, "211")
    return _listed(evidence, good, "211", "refused", seen)


def late(evidence: Evidence) -> Broken | None:
    """The PMS takes room numbers, and who is in the room next is somebody else."""
    seen = _stands(evidence, "218")
    good = seen.startswith("held (late charge") and not on_folio(evidence, "218")
    return _listed(evidence, good, "218", "held", seen)


def uncertain(evidence: Evidence) -> Broken | None:
    """It was on the wire when the daemon died: it is not sent again by itself."""
    sent = [record for _, record in evidence.postings if "|RN213|" in record]
    folio = on_folio(evidence, "213")
    seen = f"{_stands(evidence, '213')}, sent {len(sent)} time(s), {len(folio)} on the folio"
    good = [one["state"] for one in _of_room(evidence, "213")] == ["uncertain"]
    return _listed(evidence, good and len(sent) == len(folio) == 1, "213", "uncertain", seen)


def _listed(evidence: Evidence, good: bool, room: str, state: str, seen: str) -> Broken | None:
    """Whether it is as it should be, and the desk was told."""
    told = any(
        one.event == "alarm"
        and one.item.get("kind") == f"charge_{state}"
        and room in str(one.item.get("text"))
        for one in evidence.heard
    )
    if good and told:
        return None
    heard = "the desk was told" if told else "the desk was not told"
    return Broken(f"the charge of {room} {state}, and the desk told", f"{seen}; {heard}")


def paused(evidence: Evidence) -> Broken | None:
    """Whatever is posted while the day is being closed may come onto the wrong day."""
    over = evidence.moments.get("audit over")
    times = [at for at, record in evidence.postings if "|RN215|" in record]
    good = over is not None and len(times) == 1 and times[0] > over
    if good and on_folio(evidence, "215") == ["60 +4989920920"]:
        return None
    told = ", ".join(f"{(at - over).total_seconds():+.1f} s" for at in times) if over else "no audit"
    return Broken("215 posted once, after the end of the audit", told or "never")


def emergency(evidence: Evidence) -> Broken | None:
    """Nobody pays for help, and whoever is at the desk goes and looks."""
    dialled = evidence.moments.get("emergency")
    heard = evidence.alarm_of("212", "emergency_call")
    after = (heard[0].at - dialled).total_seconds() if heard and dialled else None
    seen = f"alarm {'never' if after is None else f'{after:+.1f} s'}; {_stands(evidence, '212')}"
    at_once = after is not None and after <= AT_ONCE.total_seconds()
    costs_nothing = [one["state"] for one in _of_room(evidence, "212")] == ["free"]
    good = at_once and costs_nothing and not on_folio(evidence, "212")
    return None if good else Broken("an alarm within 2 s, and the call free", seen)


# -- the whole night --------------------------------------------------------------------------------


def reckoned(records: Sequence[Row], charges: Iterable[Row]) -> str:
    """The sum of the night in words: `12 calls received = 7 free + 5 posted`."""
    sums = _sums(records, charges)
    parts = " + ".join(f"{sums[state]} {state.replace('_', ' ')}" for state in ORDER)
    return f"{len(records)} calls received = {parts}"


def _sums(records: Sequence[Row], charges: Iterable[Row]) -> Counter[str]:
    """How many calls came to which end."""
    ended = ["open" if one["state"] in OPEN else str(one["state"]) for one in charges]
    return Counter([*ended, *("free" for one in records if one["charge"] is None)])


def no_record_lost(evidence: Evidence) -> Broken | None:
    """What the exchange could hand over is in the books, each once, and came to one of the known ends."""
    kept = [str(one["record"]) for one in evidence.records]
    missing = set(evidence.cdrs) - set(kept)
    foreign = set(kept) - set(evidence.cdrs) - set(evidence.cdrs_maybe)
    sums = _sums(evidence.records, evidence.charges)
    difference = len(kept) - sum(sums[state] for state in ORDER)
    if not missing and not foreign and len(kept) == len(set(kept)) and not difference:
        return None
    return Broken(
        f"{len(evidence.cdrs)} records handed over, each in the books once, a difference of 0",
        f"{reckoned(evidence.records, evidence.charges)}, difference {difference}; "
        f"missing {sorted(missing)}, nobody's {sorted(foreign)}, {len(kept) - len(set(kept))} twice",
    )


def folios_agree(evidence: Evidence) -> Broken | None:
    """Each posted charge is on its folio once, with its sum; all else there is uncertain."""
    folio = [_fields(line) for line in evidence.folio]
    there = Counter((one.get("P#"), one.get("RN"), one.get("TA")) for one in folio)
    ours = {
        (str(one["number_at_pms"]), str(one["posted_to"]), str(one["amount"])): str(one["state"])
        for one in evidence.charges
        if one["state"] in ("posted", "uncertain")
    }
    wrong = [f"{key} is there {times} times" for key, times in there.items() if times > 1]
    wrong += [f"{key} is {state} and not there" for key, state in ours.items()
              if state == "posted" and key not in there]  # fmt: skip
    wrong += [f"{key} is there, and nobody posted it" for key in there if key not in ours]
    expected = "each posted charge on its folio, once, and nothing else"
    return Broken(expected, "; ".join(wrong)) if wrong else None


WHOLE_NIGHT: Sequence[Promise] = (
    Promise(
        "no call is lost: received = free + posted + refused + uncertain + held + open + written off",
        no_record_lost,
    ),
    Promise("each posted charge is on its folio once, with its sum, and nothing else is", folios_agree),
)
