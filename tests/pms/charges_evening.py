"""A hotel whose guests telephone: the simulated exchange pushes call records, the PMS has folios."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hotelbridge_fias.simulator_habits import Habits

from hotelbridge.core.charges import Charge
from hotelbridge.core.records import Report
from hotelbridge.store import charges
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.pms.fias_evening import FiasEvening

GERMANY, MOBILE, NOWHERE = "004989920920", "06641234567", "008821612345678"
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
# 0.50 EUR a minute to Germany, 0.30 to mobiles by half minutes; nothing is known of satellites.
TARIFF = """prefix,name,rate,first,next
+49,Germany,0.50,60,60
+43664,Mobile,0.30,30,30
"""


class ChargesEvening(FiasEvening):
    """An evening of calls."""

    def __init__(
        self, folder: Path, habits: Habits | None = None, more: str = "", keys: str = "", **settings: Any
    ) -> None:
        self.tariff = folder / "tariff.csv"
        if not self.tariff.exists():
            self.tariff.write_text(TARIFF)
        super().__init__(folder, habits, more, 'tariff = "tariff.csv"\n' + keys, **settings)

    def calls(self, phone: str, number: str, seconds: float = 50) -> None:
        """A guest calls; the far side answers after two seconds, and puts down after so many."""
        self.om.guest_dials(phone, number, Answers(after=2.0, talk=seconds) if seconds else NoAnswer(20.0))
        self.advance((seconds or 20) + 10)

    def charges(self) -> list[Charge]:
        """Every charge there is, by the start of its call."""

        async def work() -> list[Charge]:
            return await self.daemon.db.read(lambda tx: charges.of_time(tx, "main", *ALWAYS))

        return self._result(work())  # type: ignore[no-any-return]

    def states(self) -> list[str]:
        """How each stands."""
        return [charge.state.value for charge in self.charges()]

    def folio(self, room: str) -> list[str]:
        """What the PMS has on a room's folio: amount in minor units, number, destination."""
        found = [charge.record for charge in self.pms.hotel.folio(room)]
        return [f"{one.first('TA')} {one.first('DD')} {one.first('CT')}" for one in found]

    def postings(self) -> list[str]:
        """The number of every posting that the PMS was sent, in order."""
        return [record.first("P#") or "" for record in self.pms.received("PS")]

    def notice(self, kind: str) -> str:
        """The words of the open alarm of a kind; empty where there is none."""
        return next((alarm.text for alarm in self.open_alarms() if alarm.kind == kind), "")

    def records_heard(self) -> tuple[int, int]:
        """How many different call records of calls to outside were pushed: at the least, and at the most.

        Between the two are those that nobody was there to take.
        """
        told = {said.body for said in self.om.said if b"<Type>OU</Type>" in said.body}
        missed = {parcel.body for parcel in self.om.lost}
        return len(told - missed), len(told)

    def record(
        self, number: int = 1, *, duration: str = "<Duration>50</Duration>", room: str = "212"
    ) -> None:
        """The exchange pushes a record as somebody wrote it: a call to Germany that has just ended."""
        there = self.clock.now().astimezone(self._settings.properties[0].zone)
        begun, ended = (f"{at:%Y%m%d%H%M%S}" for at in (there - timedelta(seconds=55), there))
        body = (
            f'<Cdr id="{number}{ended}-0"><TimeStart>{begun}</TimeStart><Type>OU</Type><Route>IP</Route>'
            f"<CPN>{room}</CPN><CDPN>{GERMANY}</CDPN><TimeEnd>{ended}</TimeEnd>{duration}"
            f"<TrunkNumber>888</TrunkNumber></Cdr>"
        )
        self._result(self._pushed(body.encode()))
        self.advance(5)

    async def _pushed(self, body: bytes) -> None:
        await self.daemon._receive([Report("main", "om20", self.clock.now(), body)])
