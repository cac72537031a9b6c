"""What an absence or a day costs, told first, is what the runs make of it: a grid of prices and days, each told, run,
written and run again. What the month after is asked more is told too: a package that is bought then, and an absence
whose free day is gone by then.
"""

from contextlib import contextmanager
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from kribbe.billing.selectors.expected import expected
from kribbe.billing.tests.marched import FEE, NEW_YEAR, march
from kribbe.billing.tests.month import absent, certificate, day_change, house_rules, price_list, run
from kribbe.enrolment.models import Placement
from kribbe.planning.models import DayChange
from kribbe.planning.selectors.allowance import cost, stated
from kribbe.planning.selectors.days import day_cost
from kribbe.rules.billing.case import Absent
from kribbe.rules.halfdays import WeekPattern

pytestmark = [pytest.mark.long, pytest.mark.django_db]
MONTHS = (date(2026, 3, 1), date(2026, 4, 1))
"""The days are in March."""
BY_INCOME = "income"
PRICES = {
    BY_INCOME: {},
    "own fee": {"own_fee": True},
    "by day": {"full": "40.00", "half": "25.00"},
    "by month": {"month": "600.00", "full": "40.00", "half": "25.00"},
    **{
        f"package of {size}": {"package_name": "Dagen", "package_size": size, "package_price": f"{30 * size}.00"}
        for size in (8, 11)
    },
    "package of half-days": {
        "package_name": "Halve dagen", "package_half_days": True, "package_size": 13, "package_price": "195.00",
    },
}  # fmt: skip
WISHES = {
    "extra": {"day": march(4), "halves": 3},
    "longer": {"day": march(10), "halves": 2},
    "swapped": {"day": march(4), "halves": 3, "instead_of": march(9)},
    "next month": {"day": date(2026, 4, 1), "halves": 3, "instead_of": march(9)},
}
EARLIER = [date(2026, 1, 5) + timedelta(weeks=week, days=day) for week in range(4) for day in (0, 1)]
"""Of the eight free days of her year, Noor used so many of these."""
TODAY = date(2026, 2, 20)
TOLD, UNTOLD = Absent.TOLD, Absent.UNTOLD
ABSENCES = (
    (0, "planned", TOLD), (7, "planned", TOLD), (8, "planned", TOLD), (8, "planned", UNTOLD), (7, "extra", TOLD),
    (8, "extra", UNTOLD), (7, "longer", UNTOLD), (8, "longer", TOLD), (7, "swapped", TOLD), (8, "swapped", UNTOLD),
)  # fmt: skip
"""How many free days are used, what kind of day it is and how it is told."""
DAYS = (
    (None, "extra"), (None, "longer"), (None, "swapped"), (None, "next month"), (TOLD, "longer"), (UNTOLD, "longer"),
    (TOLD, "swapped"),
)  # fmt: skip
"""Whether the child is away, on the day itself if it is a longer one, and what is wished."""


def priced(kept, name):
    noor = kept.scene.noor
    noor.pattern = WeekPattern.from_text("mon tue-am").mask
    noor.save()
    certificate(kept, noor, FEE, NEW_YEAR)
    kept.scene.group.price_kind = "income" if name in {BY_INCOME, "own fee"} else "free"
    kept.scene.group.save()
    fields = {
        key: Decimal(each) if key in {"full", "half", "month", "package_price"} else each
        for key, each in PRICES[name].items()
    }
    price_list(kept, **fields)


def day_of(kept, name):
    """The day of the absence."""
    noor = kept.scene.noor
    if name == "extra":
        day_change(noor, march(4))
        return march(4)
    if name == "longer":
        day_change(noor, march(10), halves=2)
        return march(10)
    if name == "swapped":
        day_change(noor, march(4), instead_of=march(9))
        return march(4)
    return march(9)


def placement_of(kept):
    return Placement.objects.select_related("child", "group__location__desk").get(pk=kept.scene.noor.pk)


def asked(kept):
    """What the run of each month asks for Noor's family, as things stand."""
    family = [kept.scene.noor.child.household_id]
    return [sum(each.result.total for each in expected(kept.books, month, family)) for month in MONTHS]


def more(kept, before):
    return tuple(after - earlier for after, earlier in zip(asked(kept), before, strict=True))


@contextmanager
def undone():
    """What is written within is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("price", PRICES)
def test_an_absence(kept, price):
    priced(kept, price)
    told, ran = {}, {}
    house_rules(kept, told_by=time(9))
    for each in ABSENCES:
        used, day, kind = each
        with undone():
            absent(kept.scene.noor, *EARLIER[:used], date(2026, 4, 13), date(2026, 4, 14))
            on, before = day_of(kept, day), asked(kept)
            (found,) = cost(stated(placement_of(kept), 2026, today=TODAY), {on: kind})
            absent(kept.scene.noor, on, kind=kind)
            told[each], ran[each] = (found.more, found.later), more(kept, before)
    assert told == ran


@pytest.mark.parametrize("price", PRICES)
def test_a_day(kept, price):
    priced(kept, price)
    house_rules(kept, told_by=time(9))
    noor = kept.scene.noor
    told, ran = {}, {}
    for each in DAYS:
        away, name = each
        with undone():
            given, both = WISHES[name], name == "next month"
            if away:
                absent(noor, given["day"] if name == "longer" else march(16), kind=away)
            before, placement = asked(kept), placement_of(kept)
            found = day_cost(stated(placement, 2026, today=TODAY), DayChange(placement=placement, **given))
            day_change(noor, **given)
            first, second = more(kept, before)
            told[each] = found.amount, 0 if both else found.later
            ran[each] = (first + second, 0) if both else (first, second)
    assert told == ran


@pytest.mark.parametrize("price", ["income", "package of half-days"])
def test_the_invoices_ask_it(kept, price):
    """Told, run, written and run again: what the second runs issue is what was told."""
    priced(kept, price)
    house_rules(kept, told_by=time(9))
    absent(kept.scene.noor, *EARLIER[:7], date(2026, 4, 13), date(2026, 4, 14))
    for month in MONTHS:
        run(kept, month, date(2026, 5, 2))
    on = march(9)
    (found,) = cost(stated(placement_of(kept), 2026, today=TODAY), {on: Absent.TOLD})
    absent(kept.scene.noor, on)
    issued = [run(kept, month, date(2026, 5, 3)).get("An Maes", 0) for month in MONTHS]
    assert [found.more, found.later] == issued
    assert found.later
