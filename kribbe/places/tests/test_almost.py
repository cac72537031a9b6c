"""Almost fits: every number is what the search itself finds by that link, and costs one query."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kribbe.places import ledger
from kribbe.places.models import Kind, LicenceState
from kribbe.places.selectors.almost import FEW, Change, almost
from kribbe.places.selectors.search import Search, Sort, find
from kribbe.places.tests.scene import LEUVEN, fill, make_desk, make_group, make_location
from kribbe.region.models import Desk
from kribbe.rules.halfdays import EMPTY, WeekPattern
from kribbe.rules.priority import PriceKind
from kribbe.testing.clock import Clock

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 1)
MONDAY_TUESDAY = WeekPattern.from_text("mon tue")


def search(desk: Desk, **fields: object) -> Search:
    return replace(
        Search(
            region_id=desk.region_id,
            longitude=LEUVEN[0],
            latitude=LEUVEN[1],
            start=MAY,
            today=date(2026, 3, 2),
            pattern=MONDAY_TUESDAY,
            kilometres=2.0,
        ),
        **fields,
    )


def crowded_region(clock: Clock) -> Desk:
    """Forty places of all sorts, most of them partly taken for a while."""
    chance = random.Random(11)  # noqa: S311  the same region each time
    desk = make_desk()
    for number in range(40):
        place = make_location(
            desk,
            f"Place {number}",
            km_east=chance.uniform(-6, 6),
            kind=chance.choice(Kind.values),
            opens_at=time(6, 30) if chance.random() < 0.4 else time(7),
            inclusive=chance.random() < 0.5,
            licence_state=chance.choice(
                [LicenceState.LICENSED, LicenceState.LICENSED, LicenceState.SUSPENDED]
            ),
        )
        for price in chance.sample([PriceKind.INCOME, PriceKind.FREE], chance.randint(1, 2)):
            group = make_group(place, since=clock.today, now=clock.now, price_kind=price)
            for _ in range(chance.randint(0, 3)):
                pattern = WeekPattern.from_slots(chance.sample(range(10), 3))
                start = clock.today + timedelta(days=chance.randint(0, 90))
                end = start + timedelta(days=chance.randint(20, 90))
                try:
                    fill(group, pattern.to_text(), start=start, end=end, now=clock.now)
                except ledger.NoRoomError:
                    continue
    return desk


SEARCHES: list[dict[str, object]] = [
    {},
    {"kilometres": 1.0, "price": "income", "kind": "family", "before": time(7), "inclusive": True},
    {"kilometres": 0.5, "pattern": WeekPattern.from_text("mon tue-am wed thu")},
    {"kilometres": 1.2, "before": time(7)},
    {"kilometres": 1.2, "inclusive": True},
    {"kilometres": None, "pattern": WeekPattern.from_text("mon tue wed thu fri"), "kind": "group"},
    {"kilometres": 0.4, "pattern": EMPTY},
    {"kilometres": 0.3, "work": (LEUVEN[0] + 0.04, LEUVEN[1]), "price": "free"},
    {"kilometres": 0.3, "work": (LEUVEN[0] + 0.04, LEUVEN[1]), "sort": Sort.NEAR},
]


def test_every_number_is_what_the_search_finds(clock: Clock) -> None:
    desk = crowded_region(clock)
    seen: set[Change] = set()
    for fields in SEARCHES:
        asked = search(desk, **fields)
        whole = find(asked).whole
        for other in almost(asked, whole):
            assert find(other.search).whole == other.count > whole, (fields, other.change)
            seen.add(other.change)
    assert seen == set(Change)


def test_what_is_tried_is_found_by_brute_force(clock: Clock) -> None:
    """The first month later that helps, and the two days whose absence helps most."""
    desk = crowded_region(clock)
    asked = search(desk, pattern=WeekPattern.from_text("mon tue wed thu"), kilometres=0.8)
    whole = find(asked).whole
    found = almost(asked, whole)
    later = [find(replace(asked, start=date(2026, month, 1))).whole for month in (6, 7, 8)]
    first = next((number for number, count in enumerate(later, 1) if count > whole), None)
    assert [each.size for each in found if each.change is Change.LATER] == ([first] if first else [])
    without = {
        day: find(replace(asked, pattern=WeekPattern(asked.pattern.mask & ~(3 << 2 * day)))).whole
        for day in asked.pattern.days()
    }
    best = sorted((count for count in without.values() if count > whole), reverse=True)[:2]
    assert [each.count for each in found if each.change is Change.DAY] == best


def test_another_weekday_is_tried_for_each_day_asked(clock: Clock) -> None:
    """For one day asked too; the two that help most, by brute force."""
    desk = crowded_region(clock)
    for text in ("mon", "tue-am thu"):
        asked = search(desk, pattern=WeekPattern.from_text(text), kilometres=0.8)
        whole = find(asked).whole
        counts = []
        for day in asked.pattern.days():
            for other in set(range(5)) - set(asked.pattern.days()):
                halves = asked.pattern.mask >> 2 * day & 3
                mask = asked.pattern.mask - (halves << 2 * day) + (halves << 2 * other)
                counts.append(find(replace(asked, pattern=WeekPattern(mask))).whole)
        best = sorted((count for count in counts if count > whole), reverse=True)[:2]
        assert [each.count for each in almost(asked, whole) if each.change is Change.SWAP] == best


def test_further_goes_no_further_than_needed(clock: Clock) -> None:
    desk = make_desk()
    for km in (2.75, 2.84, 2.86, 6.0):
        make_group(make_location(desk, f"At {km}", km_east=km), since=clock.today, now=clock.now)
    (further,) = [each for each in almost(search(desk), 0) if each.change is Change.FURTHER]
    assert (further.size, further.count, further.search.kilometres) == (900, 3, 2.9)


def test_enough_is_enough_and_nothing_is_nothing(clock: Clock) -> None:
    desk = make_desk()
    with CaptureQueriesContext(connection) as queries:
        assert almost(search(desk), FEW) == []
    assert len(queries) == 0
    assert almost(search(desk), 0) == []


def test_one_query_however_many_are_tried(clock: Clock) -> None:
    desk = crowded_region(clock)
    for fields in SEARCHES:
        with CaptureQueriesContext(connection) as queries:
            almost(search(desk, **fields), 0)
        assert len(queries) == 1
