"""What an absence would cost before it is reported: by hand, and against pricing the month afterwards."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.agreed import minutes, there_on
from kribbe.rules.billing.absence import cost_of_absence
from kribbe.rules.billing.case import Absent, Entry
from kribbe.rules.billing.plan import plan
from kribbe.rules.billing.pricing import bill
from kribbe.rules.billing.reading import as_case
from kribbe.rules.tests.billing.drawn import cases

MARCH = {
    "format": "kribbe.billing.case/1",
    "pack": "flanders",
    "month": "2026-03",
    "child": {"born": "2025-06-01"},
    "price": {"kind": "income", "beyond_allowance": {"kind": "fixed", "full": "22.00", "half": "13.00"}},
    "certificates": [{"day_fee": "18.50", "from": "2026-01-01"}],
    "agreement": [{"from": "2026-01-01", "weeks": [{"mon": ["08:00-17:00"], "wed": ["08:00-12:00"]}]}],
    "allowance": {"unit": "day", "entitled": "8", "used_before": "7"},
}
MONDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 4)


def test_the_last_day_of_the_allowance_by_hand():
    """One day is left: the Monday is free and saves € 18.50; the Wednesday after it costs the half day's € 13.00."""
    case = as_case(MARCH)
    one = cost_of_absence(case, {MONDAY: Absent.TOLD})
    assert (one.amount, one.uses, one.left, one.more) == (0, 1, 0, Decimal("-18.50"))
    two = cost_of_absence(case, {MONDAY: Absent.TOLD, WEDNESDAY: Absent.TOLD})
    assert (two.amount, two.uses, two.left) == (Decimal("13.00"), 1, 0)
    # 60 % of 18.50 is 11.10: the absence costs 1.90 more than coming, the free Monday 18.50 less.
    assert two.more == Decimal("-16.60")
    assert (one.elsewhere, two.elsewhere) == (0, 0)


def test_an_absence_that_was_told_already_may_lose_its_free_day():
    """The one day that is left goes to the earlier Monday, so the Monday told before is charged."""
    told = replace(as_case(MARCH), entries={date(2026, 3, 9): Entry(absent=Absent.TOLD)})
    found = cost_of_absence(told, {MONDAY: Absent.TOLD})
    assert (found.amount, found.uses) == (0, 0)
    assert found.more == Decimal("-18.50") + Decimal("22.00")
    assert found.elsewhere == Decimal("22.00")


def test_an_afternoon_that_was_granted_beside_a_month_is_asked_beyond_the_allowance():
    """Four hours of the Wednesday were granted and are no part of the month: beyond the allowance they cost 13.00."""
    agreement = [{"from": "2026-01-01", "weeks": [{"mon": ["08:00-17:00"], "wed": ["08:00-17:00"]}]}]
    price = {
        "kind": "free",
        "month": "600.00",
        "full": "40.00",
        "half": "25.00",
        "beyond_allowance": MARCH["price"]["beyond_allowance"],
    }
    case = replace(
        as_case({**MARCH, "agreement": agreement, "price": price, "certificates": []}),
        entries={WEDNESDAY: Entry(extra=4 * 60)},
    )
    found = cost_of_absence(case, {WEDNESDAY: Absent.UNTOLD, MONDAY: Absent.TOLD})
    assert [(line.on, line.what, line.amount) for line in found.lines] == [
        (MONDAY, "month.absence", Decimal("-66.67")), (WEDNESDAY, "absence.half", Decimal("13.00")),
    ]  # fmt: skip


def test_without_a_certificate_nothing_is_said():
    found = cost_of_absence(
        replace(as_case(MARCH), certificates=()), {WEDNESDAY: Absent.UNTOLD, MONDAY: Absent.TOLD}
    )
    assert (found.amount, [held.on for held in found.held]) == (0, [WEDNESDAY])


@given(cases(), st.data())
def test_the_cost_is_what_the_month_then_costs(raw, data):
    case = as_case(raw)
    days = data.draw(st.lists(st.sampled_from(case.days()), unique=True, min_size=1, max_size=5))
    asked = {day: data.draw(st.sampled_from(Absent)) for day in days if day not in case.entries}
    found = cost_of_absence(case, asked)
    after = bill(
        replace(case, entries={**case.entries, **{on: Entry(absent=why) for on, why in asked.items()}})
    )
    assert found.more == after.total - bill(case).total
    assert found.left == after.allowance_left


@given(cases())
def test_what_is_reserved_is_what_the_agreement_has_that_day(raw):
    """One definition: without swaps, a priced day's hours are those of the day list."""
    case = replace(as_case(raw), entries={})
    reserved = {day.on: day.reserved for day in plan(case)}
    for on in case.days():
        assert reserved.get(on, 0) == minutes(there_on(case.agreement, on, case.closing_days))
