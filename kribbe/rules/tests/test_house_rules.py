"""What counts as less good for families, and from when it may hold."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from kribbe.rules.allowance import Rounding
from kribbe.rules.house_rules import AbsenceRules, is_in_time, is_worse, told_until
from kribbe.rules.packs import load_pack

ON = date(2026, 9, 1)
PACK = load_pack("flanders")
BEFORE = AbsenceRules(
    allowance_days=Decimal(20), told_by=time(10), absence_full=Decimal(10), absence_half=Decimal(6)
)


@pytest.mark.parametrize(
    ("changed", "worse"),
    [
        ({}, False),
        ({"allowance_days": Decimal(22)}, False),
        ({"allowance_days": Decimal(19)}, True),
        ({"allowance_days": None}, True),
        ({"told_by": time(8)}, True),
        ({"told_by": time(11)}, False),
        ({"told_by": None}, False),
        ({"told_by": time(18), "told_days_before": 1}, True),
        ({"absence_full": Decimal(11)}, True),
        ({"absence_half": Decimal(7)}, True),
        ({"absence_full": Decimal(9)}, False),
        ({"absence_full": None, "absence_half": None}, True),
        ({"rounding": Rounding.DOWN}, True),
        ({"visits_charged": True}, True),
    ],
)
def test_only_what_takes_something_away_is_worse(changed, worse):
    kept = {name: getattr(BEFORE, name) for name in AbsenceRules.__slots__}
    assert is_worse(BEFORE, AbsenceRules(**{**kept, **changed}), pack=PACK, on=ON) is worse


def test_fewer_days_than_the_law_gives_change_nothing():
    least = AbsenceRules(allowance_days=Decimal(5))
    assert not is_worse(AbsenceRules(), least, pack=PACK, on=ON)


def test_two_months_end_on_the_last_day_of_a_shorter_month():
    assert told_until(date(2026, 12, 31), PACK) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("told", "days_before", "in_time"),
    [
        (datetime(2026, 6, 7, 17, 59, tzinfo=UTC), 1, True),
        (datetime(2026, 6, 7, 18, tzinfo=UTC), 1, False),
        (datetime(2026, 6, 8, 7, tzinfo=UTC), 1, False),
        (datetime(2026, 6, 8, 17, 59, tzinfo=UTC), 0, True),
        (datetime(2026, 6, 8, 18, tzinfo=UTC), 0, False),
        (datetime(2026, 6, 1, 17, 59, tzinfo=UTC), 7, True),
        (datetime(2026, 6, 1, 19, tzinfo=UTC), 7, False),
        (datetime(2026, 6, 9, 9, tzinfo=UTC), 0, False),
    ],
)
def test_an_absence_is_told_in_time_by_the_days_before(told, days_before, in_time):
    assert is_in_time(told, date(2026, 6, 8), time(18), days_before) is in_time


def test_without_a_time_an_absence_needs_no_term():
    assert is_in_time(datetime(2026, 6, 9, 9, tzinfo=UTC), date(2026, 6, 8), None, 0)
