"""`hotelbridge user`, on the store of a daemon that runs beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from hotelbridge.cli import main
from hotelbridge.clock import SystemClock
from hotelbridge.commands import user as command
from hotelbridge.errors import Refusal
from hotelbridge.services.frontusers import FrontUsers
from hotelbridge.services.passwords import Hasher
from hotelbridge.store import audit
from hotelbridge.store.database import Database, InlineRunner
from tests.cli.typed import config, typed

DESK = "192.0.2.7"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost nothing."""
    monkeypatch.setattr(Hasher, "__init__", _quick(Hasher.__init__))


def _quick(init: Callable[..., None]) -> Callable[[Hasher], None]:
    return lambda self: init(self, 1, 8, 1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return config(tmp_path)


@pytest.fixture
def open_daemon() -> Iterator[Callable[[str], FrontUsers]]:
    """What a running daemon knows of the people in a store."""
    opened: list[Database] = []

    def open_one(url: str) -> FrontUsers:
        clock = SystemClock(None)
        opened.append(Database(url, runner=InlineRunner(), node="daemon", clock=clock))
        return FrontUsers(opened[-1], clock)

    yield open_one
    for db in opened:
        db.close()


def result(work: Any) -> Any:
    found: list[Any] = []
    Deferred.fromCoroutine(work).addBoth(found.append)
    if isinstance(found[0], Failure):
        found[0].raiseException()
    return found[0]


def piped(text: str | bytes, *words: object) -> Result:
    return CliRunner(env={"HOTELBRIDGE_CONFIG": None}).invoke(main, [str(word) for word in words], input=text)


def add(file: Path, name: str = "anna", *more: str, role: str = "frontdesk") -> str:
    """Add a user; the password that was made."""
    done = typed("user", "add", "-c", file, "--role", role, "--generate", *more, name)
    assert done.exit_code == 0, done.output
    return done.stdout.split()[-1]


def url_of(file: Path) -> str:
    return f"sqlite:///{file.parent}/hotel.db"


def lines(file: Path) -> list[audit.AuditLine]:
    """The audit journal, newest first."""
    store = Database(url_of(file), runner=InlineRunner(), node="test", clock=SystemClock(None))
    found: list[list[audit.AuditLine]] = []
    store.read(audit.newest).addCallback(found.append)
    store.close()
    return found[0]


def test_a_password_that_is_made_is_the_last_word_and_good_for_a_login(
    file: Path, open_daemon: Callable[[str], FrontUsers]
) -> None:
    password = add(file, "Anna", "--property", "main")
    daemon = open_daemon(url_of(file))
    seen = result(daemon.visitor(result(daemon.log_in("anna", password, DESK))))
    assert (seen.name, seen.caller.role, seen.caller.properties) == ("Anna", "frontdesk", {"main"})
    assert len(password) == 19 and password.encode() not in (file.parent / "hotel.db").read_bytes()


def test_a_password_is_one_line_of_standard_input(
    file: Path, open_daemon: Callable[[str], FrontUsers]
) -> None:
    words = ("user", "add", "-c", file, "--role", "viewer", "--stdin", "anna")
    done = piped("  with blanks \r\nanother line\n", *words)
    assert (done.exit_code, done.output) == (0, "anna may log in (viewer, all properties).\n")
    assert result(open_daemon(url_of(file)).log_in("anna", "  with blanks ", DESK))


def test_a_password_is_asked_for_twice_and_not_shown(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_at_a_terminal", lambda: True)
    words = ("user", "add", "-c", file, "--role", "viewer", "anna")
    done = piped("correct horse\ncorrect hose\ncorrect horse\ncorrect horse\n", *words)
    assert done.exit_code == 0 and "do not match" in done.stderr
    assert "horse" not in done.output
    assert done.stdout.splitlines()[-1] == "anna may log in (viewer, all properties)."


@pytest.mark.parametrize(
    ("text", "why", "code"),
    [
        ("short\n", "A password has at least 8 characters.", 1),
        ("", "A password has at least 8 characters.", 1),
        ("frontdesk\n", "The name itself is no password.", 1),
        (b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\n", "not UTF-8", 2),
    ],
)
def test_a_password_that_cannot_be_is_refused_and_nobody_added(
    file: Path, text: str | bytes, why: str, code: int
) -> None:
    done = piped(text, "user", "add", "-c", file, "--role", "viewer", "--stdin", "frontdesk")
    assert done.exit_code == code and why in done.stderr
    assert typed("user", "list", "-c", file).stdout.startswith("There is no user")


def test_without_a_terminal_it_says_where_a_password_may_come_from(file: Path) -> None:
    done = typed("user", "add", "-c", file, "--role", "viewer", "anna")
    assert done.exit_code == 2 and "give --stdin or --generate" in done.stderr
    both = typed("user", "add", "-c", file, "--role", "viewer", "--stdin", "--generate", "anna")
    assert both.exit_code == 2 and "which of the two?" in both.stderr


def test_slips_are_answered_with_the_nearest_known_name(file: Path) -> None:
    add(file, "anna")
    for word in ("passwd", "remove"):
        more = ("--generate",) if word == "passwd" else ()
        done = typed("user", word, "-c", file, *more, "ana")
        assert done.exit_code == 1 and "There is no user ana; did you mean anna?" in done.stderr
    wrong = typed("user", "add", "-c", file, "--role", "viewer", "--property", "mian", "--generate", "ben")
    assert wrong.exit_code == 2 and "did you mean main?" in wrong.stderr
    role = typed("user", "add", "-c", file, "--role", "boss", "--generate", "ben")
    assert role.exit_code == 2 and "accounting" in role.stderr


def test_a_name_is_given_once_and_the_daemons_own_never(file: Path) -> None:
    add(file, "anna")
    again = typed("user", "add", "-c", file, "--role", "admin", "--generate", "ANNA")
    assert again.exit_code == 1 and "hotelbridge user passwd anna" in again.stderr
    for name in ("local", "local@hotel-1", " ", "a\tb"):
        assert typed("user", "add", "-c", file, "--role", "admin", "--generate", name).exit_code == 2


def test_a_running_daemon_lets_go_at_once_of_who_is_removed_or_gets_another_password(
    file: Path, open_daemon: Callable[[str], FrontUsers]
) -> None:
    first = add(file, "anna")
    daemon = open_daemon(url_of(file))
    token = result(daemon.log_in("anna", first, DESK))
    changed = typed("user", "passwd", "-c", file, "--generate", "Anna")
    assert changed.stdout.startswith("anna has another password, and must log in anew.")
    assert result(daemon.visitor(token)) is None
    with pytest.raises(Refusal):
        result(daemon.log_in("anna", first, DESK))
    token = result(daemon.log_in("anna", changed.stdout.split()[-1], DESK))
    done = typed("user", "remove", "-c", file, "anna")
    assert done.stdout == "anna was removed, and is logged out everywhere.\n"
    assert result(daemon.visitor(token)) is None


def test_a_role_is_changed_under_a_running_session(
    file: Path, open_daemon: Callable[[str], FrontUsers]
) -> None:
    password = add(file, "Anna", "--property", "main")
    daemon = open_daemon(url_of(file))
    token = result(daemon.log_in("anna", password, DESK))
    done = typed("user", "role", "-c", file, "anna", "accounting")
    assert (done.exit_code, done.output) == (0, "Anna is now accounting, main.\n")
    assert result(daemon.visitor(token)).caller.role == "accounting"
    assert typed("user", "role", "-c", file, "anna", "accounting").output == (
        "Anna is already accounting, main.\n"
    )
    done = typed("user", "role", "-c", file, "--everywhere", "anna", "admin")
    assert done.output == "Anna is now admin, all properties.\n"
    assert result(daemon.visitor(token)).caller.properties is None
    assert [line.text for line in lines(file) if line.what == "user_role"] == [
        "Anna is admin now, for all properties; before: accounting, for main.",
        "Anna is accounting now, for main; before: frontdesk, for main.",
    ]


def test_the_last_admin_keeps_his_role_unless_it_is_meant(file: Path) -> None:
    add(file, "olga", role="admin")
    for words in (("olga", "viewer"), ("--property", "main", "olga", "admin")):
        refused = typed("user", "role", "-c", file, *words)
        assert refused.exit_code == 1 and "olga is the last admin" in refused.stderr
        assert "--yes" in refused.stderr
    assert typed("user", "role", "-c", file, "olga", "admin").output.startswith("olga is already admin")
    add(file, "anna", role="admin")
    assert typed("user", "role", "-c", file, "olga", "viewer").exit_code == 0
    done = typed("user", "role", "-c", file, "--yes", "anna", "viewer")
    assert done.output == "anna is now viewer, all properties.\n"


def test_the_last_admin_is_not_removed_unless_it_is_meant(file: Path) -> None:
    add(file, "olga", role="admin")
    refused = typed("user", "remove", "-c", file, "olga")
    assert refused.exit_code == 1 and "olga is the last admin" in refused.stderr
    assert "olga" in typed("user", "list", "-c", file).stdout
    add(file, "anna", role="admin")
    assert typed("user", "remove", "-c", file, "olga").exit_code == 0
    done = typed("user", "remove", "-c", file, "--yes", "anna")
    assert done.stdout == "anna was removed, and is logged out everywhere.\n"


def test_slips_in_a_role_are_told(file: Path) -> None:
    add(file, "anna")
    assert "did you mean anna?" in typed("user", "role", "-c", file, "ana", "viewer").stderr
    assert typed("user", "role", "-c", file, "anna", "boss").exit_code == 2
    both = typed("user", "role", "-c", file, "--everywhere", "--property", "main", "anna", "viewer")
    assert both.exit_code == 2 and "which of the two?" in both.stderr


def test_the_list_tells_who_may_log_in_and_who_might(
    file: Path, open_daemon: Callable[[str], FrontUsers]
) -> None:
    password = add(file, "anna")
    add(file, "ben", "--property", "main", role="accounting")
    result(open_daemon(url_of(file)).log_in("anna", password, DESK))
    typed("user", "remove", "-c", file, "ben")
    head, *rows = typed("user", "list", "-c", file).stdout.splitlines()
    assert head.split("  ")[0] == "name" and "last seen" in head and "removed" not in head
    assert [row.split()[:3] for row in rows] == [["anna", "frontdesk", "all"]]
    assert re.search(r"\d\d:\d\d [A-Z]{3,5}\b", rows[0])
    everybody = typed("user", "list", "--all", "-c", file).stdout
    assert "ben   accounting  main" in everybody and "removed" in everybody
    assert "$argon2" not in everybody


def test_what_is_done_here_is_in_the_audit_journal_by_whoever_typed_it(file: Path) -> None:
    words = ("user", "add", "-c", file, "--role", "viewer", "--property", "main", "--generate", "anna")
    assert typed(*words, SUDO_USER="olga").exit_code == 0
    typed("user", "passwd", "-c", file, "--generate", "anna", SUDO_USER="olga")
    typed("user", "remove", "-c", file, "anna", SUDO_USER="olga")
    assert [(line.what, line.by, line.origin, line.text) for line in reversed(lines(file))] == [
        ("user_added", "olga", "command line", "anna was added as viewer, for main."),
        ("password", "olga", "command line", "The password of anna was changed."),
        ("user_removed", "olga", "command line", "anna was removed."),
    ]


def test_tokens_that_are_made_and_refused_are_there_too(file: Path) -> None:
    made = typed("token", "add", "-c", file, "--role", "viewer", "wall", SUDO_USER="olga").stdout.split()[-1]
    typed("token", "revoke", "-c", file, "wall", SUDO_USER="olga")
    typed("token", "revoke", "-c", file, "wall", SUDO_USER="olga")
    assert [(line.what, line.by, line.about, line.text) for line in reversed(lines(file))] == [
        ("token_added", "olga", "token wall", "A token of wall was made: viewer, for all properties."),
        ("token_revoked", "olga", "token wall", "The tokens of wall are refused: 1."),
    ]
    assert made not in str(lines(file))


def test_on_postgresql_it_is_the_same(
    file: Path, postgres_url: str, open_daemon: Callable[[str], FrontUsers]
) -> None:
    words = ("user", "add", "-c", file, "--role", "admin", "--generate", "anna")
    done = typed(*words, HOTELBRIDGE_STORE_URL=postgres_url)
    assert done.exit_code == 0, done.output
    daemon = open_daemon(postgres_url)
    token = result(daemon.log_in("ANNA", done.stdout.split()[-1], DESK))
    assert result(daemon.visitor(token)).caller.role == "admin"
    assert (
        typed("user", "remove", "-c", file, "--yes", "anna", HOTELBRIDGE_STORE_URL=postgres_url).exit_code
        == 0
    )
    assert result(daemon.visitor(token)) is None
