"""Which locations lie near, and which of the half-days asked are free there for months on end."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import get_language

from kribbe.rules.calendar import first_of_month
from kribbe.rules.closing import Closing
from kribbe.rules.halfdays import EMPTY, SLOTS, WeekPattern
from kribbe.trust.fields import KM_PER_DEGREE_LATITUDE, KM_PER_DEGREE_LONGITUDE

PAGE = 20
EVERYTHING = "1" * SLOTS
LOOKED_CLOSED = 183
"""Days from the start on in which a location's closings are read."""

FAR_KM = 25
"""Beyond this way a search finds a good part of a region's locations."""

DAY = timedelta(days=1)


class Sort(StrEnum):
    """The orders in which results can be had."""

    DAYS = "days"
    NEAR = "near"
    DETOUR = "detour"


class Tier(IntEnum):
    """How much of what is asked is free: the numbers by which results are ordered."""

    WHOLE = 0
    SOME = 1
    NONE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for, around a point in degrees.

    `start` is the first day of a month that is not over. `kilometres` None looks everywhere. `price` and `kind`
    empty are all of them. `before` finds locations that open before that time. With `work` (longitude, latitude)
    `kilometres` bounds the detour: home to the location to work, less home to work. `own_id` is the
    municipality whose places are counted apart. `only` keeps to these locations.
    """

    region_id: int
    longitude: float
    latitude: float
    start: date
    today: date
    pattern: WeekPattern = EMPTY
    kilometres: float | None = None
    kind: str = ""
    price: str = ""
    sort: Sort = Sort.DAYS
    whole_only: bool = False
    inclusive: bool = False
    before: time | None = None
    work: tuple[float, float] | None = None
    own_id: int | None = None
    only: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A location that was found. `free` and `offered` are patterns of its best group for this search.

    `months` has a bit for each month and half-day from the start on, of the same group; it is empty where the
    location keeps no group with the desk. `number` counts from 1 through all pages. `metres` is the way from
    home, or the detour where results are ordered by that. `look_weeks` is how often its desk asks it to look;
    `photo` has the alternative text, the key and the widths of its first photo. `closings` are those of the
    `LOOKED_CLOSED` days from the start on, of the location and of that group, without their reason.
    """

    number: int
    tier: int
    metres: int
    id: int
    slug: str
    name: str
    kind: str
    street: str
    city: str
    municipality_id: int
    municipality: str
    licence_state: str
    day_price: Decimal | None
    income: bool
    free_price: bool
    opens_at: time
    closes_at: time
    inclusive: bool
    longitude: float
    latitude: float
    looked_at: datetime | None
    look_weeks: int | None
    photo: Mapping[str, Any] | None
    closings: tuple[Closing, ...]
    free: int
    offered: int
    months: str

    @property
    def key(self) -> "Key":
        """Where the next page goes on."""
        return Key(self.tier, self.metres, self.id)


@dataclass(frozen=True, slots=True)
class Key:
    """The place of a row in the order of results."""

    tier: int
    metres: int
    id: int

    def to_text(self) -> str:
        return f"{self.tier}-{self.metres}-{self.id}"

    @classmethod
    def from_text(cls, text: str) -> "Key | None":
        """The key of an address; None where it isn't one."""
        parts = text.split("-")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 12 for part in parts):
            return None
        return cls(*map(int, parts))


@dataclass(frozen=True, slots=True)
class Results:
    """One page of results. The counts are of all pages and ignore `whole_only`.

    `whole` are free on all days asked, `own_whole` those of them in the municipality `own_id`.
    """

    rows: list[Found]
    total: int
    whole: int
    own_whole: int
    following: Key | None


def find(search: Search, *, after: Key | None = None, limit: int = PAGE) -> Results:
    """One page of locations in the region, in one query; the page after `after`."""
    last = after or Key(-1, -1, -1)
    with connection.cursor() as cursor:
        cursor.execute(
            FAR if _is_far(search) else NEAR,
            _parameters(search)
            | {"later": after is not None, "tier": last.tier, "metres": last.metres, "id": last.id}
            | {"limit": limit + 1},
        )
        found = cursor.fetchall()
    total, whole, own_whole = found[0][:3]
    rows = [_row(row[3], *row[5:]) for row in found if row[3] is not None]
    following = rows[limit - 1].key if len(rows) > limit else None
    return Results(rows[:limit], total, whole, own_whole, following)


def _is_far(search: Search) -> bool:
    """Whether so many locations lie in reach that all groups are rather judged at once than those of each."""
    return search.only is None and (search.kilometres is None or search.kilometres > FAR_KM)


def _row(*values: Any) -> Found:
    *plain, closed, free, offered, months = values
    closings = tuple(Closing(during.lower, during.upper - DAY) for during in closed or ())
    fields = (*plain, closings, mask_of(free), offered, months)
    return Found(*fields)


def mask_of(bits: str) -> int:
    """The pattern of a string of bits, Monday morning first."""
    return int(bits[::-1], 2)


def _parameters(search: Search) -> dict[str, Any]:
    since = max(search.start, search.today)
    return way_parameters(search) | {
        "region": search.region_id,
        "km": search.kilometres,
        "own": search.own_id,
        "language": (get_language() or "")[:2],
        "only": None if search.only is None else list(search.only),
        "kind": search.kind,
        "price": search.price,
        "before": search.before,
        "inclusive": search.inclusive,
        "start": since,
        "today": search.today,
        "closed": DateRange(since, since + LOOKED_CLOSED * DAY),
        "month": first_of_month(search.start),
        "asked": asked_bits(search),
        "wanted": wanted_half_days(search),
        "whole_only": search.whole_only,
        "by_days": search.sort is Sort.DAYS,
    }


def asked_bits(search: Search) -> str:
    """The half-days asked, Monday morning first; all of them where none is asked."""
    return search.pattern.bits() if search.pattern else EVERYTHING


def wanted_half_days(search: Search) -> int:
    """How many of `asked_bits` make a place fit."""
    return len(search.pattern) or 1


def way_parameters(search: Search) -> dict[str, Any]:
    """What the expressions of the way need: home, work, the way and the middle between them."""
    x, y = _plane((search.longitude, search.latitude))
    work_x, work_y = _plane(search.work) if search.work else (x, y)
    direct = math.hypot(work_x - x, work_y - y)
    detour = search.work is not None and search.sort is not Sort.NEAR
    return {
        "x": x,
        "y": y,
        "work_x": work_x,
        "work_y": work_y,
        "direct": direct,
        "middle_x": (x + work_x) / 2,
        "middle_y": (y + work_y) / 2,
        "has_work": search.work is not None,
        "by_detour": detour,
    }


def _plane(point: tuple[float, float]) -> tuple[float, float]:
    """A point in the kilometres of `trust.fields.km_point`."""
    return point[0] * KM_PER_DEGREE_LONGITUDE, point[1] * KM_PER_DEGREE_LATITUDE


HOME_KM = "(location.point <-> point(%(x)s, %(y)s))"
DETOUR_KM = f"""greatest(0, {HOME_KM} + (location.point <-> point(%(work_x)s, %(work_y)s)) - %(direct)s)"""

WAY_KM = f"CASE WHEN %(has_work)s THEN {DETOUR_KM} ELSE {HOME_KM} END"
"""Kilometres that `kilometres` of a search bounds."""

ORDER_KM = f"CASE WHEN %(by_detour)s THEN {DETOUR_KM} ELSE {HOME_KM} END"
"""Kilometres by which results are ordered."""

WITHIN = f"""(%(km)s::float IS NULL OR (
    location.point <@ circle(point(%(middle_x)s, %(middle_y)s), %(direct)s / 2
        + %(km)s::float / CASE WHEN %(has_work)s THEN 2 ELSE 1 END)
    AND {WAY_KM} <= %(km)s::float))"""
"""Within `km` of home; with work, the ellipse of detours up to `km`, found through the circle around it."""


def skipped(month: str) -> str:
    """SQL of how many bits of an availability lie before a month, given as SQL of its first day.

    48 months have 1461 days: between the first days of two months the quotient rounds to the months exactly.
    `extract` would cost more than all else that is asked of a group.
    """
    return f"14 * greatest(0, (({month} - availability.first_month) * 48 + 730) / 1461)"


SKIPPED = skipped("%(month)s::date")
"""Bits of the months before the start."""

STEADY = f"substring(availability.steady FROM 1 + {SKIPPED} FOR 14)::bit(14)"
"""The half-days of a group that are free throughout the months judged."""

TIER = "CASE WHEN best.fits >= %(wanted)s THEN 0 WHEN best.fits > 0 THEN 1 ELSE 2 END"

PRICED = "(%(price)s = '' OR price_kind = %(price)s)"

TOWN = """coalesce(nullif(CASE %(language)s WHEN 'fr' THEN municipality.name_fr WHEN 'de' THEN municipality.name_de
    END, ''), municipality.name_nl)"""
"""The municipality's name in the language of the page."""

KEY = "(CASE WHEN %(by_days)s THEN tier ELSE 0 END)"
AFTER = "(CASE WHEN %(by_days)s THEN %(tier)s ELSE 0 END, %(metres)s, %(id)s)"
LATER = f"(%(later)s AND ({KEY}, metres, id) <= {AFTER})"
LISTED = "(NOT %(whole_only)s OR tier = 0)"
"""What results are ordered by before their way, the key after which the page begins, which rows came before it, and
which of all are shown."""

FITS = f"""max(bit_count({STEADY} & %(asked)s::bit(14))) AS fits
    FROM places_groupavailability availability WHERE active AND {PRICED}"""

OF_EACH = f"LEFT JOIN LATERAL (SELECT {FITS} AND location_id = location.id) best ON true"
OF_ALL = f"""LEFT JOIN (SELECT location_id, {FITS} GROUP BY location_id) best
    ON best.location_id = location.id"""
"""The most of what is asked that a group of the location has free: sought for each location, or for all at once.

A row that is judged says by itself whose it is (`models.GroupAvailability`): to join groups would cost a fifth more.
"""


def _query(best: str) -> str:
    """The search, with what fits best joined in one of the two ways."""
    return f"""
WITH judged AS MATERIALIZED (
    SELECT location.id, location.municipality_id, round(({ORDER_KM}) * 1000)::int AS metres,
           {TIER} AS tier
    FROM places_location location
    JOIN region_desk desk ON desk.id = location.desk_id
    {best} AND location.licence_state <> 'suspended'
    WHERE desk.region_id = %(region)s AND location.active AND location.licence_state <> 'ended'
      AND (%(only)s::bigint[] IS NULL OR location.id = ANY(%(only)s::bigint[]))
      AND {WITHIN}
      AND (%(kind)s = '' OR location.kind = %(kind)s)
      AND (%(before)s::time IS NULL OR location.opens_at < %(before)s::time)
      AND (NOT %(inclusive)s OR location.inclusive)
      AND (%(price)s = ''
           OR EXISTS (SELECT FROM places_group WHERE location_id = location.id AND active AND {PRICED})
           OR (%(price)s = 'free' AND location.day_price IS NOT NULL
               AND NOT EXISTS (SELECT FROM places_group WHERE location_id = location.id AND active)))
), page AS MATERIALIZED (
    SELECT id, tier, metres FROM judged
    WHERE {LISTED} AND NOT {LATER}
    ORDER BY {KEY}, metres, id LIMIT %(limit)s
)
SELECT counts.total, counts.whole, counts.own_whole, counts.before + shown.number, shown.*
FROM (
    SELECT count(*) AS total, count(*) FILTER (WHERE tier = 0) AS whole,
           count(*) FILTER (WHERE tier = 0 AND municipality_id = %(own)s) AS own_whole,
           count(*) FILTER (WHERE {LISTED} AND {LATER}) AS before
    FROM judged
) counts
LEFT JOIN (
    SELECT row_number() OVER (ORDER BY {KEY}, page.metres, page.id) AS number, page.tier, page.metres,
           location.id, location.slug, location.name, location.kind, location.street, location.city,
           location.municipality_id, {TOWN}, location.licence_state, location.day_price, prices.income,
           prices.free_price, location.opens_at, location.closes_at, location.inclusive, location.longitude,
           location.latitude, location.looked_at,
           (SELECT look_weeks FROM region_deskpolicy
            WHERE desk_id = location.desk_id AND during @> %(today)s::date),
           (SELECT json_build_object('alt', photo.alt, 'key', file.key, 'widths', file.widths)
            FROM places_photo photo JOIN trust_storedfile file ON file.id = photo.file_id
            WHERE photo.location_id = location.id AND photo.removed_at IS NULL
            ORDER BY photo.position, photo.id LIMIT 1),
           (SELECT array_agg(during ORDER BY during) FROM places_closingday
            WHERE location_id = location.id AND during && %(closed)s::daterange
              AND (group_id IS NULL OR group_id = best.group_id)),
           coalesce(best.free, 0::bit(14))::text, coalesce(best.offered, 0), coalesce(best.months::text, '')
    FROM page
    JOIN places_location location USING (id)
    JOIN region_municipality municipality ON municipality.id = location.municipality_id
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(price_kind = 'income'), false) AS income,
               coalesce(bool_or(price_kind = 'free'), location.day_price IS NOT NULL) AS free_price
        FROM places_group WHERE location_id = location.id AND active
    ) prices
    LEFT JOIN LATERAL (
        SELECT availability.group_id, availability.free << {SKIPPED} AS months, kept.free,
               (SELECT open_pattern FROM places_groupcapacity
                WHERE group_id = availability.group_id AND during @> %(start)s::date) AS offered
        FROM places_groupavailability availability
        CROSS JOIN LATERAL (
            SELECT CASE WHEN location.licence_state = 'suspended' THEN 0::bit(14) ELSE {STEADY} END AS free
        ) kept
        WHERE availability.location_id = location.id AND active AND {PRICED}
        ORDER BY bit_count(kept.free & %(asked)s::bit(14)) DESC, bit_count(kept.free) DESC, availability.group_id
        LIMIT 1
    ) best ON true
) shown ON true
ORDER BY shown.number
"""


NEAR, FAR = _query(OF_EACH), _query(OF_ALL)
"""Every location in reach is judged by the best of its groups; only those of the page are read in full.

Groups whose free half-days cover the search come first within their location; the location is shown once. Months
that aren't judged count as free.
"""
