"""A location with families on its list, and somebody of its staff who looks at it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.test import Client

from kribbe.enrolment.models import CareRequest
from kribbe.people.models import FactKind, User
from kribbe.places.models import Location
from kribbe.region.models import Desk
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.sessions import log_in
from kribbe.trust.principal import Role, Scope

PATTERNS = ("mon tue thu", "mon thu-am", "mon tue wed fri", "thu fri", "mon tue wed thu fri")
NAMES = ("Noor", "Ilyas", "Fien", "Émile", "Zofia", "Mats", "Amira", "Lou", "Jules", "Nora")
LAST_NAMES = ("Maes", "Bakkali", "De Wael", "Vos", "Kowalska", "Peeters", "El Amrani", "Smets")


def client_of(user: User) -> Client:
    """A browser in which this user logged in with a second factor."""
    client = log_in(Client(), user, second_factor=True)
    client.cookies.load({"django_language": "en"})
    return client


def manager_of(location: Location, *, now: datetime) -> User:
    """The location's manager."""
    return cast.make_user(
        f"mia@{location.slug}.example",
        role=Role.MANAGER,
        scope=Scope.LOCATION,
        scope_id=location.pk,
        now=now,
    )


def make_family(
    desk: Desk, location: Location, number: int, *, start: date, now: datetime, days_ago: int | None = None
) -> CareRequest:
    """A family on the list of the location; the number makes it the same each time."""
    then = now - timedelta(days=number if days_ago is None else days_ago)
    household = cast.make_household(
        desk, LAST_NAMES[number % 8], now=then, email=f"ouder{number}@ouders.example"
    )
    if number % 3 == 0:
        cast.make_fact(household, FactKind.WORK, since=then.date(), now=then)
    child = cast.make_child(
        household, NAMES[number % 10], born=start - timedelta(days=210 + 11 * (number % 9))
    )
    pattern = WeekPattern.from_text(PATTERNS[number % 5])
    return cast.make_request(child, [location], start=start, pattern=pattern, now=then)
