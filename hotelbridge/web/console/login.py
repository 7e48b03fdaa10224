"""Who are you? The login, and the way out."""

from __future__ import annotations

from urllib.parse import unquote

from hotelbridge.errors import Refusal
from hotelbridge.services.userwindow import UserDesk
from hotelbridge.web.console import security
from hotelbridge.web.console.languages import LANGUAGES, tongue
from hotelbridge.web.console.rendering import html, see
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import HOME, Page, Visit
from hotelbridge.web.routing import READERS, Answer


class LoginPages:
    """The pages that need no login, and those about one's own."""

    def __init__(self, users: UserDesk, shell: Shell) -> None:
        self._users = users
        self._shell = shell

    async def ask(self, visit: Visit) -> Answer:
        """Name and password. Whoever sent a form after his login had ended is told that nothing was done."""
        said = ""
        if visit.query.get("undone"):
            spoken = tongue(visit.language)
            said = spoken.gettext("Your login had ended. Nothing was done: log in, and do it again.")
        return html(visit, "login.html", name="", said=said, to=_way_back(visit.query.get("to", "")))

    async def enter(self, visit: Visit) -> Answer:
        """Let in whoever knows the password; a wrong one is told on the same page."""
        name, to = visit.form.get("name", "").strip(), _way_back(visit.form.get("to", ""))
        try:
            token = await self._users.log_in(name, visit.form.get("password", ""), visit.address)
        except Refusal as refusal:
            said = tongue(visit.language).said(refusal.sentence)
            return html(visit, "login.html", refusal.status, name=name, said=said, to=to)
        return see(to or "/", {"Set-Cookie": security.session_cookie(token, secure=visit.secure)})

    async def leave(self, visit: Visit) -> Answer:
        """End this session."""
        await self._users.log_out(visit.token, visit.address)
        return see(f"{HOME}/login", {"Set-Cookie": security.session_cookie("", secure=visit.secure)})

    async def speak(self, visit: Visit) -> Answer:
        """Another language, on this page or for this person."""
        wanted = visit.form.get("language", "")
        if wanted not in LANGUAGES:
            wanted = visit.language
        if visit.visitor is not None:
            await self._users.set_language(visit.token, wanted)
        back = _way_back(visit.form.get("to", "")) or "/"
        return see(back, {"Set-Cookie": security.language_cookie(wanted, secure=visit.secure)})

    async def own(self, visit: Visit) -> Answer:
        """One's own password and language."""
        return await self._shell.page(visit, "own.html", refused="", done="")

    async def change_password(self, visit: Visit) -> Answer:
        """The old one once, the new one twice."""
        old, new = visit.form.get("old", ""), visit.form.get("new", "")
        spoken = tongue(visit.language)
        if new != visit.form.get("again", ""):
            said = spoken.gettext("The new password was typed differently the second time.")
            return await self._shell.page(visit, "own.html", 422, refused=said, done="")
        try:
            await self._users.change_password(visit.token, old, new, visit.address)
        except Refusal as refusal:
            said = spoken.said(refusal.sentence)
            return await self._shell.page(visit, "own.html", refusal.status, refused=said, done="")
        done = spoken.gettext("The password was changed.")
        return await self._shell.page(visit, "own.html", refused="", done=done)

    def pages(self) -> list[Page]:
        """Their addresses."""
        own = f"{HOME}/{{p}}/me"
        return [
            Page("GET", f"{HOME}/login", self.ask, None),
            Page("POST", f"{HOME}/login", self.enter, None),
            Page("POST", f"{HOME}/language", self.speak, None),
            Page("POST", f"{HOME}/{{p}}/language", self.speak, READERS),
            Page("POST", f"{HOME}/logout", self.leave, READERS),
            Page("GET", own, self.own, READERS),
            Page("POST", own, self.change_password, READERS),
        ]


def _way_back(to: str) -> str:
    """An address of ours, and of no other site; empty where it is none."""
    clean = unquote(to)
    ours = clean.startswith(f"{HOME}/") and "//" not in clean and "\\" not in clean
    return to if ours and clean.isprintable() and not clean.startswith(f"{HOME}/login") else ""
