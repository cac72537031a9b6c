"""The childcare supplement of a month, worked by hand: 3.66 for a whole day in 2026, half of it for three to five."""

import json
from decimal import Decimal

import pytest

from kribbe.rules.billing.reading import as_case
from kribbe.rules.billing.supplement import Supplement, supplement

MONDAYS = ("2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30")


def case(days=(), *, month="2026-03", born="2024-06-01", kind="free", hours="08:00-17:00", closing_days=()):
    price = {"kind": "free", "full": "40.00"} if kind == "free" else {"kind": "income"}
    raw = {
        "format": "kribbe.billing.case/1",
        "pack": "flanders",
        "month": month,
        "child": {"born": born},
        "price": price,
        "agreement": [{"from": "2015-01-05", "to": None, "weeks": [{"mon": [hours]}]}],
        "closing_days": list(closing_days),
        "days": list(days),
    }
    return as_case(json.loads(json.dumps(raw)))


def present(day, hours):
    return {"date": day, "present": [hours]}


def found(full, half, amount):
    return Supplement(full, half, Decimal("3.66"), Decimal(amount), verified=False)


def test_days_as_agreed_and_days_away():
    # 5 x 3.66
    assert supplement(case()) == found(5, 0, "18.30")
    away = {"date": MONDAYS[1], "absent": "untold"}
    # the absence is charged, yet no care took place: 4 x 3.66
    assert supplement(case([away])) == found(4, 0, "14.64")
    # the 16th is closed: 4 x 3.66
    assert supplement(case(closing_days=[MONDAYS[2]])) == found(4, 0, "14.64")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("08:00-10:59", found(4, 0, "14.64")),
        ("08:00-11:00", found(4, 1, "16.47")),
        ("08:00-13:00", found(4, 1, "16.47")),
        ("08:00-13:01", found(5, 0, "18.30")),
    ],
)
def test_the_hours_used_count_not_those_reserved(hours, expected):
    assert supplement(case([present(MONDAYS[0], hours)])) == expected


def test_half_a_day_is_rounded_to_the_cent():
    # 3.66 / 2 = 1.83; 5 x 1.83
    assert supplement(case(hours="08:00-12:00")) == found(0, 5, "9.15")


def test_none_by_income_without_days_and_before_it_existed():
    assert supplement(case(kind="income")) is None
    assert supplement(case([{"date": day, "absent": "told"} for day in MONDAYS])) is None
    assert supplement(case(month="2018-12", born="2017-06-01")) is None
