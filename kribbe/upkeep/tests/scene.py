"""A family that registered one child twice, at one desk or at two."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from kribbe.enrolment.models import CareRequest
from kribbe.people.models import Adult, Child, Household, User
from kribbe.people.services import rebuild_keys
from kribbe.places.models import Location
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.sessions import log_in
from kribbe.trust.principal import Role, Scope
from kribbe.trust.text import sort_key
from kribbe.upkeep.models import Pair
from kribbe.upkeep.services.find_pairs import find_all

WEEK = WeekPattern.from_text("mon tue thu")
BORN_AGO = timedelta(days=120)


@dataclass
class Twice:
    """Noor Maes at Lindedaal, by her mother, and again by her father: `second` is the later one."""

    now: datetime
    desk: Desk
    other: Desk
    locations: list[Location]
    first: CareRequest
    second: CareRequest

    @property
    def pair(self) -> Pair:
        return Pair.objects.get()


def born() -> date:
    """The birth of the child in every scene."""
    return timezone.localdate() - BORN_AGO


def after(now: datetime, years: int, days: int = 0) -> datetime:
    """So many years and days after now, at the same hour."""
    today = timezone.localdate(now)
    return now + (add_months(today, 12 * years) - today) + timedelta(days=days)


def register(
    desk: Desk,
    locations: list[Location],
    *,
    now: datetime,
    first_name: str = "Noor",
    last_name: str = "Maes",
    email: str = "",
    days_ago: int = 10,
    home: str = "Dorpsstraat 5",
    **child: Any,
) -> CareRequest:
    """A household with one child and an open request, some days ago."""
    then = now - timedelta(days=days_ago)
    household = cast.make_household(desk, last_name, now=then, email=email, street=home)
    made = cast.make_child(household, first_name, **{"born": born(), **child})
    start = timezone.localdate() + timedelta(days=60)
    return cast.make_request(made, locations, start=start, pattern=WEEK, now=then)


def twice(*, across: bool = False, strangers: bool = False) -> Twice:
    """Two registrations of one child, found as a pair; unless they are strangers the later names both parents."""
    now = timezone.now()
    desk, other = cast.make_desk(), cast.make_desk("overzijde", nis="99002")
    locations = [cast.make_location(desk, name) for name in ("De Notelaar", "Het Nest", "Pluk")]
    for location in locations:
        cast.make_group(location, 9, now=now)
    first = register(desk, locations[:2], now=now, email="an@ouders.example", days_ago=90)
    second = register(
        other if across else desk,
        locations[1:],
        now=now,
        email="jo@ouders.example",
        days_ago=30,
        home="Molenweg 9",
    )
    applicant = second.household.adults.get()
    applicant.first_name, applicant.name_key = "Jo", sort_key("Maes", "Jo")
    applicant.save()
    if not strangers:
        name_too(second.household, "An")
    for request, email in ((first, "an@ouders.example"), (second, "jo@ouders.example")):
        cast.make_user(email, role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=request.household_id, now=now)
    assert find_all(now=now) == 1
    rebuild_keys()
    return Twice(now, desk, other, locations, first, second)


def name_too(household: Household, first_name: str) -> Adult:
    """A second adult of the household, without contacts of its own."""
    return Adult.objects.create(
        household=household, first_name=first_name, last_name="Maes", name_key=sort_key("Maes", first_name)
    )


def another_child(household: Household, name: str, **born: Any) -> Child:
    """A brother or sister."""
    return cast.make_child(household, name, **born)


def family_client(user: User) -> Client:
    """Logged in, and reading English."""
    client = log_in(Client(), user, second_factor=False)
    client.cookies.load({"django_language": "en"})
    return client
