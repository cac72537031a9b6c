"""The search for free half-days: against a slow search in Python, and page by page."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kribbe.places import ledger
from kribbe.places.models import MONTHS_ASKED, Kind, LicenceState, Location
from kribbe.places.selectors.search import Found, Key, Search, Sort, Tier, find, skipped
from kribbe.places.tests.scene import HERENT, LEUVEN, fill, make_desk, make_group, make_location
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import EMPTY, SLOTS, WORK_WEEK, WeekPattern
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
        ),
        **fields,
    )


def names(rows: list[Found]) -> list[str]:
    return [row.name for row in rows]


def free_by_counting(location: Location, start: date) -> int:
    """The slots that the best group has free in every week that touches the six months, by its weeks."""
    best = 0
    for group in location.groups.filter(active=True):
        days = [start + timedelta(days=step) for step in range((add_months(start, 6) - start).days)]
        weeks = {week.monday: week for week in group.weeks.all()}
        mask = 0
        for slot in range(SLOTS):
            mine = [day for day in days if day.weekday() == slot // 2]
            mondays = [weeks[day - timedelta(days=day.weekday())] for day in mine]
            mask |= all(week.bookable[slot] > week.taken[slot] for week in mondays) << slot
        best = max(best, mask, key=lambda free: ((free & MONDAY_TUESDAY.mask).bit_count(), free.bit_count()))
    return best


def test_it_finds_what_a_count_week_by_week_finds(clock: Clock) -> None:
    chance = random.Random(7)  # noqa: S311  the same walk each time
    desk = make_desk()
    for number in range(12):
        place = make_location(desk, f"Place {number}", km_east=chance.uniform(-9, 9))
        for _ in range(chance.randint(1, 2)):
            group = make_group(place, places=chance.randint(1, 2), since=clock.today, now=clock.now)
            for _ in range(chance.randint(0, 9)):
                slots = chance.sample(range(10), 6)
                start = clock.today + timedelta(days=chance.randint(0, 300))
                pattern = WeekPattern.from_slots(slots)
                end = start + timedelta(days=chance.randint(7, 400))
                try:
                    fill(group, pattern.to_text(), start=start, end=end, now=clock.now)
                except ledger.NoRoomError:
                    continue
    rows = find(search(desk, kilometres=None)).rows
    assert len(rows) == 12
    for row in rows:
        free = free_by_counting(Location.objects.get(pk=row.id), MAY)
        fits = (free & MONDAY_TUESDAY.mask).bit_count()
        assert (row.free & MONDAY_TUESDAY.mask).bit_count() == fits
        assert row.tier == (Tier.WHOLE if fits == 4 else Tier.SOME if fits else Tier.NONE)
    assert len({row.tier for row in rows}) == 3
    keys = [(row.tier, row.metres) for row in rows]
    assert keys == sorted(keys)
    near = find(search(desk, kilometres=None, sort=Sort.NEAR)).rows
    assert [row.metres for row in near] == sorted(row.metres for row in rows)


def test_a_half_day_counts_only_if_it_is_free_for_six_months(clock: Clock) -> None:
    desk = make_desk()
    last_month = add_months(MAY, MONTHS_ASKED - 1)
    within, beyond = (
        make_group(make_location(desk, name), since=clock.today, now=clock.now) for name in ("In", "Out")
    )
    for group, start in ((within, last_month), (beyond, add_months(last_month, 1) + timedelta(days=7))):
        fill(group, "mon-am", start=start, end=start + timedelta(days=10), now=clock.now)
    rows = {row.name: row for row in find(search(desk)).rows}
    assert rows["Out"].tier == Tier.WHOLE
    assert rows["In"].tier == Tier.SOME
    assert rows["In"].free == WORK_WEEK & ~1


def test_half_days_of_two_groups_are_not_added_up(clock: Clock) -> None:
    desk = make_desk()
    place = make_location(desk)
    for taken in ("mon", "tue"):
        fill(make_group(place, since=clock.today, now=clock.now), taken, start=MAY, now=clock.now)
    (row,) = find(search(desk)).rows
    assert row.tier == Tier.SOME


def test_the_row_may_be_some_months_old(clock: Clock) -> None:
    desk = make_desk()
    group = make_group(make_location(desk), since=clock.today, now=clock.now)
    fill(group, "wed", start=date(2026, 9, 1), now=clock.now)
    later = search(desk, start=date(2026, 6, 1), today=date(2026, 6, 1), pattern=WeekPattern.from_text("wed"))
    assert find(later).rows[0].tier == Tier.NONE
    assert find(replace(later, pattern=MONDAY_TUESDAY)).rows[0].tier == Tier.WHOLE


def test_at_the_end_of_what_is_kept_fewer_months_are_judged(clock: Clock) -> None:
    desk = make_desk()
    make_group(make_location(desk), since=clock.today, now=clock.now)
    last = search(desk, start=add_months(date(2026, 3, 1), 23))
    assert find(last).rows[0].tier == Tier.WHOLE


def test_need_does_not_stop_at_the_border_but_at_the_region(clock: Clock) -> None:
    desk = make_desk()
    near = make_desk("Herent", at=HERENT, region=desk.region)
    far = make_desk("Elsewhere", at=LEUVEN)
    for each, name in ((desk, "Here"), (near, "Over the border"), (far, "Another region")):
        make_group(make_location(each, name), since=clock.today, now=clock.now)
    rows = find(search(desk)).rows
    assert names(rows) == ["Here", "Over the border"]
    assert rows[1].municipality == "Herent"
    # sqrt(((4.7009 - 4.67) x 70.19)^2 + ((50.8796 - 50.909) x 111.25)^2) = sqrt(2.169^2 + 3.271^2) = 3.925
    assert rows[1].metres == pytest.approx(3925, abs=2)


def test_filters(clock: Clock) -> None:
    desk = make_desk()
    plain = make_location(desk, "Plain")
    make_group(plain, since=clock.today, now=clock.now)
    early = make_location(desk, "Early", opens_at=time(6, 30), inclusive=True, kind=Kind.FAMILY)
    make_group(early, since=clock.today, now=clock.now, price_kind=PriceKind.FREE)
    make_location(desk, "Ended", licence_state=LicenceState.ENDED)
    make_location(desk, "Closed for good", active=False)
    make_location(desk, "Far", km_east=9)

    def found(**fields: object) -> set[str]:
        return set(names(find(search(desk, **{"kilometres": 5, **fields})).rows))

    assert found() == {"Plain", "Early"}
    assert found(kilometres=10) == {"Plain", "Early", "Far"}
    assert found(before=time(7)) == {"Early"}
    assert found(inclusive=True) == {"Early"}
    assert found(kind=Kind.FAMILY) == {"Early"}
    assert found(price="income") == {"Plain"}
    assert found(price="free") == {"Early"}


def test_only_the_group_of_the_price_asked_counts(clock: Clock) -> None:
    desk = make_desk()
    place = make_location(desk)
    full = make_group(place, since=clock.today, now=clock.now)
    make_group(place, since=clock.today, now=clock.now, price_kind=PriceKind.FREE)
    fill(full, "mon tue", start=MAY, now=clock.now)
    assert find(search(desk)).rows[0].tier == Tier.WHOLE
    assert find(search(desk, price="income")).rows[0].tier == Tier.NONE


def test_a_suspended_location_is_shown_without_free_places(clock: Clock) -> None:
    desk = make_desk()
    make_group(make_location(desk, licence_state=LicenceState.SUSPENDED), since=clock.today, now=clock.now)
    (row,) = find(search(desk)).rows
    assert (row.tier, row.free) == (Tier.NONE, 0)


def test_without_days_everything_with_a_free_half_day_is_whole(clock: Clock) -> None:
    desk = make_desk()
    make_group(make_location(desk, "Some"), since=clock.today, now=clock.now)
    full = make_group(make_location(desk, "None"), since=clock.today, now=clock.now)
    fill(full, "mon tue wed thu fri", start=MAY, now=clock.now)
    make_location(desk, "Keeps nothing here")
    result = find(search(desk, pattern=EMPTY))
    assert {row.name: row.tier for row in result.rows} == {
        "Some": Tier.WHOLE,
        "None": Tier.NONE,
        "Keeps nothing here": Tier.NONE,
    }
    assert (result.total, result.whole) == (3, 1)
    assert [row.months == "" for row in result.rows if row.name.startswith("Keeps")] == [True]


def test_the_detour_is_worked_out_for_each_place(clock: Clock) -> None:
    """Against plane geometry by hand: home at 0, work 6 km east; places east of home or north of the way."""
    desk = make_desk()
    work = (LEUVEN[0] + 6 / 70.19, LEUVEN[1])
    expected = {"On the way": 0, "Beyond work": 2000, "Behind home": 3000, "Aside": 4000}
    for name, km in (("On the way", 3.0), ("Beyond work", 7.0), ("Behind home", -1.5)):
        make_location(desk, name, km_east=km)
    # 4 km north of the middle of the way: 5 + 5 - 6 = 4
    make_location(desk, "Aside", km_east=3, latitude=LEUVEN[1] + 4 / 111.25)
    asked = search(desk, pattern=EMPTY, work=work, kilometres=None, sort=Sort.DETOUR)
    rows = find(asked).rows
    assert names(rows) == list(expected)
    assert [row.metres for row in rows] == pytest.approx(list(expected.values()), abs=2)
    for km, count in ((0.5, 1), (2.01, 2), (3.01, 3), (3.99, 3), (4.01, 4)):
        assert find(replace(asked, kilometres=km)).total == count
    near = find(replace(asked, kilometres=3.01, sort=Sort.NEAR)).rows
    assert [(row.name, row.metres) for row in near] == [
        ("Behind home", 1500),
        ("On the way", 3000),
        ("Beyond work", 7000),
    ]


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_join_to_the_whole_without_gaps_or_doubles(clock: Clock, sort: Sort) -> None:
    desk = make_desk()
    for number in range(11):
        place = make_location(desk, f"Place {number}", km_east=number // 2)
        group = make_group(place, since=clock.today, now=clock.now)
        fill(group, ["mon-am", "wed", "mon tue"][number % 3], start=MAY, now=clock.now)
    asked = search(desk, sort=sort)
    everything = find(asked, limit=50)
    assert everything.following is None
    seen, after = [], None
    for _ in range(4):
        page = find(asked, after=after, limit=3)
        seen += page.rows
        after = page.following
        assert (page.total, page.whole) == (11, everything.whole)
    assert after is None
    assert seen == everything.rows
    assert [row.number for row in seen] == list(range(1, 12))


def test_only_those_free_on_all_days_and_nothing_at_all(clock: Clock) -> None:
    desk = make_desk()
    group = make_group(make_location(desk), since=clock.today, now=clock.now)
    fill(group, "mon", start=MAY, now=clock.now)
    result = find(search(desk, whole_only=True))
    assert (result.rows, result.total, result.whole) == ([], 1, 0)


def test_one_query_whatever_is_found(clock: Clock) -> None:
    desk = make_desk()
    for count in (1, 12):
        for number in range(count):
            make_group(make_location(desk, f"Place {number}"), since=clock.today, now=clock.now)
        with CaptureQueriesContext(connection) as queries:
            find(search(desk))
        assert len(queries) == 1


@pytest.mark.parametrize("text", ["", "1-2", "a-b-c", "1-2-3-4", "1--3", "٣-1-2", "1-2-999999999999"])
def test_a_made_up_key_is_no_key(text: str) -> None:
    assert Key.from_text(text) is None


def test_a_key_reads_back() -> None:
    assert Key.from_text(Key(1, 2345, 67).to_text()) == Key(1, 2345, 67)


def test_months_between_two_first_days_are_exact() -> None:
    months = [add_months(date(2020, 1, 1), number) for number in range(240)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT asked, array_agg({skipped('asked')} ORDER BY first_month)"  # noqa: S608  no value of a user
            " FROM unnest(%(months)s::date[]) asked, unnest(%(months)s::date[]) availability (first_month)"
            " GROUP BY asked ORDER BY asked",
            {"months": months},
        )
        found = [row[1] for row in cursor.fetchall()]
    assert found == [[14 * max(0, asked - kept) for kept in range(240)] for asked in range(240)]
