"""An evening of calls: guests telephone, the PMS is moody, and the daemon is killed with a charge under way.

As every scene it judges nothing: what is on the folios and in the books is looked at when the night is over.
"""

from __future__ import annotations

from collections.abc import Callable

from hotelbridge.demo import callpromises as looks
from hotelbridge.demo.callpromises import MOVED, NO_POST
from hotelbridge.demo.promises import Promise
from hotelbridge.demo.stage import Scene, Stage
from hotelbridge.demo.waiting import pause, until
from hotelbridge.testing.fake_om_faults import EventFault
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer

UK, GERMANY, MOBILE = "00442079460000", "004989920920", "06641234567"
LOCAL, TOLL_FREE, EMERGENCY = "015012345", "0800123456", "144"
LINE = "02161208234"  # on which somebody calls in
LOOK = 0.2  # seconds between two looks at the books


async def _calls(stage: Stage) -> None:
    await _all_at_once(stage)
    await _refused(stage)
    await _killed(stage)
    await _audit(stage)
    books = stage.hotel.books
    stage.say(looks.reckoned(books.records(), books.charges()))


async def _all_at_once(stage: Stage) -> None:
    """Ten calls; while they last a guest moves and another goes. Every record of the exchange comes twice."""
    hotel = stage.hotel
    stage.say("ten calls; the exchange pushes each of their records twice")
    hotel.om.faults.always(EventFault.DUPLICATE, "CDR")
    stage.note("emergency")
    _dials(stage, "212", EMERGENCY)
    _dials(stage, "201", UK, 4.0)
    _dials(stage, "202", GERMANY, 3.0)
    _dials(stage, "218", MOBILE, 3.0)
    hotel.om.guest_dials("203", GERMANY, NoAnswer(1.5))
    for phone, number in (("209", TOLL_FREE), ("210", MOBILE), ("221", LOCAL), ("208", "225")):
        _dials(stage, phone, number)
    hotel.om.incoming(LINE, "00498912345", "222", Answers(0.3, 1.5))
    await pause(hotel.clock, 1.0)
    hotel.pms.play(f"move 202 {MOVED}")
    hotel.pms.play("go 218")
    for room, state in (("201", "posted"), ("202", "posted"), ("210", "posted"), ("218", "held")):
        await _books_say(stage, room, state)
    hotel.om.faults.clear()
    if (alarm := await stage.alarm("212", "emergency_call")) is not None:
        await hotel.api.acknowledge(alarm, "Anna", "cancelled", "went there: a child played with the phone")


async def _refused(stage: Stage) -> None:
    stage.hotel.pms.play(f"pa once np {NO_POST}")
    _dials(stage, "211", GERMANY)
    await _books_say(stage, "211", "refused")


async def _killed(stage: Stage) -> None:
    """The charge of 213 is with the PMS, which takes its time to say so; that of 214 waits behind it."""
    hotel = stage.hotel
    hotel.pms.play("pa late 30")
    _dials(stage, "213", GERMANY)
    _dials(stage, "214", MOBILE, 2.5)
    await _so(stage, lambda: any("|RN213|" in record for record in hotel.pms.records("-> PS")))
    await _books_say(stage, "214", "queued")
    stage.say("kill -9, with a charge handed over that the PMS has not answered, and one behind it")
    await hotel.kill9()
    hotel.pms.play("pa ok")
    stage.say(f"started again, ready after {await hotel.start():.1f} s")
    await _books_say(stage, "214", "posted", within=25.0)


async def _audit(stage: Stage) -> None:
    hotel = stage.hotel
    hotel.pms.play("audit on")
    await _so(stage, lambda: hotel.pms.records("<- NS"))
    _dials(stage, "215", GERMANY)
    await _books_say(stage, "215", "queued")
    await pause(hotel.clock, 1.0)  # in which it might be posted
    stage.note("audit over")
    hotel.pms.play("audit off")
    await _books_say(stage, "215", "posted")


def _dials(stage: Stage, phone: str, number: str, talk: float = 1.5) -> None:
    stage.hotel.om.guest_dials(phone, number, Answers(0.3, talk))


async def _books_say(stage: Stage, room: str, state: str, within: float = 10.0) -> None:
    """Wait until the charge of a room stands so; not for ever."""
    await _so(stage, lambda: state in stage.hotel.books.states(room), within)


async def _so(stage: Stage, is_so: Callable[[], object], within: float = 10.0) -> None:
    await until(stage.hotel.clock, is_so, within, every=LOOK)


EVENING_OF_CALLS = Scene(
    "calls", "Guests telephone, and the PMS has its own mind", (), _calls,
    (
        Promise("201: a call is priced to the cent, and on the guest's folio", looks.priced),
        Promise("202: who moved during the call finds it on the folio of the new room", looks.moved),
        Promise("221: a call from a vacant room goes to the account of the house", looks.of_the_house),
        Promise("inside, incoming, toll-free and unanswered calls cost nothing", looks.free),
        Promise("210: a record that comes twice is charged once", looks.once),
        Promise("211: what the PMS refuses is on the desk's list, in the PMS's words", looks.refused),
        Promise("213: killed before the answer: on the folio once, uncertain, on the list", looks.uncertain),
        Promise("214: what waited behind it is posted after the restart, once", looks.went_on),
        Promise("215: nothing is posted in the night audit, and all after it", looks.paused),
        Promise("218: who has checked out is charged nothing more: held for a person", looks.late),
        Promise("212: an emergency call alarms the desk at once, and costs nothing", looks.emergency),
    ),
)  # fmt: skip
