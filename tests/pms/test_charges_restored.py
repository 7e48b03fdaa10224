"""A database out of a backup: what may stand on a folio already is asked of a person (rule K2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotelbridge.commands.backup import put_back
from hotelbridge.core.charges import ChargeState
from hotelbridge.core.records import Report
from hotelbridge.store import backups
from tests.pms.charge_desk import MULLER, refused, refused_by_the_pms, retry
from tests.pms.charges_evening import GERMANY, MOBILE, TARIFF, ChargesEvening


@pytest.fixture
def oracle(tmp_path: Path) -> Iterator[ChargesEvening]:
    opened = ChargesEvening(tmp_path).alive()
    yield opened
    opened.stop()


def put_back_copy(hotel: ChargesEvening, copy: Path) -> None:
    hotel.crash()
    put_back(hotel._settings, copy, hotel.clock.now())
    hotel.start()
    hotel.alive()
    hotel.advance(300)


def test_after_a_restore_what_was_held_may_have_been_sent_since(
    oracle: ChargesEvening, tmp_path: Path
) -> None:
    """K2: the guest of a late charge came again after the backup, and it went along with him."""
    oracle.play(MULLER, "audit on")
    oracle.calls("212", GERMANY)
    oracle.play("go 212", "audit off")
    backups.save(oracle._settings.store.url, tmp_path / "copy.db")
    oracle.play('gi 213 1001 "Müller, Hans"')
    oracle.advance(30)
    assert oracle.states() == ["posted"]
    put_back_copy(oracle, tmp_path / "copy.db")
    (charge,) = oracle.charges()
    assert charge.state == ChargeState.UNCERTAIN and "(before the restore: late charge" in charge.reason
    assert len(oracle.folio("213")) == 1 and oracle.notice("charge_held") == ""


def test_after_a_restore_what_was_refused_asks_whether_it_is_on_the_folio(
    oracle: ChargesEvening, tmp_path: Path
) -> None:
    """K2: somebody at the desk may have posted it again after the backup."""
    id = refused_by_the_pms(oracle)
    backups.save(oracle._settings.store.url, tmp_path / "copy.db")
    retry(oracle, id)
    put_back_copy(oracle, tmp_path / "copy.db")
    assert oracle.states() == ["uncertain"] and "INVALID ROOM" in oracle.charges()[0].reason
    assert refused(oracle, id).code == "on_folio_unknown"
    assert len(oracle.folio("212")) == 1 and oracle.notice("charge_refused") == ""


def test_the_notice_says_that_a_restore_made_it_unknown_and_what_to_do(
    oracle: ChargesEvening, tmp_path: Path
) -> None:
    """K2: nobody is told that the PMS fell silent, where it has answered all it was asked."""
    oracle.play(MULLER, "audit on")
    oracle.calls("212", GERMANY)
    backups.save(oracle._settings.store.url, tmp_path / "copy.db")
    oracle.play("audit off")
    put_back_copy(oracle, tmp_path / "copy.db")
    words = oracle.notice("charge_uncertain")
    assert words.startswith("1 charge may stand on the folio or not: the database was restored from a backup")
    assert "no answer" not in words and "charges retry ID --on-folio yes" in words
    oracle.play("pa none")
    oracle.calls("212", GERMANY)
    oracle.play("pa ok")
    oracle.advance(120)
    words = oracle.notice("charge_uncertain")
    assert words.startswith("2 charges") and "of 1 the database was restored" in words
    assert "of the others no answer is known" in words
    retry(oracle, oracle.charges()[0].id, on_folio=True)
    words = oracle.notice("charge_uncertain")
    assert words.startswith("1 charge may stand on the folio or not: no answer of the PMS is known: 212.")


def record_of_a_call(hotel: ChargesEvening) -> bytes:
    """A call of 212 that ends now."""
    now = hotel.clock.now().astimezone(hotel._settings.properties[0].zone)
    end = f"{now:%Y%m%d%H%M%S}"
    return (
        f'<Cdr id="77{end}-0"><callid>77</callid><TimeStart>{end}</TimeStart><Type>OU</Type><Route>IP</Route>'
        f"<CPN>212</CPN><CDPN>{GERMANY}</CDPN><TimeEnd>{end}</TimeEnd><Duration>55</Duration>"
        "<TrunkNumber>T1</TrunkNumber></Cdr>"
    ).encode()


def test_a_record_that_the_backup_holds_unworked_may_be_posted_already(
    oracle: ChargesEvening, tmp_path: Path
) -> None:
    """K2: it was worked off right after the backup was made."""
    oracle.play(MULLER)
    oracle.advance(120)
    report = Report("main", "om20", oracle.clock.now(), record_of_a_call(oracle))

    async def save() -> None:
        await oracle.daemon.db.append([report])

    oracle._result(save())
    backups.save(oracle._settings.store.url, tmp_path / "copy.db")
    oracle.daemon.houses["main"].loop.heard()
    oracle.advance(10)
    assert oracle.states() == ["posted"] and len(oracle.folio("212")) == 1
    put_back_copy(oracle, tmp_path / "copy.db")
    (charge,) = oracle.charges()
    assert charge.state == ChargeState.UNCERTAIN and "before the restore" in charge.reason
    assert len(oracle.folio("212")) == 1 and "212" in oracle.notice("charge_uncertain")
    oracle.calls("212", MOBILE)
    assert oracle.states() == ["uncertain", "posted"]


def test_a_call_that_waits_for_a_tariff_in_the_backup_may_be_posted_already(tmp_path: Path) -> None:
    """K2: the tariff was put right after the backup was made."""
    (tmp_path / "tariff.csv").write_text("nonsense")
    hotel = ChargesEvening(tmp_path).alive()
    hotel.play(MULLER)
    hotel.calls("212", GERMANY)
    backups.save(hotel._settings.store.url, tmp_path / "copy.db")
    hotel.tariff.write_text(TARIFF)
    hotel.advance(120)
    assert hotel.states() == ["posted"]
    put_back_copy(hotel, tmp_path / "copy.db")
    assert hotel.states() == ["uncertain"] and len(hotel.folio("212")) == 1
    hotel.stop()
