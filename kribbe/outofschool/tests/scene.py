"""De Speelvogel fetches from De Linde; four families, on a Monday in October 2026."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from kribbe.outofschool.models import Club, ClubTariff, ClubYear, HolidayWeek, Pickup, School
from kribbe.people.models import Child, Household, User
from kribbe.region.models import Desk
from kribbe.rules.outofschool import MOMENTS
from kribbe.testing import cast
from kribbe.trust.principal import Principal, Role, Scope

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 10, 5, 9, tzinfo=BRUSSELS)
MONDAY_AFTER, WEDNESDAY = 1 << 1, 1 << 5
DAY = timedelta(days=1)


@dataclass
class Scene:
    """`places` of every moment of the year 2026; the children are seven years old."""

    now: datetime
    desk: Desk
    club: Club
    school: School
    year: ClubYear
    children: list[Child] = field(default_factory=list)

    @property
    def organiser(self) -> Principal:
        return cast.acting(Role.ORGANISER, Scope.ORGANISER, self.club.organiser_id)

    def parent(self, number: int = 0) -> Principal:
        return cast.acting(Role.PARENT, Scope.HOUSEHOLD, self.children[number].household_id, user_id=2)

    def parent_user(self, number: int = 0) -> User:
        household = self.children[number].household
        return cast.make_user(
            f"ouder{number}@ouders.example",
            role=Role.PARENT,
            scope=Scope.HOUSEHOLD,
            scope_id=household.pk,
            now=self.now,
        )

    def organiser_user(self) -> User:
        return cast.make_user(
            "bas@speelvogel.example",
            role=Role.ORGANISER,
            scope=Scope.ORGANISER,
            scope_id=self.club.organiser_id,
            now=self.now,
        )


def speelvogel(*, now: datetime = NOW, places: int = 2, families: int = 4, desk: Desk | None = None) -> Scene:
    desk = desk or cast.make_desk()
    organiser = cast.make_location(desk, "Kinderhuis").organiser
    school = make_school(desk, "De Linde")
    club = Club.objects.create(
        desk=desk,
        organiser=organiser,
        name="De Speelvogel",
        name_key="despeelvogel",
        slug=f"{desk.slug}-de-speelvogel",
        street="Schoolstraat 3",
        postcode="3999",
        city=desk.name,
        longitude=4.71,
        latitude=50.88,
        opens_at=time(7),
        closes_at=time(18),
    )
    make_tariff(club)
    Pickup.objects.create(club=club, school=school, how="te voet")
    year = ClubYear.objects.create(
        club=club, year=now.year if now.month >= 9 else now.year - 1,
        places=[places] * MOMENTS, taken=[0] * MOMENTS,
    )  # fmt: skip
    scene = Scene(now, desk, club, school, year)
    scene.children = [make_pupil(desk, number, now=now) for number in range(families)]
    return scene


def make_tariff(club: Club, from_day: date = date(2020, 1, 1), **fields) -> ClubTariff:
    """An hour at 3.20, a day at 14.00."""
    prices = {"hour_price": Decimal("3.20"), "day_price": Decimal(14)}
    return ClubTariff.objects.create(club=club, from_day=from_day, **(prices | fields))


def make_school(desk: Desk, name: str, **fields) -> School:
    values = {
        "municipality": desk.municipality,
        "name_key": name.lower().replace(" ", ""),
        "street": "Schoolstraat 1",
        "postcode": "3999",
        "city": desk.name,
        "longitude": 4.70,
        "latitude": 50.88,
        "begins_at": time(8, 30),
        "ends_at": time(15, 30),
        "wednesday_ends_at": time(11, 50),
    }
    return School.objects.create(name=name, **(values | fields))


def make_pupil(desk: Desk, number: int, *, now: datetime, **fields) -> Child:
    household: Household = cast.make_household(
        desk, f"Familie{number}", now=now, email=f"ouder{number}@ouders.example", **fields
    )
    return cast.make_child(household, f"Kind{number}", born=date(now.year - 7, 1, 5))


def make_week(club: Club, *, opens_at: datetime, places: int = 2, **fields) -> HolidayWeek:
    """A week in spring for which registration opens at a minute."""
    first = fields.pop("first", opens_at.date() + 60 * DAY)
    values = {
        "name": "Paasvakantie, week 1",
        "last": first + 4 * DAY,
        "closes_at": datetime.combine(first, time(0), BRUSSELS),
        "per_household": 2,
    }
    return HolidayWeek.objects.create(
        club=club, first=first, opens_at=opens_at, places=places, **(values | fields)
    )
