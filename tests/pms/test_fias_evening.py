"""Guests, wake-ups and phones of a whole hotel whose PMS speaks FIAS, with all that can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hotelbridge_fias.framing import frame
from hotelbridge_fias.simulator_habits import Habits, Mode
from twisted.internet.defer import fail

from hotelbridge.core.records import AlarmKind, WakeupState
from hotelbridge.errors import Refusal, StoreUnavailable
from hotelbridge.services.orderviews import BookingRequest
from hotelbridge.services.roomviews import CheckOutRequest, StatusRequest
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.pms.fias_evening import FiasEvening
from tests.services.evening import DESK


@pytest.fixture(params=list(Mode), ids=str)
def hotel(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[FiasEvening]:
    opened = FiasEvening(tmp_path, Habits(mode=request.param)).alive()
    yield opened
    opened.stop()


@pytest.fixture
def oracle(tmp_path: Path) -> Iterator[FiasEvening]:
    opened = FiasEvening(tmp_path).alive()
    yield opened
    opened.stop()


def journal(hotel: FiasEvening, room: str) -> list[str]:
    view = hotel._result(hotel.daemon.rooms.why("main", room, named=True))
    return [line.what for line in view.journal]


# --- what a maid found ---


def test_the_status_of_a_room_goes_out_by_the_number_that_the_site_gave_it(tmp_path: Path) -> None:
    """M3: a room's status is told where it has a source, and a number."""
    hotel = FiasEvening(tmp_path, room_status={"clean": "3"}).alive()
    rooms = hotel.daemon.rooms
    said = hotel._result(rooms.tell_status("main", "212", StatusRequest("clean", "Maid 5"), DESK))
    hotel.advance(5)
    assert said.said == "Sent to the PMS: 212 is clean. It does not say whether it has heard that."
    assert [str(record) for record in hotel.pms.received("RE")] == ["RE|RN212|RS3|IDMaid 5|"]
    with pytest.raises(Refusal, match="add it to room_status"):
        hotel._result(rooms.tell_status("main", "212", StatusRequest("burnt"), DESK))
    hotel.stop()


# --- phones follow guests ---


def test_the_first_link_asks_once_how_everything_stands_and_bars_what_is_vacant(hotel: FiasEvening) -> None:
    """Promise 5; A5: the lowest level that is sent is 1."""
    assert [record.id for record in hotel.pms.received("DR")] == ["DR"]
    hotel.advance(30)
    assert {hotel.level(room) for room in ("110", "131", "212")} == {"1"}


def test_a_check_in_opens_the_line_and_a_check_out_bars_it(hotel: FiasEvening) -> None:
    """M1: a first check-in without a class of service takes the policy of occupied rooms."""
    hotel.play('gi 212 1001 "Müller, Hans" language=GE')
    assert (hotel.level("212"), hotel.guests("212")) == ("3", ["Müller, Hans"])
    hotel.play("go 212")
    assert (hotel.level("212"), hotel.guests("212")) == ("1", [])


def test_a_sharer_who_leaves_leaves_the_line_open(hotel: FiasEvening) -> None:
    hotel.play('gi 212 1001 "Müller, Hans"', 'share 212 1002 "Weber, Eva"', "go 212 1001")
    assert (hotel.level("212"), hotel.guests("212")) == ("3", ["Weber, Eva"])


def test_a_class_of_service_goes_to_every_phone_of_a_suite(hotel: FiasEvening) -> None:
    """R2: rooms with several phones."""
    hotel.play('gi suite 1001 "Müller, Hans"', "re suite cs=1")
    assert (hotel.level("301"), hotel.level("302")) == ("1", "1")


@pytest.mark.parametrize("how", ["move 212 213", "move2 212 213", "move2 212 213 reverse"])
def test_a_move_told_in_any_manner_carries_the_wake_up_along(hotel: FiasEvening, how: str) -> None:
    """B7: moves come as one record, or as out and in, in any order."""
    hotel.phone("213", Answers())
    hotel.play('gi 212 1001 "Müller, Hans"', "wr 212 0635", how)
    assert (hotel.level("212"), hotel.level("213")) == ("1", "3")
    hotel.until("06:40")
    assert (hotel.rings("212"), hotel.rings("213")) == ([], ["06:35:00"])


def test_do_not_disturb_on_the_new_phone_is_opened_though_the_guest_moved_a_minute_before(
    oracle: FiasEvening,
) -> None:
    """R6: what keeps the ring away is opened before the first try."""
    oracle.phone("213", Answers())
    oracle.play('gi 212 1001 "Müller, Hans"', "wr 212 0635")
    oracle.until("06:34")
    oracle.om.phone("213").parameters["No_Disturb"] = "on"
    oracle.play("move 212 213")
    oracle.until("06:37")
    assert oracle.rings("213") == ["06:35:00"]
    assert [ring.answered is not None for ring in oracle.om.rings] == [True]


@pytest.mark.parametrize("words", [["re 212 dn=Y"], ["re 212 dn=N", "re 212 dn=Y"]])
def test_do_not_disturb_said_again_is_set_though_the_guest_switched_it_off_at_the_phone(
    oracle: FiasEvening, words: list[str]
) -> None:
    """R6: on the PMS's word, each time that it is said."""
    quiet = oracle.om.phone("212").parameters
    oracle.play('gi 212 1001 "Müller, Hans"', "re 212 dn=Y")
    assert quiet["No_Disturb"] == "on"
    quiet["No_Disturb"] = "off"
    oracle.play(*words)
    assert quiet["No_Disturb"] == "on"


def test_do_not_disturb_repeated_in_a_resync_leaves_the_phone_to_the_guest(oracle: FiasEvening) -> None:
    """R6: how things stand is no new word."""
    quiet = oracle.om.phone("212").parameters
    oracle.play('gi 212 1001 "Müller, Hans"', "re 212 dn=Y")
    quiet["No_Disturb"] = "off"
    told = [b"DS|DA261124|TI062600|", b"RE|RN212|DNY|", b"GI|RN212|G#1001|GSN|", b"DE|DA261124|TI062600|"]
    for record in told:
        oracle.pms.line.transport.write(frame(record))
    oracle.advance(60)
    assert quiet["No_Disturb"] == "off" and oracle.guests("212") == ["Müller, Hans"]


def test_the_pmss_word_just_before_a_ring_is_kept_until_the_guest_is_up(oracle: FiasEvening) -> None:
    """R6, A4."""
    oracle.phone("212", Answers())
    oracle.play('gi 212 1001 "Müller, Hans"', "wr 212 0635")
    oracle.until("06:34:30")
    oracle.play("re 212 dn=Y")
    oracle.until("06:50")
    assert oracle.results() == ["WA|RN212|DA261124|TI063500|ASOK|"]
    assert oracle.om.phone("212").parameters["No_Disturb"] == "on"


# --- wake-ups of the PMS ---


def test_do_not_disturb_is_opened_before_the_second_try_where_the_first_could_not_wait(
    oracle: FiasEvening,
) -> None:
    """R6, B2: due now it rings at once, unread; a failed or late read never delays the ring."""
    oracle.phone("212", Answers(), Answers())
    oracle.play('gi 212 1001 "Müller, Hans"', "re 212 dn=y")
    oracle.play("wr 212 now")
    oracle.advance(400)
    assert [ring.answered is not None for ring in oracle.om.rings] == [True]
    assert oracle.results()[0].endswith("ASOK|") and len(oracle.results()) == 1
    assert oracle.om.phone("212").parameters["No_Disturb"] == "on"


@pytest.mark.parametrize(
    "record", ["GI|G#1001|GNNobody|GSN|", "RE|RN212|CS9|", "GI|RN212|GN" + "x" * 3000 + "|"]
)
def test_what_the_pms_wants_and_nobody_can_read_is_an_alarm(oracle: FiasEvening, record: str) -> None:
    """Promise 8: nothing fails in silence."""
    oracle.pms.line.transport.write(b"\x02" + record.encode() + b"\x03")
    oracle.advance(5)
    oracle.play('gi 213 1002 "Smith, John"')
    (alarm,) = [one for one in oracle.open_alarms() if one.kind == AlarmKind.PMS_REQUEST]
    assert "could not be understood" in alarm.text and "Nobody" not in alarm.text
    assert oracle.guests("213") == ["Smith, John"]


def test_a_wake_up_of_the_pms_rings_and_its_one_result_echoes_the_second(hotel: FiasEvening) -> None:
    """B2, A4: it is saved whatever is said; the result goes once."""
    hotel.phone("212", Answers())
    hotel.play('gi 212 1001 "Müller, Hans"', "wr 212 063515 twice")
    hotel.until("06:40")
    assert hotel.rings("212") == ["06:35:15"]
    assert hotel.results() == ["WA|RN212|DA261124|TI063515|ASOK|"]


def test_nobody_answers_and_the_pms_hears_it_before_the_person_has_gone(hotel: FiasEvening) -> None:
    """A4: at the end of the ladder, and it does not wait for the person."""
    hotel.phone("212", *[NoAnswer(rings=20)] * 3)
    hotel.play('gi 212 1001 "Müller, Hans"', "wr 212 0631")
    hotel.until("06:38")
    assert hotel.results() == ["WA|RN212|DA261124|TI063100|ASNR|"]
    (alarm,) = [one for one in hotel.open_alarms() if one.kind == AlarmKind.WAKEUP_FAILED]
    hotel.acknowledge(alarm.id, "Anna", "woken_by_staff")
    hotel.advance(60)
    assert len(hotel.results()) == 1


def test_a_wake_up_that_is_taken_back_does_not_ring(hotel: FiasEvening) -> None:
    hotel.play('gi 212 1001 "Müller, Hans"', "wr 212 0635", "wc 212 0635")
    hotel.until("06:40")
    assert hotel.rings("212") == []


def test_a_result_waits_while_the_line_is_cut_and_is_said_when_it_is_back(hotel: FiasEvening) -> None:
    hotel.phone("212", Answers())
    hotel.play('gi 212 1001 "Müller, Hans"', "wr 212 0631", "refuse", "drop")
    hotel.until("06:33")
    assert hotel.rings("212") == ["06:31:00"] and hotel.results() == []
    hotel.play("open")
    hotel.advance(120)
    assert hotel.results() == ["WA|RN212|DA261124|TI063100|ASOK|"]


def test_the_desk_books_and_the_pms_shows_it_where_it_wants_to(tmp_path: Path) -> None:
    hotel = FiasEvening(tmp_path, wakeup_news=True).alive()
    hotel.phone("212", Answers())
    hotel.play('gi 212 1001 "Müller, Hans"')
    id = hotel.book("212", "06:35")
    other = hotel.book("212", "06:45")
    hotel.cancel(other)
    hotel.until("06:40")
    said = [str(one) for one in hotel.pms.received() if one.id in ("WR", "WC", "WA")]
    assert said == [
        "WR|RN212|DA261124|TI063500|",
        "WR|RN212|DA261124|TI064500|",
        "WC|RN212|DA261124|TI064500|",
        "WA|RN212|DA261124|TI063500|ASOK|",
    ]
    assert hotel.wakeup(id).state == WakeupState.WOKEN
    hotel.stop()


def test_what_the_desk_booked_is_not_told_to_a_pms_that_does_not_want_it(oracle: FiasEvening) -> None:
    oracle.phone("212", Answers())
    oracle.play('gi 212 1001 "Müller, Hans"')
    oracle.book("212", "06:35")
    oracle.until("06:40")
    assert [one for one in oracle.pms.received() if one.id in ("WR", "WC", "WA")] == []


def test_a_check_out_at_night_parks_the_wake_up_and_it_rings_all_the_same(hotel: FiasEvening) -> None:
    """B7: crews are checked out at 23:00 for 04:00."""
    hotel.phone("212", Answers())
    hotel.play('gi 212 1001 "Crew"', "wr 212 0640", "go 212")
    (notice,) = [one for one in hotel.open_alarms() if one.kind == AlarmKind.PARKED]
    assert "212" in notice.text and "06:40" in notice.text
    hotel.until("06:45")
    assert hotel.rings("212") == ["06:40:00"]
    assert [one for one in hotel.open_alarms() if one.kind == AlarmKind.PARKED] == []


# --- who is there ---


def test_a_booking_for_an_empty_room_is_refused_while_the_pms_is_believed(oracle: FiasEvening) -> None:
    """B3: `auto` counts as no while the link is down."""
    with pytest.raises(Refusal) as caught:
        oracle.book("213", "07:00")
    assert caught.value.code == "not_in_house"
    oracle.play("refuse", "drop")
    assert oracle.book("213", "07:00")


def test_a_guest_is_woken_in_his_own_language_where_nobody_asked_for_another(tmp_path: Path) -> None:
    german = """
    [[property.om.menu]]
    id = 2
    language = "de"
    voicefile = "wakeup_de"
"""
    hotel = FiasEvening(tmp_path, more="")
    hotel.reconfigure(
        '    voicefile = "wakeup_en"\n    repeat = 3\n', '    voicefile = "wakeup_en"\n' + german
    )
    hotel.crash()
    hotel.start()
    hotel.alive()
    hotel.phone("212", Answers())
    hotel.play('gi 212 1001 "Müller, Hans" language=GE')
    hotel.book("212", "06:35")
    hotel.until("06:37")
    assert [ring.menu for ring in hotel.om.rings if ring.phone == "212"] == ["2"]
    hotel.stop()


# --- the line, the process ---


def test_a_line_that_is_down_for_a_minute_is_an_alarm_until_it_is_back(hotel: FiasEvening) -> None:
    """Promise 8: nothing fails in silence."""
    hotel.play("refuse", "drop")
    hotel.advance(70)
    (alarm,) = [one for one in hotel.open_alarms() if one.kind == AlarmKind.LINK_DOWN]
    assert "fias" in alarm.text
    assert hotel.pms_link().layers["alive"] is False
    hotel.play("open")
    hotel.advance(150)
    assert [one for one in hotel.open_alarms() if one.kind == AlarmKind.LINK_DOWN] == []


def test_a_lease_that_lapsed_and_came_back_brings_the_line_back(oracle: FiasEvening) -> None:
    """The store did not answer for longer than a lease lasts."""
    db = oracle.daemon.db
    run, db.run = db.run, lambda unit, **more: fail(StoreUnavailable("slow"))  # type: ignore[method-assign]
    oracle.advance(22)
    assert not oracle.daemon.ownership.holds("main") and not oracle.pms.is_alive
    db.run = run  # type: ignore[method-assign]
    oracle.advance(120)
    assert oracle.pms.is_alive and oracle.pms_link().layers["flowing"]


def test_a_store_that_hiccups_when_the_daemon_starts_does_not_cost_the_line(oracle: FiasEvening) -> None:
    oracle.crash()
    oracle.start()
    db = oracle.daemon.db
    run, db.run = db.run, lambda unit, **more: fail(StoreUnavailable("slow"))  # type: ignore[method-assign]
    oracle.daemon.parts["main"].gained()
    oracle.advance(3)
    db.run = run  # type: ignore[method-assign]
    oracle.advance(120)
    assert oracle.pms.is_alive and oracle.pms_link().layers["flowing"]


def test_another_life_does_not_show_the_line_of_the_one_before(oracle: FiasEvening) -> None:
    oracle.play("refuse")
    oracle.crash()
    oracle.start()
    assert oracle.pms_link().layers["alive"] is not True
    oracle.advance(90)
    assert [one.kind for one in oracle.open_alarms()] == [AlarmKind.LINK_DOWN]


def test_what_happened_while_the_line_was_down_comes_when_it_is_back(hotel: FiasEvening) -> None:
    hotel.play("refuse", "drop")
    hotel.play('gi 212 1001 "Müller, Hans"', 'gi 213 1002 "Smith, John"', "go 213")
    hotel.play("open")
    hotel.advance(150)
    assert (hotel.guests("212"), hotel.guests("213")) == (["Müller, Hans"], [])
    assert (hotel.level("212"), hotel.level("213")) == ("3", "1")


def test_a_killed_daemon_loses_nothing_that_was_saved_and_asks_for_what_was_not(hotel: FiasEvening) -> None:
    hotel.play('gi 212 1001 "Müller, Hans"', "wr 212 0640")
    hotel.phone("212", Answers())
    hotel.crash()
    hotel.advance(5)
    hotel.play('gi 213 1002 "Smith, John"')
    hotel.start()
    hotel.advance(120)
    assert (hotel.guests("212"), hotel.guests("213")) == (["Müller, Hans"], ["Smith, John"])
    assert len(hotel.pms.received("DR")) == 2  # on TCP nothing was acknowledged that may have been lost
    hotel.until("06:45")
    assert hotel.results() == ["WA|RN212|DA261124|TI064000|ASOK|"]


def test_a_daemon_that_was_stopped_in_order_asks_for_no_resync(hotel: FiasEvening) -> None:
    hotel._result(hotel.daemon.stop())
    hotel.crash()
    hotel.start()
    hotel.advance(120)
    assert hotel.pms_link().layers["flowing"] and len(hotel.pms.received("DR")) == 1


def test_what_the_desk_did_while_the_line_was_down_is_reconciled_when_it_is_back(hotel: FiasEvening) -> None:
    hotel.play('gi 212 1001 "Müller, Hans"', "refuse", "drop")
    hotel._result(hotel.daemon.rooms.check_out("main", "212", CheckOutRequest(), DESK))
    hotel.play("open")
    hotel.advance(200)
    assert len(hotel.pms.received("DR")) == 2
    assert hotel.guests("212") == ["Müller, Hans"]  # as the PMS says


@pytest.mark.parametrize("after", [0.0, 0.01, 0.05, 0.2, 0.5])
def test_killed_while_records_come_in_and_no_guest_is_there_twice(oracle: FiasEvening, after: float) -> None:
    """Saved as received, applied once: the next life takes up what was left."""
    for n, room in enumerate(("110", "111", "112", "113")):
        oracle.player.play(f'gi {room} {2000 + n} "Guest {n}"')
    oracle.advance(after)
    oracle.crash()
    oracle.start()
    oracle.advance(120)
    oracle.play("resync")
    oracle.advance(60)
    assert [oracle.guests(room) for room in ("110", "111", "112", "113")] == [
        [f"Guest {n}"] for n in range(4)
    ]
    for room in ("110", "111", "112", "113"):
        assert journal(oracle, room).count("checked_in") == 1


@pytest.mark.parametrize(
    "name", ["$(reboot)", "<script>alert('212')</script>", "王小明", "محمد علي", "x" * 190]
)
def test_a_guests_name_is_text(oracle: FiasEvening, name: str) -> None:
    oracle.pms.front_desk.check_in("212", "1001", name, {}, share=False)
    oracle.advance(5)
    assert oracle.guests("212") == [name]


# --- a resync ---


def test_a_resync_that_would_check_out_every_guest_asks_first(oracle: FiasEvening) -> None:
    oracle.play('gi 212 1001 "Müller, Hans"', 'gi 213 1002 "Smith, John"')
    for room in ("212", "213"):
        oracle.pms.hotel.rooms[room].clear()
    oracle.play("resync")
    oracle.advance(60)
    (alarm,) = [one for one in oracle.open_alarms() if one.kind == AlarmKind.RESYNC]
    assert "every one of 2 guests" in alarm.text and oracle.guests("212") == ["Müller, Hans"]


def test_a_resync_that_only_confirms_changes_nothing(hotel: FiasEvening) -> None:
    """M1: no check-in happens by it."""
    hotel.play('gi 212 1001 "Müller, Hans"', "re 212 cs=1")
    before = journal(hotel, "212")
    assigned = len(hotel.om.seen("Assign"))
    hotel.play("resync")
    hotel.advance(60)
    assert journal(hotel, "212") == before
    assert (hotel.level("212"), len(hotel.om.seen("Assign"))) == ("1", assigned)


def test_a_resync_that_would_end_a_stay_with_a_wake_up_asks_first(hotel: FiasEvening) -> None:
    """B7: whatever its size."""
    hotel.play('gi 212 1001 "Müller, Hans"')
    request = BookingRequest(room="212", at=f"{hotel.day}T06:50", reservation="1001")
    hotel.ask("book", request, DESK)
    hotel.pms.hotel.rooms["212"].clear()
    hotel.play("resync")
    hotel.advance(60)
    (alarm,) = [one for one in hotel.open_alarms() if one.kind == AlarmKind.RESYNC]
    assert "212" in alarm.text and hotel.guests("212") == ["Müller, Hans"]
    (asking,) = [
        one
        for one in hotel._result(hotel.daemon.rooms.resyncs("main", 10, None, named=True)).items
        if one.state == "asking"
    ]
    hotel._result(hotel.daemon.rooms.decide("main", asking.id, True, DESK))
    hotel.advance(10)
    assert (hotel.guests("212"), hotel.level("212")) == ([], "1")


# --- a wake-up that is deleted here and wanted again there ---


def shown_at_the_pms(hotel: FiasEvening) -> str:
    return str(hotel.player.perform("wakeups"))


def test_deleted_is_not_said_of_a_minute_that_the_pms_wants_again_after_a_crash(oracle: FiasEvening) -> None:
    """A4: the PMS knows a wake-up by room and minute alone, and would show the new one as deleted."""
    oracle.play('gi 212 1001 "Huber"', "wr 212 0830")
    (first,) = oracle.wakeups()
    oracle.play("mute")
    oracle.cancel(first.id)
    oracle.advance(3)
    oracle.crash()
    oracle.play("open", "wr 212 0830")
    oracle.start()
    oracle.advance(400)
    assert [one.state for one in oracle.wakeups()] == [WakeupState.CANCELLED, WakeupState.SCHEDULED]
    assert "DE" not in shown_at_the_pms(oracle)


def test_deleted_waits_until_what_the_pms_kept_for_us_is_heard(oracle: FiasEvening) -> None:
    oracle.play('gi 212 1001 "Huber"', "wr 212 0830", "wr 212 0845")
    first, second = oracle.wakeups()
    oracle.play("refuse", "drop")
    oracle.cancel(first.id)
    oracle.cancel(second.id)
    oracle.play("wc 212 0830", "wr 212 0830", "open")
    oracle.advance(400)
    shown = shown_at_the_pms(oracle)
    assert "083000 DE" not in shown and "084500 DE" in shown
