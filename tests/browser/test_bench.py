"""The bench itself: what it promises to the tests of the console, proved before there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hotelbridge.demo.deskline import Refused
from tests.browser.bench import HotelBench
from tests.browser.looking import Console, expect
from tests.browser.windows import Windows

if TYPE_CHECKING:
    from playwright.sync_api import Page

FAULTY = """<!doctype html><html><head><title>Faulty</title></head><body><main><h1>Rooms</h1>
<img src="data:,"><p style="color:#bbb;background:#fff">201</p><button></button></main></body></html>"""
FAULTLESS = """<!doctype html><html lang="en"><head><title>Board</title></head><body><main><h1>Rooms</h1>
<p>王 小明, محمد علي, Müller</p><button>Wake</button></main></body></html>"""
LISTENS = """async token => {
  window.heard = []
  const answer = await fetch('/api/v1/events', {headers: {Authorization: 'Bearer ' + token}})
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  const listen = async () => {
    let rest = ''
    for (;;) {
      const {done, value} = await reader.read()
      if (done) return
      const blocks = (rest + value).split('\\n\\n')
      rest = blocks.pop()
      for (const block of blocks) {
        const data = block.split('\\n').find(line => line.startsWith('data: '))
        if (data) window.heard.push({...JSON.parse(data.slice(6)), heard: Date.now()})
      }
    }
  }
  listen()
}"""
ASKS = """async ([path, token]) => {
  const answer = await fetch(path, {headers: {Authorization: 'Bearer ' + token}})
  return [answer.status, await answer.json()]
}"""


def test_axe_finds_the_faults_that_were_planted(page: Page, axe: Callable[..., list[str]]) -> None:
    page.set_content(FAULTY)
    found = axe()
    assert {line.partition(" ")[0] for line in found} >= {
        "image-alt",
        "color-contrast",
        "button-name",
        "html-has-lang",
    }
    assert any("image-alt (critical)" in line and '<img src="data:,">' in line for line in found), found
    assert all("image-alt" in line for line in axe("img"))


def test_axe_has_nothing_to_say_of_a_page_without_faults(page: Page, axe: Callable[..., list[str]]) -> None:
    page.set_content(FAULTLESS)
    assert axe() == []


def test_a_page_is_photographed_for_desk_and_telephone_by_day_and_night(
    page: Page, screens: Callable[[str], list[Path]]
) -> None:
    page.set_content(FAULTLESS)
    taken = screens("bench")
    assert [path.name for path in taken] == [
        "bench-1440x900-light.png",
        "bench-1440x900-dark.png",
        "bench-390x844-light.png",
        "bench-390x844-dark.png",
    ]
    assert all(path.stat().st_size > 1000 for path in taken)
    assert page.viewport_size == {"width": 1440, "height": 900}


def test_an_error_on_the_console_and_an_uncaught_one_are_heard(page: Page, console: Console) -> None:
    page.set_content("<script>console.error('said'); setTimeout(() => { throw Error('thrown') })</script>")
    page.wait_for_function("true")
    page.evaluate("new Promise(done => setTimeout(done))")
    assert console.take("said") and console.take("uncaught: Error: thrown")
    assert console.errors == []


def test_the_daemon_is_alive_to_the_browser(hotel: HotelBench, page: Page) -> None:
    answer = page.goto(f"{hotel.url}/healthz")
    assert answer is not None and answer.status == 200
    expect(page.locator("body")).to_have_text("ok")


def test_a_page_of_the_daemon_asks_its_api_with_a_token(
    hotel: HotelBench, page: Page, console: Console
) -> None:
    page.goto(f"{hotel.url}/healthz")
    status, told = page.evaluate(ASKS, ["/api/v1/properties", hotel.token("viewer", "main")])
    assert (status, [one["id"] for one in told["items"]]) == (200, ["main"])
    status, told = page.evaluate(ASKS, ["/api/v1/properties", "none"])
    assert (status, told["code"]) == (401, "bad_token")
    assert len(console.take("401")) == 1


def test_a_page_hears_a_ring_within_a_second(
    hotel: HotelBench, page: Page, until: Callable[..., Any]
) -> None:
    hotel.phone("216", "rings-for-ever")
    page.goto(f"{hotel.url}/healthz")
    page.evaluate(LISTENS, hotel.token("viewer"))
    booked = hotel.book("216")

    def told() -> Any:
        return page.evaluate(
            "id => heard.find(one => one.id === id && one.item.state === 'calling')", str(booked["id"])
        )

    heard = datetime.fromtimestamp(until(told, what="the ring is told")["heard"] / 1000, UTC)
    rang = until(lambda: hotel.rings("216"))[-1]["started"]
    assert abs((heard - rang).total_seconds()) < 1.0
    assert hotel.wakeup(booked["id"])["state"] == "calling"


@pytest.mark.parametrize(
    ("scripts", "outcome"),
    [
        ("answer 0.5 2", "answered"),
        ("busy", "busy"),
        ("no-answer 1", "no_answer"),
        ("offline", "unreachable"),
    ],
)
def test_a_phone_does_what_it_was_told(
    scripts: str, outcome: str, hotel: HotelBench, until: Callable[..., Any]
) -> None:
    hotel.phone("217", scripts)
    id = hotel.book("217", after=1)["id"]
    first = until(lambda: [one["outcome"] for one in hotel.wakeup(id)["attempts"] if one["outcome"]])
    assert first == [outcome]


def test_a_guest_whom_nobody_wakes_is_an_alarm(hotel: HotelBench, until: Callable[..., Any]) -> None:
    hotel.phone("217", "no-answer 1")
    id = hotel.book("217", after=1)["id"]
    (alarm,) = until(lambda: hotel.alarms("217"), 25)
    assert alarm["wakeup"] == id and len(hotel.rings("217")) >= 3


def test_what_a_test_left_is_over_for_the_next_one(hotel: HotelBench, until: Callable[..., Any]) -> None:
    hotel.phone("218", "rings-for-ever")
    ringing, later = hotel.book("218")["id"], hotel.book("218", after=3600)["id"]
    weekly = hotel.book("219", after=3600, days=["mon", "thu"])
    until(lambda: hotel.wakeup(ringing)["state"] == "calling")
    hotel.calm()
    assert hotel.wakeup(ringing)["state"] == "closed" and hotel.wakeup(later)["state"] != "scheduled"
    assert hotel.alarms() == [] and hotel.api.all("wakeups", open="true") == []
    assert hotel.api.ask("GET", f"orders/{weekly['order']}")["ended_by"]


def test_the_pms_checks_a_guest_in_and_the_desk_knows(hotel: HotelBench, until: Callable[..., Any]) -> None:
    hotel.pms('gi 222 4001 "王 小明" language=ZH')
    until(lambda: "王 小明" in str(hotel.api.ask("GET", "rooms/222")))
    assert any("222" in line for line in hotel.pms_records("<- GI"))
    hotel.pms("go 222 4001")
    until(lambda: "王 小明" not in str(hotel.api.ask("GET", "rooms/222")))


def test_a_daemon_that_was_killed_is_there_again_at_the_same_address(
    hotel: HotelBench, page: Page, console: Console
) -> None:
    hotel.kill9()
    assert not hotel.running
    url = hotel.url
    hotel.calm()
    assert hotel.running and hotel.facts["url"] == url
    page.goto(f"{url}/healthz")


def test_a_hotel_of_ones_own_is_new(own_hotel: HotelBench, hotel: HotelBench) -> None:
    assert own_hotel.url != hotel.url
    assert own_hotel.book("216", after=3600)["id"] == 1


def test_two_windows_are_those_of_two_persons(page: Page, windows: Windows, hotel: HotelBench) -> None:
    other = windows.open(viewport={"width": 390, "height": 844})
    for one in (page, other):
        one.goto(f"{hotel.url}/healthz")
    page.evaluate("localStorage.setItem('who', 'Anna')")
    assert other.evaluate("localStorage.getItem('who')") is None
    assert other.evaluate("innerWidth") == 390


def test_a_token_of_one_hotel_opens_no_other(hotel: HotelBench) -> None:
    stranger = replace(hotel.of("main"), token=hotel.token("frontdesk", "vienna"))
    with pytest.raises(Refused, match="other_property"):
        stranger.ask("GET", "rooms")
