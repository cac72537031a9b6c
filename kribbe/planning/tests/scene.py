"""De Notelaar with a group of three places: Noor comes on Mondays and Tuesdays, Lou on Mondays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kribbe.enrolment.models import Placement
from kribbe.people.models import User
from kribbe.places.models import Group, Location
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months, monday_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import Principal, Role, Scope

PARENT = "an@ouders.example"
FULL_MONDAY_TUESDAY = WeekPattern.from_text("mon tue")
MONDAY = WeekPattern.from_text("mon")


@dataclass
class Scene:
    """`start` is a Monday about six weeks away, the first day of both."""

    now: datetime
    desk: Desk
    location: Location
    group: Group
    start: date
    noor: Placement
    lou: Placement

    @property
    def manager(self) -> Principal:
        return cast.acting(Role.MANAGER, Scope.LOCATION, self.location.pk)

    @property
    def parent(self) -> Principal:
        return cast.acting(Role.PARENT, Scope.HOUSEHOLD, self.noor.child.household_id, user_id=2_000_000)

    def parent_user(self) -> User:
        return cast.make_user(
            PARENT,
            role=Role.PARENT,
            scope=Scope.HOUSEHOLD,
            scope_id=self.noor.child.household_id,
            now=self.now,
        )


def notelaar(*, now: datetime, places: int = 3, start: date | None = None, **fields) -> Scene:
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar", **fields)
    group = cast.make_group(location, places, now=now)
    start = start or monday_of(now.date()) + timedelta(weeks=6)
    return Scene(
        now,
        desk,
        location,
        group,
        start,
        place(desk, group, "Maes", "Noor", FULL_MONDAY_TUESDAY, start, now, email=PARENT),
        place(desk, group, "Claes", "Lou", MONDAY, start, now),
    )


def place(
    desk: Desk,
    group: Group,
    last_name: str,
    first_name: str,
    pattern: WeekPattern,
    start: date,
    now: datetime,
    *,
    email: str = "",
) -> Placement:
    """A certain place of two years for a child of eight months."""
    household = cast.make_household(desk, last_name, now=now, email=email)
    child = cast.make_child(household, first_name, born=add_months(start, -8))
    return cast.make_placement(child, group, start=start, end=add_months(start, 24), pattern=pattern, now=now)
