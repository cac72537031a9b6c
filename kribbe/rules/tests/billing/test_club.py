"""Out-of-school care priced, each sum worked by hand. An hour is 3.20, a day 14.00, half a day (if any) 8.00."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.billing.club import ClubStay, Tariff, Unused, bill_club
from kribbe.rules.outofschool import Charge, Rounding
from kribbe.rules.reasons import CODES

MONDAY, TUESDAY = date(2026, 10, 12), date(2026, 10, 13)
LOTTE, MATS, FIEN = 1, 2, 3
HOURLY = Tariff(hour=Decimal("3.20"), day=Decimal(14))
BY_DAY = Tariff(hour=Decimal("3.20"), day=Decimal(14), half_day=Decimal(8))
QUARTERS, HALF_HOURS = Charge(step=15), Charge(step=30)


def tariff(base=HOURLY, **shares):
    fields = {name: getattr(base, name) for name in ("hour", "day", "half_day", "half_day_under")}
    numbers = {name: value if isinstance(value, bool) else Decimal(value) for name, value in shares.items()}
    return Tariff(**fields, **numbers)


def stay(part, present, *, child=LOTTE, on=MONDAY, at=HOURLY, charge=QUARTERS, social=False):
    return ClubStay(
        child=child, on=on, part=part, present=present, tariff=at, charge=charge, is_social=social
    )


def amounts(stays, unused=(), child=LOTTE):
    found = bill_club(stays, unused)
    return [f"{line.amount}" for line in found[child].lines] if child in found else []


WORKED = {
    # 106 minutes are 8 begun quarters: 2 h x 3.20
    "begun quarters after school": ([stay("after", 106)], ["6.40"]),
    # 106 minutes are 4 begun half-hours: 2 h x 3.20
    "begun half-hours": ([stay("after", 106, charge=HALF_HOURS)], ["6.40"]),
    # 91 minutes are 4 begun half-hours, exactly 90 are 3
    "one minute more begins a half-hour": ([stay("after", 91, charge=HALF_HOURS)], ["6.40"]),
    "exactly three half-hours": ([stay("after", 90, charge=HALF_HOURS)], ["4.80"]),
    # 67 minutes to the nearest half-hour are 60, 75 are 90
    "down to the nearest": ([stay("after", 67, charge=Charge(step=30, rounding=Rounding.NEAREST))], ["3.20"]),
    "up to the nearest": ([stay("after", 75, charge=Charge(step=30, rounding=Rounding.NEAREST))], ["4.80"]),
    # 29 minutes hold no whole half-hour: nothing; with a least of 60 minutes one hour
    "no whole step": ([stay("after", 29, charge=Charge(step=30, rounding=Rounding.WHOLE))], []),
    "the least that is charged": ([stay("before", 20, charge=Charge(step=30, least=60))], ["3.20"]),
    "nobody came": ([stay("after", 0)], []),
    # 10 minutes at 3.10: 0.51666... rounds to 0.52
    "rounded half up to the cent": (
        [stay("after", 10, at=Tariff(hour=Decimal("3.10"), day=Decimal(14)), charge=Charge(step=10))], ["0.52"],
    ),
    "before and after school on one day": ([stay("before", 60), stay("after", 120)], ["3.20", "6.40"]),
    # 1.5 h = 4.80 and 3.5 h = 11.20 are 16.00: the day stops at 14.00
    "a day never costs more": ([stay("before", 90), stay("after", 210)], ["4.80", "9.20"]),
    # 3 h = 9.60 and 2 h = 6.40, on two days: no cap
    "the cap is of a day": ([stay("after", 180), stay("before", 120, on=TUESDAY)], ["9.60", "6.40"]),
    # 9 h x 3.20 = 28.80, at most 14.00
    "a holiday by the hour stops at the day": ([stay("holiday", 540)], ["14.00"]),
    "a short holiday by the hour": ([stay("holiday", 150)], ["8.00"]),
    "just under five hours is half a day": ([stay("holiday", 299, at=BY_DAY)], ["8.00"]),
    "five hours are a day": ([stay("holiday", 300, at=BY_DAY)], ["14.00"]),
    "hours of school days go on beside half-days": ([stay("after", 60, at=BY_DAY)], ["3.20"]),
    # half of 6.40
    "the social tariff": ([stay("after", 120, at=tariff(social="0.5"), social=True)], ["3.20"]),
    "no social tariff without the right": ([stay("after", 120, at=tariff(social="0.5"))], ["6.40"]),
    # a third off 3.20: 3.20 x 0.667 = 2.1344
    "a share of a third": ([stay("after", 60, at=tariff(social="0.333"), social=True)], ["2.13"]),
    # the cap first: 14.00, then half of it
    "the cap goes before the social tariff": (
        [stay("holiday", 540, at=tariff(social="0.5"), social=True)], ["7.00"],
    ),
    # Mats has 9.60 and pays it whole; Lotte 6.40 less a quarter
    "all but the one with the most": (
        [stay("after", 120, at=tariff(siblings="0.25")),
         stay("after", 180, child=MATS, at=tariff(siblings="0.25"))], ["4.80"],
    ),
    # Lotte has the most: whole
    "the one with the most pays it whole": (
        [stay("after", 180, at=tariff(siblings="0.25")),
         stay("after", 120, child=MATS, at=tariff(siblings="0.25"))], ["9.60"],
    ),
    # equal: the one who is longer known pays it whole
    "as much as each other": (
        [stay("after", 120, at=tariff(siblings="0.25")),
         stay("after", 120, child=MATS, at=tariff(siblings="0.25"))], ["6.40"],
    ),
    "every sibling": (
        [stay("after", 120, at=tariff(siblings="0.25", every_sibling=True)),
         stay("after", 60, child=MATS, at=tariff(siblings="0.25", every_sibling=True))], ["4.80"],
    ),
    "a sibling on another day": (
        [stay("after", 120, at=tariff(siblings="0.25", every_sibling=True)),
         stay("after", 60, child=MATS, on=TUESDAY, at=tariff(siblings="0.25", every_sibling=True))], ["6.40"],
    ),
    # half of 6.40 = 3.20, then a quarter off: 2.40
    "social first, then siblings": (
        [stay("after", 120, at=tariff(siblings="0.25", social="0.5", every_sibling=True), social=True),
         stay("after", 120, child=MATS, at=tariff(siblings="0.25", social="0.5", every_sibling=True), social=True)],
        ["2.40"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("stays", "asked"), WORKED.values(), ids=WORKED)
def test_worked_cases(stays, asked):
    assert amounts(stays) == asked


def unused(percent, *, given_up_on=None, at=HOURLY, social=False):
    return Unused(
        child=LOTTE, on=MONDAY, given_up_on=given_up_on, percent=percent, tariff=at, is_social=social
    )


@pytest.mark.parametrize(
    ("day", "asked", "code"),
    [
        (unused(100), ["14.00"], "billing.club.unused"),
        (unused(50, given_up_on=date(2026, 10, 9)), ["7.00"], "billing.club.given_up"),
        (unused(0), [], None),
        # half of 14.00, and half of that again
        (unused(50, at=tariff(social="0.5"), social=True), ["3.50"], "billing.club.unused"),
    ],
)
def test_a_day_that_was_kept_for_nothing(day, asked, code):
    assert amounts([], [day]) == asked
    if code:
        assert bill_club([], [day])[LOTTE].lines[0].why[0].code == code


def test_a_stay_without_an_end_is_held_back():
    found = bill_club([stay("after", None), stay("after", 60, on=TUESDAY)])[LOTTE]
    assert [(each.on, each.why[0].code) for each in found.held] == [(MONDAY, "billing.held.end")]
    assert found.total == Decimal("3.20")


def test_three_children_have_one_who_pays_it_whole():
    at = tariff(siblings="0.25")
    stays = [stay("after", 60 * child, child=child, at=at) for child in (LOTTE, MATS, FIEN)]
    # 3.20 x 0.75 + 6.40 x 0.75 + 9.60
    assert sum(each.total for each in bill_club(stays).values()) == Decimal("16.80")


def test_time_that_runs_back_is_refused():
    with pytest.raises(ValueError, match="-5"):
        bill_club([stay("after", -5)])


shares = st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.25"), Decimal("0.333"), Decimal(1)])
tariffs = st.builds(
    Tariff,
    hour=st.decimals(0, 9, places=2),
    day=st.decimals(0, 40, places=2),
    half_day=st.none() | st.decimals(0, 40, places=2),
    siblings=shares,
    every_sibling=st.booleans(),
    social=shares,
)


@given(
    tariffs,
    st.dictionaries(
        st.tuples(
            st.sampled_from([LOTTE, MATS, FIEN]),
            st.sampled_from([MONDAY, TUESDAY]),
            st.sampled_from(["before", "after", "holiday"]),
        ),
        st.integers(0, 700),
        max_size=12,
    ),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_a_day_is_never_below_nought_nor_above_its_price(at, times, social, chance):
    at = Tariff(hour=at.hour, day=at.day, half_day=at.half_day and min(at.half_day, at.day),
                siblings=at.siblings, every_sibling=at.every_sibling, social=at.social)  # fmt: skip
    stays = [
        stay(part, present, child=child, on=on, at=at, social=social)
        for (child, on, part), present in times.items()
    ]
    found = bill_club(stays)
    for result in found.values():
        for day in (MONDAY, TUESDAY):
            assert 0 <= sum(line.amount for line in result.lines if line.on == day) <= at.day
        assert all(line.amount > 0 and line.why[0].code in CODES for line in result.lines)
    full = Tariff(hour=at.hour, day=at.day, half_day=at.half_day)
    plain = bill_club(replace(each, tariff=full, is_social=False) for each in stays)
    assert sum(each.total for each in found.values()) <= sum(each.total for each in plain.values())
    chance.shuffle(stays)
    assert bill_club(stays) == found, "the order in which stays are read changes nothing"
