"""What keeps strangers and strange pages out of the console: cookies, the form's token, the headers.

The session's cookie is never sent along from other sites (SameSite=Strict) and no script reads it. A form
carries a token that only a page of this session can know, since old browsers do not know SameSite.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

SESSION = "hb_session"
LANGUAGE = "hb_language"
YEAR = 365 * 86400  # seconds
LONGEST_SESSION = 30 * 86400

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def form_token(session: str) -> str:
    """What every form of this session carries; nothing can be learnt from it about the session."""
    return hmac.new(session.encode(), b"hotelbridge form", hashlib.sha256).hexdigest()


def is_our_form(session: str, given: str) -> bool:
    """Whether a form came from a page of this session."""
    return hmac.compare_digest(form_token(session).encode(), given.encode("utf-8", "replace"))


def is_from_elsewhere(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that another site sent this; old ones say nothing."""
    site = headers.get("sec-fetch-site", "")
    if site:
        return site not in ("same-origin", "none")
    origin, host = headers.get("origin", ""), headers.get("host", "")
    return bool(origin) and urlsplit(origin).netloc != host


def cookies(header: str) -> dict[str, str]:
    """The cookies of a request, as far as they are ours to write."""
    pairs = (part.strip().partition("=") for part in header[:4096].split(";"))
    return {name: value for name, _, value in pairs if re.fullmatch("[!-~]{1,200}", value)}


def session_cookie(token: str, *, secure: bool) -> str:
    """The Set-Cookie of a session; an empty token takes it away."""
    age = LONGEST_SESSION if token else 0
    return _cookie(SESSION, token, age, secure)


def language_cookie(language: str, *, secure: bool) -> str:
    """The Set-Cookie of the language this browser's people read."""
    return _cookie(LANGUAGE, language, YEAR, secure)


def _cookie(name: str, value: str, age: int, secure: bool) -> str:
    tail = "; Secure" if secure else ""
    return f"{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{tail}"
