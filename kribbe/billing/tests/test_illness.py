"""Days of illness by the house rules: in the bill, the cost told before and the balance. Full days at 12.34."""

from datetime import date, time
from decimal import Decimal

import pytest

from kribbe.billing.selectors.expected import expected
from kribbe.billing.tests.marched import march
from kribbe.billing.tests.month import APRIL, MARCH, absent, house_rules, run
from kribbe.enrolment.models import Placement
from kribbe.places.models import Organiser
from kribbe.planning.models import Absence, CareAgreement, TellingSide
from kribbe.planning.selectors.allowance import cost, free_when_ill, stated, year_of
from kribbe.planning.services.absences import see_note, take_back_absence
from kribbe.rules.billing.case import Absent
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fee")]
TODAY = date(2026, 2, 20)


def year(kept):
    placement = Placement.objects.select_related("child", "group__location__desk").get(pk=kept.scene.noor.pk)
    return stated(placement, 2026, today=TODAY)


def asked(kept, month=MARCH):
    """What Noor's month costs, and what it leaves of the allowance."""
    (noor,) = (
        each
        for each in expected(kept.books, month, [kept.scene.noor.child.household_id])
        if each.placement == kept.scene.noor
    )
    return noor.result.total, noor.result.allowance_left


def ill(kept, *days, **fields):
    rows = absent(kept.scene.noor, *days, kind="illness")
    Absence.objects.filter(kind="illness", day__in=days).update(**fields)
    return rows


def test_within_the_number_it_costs_nothing_and_leaves_the_allowance_alone(kept):
    house_rules(kept, ill_days=2)
    total, left = asked(kept)
    ill(kept, march(2), march(3), march(9))
    # three days at 12.34 fall away: the 2nd and 3rd are free days of illness, the 9th is a free absence
    assert asked(kept) == (total - Decimal("37.02"), left - 1)
    assert (year_of(year(kept), 2026).now.balance.used, year_of(year(kept), 2026).ill) == (1, 2)


@pytest.mark.parametrize(("free", "used"), [(0, 3), (1, 2), (None, 0)])
def test_none_some_or_all_days_are_free(kept, free, used):
    house_rules(kept, ill_days=free)
    before = asked(kept)[1]
    ill(kept, march(2), march(3), march(9))
    assert before - asked(kept)[1] == used


def test_beyond_the_number_it_counts_as_told_or_untold(kept):
    house_rules(kept, ill_days=0, told_by=time(9))
    total, left = asked(kept)
    ill(kept, march(2))
    ill(kept, march(3), late=True)
    # neither day costs its 12.34: the 2nd is a free absence, the 3rd asks the 15.00 of the house rules
    assert asked(kept) == (total - 2 * Decimal("12.34") + 15, left - 1)


def test_a_note_that_is_asked_makes_the_days_of_its_report_free(kept):
    house_rules(kept, ill_days=5, ill_note=True)
    before = asked(kept)[1]
    ill(kept, march(2), march(3))
    assert before - asked(kept)[1] == 2
    note = {"principal": SYSTEM, "placement_id": kept.scene.noor.pk, "day": march(3), "now": kept.scene.now}
    assert see_note(**note, seen=True) == 2
    assert before - asked(kept)[1] == 0
    assert see_note(**note, seen=True) == 0
    assert see_note(**note, seen=False) == 2
    assert before - asked(kept)[1] == 2


def test_the_number_is_one_for_the_year_and_a_day_taken_back_gives_way_to_the_next(kept):
    house_rules(kept, ill_days=1)
    left = asked(kept, APRIL)[1]
    ill(kept, march(2), date(2026, 4, 7))
    assert left - asked(kept, APRIL)[1] == 1
    take_back_absence(
        principal=SYSTEM, placement_id=kept.scene.noor.pk, days=[march(2)], side=TellingSide.LOCATION,
        now=kept.scene.now,
    )  # fmt: skip
    assert left - asked(kept, APRIL)[1] == 0


def test_a_version_that_begins_in_the_month_holds_from_its_day(kept):
    house_rules(kept, ill_days=0)
    house_rules(kept, version=2, from_day=march(9), ill_days=1)
    left = asked(kept)[1]
    ill(kept, march(2), march(9), march(10))
    assert left - asked(kept)[1] == 2


@pytest.mark.parametrize("books", [True, False])
def test_the_cost_told_before_is_that_of_the_bill(kept, books):
    house_rules(kept, allowance_days=0, ill_days=1, told_by=time(9))
    if not books:
        kept.scene.location.organiser = Organiser.objects.create(name="Elders vzw", name_key="elders vzw")
        kept.scene.location.save()
        CareAgreement.objects.create(
            placement=kept.scene.noor, day_fee=Decimal("12.34"), made_at=kept.scene.now
        )
    days = {march(9): Absent.UNTOLD, march(10): Absent.UNTOLD}
    (found,) = cost(year(kept), days, ill=True)
    # the 9th is the free day of illness, the 10th wasn't told in time
    assert [(line.on, line.amount) for line in found.lines] == [(march(10), Decimal(15))]
    assert free_when_ill(year(kept), days) == 1
    (plain,) = cost(year(kept), days)
    assert plain.amount == 30


def test_a_note_seen_after_the_invoice_is_given_back(kept):
    house_rules(kept, told_by=time(9), ill_days=5, ill_note=True)
    ill(kept, march(9), late=True)
    first = run(kept, MARCH, date(2026, 4, 2))
    see_note(principal=SYSTEM, placement_id=kept.scene.noor.pk, day=march(9), seen=True, now=kept.scene.now)
    second = run(kept, MARCH, date(2026, 4, 9))
    assert sum(second.values()) == -15
    assert sum(first.values()) > 0
