"""`hotelbridge tariff`: a tariff looked over, and one call priced, as somebody types it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hotelbridge.commands.options import read_with_plugins
from tests.cli.typed import config, typed

TARIFF = """\
prefix,name,connect_fee,rate,first,next,guest_class,trunk,days,hours
+49,Germany,0.10,0.20,60,60,,,,
+49,Germany day,0.10,0.30,60,60,,,mon-fri,08:00-18:00
+49,Germany VIP,,0.05,1,1,vip,,,
+49,Germany analogue,,0.70,60,60,,XO,,
=118,Enquiries,1.00,2.20,60,60,,,,
"""


def hotel(folder: Path, text: str = TARIFF) -> Path:
    """A configuration with a tariff beside it."""
    (folder / "tariff.csv").write_text(text, "utf-8")
    file = config(folder)
    file.write_text(file.read_text().replace('country = "AT"', 'country = "AT"\ntariff = "tariff.csv"'))
    return file


def priced(file: Path, *words: str) -> list[str]:
    done = typed("tariff", "price", "-c", file, *words)
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_a_tariff_in_order_is_counted(tmp_path: Path) -> None:
    file = hotel(tmp_path)
    done = typed("tariff", "check", "-c", file)
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{tmp_path}/tariff.csv: 5 rows, version ") and "nothing odd" in done.stdout
    assert typed("check", "-c", file).exit_code == 0


def test_warnings_leave_a_tariff_usable(tmp_path: Path) -> None:
    file = hotel(tmp_path, "prefix,rate,days,next\n+49,0.20,mon-fri,0\n")
    done = typed("tariff", "check", "-c", file)
    assert done.exit_code == 0 and "2 warnings" in done.stdout
    assert "tariff.csv:2: gap: +49 has no price on sat,sun 00:00-24:00" in done.stdout
    assert "tariff.csv:2: suspicious: next = 0" in done.stdout


def test_a_tariff_that_has_no_price_today_is_not_called_in_order(tmp_path: Path) -> None:
    file = hotel(tmp_path, "prefix,rate,from,until\n+49,0.20,,2020-12-31\n+43,0.20,2999-01-01,\n")
    said = typed("tariff", "check", "-c", file).stdout
    assert "tariff.csv:2: gap: +49 has no price any more: the last line ended on 2020-12-31" in said
    assert "tariff.csv:3: gap: +43 has no price yet: the first line begins on 2999-01-01" in said
    assert "2 warnings" in said


def test_every_mistake_of_a_tariff_is_one_line(tmp_path: Path) -> None:
    file = hotel(tmp_path, "prefix,rate,days\n+49,x,mo\n+48,1,\n48,2,\n")
    done = typed("tariff", "check", "-c", file)
    assert done.exit_code == 1
    assert [line.split(": ")[0].replace(f"{tmp_path}/", "") for line in done.stdout.splitlines()] == [
        *("tariff.csv:2 rate", "tariff.csv:2 days", "tariff.csv:4"),
    ]
    refused = typed("check", "-c", file)
    assert refused.exit_code == 2 and "tariff.csv:2 rate: 'x' is not an amount" in refused.stderr
    assert typed("tariff", "price", "-c", file, "+4930123456", "60").exit_code == 2


def test_no_tariff_keeps_the_daemon_from_starting(tmp_path: Path) -> None:
    """Nobody must sleep through a flight for a price."""
    assert read_with_plugins(Path(hotel(tmp_path, "nonsense"))).properties[0].tariff


def test_a_command_that_charges_nothing_does_not_read_the_tariff(tmp_path: Path) -> None:
    assert typed("db", "upgrade", "-c", hotel(tmp_path, "nonsense")).exit_code == 0


@pytest.mark.parametrize("duration", ["3:20", "200", "0:03:20", "3m20s"])
def test_a_call_is_priced_with_the_whole_sum(tmp_path: Path, duration: str) -> None:
    told = priced(hotel(tmp_path), "0049 30 123456", duration, "--at", "2026-11-24 06:30")
    assert told[0] == "Number: 0049 30 123456, read as +4930123456"
    assert told[1].startswith("Destination: Germany (+49), line 2 of tariff ")
    assert told[-1] == "Amount: 0.90 EUR"


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        (("--at", "2026-11-24T12:00"), "1.30 EUR"),
        (("--class", "vip", "--class", "guest"), "0.17 EUR"),
        (("--trunk", "xo"), "2.80 EUR"),
        (("--trunk", "4", "--at", "2026-11-28 12:00"), "0.90 EUR"),
    ],
)
def test_time_class_and_trunk_of_a_call_can_be_named(
    tmp_path: Path, words: tuple[str, ...], amount: str
) -> None:
    assert priced(hotel(tmp_path), "+4930123456", "200", *words)[-1] == f"Amount: {amount}"


def test_the_example_of_the_readme_is_dialled_as_its_configuration_wants_it(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    (number, duration) = re.findall(r"hotelbridge tariff price (\S+) (\S+) ", readme)[0]
    (prefix,) = re.findall(r'^outside_prefix = "(\d)"', readme, re.M)
    file = hotel(tmp_path)
    line = f'outside_prefix = "{prefix}"\ntariff ='
    file.write_text(file.read_text().replace("tariff =", line))
    assert priced(file, number, duration)[0] == f"Number: {number}, read as +4930123456"


def test_a_short_code_is_priced_as_dialled_and_an_unknown_number_held(tmp_path: Path) -> None:
    file = hotel(tmp_path)
    assert priced(file, "118877", "60")[-1] == "Amount: 3.20 EUR"
    held = priced(file, "1503", "60")
    assert held[0] == "Number: 1503, no full number" and held[-1] == "Amount: a person decides"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("+4930123456", "3.20"), "is not a duration: write 3:20, 200 (seconds) or 1:02:03"),
        (("+4930123456", "1:2:3"), "is not a duration"),
        (("+4930123456", ""), "is not a duration"),
        (("+4930123456", "99999999"), "'99999999' is too long for a call: write 3:20"),
        (("+4930123456", "99999:00:00"), "is too long for a call"),
        (("+4930123456", "9999999h"), "is too long for a call"),
        (("+4930123456", "60", "--at", "noon"), "is not a date and time"),
        (("+4930123456", "60", "--at", "2026-10-25 02:30"), "happens twice"),
        (("+4930123456", "60", "--property", "mian"), "there is no property mian; did you mean main?"),
        (("+4930123456", "60", "--class", "king"), "'king' is not one of"),
    ],
)
def test_what_cannot_be_priced_is_bad_usage(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = typed("tariff", "price", "-c", hotel(tmp_path), *words)
    assert done.exit_code == 2 and said in " ".join(done.stderr.split())


def test_where_no_tariff_is_named_it_says_so(tmp_path: Path) -> None:
    file = config(tmp_path)
    for words in (("check",), ("price", "+4930123456", "60")):
        done = typed("tariff", *words, "-c", file)
        assert done.exit_code == 1 and "name its file with `tariff` in [[property]]" in done.stderr


def test_the_doubled_hour_is_named_with_its_offset(tmp_path: Path) -> None:
    told = priced(hotel(tmp_path), "+4930123456", "60", "--at", "2026-10-25T02:30+01:00")
    assert "Started: Sun 2026-10-25 02:30:00 (Europe/Vienna)" in told
