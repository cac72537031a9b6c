"""What would be found if the search asked a little else: counted, never guessed."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db import connection

from kribbe.places.models import MONTHS_SHOWN
from kribbe.places.selectors.search import (
    WAY_KM,
    Search,
    asked_bits,
    skipped,
    wanted_half_days,
    way_parameters,
)
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.priority import PriceKind

FEW = 5
"""With fewer places than that on all days asked, others are offered."""
SHOWN = 8
MOST_DAYS_SHOWN = 2
MONTHS_LATER = (1, 2, 3)
WORKING_DAYS = 5
NEAREST = 3
"""Looking further goes as far as so many more places need."""
LEAST_FURTHER_KM = 5.0
STEP_KM = 0.1


class Change(StrEnum):
    """What an alternative asks else, in the order in which they are offered."""

    LATER = "later"
    SWAP = "swap"
    DAY = "day"
    FURTHER = "further"
    PRICE = "price"
    KIND = "kind"
    EARLY = "early"
    INCLUSIVE = "inclusive"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A search that differs in one point, and how many places are free there on all days asked.

    `size` says how much: months later, the weekday left out, or metres further. `instead` is the weekday in the place
    of that one.
    """

    change: Change
    search: Search
    size: int = 0
    count: int = 0
    instead: int = 0


def almost(search: Search, whole: int) -> list[Alternative]:
    """Searches that find more than `whole` places free on all days asked, in one query; none where it is enough."""
    if whole >= FEW:
        return []
    tried = [
        *_later(search),
        *_another_day(search),
        *_without_a_day(search),
        *_further(search),
        *_without_a_filter(search),
    ]
    ways = _ways([each.search for each in tried])
    counted = [_counted(each, found, search) for each, found in zip(tried, ways, strict=True)]
    better = [each for each in counted if each.count > whole]
    return _chosen(better)[:SHOWN]


def _chosen(better: list[Alternative]) -> list[Alternative]:
    """The least delay that helps, the days that help most, and all others."""
    later = [each for each in better if each.change is Change.LATER][:1]
    days = [each for change in (Change.SWAP, Change.DAY) for each in _most(better, change)]
    others = [each for each in better if each.change not in {Change.LATER, Change.SWAP, Change.DAY}]
    return [*later, *days, *others]


def _most(better: list[Alternative], change: Change) -> list[Alternative]:
    found = (each for each in better if each.change is change)
    return sorted(found, key=lambda each: -each.count)[:MOST_DAYS_SHOWN]


def _later(search: Search) -> list[Alternative]:
    last = add_months(first_of_month(search.today), MONTHS_SHOWN - 1)
    starts = [(months, add_months(search.start, months)) for months in MONTHS_LATER]
    return [
        Alternative(Change.LATER, replace(search, start=start), months)
        for months, start in starts
        if start <= last
    ]


def _another_day(search: Search) -> list[Alternative]:
    """One working day in the place of another, with the same half-days."""
    days = search.pattern.days()
    spare = [day for day in range(WORKING_DAYS) if day not in days]
    return [
        Alternative(
            Change.SWAP, replace(search, pattern=_swapped(search.pattern, day, other)), day, instead=other
        )
        for day in days
        for other in spare
    ]


def _swapped(pattern: WeekPattern, day: int, other: int) -> WeekPattern:
    halves = pattern.mask >> 2 * day & 0b11
    return WeekPattern(pattern.mask & ~(0b11 << 2 * day) | halves << 2 * other)


def _without_a_day(search: Search) -> list[Alternative]:
    days = search.pattern.days()
    if len(days) < 2:
        return []
    rest = {day: WeekPattern(search.pattern.mask & ~(0b11 << 2 * day)) for day in days}
    return [Alternative(Change.DAY, replace(search, pattern=left), day) for day, left in rest.items()]


def _further(search: Search) -> list[Alternative]:
    if search.kilometres is None:
        return []
    wide = max(2 * search.kilometres, search.kilometres + LEAST_FURTHER_KM)
    return [Alternative(Change.FURTHER, replace(search, kilometres=wide))]


def _without_a_filter(search: Search) -> list[Alternative]:
    found = []
    if search.price:
        other = PriceKind.FREE if search.price == PriceKind.INCOME else PriceKind.INCOME
        found.append(Alternative(Change.PRICE, replace(search, price=other.value)))
    if search.kind:
        found.append(Alternative(Change.KIND, replace(search, kind="")))
    if search.before:
        found.append(Alternative(Change.EARLY, replace(search, before=None)))
    if search.inclusive:
        found.append(Alternative(Change.INCLUSIVE, replace(search, inclusive=False)))
    return found


def _counted(tried: Alternative, ways: list[float], search: Search) -> Alternative:
    if tried.change is Change.FURTHER and search.kilometres is not None:
        return _as_far_as_needed(tried, ways, search.kilometres)
    return replace(tried, count=len(ways))


def _as_far_as_needed(tried: Alternative, ways: list[float], within: float) -> Alternative:
    beyond = sorted(way for way in ways if way > within)[:NEAREST]
    if not beyond:
        return tried
    wide = round(math.ceil(beyond[-1] / STEP_KM) * STEP_KM, 1)
    return replace(
        tried,
        search=replace(tried.search, kilometres=wide),
        size=round((wide - within) * 1000),
        count=sum(way <= wide for way in ways),
    )


def _ways(searches: list[Search]) -> list[list[float]]:
    """For each search the kilometres to the places free on all its days. They share home, work and region."""
    first = searches[0]
    bounds = [search.kilometres for search in searches]
    within = [bound for bound in bounds if bound is not None]
    parameters: dict[str, Any] = way_parameters(first) | {
        "region": first.region_id,
        "widest": max(within) if len(within) == len(bounds) else None,
        "start": [first_of_month(search.start) for search in searches],
        "asked": [asked_bits(search) for search in searches],
        "wanted": [wanted_half_days(search) for search in searches],
        "km": bounds,
        "kind": [search.kind for search in searches],
        "price": [search.price for search in searches],
        "before": [search.before for search in searches],
        "inclusive": [search.inclusive for search in searches],
    }
    with connection.cursor() as cursor:
        cursor.execute(QUERY, parameters)
        found = dict(cursor.fetchall())
    return [found.get(number, []) for number in range(1, len(searches) + 1)]


QUERY = f"""
WITH asked AS (
    SELECT * FROM unnest(
        %(start)s::date[], %(asked)s::text[]::bit(14)[], %(wanted)s::int[],
        %(km)s::float[], %(kind)s::text[], %(price)s::text[], %(before)s::time[], %(inclusive)s::bool[]
    ) WITH ORDINALITY AS one(month, half_days, wanted, km, kind, price, before, inclusive, number)
), near AS MATERIALIZED (
    SELECT location.id, location.kind, location.opens_at, location.inclusive, {WAY_KM} AS way
    FROM places_location location
    JOIN region_desk desk ON desk.id = location.desk_id
    WHERE desk.region_id = %(region)s AND location.active AND location.licence_state IN ('licensed', 'unknown')
      AND (%(widest)s::float IS NULL OR location.point <@ circle(point(%(middle_x)s, %(middle_y)s),
           %(direct)s + %(widest)s::float))
), free AS MATERIALIZED (
    SELECT near.*, groups.price_kind, starts.month,
           substring(availability.steady FROM 1 + {skipped("starts.month")} FOR 14)::bit(14) AS free
    FROM near
    JOIN places_group groups ON groups.location_id = near.id AND groups.active
    JOIN places_groupavailability availability ON availability.group_id = groups.id
    CROSS JOIN (SELECT DISTINCT month FROM asked) starts
    WHERE near.way <= coalesce(%(widest)s::float, near.way)
)
SELECT number, array_agg(way) FROM (
    SELECT DISTINCT asked.number, free.id, free.way FROM asked JOIN free ON free.month = asked.month
      AND bit_count(free.free & asked.half_days) >= asked.wanted
      AND (asked.km IS NULL OR free.way <= asked.km)
      AND (asked.kind = '' OR free.kind = asked.kind)
      AND (asked.price = '' OR free.price_kind = asked.price)
      AND (asked.before IS NULL OR free.opens_at < asked.before)
      AND (NOT asked.inclusive OR free.inclusive)
) fitting
GROUP BY number
"""
"""Every group near enough once for each start that is tried; then every search counts its own."""
