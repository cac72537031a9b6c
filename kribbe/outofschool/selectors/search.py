"""Clubs by school or by address, with the moments that are free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localtime

from kribbe.outofschool.models import Club, ClubYear, HolidayWeek, School
from kribbe.outofschool.selectors.prices import with_prices
from kribbe.region.models import Desk
from kribbe.rules.distance import kilometres
from kribbe.rules.outofschool import MOMENTS, fits, free_numbers
from kribbe.rules.school import school_year_of

Point = tuple[float, float]
FURTHEST_KM = 15.0
JULY = 7
MOST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A club that was found: free places by moment in the school year, and how far it is."""

    club: Club
    year: ClubYear | None
    free: tuple[int, ...]
    schools: tuple[str, ...]
    km: float | None
    is_free: bool
    """Whether everything asked is free now and nobody waits for the year."""
    waiting: int
    weeks: tuple[HolidayWeek, ...]

    @property
    def free_mask(self) -> int:
        """The moments with a place free, as a pattern."""
        return sum(1 << slot for slot, number in enumerate(self.free) if number)


def schools_of(desk: Desk) -> QuerySet[School]:
    """The schools of the desk's region that some club fetches from."""
    return (
        School.objects.filter(active=True, municipality__region=desk.region_id, pickups__isnull=False)
        .distinct()
        .order_by("name_key", "pk")
    )


def find(
    desk: Desk, *, school: School | None, point: Point | None, pattern: int, year: int, now: datetime
) -> list[Found]:
    """Clubs of the region, those where everything asked is free first, then the nearest. Four queries."""
    region = Club.objects.filter(active=True, desk__region=desk.region_id).select_related("desk")
    clubs = with_prices(region, localtime(now).date())
    if school is not None:
        clubs = clubs.filter(pickups__school=school)
        point = point or (school.longitude, school.latitude)
    elif point is None:
        clubs = clubs.filter(desk=desk)
    rows = _found(list(clubs.order_by("name_key", "pk")), pattern, year, point, now)
    near = [each for each in rows if each.km is None or each.km <= FURTHEST_KM]
    near.sort(key=lambda each: (not each.is_free, each.km or 0.0, each.club.name_key))
    return near[:MOST]


def one(club: Club, *, year: int, now: datetime) -> Found:
    """A club by itself."""
    return _found([club], 0, year, None, now)[0]


def many(clubs: Sequence[Club], *, year: int, now: datetime) -> list[Found]:
    """These clubs, in their order; three queries."""
    return _found(clubs, 0, year, None, now)


def current_year(today: date) -> int:
    """The school year for which families ask: from July on the next one."""
    return today.year if today.month >= JULY else school_year_of(today)


def _found(clubs: Sequence[Club], pattern: int, year: int, point: Point | None, now: datetime) -> list[Found]:
    years = {
        each.club_id: each
        for each in ClubYear.objects.filter(club__in=clubs, year=year).annotate(
            waiting=Count("registrations", filter=Q(registrations__state="waiting"))
        )
    }
    names: dict[int, list[str]] = {}
    rows = School.objects.filter(pickups__club__in=clubs, active=True).order_by("name_key")
    for club_id, name in rows.values_list("pickups__club_id", "name"):
        names.setdefault(club_id, []).append(name)
    weeks: dict[int, list[HolidayWeek]] = {}
    for week in HolidayWeek.objects.filter(club__in=clubs, closes_at__gt=now).order_by("first"):
        weeks.setdefault(week.club_id, []).append(week)
    return [_one(club, years.get(club.pk), names, weeks, pattern, point) for club in clubs]


def _one(
    club: Club,
    year: ClubYear | None,
    names: dict[int, list[str]],
    weeks: dict[int, list[HolidayWeek]],
    pattern: int,
    point: Point | None,
) -> Found:
    free = free_numbers(year.places, year.taken) if year else (0,) * MOMENTS
    waiting = int(getattr(year, "waiting", 0))
    return Found(
        club=club,
        year=year,
        free=free,
        schools=tuple(names.get(club.pk, ())),
        km=kilometres(point, (club.longitude, club.latitude)) if point else None,
        is_free=any(free) and fits(pattern, free),
        waiting=waiting,
        weeks=tuple(weeks.get(club.pk, ())),
    )
