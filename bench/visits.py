"""A page to measure, and the requests that visit it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.server import CSRF, Answer

DESK = "leuven"
DAYS = 0b0011001111
"""Monday, Tuesday and Thursday, the busiest days."""


class WrongAnswerError(Exception):
    """A page returned something else than it should: its time means nothing."""


def expect(right: object, otherwise: str) -> None:
    """Raises WrongAnswerError unless `right`."""
    if not right:
        raise WrongAnswerError(otherwise)


@dataclass(frozen=True)
class Visit:
    """One request: a form is posted, anything else is got."""

    address: str
    session: str = ""
    form: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Page:
    """A measured page. `cards` is how many cards or rows it shows; `check` raises where an answer is wrong."""

    name: str
    cards: int
    visits: Sequence[Visit]
    check: Callable[[Answer], None]
    at_the_end: Callable[[], None] = field(default=lambda: None)


def session(user: Any, *, verified: bool = False) -> str:
    """The key of a session in which this user has logged in."""
    from django.conf import settings
    from django.test import Client

    from kribbe.testing.sessions import log_in

    client = log_in(Client(), user, second_factor=verified)
    store = client.session
    store["desk"] = DESK
    store.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def cookies(visit: Visit) -> dict[str, str]:
    """What a visitor's browser would send."""
    return {"csrftoken": CSRF, **({"sessionid": visit.session} if visit.session else {})}
