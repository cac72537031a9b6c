"""What a changed day changes of the absences after it is always among the days that are named."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.allowance import counted
from kribbe.rules.allowance_reach import may_differ
from kribbe.rules.billing.case import Absent, Allowance, Stay

NEW_YEAR = date(2026, 1, 1)
TOLD, FULL = Absent.TOLD, Stay.FULL


def day(number):
    return NEW_YEAR + timedelta(days=number)


def whole(*days):
    return [(day(each), TOLD, FULL) for each in days]


def of(days, half_days=False):
    return [(NEW_YEAR, Allowance(half_days, Decimal(days), told_only=False))]


def covers(allowances, absences):
    """By day what is covered of it: each is counted after all before it, from the first one anew."""
    found = {}
    for place, (on, absent, stay) in enumerate(absences):
        count = counted(allowances, absences[:place])
        count.go_to(on)
        found[on] = None if absent.is_free else count.covers(absent, stay)
    return found


def test_with_days_to_spare_nothing_else_changes():
    assert may_differ(of(8), whole(1, 40, 70), {day(10)}) == []


def test_the_absence_that_may_lose_the_last_free_day_is_named_and_none_after_it():
    # Three free days: the 3rd of 40, 70, 100 loses its own, and the one after it had none anyway.
    assert may_differ(of(3), whole(40, 70, 100, 130), {day(10)}) == [day(100)]


def test_after_the_last_free_day_nothing_changes():
    assert may_differ(of(2), whole(1, 2, 40, 70), {day(10)}) == []


def test_a_version_that_gives_more_is_counted_from_its_day():
    allowances = [*of(1), (day(60), Allowance(half_days=False, entitled=Decimal(2), told_only=False))]
    assert may_differ(allowances, whole(1, 70, 80), {day(10)}) == []
    assert may_differ(allowances, whole(1, 70, 80), {day(65)}) == [day(70)]


def test_where_the_unit_changes_all_later_absences_are_named():
    allowances = [*of(4), (day(60), Allowance(half_days=True, entitled=Decimal(8), told_only=False))]
    assert may_differ(allowances, whole(1, 40, 70), {day(10)}) == [day(40), day(70)]


AWAY = st.tuples(st.sampled_from(Absent), st.sampled_from(Stay))
YEARS = st.dictionaries(st.integers(0, 30), AWAY, max_size=14)
VERSION = st.tuples(st.integers(0, 7), st.booleans())


@given(
    one=YEARS,
    unsure=st.dictionaries(st.integers(0, 30), st.tuples(st.none() | AWAY, st.none() | AWAY), min_size=1, max_size=4),
    versions=st.dictionaries(st.integers(1, 30), VERSION, max_size=2),
    begun=VERSION,
    half_days=st.booleans(),
)  # fmt: skip
def test_whatever_differs_is_named(one, unsure, versions, begun, half_days):
    """Any year, and another one that differs on the unsure days only."""
    allowances = [
        (day(first), Allowance(half_days, Decimal(days), told_only=told_only))
        for first, (days, told_only) in sorted({0: begun, **versions}.items())
    ]
    sides = [{**one, **{number: pair[side] for number, pair in unsure.items()}} for side in (0, 1)]
    before, after = (
        [(day(number), *each) for number, each in sorted(side.items()) if each] for side in sides
    )
    was, now = covers(allowances, before), covers(allowances, after)
    differs = {on for on in now if on in was and now[on] != was[on]} - {day(each) for each in unsure}
    assert differs <= set(may_differ(allowances, after, {day(each) for each in unsure}))
