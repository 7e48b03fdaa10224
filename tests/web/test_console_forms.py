"""Whatever is typed into the console: an answer in words, and never an error of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotelbridge.web.console.console import make_console
from hotelbridge.web.console.visit import Page
from hotelbridge.web.events import EventHub

from .browsing import HEADERS, Browser
from .far_end import House, read_reply

NAMES = (
    "line note outcome wakeup all time date room rooms guest reservation language departure shared to days"
    " until text sheet offset by state from number account answer cursor limit link direction before words"
    " order view find status apply trust screen visible sound old new again password name on_folio anyway"
).split()
TYPED = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "212",
            "0630",
            "-1",
            "9" * 30,
            "2026-11-24",
            "0",
            "yes",
            "1",
            "woken_by_staff",
            "<b>",
            "\u202e",
            "%",
            "''",
        ]
    ),
)


def pages(house: House) -> list[Page]:
    """Every address of the console but the stream, and the way out."""
    parts: dict[str, Any] = vars(house)
    hub = EventHub(house.desk, house.charges, house.clock, None)  # type: ignore[arg-type]
    console = make_console(
        **{name: parts.get(name, hub) for name in make_console.__annotations__ if name != "return"}
    )
    return [page for page in console.pages if not page.pattern.endswith(("/live", "/logout", "/login"))]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_that_is_typed_is_an_error_of_ours(data: st.DataObject) -> None:
    house = House()
    house.desk.add_wakeup(1)
    house.desk.add_order(1)
    house.desk.add_alarm(1)
    ana = Browser(house).log_in(data.draw(st.sampled_from(["ana", "adam", "vera", "carl"])))
    ana.get("/desk/main/me")
    mine = ana.fields("/desk/main/me")
    page = data.draw(st.sampled_from(pages(house)), label="page")
    ids = st.one_of(st.sampled_from(["1", "212", "0", "9" * 25]), st.text(min_size=1, max_size=12))
    path = page.pattern.replace("{p}", "main")
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + quote(data.draw(ids), safe="") + rest.partition("}")[2]
    fields = data.draw(st.dictionaries(st.sampled_from(NAMES), TYPED, max_size=8), label="fields")
    head = {"Cookie": "; ".join(f"{name}={value}" for name, value in ana.cookies.items())}
    if page.method == "POST":
        body = urlencode({**fields, "csrf": mine["csrf"], "mark": mine["mark"]}, errors="replace").encode()
        head |= {"Content-Type": "application/x-www-form-urlencoded", **HEADERS}
        wire = house.send("POST", path, body, head)
    else:
        query = urlencode(fields, errors="replace")
        wire = house.send("GET", f"{path}?{query}", b"", head)
    reply = read_reply(wire.received())
    assert reply.status < 500, reply.body.decode()[-2000:]


def test_a_day_or_a_number_beyond_all_is_told_in_words(house: House) -> None:
    ana = Browser(house).log_in("ana")
    house.desk.add_alarm(7)
    desk = "/desk/main"
    house.desk.add_order(house.desk.add_wakeup(1).order)
    for day in ("0001-01-01", "9999-12-31"):
        assert ana.get(f"{desk}/recorder?day={day}").status == 422
        assert ana.get(f"{desk}/wakeups?day={day}").status == 422
        ana.get(f"{desk}/book/preview?line=212%200630%20{day}")
        assert "This is no day." in ana.text
        ana.get(f"{desk}/wakeups/1")
        assert ana.send(f"{desk}/wakeups/1/change", date=day).status == 409
    ana.get(f"{desk}/alarms/7")
    fields = ana.fields(f"{desk}/alarms/7/acknowledge")
    for number in ("9" * 25, "9" * 5000):
        given = {**fields, "wakeup": number, "outcome": "refused"}
        assert ana.post(f"{desk}/alarms/7/close-room", given).status == 422
    sheet = {**fields, "text": "212 0030", "day": "0001-01-01", "pickup": "yes", "before": "60"}
    assert ana.post(f"{desk}/sheet", sheet).status == 409
