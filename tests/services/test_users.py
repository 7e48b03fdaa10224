"""Logins, sessions and passwords at the console, on a clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from twisted.internet.defer import Deferred, fail, succeed

from hotelbridge.core.records import Actor, Role
from hotelbridge.errors import Refusal, StoreUnavailable
from hotelbridge.services import accounts
from hotelbridge.services.frontusers import FrontUsers
from hotelbridge.services.passwords import Hasher
from hotelbridge.services.userwindow import ActionQuery, ActionView, UserDesk
from hotelbridge.store import audit, schema, sessions, users
from hotelbridge.store.database import Database, InlineRunner, Tx
from hotelbridge.testing.fake_clock import FakeClock

T = TypeVar("T")

DESK, AWAY = "192.0.2.7", "198.51.100.9"
RIGHT, WRONG = "correct horse", "battery staple"
MANAGER = Actor("root", "command line")
HOUR, DAY = 3600.0, 86400.0


class Counted(Hasher):
    """Hashes for nothing, and counts what it was asked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_kib=8)
        self.looked_at: list[str] = []

    def fits(self, hashed: str, password: str) -> bool:
        self.looked_at.append(hashed)
        return super().fits(hashed, password)


class Console:
    """The console's people on a store of their own; a restart keeps what is in the store alone."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.clock = FakeClock()
        self.hasher = Counted()
        self.start()

    def start(self) -> None:
        self.db = Database(self._url, runner=InlineRunner(), node="a", clock=self.clock)
        self.users: UserDesk = FrontUsers(self.db, self.clock, self.hasher)

    def restart(self) -> None:
        self.db.close()
        self.start()

    def do(self, unit: Callable[[Tx], T]) -> T:
        return result(self.db.run(unit))

    def add(self, name: str, password: str = RIGHT, role: Role = Role.FRONTDESK, property: str = "") -> None:
        hashed, now = self.hasher.hash(password), self.clock.now()
        self.do(lambda tx: accounts.add(tx, name, role, property, hashed, MANAGER, now))

    def remove(self, name: str) -> None:
        self.do(lambda tx: accounts.remove(tx, accounts.find(tx, name), MANAGER, self.clock.now()))

    def set_password(self, name: str, password: str) -> None:
        hashed = self.hasher.hash(password)
        self.do(
            lambda tx: accounts.set_password(tx, accounts.find(tx, name), hashed, MANAGER, self.clock.now())
        )

    def log_in(self, name: str = "anna", password: str = RIGHT, origin: str = DESK) -> str:
        return result(self.users.log_in(name, password, origin))

    def refused(self, name: str = "anna", password: str = WRONG, origin: str = DESK) -> Refusal:
        with pytest.raises(Refusal) as caught:
            self.log_in(name, password, origin)
        return caught.value

    def set_role(self, name: str, role: Role, property: str = "") -> bool:
        now = self.clock.now()
        return self.do(
            lambda tx: accounts.set_role(tx, accounts.find(tx, name), role, property, MANAGER, now)
        )

    def did(self, **wanted: Any) -> list[ActionView]:
        """What people did, newest first."""
        query = ActionQuery(**{"limit": 50, "node_wide": True, **wanted})
        return list(result(self.users.actions("main", query)).items)

    def there(self, token: str) -> bool:
        return result(self.users.visitor(token)) is not None

    def lines(self) -> list[tuple[str, str, str]]:
        """What, by whom and from where, oldest first."""
        return [(line.what, line.by, line.origin) for line in reversed(self.do(audit.newest))]

    def texts(self, what: str) -> list[str]:
        return [line.text for line in reversed(self.do(audit.newest)) if line.what == what]


def result(work: Coroutine[Any, Any, T] | Deferred[T]) -> T:
    """What a call gives at once."""
    found: list[Any] = []
    done = work if isinstance(work, Deferred) else Deferred.fromCoroutine(work)
    done.addBoth(found.append)
    (one,) = found
    if hasattr(one, "raiseException"):
        one.raiseException()
    return one  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("made") / "hb.db"
    schema.prepare(f"sqlite:///{file}")
    return file.read_bytes()


@pytest.fixture
def console(tmp_path: Path, made: bytes) -> Any:
    (tmp_path / "hb.db").write_bytes(made)
    one = Console(f"sqlite:///{tmp_path}/hb.db")
    one.add("anna")
    yield one
    one.db.close()


# --- coming in ---


def test_who_logs_in_is_a_visitor_with_his_name_role_and_properties(console: Console) -> None:
    console.add("Berta", role=Role.ACCOUNTING, property="main,annex")
    token = console.log_in("berta")
    seen = result(console.users.visitor(token))
    assert seen is not None and len(token) >= 43
    assert (seen.name, seen.caller.name, seen.caller.role, seen.language) == (
        "Berta",
        "Berta",
        "accounting",
        "",
    )
    assert seen.caller.properties == {"main", "annex"}
    everywhere = result(console.users.visitor(console.log_in("anna")))
    assert everywhere is not None and everywhere.caller.properties is None


def test_a_token_is_kept_nowhere_but_with_the_browser(console: Console, tmp_path: Path) -> None:
    token = console.log_in()
    console.db.close()
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert token.encode() not in files and RIGHT.encode() not in files and b"$argon2id$" in files


@pytest.mark.parametrize("name", ["nobody", "an\x00na", "\udcff", "", "anna" * 10_000])
def test_an_unknown_name_and_a_wrong_password_are_refused_alike(console: Console, name: str) -> None:
    wrong, unknown = console.refused("anna", WRONG), console.refused(name, WRONG)
    assert (wrong.code, wrong.status) == ("wrong_login", 401)
    assert (wrong.code, wrong.sentence, wrong.facts) == (unknown.code, unknown.sentence, unknown.facts)


def test_for_an_unknown_name_a_password_of_nobody_is_looked_at_with_the_same_costs(console: Console) -> None:
    console.refused("anna")
    console.refused("nobody")
    mine, nobodys = (hashed.split("$")[1:4] for hashed in console.hasher.looked_at)
    assert mine == nobodys
    assert [len(hashed) for hashed in console.hasher.looked_at] == [len(console.hasher.nobodys)] * 2


def test_a_password_is_the_same_however_a_keyboard_puts_it_together(console: Console) -> None:
    console.add("jürgen", "Zürich Hbf")
    assert console.log_in("ju\u0308rgen", "Zu\u0308rich Hbf")


def test_a_removed_user_cannot_come_in_and_his_name_is_free(console: Console) -> None:
    console.remove("anna")
    assert console.refused("anna", RIGHT).code == "wrong_login"
    console.add("Anna", "another horse")
    assert console.log_in("anna", "another horse")


def test_a_password_that_was_hashed_with_less_is_hashed_anew_at_a_login(console: Console) -> None:
    first = console.log_in()
    console.hasher = Counted()
    console.hasher._argon = Hasher(time_cost=2, memory_kib=8)._argon
    console.restart()
    console.log_in()
    (user,) = console.do(users.list)
    assert ",t=2," in user.password_hash
    assert console.there(first) and console.log_in()


def test_a_password_changed_while_the_old_one_was_looked_at_lets_nobody_in(console: Console) -> None:
    aside = console.db.aside

    def slow(job: Callable[[], Any]) -> Deferred[Any]:
        done = aside(job)
        if done.result is True:
            console.clock.advance(1)
            console.set_password("anna", "another horse")
        return done

    console.db.aside = slow  # type: ignore[method-assign]
    assert console.refused("anna", RIGHT).code == "wrong_login"


# --- staying ---


def test_a_restart_keeps_sessions(console: Console) -> None:
    token = console.log_in()
    console.restart()
    assert console.there(token)


def test_a_session_ends_after_12_hours_without_a_sign_of_life(console: Console) -> None:
    token, other = console.log_in(), console.log_in()
    console.clock.advance(11 * HOUR)
    assert console.there(token)
    console.clock.advance(HOUR)
    assert console.there(token) and not console.there(other)
    console.clock.advance(12 * HOUR)
    assert not console.there(token)


def test_the_last_sign_of_life_counts_to_the_second_though_it_was_not_written(console: Console) -> None:
    token = console.log_in()
    console.clock.advance(500)
    assert console.there(token)
    console.clock.advance(12 * HOUR - 1)
    assert console.there(token)


def test_a_session_ends_after_30_days_at_the_latest(console: Console) -> None:
    token = console.log_in()
    for _ in range(59):
        console.clock.advance(DAY / 2 - 60)
        assert console.there(token)
    console.clock.advance(HOUR * 12)
    assert not console.there(token)


def test_being_there_is_written_every_ten_minutes_and_not_for_each_page(console: Console) -> None:
    token = console.log_in()
    written: list[object] = []
    run = console.db.run

    def counted(unit: Any, **more: Any) -> Any:
        written.append(unit)
        return run(unit, **more)

    console.db.run = counted  # type: ignore[method-assign, assignment]
    for _ in range(35):
        console.clock.advance(60)
        console.there(token)
    assert len(written) == 3
    (seen,) = console.do(sessions.last_seen).values()
    assert (console.clock.now() - seen).total_seconds() == 300


def test_a_removed_users_sessions_end_at_once(console: Console) -> None:
    token = console.log_in()
    console.remove("anna")
    assert not console.there(token)


def test_a_password_set_by_somebody_else_ends_every_session(console: Console) -> None:
    tokens = [console.log_in(), console.log_in()]
    console.set_password("anna", "another horse")
    assert [console.there(token) for token in tokens] == [False, False]


def test_who_logs_out_is_out_and_another_of_his_sessions_is_not(console: Console) -> None:
    here, there = console.log_in(), console.log_in()
    result(console.users.log_out(here, DESK))
    result(console.users.log_out(here, DESK))
    result(console.users.log_out("strange", DESK))
    assert (console.there(here), console.there(there)) == (False, True)


def test_strange_tokens_are_nobodys(console: Console) -> None:
    assert not any(console.there(token) for token in ("", "x", "\udcff", "x" * 100_000))


# --- while the store is away ---


def gone(*_: object, **__: object) -> Deferred[Any]:
    return fail(StoreUnavailable("gone"))


def test_who_was_there_shortly_before_an_outage_is_known_on_until_he_logs_out(console: Console) -> None:
    token, absent = console.log_in(), console.log_in()
    assert console.there(token)
    console.db.read = console.db.run = gone  # type: ignore[method-assign, assignment]
    console.clock.advance(30)
    console.db.health.refused("gone")
    console.clock.advance(2 * HOUR)
    assert console.there(token)
    for call in (console.users.visitor(absent), console.users.log_in("anna", RIGHT, DESK)):
        with pytest.raises(StoreUnavailable):
            result(call)
    with pytest.raises(StoreUnavailable):
        result(console.users.log_out(token, DESK))
    with pytest.raises(StoreUnavailable):
        console.there(token)


def test_an_outage_does_not_make_a_session_longer(console: Console) -> None:
    token = console.log_in()
    assert console.there(token)
    console.db.read = gone  # type: ignore[method-assign, assignment]
    console.db.health.refused("gone")
    console.clock.advance(12 * HOUR)
    assert not console.there(token)


def test_a_page_is_shown_though_it_cannot_be_written_that_he_was_there(console: Console) -> None:
    token = console.log_in()
    console.db.run = gone  # type: ignore[method-assign, assignment]
    console.clock.advance(HOUR)
    assert console.there(token)


# --- his own password and language ---


def test_a_changed_password_ends_all_other_sessions_and_not_this_one(console: Console) -> None:
    here, there = console.log_in(), console.log_in()
    result(console.users.change_password(here, RIGHT, "another horse", DESK))
    assert (console.there(here), console.there(there)) == (True, False)
    assert console.refused("anna", RIGHT).code == "wrong_login"
    assert console.log_in("anna", "another horse")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (WRONG, "another horse", "wrong_password"),
        (RIGHT, "seven77", "password_too_short"),
        (RIGHT, "e\u0301" * 7, "password_too_short"),
        (RIGHT, "x" * 257, "password_too_long"),
        (RIGHT, "FRONTDESK", "password_is_name"),
    ],
)
def test_a_password_that_nobody_should_choose_is_refused(
    console: Console, old: str, new: str, code: str
) -> None:
    console.add("frontdesk")
    token = console.log_in("frontdesk")
    with pytest.raises(Refusal) as caught:
        result(console.users.change_password(token, old, new, DESK))
    assert (caught.value.code, caught.value.status) == (code, 422)
    assert console.there(token) and console.log_in("frontdesk")


def test_the_old_password_cannot_be_guessed_at_a_screen_left_open(console: Console) -> None:
    token = console.log_in()
    codes = []
    for _ in range(6):
        with pytest.raises(Refusal) as caught:
            result(console.users.change_password(token, WRONG, "another horse", DESK))
        codes.append(caught.value.code)
    assert codes == ["wrong_password"] * 5 + ["too_many_tries"]


def test_the_language_is_the_users_wherever_he_logs_in(console: Console) -> None:
    result(console.users.set_language(console.log_in(), "de"))
    seen = result(console.users.visitor(console.log_in()))
    assert seen is not None and seen.language == "de"
    with pytest.raises(Refusal) as caught:
        result(console.users.set_language(console.log_in(), "fr"))
    assert (caught.value.code, caught.value.status) == ("unknown_language", 422)


def test_who_is_not_logged_in_changes_nothing(console: Console) -> None:
    for call in (
        console.users.change_password("strange", RIGHT, "another horse", DESK),
        console.users.set_language("strange", "de"),
    ):
        with pytest.raises(Refusal) as caught:
            result(call)
        assert (caught.value.code, caught.value.status) == ("not_logged_in", 401)


# --- the journal ---


def test_every_coming_and_going_leaves_a_line(console: Console) -> None:
    token = console.log_in()
    console.refused("anna", WRONG, AWAY)
    result(console.users.change_password(token, RIGHT, "another horse", DESK))
    result(console.users.log_out(token, DESK))
    console.remove("anna")
    assert console.lines() == [
        ("user_added", "root", "command line"),
        ("login", "anna", "console 192.0.2.7"),
        ("login_refused", "", "console 198.51.100.9"),
        ("password", "anna", "console 192.0.2.7"),
        ("logout", "anna", "console 192.0.2.7"),
        ("user_removed", "root", "command line"),
    ]


def test_refused_logins_are_one_line_a_minute_for_each_name(console: Console) -> None:
    console.add("berta")
    for _ in range(8):
        console.refused("anna")
    console.refused("berta")
    console.clock.advance(61)
    console.refused("anna")
    assert console.texts("login_refused") == [
        "A login as anna was refused: the password is wrong.",
        "A login as berta was refused: the password is wrong.",
        "A login as anna was refused: the password is wrong (7 more since the line before).",
    ]


def test_what_strangers_type_as_a_name_is_not_written_down(console: Console) -> None:
    for n in range(3):
        console.refused(f"my password {n}")
    assert console.texts("login_refused") == [
        "A login as an unknown name was refused: there is no such user."
    ]


def test_a_role_is_another_one_at_once_and_the_session_goes_on(console: Console) -> None:
    token = console.log_in()
    assert console.set_role("anna", Role.VIEWER, "main")
    visitor = result(console.users.visitor(token))
    assert visitor is not None
    assert (visitor.caller.role, visitor.caller.properties) == (Role.VIEWER, {"main"})
    assert console.texts("user_role") == [
        "anna is viewer now, for main; before: frontdesk, for all properties."
    ]
    assert not console.set_role("anna", Role.VIEWER, "main") and len(console.texts("user_role")) == 1


@pytest.mark.parametrize(
    ("mine", "others", "last"),
    [("", [], True), ("", ["main"], True), ("", [""], False), ("main", [""], False),
     ("main", ["main,annex"], False), ("main,annex", ["main"], True)],
)  # fmt: skip
def test_the_last_admin_is_known_wherever_he_is_one(
    console: Console, mine: str, others: list[str], last: bool
) -> None:
    console.add("root", role=Role.ADMIN, property=mine)
    console.add("gone", role=Role.ADMIN)
    console.remove("gone")
    for n, property in enumerate(others):
        console.add(f"admin {n}", role=Role.ADMIN, property=property)
    assert console.do(lambda tx: accounts.is_last_admin(tx, accounts.find(tx, "root"))) is last
    assert not console.do(lambda tx: accounts.is_last_admin(tx, accounts.find(tx, "anna")))


def test_who_did_what_is_read_in_pieces_with_refused_logins_by_the_users_name(console: Console) -> None:
    console.log_in()
    console.refused("anna", WRONG, AWAY)
    console.refused("not a name of ours")
    login, refused = ("login", "anna", ""), ("login_refused", "", "user")
    assert [(one.what, one.by, one.kind) for one in console.did()] == [
        ("login_refused", "", ""), refused, login, ("user_added", "root", "user"),
    ]  # fmt: skip
    assert [one.what for one in console.did(by="ANNA")] == ["login_refused", "login", "user_added"]
    assert console.did()[1].about == "anna" and console.did()[1].origin == f"console {AWAY}"
    assert console.did(node_wide=False) == []
    query, read = ActionQuery(3, node_wide=True), []
    while True:
        piece = result(console.users.actions("main", query))
        read += [one.id for one in piece.items]
        if piece.next is None:
            break
        query = ActionQuery(3, piece.next, node_wide=True)
    assert read == [one.id for one in console.did()] and len(set(read)) == 4


@pytest.mark.parametrize("cursor", ["", "1", "1-1", "1-9-1", "-1-1-1", "x-1-1", "1-1-1-1", f"{'9' * 30}-1-1"])
def test_a_cursor_that_no_list_gave_is_refused(console: Console, cursor: str) -> None:
    with pytest.raises(Refusal) as caught:
        console.did(cursor=cursor)
    assert caught.value.code == "bad_cursor"


# --- too many tries ---


def test_five_tries_are_free_and_then_the_right_password_waits_too(console: Console) -> None:
    assert [console.refused().code for _ in range(6)] == ["wrong_login"] * 5 + ["too_many_tries"]
    told = console.refused("ANNA", RIGHT)
    assert (told.status, told.facts) == (429, {"retry_after": 30})
    assert told.sentence == "Too many tries; try again in 30 seconds."
    console.clock.advance(30)
    assert console.log_in()


def test_who_cannot_be_looked_up_has_not_tried(console: Console) -> None:
    real = console.db.aside
    # Reading works, hashing does not: the two go the same way.
    for _ in range(8):
        calls = iter([real, gone])
        console.db.aside = lambda job, calls=calls: next(calls)(job)  # type: ignore[method-assign, assignment, misc]
        with pytest.raises(StoreUnavailable):
            console.log_in()
    console.db.aside = real  # type: ignore[method-assign]
    assert console.log_in()


def test_an_attacker_elsewhere_does_not_keep_a_user_out_where_he_is_at_home(console: Console) -> None:
    console.log_in("anna", RIGHT, DESK)
    console.restart()
    for n in range(50):
        console.refused("anna", WRONG, f"198.51.100.{n}")
    assert console.refused("anna", RIGHT, "203.0.113.1").code == "too_many_tries"
    assert console.log_in("anna", RIGHT, DESK)


def test_passwords_are_looked_at_beside_the_reactor_and_one_reader_is_left(console: Console) -> None:
    waiting: list[Deferred[Any]] = []
    aside = console.db.aside

    def later(job: Callable[[], Any]) -> Deferred[Any]:
        waiting.append(Deferred())
        return waiting[-1].addCallback(lambda _: aside(job))

    console.db.aside = later  # type: ignore[method-assign]
    console.db.read = lambda query: succeed((None, False))  # type: ignore[method-assign, assignment]
    results: list[Any] = []
    for n in range(60):
        origin = f"198.51.{n}.1"
        Deferred.fromCoroutine(console.users.log_in(f"name {n}", WRONG, origin)).addBoth(results.append)
    assert len(waiting) == 1
    assert {failure.value.code for failure in results} == {"too_many_tries"} and len(results) == 19
    for one in waiting:
        one.callback(None)  # each lets the next one in
    assert len(waiting) == 41 and len(results) == 60


# --- the screen that sounds alarms ---


def test_an_alarm_display_is_not_logged_out_however_long_it_stands(console: Console) -> None:
    token, other = console.log_in(), console.log_in()
    anew = []
    for _ in range(100):
        console.clock.advance(10 * HOUR)
        anew.append(result(console.users.sounds_alarms(token)))
        result(console.users.visitor(other))
    assert console.there(token) and 10 <= sum(anew) <= 14
    assert not console.there(other)
    console.restart()
    assert console.there(token)


def test_a_session_that_ended_does_not_begin_anew(console: Console) -> None:
    token = console.log_in()
    console.clock.advance(13 * HOUR)
    assert not result(console.users.sounds_alarms(token)) and not console.there(token)


def test_a_display_is_told_of_a_session_begun_anew_by_one_request_alone(console: Console) -> None:
    token = console.log_in()
    for _ in range(8):
        console.clock.advance(10 * HOUR)
        console.there(token)
    assert [result(console.users.sounds_alarms(token)) for _ in range(2)] == [True, False]
