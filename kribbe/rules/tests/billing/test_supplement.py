"""The childcare supplement of a month, worked by hand: 3.66 for a whole day in 2026, half of it for three to five."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kribbe.rules.billing.reading import as_case
from kribbe.rules.billing.supplement import Register, Supplement, supplement

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


def of(case, present=(), kept=()):
    """By the register: when the child was there by day, and days on which it was kept without her."""
    parts = {date.fromisoformat(day): ((minute(start), minute(end)),) for day, start, end in present}
    return supplement(case, Register(parts, frozenset(map(date.fromisoformat, kept)) | parts.keys()))


def minute(text):
    return int(text[:2]) * 60 + int(text[3:])


def found(full, half, amount, *, provisional=0, at_school=0):
    return Supplement(full, half, Decimal("3.66"), Decimal(amount), False, provisional, at_school)


def test_days_without_a_register_count_as_agreed_and_are_provisional():
    # 5 x 3.66
    assert of(case()) == found(5, 0, "18.30", provisional=5)
    away = {"date": MONDAYS[1], "absent": "untold"}
    # the absence is charged, yet no care took place: 4 x 3.66
    assert of(case([away])) == found(4, 0, "14.64", provisional=4)
    # the 16th is closed: 4 x 3.66
    assert of(case(closing_days=[MONDAYS[2]])) == found(4, 0, "14.64", provisional=4)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("10:59", found(4, 0, "14.64", provisional=4)),
        ("11:00", found(4, 1, "16.47", provisional=4)),
        ("13:00", found(4, 1, "16.47", provisional=4)),
        ("13:01", found(5, 0, "18.30", provisional=4)),
    ],
)
def test_the_hours_used_count_not_those_reserved(end, expected):
    assert of(case(), [(MONDAYS[0], "08:00", end)]) == expected


def test_a_day_that_the_register_has_without_the_child_counts_nothing():
    # kept on the 2nd without her, on the 9th with her: 3.66 for it, and 3 x 3.66 as agreed
    assert of(case(), [(MONDAYS[1], "08:00", "16:00")], kept=[MONDAYS[0]]) == found(
        4, 0, "14.64", provisional=3
    )


def test_a_month_by_the_register_is_not_provisional():
    there = [(day, "08:00", "16:00") for day in MONDAYS[:4]]
    # the 30th was kept without her: 4 x 3.66
    assert of(case(), there, kept=[MONDAYS[4]]) == found(4, 0, "14.64")


def test_an_extra_day_counts_by_the_register_not_by_what_was_reserved():
    """Charged as reserved, from 7 to 18; she stayed four hours."""
    extra = case([present("2026-03-04", "07:00-18:00")])
    there = [*((day, "08:00", "16:00") for day in MONDAYS), ("2026-03-04", "08:00", "12:00")]
    # 5 x 3.66 + 1.83
    assert of(extra, there) == found(5, 1, "20.13")
    # no register of the 4th: the eleven hours reserved count, provisionally
    assert of(extra, there[:5]) == found(6, 0, "21.96", provisional=1)


def test_a_stay_on_a_day_noted_absent_counts_by_the_register():
    away = {"date": MONDAYS[0], "absent": "told"}
    assert of(case([away]), [(day, "08:00", "16:00") for day in MONDAYS]) == found(5, 0, "18.30")


def test_a_stay_over_midnight_is_split_there():
    # from 20:00 to 24:00 four hours, then six: 1.83 + 3.66, and 4 x 3.66 as agreed
    assert of(case(), [(MONDAYS[0], "20:00", "30:00")], kept=["2026-03-03"]) == found(
        5, 1, "20.13", provisional=4
    )


def test_days_from_the_start_of_school_do_not_count():
    at_school = replace(case(), school_from=date(2026, 3, 16))
    # the 2nd and 9th: 2 x 3.66; the 16th, 23rd and 30th are told apart
    assert of(at_school) == found(2, 0, "7.32", provisional=2, at_school=3)
    assert of(replace(case(), school_from=date(2025, 9, 1))) is None


def present(day, hours):
    return {"date": day, "present": [hours]}


def test_half_a_day_is_rounded_to_the_cent():
    # 3.66 / 2 = 1.83; 5 x 1.83
    assert of(case(hours="08:00-12:00")) == found(0, 5, "9.15", provisional=5)


def test_none_by_income_without_days_and_before_it_existed():
    assert of(case(kind="income")) is None
    assert of(case([{"date": day, "absent": "told"} for day in MONDAYS])) is None
    assert of(case(month="2018-12", born="2017-06-01")) is None
