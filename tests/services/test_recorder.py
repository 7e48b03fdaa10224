"""The flight recorder in a hotel: what came and went, decoded, in one list; names for those who need them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred, fail

from hotelbridge.core.guests import Direction
from hotelbridge.core.personal import personal
from hotelbridge.core.records import Report
from hotelbridge.errors import Refusal, StoreUnavailable
from hotelbridge.om import messages as om
from hotelbridge.om.client import Exchange
from hotelbridge.services import omrecorder
from hotelbridge.services import recorder as shown
from hotelbridge.services.omrecorder import OmRecorder
from hotelbridge.services.roomviews import EntryView, RecorderQuery
from hotelbridge.services.schedule import Housekeeping
from hotelbridge.services.views import Page
from hotelbridge.store import journal, records, stays
from hotelbridge.testing.fake_om_scripts import Answers
from tests.services.evening import Evening
from tests.services.guestlife import GuestLife, gi, go


def listed(evening: Evening, *, named: bool = True, **asked: Any) -> Page[EntryView]:
    found: Page[EntryView] = evening._result(
        evening.daemon.rooms.recorder("main", RecorderQuery(**asked), named=named)
    )
    return found


def words(evening: Evening, **asked: Any) -> list[str]:
    return [one.words for one in listed(evening, **asked).items]


def run(evening: Evening, unit: Any) -> Any:
    async def work() -> Any:
        return await evening.daemon.db.run(unit)

    return evening._result(work())


def keep(evening: Evening, *said: str, rooms: tuple[str, ...] = ("212",), link: str = "pms") -> list[int]:
    now = evening.clock.now()
    items = [(one.encode(), one, rooms) for one in said]
    return run(evening, lambda tx: records.add(tx, "main", link, Direction.IN, now, items, worked=False))  # type: ignore[no-any-return]


def test_a_wakeup_can_be_read_in_the_recorder_from_the_command_to_the_end_of_the_call(
    evening: Evening,
) -> None:
    evening.phone("212", Answers(after=5, talk=10))
    evening.book("212", "06:30")
    evening.until("06:33")
    found = words(evening, room="212", limit=200)[::-1]
    told = ["asked om20 to call 212 with menu 1", "om20 says: 212 rings, menu 1", "om20 says: 212 is lifted"]
    places = [next(n for n, one in enumerate(found) if one.startswith(start)) for start in told]
    assert places == sorted(places)
    assert all(one.rooms == ("212",) for one in listed(evening, room="212").items)


def test_looks_at_a_device_that_come_round_all_the_time_are_left_out(evening: Evening) -> None:
    evening.advance(300)
    assert not [one for one in words(evening, limit=500) if "say what it is" in one]
    (first, *_) = [one for one in words(evening, limit=500, direction=Direction.OUT) if "menu 1" in one]
    assert first == "asked om20 to set menu 1: wakeup_en, played 3"


def test_a_phone_that_is_named_only_by_its_line_is_found_by_its_room(evening: Evening) -> None:
    evening.advance(60)
    told = words(evening, room="212", direction=Direction.OUT, limit=100)
    assert any(one.startswith("asked om20 to set api = 7 on the line") for one in told)


def test_the_list_goes_on_without_a_gap_through_records_and_reports_of_one_instant(evening: Evening) -> None:
    evening.advance(60)
    now = evening.clock.now()
    push = b'<Event attribute="IDLE"><ext id="212"/></Event>'
    for n in range(6):
        keep(evening, f"record {n}")
        evening._result(_append(evening, [Report("main", "om20", now, push)]))
    whole = [one.id for one in listed(evening, limit=400).items]
    seen: list[str] = []
    cursor: str | None = None
    while len(seen) < len(whole):
        piece = listed(evening, limit=5, cursor=cursor)
        seen += [one.id for one in piece.items]
        cursor = piece.next
        if cursor is None:
            break
    assert seen == whole and len(set(seen)) == len(seen)


def test_a_rooms_list_looks_through_a_bounded_number_of_reports_and_leads_on(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "LOOKED_THROUGH", 20)
    monkeypatch.setattr(shown, "AT_ONCE", 10)
    evening.advance(60)
    push = b'<Event attribute="IDLE"><ext id="%d"/></Event>'
    numbers = [213, *[110] * 50]
    now = evening.clock.now()
    many = [Report("main", "om20", now + timedelta(seconds=n), push % no) for n, no in enumerate(numbers)]
    evening._result(_append(evening, many))
    first = listed(evening, room="213")
    assert first.items == () and first.next is not None
    found: list[str] = []
    cursor: str | None = first.next
    while cursor is not None:
        piece = listed(evening, room="213", cursor=cursor)
        found += [one.words for one in piece.items]
        cursor = piece.next
    assert found[0] == "om20 says: 213 is idle"


async def _append(evening: Evening, reports: list[Report]) -> None:
    await evening.daemon.db.append(reports)


def test_messages_are_chosen_by_link_direction_and_time(evening: Evening) -> None:
    keep(evening, "said by the PMS")
    before = evening.clock.now() + timedelta(seconds=1)
    evening.advance(10)
    keep(evening, "said later")
    assert words(evening, link="pms") == ["said later", "said by the PMS"]
    assert words(evening, link="pms", before=before) == ["said by the PMS"]
    assert words(evening, link="nobody") == []
    assert {one.link for one in listed(evening, link="om20").items} == {"om20"}
    assert {one.direction for one in listed(evening, direction=Direction.OUT).items} == {Direction.OUT}


def test_names_and_the_bytes_of_the_wire_are_for_those_who_need_them(evening: Evening) -> None:
    (id,) = keep(evening, f"check-in of {personal('Müller')} in 212")
    run(evening, lambda tx: records.worked(tx, {id: f"{personal('Müller')} is in 212"}, evening.clock.now()))
    (full,) = listed(evening, link="pms").items
    (masked,) = listed(evening, link="pms", named=False).items
    assert (full.words, full.effect) == ("check-in of “Müller” in 212", "“Müller” is in 212")
    assert (masked.words, masked.effect, masked.body) == ("check-in of “…” in 212", "“…” is in 212", None)
    assert full.body is not None and not full.waiting


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"\x02GI|RN212|\x03\xff", "\\x02GI|RN212|\\x03\\xff"),
        ("GNМария|\r\n".encode(), "GNМария|\\x0d\n"),
        ("\u202eevil\\".encode(), "\\u202eevil\\\\"),
    ],
)
def test_bytes_are_shown_so_that_nothing_in_them_acts_or_hides(body: bytes, text: str) -> None:
    assert shown.shown(body) == text


def test_a_cursor_that_was_not_given_is_refused(evening: Evening) -> None:
    for cursor in ("x", "é", "MjAyNi0xMS0yNA", "9" * 200):
        with pytest.raises(Refusal) as refused:
            listed(evening, cursor=cursor)
        assert refused.value.code == "bad_cursor"


def test_housekeeping_forgets_old_records_and_keeps_what_is_still_to_do(evening: Evening) -> None:
    daemon = evening.daemon
    rules = {"main": daemon.houses["main"].rules}
    housekeeping = Housekeeping(daemon.db, daemon.clock, daemon.metrics, rules, reactor)
    long_ago = evening.clock.now() - timedelta(days=14, minutes=1)
    items = [(b"", word, ("212",)) for word in ("done", "waits")]
    done, _ = run(
        evening, lambda tx: records.add(tx, "main", "pms", Direction.IN, long_ago, items, worked=False)
    )
    run(evening, lambda tx: records.worked(tx, {done: ""}, long_ago))
    keep(evening, "new")
    evening._result(housekeeping.purge())
    assert words(evening, link="pms") == ["new", "waits"]


def test_housekeeping_forgets_guests_when_it_was_announced(tmp_path: Path) -> None:
    """Promise 9: each hotel says for how long; what is still open stays."""
    evening = Evening(tmp_path, more="[property.retention]\nguest_days = 30\nrecord_days = 2\n")
    life = GuestLife(evening)
    life.tell(gi("212", "1001"))
    life.tell(gi("213", "1002"))
    life.tell(go("212", "1001"))
    daemon: Any = evening.daemon

    def known() -> list[bool]:
        return run(
            evening, lambda tx: [bool(stays.of_reservation(tx, "main", one)) for one in ("1001", "1002")]
        )

    rules = {"main": daemon.houses["main"].rules}
    for days, left in ((29, [True, True]), (31, [False, True])):
        clock = Shifted(evening.clock.now() + timedelta(days=days))
        evening._result(Housekeeping(daemon.db, clock, daemon.metrics, rules, reactor).purge())
        assert known() == left
    assert run(evening, lambda tx: journal.of_room(tx, "main", "212")) == []
    evening.stop()


class Shifted:
    """A clock that shows another day."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at


# --- the ear on the commands ---


class Refusing:
    """A database that refuses until it is told not to."""

    def __init__(self, evening: Evening) -> None:
        self.inner = evening.daemon.db
        self.refuses = True

    def run(self, unit: Any, *, urgent: bool = False) -> Deferred[Any]:
        assert not urgent, "nothing waits for the recorder"
        if self.refuses:
            return fail(StoreUnavailable("disk full"))
        return self.inner.run(unit)


@pytest.fixture
def refusing(evening: Evening) -> Iterator[tuple[Refusing, OmRecorder]]:
    db = Refusing(evening)
    ear = OmRecorder(evening.daemon.houses["main"].rules, db, evening.clock)  # type: ignore[arg-type]
    yield db, ear
    db.refuses = False
    evening._result(ear.stop())


def exchange(evening: Evening, phone: str = "212", fault: str = "") -> Exchange:
    now = evening.clock.now()
    reply = None if fault else om.Empty()
    return Exchange(om.Connect(om.Menu("9"), om.Ext(phone)), b"<Transfer/>", now, now, b"", reply, fault)


def calls(evening: Evening) -> list[str]:
    return [one for one in words(evening, limit=500) if "menu 9" in one or "not recorded" in one]


def test_what_the_database_does_not_take_is_held_and_saved_once_it_does(
    evening: Evening, refusing: tuple[Refusing, OmRecorder]
) -> None:
    db, ear = refusing
    ear.tap("om20")(exchange(evening))
    evening.advance(10)
    assert calls(evening) == []
    db.refuses = False
    evening.advance(omrecorder.AGAIN)
    assert calls(evening) == ["asked om20 to call 212 with menu 9"]


def test_memory_is_bounded_and_what_is_left_out_is_counted(
    evening: Evening, refusing: tuple[Refusing, OmRecorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(omrecorder, "MOST", 3)
    db, ear = refusing
    for _ in range(5):
        ear.tap("om20")(exchange(evening))
    db.refuses = False
    evening.advance(omrecorder.HOLD)
    assert sorted(calls(evening)) == [
        "2 commands to telephone exchanges are not recorded: too many at once",
        *["asked om20 to call 212 with menu 9"] * 3,
    ]


def test_large_answers_are_bounded_too(
    evening: Evening, refusing: tuple[Refusing, OmRecorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(omrecorder, "MOST_BYTES", 1000)
    db, ear = refusing
    large = replace(exchange(evening), answer=b"x" * 1000)
    for _ in range(3):
        ear.tap("om20")(large)
    db.refuses = False
    evening.advance(omrecorder.HOLD)
    assert len(calls(evening)) == 2 and "2 commands" in calls(evening)[0] + calls(evening)[1]
    for _ in range(2):
        ear.tap("om20")(exchange(evening))
    evening.advance(omrecorder.HOLD)
    assert len(calls(evening)) == 4


def test_a_command_without_an_answer_says_that_nobody_knows_whether_it_was_done(evening: Evening) -> None:
    evening.daemon.parts["main"]._recorder.tap("om20")(exchange(evening, fault="no answer within 10 s"))
    evening.advance(omrecorder.HOLD)
    (one,) = [one for one in listed(evening, limit=500).items if "menu 9" in one.words]
    assert one.effect == "no answer within 10 s; whether it was done is not known"


def test_what_is_held_at_the_end_is_saved_by_an_orderly_stop(tmp_path: Path) -> None:
    evening = Evening(tmp_path)
    evening.advance(60)
    evening.daemon.parts["main"]._recorder.tap("om20")(exchange(evening))
    evening.stop()
    evening.start()
    assert calls(evening) == ["asked om20 to call 212 with menu 9"]
    evening.stop()
