"""Server-sent events: nothing lost, nothing twice, nobody keeps the house from working."""

from __future__ import annotations

import pytest

from hotelbridge.errors import StoreUnavailable
from hotelbridge.web.events import MOST_LISTENERS

from .far_end import House, read_reply


def test_a_change_is_told_with_its_position_and_the_present_view(house: House) -> None:
    listener = house.listen()
    assert "HTTP/1.1 200" in listener.head
    assert "text/event-stream" in listener.head
    assert listener.events() == []
    house.desk.add_wakeup(7)
    house.desk.commit("main", ("wakeup", "7"))
    ((event, data),) = listener.events()
    assert event == "wakeup"
    assert {name: data[name] for name in ("property", "kind", "id", "n")} == {
        "property": "main",
        "kind": "wakeup",
        "id": "7",
        "n": 1,
    }
    assert data["at"] == "2026-11-24T05:00:00+01:00"
    assert data["item"]["room"] == "212"
    assert data["item"]["attempts"]
    assert listener.last_event_id == "main:1,annex:0"


def test_rooms_links_and_things_that_are_gone_are_told_too(house: House) -> None:
    listener = house.listen()
    house.desk.commit("main", ("room", "212"), ("link", "om20"), ("wakeup", "99"), ("new-kind", "x"))
    heard = listener.events()
    assert [event for event, _ in heard] == ["room", "link", "wakeup", "new-kind"]
    assert [data["item"] is None for _, data in heard] == [False, False, True, True]


def test_a_listener_resumes_after_the_last_event_it_saw(house: House) -> None:
    for number in ("1", "2", "3"):
        house.desk.commit("main", ("room", number))
    house.desk.commit("annex", ("room", "a"))
    listener = house.listen(last="main:1,annex:0")
    assert listener.told() == [("room", "2"), ("room", "3"), ("room", "a")]
    assert listener.last_event_id == "main:3,annex:1"


def test_repeats_of_one_thing_are_told_once_with_the_last_position(house: House) -> None:
    house.desk.commit("main", ("room", "1"), ("room", "2"), ("room", "1"))
    listener = house.listen(last="main:0,annex:0")
    heard = listener.events()
    assert [(data["id"], data["n"]) for _, data in heard] == [("2", 2), ("1", 3)]


def test_a_change_committed_during_replay_is_told_exactly_once(house: House) -> None:
    house.desk.commit("main", ("room", "1"))
    house.desk.before_reading = lambda: house.desk.commit("main", ("room", "2"))
    listener = house.listen(last="main:0,annex:0")
    house.desk.commit("main", ("room", "3"))
    assert listener.told() == [("room", "1"), ("room", "2"), ("room", "3")]


def test_a_change_committed_between_reading_and_sleeping_is_told(house: House) -> None:
    listener = house.listen()
    house.desk.before_reading = lambda: house.desk.commit("annex", ("room", "b"))
    house.desk.commit("main", ("room", "1"))
    assert sorted(listener.told()) == [("room", "1"), ("room", "b")]


def test_a_first_connect_hears_every_open_alarm_and_knows_its_position(house: House) -> None:
    house.desk.commit("main", ("room", "1"))
    house.desk.add_alarm(3)
    house.desk.add_alarm(4)
    listener = house.listen()
    heard = listener.events()
    assert [(event, data["id"], data["item"]["open"]) for event, data in heard] == [
        ("alarm", "3", True),
        ("alarm", "4", True),
    ]
    assert listener.last_event_id == "main:1,annex:0"


def test_a_resumed_listener_hears_no_old_alarm_again(house: House) -> None:
    house.desk.add_alarm(3)
    assert house.listen(last="main:0,annex:0").events() == []


@pytest.mark.parametrize("last", ["main:1,annex:0", "main:9,annex:0"])
def test_a_purged_or_unknown_position_is_reset_with_the_open_alarms(house: House, last: str) -> None:
    house.desk.commit("main", *[("room", str(n)) for n in range(1, 6)])
    house.desk.purge("main", 3)
    house.desk.add_alarm(3)
    listener = house.listen(last=last)
    heard = listener.events()
    assert [event for event, _ in heard] == ["reset", "alarm"]
    assert heard[0][1] == {"property": "main", "n": 5}
    assert listener.last_event_id == "main:5,annex:0"


@pytest.mark.parametrize("last", ["nonsense", "main:x", "main:" + "9" * 30, "17", ",,"])
def test_a_position_nobody_gave_resets_every_property(house: House, last: str) -> None:
    heard = house.listen(last=last).events()
    assert [(event, data["property"]) for event, data in heard] == [("reset", "main"), ("reset", "annex")]


def test_the_end_of_a_wholly_purged_feed_is_still_a_good_position(house: House) -> None:
    house.desk.commit("main", ("room", "1"))
    house.desk.purge("main", 1)
    assert house.listen(last="main:1,annex:0").events() == []


def test_a_listener_cut_off_amid_a_reset_is_reset_again(house: House) -> None:
    house.desk.commit("main", ("room", "1"), ("room", "2"))
    house.desk.purge("main", 2)
    house.desk.add_alarm(3)
    house.desk.fail_with = StoreUnavailable("gone")
    listener = house.listen(last="main:0,annex:0")
    assert [event for event, _ in listener.events()] == ["reset"]
    assert listener.ended
    assert listener.last_event_id == ""  # the position it asked from still stands
    house.desk.fail_with = None
    again = house.listen(last="main:0,annex:0")
    assert [event for event, _ in again.events()] == ["reset", "alarm"]


def test_a_feed_purged_under_a_slow_reader_resets_it(house: House) -> None:
    listener = house.listen()
    listener.full()
    house.desk.commit("main", ("room", "0"))
    house.desk.commit("main", *[("room", str(n)) for n in range(1, 6)])
    house.desk.purge("main", 4)
    listener.drained()
    heard = listener.events()
    assert [event for event, _ in heard] == ["room", "reset"]
    assert listener.last_event_id == "main:6,annex:0"


def test_a_token_hears_only_its_properties(house: House) -> None:
    listener = house.listen(token="t-annex")
    house.desk.commit("main", ("room", "1"))
    house.desk.commit("annex", ("room", "2"))
    assert listener.told() == [("room", "2")]
    assert listener.last_event_id == "annex:1"


def test_one_property_can_be_asked_for(house: House) -> None:
    listener = house.listen("?property=main")
    house.desk.commit("annex", ("room", "2"))
    house.desk.commit("main", ("room", "1"))
    assert listener.told() == [("room", "1")]


@pytest.mark.parametrize(
    ("query", "token", "code"),
    [
        ("?property=main", "t-annex", "other_property"),
        ("?property=nope", "t-view", "unknown_property"),
        ("?propery=main", "t-view", "invalid_query"),
        ("", "bad", "bad_token"),
    ],
)
def test_a_listener_is_refused_like_any_caller(house: House, query: str, token: str, code: str) -> None:
    reply = house.call("GET", f"/api/v1/events{query}", token=token)
    assert reply.code == code
    assert not house.desk.listeners


def test_silence_is_filled_with_pings(house: House) -> None:
    listener = house.listen()
    house.clock.advance(31)
    assert listener.events() == []
    assert listener.pings == 2


def test_a_commit_that_was_not_announced_is_found_at_the_next_ping(house: House) -> None:
    listener = house.listen()
    unheard, house.desk.listeners = house.desk.listeners, []
    house.desk.commit("main", ("room", "1"))
    house.desk.listeners = unheard
    house.clock.advance(15)
    assert listener.told() == [("room", "1")]


def test_a_slow_reader_holds_nothing_in_memory_and_gets_all_when_it_reads_on(house: House) -> None:
    listener = house.listen()
    listener.full()
    for n in range(5):
        house.desk.commit("main", ("room", str(n)))
    assert listener.events() == []
    listener.drained()
    assert listener.told() == [("room", str(n)) for n in range(5)]


def test_a_reader_that_stays_slow_is_dropped(house: House) -> None:
    listener = house.listen()
    listener.full()
    house.clock.advance(29)
    assert not listener.wire.aborted
    house.clock.advance(1)
    assert listener.wire.aborted
    assert not house.desk.listeners


def test_a_revoked_token_ends_the_stream(house: House) -> None:
    listener = house.listen()
    del house.desk.tokens["t-view"]
    house.clock.advance(15)
    assert listener.ended
    assert not house.desk.listeners


def test_a_listener_that_hangs_up_leaves_nothing_behind(house: House) -> None:
    listener = house.listen()
    listener.hang_up()
    house.desk.commit("main", ("room", "1"))
    assert not house.desk.listeners
    house.clock.advance(60)
    assert not house.clock.reactor.getDelayedCalls()
    assert not any("log_failure" in event for event in house.logged)


def test_stopping_the_port_ends_all_streams_at_once(house: House) -> None:
    listeners = [house.listen(), house.listen()]
    listeners[1].full()
    house.site.doStart()
    house.site.doStop()
    assert all(listener.ended for listener in listeners)
    assert listeners[0].wire.received().endswith(b"0\r\n\r\n")
    assert listeners[1].wire.aborted
    assert not house.desk.listeners


def test_a_store_that_fails_lets_the_listener_go_to_come_back_later(house: House) -> None:
    house.desk.fail_with = StoreUnavailable("gone")
    listener = house.listen()
    assert listener.ended
    assert not any("log_failure" in event for event in house.logged)


def test_our_own_mistake_in_a_stream_is_logged_and_ends_it(house: House) -> None:
    listener = house.listen()
    house.desk.fail_with = KeyError("x")
    house.desk.commit("main", ("link", "om20"))
    assert listener.ended
    assert [event["log_failure"].type for event in house.logged if "log_failure" in event] == [KeyError]


def test_there_is_a_limit_to_listeners(house: House) -> None:
    for _ in range(MOST_LISTENERS):
        house.listen()
    wire = house.send("GET", "/api/v1/events", headers={"Authorization": "Bearer t-view"})
    assert read_reply(wire.received()).code == "too_many_listeners"


def test_an_alarm_that_could_not_be_saved_is_told_without_a_position(house: House) -> None:
    listener = house.listen()
    house.desk.cannot_save("nothing can be saved")
    ((event, data),) = listener.events()
    assert (event, data["id"], data["n"], data["item"]["id"]) == ("alarm", "0", 0, 0)
    assert listener.last_event_id == "main:0,annex:0"
    house.desk.cannot_save("")
    ((_, data),) = listener.events()
    assert data["item"] is None


def test_while_that_alarm_stands_a_listener_is_kept_although_the_store_fails(house: House) -> None:
    house.desk.fail_with = StoreUnavailable("gone")
    house.desk.cannot_save("nothing can be saved")
    listener = house.listen()
    assert not listener.ended
    house.desk.cannot_save("nothing can be saved, still")
    assert [data["item"]["text"] for _, data in listener.events()][-1].endswith("still")
    house.desk.fail_with = None
    house.desk.cannot_save("")
    house.desk.commit("main", ("room", "212"))
    assert listener.events()[-1][0] == "room"
