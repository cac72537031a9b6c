"""Absences over the edge of a month and of a version of the house rules: the bill and the report count them alike.

Noor has full Mondays and Tuesdays at 12.34, or one night a week from 20:00 to 6:00: four hours on its day (7.40) and
six on the next one (12.34).
"""

from datetime import date, time
from decimal import Decimal

import pytest

from kribbe.billing.models import FeeCertificate
from kribbe.billing.selectors.expected import expected
from kribbe.billing.tests.marched import FEE, NEW_YEAR, NOW, march
from kribbe.billing.tests.month import APRIL, MARCH, absent, certificate, day_change, house_rules
from kribbe.billing.tests.scene import with_books
from kribbe.planning.models import AgreedWeeks
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import MONDAY, place
from kribbe.taxes.selectors.months import months_of
from kribbe.taxes.writing.income_month import Block
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
FULL = ((480, 1020),)
CODE = "25040212301"


@built_once
def coded():
    kept = with_books(now=NOW, start=date(2026, 1, 5))
    certificate(kept, kept.scene.noor, FEE, NEW_YEAR)
    FeeCertificate.objects.update(code=CODE)
    return kept


def by_night(kept, weekday):
    """The weeks of Noor's agreement as one night a week."""
    paper = send_paper(
        principal=kept.scene.manager, placement_id=kept.scene.noor.pk, name="Mia", now=NOW,
        terms=Terms(first=kept.scene.start, weeks=({0: FULL, 1: FULL},)),
    )  # fmt: skip
    sign_paper(principal=kept.scene.parent, paper_id=paper.pk, name="An Maes", now=NOW)
    AgreedWeeks.objects.update(weeks=[{str(weekday): [[1200, 1800]]}])


def lines(kept, month):
    (found,) = expected(kept.books, month, [kept.scene.noor.child.household_id])
    return {line.on: line.amount for line in found.result.lines}, found.result.allowance_left


def reported(kept, month):
    """By block, how many days of Noor the report of a month has."""
    (told,) = months_of(kept.books, [kept.scene.location], month, responsible="Mia")
    counts = dict.fromkeys(Block, 0)
    for line in told.income.lines:
        for (block, _length), number in line.counts.items():
            counts[block] += number if line.code == CODE else 0
    return counts


def test_the_rest_of_a_night_away_is_away_in_the_next_month_too(coded):
    """Tuesday 31 March 20:00 to Wednesday 1 April 6:00: a unit for each of the two days, none of them charged."""
    by_night(coded, 1)
    left = lines(coded, MARCH)[1]
    absent(coded.scene.noor, march(31))
    in_march, left_after_march = lines(coded, MARCH)
    in_april, left_after_april = lines(coded, APRIL)
    assert march(31) not in in_march and date(2026, 4, 1) not in in_april
    assert (left_after_march, left_after_april) == (left - 1, left - 2)
    assert lines(coded, date(2026, 5, 1))[1] == left - 2
    assert reported(coded, APRIL)[Block.JUSTIFIED] == 1
    assert reported(coded, MARCH)[Block.JUSTIFIED] == 1


def test_a_night_away_within_a_month_counts_the_same_in_the_months_after(coded):
    by_night(coded, 1)
    absent(coded.scene.noor, march(10))
    assert lines(coded, MARCH)[1] == lines(coded, APRIL)[1]
    assert reported(coded, MARCH)[Block.JUSTIFIED] == 2


def test_each_absence_costs_what_the_rules_of_its_day_say(coded):
    """From 16 March 20.00 in place of 15.00, and an absence that isn't told uses no free day."""
    house_rules(coded, told_by=time(9))
    house_rules(coded, version=2, from_day=march(16), told_by=time(9), absence_full=Decimal(20))
    absent(coded.scene.noor, march(9), march(16), kind="untold")
    amounts, _left = lines(coded, MARCH)
    assert (amounts[march(9)], amounts[march(16)]) == (Decimal(15), Decimal(20))


def test_what_is_asked_of_an_absence_begins_on_its_day_for_bill_and_report(coded):
    """Until the 16th an absence that isn't told uses a free day; from then on it is charged."""
    house_rules(coded)
    house_rules(coded, version=2, from_day=march(16), told_by=time(9))
    absent(coded.scene.noor, march(9), march(16), kind="untold")
    amounts, left = lines(coded, MARCH)
    assert march(9) not in amounts and amounts[march(16)] == Decimal(15)
    counts = reported(coded, MARCH)
    assert (counts[Block.CAME], counts[Block.JUSTIFIED], counts[Block.BEYOND]) == (8, 1, 1)
    assert lines(coded, APRIL)[1] == left


def test_free_days_counted_in_half_days_from_a_day_on(coded):
    """Two fifths of 18 days, for 361 days of the year, are 8, or 15 half-days; a day used is two of these."""
    house_rules(coded)
    house_rules(coded, version=2, from_day=march(16), allowance_half_days=True)
    absent(coded.scene.noor, march(9))
    assert lines(coded, MARCH)[1] == 13
    absent(coded.scene.noor, march(17))
    assert lines(coded, MARCH)[1] == lines(coded, APRIL)[1] == 11


def test_before_the_first_house_rules_the_law_alone_holds(coded):
    """Rules published from the 16th say nothing of the 9th."""
    house_rules(coded, from_day=march(16), told_by=time(9))
    absent(coded.scene.noor, march(9), kind="untold")
    amounts, _left = lines(coded, MARCH)
    assert march(9) not in amounts


def test_an_absence_on_an_extra_day_uses_a_free_day(coded):
    """Wednesday the 4th was asked and granted, so it is reserved like the Mondays and Tuesdays (6.8)."""
    house_rules(coded)
    left = lines(coded, MARCH)[1]
    day_change(coded.scene.noor, march(4))
    assert lines(coded, MARCH)[0][march(4)] == Decimal("12.34")
    absent(coded.scene.noor, march(4))
    amounts, after = lines(coded, MARCH)
    assert march(4) not in amounts and after == left - 1 == lines(coded, APRIL)[1]
    counts = reported(coded, MARCH)
    assert (counts[Block.CAME], counts[Block.JUSTIFIED]) == (10, 1)


def test_beyond_the_free_days_an_absence_on_an_extra_day_costs_what_the_house_rules_ask(coded):
    house_rules(coded, told_by=time(9))
    day_change(coded.scene.noor, march(4), halves=1)
    absent(coded.scene.noor, march(4), kind="untold")
    # half a day: 9.00
    assert lines(coded, MARCH)[0][march(4)] == Decimal("9.00")
    assert reported(coded, MARCH)[Block.BEYOND] == 1


def test_the_report_follows_the_closing_days_of_each_group(coded):
    """22 working days in March, none of them a holiday: the location is open where one group is."""
    location, group = coded.scene.location, coded.scene.group
    kevers = cast.make_group(location, 4, now=NOW, name="Kevers")
    mats = place(coded.scene.desk, kevers, "Peeters", "Mats", MONDAY, date(2026, 1, 5), NOW)
    certificate(coded, mats, FEE, NEW_YEAR)
    absent(coded.scene.noor, march(9), march(16))
    location.closing_days.create(group=group, during=(march(16), march(18)))
    location.closing_days.create(group=kevers, during=(march(17), march(19)))
    assert reported(coded, MARCH)[Block.JUSTIFIED] == 1, "the 16th is closed for Noor"
    (told,) = months_of(coded.books, [location], MARCH, responsible="Mia")
    assert told.income.open_days == 21, "the 17th is closed for all"
