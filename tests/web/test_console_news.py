"""What a page must not miss: what changes while it loads, an outage, a login that has run out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from hotelbridge.errors import StoreUnavailable
from hotelbridge.services import views

from .browsing import Browser
from .far_end import House

BOARD = "/desk/main"


@pytest.fixture
def ana(house: House) -> Browser:
    return Browser(house).log_in("ana")


def test_a_page_hears_what_changed_between_its_reading_and_its_listening(house: House, ana: Browser) -> None:
    house.desk.commit("main", ("wakeup", "1"))
    ana.get(BOARD)
    house.desk.commit("main", ("alarm", "7"))  # while the page is on its way
    since = ana.page.body.get("data-since")
    cookie = "; ".join(f"{name}={value}" for name, value in ana.cookies.items())
    wire = house.send("GET", f"{BOARD}/live?since={quote(since)}", b"", {"Cookie": cookie})
    heard = wire.received()
    assert b"event: alarm" in heard and b"event: wakeup" not in heard
    wire.protocol.connectionLost(Failure(ConnectionDone()))


def test_what_a_form_did_itself_is_no_news_to_the_page_that_tells_of_it(house: House, ana: Browser) -> None:
    house.desk.add_order(house.desk.add_wakeup(1).order)
    ana.get(f"{BOARD}/wakeups/1")
    house.desk.commit("main", ("wakeup", "1"))
    ana.send(f"{BOARD}/wakeups/1/cancel")
    assert ana.page.body.get("data-since") == "main:1"


def test_while_the_store_cannot_be_read_every_page_shows_that_alarm_and_listens(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def alarms(property: str, *_: Any, **__: Any) -> views.Page[views.AlarmView]:
        return views.Page((house.desk.rowless[property],))

    async def latest_change(property: str) -> int:
        raise StoreUnavailable("the disk is gone")

    ana.get(BOARD)
    house.desk.cannot_save("Nothing can be saved.")
    house.desk.fail_with = StoreUnavailable("the disk is gone")
    monkeypatch.setattr(house.desk, "alarms", alarms)
    monkeypatch.setattr(house.desk, "latest_change", latest_change)
    for path in (BOARD, f"{BOARD}/wakeups", f"{BOARD}/links"):
        assert ana.get(path).status == 503
        assert "Nothing can be saved." in ana.text, path
        assert ana.text.count("Nothing can be saved.") == 1
        assert ana.page.body.get("data-base") == BOARD and ana.page.get_element_by_id("standing") is not None
    assert ana.get(f"{BOARD}/board/rows", HX_Request="true").status == 503


@pytest.mark.parametrize(
    ("action", "seen"),
    [
        ("wakeups/1/cancel", "/wakeups/1"),
        ("alarms/7/acknowledge", "/alarms/7"),
        ("links/clock", "/links"),
        ("book", ""),
        ("orders/3/end", ""),
    ],
)
def test_whoever_comes_again_to_the_address_of_a_form_sees_what_it_is_about(
    ana: Browser, action: str, seen: str
) -> None:
    """By another language, after an upgrade or a new login."""
    reply = ana.get(f"{BOARD}/{action}")
    assert (reply.status, reply.headers["location"]) == (303, f"{BOARD}{seen}")


def test_a_form_whose_session_is_over_leads_to_the_login_and_back(house: House, ana: Browser) -> None:
    house.users.sessions.clear()
    reply = ana.post(f"{BOARD}/alarms/7/acknowledge", {"note": "on my way"})
    assert reply.status == 303
    assert reply.headers["location"] == f"/desk/login?to={BOARD}/alarms/7/acknowledge&undone=1"
    assert ana.post(f"{BOARD}/here", {}, X_CSRF="0").status == 401
