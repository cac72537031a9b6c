"""The search beside a plain one: every filter, order and page, on drawn locations and drawn searches."""

import math
import random
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from kribbe.places import ledger
from kribbe.places.models import GroupAvailability, Kind, LicenceState, Location
from kribbe.places.selectors import search as quick
from kribbe.places.selectors.search import EVERYTHING, Key, Search, Sort, find, mask_of
from kribbe.places.tests.scene import LEUVEN, fill, make_desk, make_group, make_location
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import EMPTY, SLOTS, WeekPattern
from kribbe.rules.priority import PriceKind
from kribbe.testing.clock import Clock
from kribbe.trust.fields import KM_PER_DEGREE_LATITUDE, KM_PER_DEGREE_LONGITUDE

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 1)
Row = tuple[int, int, int]
"""Tier, metres, id."""


def draw_locations(chance: random.Random, desk: Desk, clock: Clock) -> None:
    for number in range(14):
        place = make_location(
            desk,
            f"Place {number}",
            km_east=chance.uniform(-40, 40),
            kind=chance.choice(list(Kind)),
            inclusive=chance.random() < 0.4,
            opens_at=chance.choice([time(6, 30), time(7, 30)]),
            active=chance.random() < 0.9,
            day_price=chance.choice([None, 30]),
            licence_state=chance.choice([*LicenceState, *[LicenceState.LICENSED] * 4]),
        )
        for _ in range(chance.choice([0, 1, 1, 2, 3])):
            kind = chance.choice(list(PriceKind))
            group = make_group(place, places=1, since=clock.today, now=clock.now, price_kind=kind)
            for _ in range(chance.randint(0, 2)):
                pattern = WeekPattern.from_slots(chance.sample(range(10), chance.randint(1, 4)))
                start = clock.today + timedelta(days=chance.randint(0, 300))
                try:
                    fill(group, pattern.to_text(), start=start, now=clock.now)
                except ledger.NoRoomError:
                    continue
            if chance.random() < 0.15:
                group.active = False
                group.save(update_fields=["active"])


def draw_search(chance: random.Random, desk: Desk, some: list[int]) -> Search:
    east = LEUVEN[0] + chance.uniform(-0.2, 0.2)
    work = (LEUVEN[0] + chance.uniform(-0.3, 0.3), LEUVEN[1] + chance.uniform(-0.1, 0.1))
    return Search(
        region_id=desk.region_id,
        longitude=east,
        latitude=LEUVEN[1],
        start=add_months(MAY, chance.choice([0, 0, 4, 12, 22])),
        today=date(2026, 3, 2),
        pattern=chance.choice(
            [EMPTY, WeekPattern.from_slots(chance.sample(range(10), chance.randint(1, 6)))]
        ),
        kilometres=chance.choice([None, None, 5, 25, 60]),
        kind=chance.choice(["", "", *Kind]),
        price=chance.choice(["", "", *PriceKind]),
        sort=chance.choice(list(Sort)),
        whole_only=chance.random() < 0.2,
        inclusive=chance.random() < 0.2,
        before=chance.choice([None, None, time(7)]),
        work=chance.choice([None, work]),
        own_id=chance.choice([None, desk.municipality_id]),
        only=chance.choice([None, None, None, tuple(some)]),
    )


def away(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres."""
    east, north = one[0] - other[0], one[1] - other[1]
    return math.hypot(east * KM_PER_DEGREE_LONGITUDE, north * KM_PER_DEGREE_LATITUDE)


def judged(place: Location, asked: Search) -> Row | None:
    """What the search makes of one location, step by step; None where it isn't found."""
    home, here = (asked.longitude, asked.latitude), (place.longitude, place.latitude)
    detour = from_home = away(home, here)
    if asked.work:
        detour = max(0.0, from_home + away(here, asked.work) - away(home, asked.work))
    groups = [group for group in place.groups.all() if group.active]
    priced = [group for group in groups if asked.price in {"", group.price_kind}]
    has_price = not asked.price or priced or (asked.price == "free" and place.day_price and not groups)
    found = (
        place.active
        and place.licence_state != LicenceState.ENDED
        and (asked.only is None or place.pk in asked.only)
        and (asked.kilometres is None or detour <= asked.kilometres)
        and asked.kind in {"", place.kind}
        and (asked.before is None or place.opens_at < asked.before)
        and (place.inclusive or not asked.inclusive)
        and has_price
    )
    if not found:
        return None
    stopped = place.licence_state == LicenceState.SUSPENDED
    fits = max((0 if stopped else fitting(group.availability, asked) for group in priced), default=0)
    tier = 0 if fits >= (len(asked.pattern) or 1) else 1 if fits else 2
    way = detour if asked.work and asked.sort is not Sort.NEAR else from_home
    return tier, round(way * 1000), place.pk


def fitting(kept: GroupAvailability, asked: Search) -> int:
    """How many of the half-days asked stay free in a group."""
    first = kept.first_month
    skip = max(0, (asked.start.year - first.year) * 12 + asked.start.month - first.month)
    free = mask_of(kept.steady[SLOTS * skip : SLOTS * (skip + 1)].ljust(SLOTS, "0"))
    return (free & (asked.pattern.mask or mask_of(EVERYTHING))).bit_count()


def plain(places: dict[int, Location], asked: Search) -> tuple[list[Row], tuple[int, int, int]]:
    """All rows that are listed, in order; and how many are found, free on all days, and so in the own town."""
    rows = [row for place in places.values() if (row := judged(place, asked))]
    whole = [row for row in rows if row[0] == 0]
    own = [row for row in whole if places[row[2]].municipality_id == asked.own_id]
    listed = whole if asked.whole_only else rows
    listed.sort(key=lambda row: row if asked.sort is Sort.DAYS else row[1:])
    return listed, (len(rows), len(whole), len(own))


def by_pages(asked: Search, limit: int = 5) -> tuple[list[Row], set[tuple[int, int, int]], list[int]]:
    rows, counts, numbers = [], set(), []
    after: Key | None = None
    while True:
        page = find(asked, after=after, limit=limit)
        counts.add((page.total, page.whole, page.own_whole))
        rows += [(row.tier, row.metres, row.id) for row in page.rows]
        numbers += [row.number for row in page.rows]
        after = page.following
        if after is None:
            return rows, counts, numbers


@pytest.mark.parametrize("seed", [11, 23])
def test_the_search_finds_what_a_plain_one_finds(
    clock: Clock, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)  # noqa: S311  the same walk each time
    desk = make_desk()
    draw_locations(chance, desk, clock)
    places = Location.objects.prefetch_related("groups__availability").in_bulk()
    seen = set()
    for _ in range(80):
        asked = draw_search(chance, desk, [*places][::2])
        rows, counts = plain(places, asked)
        for farther_than in (0, 1000):
            monkeypatch.setattr(quick, "FAR_KM", farther_than)
            assert by_pages(asked) == (rows, {counts}, list(range(1, len(rows) + 1))), asked
        seen |= {tier for tier, *_ in rows}
        everywhere = replace(asked, kilometres=None, only=None)
        assert [row.id for row in find(everywhere, limit=50).rows] == [
            row[2] for row in plain(places, everywhere)[0]
        ]
    assert seen == {0, 1, 2}
