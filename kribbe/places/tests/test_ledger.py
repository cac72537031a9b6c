"""The ledger against a count by day, and against fifty takers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kribbe.places import ledger
from kribbe.places.ledger_free import availability, free_by_month
from kribbe.places.models import MONTHS_SHOWN, Group, GroupCapacity, LedgerTake, LedgerWeek
from kribbe.places.tests.scene import make_desk, make_group, make_location
from kribbe.rules.calendar import add_months, first_of_month, monday_of
from kribbe.rules.halfdays import SLOTS, WORK_WEEK, WeekPattern
from kribbe.testing.clock import BRUSSELS, Clock
from kribbe.testing.races import side_by_side
from kribbe.trust import locks

TODAY = date(2026, 3, 4)
NOW = datetime(2026, 3, 4, 9, tzinfo=BRUSSELS)
MONDAY = monday_of(TODAY)
END = MONDAY + timedelta(weeks=ledger.HORIZON_WEEKS + 1)
PLACES = 2


@dataclass
class Oracle:
    """Who holds what, counted by walking the days."""

    capacities: list[tuple[date, int, int]] = field(default_factory=lambda: [(MONDAY, PLACES, WORK_WEEK)])
    held: dict[str, tuple[date, date | None, int]] = field(default_factory=dict)

    def bookable(self, day: date, slot: int) -> int:
        _, places, pattern = [row for row in self.capacities if row[0] <= day][-1]
        return places if pattern >> slot & 1 else 0

    def taken(self, day: date, slot: int) -> int:
        return sum(
            start <= day and (end is None or day < end) and bool(mask >> slot & 1)
            for start, end, mask in self.held.values()
        )

    def has_room(self, start: date, end: date | None, mask: int) -> bool:
        return all(
            self.taken(day, slot) < self.bookable(day, slot)
            for day in _days(max(start, MONDAY), min(end or END, END))
            for slot in _slots(day)
            if mask >> slot & 1
        )

    def has_room_beside(self, before: tuple[date, date | None, int], start: date, end: date | None) -> bool:
        """Whether the days that are added to those held before have room."""
        held_from, held_until, mask = before
        return all(
            self.taken(day, slot) < self.bookable(day, slot)
            for day in _days(max(start, MONDAY), min(end or END, END))
            if not held_from <= day < (held_until or END)
            for slot in _slots(day)
            if mask >> slot & 1
        )

    def week(self, monday: date) -> tuple[list[int], list[int]]:
        cells = [(monday + timedelta(days=slot // 2), slot) for slot in range(SLOTS)]
        return [self.bookable(*cell) for cell in cells], [self.taken(*cell) for cell in cells]

    def free(self, today: date) -> str:
        return "".join(
            str(int(all(self.taken(day, slot) < self.bookable(day, slot) for day in days)))
            for month in range(MONTHS_SHOWN)
            for slot in range(SLOTS)
            for days in [[day for day in _month(today, month) if day.weekday() == slot // 2]]
        )


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=step) for step in range((end - start).days))


def _slots(day: date) -> tuple[int, int]:
    return 2 * day.weekday(), 2 * day.weekday() + 1


def _month(today: date, month: int) -> list[date]:
    """The days of a month from today's; of the running month what is left, and at least this week."""
    first = add_months(first_of_month(today), month)
    last = add_months(first, 1)
    if month == 0:
        return list(_days(monday_of(today), max(last, monday_of(today) + timedelta(weeks=1))))
    return list(_days(first, last))


some_days = st.integers(0, 900).map(lambda days: MONDAY + timedelta(days=days))
some_masks = st.one_of(st.integers(1, WORK_WEEK), st.integers(1, 2**SLOTS - 1))
some_holders = st.sampled_from(["offer:1", "offer:2", "offer:3", "placement:1", "placement:2"])
steps = st.one_of(
    st.tuples(st.just("take"), some_holders, some_days, st.none() | st.integers(1, 400), some_masks),
    st.tuples(st.just("release"), some_holders, st.none() | some_days),
    st.tuples(st.just("move"), some_holders, some_days, st.none() | st.integers(1, 400)),
    st.tuples(st.just("hand_over"), some_holders, some_holders),
    st.tuples(st.just("capacity"), some_days, st.integers(0, 3), some_masks),
    st.tuples(st.just("recount")),
)


@pytest.fixture
def group(db: None) -> Group:
    return make_group(make_location(make_desk()), places=PLACES, since=MONDAY, now=NOW)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(steps, min_size=1, max_size=10))
def test_any_walk_leaves_what_a_count_by_day_finds(group: Group, walk: list[tuple[object, ...]]) -> None:
    with _undone():
        oracle = Oracle()
        for verb, *arguments in walk:
            STEPS[str(verb)](group, oracle, *arguments)
        weeks = LedgerWeek.objects.filter(group=group)
        kept = {week.monday: (week.bookable, week.taken) for week in weeks}
        assert kept == {monday: oracle.week(monday) for monday in kept}
        assert len(kept) == ledger.HORIZON_WEEKS + 1
        assert ledger.miscounted(group_ids=[group.pk], today=TODAY) == []
        assert availability([group.pk])[group.pk].free == oracle.free(TODAY)


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _take(group: Group, oracle: Oracle, holder: str, start: date, days: int | None, mask: int) -> None:
    if holder in oracle.held:
        return
    end = None if days is None else start + timedelta(days=days)
    take = partial(
        ledger.take,
        group_id=group.pk,
        start=start,
        end=end,
        pattern=WeekPattern(mask),
        holder=holder,
        now=NOW,
    )
    if oracle.has_room(start, end, mask):
        take()
        oracle.held[holder] = (start, end, mask)
    else:
        with pytest.raises(ledger.NoRoomError) as refused:
            take()
        assert all(
            oracle.taken(cell.day, cell.slot) >= oracle.bookable(cell.day, cell.slot)
            for cell in refused.value.cells
        )


def _release(_group: Group, oracle: Oracle, holder: str, from_day: date | None) -> None:
    ledger.release(holder=holder, from_day=from_day, now=NOW)
    if holder not in oracle.held:
        return
    start, end, mask = oracle.held[holder]
    if from_day is None or from_day <= start:
        del oracle.held[holder]
    elif end is None or from_day < end:
        oracle.held[holder] = (start, from_day, mask)


def _move(_group: Group, oracle: Oracle, holder: str, start: date, days: int | None) -> None:
    """To other days: what it holds itself on both counts not against it."""
    if holder not in oracle.held:
        return
    before = oracle.held[holder]
    end = None if days is None else start + timedelta(days=days)
    move = partial(ledger.move, holder=holder, start=start, end=end, now=NOW)
    if oracle.has_room_beside(before, start, end):
        move()
        oracle.held[holder] = (start, end, before[2])
    else:
        with pytest.raises(ledger.NoRoomError):
            move()


def _hand_over(_group: Group, oracle: Oracle, holder: str, to: str) -> None:
    if holder not in oracle.held or to in oracle.held:
        return
    ledger.hand_over(holder=holder, to=to)
    oracle.held[to] = oracle.held.pop(holder)


def _capacity(group: Group, oracle: Oracle, since: date, places: int, pattern: int) -> None:
    if since <= oracle.capacities[-1][0]:
        return
    last = GroupCapacity.objects.get(group=group, during__endswith=None)
    last.during = (last.during.lower, since)
    last.save()
    GroupCapacity.objects.create(
        group=group,
        during=(since, None),
        licensed_places=places,
        staffed_places=places,
        bookable_places=places,
        open_pattern=pattern,
    )
    oracle.capacities.append((since, places, pattern))
    _recount(group, oracle)


def _recount(group: Group, _oracle: Oracle) -> None:
    ledger.recount(group_ids=[group.pk], today=TODAY, now=NOW)


STEPS: dict[str, Callable[..., None]] = {
    "take": _take,
    "release": _release,
    "move": _move,
    "hand_over": _hand_over,
    "capacity": _capacity,
    "recount": _recount,
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "today",
    [
        date(2026, 4, 1),  # a Wednesday: this week began last month
        date(2026, 4, 30),  # a Thursday: Friday is next month's
        date(2026, 8, 31),  # a Monday: one working day of the month is left
        date(2027, 1, 1),
        date(2028, 2, 29),
    ],
)
def test_the_row_of_search_is_right_on_the_edges_of_months(today: date) -> None:
    now = datetime(today.year, today.month, today.day, 9, tzinfo=BRUSSELS)
    monday = monday_of(today)
    group = make_group(make_location(make_desk()), places=1, since=monday, now=now)
    start, end = today + timedelta(days=10), today + timedelta(days=120)
    ledger.take(
        group_id=group.pk, start=start, end=end, pattern=WeekPattern(0b1001), holder="offer:1", now=now
    )
    row = availability([group.pk])[group.pk]
    oracle = Oracle([(monday, 1, WORK_WEEK)], {"offer:1": (start, end, 0b1001)})
    assert row.first_month == first_of_month(today)
    assert row.free == oracle.free(today)


@pytest.mark.django_db
def test_months_tell_the_least_of_their_weeks(clock: Clock) -> None:
    group = make_group(make_location(make_desk()), places=2, since=clock.today, now=clock.now)
    ledger.take(
        group_id=group.pk,
        start=date(2026, 4, 13),
        end=date(2026, 4, 20),
        pattern=WeekPattern.from_text("mon"),
        holder="offer:1",
        now=clock.now,
    )
    months = free_by_month(group_ids=[group.pk], first_month=date(2026, 4, 1), months=2)[group.pk]
    assert months == [[1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0], [2] * 10 + [0] * 4]


@pytest.mark.django_db
def test_what_is_given_back_twice_is_refused_by_the_table(group: Group) -> None:
    week = LedgerWeek.objects.filter(group=group).first()
    assert week is not None
    week.taken = [-1, *week.taken[1:]]
    with pytest.raises(IntegrityError, match="fewer than none taken"), transaction.atomic():
        week.save()


TAKERS = 50


def fifty_takers(group: Group, *, unguarded: bool = False) -> list[LedgerTake | Exception]:
    """Fifty takers of Monday 9 March's whole day, each on a connection of its own.

    `unguarded` leaves the triggers under the table out too.
    """

    def take(number: int) -> LedgerTake:
        return ledger.take(
            group_id=group.pk,
            start=date(2026, 3, 9),
            end=date(2026, 3, 16),
            pattern=WeekPattern(0b11),
            holder=f"offer:{number}",
            now=NOW,
        )

    def unguarded_take(number: int) -> LedgerTake:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        return take(number)

    taker = unguarded_take if unguarded else take
    return side_by_side([partial(taker, number) for number in range(TAKERS)])


def winners(outcomes: list[LedgerTake | Exception]) -> int:
    return sum(isinstance(outcome, LedgerTake) for outcome in outcomes)


@pytest.fixture
def last_place(transactional_db: None) -> Group:
    return make_group(make_location(make_desk()), places=1, since=MONDAY, now=NOW)


@pytest.mark.race
def test_the_last_place_goes_to_exactly_one_of_fifty(last_place: Group) -> None:
    outcomes = fifty_takers(last_place)
    assert winners(outcomes) == 1
    assert {type(outcome) for outcome in outcomes} == {LedgerTake, ledger.NoRoomError}
    assert LedgerTake.objects.count() == 1
    assert ledger.miscounted(group_ids=[last_place.pk], today=TODAY) == []


@pytest.mark.race
def test_without_the_lock_the_table_still_promises_nothing_twice(
    last_place: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "ENABLED", False)
    outcomes = fifty_takers(last_place)
    assert winners(outcomes) == 1
    assert LedgerTake.objects.count() == 1
    assert LedgerWeek.objects.get(group=last_place, monday=date(2026, 3, 9)).taken[:2] == [1, 1]


@pytest.mark.race
def test_control_without_lock_and_trigger_the_race_shows(
    last_place: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "ENABLED", False)
    assert winners(fifty_takers(last_place, unguarded=True)) > 1


@pytest.mark.race
def test_takers_of_other_half_days_all_win(last_place: Group) -> None:
    def take(slot: int) -> LedgerTake:
        return ledger.take(
            group_id=last_place.pk,
            start=TODAY,
            end=None,
            pattern=WeekPattern.from_slots([slot]),
            holder=f"offer:{slot}",
            now=NOW,
        )

    outcomes = side_by_side([partial(take, slot) for slot in range(10)])
    assert winners(outcomes) == 10
    assert ledger.miscounted(group_ids=[last_place.pk], today=TODAY) == []
