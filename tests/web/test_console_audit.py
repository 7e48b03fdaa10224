"""Who did what, as an admin reads it; and that every action has a word."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

import hotelbridge
from hotelbridge.core.charges import ChargeState
from hotelbridge.core.records import Role
from hotelbridge.services import carrying
from hotelbridge.services.userwindow import ActionQuery, ActionView, Visitor
from hotelbridge.services.views import Caller
from hotelbridge.web.console import auditwords
from hotelbridge.web.console.languages import tongue

from .browsing import Browser
from .fake_desk import ZONE
from .far_end import House

AUDIT = "/desk/main/audit"
AT = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # half past eleven in Vienna


@pytest.fixture
def adam(house: House) -> Browser:
    return Browser(house).log_in("adam")


def line(n: int, what: str, kind: str = "", about: str = "", **more: str) -> ActionView:
    said = {"by": "ana", "origin": "console 192.0.2.7", "text": "", "room": "", **more}
    return ActionView(f"x-{n}", AT - timedelta(minutes=n), what=what, kind=kind, about=about, **said)


def links(browser: Browser, n: int) -> list[str]:
    """Where a line leads to, what its person did before all."""
    return [
        str(one)
        for one in browser.page.xpath(f"//tr[@id='x-{n}']/td[not(.//*[@class='small-only'])]//a/@href")
    ]


def row(browser: Browser, n: int) -> str:
    (found,) = browser.page.xpath(f"//tr[@id='x-{n}']")
    return " ".join(found.text_content().split())


def test_every_line_says_when_who_from_where_what_and_what_came_of_it(house: House, adam: Browser) -> None:
    house.users.did = [
        line(0, "booked", "wakeup", "17", room="212", text="for 06:30"),
        line(1, "user_role", "user", "carl", by="root", origin="command line", text="carl is viewer now"),
    ]
    adam.get(AUDIT)
    assert adam.page.xpath("//tr[@id='x-0']/td")[0].text == "23:30", "the hotel's own time"
    for words in ("ana", "Console 192.0.2.7", "Wake-up booked", "212", "Wake-up 17", "for 06:30"):
        assert words in row(adam, 0)
    for words in ("root", "Command line", "Role of a user changed", "carl is viewer now"):
        assert words in row(adam, 1)


@pytest.mark.parametrize(
    ("kind", "about", "room", "leads_to"),
    [
        ("wakeup", "17", "212", ["rooms/212", "wakeups/17"]),
        ("charge", "9", "212", ["rooms/212", "charges/9"]),
        ("room", "212", "212", ["rooms/212"]),
        ("room", "9/9", "9/9", []),  # no room of this house any more
        ("alarm", "3", "", ["alarms/3"]),
        ("resync", "4", "", ["resyncs/4"]),
        ("handover", "5", "", ["handover"]),
        ("count", "6", "", ["calls/reconciliation"]),
        ("user", "carl & co", "", ["audit?by=carl+%26+co"]),
        ("token", "wall", "", []),
        ("", "", "", []),
    ],
)
def test_a_line_leads_to_what_it_is_about(
    house: House, adam: Browser, kind: str, about: str, room: str, leads_to: list[str]
) -> None:
    house.users.did = [line(0, "some_thing", kind, about, room=room)]
    adam.get(AUDIT)
    his, *found = links(adam, 0)
    assert his == f"{AUDIT}?by=ana" and found == [f"/desk/main/{one}" for one in leads_to]
    assert "some thing" in row(adam, 0), "what has no word is still told"


def test_a_refused_login_is_told_though_nobody_is_known(house: House, adam: Browser) -> None:
    text = "A login as <b>ana</b> was refused: the password is wrong."
    house.users.did = [line(0, "login_refused", by="", text=text)]
    adam.get(AUDIT)
    assert "nobody known" in row(adam, 0) and "✕ Login refused" in row(adam, 0)
    assert text in row(adam, 0) and b"<b>ana" not in adam.last.body
    assert links(adam, 0) == []


def test_a_token_is_shown_by_its_name_and_found_as_it_was_written(house: House, adam: Browser) -> None:
    house.users.did = [line(0, "booked", "wakeup", "17", by="berta, desk (token)", origin="api 192.0.2.9")]
    adam.get(AUDIT)
    assert "API 192.0.2.9" in row(adam, 0) and "(token)" not in row(adam, 0)
    asked = parse_qs(urlsplit(links(adam, 0)[0]).query)
    assert asked == {"by": ["berta, desk (token)"]}


def test_what_is_looked_for_is_asked_for_and_stands_in_the_form(house: House, adam: Browser) -> None:
    adam.get(f"{AUDIT}?by=+ana+&room=212&day=2026-11-24")
    begins = datetime(2026, 11, 24, tzinfo=ZONE)
    ends = begins + timedelta(days=1)
    query = ActionQuery(50, None, "ana", "212", begins, ends, node_wide=True)
    assert house.users.asked == [("main", query)]
    assert adam.fields(AUDIT) == {"by": "ana", "room": "212", "day": "2026-11-24"}
    assert "Nothing is written here." in adam.text and "left out here" in adam.text


@pytest.mark.parametrize("day", ["yesterday", "0001-01-01", "2026-13-01"])
def test_a_day_that_is_none_is_refused(adam: Browser, day: str) -> None:
    assert adam.get(f"{AUDIT}?day={day}").status == 422


def test_earlier_ones_are_behind_a_link_that_keeps_what_is_looked_for(house: House, adam: Browser) -> None:
    house.users.did = [line(n, "login") for n in range(51)]
    adam.get(f"{AUDIT}?by=ana")
    assert len(adam.page.xpath("//tr[starts-with(@id, 'x-')]")) == 50
    (older,) = adam.page.xpath("//a[@rel='next']/@href")
    adam.get(older)
    assert house.users.asked[-1][1] == ActionQuery(50, "50", "ana", node_wide=True)
    assert len(adam.page.xpath("//tr[starts-with(@id, 'x-')]")) == 1
    assert not adam.page.xpath("//a[@rel='next']")
    assert adam.page.xpath("//a[text()='The newest']/@href") == [f"{AUDIT}?by=ana"]


def test_a_day_begins_with_its_date(house: House, adam: Browser) -> None:
    house.users.did = [line(0, "login"), line(1, "login"), line(24 * 60, "login")]
    adam.get(AUDIT)
    days = [one.text_content() for one in adam.page.xpath("//tr[@class='dayline']")]
    assert days[-1] == "Monday, 23 November 2026" and len(days) == len(set(days))


@pytest.mark.parametrize("name", ["ana", "vera", "carl"])
def test_it_is_for_admins_alone_and_nobody_else_is_led_there(house: House, name: str) -> None:
    browser = Browser(house).log_in(name)
    assert browser.get(AUDIT).status == 403 and house.users.asked == []
    browser.get("/desk/main/links")
    assert AUDIT not in browser.page.xpath("//a/@href")


def test_an_admin_is_led_there_by_his_menu_and_by_the_links_page(adam: Browser) -> None:
    adam.get("/desk/main/links")
    assert adam.page.xpath("//details//a[text()='Who did what']/@href") == [AUDIT]
    assert adam.page.xpath("//nav[@class='tabs']//a[text()='Who did what']/@href") == [AUDIT]


def test_an_admin_of_one_hotel_is_not_shown_the_users_of_all(house: House) -> None:
    browser = Browser(house).log_in("adam")
    bound = Caller("adam", Role.ADMIN, frozenset({"main"}))
    house.users.sessions["s-adam"] = Visitor(1, "adam", bound, "")
    browser.get(AUDIT)
    assert not house.users.asked[0][1].node_wide
    assert "Logins and users are shown to admins of all hotels only." in browser.text


@pytest.mark.parametrize("language", ["de", "zh"])
def test_it_speaks_other_languages(house: House, language: str) -> None:
    browser = Browser(house, language).log_in("adam")
    house.users.did = [line(0, "booked", "wakeup", "17", room="212")]
    browser.get(AUDIT)
    assert "Wake-up booked" not in browser.text and "Console" not in row(browser, 0)


# --- the words ---


def written(kind: str) -> Iterator[str]:
    """The names of actions, as the source writes them down where a person may have acted."""
    places = {"history.write": 3, "journal.write": 5, "doing.note": 1, "audit.write": 3}
    kinds = {"wakeup": ("history.write",), "room": ("journal.write", "doing.note"), "": ("audit.write",)}
    for path in sorted(Path(hotelbridge.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            said_by = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if said_by not in kinds[kind] or not isinstance(node, ast.Call):
                continue
            people = said_by in ("doing.note", "audit.write") or "actor" in ast.unparse(node)
            what = ast.unparse(node.args[places[said_by]])
            if people and what.startswith("'"):
                yield str(ast.literal_eval(what))
            elif people and what.split(".")[-1].isupper():
                yield str(getattr(carrying, what.split(".")[-1]))


@pytest.mark.parametrize(("kind", "some"), [("wakeup", "booked"), ("room", "moved"), ("", "user_role")])
def test_everything_that_a_person_may_do_has_a_word(kind: str, some: str) -> None:
    names = set(written(kind))
    assert some in names
    english = tongue("en")
    assert [
        one for one in sorted(names) if auditwords.done(english, kind, one) == one.replace("_", " ")
    ] == []


def test_every_state_that_a_charge_is_brought_to_has_a_word() -> None:
    for state in (*ChargeState, "amount"):
        assert auditwords.done(tongue("en"), "charge", str(state)) != str(state).replace("_", " ")


@pytest.mark.parametrize(
    ("origin", "shown"),
    [
        ("console 192.0.2.7", ("Console", "192.0.2.7")),
        ("api 2001:db8::1", ("API", "2001:db8::1")),
        ("command line", ("Command line", "")),
        ("somewhere else", ("somewhere else", "")),
        ("", ("", "")),
    ],
)
def test_where_it_came_from_is_told(origin: str, shown: tuple[str, str]) -> None:
    assert auditwords.where(tongue("en"), origin) == shown
