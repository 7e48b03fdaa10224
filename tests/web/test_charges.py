"""The calls about telephone calls and charges, as a program makes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hotelbridge.core.charges import ChargeState
from hotelbridge.core.records import Actor
from hotelbridge.errors import NotOwner
from hotelbridge.services.chargeviews import CallQuery, Resolution, ResolveRequest, RetryRequest
from hotelbridge.services.roomviews import RoomDone

from .fake_charges import NUMBER
from .fake_rooms import GUEST
from .far_end import House

P = "/properties/main"
ANNA = Actor("Anna, anna (token)", "api 192.0.2.7")


def test_charges_are_asked_for_by_all_that_they_can_be_found_by(house: House) -> None:
    house.call(
        "GET",
        f"{P}/charges?room=212&reservation=1001&state=refused,held,held&open=true&number=%2B4989&trunk=8"
        "&account=9000&from=2026-11-24&to=2026-11-24&limit=5&cursor=next-1",
    )
    assert house.charges.asked[-1] == (
        "charges",
        "main",
        CallQuery(
            "212", "1001", (ChargeState.REFUSED, ChargeState.HELD), True, "+4989", "8", "9000",
            datetime(2026, 11, 23, 23, tzinfo=UTC), datetime(2026, 11, 24, 23, tzinfo=UTC), 5, "next-1",
        ),
        True,
    )  # fmt: skip


def test_calls_are_asked_for_in_the_same_way(house: House) -> None:
    reply = house.call("GET", f"{P}/call-records?room=212&from=2026-11-24T06:30&to=2026-11-24T06:30:00Z")
    asked = house.charges.asked[-1][2]
    assert (asked.from_, asked.to) == (
        datetime(2026, 11, 24, 5, 30, tzinfo=UTC),
        datetime(2026, 11, 24, 6, 30, tzinfo=UTC),
    )
    assert reply.json["next"] == "next-1" and reply.json["items"][1]["charge"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [("state=lost", "state"), ("state=held,", "state"), ("number=4989x", "number"), ("open=1", "open"),
     ("from=soon", "from"), ("limit=0", "limit"), ("stat=held", "stat")],
)  # fmt: skip
def test_a_filter_that_is_none_is_named(house: House, query: str, field: str) -> None:
    reply = house.call("GET", f"{P}/charges?{query}")
    assert (reply.status, reply.code) == (422, "invalid_query")
    assert reply.json["errors"][0]["field"] == field
    assert house.charges.asked == []


def test_an_amount_that_is_written_otherwise_is_answered_with_how_it_is_written(house: House) -> None:
    body = {"by": "Anna", "amount": "0,50"}
    reply = house.call("POST", f"{P}/charges/1/retry", body)
    assert reply.status == 422 and reply.json["detail"] == "`amount` must be an amount: write it like 0.50."


def test_an_amount_is_decimal_text_with_its_minor_units_and_its_currency(house: House) -> None:
    charge = house.call("GET", f"{P}/charges/1").json
    assert (charge["amount"], charge["minor"], charge["currency"]) == ("0.50", 50, "EUR")
    assert charge["call"]["charge"]["amount"] == "0.50"
    assert charge["explanation"]["agrees"] is True and charge["lines"][0]["what"] == "priced"
    assert house.call("GET", f"{P}/charges/9").code == "unknown_charge"
    assert house.call("GET", f"{P}/charges/x").code == "unknown_charge"


@pytest.mark.parametrize("token", ["t-view", "t-money"])
def test_who_only_looks_or_counts_money_learns_no_name_and_no_whole_number(house: House, token: str) -> None:
    for path in ("charges", "charges/1", "call-records"):
        reply = house.call("GET", f"{P}/{path}", token=token)
        assert reply.status == 200, path
        assert GUEST.encode() not in reply.body and NUMBER.encode() not in reply.body, path
        assert b"1001" in reply.body and house.charges.asked[-1][-1] is False, path


@pytest.mark.parametrize("token", ["t-desk", "t-admin"])
def test_the_desk_sees_whose_a_charge_is_and_what_was_dialled(house: House, token: str) -> None:
    charge = house.call("GET", f"{P}/charges/1", token=token).json
    assert (charge["guest"], charge["number"]) == (GUEST, NUMBER)


@pytest.mark.parametrize("token", ["t-desk", "t-money", "t-admin"])
def test_desk_and_accounting_decide_on_charges(house: House, token: str) -> None:
    body = {"by": "Anna", "on_folio": False}
    reply = house.call("POST", f"{P}/charges/1/retry", body, token=token)
    assert reply.status == 200 and reply.json["said"] == "to be posted"
    reply = house.call("POST", f"{P}/charges/1/resolve", {"by": "Anna", "outcome": "posted"}, token=token)
    assert reply.status == 200 and (GUEST.encode() in reply.body) == (token != "t-money")


def test_who_only_looks_decides_nothing(house: House) -> None:
    for path, body in (
        ("charges/1/retry", {"by": "Bob"}),
        ("charges/1/resolve", {"by": "Bob", "outcome": "posted"}),
        ("rooms/212/unbar", {"by": "Bob"}),
    ):
        reply = house.call("POST", f"{P}/{path}", body, token="t-view")
        assert (reply.status, reply.code) == (403, "role"), path
    assert house.charges.asked == [] and house.rooms.asked == []


def test_a_decision_reaches_the_desk_with_all_that_was_said(house: House) -> None:
    body = {"by": " Anna ", "note": "her husband pays", "on_folio": False, "room": "305",
            "reservation": "1002", "amount": "0.50"}  # fmt: skip
    house.call("POST", f"{P}/charges/1/retry", body)
    wanted = RetryRequest("Anna", "her husband pays", False, "305", "1002", False, "0.50")
    assert house.charges.asked[-1][2:5] == (1, wanted, ANNA)
    house.call("POST", f"{P}/charges/1/retry", {"by": "Anna", "account": True, "on_folio": False})
    assert house.charges.asked[-1][3] == RetryRequest("Anna", on_folio=False, account=True)
    body = {"by": "Anna", "outcome": "written_off", "note": "a regular"}
    house.call("POST", f"{P}/charges/1/resolve", body)
    wanted_too = ResolveRequest("Anna", Resolution.WRITTEN_OFF, "a regular")
    assert house.charges.asked[-1][2:5] == (1, wanted_too, ANNA)


def test_a_refusal_says_what_is_to_be_decided(house: House) -> None:
    """C2."""
    reply = house.call("POST", f"{P}/charges/1/retry", {"by": "Anna"})
    assert (reply.status, reply.code, reply.json["posted_to"]) == (409, "on_folio_unknown", "212")
    reply = house.call("POST", f"{P}/charges/2/retry", {"by": "Anna"})
    assert (reply.status, reply.code, reply.json["by"]) == (409, "already_settled", "Anna")


RETRIES: list[dict[str, Any]] = [
    {"by": "Anna", "on_folio": True},
    {"by": "Anna", "on_folio": False, "room": "305"},
    {"by": "Anna", "on_folio": False, "room": "305", "reservation": "1002"},
    {"by": "Anna", "on_folio": False, "account": True, "room": None},
    {"by": "Anna", "on_folio": False, "room": "305", "account": False},
    {"by": "Anna", "on_folio": False, "room": "305", "account": True},
    {"by": "Anna", "on_folio": True, "room": "305"},
    {"by": "Anna", "on_folio": True, "account": True},
    {"by": "Anna", "on_folio": False, "reservation": "1002"},
    {"by": "Anna", "on_folio": "yes"},
    {"by": "Anna", "on_folio": False, "amount": 0.5},
    {"by": "Anna", "on_folio": False, "amount": "0,50"},
    {"by": "Anna", "on_folio": False, "amount": "1.05"},
    {"by": "", "on_folio": False},
    {"on_folio": False},
    {"by": "Anna", "on_folio": False, "stay": 1},
]


@pytest.mark.parametrize("body", RETRIES)
def test_the_described_decision_is_the_accepted_decision(house: House, body: dict[str, Any]) -> None:
    document = house.call("GET", "/api/v1/openapi.json", token=None).json
    request = document["paths"]["/api/v1/properties/{p}/charges/{id}/retry"]["post"]["requestBody"]
    schema = {**request["content"]["application/json"]["schema"], "components": document["components"]}
    described = jsonschema_rs.Draft202012Validator(schema).is_valid(body)
    assert described == (house.call("POST", f"{P}/charges/1/retry", body).status == 200)


SETTLINGS: list[dict[str, Any]] = [
    {"by": "Anna", "outcome": "written_off", "note": "short", "on_folio": False},
    {"by": "Anna", "outcome": "written_off", "on_folio": True, "amount": "0.50"},
    {"by": "Anna", "outcome": "posted", "on_folio": None},
    {"by": "Anna", "outcome": "posted", "on_folio": True},
    {"by": "Anna", "outcome": "held", "on_folio": False},
    {"by": "Anna", "outcome": "written_off", "on_folio": "no"},
]


@pytest.mark.parametrize("body", SETTLINGS)
def test_the_described_settling_is_the_accepted_settling(house: House, body: dict[str, Any]) -> None:
    document = house.call("GET", "/api/v1/openapi.json", token=None).json
    request = document["paths"]["/api/v1/properties/{p}/charges/{id}/resolve"]["post"]["requestBody"]
    schema = {**request["content"]["application/json"]["schema"], "components": document["components"]}
    described = jsonschema_rs.Draft202012Validator(schema).is_valid(body)
    assert described == (house.call("POST", f"{P}/charges/1/resolve", body).status == 200)
    assert not described or house.charges.asked[-1][3].on_folio == body["on_folio"]


def test_who_settles_a_charge_says_how(house: House) -> None:
    for body in ({"by": "Anna"}, {"outcome": "posted"}, {"by": "Anna", "outcome": "lost"}):
        assert house.call("POST", f"{P}/charges/1/resolve", body).code == "invalid_body"
    assert house.charges.asked == []


def test_the_same_decision_under_the_same_key_is_answered_as_before(house: House) -> None:
    head, body = {"Idempotency-Key": "k-1"}, {"by": "Anna", "on_folio": False}
    first = house.call("POST", f"{P}/charges/1/retry", body, headers=head)
    again = house.call("POST", f"{P}/charges/1/retry", body, headers=head)
    assert again.body == first.body and again.headers["idempotency-replayed"] == "true"


def test_a_bar_is_lifted_by_name(house: House) -> None:
    """M1."""
    reply = house.call("POST", f"{P}/rooms/212/unbar", {"by": "Anna"})
    assert reply.status == 200 and set(reply.json) == set(RoomDone.__slots__)
    assert house.rooms.asked[-1][2:4] == ("212", ANNA)
    assert house.call("POST", f"{P}/rooms/212/unbar", {}).code == "invalid_body"
    assert house.call("POST", f"{P}/rooms/305/unbar", {"by": "Anna"}).code == "not_barred"
    assert house.call("POST", f"{P}/rooms/212/unbar", {"by": "Bob"}, token="t-money").code == "role"


@pytest.mark.parametrize(("token", "guest"), [("t-desk", GUEST), ("t-view", "")])
def test_a_change_of_a_charge_comes_as_an_event_for_the_eyes_of_who_listens(
    house: House, token: str, guest: str
) -> None:
    listener = house.listen("?property=main", token=token)
    listener.events()
    house.desk.commit("main", ("charge", "1"), ("charge", "9"))
    (kind, first), (_, gone) = listener.events()
    assert (kind, first["item"]["state"], first["item"]["guest"]) == ("charge", "uncertain", guest)
    assert gone["item"] is None


def test_the_kinds_of_alarms_about_charges_are_described(house: House) -> None:
    document = house.call("GET", "/api/v1/openapi.json", token=None).json
    kinds = document["components"]["schemas"]["AlarmKind"]["enum"]
    assert {"charge_refused", "charge_uncertain", "charge_held", "credit_limit", "tariff", "audit"} <= set(
        kinds
    )
    assert set(document["components"]["schemas"]["ChargeState"]["enum"]) == set(ChargeState)


def test_where_another_node_has_the_hotel_now_it_says_so(house: House) -> None:
    house.charges.fail_with = NotOwner("lost")
    assert house.call("POST", f"{P}/charges/1/retry", {"by": "Anna"}).status == 503


def test_whatever_is_sent_nothing_breaks(house: House) -> None:
    """What the description allows, made at random: no answer says that our own code failed."""
    document = house.call("GET", "/api/v1/openapi.json", token=None).json
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]
    mine = [one for one in operations if "/charges" in one.path or one.path.endswith(("records", "unbar"))]

    @settings(
        max_examples=100, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def send(data: Any) -> None:
        operation = data.draw(st.sampled_from(mine))
        case = data.draw(operation.as_strategy())
        path = operation.path.replace("{p}", "main").replace("{number}", "212").replace("{id}", "1")
        query = "&".join(f"{quote(str(k))}={quote(str(v))}" for k, v in (case.query or {}).items())
        body = case.body if operation.method.upper() == "POST" else None
        reply = house.call(operation.method.upper(), f"{path}?{query}" if query else path, body)
        assert reply.status < 500, (path, query, body)

    send()
