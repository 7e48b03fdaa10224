"""The description of the API says what the API does."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from hotelbridge.core.records import WakeupState
from hotelbridge.metrics import Metrics
from hotelbridge.services import views

from .far_end import House

BOOK = "/properties/main/wakeups"


@pytest.fixture
def document(house: House) -> Any:
    reply = house.call("GET", "/api/v1/openapi.json", token=None)
    assert reply.status == 200
    return reply.json


def checker(document: Any, schema: Any) -> Any:
    return jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_reference_and_every_schema_of_the_document_is_sound(document: Any) -> None:
    for found in set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document))):
        assert found in document["components"]["schemas"]
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def test_schemathesis_reads_the_document_and_finds_every_call(document: Any) -> None:
    schema = schemathesis.openapi.from_dict(document)
    found = [operation.ok() for operation in schema.get_all_operations()]
    assert len(found) == len(operations(document))


def test_every_path_parameter_is_described_and_names_are_unique(document: Any) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, _, operation in operations(document):
        described = [p["name"] for p in operation.get("parameters", []) if p["in"] == "path"]
        assert described == re.findall(r"{(\w+)}", path)


@pytest.mark.parametrize(
    ("path", "at"),
    [
        ("/api/v1/properties", "/api/v1/properties"),
        ("/api/v1/properties/{p}/wakeups", f"/api/v1{BOOK}"),
        ("/api/v1/properties/{p}/wakeups/{id}", f"/api/v1{BOOK}/1"),
        ("/api/v1/properties/{p}/orders", "/api/v1/properties/main/orders"),
        ("/api/v1/properties/{p}/orders/{id}", "/api/v1/properties/main/orders/1"),
        ("/api/v1/properties/{p}/alarms", "/api/v1/properties/main/alarms"),
        ("/api/v1/properties/{p}/rooms", "/api/v1/properties/main/rooms"),
        ("/api/v1/properties/{p}/rooms/{number}", "/api/v1/properties/main/rooms/212"),
        ("/api/v1/properties/{p}/rooms/{number}/why", "/api/v1/properties/main/rooms/212/why"),
        ("/api/v1/properties/{p}/recorder", "/api/v1/properties/main/recorder?room=212"),
        ("/api/v1/properties/{p}/journal", "/api/v1/properties/main/journal"),
        ("/api/v1/properties/{p}/resyncs", "/api/v1/properties/main/resyncs"),
        ("/api/v1/properties/{p}/call-records", "/api/v1/properties/main/call-records"),
        ("/api/v1/properties/{p}/charges", "/api/v1/properties/main/charges?state=held,posted"),
        ("/api/v1/properties/{p}/charges/{id}", "/api/v1/properties/main/charges/1"),
        ("/api/v1/properties/{p}/links", "/api/v1/properties/main/links"),
        ("/api/v1/properties/{p}/forecast", "/api/v1/properties/main/forecast"),
        ("/api/v1/properties/{p}/punctuality", "/api/v1/properties/main/punctuality?by=month"),
        ("/api/v1/properties/{p}/charges/report", "/api/v1/properties/main/charges/report?by=day"),
        ("/api/v1/properties/{p}/reconciliations", "/api/v1/properties/main/reconciliations"),
        ("/api/v1/properties/{p}/reconciliations/{id}", "/api/v1/properties/main/reconciliations/1"),
    ],
)
def test_answers_are_as_described(house: House, document: Any, path: str, at: str) -> None:
    house.desk.add_wakeup(1)
    house.desk.add_alarm(1)
    house.desk.add_order(1)
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    checker(document, schema).validate(house.call("GET", at).json)


@pytest.mark.parametrize(
    ("method", "path", "at", "body"),
    [
        ("POST", "wakeups", "wakeups", {"room": "212", "at": "2026-11-25T06:30"}),
        ("POST", "wakeups", "wakeups", {"room": "212", "time": "06:30", "preview": True}),
        ("PATCH", "wakeups/{id}", "wakeups/1", {"vip": True}),
        ("PATCH", "orders/{id}", "orders/1", {"time": "07:00"}),
        ("DELETE", "orders/{id}", "orders/1", None),
        ("POST", "rooms/{number}/awake", "rooms/212/awake", {"by": "Anna"}),
        ("POST", "rooms/{number}/check-in", "rooms/305/check-in", {"guest": "Li"}),
        ("POST", "rooms/{number}/check-out", "rooms/212/check-out", {"anyway": True}),
        ("POST", "rooms/{number}/move", "rooms/212/move", {"to": "305"}),
        ("POST", "rooms/{number}/status", "rooms/212/status", {"status": "clean"}),
        ("POST", "rooms/{number}/unbar", "rooms/212/unbar", {"by": "Anna"}),
        ("POST", "charges/{id}/retry", "charges/1/retry", {"by": "Anna", "on_folio": False}),
        ("POST", "charges/{id}/resolve", "charges/1/resolve", {"by": "Anna", "outcome": "posted"}),
        ("POST", "resyncs/{id}/apply", "resyncs/1/apply", {"by": "Anna"}),
        ("POST", "resync", "resync", {}),
        ("POST", "reconciliations", "reconciliations", {"from": "2026-11-24", "by": "Bob"}),
    ],
)
def test_answers_to_changes_are_as_described(
    house: House, document: Any, method: str, path: str, at: str, body: Any
) -> None:
    house.desk.add_wakeup(1)
    house.desk.add_order(1)
    reply = house.call(method, f"/properties/main/{at}", body)
    described = document["paths"][f"/api/v1/properties/{{p}}/{path}"][method.lower()]["responses"]
    schema = described[str(reply.status)]["content"]["application/json"]["schema"]
    checker(document, schema).validate(reply.json)


def test_problems_are_as_described(house: House, document: Any) -> None:
    check = checker(document, {"$ref": "#/components/schemas/Problem"})
    for reply in (
        house.call("GET", BOOK, token=None),
        house.call("POST", BOOK, {"rom": 1}),
        house.call("POST", BOOK, {"room": "1", "at": "2026-11-25T06:30"}),
        house.call("PUT", BOOK),
    ):
        check.validate(reply.json)


@pytest.mark.parametrize(
    "body",
    [
        {"room": "212", "at": "2026-11-25T06:30"},
        {"room": "212", "at": None, "date": "2026-11-25", "time": "06:30"},
        {"room": "212", "at": "2026-11-25T06:30", "time": "06:30"},
        {"room": "212", "date": "2026-11-25"},
        {"room": "212"},
        {"room": "212", "at": "2026-11-25T06:30", "x": 1},
        {"room": "212\0", "at": "2026-11-25T06:30"},
        {"room": "212", "at": "2026-11-25T06:30", "note": "a\nb"},
        {"room": "212", "time": "06:30"},
        {"room": "212", "time": "06:30", "date": None, "at": None, "rooms": None, "days": None},
        {"rooms": ["212"], "time": "06:30"},
        {"room": "212", "rooms": ["212"], "time": "06:30"},
        {"time": "06:30"},
        {"room": "212", "at": "2026-11-25T06:30+01:00"},
        {"room": "212", "time": "06:30", "days": ["mon", "sun"], "until": "2026-12-01"},
        {"room": "212", "time": "06:30", "until": "2026-12-01"},
        {"room": "212", "time": "06:30", "until": "2026-12-01", "days": None},
        {"room": "212", "time": "06:30", "days": []},
        {"room": "212", "time": "06:30", "days": ["Monday"]},
        {"room": "212", "time": "06:30", "follow_up": 10, "proof": "digit", "vip": True},
        {"room": "212", "time": "06:30", "follow_up": 181},
        {"room": "212", "time": "06:30", "in_person": 1},
        {"room": "212", "time": "06:30", "anyway": True, "reservation": "R-1"},
    ],
)
def test_the_described_booking_is_the_accepted_booking(
    house: House, document: Any, body: dict[str, Any]
) -> None:
    request = document["paths"]["/api/v1/properties/{p}/wakeups"]["post"]["requestBody"]
    described = checker(document, request["content"]["application/json"]["schema"]).is_valid(body)
    assert described == (house.call("POST", BOOK, body).status == 201)


def test_only_open_doors_are_described_as_open(document: Any) -> None:
    unlocked = {path for path, _, operation in operations(document) if operation.get("security") == []}
    assert unlocked == {"/api/v1/openapi.json", "/healthz", "/readyz", "/metrics"}
    booking = document["paths"]["/api/v1/properties/{p}/wakeups"]["post"]
    assert booking["x-roles"] == ["admin", "frontdesk"]


def test_rendering_is_the_same_for_equal_views_and_keeps_letters() -> None:
    view = views.Page(("ä", "日"), None)
    assert views.render(view) == '{"items":["ä","日"],"next":null}'
    with pytest.raises(TypeError, match="cannot hold a bytes"):
        views.render(b"x")


def test_metrics_have_the_names_of_the_contract() -> None:
    metrics = Metrics()
    metrics.reports_bad.labels("main", "om20").inc()
    metrics.reports_refused.labels("foreign").inc()
    metrics.set_wakeups("main", {WakeupState.WOKEN: 2})
    metrics.wakeup_delay.labels("main").observe(0.3)
    metrics.attempts.labels("main", "om20", "answered").inc()
    metrics.alarms_open.labels("main").set(1)
    metrics.set_link("main", "om20", "tcp", True)
    metrics.set_link("main", "om20", "reports", False)
    metrics.set_link("main", "om20", "reports", None)
    metrics.set_link("main", "om20", "never", None)
    text = metrics.text().decode()
    for line in (
        'hotelbridge_reports_bad_total{device="om20",property="main"} 1.0',
        'hotelbridge_reports_refused_total{reason="foreign"} 1.0',
        'hotelbridge_wakeups{property="main",state="woken"} 2.0',
        'hotelbridge_wakeups{property="main",state="scheduled"} 0.0',
        'hotelbridge_wakeup_delay_seconds_bucket{le="0.5",property="main"} 1.0',
        'hotelbridge_attempts_total{device="om20",outcome="answered",property="main"} 1.0',
        'hotelbridge_alarms_open{property="main"} 1.0',
        'hotelbridge_link_up{layer="tcp",link="om20",property="main"} 1.0',
    ):
        assert line in text
    assert 'layer="reports"' not in text
