"""Allowance days: worked by hand, and against counting every day of the year."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.agreed import DAY, Agreement, pattern_of, there_on
from kribbe.rules.allowance import Balance, HouseAllowance, Rounding, balances, entitled
from kribbe.rules.billing.case import Absent, Allowance, Stay
from kribbe.rules.packs import FigureMissing, load_pack
from kribbe.rules.tests.test_agreed import WEEKS

FLANDERS = load_pack("flanders")
WHOLE = ((8 * 60, 17 * 60),)
MORNING = ((8 * 60, 12 * 60),)
NEW_YEAR = date(2026, 1, 1)
SOME_MONDAY = date(2024, 1, 1)


def days_a_week(number: int) -> tuple[dict[int, tuple[tuple[int, int], ...]], ...]:
    return (dict.fromkeys(range(number), WHOLE),)


def units(*agreements: Agreement, **house) -> Decimal:
    found = entitled(agreements=agreements, year=2026, pack=FLANDERS, house=HouseAllowance(**house))
    return found.units


@pytest.mark.parametrize(
    ("days", "down", "up", "half_days"),
    [(5, 18, 18, 36), (4, 14, 15, 29), (3, 10, 11, 22), (2, 7, 8, 15), (1, 3, 4, 8)],
)
def test_a_whole_year_by_hand(days, down, up, half_days):
    """18 × 3/5 = 10.8 days: the location chooses 10 or 11; in half-days 21.6, so 22."""
    agreed = Agreement(NEW_YEAR, None, days_a_week(days))
    assert units(agreed, rounding=Rounding.DOWN) == down
    assert units(agreed) == up
    assert units(agreed, half_days=True) == half_days


def test_a_part_of_the_year_by_hand():
    """From 1 September there are 122 days of 365: 18 × 122/365 = 6.02; three days a week 3.61."""
    first = date(2026, 9, 1)
    assert units(Agreement(first, None, days_a_week(5)), rounding=Rounding.DOWN) == 6
    assert units(Agreement(first, None, days_a_week(3))) == 4
    # Ends on 30 June: 181 days, 18 * 181/365 = 8.93.
    assert units(Agreement(date(2025, 1, 1), date(2026, 6, 30), days_a_week(5)), rounding=Rounding.DOWN) == 8


def test_a_change_of_days_by_hand():
    """Five days until 30 June (8.926), then two (18 × 2/5 × 184/365 = 3.630): 12.56."""
    early = Agreement(NEW_YEAR, date(2026, 6, 30), days_a_week(5))
    late = Agreement(date(2026, 7, 1), None, days_a_week(2))
    assert (units(early, late, rounding=Rounding.DOWN), units(early, late)) == (12, 13)


def test_weeks_in_turn_and_mornings_by_hand():
    """Five days and one day in turn: three on average, 18 x 3/5 = 10.8.

    Five mornings are five days of five, 18 x 5/5 = 18, and each one away costs a whole day; counted in half-days
    they are five of ten, 36 x 5/10 = 18, and each one away costs one.
    """
    assert units(Agreement(NEW_YEAR, None, (*days_a_week(5), *days_a_week(1)))) == 11
    mornings = Agreement(NEW_YEAR, None, (dict.fromkeys(range(5), MORNING),))
    assert units(mornings) == 18
    assert units(mornings, half_days=True) == 18
    # Three days and two mornings: 5 of 5 days, 18; 8 of 10 half-days, 36 x 8/10 = 28.8.
    mixed = Agreement(NEW_YEAR, None, (dict.fromkeys(range(3), WHOLE) | dict.fromkeys((3, 4), MORNING),))
    assert (units(mixed), units(mixed, half_days=True)) == (18, 29)


def test_ten_mornings_away_of_five_a_week_are_free():
    agreed = Agreement(NEW_YEAR, None, (dict.fromkeys(range(5), MORNING),))
    for half_days in (False, True):
        allowance = Allowance(half_days=half_days, entitled=units(agreed, half_days=half_days))
        assert in_turn(allowance, [(Absent.TOLD, Stay.HALF)] * 10).left == 8


def test_house_rules_may_give_more_and_never_less():
    full = Agreement(NEW_YEAR, None, days_a_week(5))
    assert units(full, full_time=Decimal(24)) == 24
    assert units(full, full_time=Decimal(10)) == 18


def test_the_reasons_say_how_it_was_counted():
    found = entitled(agreements=[Agreement(NEW_YEAR, None, days_a_week(3))], year=2026, pack=FLANDERS)
    assert [reason.english() for reason in found.reasons] == [
        "18 days a year for full-time care in 2026.",
        "Your part of the year and of a full week makes 10.8 days.",
        "Rounded up: 11 days.",
    ]


def test_a_year_without_a_figure():
    with pytest.raises(FigureMissing):
        entitled(agreements=[], year=2010, pack=FLANDERS)


def test_the_balance_by_hand():
    """Of four days: a full day, half a day (a whole one where days are counted), and one told too late."""
    told, late, never = Absent.TOLD, Absent.UNTOLD, Absent.LOCATION
    absences = [(told, Stay.FULL), (told, Stay.HALF), (late, Stay.FULL), (never, Stay.FULL)]
    days = Allowance(entitled=Decimal(4), told_only=True)
    assert in_turn(days, absences) == Balance(Decimal(4), Decimal(2), Decimal(2))
    half_days = Allowance(half_days=True, entitled=Decimal(4))
    assert in_turn(half_days, absences) == Balance(Decimal(4), Decimal(4), Decimal(0))


def in_turn(allowance, absences):
    """The balance after these absences on the first days of the year."""
    days = [(NEW_YEAR + n * DAY, *each) for n, each in enumerate(absences)]
    (found,) = balances([(NEW_YEAR, allowance)], days)
    return found


def test_the_balance_by_hand_where_the_rules_change_twice():
    """Ten days; from July 18 half-days; from October four days. Three days in March are six half-days."""
    allowances = [
        (NEW_YEAR, Allowance(entitled=Decimal(10))),
        (date(2026, 7, 1), Allowance(half_days=True, entitled=Decimal(18))),
        (date(2026, 10, 1), Allowance(entitled=Decimal(4))),
    ]
    away = [(date(2026, 3, day), Absent.TOLD, Stay.FULL) for day in (2, 3, 4)]
    away += [(date(2026, 8, 3), Absent.TOLD, Stay.HALF), (date(2026, 8, 4), Absent.TOLD, Stay.FULL)]
    # 3 of 10; 6 + 1 + 2 of 18; 4.5 of 4
    assert balances(allowances, away) == [
        Balance(Decimal(10), Decimal(3), Decimal(7)),
        Balance(Decimal(18), Decimal(9), Decimal(9)),
        Balance(Decimal(4), Decimal("4.5"), Decimal(0)),
    ]


@given(
    WEEKS,
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    st.integers(0, 900),
    st.integers(2025, 2027),
    st.booleans(),
)
def test_against_every_day_of_the_year(weeks, start, length, year, half_days):
    """Each day of the year on which the agreement holds gives its part of the full-time days.

    How many days a week the child is there is seen in six of its weeks, day by day as a bill sees them.
    """
    agreed = Agreement(start, start + length * DAY, weeks)
    first, last = date(year, 1, 1), date(year, 12, 31)
    year_days = (last - first).days + 1
    endless = [Agreement(SOME_MONDAY, None, weeks)]
    seen = [SOME_MONDAY + n * DAY for n in range(42, 84)]
    if half_days:
        taken = Fraction(sum(len(pattern_of(week).slots()) for week in weeks), 5 * len(weeks))
        most = 2
    else:
        taken, most = Fraction(sum(bool(there_on(endless, day)) for day in seen), 5 * 6), 1
    exact = sum(
        (
            Fraction(18, year_days) * min(most, taken)
            for n in range(year_days)
            if agreed.holds(first + n * DAY)
        ),
        Fraction(0),
    )

    def given_by(rounding: Rounding) -> Decimal:
        house = HouseAllowance(rounding=rounding, half_days=half_days)
        return entitled(agreements=[agreed], year=year, pack=FLANDERS, house=house).units

    assert (given_by(Rounding.DOWN), given_by(Rounding.UP)) == (floor(exact), ceil(exact))


@given(
    st.lists(
        st.lists(st.sampled_from(["", "am", "pm", "day"]), min_size=5, max_size=5), min_size=1, max_size=3
    )
)
def test_whatever_the_week_3_6_of_them_are_free(weeks):
    """18 days are 3.6 weeks of five: whoever comes, however short the days, is free for so many of its own weeks."""
    hours = {"am": MORNING, "pm": ((13 * 60, 17 * 60),), "day": WHOLE}
    halves = {"am": 1, "pm": 1, "day": 2}
    agreed = Agreement(NEW_YEAR, None, tuple(
        {day: hours[kind] for day, kind in enumerate(week) if kind} for week in weeks
    ))  # fmt: skip
    for half_days in (False, True):
        cost = sum(halves[kind] if half_days else 1 for week in weeks for kind in week if kind)
        given_units = units(agreed, half_days=half_days)
        # 3.6 weeks of an average week's cost, and less than one unit more by rounding up
        assert 0 <= given_units - Decimal("3.6") * cost / len(weeks) < 1


EDGES = st.sampled_from(
    [
        date(2027, 1, 1),
        date(2027, 12, 31),
        date(2028, 2, 28),
        date(2028, 2, 29),
        date(2028, 3, 1),
        date(2028, 12, 31),
    ]
)
HALF_DAYS = st.sets(st.integers(0, 9), min_size=1)
"""Half-days of a working week: 0 is Monday morning, 9 Friday afternoon."""


def hours_of(half_days: set[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    """Mornings from 8 to 12, afternoons from 13 to 17."""
    week: dict[int, tuple[tuple[int, int], ...]] = {}
    for slot in sorted(half_days):
        part = (13 * 60, 17 * 60) if slot % 2 else (8 * 60, 12 * 60)
        week[slot // 2] = (*week.get(slot // 2, ()), part)
    return week


@given(
    st.lists(st.tuples(EDGES, st.lists(HALF_DAYS, min_size=1, max_size=4)), min_size=1, max_size=4,
             unique_by=lambda each: each[0]),
    st.sampled_from([2027, 2028]),
    st.booleans(),
    st.sampled_from(Rounding),
    st.none() | st.integers(0, 30),
)  # fmt: skip
def test_against_the_units_of_each_week_counted_one_by_one(changes, year, half_days, rounding, house_days):
    """Agreements that follow each other at the edges of a leap year; half-days are chosen, hours follow from them."""
    changes = sorted(changes, key=lambda each: each[0])
    ends = [each[0] - DAY for each in changes[1:]] + [None]
    agreed = [
        Agreement(start, end, tuple(map(hours_of, weeks)))
        for (start, weeks), end in zip(changes, ends, strict=True)
    ]
    full_time = max(18, house_days or 0)
    length = 366 if year == 2028 else 365
    exact = Fraction(0)
    for n in range(length):
        day = date(year, 1, 1) + n * DAY
        held = [weeks for start, weeks in changes if start <= day]
        if held:
            weeks = held[-1]
            units = [len(week) if half_days else len({slot // 2 for slot in week}) for week in weeks]
            full_week = 10 if half_days else 5
            exact += Fraction(full_time, length) * Fraction(sum(units), full_week * len(weeks))
    exact *= 2 if half_days else 1
    house = HouseAllowance(
        full_time=None if house_days is None else Decimal(house_days), half_days=half_days, rounding=rounding
    )
    found = entitled(agreements=agreed, year=year, pack=FLANDERS, house=house).units
    assert found == (floor(exact) if rounding is Rounding.DOWN else ceil(exact))


@given(
    st.integers(0, 40),
    st.lists(st.tuples(st.sampled_from(Absent), st.sampled_from(Stay)), max_size=40),
    st.booleans(),
)
def test_a_balance_never_gives_more_than_there_is(given_days, absences, half_days):
    allowance = Allowance(half_days=half_days, entitled=Decimal(given_days))
    found = in_turn(allowance, absences)
    wanted = sum((stay.halves if half_days else 1) for absent, stay in absences if not absent.is_free)
    assert found.used + found.left == found.entitled
    assert found.used == min(wanted, given_days)
