"""Which days beside its own a changed day of a place has a part in: through packages of days, and through the
allowance of its year.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.apps import apps
from django.db.models import Q

from kribbe.billing.selectors.facts import closed_in_year, packs_of
from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import firsts
from kribbe.places.selectors.closed import ClosedDays
from kribbe.planning.models import Absence, AbsenceKind, HouseRules
from kribbe.planning.selectors.counted import counting
from kribbe.planning.selectors.house_allowance import allowances
from kribbe.planning.selectors.planned import certain, plan_of
from kribbe.planning.selectors.stay_year import StayYear, stay_years
from kribbe.rules.allowance import DayAway
from kribbe.rules.allowance_reach import may_differ
from kribbe.rules.billing.case import Stay
from kribbe.rules.billing.stays import hours
from kribbe.rules.packs import Pack
from kribbe.rules.priority import PriceKind
from kribbe.trust.rows import rows_by

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """Something of an organiser (primary key) that holds from a day until the day before another; None: no end."""

    organiser: int
    at: datetime
    first: date | None
    end: date | None


class Written(Enum):
    """What was written of a day."""

    CAME = "came"
    AWAY = "away"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class PlaceDay:
    """A day of a place (primary key) of which something was written, and when."""

    organiser: int
    at: datetime
    day: date
    place: int
    what: Written


def reach_of(days: Sequence[PlaceDay]) -> list[Change]:
    """All that these days have a part in: themselves with the rest of their night, what comes after them where
    packages are sold, and absences of their year that the allowance may cover otherwise.

    Two queries, and for each year some ten more, whatever the number of days.
    """
    found = [Change(each.organiser, each.at, each.day, each.day + 2 * DAY) for each in days]
    sold = _with_packages({each.place for each in days})
    found += [Change(each.organiser, each.at, each.day, None) for each in days if each.place in sold]
    by_year: dict[int, list[PlaceDay]] = defaultdict(list)
    for each in days:
        if each.place not in sold:
            by_year[each.day.year].append(each)
    for year, own in by_year.items():
        found += _through_allowance(own, year)
    return found


def _with_packages(places: Collection[int]) -> set[int]:
    """Those of these places at a free price whose location sells, or sold, packages of days."""
    found = Placement.objects.filter(
        pk__in=places,
        group__price_kind=PriceKind.FREE,
        group__location__price_lists__package_size__isnull=False,
    )
    return set(found.order_by().values_list("pk", flat=True))


def _through_allowance(days: Sequence[PlaceDay], year: int) -> Iterator[Change]:
    places = (
        certain((date(year, 1, 1), date(year + 1, 1, 1)))
        .filter(pk__in={each.place for each in days})
        .select_related("group__location", "child")
    )
    found = {each.pk: each for each in places}
    stays = stay_years([plan_of(each, each.group.location) for each in found.values()], year)
    first = firsts({each.child_id for each in found.values()})
    read = _read(found.values(), year)
    by_stay: dict[int, list[PlaceDay]] = defaultdict(list)
    for each in days:
        if each.place in found:
            by_stay[first[each.place]].append(each)
    for own in by_stay.values():
        at, place = max(each.at for each in own), found[own[0].place]
        for day in _doubtful(stays[place.pk], place, own, read):
            yield Change(own[0].organiser, at, day, day + DAY)


@dataclass(frozen=True)
class _Read:
    """What the places of a year have in common."""

    year: int
    packs: Mapping[int, Pack]
    closed: ClosedDays
    rules: Mapping[int, Sequence[HouseRules]]
    ill: frozenset[tuple[int, date]]
    """The days of which an illness was ever written, each with its place."""
    told: frozenset[tuple[int, date]]
    """The days of an absence, whether it holds or the child came nevertheless."""


def _read(places: Collection[Placement], year: int) -> _Read:
    sites = {each.group.location_id: each.group.location for each in places}
    rules = HouseRules.objects.filter(location__in=sites, from_day__lte=date(year, 12, 31))
    of_year = Q(placement__in=[each.pk for each in places], day__year=year)
    ill = apps.get_model("planning.AbsenceEvent").objects.filter(of_year, kind=AbsenceKind.ILLNESS)
    told = Absence.objects.filter(of_year, taken_back_at=None)
    return _Read(
        year,
        packs_of({key: site.desk_id for key, site in sites.items()}, date(year, 1, 1)),
        closed_in_year(sites, year),
        rows_by(rules.order_by("from_day", "version"), "location_id"),
        frozenset(ill.values_list("placement_id", "day")),
        frozenset(told.values_list("placement_id", "day")),
    )


def _doubtful(stay: StayYear, place: Placement, changed: Sequence[PlaceDay], read: _Read) -> Iterator[date]:
    """The days of absence of a stay that may be covered, or counted, otherwise once these days changed."""
    site = place.group.location
    rules, pack = read.rules.get(site.pk, ()), read.packs[site.pk]
    away = stay.away_before(place, date(read.year + 1, 1, 1), read.closed)
    touched = _touched(stay, changed, {day for _absence, day, _length in away}, read)
    if not touched:
        return
    ill = _ill_after(stay, touched, read)
    unsure = {day for _place, day in touched} | ill
    held = allowances(rules, stay, year=read.year, pack=pack, morning_ends=site.morning_ends_at)
    count = counting(stay, rules, read.closed)
    rows: list[DayAway] = [(day, count(each), _stay(length, day, pack)) for each, day, length in away]
    yield from sorted(ill)
    yield from may_differ(held, rows, unsure)


def _touched(
    stay: StayYear, changed: Sequence[PlaceDay], away: Collection[date], read: _Read
) -> set[tuple[int, date]]:
    """The days, each with its place, that used the allowance or may have, with rests of nights."""
    found = set()
    for each in changed:
        after = each.day + DAY
        is_away = each.what is Written.AWAY or (
            each.what is Written.CAME and (each.place, each.day) in read.told
        )
        if is_away:
            found.add((each.place, each.day))
        if is_away and stay.is_rest_of_night(after, read.closed):
            found.add((each.place, after))
        if each.what is Written.PLANNED:
            found |= {(each.place, day) for day in (each.day, after) if day in away}
    return found


def _ill_after(stay: StayYear, touched: Collection[tuple[int, date]], read: _Read) -> set[date]:
    """Where one of these days was of illness, those of illness after it: which are free goes by their order."""
    changed = [day for place, day in touched if (place, day) in read.ill]
    ill = {each.day for each in stay.absences if each.kind == AbsenceKind.ILLNESS}
    return {day for day in ill if changed and day > min(changed)}


def _stay(length: int, on: date, pack: Pack) -> Stay:
    """As far as an allowance counts it."""
    return Stay.FULL if length >= hours(pack, "full_from", on) else Stay.HALF
