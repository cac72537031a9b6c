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
    """A measured page. `cards` is how many cards or rows it shows; `check` raises where an answer is wrong.

    `first` names the first page of the list of which this is a far one.
    """

    name: str
    cards: int
    visits: Sequence[Visit]
    check: Callable[[Answer], None]
    at_the_end: Callable[[], None] = field(default=lambda: None)
    first: str = ""


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


def busiest() -> Any:
    """The location of the desk at which most families wait."""
    from django.db.models import Count, Q

    from kribbe.places.models import Location

    waiting = Count("preferences", filter=Q(preferences__state="waiting"))
    here = Location.objects.filter(desk__slug=DESK, active=True).values("pk").annotate(waiting=waiting)
    return Location.objects.get(pk=here.order_by("-waiting", "pk")[0]["pk"])


def manager_session() -> str:
    """Of a manager of the busiest location, made by who asks first."""
    from django.utils import timezone

    from kribbe.people.models import RoleGrant, User
    from kribbe.trust.principal import Role, Scope

    user, is_new = User.objects.get_or_create(email="manager@bench.example", defaults={"name": "Manager"})
    if is_new:
        RoleGrant.objects.create(
            user=user,
            role=Role.MANAGER,
            scope=Scope.LOCATION,
            scope_id=busiest().pk,
            granted_at=timezone.now(),
        )
    return session(user, verified=True)
