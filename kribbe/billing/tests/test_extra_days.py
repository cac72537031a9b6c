"""An extra day that was granted beside a price by the month, with the sums written out.

Noor has full Mondays and Tuesdays: ten days in March 2026. The list asks 600.00 a month and 40.00 for a full day.
"""

from datetime import time
from decimal import Decimal

import pytest

from kribbe.billing.models import PriceList
from kribbe.billing.selectors.expected import expected
from kribbe.billing.tests.marched import THE_2ND, THE_20TH, euros, march
from kribbe.billing.tests.month import MARCH, absent, came, day_change, house_rules, lines_of, price_list, run
from kribbe.rules.halfdays import WeekPattern

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_month(kept):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    price_list(kept, month=Decimal(600), full=Decimal(40))
    house_rules(kept, told_by=time(9))
    day_change(kept.scene.noor, march(4))
    return kept


def test_the_extra_day_is_asked_beside_the_month(by_month):
    # 600.00 + 40.00
    assert run(by_month, MARCH, THE_2ND)["An Maes"] == euros("640.00")


def test_staying_away_from_it_within_the_allowance_asks_the_month_alone(by_month):
    absent(by_month.scene.noor, march(4))
    # nothing off the 600.00, which never held the 4th
    assert run(by_month, MARCH, THE_2ND)["An Maes"] == euros("600.00")


def test_beyond_the_allowance_it_costs_what_the_house_rules_ask(by_month):
    absent(by_month.scene.noor, march(4), kind="untold")
    # 600.00 + 15.00
    assert run(by_month, MARCH, THE_2ND)["An Maes"] == euros("615.00")


def test_other_days_are_deducted_as_if_it_had_not_been(by_month):
    absent(by_month.scene.noor, march(4), march(9))
    # 600.00 / 10 days = 60.00 off for the 9th
    assert run(by_month, MARCH, THE_2ND)["An Maes"] == euros("540.00")
    assert (march(9), "month.absence", euros("-60.00")) in lines_of("An Maes")


def test_hours_that_the_day_has_already_are_no_extra_and_stay_in_the_month(by_month):
    day_change(by_month.scene.noor, march(10))
    absent(by_month.scene.noor, march(10))
    # 600.00 + 40.00 for the 4th - 60.00 for the 10th
    assert run(by_month, MARCH, THE_2ND)["An Maes"] == euros("580.00")


@pytest.fixture
def by_mornings(by_month):
    """Noor comes on Monday and Tuesday mornings; a half day costs 25.00; nobody comes on the 4th."""
    noor = by_month.scene.noor
    noor.pattern = WeekPattern.from_text("mon-am tue-am").mask
    noor.save()
    noor.day_changes.all().delete()
    PriceList.objects.update(half=Decimal(25))
    return by_month


def of_day(kept, day, month=MARCH):
    (noor,) = (
        each for each in expected(kept.books, month, [kept.scene.noor.child.household_id])
        if each.placement == kept.scene.noor
    )  # fmt: skip
    lines = [(each.what, each.amount) for each in noor.result.lines if each.on == day]
    return lines, noor.result.total


@pytest.mark.parametrize("day", [march(10), march(11)])
def test_an_extra_afternoon_costs_the_same_beside_a_morning_of_the_month_as_on_another_day(by_mornings, day):
    day_change(by_mornings.scene.noor, day, halves=2)
    # 600.00 + 25.00
    assert of_day(by_mornings, day) == ([("extra_day.half", euros("25.00"))], euros("625.00"))


def test_who_stays_longer_than_the_morning_without_a_day_granted_pays_the_month(by_mornings):
    came(by_mornings.scene.noor, march(10), "08:00", "18:00")
    assert of_day(by_mornings, march(10)) == ([], euros("600.00"))


def test_who_goes_home_before_the_afternoon_that_was_granted_pays_it(by_mornings):
    day_change(by_mornings.scene.noor, march(10), halves=2)
    came(by_mornings.scene.noor, march(10), "08:00", "12:00")
    assert of_day(by_mornings, march(10)) == ([("extra_day.half", euros("25.00"))], euros("625.00"))


def test_the_whole_day_away_within_the_allowance_takes_the_day_off_and_asks_no_afternoon(by_mornings):
    day_change(by_mornings.scene.noor, march(10), halves=2)
    absent(by_mornings.scene.noor, march(10))
    # 600.00 / 10 days = 60.00 off
    assert of_day(by_mornings, march(10)) == ([("month.absence", euros("-60.00"))], euros("540.00"))


def test_the_whole_day_away_beyond_the_allowance_asks_the_afternoon_by_the_house_rules(by_mornings):
    day_change(by_mornings.scene.noor, march(10), halves=2)
    absent(by_mornings.scene.noor, march(10), kind="untold")
    # the month stays 600.00; a half day 9.00
    assert of_day(by_mornings, march(10)) == ([("absence.half", euros("9.00"))], euros("609.00"))


def test_it_is_in_the_invoice_and_given_back_where_it_is_withdrawn(by_mornings):
    change = day_change(by_mornings.scene.noor, march(10), halves=2)
    assert run(by_mornings, MARCH, THE_2ND)["An Maes"] == euros("625.00")
    change.state = "withdrawn"
    change.save()
    assert run(by_mornings, MARCH, THE_20TH)["An Maes"] == euros("-25.00")
