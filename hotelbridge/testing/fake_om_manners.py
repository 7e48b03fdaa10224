"""How the simulated exchange is set when it is new, and how its replies look when they are spoilt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hotelbridge.testing.fake_om_faults import CommandFault, CommandRule
from hotelbridge.testing.fake_om_http import DROPPED, Push, Reply
from hotelbridge.testing.fake_om_plant import TrunkState
from hotelbridge.testing.fake_om_xml import failed, render

# Chapter 4.1: API_MAC, API_RESPONSE_TO, CONTROL_TYPE, CB_TYPE, API_DISPLAY, CONFIG_CHANGE, API_CALLING,
# API_CPN, API_OUTBOUND_TRANSFER, API_TIMEOUT, API_PASSWORD, API_METHOD. Transfers outside are allowed
# and changes on the web pages are told here, unlike on a new device.
DEFAULT_PARAMETERS = {
    "349": "no",
    "526": "5",
    "554": "0",
    "615": "0",
    "624": "yes",
    "883": "2",
    "978": "no",
    "991": "no",
    "1070": "1",
    "1088": "0",
    "1089": "",
    "1125": "0",
}


def usual_trunks() -> list[TrunkState]:
    return [TrunkState("02161208234", "Line 2"), TrunkState("02161204000", "IPLine 21")]


def parameters_of(push: Push) -> dict[str, str]:
    return {"554": str(int(push.long_connection)), "1125": str(int(push.method == "POST"))}


def as_set(push: Push, parameters: Mapping[str, str]) -> Push:
    method = "POST" if parameters["1125"] == "1" else "GET"
    return replace(push, method=method, long_connection=parameters["554"] == "1")


def to_foreigner(how: str) -> Reply:
    manners = {
        "empty": Reply(),
        "failed": Reply(render(failed(2, "restricted"))),
        "forbidden": Reply(line="403 Forbidden"),
    }
    return manners.get(how, DROPPED)


def spoilt(body: bytes, rule: CommandRule) -> Reply:
    manners = {
        CommandFault.DROP_EXECUTED: DROPPED,
        CommandFault.RESET: Reply(body, reset=True),
        CommandFault.CUT: Reply(body, cut=True),
        CommandFault.NO_LENGTH: Reply(body, length=False),
        CommandFault.SEGMENTS: Reply(body, segments=True),
        CommandFault.SLOW: Reply(body, after=rule.seconds),
        CommandFault.HANG: Reply(body, hang=True),
        CommandFault.GARBAGE: Reply(b"<html><body>Busy\n"),
    }
    return manners.get(rule.fault, Reply(body))
