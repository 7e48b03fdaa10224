"""`capture` beside a running daemon: everything that helps, and nobody's number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from hotelbridge.core.records import Report
from hotelbridge.om.client import OmClient
from hotelbridge.services.capture import Capture, earliest
from hotelbridge.store.database import Database, InlineRunner
from tests.services.evening import Evening

OUTSIDE = "013800000011"


class Desk:
    """A capture of the evening's device."""

    def __init__(self, evening: Evening) -> None:
        self.evening = evening
        property = evening._settings.properties[0]
        self.written: list[str] = []
        self.db = Database(
            evening._settings.store.url, runner=InlineRunner(), node="capture", clock=evening.clock
        )
        self.record = Capture(property, property.om[0], self.db, evening.clock, self.written.append)
        self.client = OmClient(
            evening.om.endpoint(source="192.0.2.9"),
            evening.clock,
            url="http://192.0.2.10/xml",
            witness=self.record.witness,
        )

    @property
    def text(self) -> str:
        return "".join(self.written)

    def run(self, since: timedelta | None = None, seconds: float = 0.0) -> None:
        began = earliest(self.evening.clock.now(), since)

        async def work() -> None:
            self.record.begin()
            await self.record.ask(self.client.send)
            await self.record.follow(began, seconds, self._wait)

        self._done: list[Any] = []
        Deferred.fromCoroutine(work()).addBoth(self._done.append)
        self.evening.advance(1)

    def _wait(self, seconds: float) -> Deferred[None]:
        done: Deferred[None] = Deferred()
        self.evening.clock.call_later(seconds, done.callback, None)
        return done

    def close(self) -> None:
        assert self._done == [None]
        self.db.close()


@pytest.fixture
def desk(evening: Evening) -> Iterator[Desk]:
    one = Desk(evening)
    yield one
    one.close()


def test_what_the_device_answers_is_there_without_its_address(desk: Desk) -> None:
    desk.run()
    assert "om20 was asked: the device about itself" in desk.text and "Rev 6.0.0 OM20-2S/2" in desk.text
    assert '<ext lineid="Phone 1" id="110" />' in desk.text
    assert "om20 was asked: phone 112" in desk.text and "<api>7</api>" in desk.text
    assert "02161208234" not in desk.text


def test_the_past_is_told_as_far_back_as_wanted(desk: Desk) -> None:
    desk.evening.om.incoming("02161208234", OUTSIDE, to="212")
    desk.evening.advance(3600)
    desk.run(since=timedelta(minutes=30))
    assert "pushed" not in desk.text
    desk.written.clear()
    desk.run(since=timedelta(hours=2))
    assert 'attribute="RING"' in desk.text and '<ext id="212" />' in desk.text
    assert "NNNNNNNNNN11" in desk.text and OUTSIDE[:6] not in desk.text


def test_what_comes_in_meanwhile_is_told_once_and_the_daemon_goes_on(desk: Desk) -> None:
    id = desk.evening.book("213", "06:28")
    desk.run(seconds=300)
    desk.evening.advance(310)
    assert desk.text.count('attribute="ANSWER"') == 1
    assert desk.evening.wakeup(id).state == "woken"


def test_what_cannot_be_read_is_there_masked(desk: Desk) -> None:
    body = b"\xff\x00Zwetschkenbaum 4369912345678 <Event"
    desk.db.append([Report("main", "om20", desk.evening.clock.now(), body)])
    desk.run(since=timedelta(minutes=1))
    assert "xxxxxxxxxxxxxx NNNNNNNNNNNNN <Event" in desk.text


def test_nothing_of_a_whole_evening_leaks(desk: Desk) -> None:
    om = desk.evening.om
    om.phone("110").parameters |= {
        "Fwd_Number": "18603752801",
        "mobile": "18603752800",
        "email": "zoe@baum.at",
    }
    om.parameters["349"] = "yes"
    om.guest_dials("212", "004369912345678")
    om.incoming("02161204000", OUTSIDE, to="213")
    desk.evening.advance(600)
    desk.run(since=timedelta(hours=1))
    bare = re.sub(r"<Time(Start|End)>\d+<|Cdr id=\"[^\"]*\"|--- .*UTC|made .*UTC", "", desk.text)
    bare = re.sub(r"\d{8}/|_\d{8}_\d{6}_", "", bare)
    assert desk.record.reports > 10 and not re.search(r"\d{7}", bare), bare
    assert "zoe" not in desk.text and "0E:A9" not in desk.text


def test_a_silent_device_does_not_keep_the_reports_from_being_told(desk: Desk) -> None:
    desk.db.append([Report("main", "om20", desk.evening.clock.now(), b'<Event attribute="BOOTUP"></Event>')])
    desk.evening.om.cut()
    desk.run(since=timedelta(minutes=1))
    assert "no answer: NotWritten" in desk.text and 'attribute="BOOTUP"' in desk.text
