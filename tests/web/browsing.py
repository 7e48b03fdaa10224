"""A person at a browser: keeps cookies, follows the way a page shows, sends the fields a form has."""

from __future__ import annotations

from urllib.parse import urlencode

from lxml import html

from .fake_users import PASSWORD
from .far_end import House, Reply, read_reply

HEADERS = {"Sec-Fetch-Site": "same-origin"}


class Browser:
    """One browser."""

    def __init__(self, house: House, language: str = "en") -> None:
        self.house = house
        self.cookies: dict[str, str] = {}
        self.language = language
        self.last = Reply(0, {}, b"")

    def get(self, path: str, **headers: str) -> Reply:
        """Ask for a page."""
        return self._asked("GET", path, b"", headers)

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Reply:
        """Send fields alone, whatever the page shown last has."""
        body = urlencode(fields or {}).encode()
        head = {"Content-Type": "application/x-www-form-urlencoded", **HEADERS, **headers}
        return self._asked("POST", path, body, head)

    def send(self, action: str, **fields: str) -> Reply:
        """Fill in the form of the page shown last that goes to this address, and send it."""
        return self.post(action, {**self.fields(action), **fields})

    def fields(self, action: str) -> dict[str, str]:
        """What a form of the page shown last would send as it stands."""
        found = [form for form in self.page.forms if form.get("action") == action]
        assert found, f"no form goes to {action}: {[form.get('action') for form in self.page.forms]}"
        return {name: value for name, value in found[0].form_values()}

    def log_in(self, name: str = "ana") -> Browser:
        """Enter, as somebody of `fake_users`."""
        self.get("/desk/login")
        assert self.send("/desk/login", name=name, password=PASSWORD).status == 303
        return self

    @property
    def page(self) -> html.HtmlElement:
        """The page shown last."""
        return html.fromstring(self.last.body.decode())

    @property
    def text(self) -> str:
        """What is read on it, blanks evened out."""
        shown = self.page
        for unseen in shown.xpath("//script | //style | //*[@hidden]"):
            unseen.drop_tree()
        return " ".join(shown.text_content().split())

    def _asked(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        head = {
            "Accept-Language": self.language,
            **{name.replace("_", "-"): to for name, to in headers.items()},
        }
        if self.cookies:
            head["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        wire = self.house.send(method, path, body, head)
        self.last = read_reply(wire.received(), method)
        if set_cookie := self.last.headers.get("set-cookie"):
            name, _, value = set_cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return self.last
