"""What a late payment may cost, by sums written out and by properties."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.calendar import is_working_day
from kribbe.rules.packs import load_pack
from kribbe.rules.reminders import costs, last_free_day

PACK = load_pack("reminders")
FREE_UNTIL = date(2026, 5, 26)
SUMS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(100_000), places=2)
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2027, 12, 31))


def test_the_term_begins_on_the_third_working_day():
    # Sent on Friday 8 May 2026: Monday, Tuesday, Wednesday 13 May; fourteen days on is the 27th.
    assert last_free_day(date(2026, 5, 8), PACK) == date(2026, 5, 27)
    # Sent on Tuesday 12 May: Wednesday, Friday (Ascension between), Monday 18 May; the first of June.
    assert last_free_day(date(2026, 5, 12), PACK) == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("owed", "lump"),
    [
        ("0.01", "20.00"),
        ("150.00", "20.00"),
        ("150.01", "30.00"),  # 30 + 10 % of 0.01
        ("300.00", "45.00"),  # 30 + 10 % of 150
        ("500.00", "65.00"),  # 30 + 10 % of 350
        ("500.01", "65.00"),  # 65 + 5 % of 0.01
        ("1500.00", "115.00"),  # 65 + 5 % of 1000
        ("50000.00", "2000.00"),  # 65 + 5 % of 49500 = 2540, at most 2000
    ],
)
def test_the_lump_sum_of_each_band(owed, lump):
    found = costs(Decimal(owed), free_until=FREE_UNTIL, on=FREE_UNTIL + timedelta(days=1), pack=PACK)
    assert found.lump == Decimal(lump)


def test_figures_that_nobody_checked_are_told():
    on = FREE_UNTIL + timedelta(days=1)
    assert not PACK.figure("reminder.interest", on).verified
    found = costs(Decimal("365.00"), free_until=FREE_UNTIL, on=on, pack=PACK)
    assert [reason.code for reason in found.doubts] == ["reminder.unverified"]
    assert not costs(Decimal("365.00"), free_until=FREE_UNTIL, on=FREE_UNTIL, pack=PACK).doubts, "no costs"


def test_interest_runs_from_the_day_after_the_free_term():
    # 365.00 at 10.5 % for ten days: 365 * 0.105 * 10 / 365 = 1.05
    found = costs(Decimal("365.00"), free_until=FREE_UNTIL, on=FREE_UNTIL + timedelta(days=10), pack=PACK)
    assert found.interest == Decimal("1.05")


def test_each_day_has_its_own_rate():
    # 1000.00: ten days of June 2025 at 11.5 % (3.1506) and ten of July at 10.5 % (2.8767) make 6.02
    found = costs(Decimal("1000.00"), free_until=date(2025, 6, 20), on=date(2025, 7, 10), pack=PACK)
    assert found.interest == Decimal("6.02")
    assert [reason.code for reason in found.why] == ["reminder.interest"] * 2 + ["reminder.lump_and_share"]


@given(SUMS, DAYS, st.integers(0, 30))
def test_nothing_is_asked_in_the_free_term(owed, sent, early):
    until = last_free_day(sent, PACK)
    assert until >= sent + timedelta(days=17)
    assert is_working_day(until - timedelta(days=14))
    assert costs(owed, free_until=until, on=until - timedelta(days=early), pack=PACK).total == 0


@given(SUMS, SUMS, st.integers(1, 400))
def test_who_owes_more_or_longer_never_pays_less(one, other, days):
    less, more = sorted((one, other))
    on = FREE_UNTIL + timedelta(days=days)
    low, high = (costs(each, free_until=FREE_UNTIL, on=on, pack=PACK) for each in (less, more))
    assert low.lump <= high.lump <= 2000
    assert low.interest <= high.interest
    later = costs(less, free_until=FREE_UNTIL, on=on + timedelta(days=1), pack=PACK)
    assert later.interest >= low.interest
    assert later.lump == low.lump


def test_nobody_owes_less_than_nothing():
    with pytest.raises(ValueError, match="-1"):
        costs(Decimal(-1), free_until=FREE_UNTIL, on=FREE_UNTIL, pack=PACK)
