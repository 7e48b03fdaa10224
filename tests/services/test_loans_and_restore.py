"""R6, K2: a database out of a backup does not put back a second time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotelbridge.testing.fake_om_scripts import Answers
from tests.services.test_loans import assigned, holds
from tests.services.test_restore import Restored


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Restored]:
    made = Restored(tmp_path)
    yield made
    made.stop()


def test_a_loan_that_was_put_back_is_not_put_back_again_after_a_restore(hotel: Restored) -> None:
    hotel.om.phone("212").parameters.update(No_Disturb="on")
    hotel.phone("212", Answers(after=5, talk=20))
    hotel.book("212", "06:30")
    hotel.until("06:29:30")
    hotel.backup()
    hotel.until("06:40")
    assert holds(hotel, "No_Disturb") == "on"  # put back
    hotel.om.phone("212").parameters.update(No_Disturb="off")  # the guest is up and switches it off
    hotel.until("08:00")
    hotel.restore()
    (alarm,) = [a for a in hotel.open_alarms() if a.room == "212"]
    hotel.acknowledge(alarm.id, "anna", "woken_by_staff")
    hotel.advance(120)
    assert assigned(hotel, "No_Disturb").count("on") == 1
    assert holds(hotel, "No_Disturb") == "off"
