"""Rooms as the desk asks for them, why they are as they are, and changes that somebody else carries out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from hotelbridge.core.guests import Direction
from hotelbridge.core.personal import personal
from hotelbridge.core.records import Actor, AlarmKind, Phone
from hotelbridge.errors import Refusal
from hotelbridge.pms.api import Refused, RoomStatus, Unavailable
from hotelbridge.services import escalation, roomdesk
from hotelbridge.services.effects import Effect
from hotelbridge.services.roomdesk import FrontRooms
from hotelbridge.services.roomviews import (
    CheckInRequest,
    CheckOutRequest,
    JournalQuery,
    MoveRequest,
    RecorderQuery,
    RoomDone,
    StatusRequest,
    WhyView,
)
from hotelbridge.services.views import Once, Replay
from hotelbridge.store import audit, phones, pms_state, records, stays, tables
from hotelbridge.store.database import Tx
from tests.services.evening import DESK, ROOMS, Evening

NAME = "Müller, Hans"


@dataclass(frozen=True)
class Applied:
    words: str
    rooms: tuple[str, ...]
    effects: list[Effect] = field(default_factory=list)


class Doers:
    """Whoever changes rooms, at the other side of `Actions`: keeps stays as simply as can be."""

    def __init__(self) -> None:
        self.committed_times = 0
        self.pms: Exception | None = None
        self.asked_pms = 0
        self.told: list[RoomStatus] = []

    def check_in(
        self, tx: Tx, room: str, request: CheckInRequest, actor: Actor, now: datetime
    ) -> roomdesk.Applied:
        guest_in(tx, room, request.guest, request.reservation, now, actor.name)
        return Applied(f"{personal(request.guest)} is in {room}", (room, "not ours"))

    def check_out(
        self, tx: Tx, room: str, request: CheckOutRequest, actor: Actor, now: datetime
    ) -> roomdesk.Applied:
        raise Refusal("not_in_house", f"Nobody is in {room}.", status=409)

    def move(self, tx: Tx, room: str, request: MoveRequest, actor: Actor, now: datetime) -> roomdesk.Applied:
        return Applied("moved", (room, request.to))

    def unbar(self, tx: Tx, room: str, actor: Actor, now: datetime) -> roomdesk.Applied:
        return Applied("may call again", (room,))

    def decide(self, tx: Tx, id: int, apply: bool, actor: Actor, now: datetime) -> roomdesk.Applied:
        return Applied("applied" if apply else "dismissed", ())

    def committed(self) -> None:
        self.committed_times += 1

    def takes_status(self) -> bool:
        return True

    async def tell_status(self, status: RoomStatus) -> None:
        if self.pms is not None:
            raise self.pms
        self.told.append(status)

    async def request_resync(self) -> None:
        self.asked_pms += 1
        if self.pms is not None:
            raise self.pms


def guest_in(tx: Tx, room: str, name: str, reservation: str, now: datetime, by: str) -> None:
    row = {"property": "main", "room": room, "reservation": reservation, "name": name, "language": "de",
           "vip": False, "group": "", "since": now, "by": by, "origin": "test",
           "line_class": "local"}  # fmt: skip
    tx.connection.execute(insert(tables.Stay), row)


@pytest.fixture
def doers(evening: Evening) -> Doers:
    made = Doers()
    evening.daemon.rooms._actions = {"main": made}
    evening.advance(30)
    return made


def call(evening: Evening, name: str, *words: Any, **more: Any) -> Any:
    return evening._result(getattr(evening.daemon.rooms, name)("main", *words, **more))


def run(evening: Evening, unit: Any) -> Any:
    async def work() -> Any:
        return await evening.daemon.db.run(unit)

    return evening._result(work())


def check_in(evening: Evening, room: str, once: Once | None = None) -> Any:
    return call(evening, "check_in", room, CheckInRequest(NAME, "1001"), DESK, once)


def why(evening: Evening, room: str = "212", *, named: bool = True) -> WhyView:
    return call(evening, "why", room, named=named)  # type: ignore[no-any-return]


# --- rooms ---


def test_a_room_shows_who_is_in_it_to_those_who_need_to_know(evening: Evening, doers: Doers) -> None:
    check_in(evening, "212")
    evening.book("212", "06:45")
    room = call(evening, "room", "212", named=True)
    assert (room.occupied, room.stays[0].guest, room.pending) == (True, NAME, 1)
    assert room.phones[0].wanted["api"] == "7"
    masked = call(evening, "room", "212", named=False)
    assert masked == replace(room, stays=(replace(room.stays[0], guest=""),))


def test_rooms_come_in_the_order_of_the_configuration_piece_by_piece(evening: Evening, doers: Doers) -> None:
    check_in(evening, "213")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = call(evening, "rooms", 10, cursor, named=True)
        seen += [room.number for room in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert tuple(seen) == evening.daemon.houses["main"].rules.rooms()
    with pytest.raises(Refusal, match="is not the `next`"):
        call(evening, "rooms", 10, "nowhere", named=True)


def test_a_check_in_answers_with_the_rooms_it_touched_and_has_their_phones_looked_at(
    evening: Evening, doers: Doers
) -> None:
    done: RoomDone = check_in(evening, "212")
    assert done.said == f"“{NAME}” is in 212"
    assert [(room.number, room.occupied) for room in done.rooms] == [("212", True)]
    assert doers.committed_times == 1


def test_the_same_request_again_checks_nobody_in_a_second_time(evening: Evening, doers: Doers) -> None:
    once = Once("k-1", "anna", "f-1")
    first = check_in(evening, "212", once)
    again = check_in(evening, "212", once)
    assert isinstance(first, RoomDone) and isinstance(again, Replay)
    assert json.loads(again.body_text)["said"] == first.said
    assert len(call(evening, "room", "212", named=True).stays) == 1


def test_rooms_that_are_not_there_and_rooms_nobody_keeps_are_refused(evening: Evening, doers: Doers) -> None:
    for what, words, status in (
        ("check_in", ("999", CheckInRequest(), DESK), 404),
        ("check_out", ("999", CheckOutRequest(), DESK), 404),
        ("move", ("212", MoveRequest("999"), DESK), 422),
    ):
        with pytest.raises(Refusal) as refused:
            call(evening, what, *words)
        assert (refused.value.code, refused.value.status) == ("unknown_room", status)
    for what in ("room", "why"):
        with pytest.raises(Refusal, match="There is no room 999"):
            call(evening, what, "999", named=True)
    evening.daemon.rooms._actions = {}
    with pytest.raises(Refusal) as refused:
        check_in(evening, "212")
    assert refused.value.code == "rooms_not_kept"


def test_a_refusal_of_the_house_reaches_the_desk_and_saves_nothing(evening: Evening, doers: Doers) -> None:
    with pytest.raises(Refusal) as refused:
        call(evening, "check_out", "212", CheckOutRequest(), DESK)
    assert refused.value.code == "not_in_house"
    assert doers.committed_times == 0


# --- resyncs ---


def resync(evening: Evening) -> int:
    row = {"property": "main", "state": "asking", "begun_at": evening.clock.now(),
           "difference": json.dumps({"gone": [NAME]})}  # fmt: skip
    query = insert(tables.Resync).values(row).returning(tables.Resync.id)
    return int(run(evening, lambda tx: tx.connection.execute(query).scalar_one()))


def test_a_resync_shows_its_difference_to_those_who_may_know_the_guests(
    evening: Evening, doers: Doers
) -> None:
    id = resync(evening)
    (full,) = call(evening, "resyncs", 10, None, named=True).items
    (masked,) = call(evening, "resyncs", 10, None, named=False).items
    assert (full.id, full.difference, masked.difference) == (id, {"gone": [NAME]}, None)
    done = call(evening, "decide", id, True, DESK)
    assert (done.said, done.resync.id) == ("applied", id)
    with pytest.raises(Refusal, match="There is no resync 77"):
        call(evening, "decide", 77, True, DESK)


def test_the_pms_is_asked_once_for_one_request_and_its_absence_is_told(
    evening: Evening, doers: Doers
) -> None:
    once = Once("k-1", "anna", "f-1")
    first = call(evening, "request_resync", DESK, once)
    again = call(evening, "request_resync", DESK, once)
    assert first.said == roomdesk.ASKED and isinstance(again, Replay)
    assert doers.asked_pms == 1
    doers.pms = Unavailable("the line is down")
    later = call(evening, "request_resync", DESK, Once("k-2", "anna", "f-2"))
    kept = "The wish is kept, and the PMS is asked as soon as it can be."
    assert later.said == f"Not asked yet: the line is down. {kept}"
    marks = evening.read(lambda tx: pms_state.values(tx, "main", house=True))
    assert "want_resync" in marks, "the wish outlives the process"
    doers.pms = Refused("it knows no such thing")
    with pytest.raises(Refusal) as refused:
        call(evening, "request_resync", DESK, Once("k-3", "anna", "f-3"))
    assert refused.value.code == "not_taken" and "no such thing" in refused.value.sentence
    doers.pms = None
    assert call(evening, "request_resync", DESK, Once("k-3", "anna", "f-3")).said == roomdesk.ASKED
    asked = [one.text for one in evening.read(audit.newest) if one.what == "resync_asked"]
    assert asked == ["the PMS is asked", "not asked yet: the wish is kept", "the PMS is asked"]


# --- the status of a room ---


def test_the_status_of_a_room_is_told_to_the_pms_once_and_stands_in_the_journal(
    evening: Evening, doers: Doers
) -> None:
    once, clean = Once("k-1", "anna", "f-1"), StatusRequest("clean", "Maid 5")
    first = call(evening, "tell_status", "212", clean, DESK, once)
    assert first.said == "Sent to the PMS: 212 is clean. It does not say whether it has heard that."
    assert isinstance(call(evening, "tell_status", "212", clean, DESK, once), Replay)
    assert doers.told == [RoomStatus("212", "clean", "Maid 5")]
    assert [line.what for line in why(evening).journal] == ["room_status"]


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (Refused("'burnt' has no number"), "not_taken", "'burnt' has no number"),
        (Unavailable("the line is down"), "pms_unavailable", "the line is down"),
    ],
)
def test_a_status_that_the_pms_did_not_take_is_refused_and_leaves_no_trace(
    evening: Evening, doers: Doers, error: Exception, code: str, word: str
) -> None:
    doers.pms = error
    with pytest.raises(Refusal, match=word) as refused:
        call(evening, "tell_status", "212", StatusRequest("burnt"), DESK)
    assert refused.value.code == code and why(evening).journal == ()
    with pytest.raises(Refusal, match="There is no room 999"):
        call(evening, "tell_status", "999", StatusRequest("clean"), DESK)


def test_without_a_pms_nobody_is_told_the_status_of_a_room(evening: Evening) -> None:
    assert not evening.daemon.rooms.takes_status("main")


# --- why ---


def barred(evening: Evening) -> None:
    """212 is occupied and barred, with a message and a line behind it."""
    now = evening.clock.now()

    def unit(tx: Tx) -> None:
        item = (b"\x02GI|RN212|\x03", f"check-in of {personal(NAME)} in 212", ("212",))
        (id,) = records.add(tx, "main", "pms", Direction.IN, now, [item], worked=True)
        guest_in(tx, "212", NAME, "1001", now, "fias")
        line = {"property": "main", "at": now, "by": "fias", "origin": "pms", "room": "212",
                "reservation": "1001", "what": "checked_in", "text": f"{personal(NAME)} came",
                "record_id": id}  # fmt: skip
        tx.connection.execute(insert(tables.Journal), line)
        state = {
            "property": "main",
            "room": "212",
            "line_class": "internal",
            "line_class_by": "Anna",
            "at": now,
        }
        tx.connection.execute(insert(tables.RoomState), state)
        held = {"Call_Restriction": "3", "api": "7"}
        wanted = {"Call_Restriction": "1", "api": "7"}
        phone = Phone("main", "om20", "212", ("212",), "IPPhone 1", wanted, held, False, "ready", now)
        phones.save(tx, phone, now)
        rules = evening.daemon.houses["main"].rules
        text = f"The phone of {personal(NAME)} does not take it."
        escalation.raise_alarm(tx, rules, now, AlarmKind.PHONE_DRIFT, "drift:om20/212", text)

    run(evening, unit)


def explained(phone: Phone) -> str:
    return "212 is occupied; class internal (Anna); level 0 is sent as 1 until an emergency call is proved"


def test_why_a_room_is_barred_is_told_from_the_guest_down_to_the_phone(
    evening: Evening, doers: Doers
) -> None:
    """A5: the rule that was really used has its say."""
    barred(evening)
    evening.book("212", "06:45")
    daemon = evening.daemon
    daemon.rooms = FrontRooms(
        daemon.houses, daemon.rooms._actions, daemon.db, daemon.ownership, daemon.clock, explained
    )
    found = why(evening)
    guest, kind, room, because, level, api, drift, coming, alarm, last = found.said
    came = "Tuesday 24 November 06:25"
    (message,) = [one.id for one in found.records if one.link == "pms"]
    assert guest == f"“{NAME}” (reservation 1001) is in 212 since {came}, said by fias, message {message}."
    assert kind == "The class of service of this guest is local."
    assert room.startswith("For the room itself the class of service internal was set by Anna, Tuesday")
    assert because.startswith("om20/212 is to hold what follows because: 212 is occupied; class internal")
    assert level == "om20/212: Call_Restriction should be 1 (local calls); it is 3 (all calls)."
    assert api == "om20/212: api is 7, as it should be."
    assert drift == "om20/212 does not hold all that it should."
    assert coming == "Wake-ups to come: Tuesday 24 November 06:45."
    assert alarm.startswith("Open alarm ") and NAME in alarm
    assert last.endswith(f"fias: “{NAME}” came")
    assert found.phones[0].because.endswith("until an emergency call is proved")
    assert [one.room for one in found.stays] == ["212"] and len(found.wakeups) == 1


def test_why_tells_that_a_phone_is_not_seen_by_its_exchange(evening: Evening, doers: Doers) -> None:
    barred(evening)
    assert not [said for said in why(evening).said if "is offline" in said]
    now = evening.clock.now()
    run(evening, lambda tx: phones.set_states(tx, "main", {("om20", "212"): ("offline", now)}))
    gone = "om20/212 is offline: its exchange does not see it, and it does not ring."
    assert [said for said in why(evening).said if "is offline" in said] == [gone]


def test_why_tells_since_when_a_guest_is_in_this_room_and_since_when_in_the_house(
    evening: Evening, doers: Doers
) -> None:
    now = evening.clock.now()
    before = now - timedelta(minutes=30)

    def moved(tx: Tx) -> None:
        guest_in(tx, "212", NAME, "1001", before, "fias")
        (stay,) = stays.in_house(tx, "main", ["212"])
        rooms = [("213", before, now), ("212", now, None)]
        for room, since, until in rooms:
            row = {"property": "main", "stay_id": stay.id, "room": room, "since": since, "until": until}
            tx.connection.execute(insert(tables.Occupancy), row)

    run(evening, moved)
    assert why(evening).said[0] == (
        f"“{NAME}” (reservation 1001) is in 212 since Tuesday 24 November 06:25, and in the house since "
        "Tuesday 24 November 05:55, said by fias."
    )


def test_why_names_the_exchange_that_does_not_answer(evening: Evening, doers: Doers) -> None:
    """Else a phone seems to be wrong for no reason."""
    evening.om.cut()
    evening.advance(120)
    said = why(evening).said
    silent = next(sentence for sentence in said if sentence.startswith("om20 does not answer since"))
    assert "nothing can be set on om20/212 before it does" in silent
    assert any("Open alarm" in sentence and "exchange om20" in sentence for sentence in said)


def test_why_tells_no_name_to_those_who_do_not_need_it(evening: Evening, doers: Doers) -> None:
    barred(evening)
    found = why(evening, named=False)
    assert NAME not in repr(found) and "212" in found.said[0]
    assert all(entry.body is None for entry in found.records)


def test_where_a_guest_has_his_calls_sent_is_nobody_elses_business(evening: Evening, doers: Doers) -> None:
    now = evening.clock.now()
    held = {"Fwd_Type": "1", "Fwd_Number": "06641234567", "mobile": ""}
    phone = Phone("main", "om20", "212", ("212",), "IPPhone 1", {}, held, True, "ready", now)
    run(evening, lambda tx: phones.save(tx, phone, now))
    assert call(evening, "room", "212", named=True).phones[0].held == held
    masked = call(evening, "room", "212", named=False).phones[0].held
    assert masked == held | {"Fwd_Number": "“…”"}


def test_why_of_a_vacant_room_that_nobody_spoke_of_is_short(evening: Evening, doers: Doers) -> None:
    found = why(evening, "213")
    assert found.said == (
        "Nobody is known to be in 213.",
        "om20/213 is to hold what follows because: nothing is known of who lives in 213.",
        "om20/213: api is 7, as it should be.",
        "om20/213: Call_Restriction is 3 (all calls); nobody here asks for anything else.",
    )


def test_the_journal_of_a_room_is_read_piece_by_piece(evening: Evening, doers: Doers) -> None:
    now = evening.clock.now()

    def unit(tx: Tx) -> None:
        for n in range(5):
            line = {"property": "main", "at": now, "by": "fias", "origin": "pms", "room": "212",
                    "reservation": "", "what": "changed", "text": f"{n}: {personal(NAME)}"}  # fmt: skip
            tx.connection.execute(insert(tables.Journal), line)

    run(evening, unit)
    first = call(evening, "journal", JournalQuery("212", 3), named=False)
    rest = call(evening, "journal", JournalQuery("212", 3, first.next), named=True)
    assert [line.text for line in first.items] == ["4: “…”", "3: “…”", "2: “…”"]
    assert [line.text for line in rest.items] == [f"1: “{NAME}”", f"0: “{NAME}”"] and rest.next is None


def test_rooms_with_guests_that_nobody_configured_stand_at_the_end_of_the_list(
    evening: Evening, doers: Doers
) -> None:
    now = evening.clock.now()
    run(evening, lambda tx: guest_in(tx, "999", NAME, "1009", now, "fias"))
    *known, last = call(evening, "rooms", 100, None, named=True).items
    assert (last.number, last.configured, last.stays[0].reservation) == ("999", False, "1009")
    assert all(one.configured for one in known) and len(known) == len(ROOMS) + 1


def test_one_record_is_shown_by_the_number_that_an_alarm_names(evening: Evening, doers: Doers) -> None:
    barred(evening)
    (message,) = [one for one in why(evening).records if one.link == "pms"]
    query = RecorderQuery(record=int(message.id[1:]))
    (shown,) = call(evening, "recorder", query, named=True).items
    assert shown == message
    with pytest.raises(Refusal) as refused:
        call(evening, "recorder", RecorderQuery(record=2**40), named=True)
    assert (refused.value.code, refused.value.status) == ("unknown_record", 404)


def test_an_exchange_that_is_dead_is_not_said_to_report(evening: Evening, doers: Doers) -> None:
    evening.advance(60)
    evening.om.cut()
    evening.advance(180)
    (link,) = evening.links()
    assert link.layers == {"connected": False, "reporting": False}
