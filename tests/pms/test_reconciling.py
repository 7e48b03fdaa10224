"""The calls of a day and what became of them: counted every night, once, and told where wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from hotelbridge.core.records import Report
from hotelbridge.errors import Refusal
from hotelbridge.services import reconcilenights
from hotelbridge.services.callreportviews import ReconcileRequest, ReconciliationView
from hotelbridge.store import audit
from hotelbridge.testing.fake_om_faults import CdrShape, EventFault
from hotelbridge.testing.fake_om_scripts import Answers
from tests.pms.charges_evening import GERMANY, MOBILE, NOWHERE, TARIFF, ChargesEvening
from tests.services.evening import DESK, Evening

MULLER = 'gi 212 1001 "Müller, Hans"'
DAY = 24 * 3600


class Accounts(ChargesEvening):
    """A hotel whose accounts are looked at."""

    def accounts(self) -> tuple[ReconciliationView, ...]:
        """All there are, the newest first."""
        page = self._result(self.daemon.reports.reconciliations("main", 100, None))
        return page.items  # type: ignore[no-any-return]

    def reconcile(self, first: str | None = None, last: str | None = None) -> ReconciliationView:
        days = [None if day is None else date.fromisoformat(day) for day in (first, last)]
        made = self.daemon.reports.reconcile("main", ReconcileRequest(*days), DESK)
        return self._result(made)  # type: ignore[no-any-return]

    def today(self) -> ReconciliationView:
        return self.reconcile(self.day, self.day)

    def troubles(self) -> list[str]:
        return [one.trouble for one in self.today().findings]


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Accounts]:
    opened = Accounts(tmp_path).alive()
    assert isinstance(opened, Accounts)
    yield opened
    opened.stop()


def parts(view: ReconciliationView) -> dict[str, tuple[int, str]]:
    return {one.part: (one.calls, one.amount) for one in view.parts if one.calls}


def test_every_call_of_a_day_is_in_one_part(hotel: Accounts) -> None:
    """Promise 7: calls = posted + free + refused + uncertain + held + open + written off."""
    hotel.play(MULLER)
    hotel.calls("212", GERMANY, 50)
    hotel.calls("212", MOBILE, 61)
    hotel.calls("212", GERMANY, 0)
    hotel.calls("212", NOWHERE, 30)
    hotel.calls("212", "213", 20)
    found = hotel.today()
    assert found.words == "6 calls = 2 not chargeable + 2 posted + 1 free + 1 held"
    assert parts(found) == {"posted": (2, "0.95"), "free": (1, "0.00"), "held": (1, "0.00")}
    assert found.by_device == {"om20": 6} and found.difference == 0
    assert found.adds_up and found.findings == () and not hotel.notice("reconciliation")


# --- by itself ---


class Nights(Evening):
    """A hotel without a PMS, ten minutes before midnight; the account is made at ten past."""

    def __init__(
        self,
        folder: Path,
        at: str = "00:10",
        begins: datetime = datetime(2026, 11, 24, 22, 50, tzinfo=UTC),
    ) -> None:
        (folder / "tariff.csv").write_text(TARIFF)
        more = f'  [property.charges]\n  reconcile_at = "{at}"\n'
        super().__init__(folder, more=more, keys='tariff = "tariff.csv"\n', begins=begins)
        self.om.exchange.zone = self._settings.properties[0].zone

    def calls(self) -> None:
        self.om.guest_dials("212", GERMANY, Answers(after=2.0, talk=50))
        self.advance(60)

    def accounts(self) -> list[tuple[str, str, str]]:
        """Day, by whom, and the sum; the newest first."""
        page = self._result(self.daemon.reports.reconciliations("main", 100, None))
        return [(str(one.first), one.by, one.words) for one in page.items]

    def days(self) -> list[str]:
        return [day for day, by, _ in self.accounts() if by == "hotelbridge"]


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Nights]:
    opened = Nights(tmp_path)
    yield opened
    opened.stop()


def test_the_account_of_a_day_is_made_by_itself_after_it_is_over(night: Nights) -> None:
    night.calls()
    night.advance(15 * 60)
    assert "2026-11-24" not in night.days()
    night.advance(6 * 60)
    assert night.accounts()[0] == ("2026-11-24", "hotelbridge", "1 call = 1 free")
    night.advance(10 * 60)
    assert night.days() == ["2026-11-24", "2026-11-23"]


@pytest.mark.parametrize("after", [19 * 60, 20 * 60 - 1, 20 * 60 + 0.5, 21 * 60, 30 * 60])
def test_a_crash_neither_loses_nor_doubles_the_account_of_a_night(night: Nights, after: float) -> None:
    night.advance(after)
    night.crash()
    night.start()
    night.advance(5 * 60)
    assert night.days() == ["2026-11-24", "2026-11-23"]


def test_a_daemon_that_was_away_for_days_makes_what_it_missed(night: Nights) -> None:
    night.crash()
    night.advance(3 * DAY)
    night.start()
    night.advance(70)
    assert night.days() == ["2026-11-26", "2026-11-25", "2026-11-24", "2026-11-23"]


def test_no_account_is_made_by_itself_where_none_is_wanted(tmp_path: Path) -> None:
    opened = Nights(tmp_path, at="")
    opened.advance(30 * 60)
    assert opened.accounts() == []
    opened.stop()


@pytest.mark.parametrize(
    ("begins", "day"),
    [
        (datetime(2026, 10, 25, 0, 25, tzinfo=UTC), "2026-10-24"),  # 02:30 comes twice
        (datetime(2026, 3, 29, 0, 55, tzinfo=UTC), "2026-03-28"),  # 02:30 is skipped
    ],
)
def test_in_nights_in_which_the_clocks_change_it_is_made_once(
    tmp_path: Path, begins: datetime, day: str
) -> None:
    opened = Nights(tmp_path, at="02:30", begins=begins)
    opened.advance(62 * 60)
    assert opened.days().count(day) == 1
    opened.stop()


# --- what does not add up ---


def test_calls_that_never_reached_us_show_by_the_count_of_the_device(hotel: Accounts) -> None:
    hotel.play(MULLER)
    hotel.calls("212", GERMANY, 50)
    hotel.om.faults.always(EventFault.LOSE, "CDR")
    hotel.calls("212", GERMANY, 50)
    hotel.om.faults.clear()
    hotel.calls("212", GERMANY, 50)
    found = hotel.today()
    assert [one.trouble for one in found.findings] == ["missing"] and not found.adds_up
    assert "never came" in found.findings[0].words


def test_a_day_that_does_not_add_up_is_a_quiet_alarm_until_it_does(hotel: Accounts) -> None:
    hotel.play(MULLER)
    hotel.play("refuse")
    hotel.play("drop")
    hotel.calls("212", GERMANY, 50)
    day = hotel.day
    hotel.crash()
    hotel.advance(2 * DAY)
    hotel.start()
    hotel.reconcile(day, day)
    (alarm,) = [one for one in hotel.open_alarms() if one.kind == "reconciliation"]
    assert "do not add up: 1 call = 1 open" in alarm.text and alarm.level == 0
    hotel.play("open")
    hotel.advance(120)
    assert parts(hotel.reconcile(day, day)) == {"posted": (1, "0.50")}
    assert not hotel.notice("reconciliation")
    counted = [one.text for one in hotel.read(audit.newest) if one.what == "calls_counted"]
    assert counted == ["1 call = 1 posted", "1 call = 1 open"]


def test_a_call_for_which_no_tariff_was_in_force_is_named(tmp_path: Path) -> None:
    opened = Accounts(tmp_path)
    opened.daemon.parts["main"].rules.charging = None
    opened.calls("212", GERMANY, 50)
    found = opened.today()
    assert (found.difference, found.adds_up) == (1, False)
    assert "call 1 of phone 212 on om20 has no charge" in found.findings[0].words
    assert "1 call = 0 + 1 without a charge" in opened.notice("reconciliation")
    opened.stop()


def test_a_device_whose_clock_is_off_is_told_and_changes_no_sum(hotel: Accounts) -> None:
    hotel.play(MULLER)
    hotel.om.faults.cdr = CdrShape(untouched_clock=True)
    hotel.calls("212", GERMANY, 50)
    found = hotel.today()
    assert [one.trouble for one in found.findings] == ["clock"] and found.adds_up


def test_a_call_record_that_cannot_be_read_is_named(hotel: Accounts) -> None:
    async def push() -> None:
        await hotel.daemon.db.append([Report("main", "om20", hotel.clock.now(), b"<Cdr id='1'><TimeStart>")])

    hotel._result(push())
    hotel.calls("212", "213", 5)
    found = hotel.today()
    assert [one.trouble for one in found.findings] == ["unreadable"] and not found.adds_up


# --- days ---


def test_days_that_are_asked_for_the_wrong_way_round_or_too_many_are_refused(hotel: Accounts) -> None:
    for first, last, code in (
        ("2026-11-24", "2026-11-20", "range_backwards"),
        ("2020-01-01", "2026-11-20", "range_too_long"),
    ):
        with pytest.raises(Refusal) as refused:
            hotel.reconcile(first, last)
        assert refused.value.code == code


def test_a_year_is_the_sum_of_its_days(hotel: Accounts) -> None:
    hotel.play(MULLER)
    hotel.calls("212", GERMANY, 50)
    whole = hotel.reconcile("2026-01-01", "2026-12-31")
    assert whole.words == hotel.today().words and parts(whole) == parts(hotel.today())


@pytest.mark.parametrize(
    ("day", "at", "instant"),
    [
        ("2026-03-29", "02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # skipped: 03:30 summer time
        ("2026-10-25", "02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first pass
        ("2026-11-24", "03:30", datetime(2026, 11, 24, 2, 30, tzinfo=UTC)),
    ],
)
def test_the_account_is_due_at_one_instant(hotel: Accounts, day: str, at: str, instant: datetime) -> None:
    rules, when = hotel.daemon.parts["main"].rules, date.fromisoformat(day)
    assert reconcilenights.due(time.fromisoformat(at), when, rules) == instant
