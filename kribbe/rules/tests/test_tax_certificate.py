"""Sums tie out, each paid day counts once, and what isn't care or isn't paid doesn't count."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.packs import Confidence, load_pack
from kribbe.rules.tax_certificate import (
    Asked,
    Charge,
    PaidDay,
    age_on,
    certificates,
    counted,
    funded,
    is_care,
    is_month,
    most_a_day,
    paid_days,
    spread,
)

PACK = load_pack("flanders")
FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))
EUROS = st.integers(1, 6000).map(lambda cents: Decimal(cents) / 100)


def euros(text: str) -> Decimal:
    return Decimal(text)


def charges(account: int, *amounts: str) -> list[Charge]:
    return [Charge(account, date(2026, 3, place), euros(each)) for place, each in enumerate(amounts, 2)]


def test_a_part_payment_pays_the_first_days_with_its_share_of_care():
    # 40.00 asked: 30.00 of care and 10.00 of meals. 24.00 came: its share of care is 18.00, one day of 10.00
    asked = Asked(1, euros("40"), [(date(2026, 4, 9), euros("24"))])
    found = paid_days(charges(1, "10", "10", "10"), [asked])
    assert found == [PaidDay(date(2026, 3, 2), euros("10"), date(2026, 4, 9))]


def test_the_rest_counts_in_the_year_in_which_it_comes():
    paid = [(date(2026, 12, 30), euros("24")), (date(2027, 1, 4), euros("16"))]
    found = paid_days(charges(1, "10", "10", "10"), [Asked(1, euros("40"), paid)])
    assert [each.paid_on.year for each in found] == [2026, 2027, 2027]


def test_a_payment_taken_back_takes_its_days_back():
    paid = [
        (date(2026, 4, 9), euros("20")),
        (date(2026, 4, 20), euros("-20")),
        (date(2026, 5, 2), euros("20")),
    ]
    found = paid_days(charges(1, "10", "10"), [Asked(1, euros("20"), paid)])
    assert {each.paid_on for each in found} == {date(2026, 5, 2)}


def test_a_correction_lowers_the_price_of_its_day_and_one_of_all_takes_it_away():
    asked = Asked(1, euros("7"), [(FIRST, euros("20")), (date(2026, 5, 1), euros("-13"))])
    found = paid_days([*charges(1, "10", "10"), *charges(1, "-3", "-10")], [asked])
    assert [(each.day.day, each.price, each.paid_on) for each in found] == [(2, euros("7"), FIRST)]


def test_a_credit_note_for_what_nobody_paid_is_no_money():
    lines = [*charges(1, "10", "10"), *charges(1, "-4", "-4")]
    went_off = [(FIRST, euros("8")), (FIRST, euros("-8"))]
    assert paid_days(lines, [Asked(1, euros("12"), went_off)]) == []
    half = Asked(1, euros("12"), [*went_off, (date(2026, 5, 1), euros("6"))])
    assert paid_days(lines, [half]) == [PaidDay(date(2026, 3, 2), euros("6"), date(2026, 5, 1))]


def test_what_is_given_back_beside_care_pays_no_day():
    # 20.00 of care, of which 15.00 was given back as something else: 5.00 came
    asked = Asked(1, euros("5"), [(FIRST, euros("5"))])
    assert paid_days(charges(1, "5", "15"), [asked]) == [PaidDay(date(2026, 3, 2), euros("5"), FIRST)]


def test_a_day_asked_on_two_accounts_counts_when_both_are_paid():
    asked = [Asked(1, euros("10"), [(FIRST, euros("10"))]), Asked(2, euros("2"))]
    lines = [*charges(1, "10"), *charges(2, "2")]
    assert paid_days(lines, asked) == []
    later = Asked(2, euros("2"), [(date(2027, 2, 1), euros("2"))])
    assert paid_days(lines, [asked[0], later]) == [PaidDay(date(2026, 3, 2), euros("12"), date(2027, 2, 1))]


def test_what_was_paid_with_a_credit_note_whose_payment_came_back_is_not_paid():
    march = [(FIRST, euros("30")), (FIRST, euros("-20")), (date(2027, 1, 5), euros("-30"))]
    april, may = [(FIRST, euros("12"))], [(FIRST, euros("15"))]
    lacking = Asked("march", euros("10"), march)
    asked = [lacking, Asked("april", euros("12"), april), Asked("may", euros("15"), may)]
    back = date(2027, 1, 5)
    assert [each.paid for each in funded(asked)] == [
        march,
        (*april, (back, euros("-5"))),
        (*may, (back, euros("-15"))),
    ]
    again = replace(lacking, paid=[*march, (date(2027, 2, 1), euros("30"))])
    assert funded([again, *asked[1:]]) == [again, *asked[1:]]


def test_a_month_credited_in_whole_that_gave_more_than_came_in_pays_no_day():
    gave = Asked(1, euros("0"), [(FIRST, euros("-10"))])
    assert paid_days([*charges(1, "10"), *charges(1, "-10")], [gave]) == []


@pytest.mark.parametrize(("came", "days"), [("25", 1), ("50", 2), ("49.99", 2)])
def test_two_children_share_what_came_in_where_reductions_make_less_of_the_whole(came, days):
    """120.00 of care, 70.00 off: 50.00 is asked. Of 25.00 each child has 25 × 60 / 120 = 12.50: one day of 10.00."""
    asked = Asked(1, euros("50"), [(FIRST, euros(came))], care=euros("120"))
    child = charges(1, *["10"] * 6)
    assert len(paid_days(child, [asked])) == days
    assert 2 * 10 * days <= euros(came)


def test_what_was_paid_later_stands_whatever_an_earlier_month_lacks():
    back, later = date(2026, 9, 5), date(2027, 2, 1)
    march = Asked("march", euros("10"), [(FIRST, euros("30")), (FIRST, euros("-20")), (back, euros("-30"))])
    april, december = Asked("april", euros("20"), [(FIRST, euros("20"))]), Asked("december", euros("50"))
    unpaid = replace(april, paid=(*april.paid, (back, euros("-20"))))
    assert funded([march, april, december]) == [march, unpaid, december]
    paid = replace(december, paid=[(later, euros("50"))])
    assert funded([march, april, paid]) == [march, unpaid, paid]
    more = replace(march, paid=[*march.paid, (later, euros("5"))])
    assert funded([more, april, paid])[1].paid == (*april.paid, (back, euros("-15")))


@given(
    st.lists(st.tuples(DAYS, EUROS), min_size=1, max_size=30),
    EUROS | st.just(Decimal(0)),
    st.lists(EUROS, max_size=8),
)
def test_no_more_counts_than_was_asked_for_care_and_each_day_once(lines, meals, payments):
    asked_for = sum((amount for _day, amount in lines), meals)
    paid, left = [], asked_for
    for place, amount in enumerate(payments):
        part = min(amount, left)
        left -= part
        paid.append((FIRST + timedelta(days=30 * place), part))
    found = paid_days([Charge(1, day, amount) for day, amount in lines], [Asked(1, asked_for, paid)])
    assert max(Counter(each.day for each in found).values(), default=1) == 1
    care = asked_for - meals
    counts = sum((each.price for each in found), Decimal(0))
    came = asked_for - left
    assert counts <= care * came / asked_for
    if not left:
        assert counts == care


@given(st.lists(st.tuples(DAYS, EUROS), max_size=60, unique_by=lambda each: each[0]))
def test_certificates_hold_every_day_and_every_cent_once(lines):
    days = [PaidDay(day, price, date(2027, 1, 2)) for day, price in lines]
    drafts = certificates(days, year=2027, pack=PACK)
    assert sum(draft.days for draft in drafts) == len(days)
    assert sum((draft.total for draft in drafts), Decimal(0)) == sum(
        (each.price for each in days), Decimal(0)
    )
    for draft in drafts:
        assert 1 <= len(draft.periods) <= 4
        for period in draft.periods:
            assert period.first <= period.last
            assert period.first.year == period.last.year
            assert period.price is None or period.price * period.days == period.amount


def test_prices_stand_apart_only_where_one_is_above_the_most_a_day():
    # the most of 2024 is 16.40
    def days(*prices):
        return [
            PaidDay(date(2024, 3, n), euros(price), date(2024, 4, 1)) for n, price in enumerate(prices, 1)
        ]

    (one,) = certificates(days("16.40", "9.84"), year=2024, pack=PACK)
    assert [(each.price, each.days, each.amount) for each in one.periods] == [(None, 2, euros("26.24"))]
    first, second = certificates(days("16.41", "9.84", "16.41", "5", "6", "7"), year=2024, pack=PACK)
    assert [(each.price, each.days) for each in first.periods] == [
        (euros("16.41"), 2),
        (euros("9.84"), 1),
        (euros("5"), 1),
        (euros("6"), 1),
    ]
    assert [each.price for each in second.periods] == [euros("7")]
    assert first.total + second.total == euros("60.66")


def test_a_child_counts_until_the_day_before_it_is_fourteen_or_twenty_one():
    born = date(2012, 2, 29)
    days = [PaidDay(date(2026, *on), euros("5"), date(2026, 5, 1)) for on in ((2, 28), (3, 1), (3, 2))]
    young = counted(days, year=2026, born=born, disabled=False, pack=PACK)
    assert [each.day for each in young] == [date(2026, 2, 28)]
    assert len(counted(days, year=2026, born=born, disabled=True, pack=PACK)) == 3
    assert counted(days, year=2025, born=born, disabled=True, pack=PACK) == []
    assert age_on(date(2012, 3, 1), date(2026, 3, 1)) == 14


@pytest.mark.parametrize(
    "what", ["nappies", "absence.full", "absence.half", "late pick-up", "month", "stayed"]
)
def test_only_stays_are_care(what):
    assert not is_care(what)
    assert is_care("stay.full")
    assert is_care("extra_day.half")
    assert is_month("month.absence")


@given(EUROS, st.integers(1, 31))
def test_a_price_of_a_month_is_shared_out_to_the_cent(amount, count):
    parts = spread(amount, [FIRST + timedelta(days=n) for n in range(count)])
    assert sum(parts.values()) == amount
    assert max(parts.values()) - min(parts.values()) <= Decimal("0.01")
    assert spread(amount, []) == {}


def test_the_most_of_a_year_without_figure_is_the_latest_and_not_verified():
    figure = most_a_day(PACK, 2026)
    assert (figure.value, figure.confidence) == (euros("16.90"), Confidence.UNVERIFIED)
