"""The ways out of the house: run a command, post to a hook, hand over a mail. It blocks: for threads.

Nothing here decides what is said or when. Each way has a hard time limit, verifies certificates
where it encrypts, and tells in a sentence why something did not go.
"""

from __future__ import annotations

import http.client
import os
import signal
import smtplib
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from twisted.internet.defer import Deferred

from hotelbridge.errors import HotelbridgeError
from hotelbridge.settings_alarms import Channels, MailSettings

LIMIT = 30.0  # seconds for the whole of it
KEPT = 500  # characters of what the far end said


class Undelivered(HotelbridgeError):
    """It did not go, or nobody knows whether it went; the message says why."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent, ready for any of the channels."""

    name: str  # its own for ever: whoever gets it twice can tell
    way: str  # command, hook, mail
    channels: Channels
    title: str  # one line
    text: str  # for people
    facts: str  # for programs: a JSON object
    page: bool  # a command gets the text, to be printed, not the facts
    at: datetime  # made


Deliver = Callable[[Letter], "Deferred[str]"]


def send(letter: Letter, limit: float = LIMIT) -> str:
    """Send it; what the far end said. Raises Undelivered."""
    try:
        return _WAYS[letter.way](letter, limit)
    except Undelivered:
        raise
    except ssl.SSLCertVerificationError as error:
        raise Undelivered(f"the certificate is not good: {error.verify_message}") from error
    except smtplib.SMTPException as error:  # also an OSError, but one that speaks for itself
        raise Undelivered(_short(str(error) or type(error).__name__)) from error
    except OSError as error:
        raise Undelivered(_short(error.strerror or str(error) or type(error).__name__)) from error
    except (http.client.HTTPException, ValueError) as error:
        raise Undelivered(_short(str(error) or type(error).__name__)) from error


def posted(call_from_thread: Callable[..., Any]) -> Deliver:
    """Sends each letter on a thread of its own; `call_from_thread` brings the end back to the reactor."""

    def deliver(letter: Letter) -> Deferred[str]:
        done: Deferred[str] = Deferred()

        def tell(result: str | BaseException) -> None:
            if not done.called and isinstance(result, BaseException):
                done.errback(result)
            elif not done.called and isinstance(result, str):
                done.callback(result)

        def work() -> None:
            result: str | BaseException
            try:
                result = send(letter)
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever asked
                result = error
            call_from_thread(tell, result)

        threading.Thread(target=work, name=f"letter {letter.way}", daemon=True).start()
        return done

    return deliver


def _short(text: str) -> str:
    """What somebody else said, in one line that can be shown."""
    words = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return words if len(words) <= KEPT else words[: KEPT - 3] + "..."


@contextmanager
def _within(limit: float, hang_up: Callable[[], object]) -> Iterator[None]:
    """Ends a talk that lasts too long, however busily it drips."""
    timer = threading.Timer(limit, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


# --- a command ---


def _command(letter: Letter, limit: float) -> str:
    """Run it without a shell, with an empty environment; the letter is its input."""
    program = letter.channels.command[0]
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as given:
        given.write((letter.text if letter.page else letter.facts).encode())
        given.seek(0)
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
        process = subprocess.Popen(
            letter.channels.command,
            stdin=given,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment,
            start_new_session=True,
        )
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise Undelivered(f"{program} did not end within {limit:g} s and was killed") from None
        said.seek(0)
        words = _short(said.read(4 * KEPT).decode("utf-8", "replace"))
    if code != 0:
        raise Undelivered(f"{program} ended with code {code}" + (f": {words}" if words else ""))
    return words


# --- an HTTP hook ---


def _hook(letter: Letter, limit: float) -> str:
    """Post the facts; any answer from 200 to 299 is good, a redirection is not followed."""
    parts = urlsplit(letter.channels.hook)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, limit)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "hotelbridge",
        "Idempotency-Key": letter.name,
    }
    try:
        connection.connect()
        line = connection.sock  # the connection lets go of it once the answer's head has come
        with _within(limit, lambda: _shut(line)):
            connection.request("POST", target, letter.facts.encode(), headers | {"Connection": "close"})
            response = connection.getresponse()
            words = _short(response.read(4 * KEPT).decode("utf-8", "replace"))
    finally:
        connection.close()
    if not 200 <= response.status < 300:
        said = f": {words}" if words else ""
        raise Undelivered(f"{parts.hostname} answered {response.status} {response.reason}{said}")
    return f"{response.status} {words}".strip()


def _connection(scheme: str, host: str, port: int | None, limit: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=limit, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=limit)


def _shut(line: Any) -> None:
    with suppress(OSError, AttributeError):
        line.shutdown(2)


# --- mail ---


def _mail(letter: Letter, limit: float) -> str:
    """Hand it to the mail server; refused receivers are named."""
    mail = letter.channels.mail
    with smtplib.SMTP(mail.host, mail.port, mail.helo or None, timeout=limit) as server:
        with _within(limit, lambda: _shut(server.sock)):
            if mail.starttls:
                server.starttls(context=ssl.create_default_context())
            if mail.user:
                server.login(mail.user, _password(mail))
            refused = server.send_message(_message(letter))
    if refused:
        return f"taken by {mail.host}, but not for {', '.join(sorted(refused))}"
    return f"taken by {mail.host}"


def _password(mail: MailSettings) -> str:
    return Path(mail.password_file).read_text("utf-8").strip() if mail.password_file else mail.password


def _message(letter: Letter) -> EmailMessage:
    mail = letter.channels.mail
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.to)
    message["Subject"] = " ".join(letter.title.split())
    message["Date"] = format_datetime(letter.at)
    local = "".join(char if char.isalnum() else "." for char in letter.name)
    message["Message-ID"] = f"<{local}@{mail.helo or mail.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


_WAYS: dict[str, Callable[[Letter, float], str]] = {"command": _command, "hook": _hook, "mail": _mail}
