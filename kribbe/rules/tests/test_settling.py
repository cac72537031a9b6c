from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.settling import Open, settled_by

MONTHS = date(2026, 2, 1), date(2026, 3, 1)
CENTS = st.integers(-50_000, 50_000).map(lambda cents: Decimal(cents).scaleb(-2))


@given(st.integers(1, 90_000), st.lists(CENTS.filter(bool), max_size=6))
def test_no_cent_is_lost_and_nothing_is_settled_beyond_what_is_open(cents, opens):
    amount = Decimal(cents).scaleb(-2)
    waiting = [Open(number, each, date(2026, 4, 1), MONTHS[number % 2]) for number, each in enumerate(opens)]
    parts, _costs, left = settled_by(amount, waiting)
    assert sum((part for _, part in parts), left) == amount
    assert left >= 0
    assert all(part / opens[number] > 0 and abs(part) <= abs(opens[number]) for number, part in parts)
    assert not left or all(dict(parts).get(number, 0) == each for number, each in enumerate(opens))


def test_credit_first_then_what_was_named_then_as_it_falls_due():
    waiting = [
        Open(1, Decimal("50.00"), date(2026, 3, 1), MONTHS[0]),
        Open(2, Decimal("30.00"), date(2026, 4, 1), MONTHS[0]),
        Open(3, Decimal("-10.00"), date(2026, 5, 1), MONTHS[1]),
    ]
    # 40.00 + 10.00 of credit = 50.00: 30.00 for the second, 20.00 for the first
    assert settled_by(Decimal("40.00"), waiting, first=[2]) == (
        [(3, Decimal("-10.00")), (2, Decimal("30.00")), (1, Decimal("20.00"))],
        0,
        Decimal("0.00"),
    )


def test_a_credit_note_goes_off_its_own_month_before_what_is_named_and_what_fell_due():
    waiting = [
        Open(1, Decimal("50.00"), date(2026, 3, 1), MONTHS[0]),
        Open(2, Decimal("30.00"), date(2026, 4, 1), MONTHS[1]),
        Open(3, Decimal("-40.00"), date(2026, 5, 1), MONTHS[1]),
    ]
    settled = settled_by(Decimal("5.00"), waiting)
    assert (dict(settled.parts), settled.left) == ({3: -40, 2: 30, 1: 15}, 0)


def test_costs_come_after_the_invoice_that_is_named_and_before_the_others():
    waiting = [
        Open(1, Decimal("50.00"), date(2026, 3, 1), MONTHS[0]),
        Open(2, Decimal("30.00"), date(2026, 4, 1), MONTHS[0]),
    ]
    costs = Decimal("20.00")
    assert settled_by(Decimal("55.00"), waiting, first=[2], costs=costs) == (
        [(2, Decimal("30.00")), (1, Decimal("5.00"))],
        costs,
        0,
    )
    # None is named: the one that fell due first, then costs. 60.00 - 50.00 leaves 10.00 for costs.
    assert settled_by(Decimal("60.00"), waiting, costs=costs) == ([(1, Decimal("50.00"))], 10, 0)
    # The one that is named was paid before: what comes by its reference pays its costs.
    assert settled_by(costs, waiting, first=[9], costs=costs) == ([], costs, 0)
