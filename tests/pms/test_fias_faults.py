"""What a PMS, its line and a change of nodes can do to records and results; and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hotelbridge_fias.framing import frame
from hotelbridge_fias.link import FiasLink
from sqlalchemy import text

from hotelbridge.core.records import AlarmKind
from hotelbridge.errors import Refusal
from hotelbridge.pms.api import CheckedIn, Unknown, WakeupResult
from hotelbridge.services import guests
from hotelbridge.services.roomviews import RecorderQuery
from hotelbridge.store import pms_state
from hotelbridge.testing.fake_om_scripts import Answers
from tests.pms.fias_evening import FiasEvening
from tests.services.evening import DESK
from tests.services.guestlife import GuestLife


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[FiasEvening]:
    opened = FiasEvening(tmp_path).alive()
    yield opened
    opened.stop()


def sent(hotel: FiasEvening, *bodies: bytes) -> None:
    """The PMS sends this."""
    assert hotel.pms.line is not None
    for body in bodies:
        hotel.pms.line.transport.write(frame(body))
    hotel.advance(5)


def alarms(hotel: FiasEvening, kind: AlarmKind) -> list[str]:
    return [alarm.text for alarm in hotel.open_alarms() if alarm.kind == kind]


def incoming(hotel: FiasEvening) -> list[tuple[str, str]]:
    """What came of the records of guests, newest last."""
    query = "SELECT words, effect FROM record WHERE direction = 'in' AND words LIKE 'check-in%' ORDER BY id"
    return hotel.read(lambda tx: [(row[0], row[1]) for row in tx.connection.execute(text(query))])


# --- results ---


def test_a_result_that_a_dead_connection_has_swallowed_is_said_on_the_next_one(hotel: FiasEvening) -> None:
    """A4: a result may come twice, never not at all."""
    hotel.phone("212", Answers())
    hotel.play('gi 212 1001 "Müller, Hans"', "wr 212 0627")
    hotel.pms.mute()
    hotel.until("06:45")
    assert hotel.pms.is_alive
    assert hotel.results() == ["WA|RN212|DA261124|TI062700|ASOK|"]


def test_a_result_of_which_nobody_knows_is_said_again_later_and_holds_up_no_other(
    hotel: FiasEvening, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotel.phone("212", Answers())
    hotel.phone("213", Answers())
    hotel.play('gi 212 1001 "A"', 'gi 213 1002 "B"', "wr 212 0627", "wr 213 0628")
    tried: list[str] = []
    say = FiasLink.report_wakeup

    async def unknown_at_first(self: FiasLink, result: WakeupResult) -> None:
        tried.append(result.room)
        if tried.count("212") == 1 and result.room == "212":
            raise Unknown("the PMS did not say whether it has the record")
        await say(self, result)

    monkeypatch.setattr(FiasLink, "report_wakeup", unknown_at_first)
    hotel.until("06:30")
    assert (tried, hotel.results()) == (["212", "213"], ["WA|RN213|DA261124|TI062800|ASOK|"])
    hotel.until("06:50")
    assert tried == ["212", "213", "212"] and len(hotel.results()) == 2


def test_a_wake_up_at_no_readable_time_is_an_alarm_and_its_one_result_is_saved(hotel: FiasEvening) -> None:
    """B2: whoever asked for it hears that nobody will be woken, also in a resync, when nothing is sent."""
    sent(hotel, b"DS|DA261124|TI062600|", b"WR|RN212|DA261124|TI6:45|")
    assert hotel.results() == []
    (alarm,) = alarms(hotel, AlarmKind.PMS_REQUEST)
    assert alarm.startswith(
        "Room 212: the PMS (fias) asked for a wake-up at 'DA261124 TI6:45', which is no time."
    )
    sent(hotel, b"DE|DA261124|TI062600|")
    hotel.advance(60)
    assert hotel.results() == ["WA|RN212|DA261124|TI6:45|ASUR|"]


def test_a_wake_up_of_a_room_of_any_length_does_not_jam_the_way_out(hotel: FiasEvening) -> None:
    line = hotel.pms.line
    sent(hotel, b"WR|RN" + b"\xff" * 1900 + b"|DA261124|TI9999|")
    hotel.phone("212", Answers())
    hotel.play('gi 212 1001 "Müller, Hans"', "wr 212 0630")
    hotel.until("06:40")
    assert hotel.results()[-1] == "WA|RN212|DA261124|TI063000|ASOK|"
    assert hotel.pms.line is line and alarms(hotel, AlarmKind.PMS_REQUEST)


# --- what a name must not come out by ---


def test_a_name_in_something_that_is_no_record_is_shown_to_nobody_without_need(hotel: FiasEvening) -> None:
    sent(hotel, "GII|RN212|G#1001|GNMüller, Hans|GSN|".encode(), "Müller".encode())
    query = RecorderQuery(limit=20)
    hidden = hotel._result(hotel.daemon.rooms.recorder("main", query, named=False))
    shown = hotel._result(hotel.daemon.rooms.recorder("main", query, named=True))
    assert "Müller" not in str(hidden.items) and "Müller, Hans" in str(shown.items)


# --- what is lost with a line ---


def test_a_check_in_that_a_line_tears_is_an_alarm_that_says_to_ask_for_a_resync(hotel: FiasEvening) -> None:
    """Promise 8: nobody else would ever hear of that guest."""
    torn = b"\x02GI|RN213|G#1002|GNSmi"
    hotel.pms.line.transport.write(frame("GI|RN212|G#1001|GNMüller, Hans|GSN|".encode()) + torn)
    hotel.advance(0.1)
    hotel.play("reset")
    hotel.advance(30)
    assert hotel.pms.is_alive and set(GuestLife(hotel).here()) == {"1001"}
    (alarm,) = alarms(hotel, AlarmKind.PMS_REQUEST)
    assert "room 213: a record was cut off when the line broke" in alarm and "resync --ask" in alarm
    query = RecorderQuery(room=None, limit=20)
    kept = [one for one in hotel._result(hotel.daemon.rooms.recorder("main", query, named=True)).items]
    (shown,) = [one for one in kept if one.words.startswith("cut off when the line broke")]
    assert "GI|RN213|G#1002|GNSmi" in shown.words and f"record {shown.id[1:]} of" in alarm


def test_several_things_that_are_not_understood_are_one_alarm_that_counts_them_and_is_heard_again(
    hotel: FiasEvening,
) -> None:
    for n in range(2):
        sent(hotel, b"GI|G#100%d|GNNobody|GSN|" % n)
    (alarm,) = alarms(hotel, AlarmKind.PMS_REQUEST)
    assert alarm.startswith("The PMS (fias) sent 2 things that could not be understood, these: ")
    assert alarm.count("of the flight recorder") == 2
    (one,) = hotel.open_alarms()
    hotel.acknowledge(one.id, "anna")
    for n in range(3):
        sent(hotel, b"GI|G#200%d|GNNobody|GSN|" % n)
    (one,) = hotel.open_alarms()
    assert "sent 5 things that could not be understood, the last 3: " in one.text
    assert one.acknowledged_by is None, "those are new"
    hotel.acknowledge(one.id, "anna", "cancelled")
    sent(hotel, b"GI|G#3000|GNNobody|GSN|")
    (alarm,) = alarms(hotel, AlarmKind.PMS_REQUEST)
    assert alarm.startswith("The PMS (fias) sent what could not be understood: "), "counted anew"


# --- a resync ---


def test_nobody_is_taken_for_gone_where_a_record_of_the_resync_was_garbled(hotel: FiasEvening) -> None:
    """B7."""
    hotel.play('gi 212 1001 "A"', 'gi 213 1003 "C"')
    garbled = b"G\x11I|RN212|G#1001|GNA|GSN|SF|"
    sent(hotel, b"DS|DA261124|TI062600|", garbled, b"GI|RN213|G#1003|GNC|GSN|SF|", b"DE|DA261124|TI062600|")
    hotel.advance(30)
    assert set(GuestLife(hotel).here()) == {"1001", "1003"} and hotel.level("212") == "3"


def test_nobody_is_taken_for_gone_where_a_record_of_the_resync_could_not_be_applied(
    hotel: FiasEvening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B7."""
    hotel.play('gi 212 1001 "A"', 'gi 213 1003 "C"')
    apply = guests.apply

    def stumbles(tx: Any, rules: Any, facts: Any, *more: Any) -> Any:
        if any(isinstance(fact, CheckedIn) and fact.resync and fact.room == "212" for fact in facts):
            raise ValueError("a case that nobody foresaw")
        return apply(tx, rules, facts, *more)

    monkeypatch.setattr(guests, "apply", stumbles)
    hotel.play("resync")
    hotel.advance(30)
    assert set(GuestLife(hotel).here()) == {"1001", "1003"}
    assert alarms(hotel, AlarmKind.PMS_REQUEST)
    monkeypatch.undo()
    hotel.pms.hotel.rooms["212"].clear()
    hotel.play("resync")
    hotel.advance(30)
    assert set(GuestLife(hotel).here()) == {"1003"}, "the next one is whole again"


def test_while_a_resync_waits_for_a_person_silence_about_a_room_proves_nothing(hotel: FiasEvening) -> None:
    """B3: who is there is in question until somebody has decided."""
    hotel.play('gi 212 1001 "A"', "wr 212 0700")
    hotel.pms.hotel.rooms["212"].clear()
    sent(hotel, b"DS|DA261124|TI062600|", b"GI|RN213|G#2002|GNB|GSN|SF|", b"DE|DA261124|TI062600|")
    (asking,) = [one for one in GuestLife(hotel).resyncs() if one.state == "asking"]
    hotel.book("213", "06:50")
    hotel._result(hotel.daemon.rooms.decide("main", asking.id, True, DESK))
    with pytest.raises(Refusal) as refused:
        hotel.book("131", "06:50")
    assert refused.value.code == "not_in_house"


def test_a_first_resync_that_waits_is_trusted_when_a_person_has_looked_at_it(hotel: FiasEvening) -> None:
    """B3: and not before, also by the next life of the program."""
    forget = {f"{pms_state.HOUSE}resynced": None}
    hotel.play('gi 212 1001 "A"', "wr 212 0700")

    async def forgotten() -> None:
        await hotel.daemon.ownership.run("main", lambda tx: pms_state.keep(tx, "main", forget))

    hotel._result(forgotten())
    hotel.play("dr silent")
    hotel.crash()
    hotel.start()
    hotel.advance(60)
    hotel.pms.hotel.rooms["212"].clear()
    hotel.play("resync")
    hotel.advance(30)
    (asking,) = [one for one in GuestLife(hotel).resyncs() if one.state == "asking"]
    assert not hotel.daemon.houses["main"].rules.pms_trusted
    hotel._result(hotel.daemon.rooms.decide("main", asking.id, False, DESK))
    hotel.play("re 213 dn=Y")
    assert hotel.daemon.houses["main"].rules.pms_trusted


# --- a lease that is gone ---


def stolen(hotel: FiasEvening, taken_up: bool) -> None:
    """Another node has the property, and has, or has not yet, worked off what was left."""

    async def steal() -> None:
        await hotel.daemon.ownership._db.run(
            lambda tx: tx.connection.execute(text("UPDATE lease SET node = 'other', epoch = 77")).rowcount
        )
        if taken_up:
            mark = {f"{pms_state.HOUSE}taken_up": "77"}
            await hotel.daemon.ownership._db.run(lambda tx: pms_state.keep(tx, "main", mark))

    hotel._result(steal())


def test_what_comes_when_the_lease_is_gone_waits_for_the_new_owner(hotel: FiasEvening) -> None:
    stolen(hotel, taken_up=False)
    sent(hotel, b"GI|RN212|G#1001|GNA|GSN|")
    ((words, effect),) = incoming(hotel)
    assert "1001" in words and effect == ""
    waiting = hotel.read(
        lambda tx: tx.connection.execute(text("SELECT count(*) FROM record WHERE worked_at IS NULL")).scalar()
    )
    assert waiting == 1


def test_what_comes_when_the_new_owner_has_begun_already_is_not_applied_long_afterwards(
    hotel: FiasEvening,
) -> None:
    """By its next start it would be out of date: a person hears of it now, and a resync is wanted."""
    stolen(hotel, taken_up=True)
    sent(hotel, b"GI|RN212|G#1001|GNA|GSN|")
    ((words, effect),) = incoming(hotel)
    assert "1001" in words and "not applied" in effect
    assert "want_resync" in hotel.read(lambda tx: pms_state.values(tx, "main", house=True))


# --- another PMS ---


def test_what_one_plugin_has_kept_is_nothing_to_another(hotel: FiasEvening) -> None:
    own = hotel.read(lambda tx: pms_state.values(tx, "main", plugin="fias"))
    assert "heard" in own
    assert hotel.read(lambda tx: pms_state.values(tx, "main", plugin="csv")) == {}
    assert not set(own) & set(hotel.read(lambda tx: pms_state.values(tx, "main", house=True)))
