"""The ways out of the house against real far ends on this machine: a program, a web server, a mail server."""

from __future__ import annotations

import json
import shutil
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from hotelbridge.services.channels import Letter, Undelivered, posted, send
from hotelbridge.settings_alarms import AlarmSettings, MailSettings

AT = datetime(2026, 11, 24, 6, 35, tzinfo=UTC)
LETTER = Letter(
    name="main/alarm:7/20261124T053530Z alarm.hook",
    way="hook",
    channels=AlarmSettings(),
    title="Hotel Example: wakeup_failed room 212",
    text="Room 212: wake-up 06:30 failed. Zürich.\n",
    facts=json.dumps({"alarm": 7, "room": "212"}),
    page=False,
    at=AT,
)


def letter(way: str, **channels: Any) -> Letter:
    return replace(LETTER, way=way, channels=AlarmSettings(**channels))


def program(folder: Path, text: str) -> str:
    file = folder / "page"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


# --- a command ---


def test_a_command_gets_the_facts_on_its_input_and_its_words_are_kept(tmp_path: Path) -> None:
    page = program(tmp_path, 'echo "paged $1:"; cat')
    assert send(letter("command", command=(page, "night; rm -rf /"))) == (
        'paged night; rm -rf /: {"alarm": 7, "room": "212"}'
    )


def test_a_command_that_prints_gets_the_page(tmp_path: Path) -> None:
    printing = replace(letter("command", command=(program(tmp_path, "cat"),)), page=True)
    assert send(printing) == "Room 212: wake-up 06:30 failed. Zürich."


def test_a_command_sees_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTELBRIDGE_STORE_URL", "postgresql://hb:s3cret@db/hotel")
    assert "s3cret" not in send(letter("command", command=(program(tmp_path, "env"),)))


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    page = program(tmp_path, "echo no carrier >&2; exit 3")
    with pytest.raises(Undelivered, match="ended with code 3: no carrier"):
        send(letter("command", command=(page,)))


def test_a_command_that_is_not_there_says_so() -> None:
    with pytest.raises(Undelivered, match="No such file"):
        send(letter("command", command=("/no/such/program",)))


def test_a_command_that_hangs_is_killed_with_all_it_started(tmp_path: Path) -> None:
    page = program(tmp_path, "sleep 60 & sleep 60; echo done")
    with pytest.raises(Undelivered, match="did not end within 0.2 s"):
        send(letter("command", command=(page,)), limit=0.2)


def test_a_command_that_leaves_something_running_has_ended_all_the_same(tmp_path: Path) -> None:
    page = program(tmp_path, "sleep 3 & echo on its way")
    assert send(letter("command", command=(page,)), limit=2.0) == "on its way"


# --- a hook ---


class Hook(BaseHTTPRequestHandler):
    """Takes posts as its server says."""

    def do_POST(self) -> None:  # noqa: N802
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.taken.append((self.path, dict(self.headers), body))
        self.send_response(server.status)
        self.end_headers()
        if server.drips:
            for _ in range(1000):
                try:
                    self.wfile.write(b".")
                except OSError:
                    return
                if server.over.wait(0.02):
                    return
        self.wfile.write(server.says)

    def log_message(self, *words: object) -> None:
        pass


@contextmanager
def web(
    status: int = 200, says: bytes = b"thanks", drips: bool = False, tls: Path | None = None
) -> Iterator[Any]:
    server: Any = HTTPServer(("127.0.0.1", 0), Hook)
    server.taken, server.status, server.says = [], status, says
    server.drips, server.over = drips, threading.Event()
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with serving(server):
        yield server


@contextmanager
def serving(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        if hasattr(server, "over"):
            server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_hook_is_posted_the_facts_under_a_name_of_their_own() -> None:
    with web() as server:
        said = send(letter("hook", hook=f"http://127.0.0.1:{server.server_port}/alarm?to=night"))
    assert said == "200 thanks"
    ((path, headers, body),) = server.taken
    assert (path, json.loads(body)) == ("/alarm?to=night", {"alarm": 7, "room": "212"})
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == LETTER.name


@pytest.mark.parametrize("status", [301, 404, 500])
def test_a_hook_that_says_no_is_told_with_its_words(status: int) -> None:
    with web(status, b"not here") as server:
        with pytest.raises(Undelivered, match=f"answered {status}.*not here"):
            send(letter("hook", hook=f"http://127.0.0.1:{server.server_port}/"))


def test_a_hook_that_says_yes_and_then_drips_for_ever_is_cut_off() -> None:
    with web(drips=True) as server:
        said = send(letter("hook", hook=f"http://127.0.0.1:{server.server_port}/"), limit=0.3)
    assert said.startswith("200 ..")


def test_a_hook_that_nobody_serves_is_told() -> None:
    with pytest.raises(Undelivered, match="refused"):
        send(letter("hook", hook="http://127.0.0.1:1/"))


@pytest.fixture
def own_certificate(tmp_path: Path) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    words = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    made = ["openssl", *words.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    both = tmp_path / "both.pem"
    both.write_text(key.read_text() + certificate.read_text())
    return both


def test_a_hook_whose_certificate_nobody_vouches_for_gets_nothing(own_certificate: Path) -> None:
    with web(tls=own_certificate) as server:
        with pytest.raises(Undelivered, match="certificate"):
            send(letter("hook", hook=f"https://localhost:{server.server_port}/"))
    assert server.taken == []


def test_a_hook_with_a_good_certificate_gets_the_facts(
    own_certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own_certificate.with_name("cert.pem")))
    with web(tls=own_certificate) as server:
        assert send(letter("hook", hook=f"https://localhost:{server.server_port}/")) == "200 thanks"


# --- mail ---


class Smtp(socketserver.StreamRequestHandler):
    """A mail server of few words; refuses whoever is called nobody."""

    def handle(self) -> None:
        server: Any = self.server
        self._say("220 mail.example.com")
        for line in self.rfile:
            words = line.decode().strip()
            server.heard.append(words)
            verb = words.partition(" ")[0].upper()
            if verb == "EHLO":
                self._say("250-mail.example.com\r\n250 AUTH PLAIN")
            elif verb == "DATA":
                self._say("354 go on")
                self._read()
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("550 unknown" if "nobody@" in words else "250 fine")

    def _read(self) -> None:
        server: Any = self.server
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        server.messages.append(b"".join(lines).decode())
        self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@contextmanager
def post_office() -> Iterator[Any]:
    server: Any = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp)
    server.daemon_threads = True
    server.heard, server.messages = [], []
    with serving(server):
        yield server


def mail(server: Any, **more: Any) -> MailSettings:
    given = {"host": "127.0.0.1", "port": server.server_address[1], "sender": "hb@example.com"}
    return MailSettings(
        **({"to": ("night@example.com",), "starttls": False, "helo": "pbx.example.com"} | given | more)
    )


def test_a_mail_is_handed_over_and_names_itself() -> None:
    with post_office() as server:
        assert send(letter("mail", mail=mail(server))) == "taken by 127.0.0.1"
    assert server.heard[0].lower() == "ehlo pbx.example.com"
    (text,) = server.messages
    assert "Subject: Hotel Example: wakeup_failed room 212" in text
    assert "To: night@example.com" in text
    assert "Date: Tue, 24 Nov 2026 06:35:00 +0000" in text
    assert "Message-ID: <main.alarm.7.20261124T053530Z.alarm.hook@pbx.example.com>" in text


def test_a_receiver_who_is_refused_is_named_and_the_others_get_it() -> None:
    with post_office() as server:
        to = ("night@example.com", "nobody@example.com")
        assert "but not for nobody@example.com" in send(letter("mail", mail=mail(server, to=to)))
    assert len(server.messages) == 1


def test_a_mail_that_nobody_may_get_did_not_go() -> None:
    with post_office() as server:
        with pytest.raises(Undelivered, match="nobody@example.com"):
            send(letter("mail", mail=mail(server, to=("nobody@example.com",))))


def test_no_mail_goes_unencrypted_where_encryption_is_wanted() -> None:
    with post_office() as server:
        with pytest.raises(Undelivered, match="(?i)starttls"):
            send(letter("mail", mail=mail(server, starttls=True)))
    assert server.messages == []


def test_a_title_of_two_lines_cannot_add_a_header() -> None:
    with post_office() as server:
        send(replace(letter("mail", mail=mail(server)), title="212\r\nBcc: all@example.com"))
    assert "\nBcc:" not in server.messages[0]


# --- on a thread ---


def test_a_letter_goes_on_a_thread_and_its_end_comes_back(tmp_path: Path) -> None:
    came: list[Any] = []
    back = threading.Event()

    def call_from_thread(call: Callable[..., Any], *words: Any) -> None:
        came.append((call, words))
        back.set()

    deliver = posted(call_from_thread)
    for text in ("echo fine", "exit 1"):
        done = deliver(letter("command", command=(program(tmp_path, text),)))
        assert back.wait(10)
        back.clear()
        call, words = came[-1]
        call(*words)
        results: list[Any] = []
        done.addBoth(results.append)
        assert results[0] == "fine" if text == "echo fine" else results[0].check(Undelivered)
