"""What closing days leave of free places: in the search, on a location's page, for many locations at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kribbe.places.models import ClosingDay, Location
from kribbe.places.selectors.cards import cards
from kribbe.places.selectors.closed import calendars_of, closed_days_of, shut_in_words, stretches_in_words
from kribbe.places.selectors.location import MonthRow, view_of
from kribbe.places.selectors.search import Search, find
from kribbe.places.tests.scene import LEUVEN, make_desk, make_group, make_location
from kribbe.region.models import Desk
from kribbe.rules.closing import Calendar, Closing
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.clock import Clock
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)
MAY, AUGUST = date(2026, 5, 1), date(2026, 8, 1)
MONDAY = WeekPattern.from_text("mon")


@built_once
def desk() -> Desk:
    return make_desk()


def close(location: Location, first: date, end: date, reason: str = "Summer") -> None:
    """Close it from a day until before another."""
    ClosingDay.objects.create(location=location, during=(first, end), reason=reason)


def search(desk: Desk, **fields: object) -> Search:
    base = Search(
        region_id=desk.region_id,
        longitude=LEUVEN[0],
        latitude=LEUVEN[1],
        start=MAY,
        today=TODAY,
        pattern=MONDAY,
    )
    return replace(base, **fields)


def texts(desk: Desk, asked: Search) -> dict[str, list[str]]:
    """What the card of each result says."""
    found = cards(find(asked).rows, asked, desk=desk, fee=None, query="", ways={}, kept=(), photos={})
    return {card.name: [point.text for point in card.points] for card in found}


def test_a_start_in_a_closing_tells_the_first_open_day(desk: Desk, clock: Clock) -> None:
    for name in ("Closed", "Open"):
        make_group(make_location(desk, name), since=clock.today, now=clock.now)
    close(Location.objects.get(name="Closed"), date(2026, 7, 27), date(2026, 8, 17))
    close(Location.objects.get(name="Open"), date(2026, 8, 10), date(2026, 8, 24))
    with translation.override("en"):
        found = texts(desk, search(desk, start=AUGUST))
        assert "Closed at first: open from 17 August 2026" in found["Closed"]
        assert not any("Closed at first" in text for text in found["Open"])
        earlier = texts(desk, search(desk))
        assert not any("Closed at first" in text for text in earlier["Closed"])


def test_the_first_open_day_is_one_that_is_asked_and_offered(desk: Desk, clock: Clock) -> None:
    make_group(make_location(desk, "Closed"), since=clock.today, now=clock.now)
    close(Location.objects.get(), date(2026, 7, 27), date(2026, 8, 18))
    with translation.override("en"):
        for days, day in (("mon", "24"), ("tue", "18"), ("sat", "18"), ("", "18")):
            asked = search(desk, start=AUGUST, pattern=WeekPattern.from_text(days))
            assert f"Closed at first: open from {day} August 2026" in texts(desk, asked)["Closed"], days


def test_closings_cost_the_search_no_query(desk: Desk, clock: Clock) -> None:
    for name in ("One", "Two", "Three"):
        location = make_location(desk, name)
        make_group(location, since=clock.today, now=clock.now)
        close(location, AUGUST, date(2026, 8, 20))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = find(search(desk, start=AUGUST))
    assert len(queries) == 1
    assert [row.closings for row in found.rows] == [(Closing(AUGUST, date(2026, 8, 19)),)] * 3


def months_of(location: Location) -> dict[str, MonthRow]:
    with translation.override("en"):
        (group,) = view_of(location, today=TODAY).groups
    return {month.name: month for month in group.months}


def test_a_month_that_is_closed_has_nothing_free_and_says_why(desk: Desk, clock: Clock) -> None:
    location = make_location(desk)
    make_group(location, since=TODAY, now=clock.now)
    close(location, date(2026, 7, 13), date(2026, 8, 20))
    found = months_of(location)
    assert "week__cell--free" in found["August"].cells
    said = "closed from 13 July to 19 August 2026 (Summer), first open day 20 August 2026"
    assert (found["August"].shut, found["June"].shut) == (said, "")
    assert found["July"].shut.startswith(
        "closed from 13 July to 19 August 2026 (Summer), first open day 1 July"
    )
    close(location, date(2026, 8, 20), date(2026, 9, 1), "Works")
    august = months_of(location)["August"]
    assert "week__cell--free" not in august.cells
    assert "first open day 1 September 2026" in august.shut


def test_calendars_of_many_locations_are_one_query(desk: Desk) -> None:
    open_, closed = make_location(desk, "Open"), make_location(desk, "Closed")
    close(closed, date(2026, 4, 1), date(2026, 4, 3))
    with CaptureQueriesContext(connection) as queries:
        found = calendars_of([open_.pk, closed.pk], MAY.replace(month=4), MAY).at
    assert len(queries) == 1
    assert found[open_.pk].closings == ()
    assert found[closed.pk].closings == (Closing(date(2026, 4, 1), date(2026, 4, 2), "Summer"),)
    days = closed_days_of([closed.pk], date(2026, 4, 2), date(2026, 4, 6)).at
    assert days[closed.pk] == {date(2026, 4, 2), date(2026, 4, 5), date(2026, 4, 6)}, "Easter too"


def test_words_of_closings() -> None:
    one = Calendar((Closing(date(2026, 3, 9), date(2026, 3, 9)),))
    with translation.override("en"):
        shut = one.late_start(MONDAY, date(2026, 3, 9))
        assert shut is not None
        assert shut_in_words(shut) == "closed on 9 March 2026, first open day 16 March 2026"
        found = one.stretches(MONDAY, TODAY, date(2026, 4, 6))
        assert stretches_in_words(found) == "9 March 2026 and 6 April 2026"
