"""Who waits for a place that came free, and which of them fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import cos, hypot, radians
from operator import attrgetter

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kribbe.enrolment.models import (
    CareRequest,
    LastMinute,
    Preference,
    PreferenceState,
    RequestState,
    Vacancy,
    VacancyList,
)
from kribbe.enrolment.selectors.urgent import still_asked
from kribbe.people.models import Child
from kribbe.places.ledger_free import full_half_days
from kribbe.places.selectors.search import mask_of
from kribbe.region.models import Desk, DeskPolicy, Region
from kribbe.rules.calendar import age_in_months
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.vacancies import is_turn

NEAR_KM = 10.0
"""So far from home a location is told that the family didn't choose."""

KM_PER_DEGREE = 111.25
SHOWN_WEEKS = 8
LAST_MINUTES_SHOWN = 50
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that waits: what it still asks, from when, near where, and at which locations already."""

    request_id: int
    child: Child
    birth: date
    pattern: WeekPattern
    wanted_start: date
    price: str
    wishes: frozenset[int]
    home: tuple[float, float] | None
    weeks: int
    """Every how many weeks its desk sends the list, with all that came free in them."""


@dataclass(frozen=True, slots=True)
class Match:
    """A vacancy for a request: the half-days asked that came free, whether all did, and how far it is."""

    vacancy: Vacancy
    fits: WeekPattern
    whole: bool
    wished: bool
    km: float

    @property
    def order(self) -> tuple[bool, bool, int, float]:
        """What fits wholly comes first, then what was chosen, then the most half-days, then the nearest."""
        return not self.whole, not self.wished, -len(self.fits), self.km


def askers(region: Region, *, today: date) -> Iterator[tuple[int, list[Asking]]]:
    """Households of the region that wait and want the weekly list, with their requests."""
    policies = DeskPolicy.objects.filter(desk=OuterRef("desk"), during__contains=today)
    waiting = Preference.objects.filter(state=PreferenceState.WAITING)
    rows = (
        CareRequest.objects.filter(
            Q(switches__weekly_list=True)
            | Q(Exists(policies.filter(tell_vacancies=True)), switches__weekly_list=None),
            Exists(waiting.filter(request=OuterRef("pk"))),
            state=RequestState.OPEN,
            desk__region=region,
        )
        .annotate(list_weeks=Coalesce(Subquery(policies.values("list_weeks")[:1]), 1))
        .select_related("child", "household")
        .prefetch_related(Prefetch("preferences", waiting, to_attr="waiting"))
        .order_by("household_id", "pk")
    )
    for household_id, requests in groupby(rows.iterator(chunk_size=500), key=attrgetter("household_id")):
        asking = [_asking(request) for request in requests if is_turn(today, request.list_weeks)]
        if asking:
            yield household_id, asking


def _asking(request: CareRequest) -> Asking:
    household = request.household
    home = (
        (household.longitude, household.latitude)
        if household.longitude is not None and household.latitude is not None
        else None
    )
    wishes: list[Preference] = request.waiting  # type: ignore[attr-defined]  # prefetched
    return Asking(
        request_id=request.pk,
        child=request.child,
        birth=request.child.birth,
        pattern=still_asked(request),
        wanted_start=request.wanted_start,
        price=request.price,
        wishes=frozenset(wish.location_id for wish in wishes),
        home=home,
        weeks=request.list_weeks,  # type: ignore[attr-defined]  # annotated
    )


def matches(asking: Asking, vacancies: Sequence[Vacancy], *, today: date) -> list[Match]:
    """The vacancies that fit a request, the best first: half-days that it asks, at its age, near or chosen.

    Only those of today's list, and of the weeks before in which its desk told nothing.
    """
    news = (vacancy for vacancy in vacancies if _is_news(vacancy.list.day, asking.weeks, today))
    found = (_match(asking, vacancy, today) for vacancy in news)
    return sorted((match for match in found if match), key=lambda match: match.order)


def _is_news(day: date, weeks: int, today: date) -> bool:
    return day == today or (day > today - timedelta(weeks=weeks) and not is_turn(day, weeks))


def _match(asking: Asking, vacancy: Vacancy, today: date) -> Match | None:
    group, location = vacancy.group, vacancy.group.location
    fits = asking.pattern & WeekPattern(vacancy.pattern)
    wished = location.pk in asking.wishes
    start = max(asking.wanted_start, vacancy.month, today)
    too_late = vacancy.until is not None and start >= vacancy.until
    if fits.is_empty or too_late or vacancy.month > asking.wanted_start + timedelta(days=92):
        return None
    age = age_in_months(asking.birth, start)
    if asking.price not in {"any", group.price_kind} or not group.from_months <= age < group.to_months:
        return None
    km = distance(asking.home, (location.longitude, location.latitude))
    if not wished and (km is None or km > NEAR_KM):
        return None
    return Match(vacancy, fits, fits == asking.pattern, wished, km or 0.0)


def distance(home: tuple[float, float] | None, other: tuple[float, float]) -> float | None:
    """Kilometres between two points of longitude and latitude, as a plane; None without a home."""
    if home is None:
        return None
    east = (home[0] - other[0]) * cos(radians(home[1])) * KM_PER_DEGREE
    return hypot(east, (home[1] - other[1]) * KM_PER_DEGREE)


def lately(made: VacancyList) -> list[Vacancy]:
    """What a list tells, and before it what those of the weeks before told and is free still, whole."""
    first = made.day - timedelta(weeks=SHOWN_WEEKS)
    rows = (
        Vacancy.objects.filter(list__region=made.region_id, list__day__gt=first, list__day__lte=made.day)
        .select_related("list", "group__location__desk", "group__availability")
        .prefetch_related("group__location__municipality")
        .order_by("list__day", "pk")
    )
    return [row for row in rows if is_on_offer(row, today=made.day)]


def is_on_offer(row: Vacancy, *, today: date) -> bool:
    """Whether what came free is free still, whole, in a group that takes children, and isn't past."""
    is_past = row.until is not None and row.until <= today
    return not is_past and row.group.takes_children and _is_free(row)


def _is_free(row: Vacancy) -> bool:
    kept = row.group.availability
    month = max(row.month, kept.first_month)
    start = ((month.year - kept.first_month.year) * 12 + month.month - kept.first_month.month) * SLOTS
    return row.pattern & ~mask_of(kept.free[start : start + SLOTS] or "0") == 0


def lists_of(region: Region) -> list[VacancyList]:
    """The latest lists of the region, the newest first."""
    return list(VacancyList.objects.filter(region=region).order_by("-day")[:SHOWN_WEEKS])


def vacancies_of(made: VacancyList, desk: Desk, *, today: date) -> list[Vacancy]:
    """The places of a list that are free still, the desk's own first, then the neighbours'; by location."""
    rows: QuerySet[Vacancy] = (
        Vacancy.objects.filter(list=made)
        .select_related("group__location__municipality", "group__location__desk", "group__availability")
        .order_by("group__location__name_key", "month", "pk")
    )
    found = (row for row in rows if is_on_offer(row, today=today))
    return sorted(found, key=lambda row: row.group.location.desk_id != desk.pk)


def last_minutes(desk: Desk, *, today: date) -> list[LastMinute]:
    """Last-minute places of the desk's region that still hold, the soonest first, with the half-days free still."""
    found = LastMinute.objects.filter(
        group__location__desk__region=desk.region_id, last__gte=today, ended_at=None
    ).select_related("group__location__municipality")
    rows = [row for row in found.order_by("first", "pk") if row.group.takes_children]
    full = full_half_days([(row.group_id, max(row.first, today), row.last + DAY) for row in rows])
    for row, taken in zip(rows, full, strict=True):
        row.pattern = (WeekPattern(row.pattern) - taken).mask
    return [row for row in rows if row.pattern][:LAST_MINUTES_SHOWN]
