"""An extra day that was granted beside a price by the month, with the sums written out.

Noor has full Mondays and Tuesdays: ten days in March 2026. The list asks 600.00 a month and 40.00 for a full day.
"""

from datetime import time
from decimal import Decimal

import pytest

from kribbe.billing.tests.marched import THE_2ND, euros, march
from kribbe.billing.tests.month import MARCH, absent, day_change, house_rules, lines_of, price_list, run

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


def test_an_extra_afternoon_on_a_day_of_the_month_leaves_it_in_the_month(by_month):
    day_change(by_month.scene.noor, march(10))
    absent(by_month.scene.noor, march(10))
    # 600.00 + 40.00 for the 4th - 60.00 for the 10th
    assert run(by_month, MARCH, THE_2ND)["An Maes"] == euros("580.00")
