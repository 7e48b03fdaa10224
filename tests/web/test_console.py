"""The console's door: who gets in, what a page carries, and what is turned away."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from hotelbridge.core.records import AlarmKind, WakeupState
from hotelbridge.errors import Refusal, StoreUnavailable

from .browsing import Browser
from .fake_users import PASSWORD
from .far_end import House

BOARD = "/desk/main"


@pytest.fixture
def browser(house: House) -> Browser:
    return Browser(house)


@pytest.fixture
def ana(house: House) -> Browser:
    return Browser(house).log_in("ana")


def test_the_bare_address_leads_to_the_login_and_after_it_to_the_board(browser: Browser) -> None:
    assert browser.get("/").headers["location"] == "/desk/login"
    browser.log_in()
    assert browser.get("/").headers["location"] == BOARD
    assert "Wake-ups" in (browser.get(BOARD), browser.text)[1]


def test_whoever_asks_for_a_page_comes_back_to_it_after_the_login(browser: Browser) -> None:
    wanted = f"{BOARD}/wakeups?room=212&state=woken"
    browser.get(browser.get(wanted).headers["location"])
    assert browser.send("/desk/login", name="ana", password=PASSWORD).headers["location"] == wanted


@pytest.mark.parametrize(
    "to", ["https://evil.example/desk/", "//evil.example", "/desk//evil", "/desk/\\evil", "/api"]
)
def test_a_login_leads_to_no_other_site(browser: Browser, to: str) -> None:
    browser.get("/desk/login")
    assert browser.send("/desk/login", name="ana", password=PASSWORD, to=to).headers["location"] == "/"


def test_a_wrong_password_is_told_on_the_same_page_and_the_name_stays(browser: Browser) -> None:
    browser.get("/desk/login")
    assert browser.send("/desk/login", name="ana", password="wrong").status == 401
    assert "Name or password is wrong." in browser.text
    assert browser.fields("/desk/login")["name"] == "ana"
    assert "wrong" not in browser.fields("/desk/login").values()


def test_too_many_tries_are_told_with_how_long_to_wait(house: House, browser: Browser) -> None:
    house.users.locked = True
    browser.get("/desk/login")
    assert browser.send("/desk/login", name="ana", password=PASSWORD).status == 429
    assert "Wait 30 s." in browser.text


def test_the_session_is_hidden_from_scripts_and_from_other_sites(ana: Browser) -> None:
    browser = Browser(ana.house)
    browser.get("/desk/login")
    cookie = browser.send("/desk/login", name="ana", password=PASSWORD).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie  # it came in the clear


def test_only_a_proxy_on_this_machine_is_believed_that_it_speaks_tls(house: House) -> None:
    body = {"name": "ana", "password": PASSWORD}
    reply = Browser(house).post("/desk/login", body, X_Forwarded_Proto="https")
    assert "Secure" not in reply.headers["set-cookie"]
    house.peer = "127.0.0.1"
    reply = Browser(house).post("/desk/login", body, X_Forwarded_Proto="https")
    assert "Secure" in reply.headers["set-cookie"]


def test_tries_are_counted_against_the_address_of_the_browser_that_a_proxy_here_tells(house: House) -> None:
    body = {"name": "ana", "password": "wrong"}
    Browser(house).post("/desk/login", body, X_Forwarded_For="203.0.113.9")
    house.peer = "127.0.0.1"
    Browser(house).post("/desk/login", body, X_Forwarded_For="6.6.6.6, 203.0.113.9")
    Browser(house).post("/desk/login", body, X_Forwarded_For="<script>")
    assert [address for _, address in house.users.tries] == ["192.0.2.7", "203.0.113.9", "127.0.0.1"]


def test_logging_out_ends_the_session_at_once(ana: Browser) -> None:
    ana.get(BOARD)
    kept = dict(ana.cookies)
    assert ana.send("/desk/logout").headers["location"] == "/desk/login"
    ana.cookies = kept
    assert ana.get(BOARD).headers["location"].startswith("/desk/login")


def test_every_page_forbids_foreign_scripts_frames_and_guessing(ana: Browser) -> None:
    for path in ("/desk/login", BOARD, f"{BOARD}/alarms", f"{BOARD}/nowhere"):
        headers = ana.get(path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'", path
        assert policy["script-src"] == policy["style-src"] == "'self'", path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"


def test_no_page_holds_a_script_or_style_of_its_own(ana: Browser) -> None:
    for path in ("/desk/login", BOARD, f"{BOARD}/alarms"):
        ana.get(path)
        assert not [one for one in ana.page.iter("script") if one.get("src") is None], path
        assert not ana.page.xpath("//style | //@style | //@onclick | //@onload"), path


def test_a_form_without_the_token_of_its_session_does_nothing(ana: Browser) -> None:
    for fields in ({}, {"csrf": "0" * 64}):
        assert ana.post(f"{BOARD}/book", {"line": "212 0630", **fields}).status == 403
    assert not [asked for asked in ana.house.desk.asked if asked[0] == "book"]


def test_a_form_that_another_site_sends_does_nothing_even_with_the_token(ana: Browser) -> None:
    ana.get(BOARD)
    fields = {**ana.fields(f"{BOARD}/book"), "line": "212 0630"}
    assert ana.post(f"{BOARD}/book", fields, Sec_Fetch_Site="cross-site").status == 403
    assert ana.post(f"{BOARD}/book", fields, Sec_Fetch_Site="", Origin="http://evil.example").status == 403
    assert not [asked for asked in ana.house.desk.asked if asked[0] == "book"]


def test_a_form_of_an_older_program_does_nothing_and_says_so(ana: Browser) -> None:
    ana.get(BOARD)
    assert ana.send(f"{BOARD}/book", line="212 0630", mark="older").status == 409
    assert "upgraded" in ana.text
    assert not [asked for asked in ana.house.desk.asked if asked[0] == "book"]


def test_a_viewer_sees_the_board_but_no_guest_and_no_way_to_act(house: House) -> None:
    house.desk.add_wakeup(1)
    vera = Browser(house).log_in("vera")
    assert vera.get(BOARD).status == 200
    assert "212" in vera.text and "Müller" not in vera.text
    assert [form.get("action") for form in vera.page.forms if "book" in str(form.get("action"))] == []
    ana = Browser(house).log_in("ana")
    ana.get(BOARD)
    fields = ana.fields(f"{BOARD}/book")
    assert vera.post(f"{BOARD}/book", {**fields, "line": "212 0630"}).status == 403


def test_a_guest_named_like_a_script_is_only_a_name(house: House, ana: Browser) -> None:
    house.desk.kept[1] = replace(house.desk.add_wakeup(1), note="<script>alert(1)</script>")
    ana.get(BOARD)
    assert "<script>alert(1)</script>" in ana.text
    assert b"<script>alert" not in ana.last.body


def test_a_hotel_that_is_not_his_is_no_hotel_for_him(house: House) -> None:
    house.users.bound["ana"] = frozenset({"annex"})
    ana = Browser(house).log_in("ana")
    assert ana.get(BOARD).status == 404
    assert ana.get("/desk/annex").status == 200
    assert ana.get("/").headers["location"] == "/desk/annex"


def test_a_script_whose_session_is_over_is_told_and_not_sent_a_page(house: House, ana: Browser) -> None:
    house.users.sessions.clear()
    reply = ana.get(f"{BOARD}/standing", HX_Request="true")
    assert (reply.status, reply.headers["hx-redirect"]) == (401, "/desk/login")


def test_a_database_that_cannot_be_used_is_told_in_words(house: House, ana: Browser) -> None:
    house.desk.fail_with = StoreUnavailable("the disk is gone")
    assert ana.get(BOARD).status == 503
    assert "cannot be used now" in ana.text and "disk is gone" not in ana.text


def test_files_are_kept_by_browsers_under_an_address_that_changes_with_them(ana: Browser) -> None:
    ana.get(BOARD)
    [address] = ana.page.xpath("//link[@rel='stylesheet']/@href")
    reply = ana.get(address)
    assert reply.status == 200 and "immutable" in reply.headers["cache-control"]
    older = re.sub("/[0-9a-f]{12}/", "/000000000000/", address)
    assert ana.get(older).headers["cache-control"] == "no-store"
    assert ana.get("/static/x/../secrets").status == 404


def test_the_first_sight_of_a_full_board_needs_no_more_than_100_kb(house: House, ana: Browser) -> None:
    for id in range(1, 300):
        house.desk.add_wakeup(id)
    size = len(ana.get(BOARD).body)
    assert ana.text.count("anna") >= 100  # it is full
    for address in ana.page.xpath("//link/@href | //script/@src"):
        reply = ana.get(address, Accept_Encoding="gzip")
        assert gzip.decompress(reply.body) == ana.get(address).body
        size += len(reply.body)
    assert size < 100_000


def test_the_language_is_the_browsers_until_somebody_chooses_another(house: House) -> None:
    browser = Browser(house, "de-AT,de;q=0.9")
    browser.get("/desk/login")
    assert browser.page.get("lang") == "de"
    browser.post("/desk/language", {"language": "zh", "to": ""})
    browser.get("/desk/login")
    assert browser.page.get("lang") == "zh"


def test_the_language_chosen_by_somebody_is_his_at_every_browser(house: House) -> None:
    ana = Browser(house).log_in("ana")
    ana.get(BOARD)
    ana.send(f"{BOARD}/language", language="de")
    other = Browser(house)
    other.cookies = {"hb_session": ana.cookies["hb_session"]}
    other.get(BOARD)
    assert other.page.get("lang") == "de"


def test_an_emergency_call_takes_the_whole_screen_of_every_page_until_somebody_has_it(
    house: House, ana: Browser
) -> None:
    alarm = replace(house.desk.add_alarm(7, "212 dials 112"), kind=AlarmKind.EMERGENCY_CALL)
    house.desk.kept_alarms[7] = replace(alarm, loud_from=alarm.since)
    for path in (BOARD, f"{BOARD}/alarms"):
        ana.get(path)
        assert ana.page.xpath("//*[@role='alertdialog']"), path
        assert ana.page.get_element_by_id("standing").get("data-loud") == "emergency"
    assert ana.send(f"{BOARD}/alarms/7/acknowledge", note="on my way").status == 200
    assert "Acknowledged" in ana.text
    request = next(asked for asked in house.desk.asked if asked[0] == "acknowledge")[3]
    assert (request.by, request.note, request.outcome) == ("ana", "on my way", None)


def test_an_emergency_call_that_is_heard_again_takes_the_screen_again_and_says_who_has_had_it(
    house: House, ana: Browser
) -> None:
    alarm = replace(
        house.desk.add_alarm(7, "212 dials 112"), kind=AlarmKind.EMERGENCY_CALL, acknowledged_by="berta"
    )
    alarm = replace(alarm, acknowledged_at=alarm.since)
    for loud_from, shown in ((alarm.since + timedelta(days=1), False), (alarm.since, True)):
        house.desk.kept_alarms[7] = replace(alarm, loud_from=loud_from)
        ana.get(f"{BOARD}/rooms")
        assert bool(ana.page.xpath("//*[@role='alertdialog']")) == shown
    assert "acknowledged by berta" in ana.text


def test_a_silenced_alarm_is_shown_and_not_heard(house: House, ana: Browser) -> None:
    alarm = house.desk.add_alarm(7)
    house.desk.kept_alarms[7] = replace(alarm, loud_from=None)
    ana.get(BOARD)
    assert ana.page.get_element_by_id("standing").get("data-loud") == ""
    assert "212 does not answer" in ana.text


def test_a_page_hears_first_which_program_speaks_then_what_has_changed(house: House, ana: Browser) -> None:
    ana.get(BOARD)
    mark = ana.page.body.get("data-mark")
    cookie = "; ".join(f"{name}={value}" for name, value in ana.cookies.items())
    wire = house.send("GET", f"{BOARD}/live", b"", {"Cookie": cookie})
    assert f'event: hello\ndata: {{"mark": "{mark}"}}'.encode() in wire.received()
    house.desk.commit("main", ("wakeup", "1"))
    heard = wire.received()
    assert b"event: wakeup" in heard and b'"item":null' in heard
    wire.protocol.connectionLost(Failure(ConnectionDone()))


def test_a_screen_says_that_it_is_there_and_whether_it_can_sound(ana: Browser) -> None:
    ana.get(BOARD)
    mine = ana.fields(f"{BOARD}/book")
    fields = {
        "csrf": mine["csrf"],
        "mark": "of an older program",
        "screen": "a1b2",
        "visible": "1",
        "sound": "0",
    }
    assert ana.post(f"{BOARD}/here", fields).status == 204
    request = next(asked for asked in ana.house.desk.asked if asked[0] == "console")[2]
    assert (request.name, request.visible, request.sound) == ("ana #a1b2", True, False)
    assert ana.house.users.sounding == []


def test_a_screen_that_sounds_alarms_stays_logged_in_and_keeps_its_cookie(ana: Browser) -> None:
    ana.get(BOARD)
    fields = {**ana.fields(f"{BOARD}/book"), "screen": "a1b2", "visible": "1", "sound": "1"}
    assert "set-cookie" not in ana.post(f"{BOARD}/here", fields).headers
    ana.house.users.anew = True
    assert "Max-Age=2592000" in ana.post(f"{BOARD}/here", fields).headers["set-cookie"]
    assert len(ana.house.users.sounding) == 2


def test_a_line_that_cancels_sent_twice_leaves_the_next_wakeup_alone(house: House, ana: Browser) -> None:
    house.desk.add_wakeup(1)
    house.desk.add_wakeup(2)
    ana.get(BOARD)
    fields = {**ana.fields(f"{BOARD}/book"), "line": "x 212"}
    ana.post(f"{BOARD}/book", fields)
    ana.post(f"{BOARD}/book", fields)
    assert "This was done already." in ana.text
    assert [one.state for one in house.desk.kept.values()] == ["cancelled", "scheduled"]


def test_a_line_that_cancels_one_of_several_at_a_minute_says_how_many_stay(
    house: House, ana: Browser
) -> None:
    for id in (1, 2, 3):
        house.desk.add_wakeup(id)
    ana.get(BOARD)
    for stays in ("2 more at 06:30 stay", "1 more at 06:30 stays"):
        ana.send(f"{BOARD}/book", line="x 212 0630")
        assert stays in ana.text
    ana.send(f"{BOARD}/book", line="x 212 0630")
    assert "Cancelled: 212" in ana.text and "more at" not in ana.text


@pytest.mark.parametrize(
    ("language", "word"), [("en", "type anyway as"), ("de", "zusätzlich trotzdem"), ("zh", "再输入 仍然")]
)
def test_a_room_without_a_guest_is_refused_with_the_word_that_books_it(
    house: House, language: str, word: str
) -> None:
    ana = Browser(house, language).log_in()
    ana.get(BOARD)
    sentence = "Nobody is known to be in room 212; book it anyway if the guest is there. Nothing was booked."
    house.desk.fail_with = Refusal("not_in_house", sentence, status=409)
    ana.get(f"{BOARD}/book/preview?line=212%200630")
    assert word in ana.text


def test_a_word_that_no_known_one_begins_with_is_told_while_the_line_is_typed(house: House) -> None:
    ana = Browser(house, "de").log_in()
    ana.get(f"{BOARD}/book/preview?line=212%200630%20gest")
    assert "✕" in ana.text
    ana.get(f"{BOARD}/book/preview?line=212%200630%20mor")
    assert "✕" not in ana.text


def test_an_alarm_silenced_for_a_while_says_until_when(house: House, ana: Browser) -> None:
    alarm = house.desk.add_alarm(7)
    house.desk.kept_alarms[7] = replace(alarm, next=alarm.since + timedelta(minutes=4))
    ana.get(f"{BOARD}/alarms/7")
    ana.send(f"{BOARD}/alarms/7/acknowledge", note="on my way", outcome="")
    assert f"silent until {alarm.since + timedelta(minutes=4):%H:%M}" in ana.text


def test_the_board_names_the_guest_of_an_alarm_who_has_no_other_line_there(
    house: House, ana: Browser
) -> None:
    house.desk.add_alarm(7)
    house.desk.kept.clear()
    ana.get(BOARD)
    asked = [rooms for name, *(_, rooms, _) in house.rooms.asked if name == "guests"]
    assert "212" in asked[-1]


def test_an_alarm_of_charges_leads_to_them_and_shows_no_command(house: House, ana: Browser) -> None:
    text = (
        "1 charge may stand on the folio or not: 214. Look at the folio, and say whether it is there: "
        "`hotelbridge charges retry ID --on-folio yes`, or `no`; `hotelbridge charges list`."
    )
    house.desk.kept_alarms[7] = replace(house.desk.add_alarm(7, text), kind=AlarmKind.CHARGE_UNCERTAIN)
    for path in (BOARD, f"{BOARD}/alarms", f"{BOARD}/alarms/7"):
        ana.get(path)
        assert "say whether it is there." in ana.text and "hotelbridge charges" not in ana.text, path
    assert ana.page.xpath(f"//main//a[@href='{BOARD}/calls']")


@pytest.mark.parametrize(
    ("action", "page"),
    [
        ("alarms/7/acknowledge", "/alarms/7"),
        ("wakeups/1/again", "/wakeups/1"),
        ("charges/3/retry", "/charges/3"),
        ("book", ""),
    ],
)
def test_whoever_comes_again_to_the_address_of_an_action_sees_what_it_was_about(
    ana: Browser, action: str, page: str
) -> None:
    reply = ana.get(f"{BOARD}/{action}")
    assert (reply.status, reply.headers["location"]) == (303, f"{BOARD}{page}")


def test_a_form_sent_after_the_login_has_ended_leads_to_the_login_which_says_that_nothing_was_done(
    house: House, ana: Browser
) -> None:
    house.desk.add_alarm(7)
    ana.get(f"{BOARD}/alarms/7")
    fields = ana.fields(f"{BOARD}/alarms/7/acknowledge")
    house.users.sessions.clear()
    reply = ana.post(f"{BOARD}/alarms/7/acknowledge", fields, Accept="text/html,*/*;q=0.8")
    assert reply.status == 303 and not [asked for asked in house.desk.asked if asked[0] == "acknowledge"]
    ana.get(reply.headers["location"])
    assert "Nothing was done" in ana.text
    ana.send("/desk/login", name="ana", password=PASSWORD)
    assert ana.last.headers["location"] == f"{BOARD}/alarms/7/acknowledge"


def test_a_wake_up_that_failed_is_rung_again_from_its_own_page(house: House, ana: Browser) -> None:
    house.desk.add_order(1)
    house.desk.kept[1] = replace(house.desk.add_wakeup(1), state=WakeupState.ALARMED)
    ana.get(f"{BOARD}/wakeups/1")
    assert ana.send(f"{BOARD}/wakeups/1/again").status == 200
    assert "is rung again" in ana.text


def test_a_wake_up_is_changed_by_a_time_as_the_board_takes_it_and_a_wrong_one_stays_to_be_mended(
    house: House, ana: Browser
) -> None:
    house.desk.add_order(1)
    view = house.desk.add_wakeup(1)
    house.desk.kept[1] = replace(view, due=view.due.replace(second=40))
    page = f"{BOARD}/wakeups/1"
    ana.get(page)
    assert ana.fields(f"{page}/change")["time"] == "06:30:40"  # a note alone does not move it
    for typed, meant in (("0645", "06:45:00"), ("6.45p", "18:45:00")):
        assert ana.send(f"{page}/change", time=typed, note="tea").status == 200
        assert [asked[3].time for asked in house.desk.asked if asked[0] == "change"][-1] == meant
    assert ana.send(f"{page}/change", time="99:99", note="coffee").status == 409
    assert "99:99 is not a time of day." in ana.text
    kept = ana.fields(f"{page}/change")
    assert (kept["time"], kept["note"]) == ("99:99", "coffee")


def test_a_ring_that_is_asked_for_twice_by_one_form_is_told_as_booked_and_not_with_another_time(
    house: House, ana: Browser
) -> None:
    house.desk.add_order(house.desk.add_wakeup(1).order)
    house.desk.add_alarm(7)
    ana.get(f"{BOARD}/alarms/7")
    fields = ana.fields(f"{BOARD}/wakeups/1/again")
    ana.post(f"{BOARD}/wakeups/1/again", fields)
    assert "Room 212 is rung again at" in ana.text
    house.clock.advance(20)
    ana.post(f"{BOARD}/wakeups/1/again", fields)
    assert "This was booked already." in ana.text


def test_a_preview_of_many_rooms_tries_only_some_since_it_is_tried_where_rings_are_decided(
    house: House, ana: Browser
) -> None:
    house.rooms.numbers = lambda property: tuple(str(n) for n in range(1001, 1401))  # type: ignore[method-assign]
    ana.get(f"{BOARD}/book/preview?line=1001:1300%200630")
    [request] = [asked[2] for asked in house.desk.asked if asked[0] == "book"]
    assert request.preview and len(request.room.split(",")) == 50


@pytest.mark.parametrize(("language", "said"), [("de", "Bitte zuerst wählen"), ("zh", "请先选择")])
def test_what_the_console_refuses_by_itself_is_said_in_the_language_of_the_page(
    house: House, language: str, said: str
) -> None:
    house.desk.add_wakeup(1)
    house.desk.add_order(1)
    ana = Browser(house, language).log_in()
    ana.get(BOARD)
    fields = {name: ana.fields(f"{BOARD}/book")[name] for name in ("csrf", "mark")}
    ana.post(f"{BOARD}/wakeups/1/close", {**fields, "outcome": "nothing"})
    assert said in ana.text


def test_a_guest_is_shown_as_woken_when_he_was_and_not_when_it_began_to_ring(
    house: House, ana: Browser
) -> None:
    one = house.desk.add_wakeup(1)
    rang, up = one.due + timedelta(seconds=1), one.due + timedelta(minutes=4)
    house.desk.kept[1] = replace(one, state=WakeupState.WOKEN, connected=rang, woken_at=up)
    ana.get(f"{BOARD}/wakeups?room=212")
    assert "woken 06:34" in ana.text and "woken 06:30" not in ana.text
    house.desk.kept[1] = replace(one, state=WakeupState.WOKEN, connected=rang)
    ana.get(f"{BOARD}/wakeups?room=212")
    assert "woken" in ana.text and "woken 06" not in ana.text


def test_where_a_wakeup_came_from_is_told_in_the_language_of_the_page(house: House) -> None:
    house.desk.kept[1] = replace(house.desk.add_wakeup(1), origin="console 192.0.2.7")
    house.desk.add_order(1)
    anna = Browser(house, "de").log_in("ana")
    anna.get(f"{BOARD}/wakeups/1")
    assert "Konsole 192.0.2.7" in anna.text and "console 192" not in anna.text


def test_a_refusal_says_its_code_to_programs_only(house: House, ana: Browser) -> None:
    ana.get("/desk/nowhere")
    (said,) = ana.page.xpath("//p[@data-code]")
    assert said.get("data-code") and said.get("data-code") not in ana.text
