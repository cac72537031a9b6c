"""Locations to choose from for a request: by name, or the nearest, with what is free of the days asked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, FloatField, Func, Q, QuerySet, Value

from kribbe.enrolment.models import Price
from kribbe.places.finding import close_matches
from kribbe.places.ledger_free import availability
from kribbe.places.models import MONTHS_SHOWN, Group, GroupAvailability, LicenceState, Location
from kribbe.region.models import Desk
from kribbe.rules.calendar import age_in_months
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.trust.fields import KM_PER_DEGREE_LATITUDE, KM_PER_DEGREE_LONGITUDE, PointField
from kribbe.trust.text import sort_key

MONTHS_JUDGED = 6
"""A half-day counts as free where it is free in all these months from the start."""
SHOWN = 8
NEAR_KM = 3.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for. `births` are dates of birth or expected dates; `home` is longitude and latitude."""

    desk: Desk
    births: Sequence[date]
    start: date | None
    pattern: WeekPattern
    price: str = Price.ANY
    home: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A location with its distance in kilometres (None: home unknown) and what is free of the days asked."""

    location: Location
    km: float | None
    free: WeekPattern
    asked: WeekPattern
    has_group: bool

    @property
    def found(self) -> WeekPattern:
        """The half-days asked that are free."""
        return self.free & self.asked


@dataclass(frozen=True, slots=True)
class Nearby:
    """How many locations are near, and how many of them have room."""

    near: int
    whole: int
    part: int


def choices(
    asked: Asked, *, query: str = "", only: Collection[int] | None = None, without: Collection[int] = ()
) -> list[Choice]:
    """Locations whose name or town holds `query`, else the nearest; or those of `only`, in no order."""
    found = _located(asked).exclude(pk__in=without)
    if only is not None:
        return _judged(list(found.filter(pk__in=only)), asked)
    if sort_key(query):
        found = _named(found, query, asked.desk)
    return _judged(list(found.order_by("km", "name_key")[:SHOWN]), asked)


def nearest(asked: Asked, *, without: Collection[int] = ()) -> list[tuple[Location, float | None]]:
    """The nearest locations with their distance in kilometres, whatever is free there."""
    found = _located(asked).exclude(pk__in=without).order_by("km", "name_key")[:SHOWN]
    return [(location, location.km) for location in found]


def _named(found: "QuerySet[Any]", query: str, desk: Desk) -> "QuerySet[Any]":
    """Those whose name or town holds the text; where none does, those whose name is much like it."""
    text = query.strip()
    town = Q(city__icontains=text) | Q(municipality__name_fr__icontains=text)
    town |= Q(municipality__name_de__icontains=text)
    named = found.filter(Q(name_key__contains=sort_key(query)) | town | Q(postcode=text))
    if named.exists():
        return named
    alike = [match.slug for match in close_matches(query, desk=desk, limit=SHOWN) if match.slug]
    return found.filter(slug__in=alike)


def point(longitude: float | None, latitude: float | None) -> tuple[float, float] | None:
    """A point, if both coordinates are known."""
    return None if longitude is None or latitude is None else (longitude, latitude)


def nearby(asked: Asked) -> Nearby | None:
    """What there is within three kilometres; None where home is unknown."""
    if asked.home is None:
        return None
    found = _judged(list(_located(asked).filter(km__lte=NEAR_KM)), asked)
    fitting = [choice for choice in found if choice.has_group]
    whole = sum(choice.found == choice.asked and not choice.asked.is_empty for choice in fitting)
    part = sum(not choice.found.is_empty for choice in fitting) - whole
    return Nearby(len(fitting), whole, part)


def _located(asked: Asked) -> "QuerySet[Any]":
    found = Location.objects.filter(active=True, desk__region=asked.desk.region_id).exclude(
        licence_state__in=[LicenceState.SUSPENDED, LicenceState.ENDED]
    )
    found = found.prefetch_related("municipality")
    if asked.home is None:
        return found.annotate(km=Value(None, output_field=FloatField()))
    longitude, latitude = asked.home
    home = Func(
        Value(longitude * KM_PER_DEGREE_LONGITUDE),
        Value(latitude * KM_PER_DEGREE_LATITUDE),
        function="point",
        output_field=PointField(),
    )
    distance = Func(
        F("point"), home, template="(%(expressions)s)", arg_joiner=" <-> ", output_field=FloatField()
    )
    return found.annotate(km=distance)


def _judged(locations: Sequence[Location], asked: Asked) -> list[Choice]:
    groups: dict[int, list[Group]] = {}
    for group in Group.objects.filter(location__in=locations, active=True):
        if _suits(group, asked):
            groups.setdefault(group.location_id, []).append(group)
    rows = availability([group.pk for found in groups.values() for group in found])
    return [
        Choice(
            location=location,
            km=getattr(location, "km", None),
            free=_free([rows[group.pk] for group in groups.get(location.pk, ()) if group.pk in rows], asked),
            asked=asked.pattern,
            has_group=location.pk in groups,
        )
        for location in locations
    ]


def _suits(group: Group, asked: Asked) -> bool:
    if asked.price not in {Price.ANY, group.price_kind}:
        return False
    if asked.start is None:
        return True
    ages = [max(0, age_in_months(birth, asked.start)) for birth in asked.births]
    return all(group.from_months <= age < group.to_months for age in ages)


def _free(rows: Sequence[GroupAvailability], asked: Asked) -> WeekPattern:
    """The best group's free half-days."""
    masks = [_mask(row, asked.start) for row in rows]
    return max(masks, key=lambda mask: len(mask & asked.pattern), default=WeekPattern(0))


def _mask(row: GroupAvailability, start: date | None) -> WeekPattern:
    first = row.first_month
    month = 0 if start is None else (start.year - first.year) * 12 + start.month - first.month
    judged = range(max(0, month), min(MONTHS_SHOWN, month + MONTHS_JUDGED))
    return WeekPattern.from_slots(
        slot
        for slot in range(SLOTS)
        if judged and all(row.free[each * SLOTS + slot] == "1" for each in judged)
    )
