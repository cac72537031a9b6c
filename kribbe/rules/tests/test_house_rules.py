"""What counts as less good for families, and from when it may hold."""

from datetime import date, time
from decimal import Decimal

import pytest

from kribbe.rules.allowance import Rounding
from kribbe.rules.house_rules import AbsenceRules, earliest_worse, is_worse
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
        ({"absence_full": Decimal(11)}, True),
        ({"absence_half": Decimal(7)}, True),
        ({"absence_full": Decimal(9)}, False),
        ({"absence_full": None, "absence_half": None}, True),
        ({"rounding": Rounding.DOWN}, True),
    ],
)
def test_only_what_takes_something_away_is_worse(changed, worse):
    kept = {name: getattr(BEFORE, name) for name in AbsenceRules.__slots__}
    assert is_worse(BEFORE, AbsenceRules(**{**kept, **changed}), pack=PACK, on=ON) is worse


def test_fewer_days_than_the_law_gives_change_nothing():
    least = AbsenceRules(allowance_days=Decimal(5))
    assert not is_worse(AbsenceRules(), least, pack=PACK, on=ON)


def test_two_months_end_on_the_last_day_of_a_shorter_month():
    assert earliest_worse(date(2026, 12, 31)) == date(2027, 2, 28)
