"""Charges through anything at all: crashes, lost answers, broken lines, moves, check-outs, night audits."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hotelbridge_fias.simulator_habits import Habits, Mode

from hotelbridge.core.charges import ChargeState
from hotelbridge.testing.fake_om_faults import EventFault
from hotelbridge.testing.fake_om_scripts import Answers
from tests.pms.charges_evening import GERMANY, MOBILE, NOWHERE, ChargesEvening

ROOMS = ("110", "111", "112", "212")
ANSWERS = ("ok", "once ng", "once ry", "once na", "once none", "once lost", "once late 3", "once late 40",
           "once twice", "once nonumber", "once drop", "once drop-after")  # fmt: skip


class Anything:
    """What happens in one evening, one thing after the other."""

    def __init__(self, hotel: ChargesEvening, random: Random) -> None:
        self.hotel, self.random = hotel, random
        self.numbers = iter(range(1001, 2000))

    def step(self) -> None:
        often = [self.call] * 5 + [self.answer] * 2 + [self.guest] * 2 + [self.in_flight] * 2
        choices = [*often, self.crash, self.line, self.wait]
        self.random.choice(choices)()

    def call(self) -> None:
        room = self.random.choice(ROOMS)
        phone = self.hotel.om.phone(room)
        if phone.call is None:
            number = self.random.choice((GERMANY, MOBILE) * 3 + (NOWHERE,))
            if self.random.random() < 0.2:
                self.hotel.om.faults.next(EventFault.DUPLICATE, "CDR")
            seconds = self.random.choice((3.0, 20.0, 61.0))
            self.hotel.om.guest_dials(room, number, Answers(after=1.0, talk=seconds))
        self.hotel.advance(self.random.choice((0.1, 2.0, 30.0)))

    def answer(self) -> None:
        self.hotel.play(f"pa {self.random.choice(ANSWERS)}")

    def guest(self) -> None:
        room, other = self.random.sample(ROOMS, 2)
        line = self.random.choice((f"gi {room} {next(self.numbers)} Guest", f"go {room}",
                                   f"move {room} {other}", f"move2 {room} {other}"))  # fmt: skip
        self.hotel.play(line)  # where the simulated PMS has no such guest, nothing happens

    def crash(self) -> None:
        self.hotel.advance(self.random.random() * 3)
        self.hotel.crash()
        self.hotel.start()
        self.hotel.advance(self.random.choice((0.0, 1.0, 20.0)))

    def in_flight(self) -> None:
        """The process dies while a posting has no answer yet, or has one that is not saved."""
        room = self.random.choice(ROOMS)
        self.hotel.play(f"gi {room} {next(self.numbers)} Guest", "pa once late 4")
        if self.hotel.om.phone(room).call is None:
            self.hotel.om.guest_dials(room, GERMANY, Answers(after=1.0, talk=2.0))
        self.hotel.advance(self.random.choice((3.1, 3.3, 4.0, 6.0, 7.2, 7.5)))
        self.crash()

    def line(self) -> None:
        self.hotel.play("drop")
        self.wait()

    def wait(self) -> None:
        self.hotel.advance(self.random.choice((1.0, 15.0, 90.0)))


@pytest.mark.parametrize("seed", range(5))
def test_every_call_is_one_charge_and_every_charge_is_on_the_folio_as_often_as_it_says(
    tmp_path: Path, seed: int
) -> None:
    """C2, promises 6 and 7: nothing is missing, nothing doubled; what is not known is listed, not guessed."""
    random = Random(seed)
    mode = random.choice(list(Mode))
    hotel = ChargesEvening(tmp_path, Habits(mode=mode), answer_within="20s").alive()
    evening = Anything(hotel, random)
    for room in ROOMS[:3]:
        hotel.play(f"gi {room} {next(evening.numbers)} Guest")
    for _ in range(40):
        evening.step()
    hotel.play("pa ok")
    hotel.advance(1200)
    look_at(hotel)
    hotel.stop()


def look_at(hotel: ChargesEvening) -> None:
    """What the folios hold beside what the charges say."""
    posted = {charge.number: charge for charge in hotel.pms.hotel.charges}
    assert not [error for error in hotel.pms.hotel.errors if "folio twice" in error]
    charges = {str(charge.number_at_pms): charge for charge in hotel.charges() if charge.number_at_pms}
    for number, charge in charges.items():
        if charge.state == ChargeState.POSTED:
            assert charge.reservation in posted[number].reservations, (charge, posted[number])
        elif charge.state != ChargeState.UNCERTAIN:
            assert number not in posted, charge
    assert posted.keys() <= charges.keys(), "something is on a folio that no charge knows of"
    still = [one for one in hotel.charges() if one.state in (ChargeState.QUEUED, ChargeState.SENT)]
    assert not still, still
    least, most = hotel.records_heard()
    assert least <= len(hotel.charges()) <= most
