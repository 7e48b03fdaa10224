"""Answers that say no: problem documents (RFC 9457) with a stable `code` and a sentence.

Knows which of the house's errors a caller may read and which only the log may; nothing of routes.
"""

from __future__ import annotations

from http import HTTPStatus

from hotelbridge.errors import HotelbridgeError, NotOwner, Refusal, StoreUnavailable
from hotelbridge.services.views import Json, plain

OWN_MEMBERS = frozenset({"type", "title", "status", "code", "detail"})


class Problem(HotelbridgeError):
    """An answer that is not the one asked for: what to do is in `detail`."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **facts: object
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}
        self.facts = facts

    def document(self) -> dict[str, Json]:
        """The problem document; facts never hide its own members."""
        own: dict[str, Json] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        facts = {name: _plain(fact) for name, fact in self.facts.items() if name not in OWN_MEMBERS}
        return own | facts


def problem_of(error: Exception) -> Problem | None:
    """The answer to an error of the house; None for one that nobody expected."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, StoreUnavailable):
        sentence = "The database cannot be used now; nothing was changed. Try again in a few seconds."
        return Problem(503, "store_unavailable", sentence, headers={"Retry-After": "5"})
    if isinstance(error, NotOwner):
        sentence = "Another node answers for this property now; nothing was changed. Try again."
        return Problem(503, "not_owner", sentence, headers={"Retry-After": "1"})
    return None


def not_done(error: Refusal | Problem) -> str:
    """Why something was not done, to be told on the page it was asked on; what is not there has none."""
    if error.status == 404:
        raise error
    return str(error)


def unexpected() -> Problem:
    """The answer where our own code failed: the log has the rest."""
    return Problem(500, "internal_error", "Something went wrong inside hotelbridge; its log says what.")


def _refused(refusal: Refusal) -> Problem:
    status = refusal.status if 400 <= refusal.status < 500 else 422
    problem = Problem(status, refusal.code, refusal.sentence)
    problem.facts = refusal.facts
    return problem


def _plain(fact: object) -> Json:
    try:
        return plain(fact)
    except TypeError:
        return str(fact)
