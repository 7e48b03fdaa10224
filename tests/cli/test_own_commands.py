"""The commands that need no daemon: configuration, database, tokens, plugins, and the words themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotelbridge.clock import SystemClock
from hotelbridge.commands.access import url_of
from hotelbridge.commands.sim import phone_numbers
from hotelbridge.services.callers import token_hash
from hotelbridge.settings_load import load
from hotelbridge.store import tokens
from hotelbridge.store.database import Database, InlineRunner
from tests.cli.typed import config, typed


def stored(token: str, folder: Path) -> tokens.StoredToken | None:
    """What the store knows of a token."""
    url = f"sqlite:///{folder}/hotel.db"
    store = Database(url, runner=InlineRunner(), node="test", clock=SystemClock(None))
    found: list[tokens.StoredToken | None] = []
    store.read(lambda tx: tokens.by_hash(tx, token_hash(token))).addCallback(found.append)
    store.close()
    return found[0]


def test_an_unknown_word_is_answered_with_the_nearest_one() -> None:
    for words, meant in ((("wakup",), "wakeup"), (("wakeup", "lst"), "list"), (("db", "upgrad"), "upgrade")):
        done = typed(*words)
        assert done.exit_code == 2 and f"did you mean {meant}?" in done.stderr
    assert "--note" in typed("wakeup", "add", "212", "06:30", "--nte", "x").stderr


def test_help_names_every_word() -> None:
    words = (
        "run check demo wakeup alarm rooms why recorder resync tariff links token user db plugins sim".split()
    )
    shown = typed("--help").stdout
    assert all(f"\n  {word} " in shown for word in words)


def test_a_configuration_in_order_is_counted(tmp_path: Path) -> None:
    file = config(tmp_path)
    assert typed("check", "-c", file).stdout == (
        f"{file} is in order: 1 property, 2 rooms, 1 device.\n"
        "Emergency calls of main that alarm the desk: 112, 122, 133, 144, 911.\n"
    )


def test_a_phone_with_an_emergency_number_is_warned_of(tmp_path: Path) -> None:
    """A5: whoever dials 122 for the fire brigade would ring room 122; and what stands behind a prefix."""
    file = config(tmp_path)
    text = file.read_text().replace('number = "102"', 'number = "122"')
    file.write_text(text.replace('country = "AT"', 'country = "AT"\noutside_prefix = "0"'))
    done = typed("check", "-c", file)
    assert done.stdout.endswith("that alarm the desk: 112, 122, 133, 144, 911, also behind 0.\n")
    assert (
        "warning: property.0.emergency.numbers: phone 122 has an emergency number: whoever dials it for help "
        "rings that phone. Renumber it."
    ) in done.stderr


def test_what_is_not_on_this_machine_is_warned_of(tmp_path: Path) -> None:
    file = config(tmp_path)
    assert "is not there" not in typed("check", "-c", file).stderr
    gone = tmp_path / "gone"
    text = file.read_text().replace(f"sqlite:///{tmp_path}/hotel.db", f"sqlite:///{gone}/hotel.db")
    text = text.replace("[web]", f'backup = "03:10"\nbackup_to = "{gone}/backups"\n[web]')
    text = text.replace('{ number = "102" }', '{ number = "garden" }')
    more = f'  [property.alarm]\n  command = ["{gone}/page"]\n  [property.lists]\n  command = ["{file}"]\n'
    file.write_text(text.replace("  [property.wakeup]", more + "  [property.wakeup]"))
    done = typed("check", "-c", file)
    assert done.exit_code == 0
    for warning in (
        f"store.url: the folder {gone} is not there: make it before the daemon starts",
        f"store.backup_to: the folder {gone}/backups is not there: no backup could be made",
        f"property.0.alarm.command: {gone}/page is no program that can be run here",
        f"property.0.lists.command: {file} is no program that can be run here",
        "property.0.room.1.phones: 'garden' is no number that a telephone exchange knows; give room garden",
    ):
        assert f"warning: {warning}" in done.stderr


def test_every_mistake_of_a_configuration_is_one_line(tmp_path: Path) -> None:
    file = config(tmp_path)
    file.write_text(file.read_text().replace('"EUR"', '"euro"').replace("too_soon", "to_soon"))
    for words in (("check",), ("run",), ("db", "status"), ("wakeup", "list")):
        done = typed(*words, "-c", file)
        assert done.exit_code == 2 and not done.stdout
        lines = done.stderr.splitlines()
        assert all(line.startswith(str(file)) for line in lines)
        assert [line.split()[1] for line in lines if "currency" in line or "too_soon" in line] == [
            "property.0.currency:",
            "property.0.wakeup.to_soon:",
        ]


def test_the_database_is_made_and_its_standing_told(tmp_path: Path) -> None:
    file = config(tmp_path)
    before = typed("db", "status", "-c", file)
    assert before.exit_code == 1 and f"hotelbridge db upgrade -c {file}" in before.stdout
    assert "now" in typed("db", "upgrade", "-c", file).stdout
    after = typed("db", "status", "-c", file)
    assert after.exit_code == 0 and "up to date" in after.stdout
    assert "already" in typed("db", "upgrade", "-c", file).stdout


def test_a_database_out_of_reach_is_a_sentence(tmp_path: Path) -> None:
    done = typed("db", "upgrade", "-c", config(tmp_path), HOTELBRIDGE_STORE_URL="sqlite:////nowhere/x.db")
    assert done.exit_code == 1 and "/nowhere/x.db cannot be opened" in done.stderr


def test_a_token_is_the_last_word_and_kept_by_its_hash(tmp_path: Path) -> None:
    file = config(tmp_path)
    token = typed("token", "add", "-c", file, "--role", "frontdesk", "anna").stdout.split()[-1]
    assert len(token) >= 43 and token.encode() not in (tmp_path / "hotel.db").read_bytes()
    found = stored(token, tmp_path)
    assert found is not None and (found.name, found.role, found.property) == ("anna", "frontdesk", "")


def test_a_token_may_be_bound_to_properties(tmp_path: Path) -> None:
    file = config(tmp_path)
    done = typed("token", "add", "-c", file, "--role", "viewer", "--property", "main", "anna")
    found = stored(done.stdout.split()[-1], tmp_path)
    assert found is not None and found.property == "main"
    wrong = typed("token", "add", "-c", file, "--role", "viewer", "--property", "mian", "anna")
    assert wrong.exit_code == 2 and "did you mean main?" in wrong.stderr


def test_a_revoked_token_is_good_for_nothing(tmp_path: Path) -> None:
    file = config(tmp_path)
    token = typed("token", "add", "-c", file, "--role", "admin", "anna").stdout.split()[-1]
    slip = typed("token", "revoke", "-c", file, "ana")
    assert slip.exit_code == 1 and "did you mean anna?" in slip.stderr
    assert typed("token", "revoke", "-c", file, "anna").stdout == "1 token of anna revoked.\n"
    assert stored(token, tmp_path) is None
    assert "anna" not in typed("token", "list", "-c", file).stdout
    assert "anna" in typed("token", "list", "--all", "-c", file).stdout


@pytest.mark.parametrize("name", ["local", "local@hotel-1"])
def test_the_name_of_the_daemons_own_token_is_not_given_away(tmp_path: Path, name: str) -> None:
    done = typed("token", "add", "-c", config(tmp_path), "--role", "admin", name)
    assert done.exit_code == 2 and "choose another" in done.stderr


def test_without_a_plugin_it_says_so() -> None:
    assert typed("plugins").exit_code == 0


@pytest.mark.parametrize(
    ("listen", "url"),
    [
        ("tcp:8480:interface=127.0.0.1", "http://127.0.0.1:8480"),
        ("tcp:8480", "http://127.0.0.1:8480"),
        ("tcp:port=8480:interface=0.0.0.0", "http://127.0.0.1:8480"),
        ("tcp:8480:interface=192.0.2.9", "http://192.0.2.9:8480"),
        ("tcp6:8480", "http://[::1]:8480"),
        ("tcp6:8480:interface=2001\\\\:db8\\\\:\\\\:1", "http://[2001:db8::1]:8480"),
        ("ssl:8443:privateKey=k.pem", "https://127.0.0.1:8443"),
    ],
)
def test_the_address_follows_from_where_the_daemon_listens(tmp_path: Path, listen: str, url: str) -> None:
    file = config(tmp_path)
    file.write_text(file.read_text().replace("tcp:8480:interface=127.0.0.1", listen))
    assert url_of(load(file, {})) == url


def test_simulated_phones_are_numbers_and_ranges() -> None:
    assert phone_numbers("101-103, 201,007-009") == ["101", "102", "103", "201", "007", "008", "009"]


@pytest.mark.parametrize("words", [("--phones", "9-1"), ("--script", "212=dance"), ("--push-url", "8989"),
                                   ("--phones", "1-999999"), ("--timezone", "Vienna")])  # fmt: skip
def test_a_simulation_that_cannot_be_is_bad_usage(words: tuple[str, str]) -> None:
    assert typed("sim", "om", *words).exit_code == 2


def test_what_was_typed_and_is_no_text_is_bad_usage_in_one_sentence(tmp_path: Path) -> None:
    file = config(tmp_path)
    for words in (("rooms", "check-in", "\udcff"), ("wakeup", "add", "212", "630", "--note", "a\udcfcb")):
        done = typed(*words, "-c", file)
        assert done.exit_code == 2 and "is not UTF-8 text" in done.stderr
        assert "Traceback" not in done.output and isinstance(done.exception, SystemExit)


def test_a_store_that_cannot_be_written_is_told_by_check_and_refused_by_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = config(tmp_path)
    monkeypatch.setattr("os.access", lambda path, how: False)
    check, run = typed("check", "-c", file), typed("run", "-c", file)
    told = f"the folder {tmp_path} cannot be written by "
    assert f"warning: store.url: {told}" in check.stderr and "sudo chown" in check.stderr
    assert run.exit_code == 1 and run.stderr.startswith(f"hotelbridge cannot run: {told}")
