"""From facts to who comes, goes and moves: every case by itself, and any order and repetition of them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.guests import Changed, CheckedIn, CheckedOut, LineClass, Moved, StayEnd
from hotelbridge.core.occupancy import Came, GuestFact, House, Learned, Left, Went, decide, same_name

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


def house(*facts: GuestFact, by: str = "pms") -> House:
    """A house after these facts."""
    found = House()
    for fact in facts:
        tell(found, fact, by)
    return found


def tell(found: House, fact: GuestFact, by: str = "pms") -> list[type]:
    """What a fact changes, in a word each."""
    steps = decide(fact, found.concerned(fact), by)
    found.do(steps, by, NOW)
    return [type(step) for step in steps]


def rooms(found: House) -> dict[str, str]:
    """Who is where."""
    return {stay.reservation or stay.name: stay.room for stay in found}


def gi(room: str, number: str | None = None, shared: bool | None = False, **more: object) -> CheckedIn:
    return CheckedIn(room=room, reservation=number, shared=shared, **more)  # type: ignore[arg-type]


def test_the_first_guest_of_a_room_comes_into_an_empty_one() -> None:
    fact = gi("212", "1001", name="Huber")
    (step,) = decide(fact, [], "pms")
    assert step == Came("212", "1001", fact, first=True)


def test_a_check_in_said_again_changes_nothing() -> None:
    assert tell(house(gi("212", "1001", name="Huber")), gi("212", "1001", name="Huber")) == []


def test_what_is_left_unsaid_changes_nothing() -> None:
    """M1: a record changes only the fields that it carries."""
    found = house(gi("212", "1001", name="Huber", language="de", vip=True))
    assert tell(found, gi("212", "1001", line_class=LineClass.LOCAL)) == [Learned]
    (stay,) = found
    assert (stay.name, stay.language, stay.vip, stay.line_class) == ("Huber", "de", True, LineClass.LOCAL)


def test_a_sharer_comes_beside_the_first() -> None:
    found = house(gi("212", "1001"), gi("212", "1002", shared=True))
    assert rooms(found) == {"1001": "212", "1002": "212"}


def test_the_first_guest_said_again_does_not_throw_his_sharer_out() -> None:
    found = house(gi("212", "1001"), gi("212", "1002", shared=True))
    assert tell(found, gi("212", "1001")) == []


def test_nobody_else_is_there_means_that_a_check_out_was_missed() -> None:
    found = house(gi("212", "1001"))
    fact = gi("212", "1002")
    left, came = decide(fact, found.concerned(fact), "pms")
    assert isinstance(left, Left) and left.end == StayEnd.REPLACED
    assert isinstance(came, Came) and came.first


def test_another_reservation_of_which_it_is_not_said_whether_it_shares_is_a_sharer() -> None:
    found = house(gi("212", "1001"))
    assert tell(found, gi("212", "1002", shared=None)) == [Came]
    assert len(list(found)) == 2


def test_without_numbers_a_guest_of_whom_nothing_is_said_is_the_one_who_is_there() -> None:
    found = house(gi("212", name="Huber"))
    assert tell(found, gi("212", shared=None, name="Hubner")) == [Learned]
    assert tell(found, gi("212", shared=None)) == []
    assert tell(found, gi("212", shared=True, name="Maier")) == [Came]
    assert tell(found, gi("212", shared=True, name="Maier")) == []


def test_without_numbers_another_name_alone_in_the_room_is_another_guest() -> None:
    found = house(gi("212", name="Huber"))
    assert tell(found, gi("212", name="Maier")) == [Left, Came]


def test_without_names_a_fact_is_about_all_who_are_there() -> None:
    found = house(gi("212", "1001", name="Huber"), gi("212", "1002", shared=True, name="Maier"))
    assert tell(found, Changed(room="212", line_class=LineClass.LOCAL)) == [Learned, Learned]
    assert {stay.name for stay in found} == {"Huber", "Maier"}


def test_a_guest_seen_in_another_room_has_moved() -> None:
    found = house(gi("212", "1001"))
    assert tell(found, gi("305", "1001")) == [Went]
    assert tell(found, CheckedOut(room="212", reservation="1001", others_stay=False)) == []
    assert rooms(found) == {"1001": "305"}


def test_the_desks_guest_gets_his_number_from_the_pms() -> None:
    """A stay without a number is adopted where the names fit, or where it is the only one."""
    found = house(CheckedIn(room="212", name="Mueller"), by="anna")
    assert tell(found, gi("212", "1001", name="Müller, Hans")) == [Learned]
    found = house(CheckedIn(room="212", name="Milner"), by="anna")
    assert tell(found, gi("212", "1001", name="Müller, Hans")) == [Learned]
    found = house(CheckedIn(room="212", name="Milner"), by="anna")
    assert tell(found, gi("212", "1001", name="Müller, Hans", shared=True)) == [Came]


def test_one_of_several_leaves() -> None:
    found = house(gi("212", "1001"), gi("212", "1002", shared=True))
    assert tell(found, CheckedOut(room="212", reservation="1001", others_stay=True)) == [Left]
    assert rooms(found) == {"1002": "212"}


def test_the_last_one_leaves_and_takes_with_him_whose_check_out_was_missed() -> None:
    found = house(gi("212", "1001"), gi("212", "1002", shared=True))
    assert tell(found, CheckedOut(room="212", reservation="1001", others_stay=False)) == [Left, Left]


def test_without_a_number_whoever_is_there_leaves() -> None:
    found = house(gi("212", "1001"), gi("212", "1002", shared=True))
    assert tell(found, CheckedOut(room="212")) == [Left, Left]
    assert tell(found, CheckedOut(room="212")) == []


def test_a_check_out_that_comes_late_does_not_end_the_next_guests_stay() -> None:
    found = house(gi("212", "1001"), CheckedOut(room="212", reservation="1001", others_stay=False))
    tell(found, gi("212", "1002"))
    assert tell(found, CheckedOut(room="212", reservation="1001", others_stay=False)) == []


def test_the_desks_guest_leaves_when_the_pms_says_that_nobody_is_left() -> None:
    found = house(CheckedIn(room="212", name="Huber"), by="anna")
    assert tell(found, CheckedOut(room="212", reservation="1001")) == []
    assert tell(found, CheckedOut(room="212", reservation="1001", others_stay=False)) == [Left]


def test_a_move_said_again_changes_nothing() -> None:
    found = house(gi("212", "1001"))
    move = Moved(room="305", from_room="212", reservation="1001", shared=False, others_stay=False)
    assert tell(found, move) == [Went]
    tell(found, gi("212", "1003"))
    assert tell(found, move) == []
    assert rooms(found) == {"1001": "305", "1003": "212"}


def test_two_who_share_move_together_as_the_records_tell_it() -> None:
    """The first record says already that nobody is left in the old room."""
    found = house(gi("332", "35869"), gi("332", "35870", shared=True))
    first = Moved(room="312", from_room="332", reservation="35869", shared=False, others_stay=False)
    second = Moved(room="312", from_room="332", reservation="35870", shared=True, others_stay=False)
    tell(found, first)
    tell(found, second)
    assert rooms(found) == {"35869": "312", "35870": "312"}


def test_one_of_two_moves_and_the_other_stays() -> None:
    found = house(gi("212", "1001"), gi("212", "1002", shared=True))
    tell(found, Moved(room="305", from_room="212", reservation="1001", shared=False, others_stay=True))
    assert rooms(found) == {"1001": "305", "1002": "212"}


def test_without_a_number_everybody_moves() -> None:
    found = house(gi("212", name="Huber"), gi("212", shared=True, name="Maier"))
    move = Moved(room="305", from_room="212")
    assert tell(found, move) == [Went, Went]
    assert tell(found, move) == []


def test_an_unknown_guest_who_moves_is_checked_in_and_the_old_room_is_free() -> None:
    found = house(gi("212", "1001"))
    move = Moved(room="305", from_room="212", reservation="1009", shared=False, others_stay=False, name="X")
    assert tell(found, move) == [Left, Came]
    assert rooms(found) == {"1009": "305"}


def test_spellings_of_one_name() -> None:
    assert same_name("Müller, Hans", "mueller")
    assert same_name("Mr. Smith", "SMITH")
    assert same_name("Strauß", "STRAUSS")
    assert not same_name("Huber", "Maier")
    assert not same_name("", "Maier")
    assert same_name("王 小明", "王 小明")


# --- any order, any repetition ---

ROOMS = st.sampled_from(["1", "2", "3"])
NUMBERS = st.sampled_from(["a", "b", "c", "d"])
MAYBE = st.sampled_from([True, False, None])
FACTS = st.one_of(
    st.builds(CheckedIn, room=ROOMS, reservation=NUMBERS, shared=MAYBE),
    st.builds(Changed, room=ROOMS, reservation=NUMBERS, shared=MAYBE, vip=MAYBE),
    st.builds(CheckedOut, room=ROOMS, reservation=NUMBERS | st.none(), others_stay=MAYBE),
    st.builds(Moved, room=ROOMS, from_room=ROOMS, reservation=NUMBERS, shared=MAYBE, others_stay=MAYBE),
)
NAMED = st.sampled_from(["Huber", "Maier", None])
WITHOUT_NUMBERS = st.one_of(
    st.builds(CheckedIn, room=ROOMS, name=NAMED, shared=MAYBE),
    st.builds(CheckedOut, room=ROOMS, others_stay=MAYBE),
    st.builds(Moved, room=ROOMS, from_room=ROOMS, name=NAMED, others_stay=MAYBE),
)


class LastWord:
    """Where everybody is by the last record about him: the same told once more, and more simply."""

    def __init__(self) -> None:
        self.at: dict[str, str] = {}

    def hear(self, fact: GuestFact) -> None:
        number = fact.reservation
        if isinstance(fact, CheckedOut):
            if number is None and not fact.others_stay:
                self._clear(fact.room)
            elif number is not None and self.at.get(number) == fact.room:
                self._clear(fact.room) if fact.others_stay is False else self.at.pop(number)
            return
        assert number is not None
        here = self.at.get(number)
        if here == fact.room:
            return
        along = [number]
        if isinstance(fact, Moved) and fact.others_stay is False and fact.room != fact.from_room:
            if here is None:
                self._clear(fact.from_room)
            elif here == fact.from_room:
                along = [one for one, room in self.at.items() if room == here]
        if fact.shared is False:
            self._clear(fact.room)
        self.at |= dict.fromkeys(along, fact.room)

    def _clear(self, room: str) -> None:
        self.at = {one: where for one, where in self.at.items() if where != room}


@given(st.lists(FACTS, max_size=30))
def test_everybody_is_where_the_last_record_about_him_says(facts: list[GuestFact]) -> None:
    found, truth = House(), LastWord()
    for fact in facts:
        tell(found, fact)
        truth.hear(fact)
        assert rooms(found) == truth.at


@given(st.lists(FACTS | WITHOUT_NUMBERS, max_size=30))
def test_whatever_came_before_a_fact_told_twice_is_told_once(facts: list[GuestFact]) -> None:
    found = House()
    for fact in facts:
        tell(found, fact)
        assert tell(found, fact) == [], fact


@given(st.lists(FACTS | WITHOUT_NUMBERS, max_size=30))
def test_a_reservation_is_never_in_two_rooms(facts: list[GuestFact]) -> None:
    found = House()
    for fact in facts:
        tell(found, fact)
        numbers = [stay.reservation for stay in found if stay.reservation]
        assert len(numbers) == len(set(numbers))
