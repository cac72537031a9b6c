"""One day of a club: which children are fetched where, who is expected, and who was there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Prefetch, Q, QuerySet

from kribbe.outofschool.models import (
    Club,
    HolidayPlace,
    HolidayState,
    HolidayWeek,
    Part,
    Registration,
    RegistrationState,
    School,
    Stay,
)
from kribbe.people.models import Adult, Child
from kribbe.rules.outofschool import Charge, charged_minutes
from kribbe.rules.packs import load_pack
from kribbe.rules.school import PACK, Community, DayKind, day_kind, school_year_of

SCHOOL_DAYS = (DayKind.FULL, DayKind.HALF)
HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A child on one part of a day, with its stay once it came."""

    child: Child
    part: Part
    stay: Stay | None
    phones: tuple[str, ...]
    minutes: int
    """Charged so far: 0 until the child has left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Children of one school on one part of the day; a holiday has no school. `at` is when they are fetched."""

    part: Part
    school: School | None
    at: time | None
    how: str
    children: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class SchoolDay:
    """What this day is at one of the club's schools."""

    school: School
    kind: DayKind


@dataclass(frozen=True, slots=True)
class ClubDay:
    """A whole day: its stops in the order of the clock, and what it is at each school."""

    stops: tuple[Stop, ...]
    schools: tuple[SchoolDay, ...]
    weeks: tuple[HolidayWeek, ...]


def day_of(club: Club, day: date, charge: Charge) -> ClubDay:
    """Everybody who is expected on a day. A fixed number of queries."""
    pickups = list(club.pickups.select_related("school").order_by("school__name"))
    schools = tuple(SchoolDay(each.school, kind_at(each.school, day)) for each in pickups)
    kinds = {each.school.pk: each.kind for each in schools}
    stays = {(each.child_id, each.part): each for each in Stay.objects.filter(club=club, day=day)}
    at_school = [each for each in _registered(club, day) if kinds.get(each.school_id) in SCHOOL_DAYS]
    weeks = tuple(club.holiday_weeks.filter(first__lte=day, last__gte=day).order_by("first"))
    stops = []
    for pickup in pickups:
        own = [each for each in at_school if each.school_id == pickup.school_id]
        for part in (Part.BEFORE, Part.AFTER):
            slot = 2 * day.weekday() + (part is Part.AFTER)
            children = (each.child for each in own if each.pattern >> slot & 1)
            found = tuple(_expected(child, part, stays, charge) for child in _by_name(children))
            if found:
                stops.append(
                    Stop(
                        part=part,
                        school=pickup.school,
                        at=meeting(pickup.school, part, kinds[pickup.school_id]),
                        how=pickup.how,
                        children=found,
                    )
                )
    whole = _by_name(each.child for each in _on_holiday(weeks, day, stays))
    if whole:
        found = tuple(_expected(child, Part.HOLIDAY, stays, charge) for child in whole)
        stops.append(Stop(part=Part.HOLIDAY, school=None, at=club.opens_at, how="", children=found))
    order = list(Part)
    stops.sort(key=lambda each: (order.index(each.part), each.at or time.min))
    return ClubDay(tuple(stops), schools, weeks)


def kind_at(school: School, day: date) -> DayKind:
    """What a day is at this school."""
    return day_kind(load_pack(PACK), Community(school.community), day)


def meeting(school: School, part: Part, kind: DayKind) -> time:
    """When the children are brought to school, or fetched there."""
    if part is Part.BEFORE:
        return school.begins_at
    return school.wednesday_ends_at if kind is DayKind.HALF else school.ends_at


def is_expected(club: Club, child_id: int, day: date, part: Part) -> bool:
    """Whether this child may be noted then: it holds the moment and has school, has a place in the week, or came."""
    if Stay.objects.filter(club=club, child=child_id, day=day, part=part).exists():
        return True
    if part is Part.HOLIDAY:
        weeks = HolidayPlace.objects.filter(
            week__club=club, week__first__lte=day, week__last__gte=day, child=child_id
        )
        return weeks.filter(_had(day)).exists()
    slot = 2 * day.weekday() + (part is Part.AFTER)
    return any(
        each.pattern >> slot & 1 and kind_at(each.school, day) in SCHOOL_DAYS
        for each in _registered(club, day).filter(child=child_id)
    )


def charged(stay: Stay, charge: Charge) -> int:
    """The minutes charged for a stay; 0 while the child is there."""
    if stay.left_at is None:
        return 0
    came, left = (datetime.combine(stay.day, each) for each in (stay.came_at, stay.left_at))
    return charged_minutes(int((left - came).total_seconds()) // HOUR, charge)


def _registered(club: Club, day: date) -> QuerySet[Registration]:
    """Places granted that have begun, and stopped ones until their last day."""
    return (
        Registration.objects.filter(
            Q(state=RegistrationState.GRANTED) | Q(last__gte=day),
            year__club=club,
            year__year=school_year_of(day),
            first__lte=day,
        )
        .select_related("child__household", "school")
        .prefetch_related(_phones("child__household__adults"))
    )


def _had(day: date) -> Q:
    """Holiday places that were had on this day: a place given up counts until the day before that."""
    return Q(state=HolidayState.TAKEN) | Q(given_up_on__gt=day)


def _on_holiday(
    weeks: Iterable[HolidayWeek], day: date, stays: Iterable[tuple[int, str]]
) -> list[HolidayPlace]:
    came = [child_id for child_id, part in stays if part == Part.HOLIDAY]
    rows = HolidayPlace.objects.filter(_had(day) | Q(child__in=came), week__in=[each.pk for each in weeks])
    return list(rows.select_related("child__household").prefetch_related(_phones("child__household__adults")))


def _phones(path: str) -> Prefetch[str]:
    return Prefetch(path, queryset=Adult.objects.order_by("-is_applicant", "pk"))


def _by_name(children: Iterable[Child]) -> list[Child]:
    """Each once: who stopped and asked again on one day is in two requests."""
    once = {child.pk: child for child in children}
    return sorted(once.values(), key=lambda child: (child.first_name, child.last_name, child.pk))


def _expected(child: Child, part: Part, stays: dict[tuple[int, str], Stay], charge: Charge) -> Expected:
    stay = stays.get((child.pk, part))
    return Expected(
        child=child,
        part=part,
        stay=stay,
        phones=tuple(each.phone for each in child.household.adults.all() if each.phone),
        minutes=charged(stay, charge) if stay else 0,
    )
