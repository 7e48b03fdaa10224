"""The table of the file: its defaults, and the sentence that answers each wrong value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hotelbridge_fias.outgoing import wanted_fields
from hotelbridge_fias.plugin import PLUGIN
from hotelbridge_fias.settings import FiasSettings
from pydantic import ValidationError

from hotelbridge.pms.api import Capability

HERE = {"endpoint": "tcp:192.0.2.20:5010"}


def settings(**values: Any) -> FiasSettings:
    return FiasSettings.model_validate({**HERE, **values})


def test_an_endpoint_is_enough() -> None:
    usual = settings()
    assert usual.posting_fields == ("RN", "PT", "TA", "DD", "DU", "DA", "TI", "P#", "CT")
    assert usual.posting_letter == "C" and usual.encoding == "utf-8" and not usual.serial


def test_moves_are_asked_for_only_where_they_are_wanted() -> None:
    assert "RO" in wanted_fields(settings())["GC"]
    assert "RO" not in wanted_fields(settings(want_moves=False))["GC"]


def test_the_class_of_service_is_asked_for_in_one_place() -> None:
    for place in ("re", "gi"):
        asked = wanted_fields(settings(class_of_service_in=place))
        assert [("CS" in asked["RE"]), ("CS" in asked["GI"])] == [place == "re", place == "gi"]


def test_every_list_of_fields_has_names_of_two_characters() -> None:
    everything = settings(room_status={"clean": "3"}, wakeup_news=True)
    assert all(len(name) == 2 for fields in wanted_fields(everything).values() for name in fields)


@pytest.mark.parametrize(
    "endpoint",
    [
        "tcp:192.0.2.20:5010",
        "tcp:host=2001\\:db8\\:\\:1:port=5010",
        "tls:pms.example:5010:certificate=/etc/hotelbridge/pms.pem",
        "serial:/dev/ttyS0",
        "serial:/dev/ttyUSB0:9600",
        "serial:/dev/ttyS0:19200:7E1",
    ],
)
def test_an_endpoint_may_be(endpoint: str) -> None:
    assert settings(endpoint=endpoint).endpoint == endpoint


def test_a_serial_line_says_how_it_is_set() -> None:
    assert settings(endpoint="serial:/dev/ttyS0").serial_line == ("/dev/ttyS0", 9600, "8N1")
    assert settings(endpoint="serial:/dev/ttyS0:1200:7E1").serial_line == ("/dev/ttyS0", 1200, "7E1")


@pytest.mark.parametrize("endpoint", ["tcp:5010", "tcp:5010:interface=192.0.2.10", "ssl:5010:privateKey=a"])
def test_a_port_to_listen_at_may_be(endpoint: str) -> None:
    assert settings(endpoint=endpoint, role="server").endpoint == endpoint


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"endpoint": ""}, "write it like tcp:192.0.2.20:5010"),
        ({"endpoint": "192.0.2.20:5010"}, "write it like tcp:192.0.2.20:5010"),
        ({"endpoint": "tcp:192.0.2.20"}, "does not name host and port"),
        ({"endpoint": "tcp:192.0.2.20:99999"}, "does not name host and port"),
        ({"endpoint": "tcp:192.0.2.20:5010", "role": "server"}, "is not a port to listen at"),
        ({"endpoint": "tls:5010:x=y", "role": "server"}, "write ssl:5010"),
        ({"endpoint": "serial:ttyS0"}, "write it like serial:/dev/ttyS0:9600"),
        ({"endpoint": "serial:/dev/ttyS0:9601"}, "write it like serial:/dev/ttyS0:9600"),
        ({"endpoint": "serial:/dev/ttyS0", "framing": "crlf"}, "leave it out"),
        ({"role": "master"}, "'client' or 'server'"),
        ({"framing": "stx"}, "'stx_etx'"),
        ({"encoding": "klingon"}, "write utf-8, cp850 or windows-1252"),
        ({"encoding": "utf-16"}, "write utf-8, cp850 or windows-1252"),
        ({"send_gap": 0.2}, "write it like 45s"),
        ({"keepalive": "0s"}, "must be longer than nothing"),
        ({"auth_key": "hunter2"}, "begins with FidCrypt0S|"),
        ({"posting": "pulses", "ps_fields": "RN PT TA"}, "needs MP"),
        ({"ps_fields": "TA"}, "needs PT RN"),
        ({"ps_fields": "RN PT TA SO"}, 'give its value in ps_values, like { SO = "TEL" }'),
        ({"ps_fields": "RN PT TA", "ps_values": {"SO": "x"}}, "add it there too"),
        ({"ps_values": {"SO": "a|b"}}, "leave out |"),
        ({"ps_fields": "RN PT TAX"}, "two characters each"),
        ({"ps_fields": "RN PT TA TA"}, "names a field twice"),
        ({"pt": "direct"}, "write one capital letter"),
        ({"languages": {"XX": "german"}}, "write it as in ISO 639-1"),
        ({"class_of_service": {"4": "everything"}}, "'internal', 'local'"),
        ({"room_status": {"clean": "three"}}, "write its number"),
        ({"version": "1 | 2"}, "is not a version"),
        ({"interface": "PBX"}, "write PB"),
        ({"endpont": "x"}, "Extra inputs"),
    ],
)
def test_a_wrong_value_is_answered_with_what_to_write(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as told:
        settings(**wrong)
    assert sentence in str(told.value)


def test_a_key_is_not_shown() -> None:
    secret = "FidCrypt0S|GVDpVnl6qYlTQXQJZxXdbw=="
    assert "GVDpVnl6" not in repr(settings(auth_key=secret))
    with pytest.raises(ValidationError) as told:
        settings(auth_key="FidCrypt0S|secret")
    assert "secret" not in str(told.value.errors(include_input=False, include_url=False))


def test_the_page_for_the_integrator_names_every_key() -> None:
    page = Path(__file__).parents[1].joinpath("README.md").read_text("utf-8")
    table = page[page.index("## Settings") : page.index("## Trouble")]
    assert [key for key in FiasSettings.model_fields if f"`{key}`" not in table] == []


def test_the_record_of_the_plugin_names_what_it_can_do() -> None:
    assert PLUGIN.name == "fias" and PLUGIN.settings is FiasSettings
    assert PLUGIN.capabilities == frozenset(Capability) and PLUGIN.simulator is not None
