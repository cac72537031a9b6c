"""A location whose Mondays are short: three families stand ahead of Noor Maes, and a Monday comes free later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kribbe.enrolment.models import CareRequest
from kribbe.people.models import FactKind
from kribbe.places.models import Group, Location
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast

MONDAYS = WeekPattern.from_text("mon")
ASKED = WeekPattern.from_text("mon tue")
PARENT = "an@ouders.example"


@dataclass
class Scene:
    """De Notelaar has three places, one of them taken on Mondays for four months more from `start`."""

    now: datetime
    desk: Desk
    notelaar: Location
    group: Group
    pluk: Location
    start: date
    ahead: list[CareRequest]
    noor: CareRequest


def family(
    desk: Desk,
    name: str,
    locations: list[Location],
    *,
    start: date,
    now: datetime,
    pattern: WeekPattern = ASKED,
    days_ago: int = 0,
    works: bool = False,
    email: str = "",
) -> CareRequest:
    """An open request, registered some days ago, of a child of six months on its first day."""
    then = now - timedelta(days=days_ago)
    household = cast.make_household(desk, name, now=then, email=email, longitude=4.70, latitude=50.88)
    if works:
        cast.make_fact(household, FactKind.WORK, since=then.date(), now=then)
    child = cast.make_child(
        household, "Noor" if name == "Maes" else f"Kind {name}", born=add_months(start, -6)
    )
    latest = add_months(start, 1)
    return cast.make_request(child, locations, start=start, pattern=pattern, now=then, latest=latest)


def fourth(*, now: datetime) -> Scene:
    """Noor is fourth at De Notelaar, and asks Monday and Tuesday; Pluk, next door, has a free group."""
    desk = cast.make_desk()
    notelaar = cast.make_location(desk, "De Notelaar")
    pluk = cast.make_location(desk, "Pluk", longitude=4.71)
    group = cast.make_group(notelaar, 3, now=now)
    cast.make_group(pluk, 5, now=now)
    start = add_months(first_of_month(now.date()), 2)
    sitter = cast.make_child(cast.make_household(desk, "Claes", now=now), "Lou", born=add_months(start, -20))
    cast.make_placement(
        sitter,
        group,
        start=now.date() + timedelta(days=7),
        end=add_months(start, 4),
        pattern=MONDAYS,
        now=now,
    )
    ahead = [
        family(
            desk, name, [notelaar], start=start, now=now, pattern=MONDAYS, days_ago=30 - number, works=True
        )
        for number, name in enumerate(("Vos", "Peeters", "Smets"))
    ]
    noor = family(desk, "Maes", [notelaar], start=start, now=now, days_ago=90, email=PARENT)
    return Scene(now, desk, notelaar, group, pluk, start, ahead, noor)
