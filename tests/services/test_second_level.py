"""Whoever is outside is told of what nobody at the desk takes, by every way there is, until it went."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hotelbridge.core.records import AlarmKind
from hotelbridge.testing.fake_om_scripts import NoAnswer
from tests.services.evening import Evening

COMMAND = """
  [property.alarm]
  command = ["/usr/local/bin/page", "night"]
"""
BOTH = COMMAND + '  hook = "https://example.com/alarm"\n'
Hotel = Callable[..., Evening]


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    made: list[Evening] = []

    def make(more: str = COMMAND) -> Evening:
        made.append(Evening(tmp_path, more=more))
        return made[0]

    yield make
    for evening in made:
        evening.stop()


def failing(evening: Evening) -> None:
    """A wake-up whose alarm is raised at 06:35:30."""
    evening.phone("212", NoAnswer(rings=30))
    evening.book("212", "06:30")


def watched(evening: Evening, until: str, by: str = "front-1") -> None:
    """Time passes while a console says every 20 s that it is seen and heard."""
    while True:
        evening.console(by)
        shown = evening.local()
        if shown >= until:
            return
        evening.advance(20)


def test_without_a_console_the_second_level_is_told_at_once(hotel: Hotel) -> None:
    """A1: with no console seen and heard in the last 60 s the second level fires at once."""
    evening = hotel()
    failing(evening)
    evening.until("06:35:29")
    assert evening.told() == []
    evening.until("06:35:35")
    assert evening.told() == ["06:35:30"]
    (alarm,) = evening.open_alarms()
    assert alarm.level == 2
    assert alarm.escalated_at is not None
    facts = json.loads(evening.outside.letters[0][1].facts)
    assert (facts["kind"], facts["room"], facts["alarm"]) == ("wakeup_failed", "212", alarm.id)
    assert "212" in evening.outside.letters[0][1].text


def test_with_a_console_it_waits_three_minutes(hotel: Hotel) -> None:
    """A1: else after 3 min."""
    evening = hotel()
    failing(evening)
    evening.until("06:35:20")
    watched(evening, "06:38:20")
    assert evening.told() == []
    assert evening.open_alarms()[0].level == 1
    watched(evening, "06:38:40")
    assert evening.told() == ["06:38:30"]


@pytest.mark.parametrize(("visible", "sound"), [(False, True), (True, False)])
def test_a_console_that_is_not_seen_or_not_heard_is_none(hotel: Hotel, visible: bool, sound: bool) -> None:
    """A1: visible, sound unlocked."""
    evening = hotel()
    failing(evening)
    evening.until("06:35:20")
    assert not evening.console(visible=visible, sound=sound).listening
    evening.until("06:35:35")
    assert evening.told() == ["06:35:30"]


def test_a_console_that_falls_silent_is_missed_after_a_minute(hotel: Hotel) -> None:
    """A1: somebody must hear it, also when the desk's machine dies during the alarm."""
    evening = hotel()
    failing(evening)
    evening.until("06:35:40")
    evening.acknowledge(evening.open_alarms()[0].id, by="Anna")  # told once, before any console
    evening.until("06:45:25")
    evening.console()
    evening.until("06:46:20")
    assert len(evening.told()) == 1
    evening.until("06:46:30")
    assert len(evening.told()) == 2


def test_a_console_that_is_closed_says_so_and_is_missed_at_once(hotel: Hotel) -> None:
    """A1: a hidden page is no console."""
    evening = hotel()
    evening.until("06:35:20")
    evening.console()
    failing_at = evening.book("213", "06:40")
    evening.phone("213", NoAnswer(rings=30))
    evening.until("06:45:20")
    evening.console()
    evening.until("06:45:40")
    assert evening.told() == []
    evening.console(visible=False)
    evening.advance(2)
    assert len(evening.told()) == 1
    assert evening.wakeup(failing_at).state == "alarmed"


def test_it_is_told_again_until_somebody_acknowledges(hotel: Hotel) -> None:
    """A1, A2: every five minutes; an acknowledgement silences this level too, and it returns."""
    evening = hotel()
    failing(evening)
    evening.until("06:46")
    assert evening.told() == ["06:35:30", "06:40:30", "06:45:30"]
    evening.acknowledge(evening.open_alarms()[0].id, by="Anna")
    evening.until("06:55:59")
    assert len(evening.told()) == 3
    evening.until("06:56:05")
    assert len(evening.told()) == 4  # ten minutes of silence are over, and no console is there
    evening.acknowledge(evening.open_alarms()[0].id, by="Anna", outcome="woken_by_staff")
    evening.until("08:00")
    assert len(evening.told()) == 4


def test_without_a_second_level_the_alarm_stays_at_the_desk(hotel: Hotel) -> None:
    """A1: the level says who was told."""
    evening = hotel(more="")
    failing(evening)
    evening.until("06:50")
    assert evening.open_alarms()[0].level == 1
    assert evening.told() == []


def test_a_channel_that_fails_is_tried_again_and_is_an_alarm_told_by_the_other(hotel: Hotel) -> None:
    """Promise 8: nothing fails in silence, and a failure is not told through what fails."""
    evening = hotel(more=BOTH)
    evening.outside.failing["command"] = "pager: no carrier"
    failing(evening)
    evening.until("06:36:30")
    delivery = next(a for a in evening.open_alarms() if a.kind == AlarmKind.DELIVERY)
    assert "no carrier" in delivery.text
    about = [
        (letter.way, json.loads(letter.facts)["kind"])
        for _, letter in evening.outside.letters
        if json.loads(letter.facts)["kind"] == "delivery"
    ]
    assert about == [("hook", "delivery")]
    assert len(evening.told("command")) == 3  # at once, and after 10 and 20 s more
    del evening.outside.failing["command"]
    evening.until("06:38")
    assert [a.kind for a in evening.open_alarms()] == [AlarmKind.WAKEUP_FAILED]


def test_channels_that_all_fail_do_not_multiply(hotel: Hotel) -> None:
    """Promise 8: one alarm for each channel, one notice under way for each alarm and channel."""
    evening = hotel(more=BOTH)
    evening.outside.failing |= {"command": "no carrier", "hook": "503"}
    failing(evening)
    evening.until("07:35:30")
    kinds = sorted(a.kind for a in evening.open_alarms())
    assert kinds == ["delivery", "delivery", "wakeup_failed"]
    # 4 notices (the alarm by both, each delivery alarm by the other), each tried every 5 min at last
    assert len(evening.outside.letters) < 4 * 20


def test_a_channel_that_never_answers_is_a_failure_too(hotel: Hotel) -> None:
    """Promise 8: every way out has a time limit."""
    evening = hotel()
    evening.outside.failing["command"] = ""
    failing(evening)
    evening.until("06:36:20")
    assert AlarmKind.DELIVERY in [a.kind for a in evening.open_alarms()]
    del evening.outside.failing["command"]
    evening.until("06:37")
    assert AlarmKind.DELIVERY not in [a.kind for a in evening.open_alarms()]


def test_what_was_on_its_way_at_a_crash_is_sent_again(hotel: Hotel) -> None:
    """Promise 3: at least once, also over a kill."""
    evening = hotel()
    evening.outside.failing["command"] = ""
    failing(evening)
    evening.until("06:35:32")
    assert len(evening.told()) == 1
    evening.crash()
    evening.outside.failing.clear()
    evening.advance(5)
    evening.start()
    evening.until("06:36:20")
    names = [letter.name for _, letter in evening.outside.letters]
    assert names[0] == names[1]  # the same name: whoever gets it twice can tell
    assert len(names) == 2


def test_an_acknowledged_alarm_is_not_sent_any_more(hotel: Hotel) -> None:
    """A2: nobody is paged for what somebody took meanwhile."""
    evening = hotel()
    evening.outside.failing["command"] = "no carrier"
    failing(evening)
    evening.until("06:35:36")
    for alarm in evening.open_alarms():
        evening.acknowledge(alarm.id, by="Anna")
    evening.until("06:45")
    assert len(evening.told()) == 1
