"""What a phone should hold, from who lives in its rooms; and what an answer of a device shows of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.guests import LineClass, RoomState, Stay
from hotelbridge.core.phonepolicy import (
    GUESTS_OWN,
    Basis,
    Occasion,
    Plan,
    Policy,
    RoomNow,
    Use,
    agrees,
    assigned,
    in_sync,
    plan,
    queried,
    still_to_set,
    to_assign,
    words,
)

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
POLICY = Policy(
    occupied={"Call_Restriction": "3", "No_Disturb": "off"},
    vacant={"Call_Restriction": "0", "No_Disturb": "off", "Fwd_Type": "0", "WAKEUP": "00:00"},
    levels={cls: level for level, cls in enumerate(LineClass)},
    proved=False,
)
PROVED = replace(POLICY, proved=True)
VACANT = Basis(Use.VACANT)
LEFT = {"No_Disturb": "off", "Fwd_Type": "0", "WAKEUP": "00:00"}  # set when a guest goes


def guest(id: int = 1, line_class: LineClass | None = None, since: datetime = NOON, **more: object) -> Stay:
    known = Stay(
        id, "main", "212", str(id), "Guest", "en", False, line_class, "", None, None, since, "fias", "pms"
    )
    return replace(known, **more)  # type: ignore[arg-type]


def said(line_class: LineClass | None = None, minutes: float = 0, dnd: bool | None = None) -> RoomState:
    return RoomState("main", "212", line_class, "fias", dnd, NOON + timedelta(minutes=minutes))


def room(*stays: Stay, state: RoomState | None = None, number: str = "212") -> RoomNow:
    return RoomNow(number, stays, state)


def planned(
    *rooms: RoomNow,
    before: Basis = VACANT,
    occasion: Occasion = Occasion.HAPPENED,
    policy: Policy = POLICY,
    known: bool = False,
) -> Plan:
    return plan(policy, [replace(room, known=known) for room in rooms], before, occasion)


def lived_in(*stays: int) -> Basis:
    return Basis(Use.OCCUPIED, stays, None, stays)


def level(made: Plan) -> str | None:
    return made.wanted.get("Call_Restriction")


# --- coming and going ---


def test_a_guest_who_comes_gets_the_occupied_policy_and_his_own_parameters_once() -> None:
    """M1, R6."""
    made = planned(room(guest()))
    assert made.wanted == {"Call_Restriction": "3", "api": "7"}
    assert made.once == {"No_Disturb": "off"}
    assert made.cause == "room 212 is occupied"


def test_a_check_in_said_again_sets_nothing() -> None:
    """M1: not a repetition."""
    assert planned(room(guest()), before=planned(room(guest())).basis).once == {}


def test_a_sharer_who_comes_or_goes_changes_nothing_of_the_guest() -> None:
    """M1: not a sharer."""
    one = planned(room(guest(1)))
    both = planned(room(guest(1), guest(2)), before=one.basis)
    assert (both.once, both.wanted) == ({}, one.wanted)
    assert planned(room(guest(1)), before=both.basis).once == {}


def test_the_wishes_of_a_guest_go_with_him_though_another_one_was_there_before_he_left() -> None:
    """R6: two who change rooms are told one by one, and no call of the other may go where he wanted his."""
    one = planned(room(guest(1)))
    both = planned(room(guest(1), guest(2)), before=Basis.read(one.basis.text()))
    other = planned(room(guest(2)), before=Basis.read(both.basis.text()))
    assert other.once == LEFT and level(other) == "3"
    third = planned(room(guest(2), guest(3)), before=Basis.read(other.basis.text()))
    assert (third.once, third.basis.own) == ({}, (2,))
    assert planned(room(), before=Basis.read(third.basis.text())).once == LEFT
    told = planned(room(guest(2)), before=both.basis, occasion=Occasion.RESYNC)
    assert told.once == {}  # how things stand: he may be there since yesterday


def test_what_was_kept_before_anybody_asked_whose_settings_they_are_is_read_as_of_all_who_were_there() -> (
    None
):
    kept = Basis.read('{"use": "occupied", "stays": [1, 2], "dnd": null}')
    assert planned(room(guest(2)), before=kept).once == {}
    assert planned(room(guest(3)), before=kept).once == LEFT


def test_when_the_last_guest_goes_the_vacant_policy_holds_and_his_wishes_go_with_him() -> None:
    """R6, M2: vacant gets WAKEUP 00:00."""
    made = planned(room(), before=lived_in(1, 2))
    assert made.once == LEFT and level(made) == "1"
    assert planned(room(), before=made.basis).once == {}


def test_a_guest_whose_check_out_was_missed_takes_his_wishes_with_him_all_the_same() -> None:
    made = planned(room(guest(2)), before=lived_in(1))
    assert made.once == LEFT and level(made) == "3"


def test_a_room_of_which_nothing_was_ever_said_is_not_barred() -> None:
    """A house that only wakes its guests knows nobody, and must not lock every phone."""
    for occasion in (Occasion.LOOK, Occasion.HAPPENED):
        made = planned(room(), before=Basis(), occasion=occasion)
        assert (made.wanted, made.once, made.basis.use) == ({"api": "7"}, {}, Use.UNKNOWN)
    assert level(planned(room(), before=Basis(), occasion=Occasion.LOOK, known=True)) == "1"


def test_a_phone_of_the_desk_only_reports() -> None:
    assert planned(occasion=Occasion.RESYNC, before=Basis()).wanted == {"api": "7"}


# --- a resync ---


def test_a_guest_whom_a_resync_tells_of_first_keeps_his_phone_as_it_is() -> None:
    """M1: a resync record is no check-in, and changes only the fields it carries."""
    found = planned(room(guest()), before=Basis(), occasion=Occasion.RESYNC)
    assert (found.wanted, found.once, found.basis.use) == ({"api": "7"}, {}, Use.FOUND)
    carried = planned(room(guest(line_class=LineClass.LOCAL)), before=Basis(), occasion=Occasion.RESYNC)
    assert level(carried) == "1"
    again = planned(room(guest()), before=found.basis, occasion=Occasion.LOOK)
    assert again.wanted == found.wanted
    assert level(planned(room(), before=found.basis)) == "1"


def test_a_missed_check_in_opens_the_phone_and_leaves_what_is_the_guests_own() -> None:
    """M1, R6: hours may have passed since he came."""
    made = planned(room(guest()), before=VACANT, occasion=Occasion.RESYNC)
    assert level(made) == "3" and made.once == {}


def test_a_room_that_a_resync_says_is_vacant_gets_the_vacant_policy() -> None:
    made = planned(room(), before=Basis(), occasion=Occasion.RESYNC)
    assert level(made) == "1" and made.once == LEFT


# --- the class of service ---


@pytest.mark.parametrize(
    ("cls", "level_"), [("internal", "0"), ("local", "1"), ("national", "2"), ("unrestricted", "3")]
)
def test_a_class_is_a_level(cls: str, level_: str) -> None:
    assert level(planned(room(guest(line_class=LineClass(cls))), policy=PROVED)) == level_


def test_until_an_emergency_call_is_proved_the_lowest_level_sent_is_1() -> None:
    """A5: 0 is "internal only", and the API knows no exemption."""
    barred = room(guest(line_class=LineClass.INTERNAL))
    assert level(planned(barred)) == "1" and "level 0 is sent as 1" in planned(barred).cause
    assert level(planned(barred, policy=PROVED)) == "0"
    assert level(planned(room(), before=lived_in(1), policy=PROVED)) == "0"


def test_the_highest_class_of_sharers_counts() -> None:
    sharers = room(guest(1, LineClass.LOCAL), guest(2, LineClass.NATIONAL), guest(3))
    assert level(planned(sharers)) == "2"


def test_of_guest_and_room_the_later_word_counts() -> None:
    """The class of the room may be said by itself, before or after the guest's."""
    local = guest(line_class=LineClass.LOCAL)
    assert level(planned(room(local, state=said(LineClass.UNRESTRICTED, minutes=5)))) == "3"
    assert level(planned(room(local, state=said(LineClass.UNRESTRICTED, minutes=-5)))) == "1"
    assert level(planned(room(guest(), state=said(LineClass.LOCAL, minutes=-5)))) == "1"


def test_a_vacant_room_may_be_opened_by_the_pms() -> None:
    made = planned(room(state=said(LineClass.NATIONAL)), before=VACANT)
    assert level(made) == "2" and "said of room 212 by fias" in made.cause


def test_a_phone_of_two_rooms_has_the_higher_class_while_one_is_lived_in() -> None:
    local, open_ = guest(1, LineClass.LOCAL), guest(2, LineClass.NATIONAL)
    assert level(planned(room(local), room(open_, number="213"))) == "2"
    assert level(planned(room(local), room(number="213"))) == "1"
    assert level(planned(room(local), room(guest(3), number="213"))) == "3"
    assert level(planned(room(), room(number="213"), before=lived_in(1, 2), known=True)) == "1"


def test_a_vip_has_the_phone_that_everybody_has() -> None:
    assert planned(room(guest(vip=True))).wanted == planned(room(guest())).wanted


# --- Do Not Disturb by the PMS ---


def test_the_pms_may_set_do_not_disturb_and_its_word_counts_once() -> None:
    """R6: on the PMS's word; the guest may then change it."""
    here = lived_in(1)
    on = planned(room(guest(), state=said(dnd=True)), before=here)
    assert on.once == {"No_Disturb": "on"}
    assert planned(room(guest(), state=said(dnd=True, minutes=9)), before=on.basis).once == {}
    assert planned(room(guest(), state=said(dnd=False)), before=on.basis).once == {"No_Disturb": "off"}


def test_do_not_disturb_said_with_the_check_in_counts_before_the_policy() -> None:
    assert planned(room(guest(), state=said(dnd=True))).once == {"No_Disturb": "on"}


@given(st.data())
def test_what_is_the_guests_own_is_never_compared_and_reports_are_always_on(data: st.DataObject) -> None:
    """R6, R1: whatever happens, in whatever order."""
    basis = Basis()
    for _ in range(data.draw(st.integers(1, 6))):
        ids = data.draw(st.sets(st.integers(1, 3)))
        classes = st.sampled_from([None, *LineClass])
        here = room(
            *(guest(id, data.draw(classes)) for id in sorted(ids)),
            state=data.draw(st.sampled_from([None, said(LineClass.LOCAL), said(dnd=True)])),
        )
        before, occasion = basis, data.draw(st.sampled_from(Occasion))
        made = planned(here, before=before, occasion=occasion)
        assert not made.wanted.keys() & GUESTS_OWN
        assert made.once.keys() <= GUESTS_OWN
        assert made.wanted["api"] == "7" and level(made) != "0"
        assert Basis.read(made.basis.text()) == made.basis
        look = planned(here, before=made.basis, occasion=Occasion.LOOK)
        assert (look.wanted, look.once, look.basis) == (made.wanted, {}, made.basis)
        basis = made.basis


# --- what an answer shows ---


@pytest.mark.parametrize(
    ("name", "wanted", "values", "does"),
    [
        ("No_Disturb", "off", {}, True),
        ("No_Disturb", "off", {"No_Disturb": "no"}, True),
        ("No_Disturb", "off", {"No_Disturb": " on "}, False),
        ("Fwd_Type", "0", {}, True),
        ("record", "off", {}, True),
        ("api", "7", {}, False),
        ("api", "7", {"api": "7 "}, True),
        ("Fork", "", {}, True),
        ("Fork", "", {"fork": "200"}, False),
        ("autoAnswer", "yes", {"AutoAnswer": "Yes"}, True),
        ("Call_Restriction", "1", {"call_restriction": "1"}, True),
        ("Call_Restriction", "1", {}, False),
        ("Call_Restriction", "0", {}, False),
        ("Call_Pickup", "no", {}, False),
    ],
)
def test_what_may_be_left_out_of_an_answer_is_known(
    name: str, wanted: str, values: dict[str, str], does: bool
) -> None:
    """M2: absent equals default for some, and is not verified for the others."""
    assert agrees(name, wanted, values) is does


def test_only_what_differs_is_assigned() -> None:
    wanted = {"api": "7", "Call_Restriction": "1", "record": "off"}
    assert to_assign(wanted, {"api": "7", "Call_Restriction": "3"}) == {"Call_Restriction": "1"}
    assert in_sync(wanted, {"api": "7", "Call_Restriction": "1"}) and not in_sync(wanted, None)


def test_what_no_query_shows_is_judged_by_its_own_assign() -> None:
    """M2: WAKEUP and autoAnswer."""
    sent = {"WAKEUP": "00:00", "autoAnswer": "yes", "Call_Restriction": "1"}
    assert still_to_set({"WAKEUP": "00:00", "No_Disturb": "off"}, {}) == {"WAKEUP": "00:00"}
    held, refused = assigned({"api": "7"}, sent, {"autoAnswer": "yes ", "Call_Restriction": "1"})
    assert refused == {} and held["autoAnswer"] == "yes"
    wanted = {"autoAnswer": "yes", "api": "7"}
    assert queried(held, {"api": "7", "AutoAnswer": "no"}, wanted) == wanted
    assert queried(held, {"api": "7"}, {"api": "7"}) == {"api": "7"}  # nobody's wish: as it is told
    _, refused = assigned({}, sent, {"WAKEUP": "06:30", "Call_Restriction": "1"})
    assert refused == {"WAKEUP": "00:00", "autoAnswer": "yes"}


def test_an_absent_level_after_its_assign_is_not_taken() -> None:
    """M2."""
    held, refused = assigned({"Call_Restriction": "3"}, {"Call_Restriction": "1"}, {"api": "7"})
    assert refused == {"Call_Restriction": "1"} and "Call_Restriction" not in held
    assert words(refused, held) == "Call_Restriction is not told, not 1"


# --- a phone of two rooms ---


def two(first: RoomNow, second: RoomNow, **more: object) -> Plan:
    return planned(replace(first, room="212"), replace(second, room="213"), **more)  # type: ignore[arg-type]


def test_the_do_not_disturb_of_a_guest_goes_with_him_though_the_neighbour_has_the_phone_too() -> None:
    """R6: it was the PMS's word for the room that he has left."""
    both = two(room(guest(1)), room(guest(2), state=said(dnd=True)))
    assert both.once["No_Disturb"] == "on"
    left = two(room(guest(1)), room(), before=both.basis)
    assert left.once == {"No_Disturb": "off"}
    assert two(room(guest(1)), room(), before=left.basis).once == {}


def test_the_do_not_disturb_of_the_neighbour_stays_when_a_guest_goes() -> None:
    """R6."""
    word = said(dnd=True)
    both = two(room(guest(1), state=word), room(guest(2), state=word))
    assert two(room(guest(1), state=word), room(), before=both.basis).once == {}


UNSAID = Basis()


def test_a_phone_is_not_barred_when_one_room_is_empty_and_of_the_other_nothing_was_ever_said() -> None:
    """Of whom nothing is known, nobody is barred; the wishes of the guest who was there go with him."""
    came = two(room(guest(1)), room(), before=UNSAID)
    went = two(room(), room(), before=Basis.read(came.basis.text()))
    assert (went.basis.use, level(went), went.once) == (Use.UNKNOWN, None, LEFT)
    assert went.cause == "nothing is known of who lives in 213"
    told = two(room(), room(), before=Basis.read(went.basis.text()), occasion=Occasion.RESYNC)
    assert level(told) == "1"  # barred: both are known to be empty


def test_a_resync_of_one_room_says_nothing_of_the_one_beside() -> None:
    beside = replace(room(), meant=False)
    told = two(room(), beside, before=UNSAID, occasion=Occasion.RESYNC)
    assert (told.basis.use, level(told)) == (Use.UNKNOWN, None)


def test_a_guest_who_comes_takes_the_policy_though_the_neighbour_was_found() -> None:
    """M1: it is the first check-in of his room."""
    found = two(room(guest(1)), room(), before=UNSAID, occasion=Occasion.RESYNC)
    assert (found.basis.use, level(found)) == (Use.FOUND, None)
    both = two(room(guest(1)), room(guest(2)), before=Basis.read(found.basis.text()))
    assert (both.basis.use, level(both), both.once) == (Use.OCCUPIED, "3", {})
    alone = two(room(guest(1)), room(), before=Basis.read(both.basis.text()))
    assert alone.basis.use == Use.FOUND


def test_what_was_kept_of_a_phone_before_it_was_shared_is_read_as_of_the_room_that_had_it() -> None:
    kept = Basis.read(planned(room(guest(1))).basis.text())
    both = two(room(guest(1)), room(), before=kept, occasion=Occasion.LOOK)
    assert dict(both.basis.rooms) == {"212": Use.OCCUPIED, "213": Use.UNKNOWN}
    assert (both.once, level(both)) == ({}, "3")
