"""Free absences under house rules that change in the year: the family's page says what the run counts."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.billing.selectors.expected import expected
from kribbe.billing.tests.marched import march
from kribbe.billing.tests.month import absent, house_rules
from kribbe.enrolment.models import Placement
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.selectors.allowance import cost, planned_days, stated, uses_of, year_of
from kribbe.rules.billing.case import Absent
from kribbe.rules.calendar import first_of_month

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NEW_YEAR, LAST_DAY, JULY = date(2026, 1, 1), date(2026, 12, 31), date(2026, 7, 1)


def told(kept, today=NEW_YEAR):
    noor = Placement.objects.select_related("child", "group__location__desk").get(pk=kept.scene.noor.pk)
    return stated(noor, 2026, today=today)


def left_by_the_run(kept, month):
    found = expected(kept.books, month, [kept.scene.noor.child.household_id])
    return next(each.result.allowance_left for each in found if each.placement == kept.scene.noor)


def standings(kept):
    """All that hold in the year, each with the day on which it is over."""
    year = year_of(told(kept), 2026)
    found = [year.now, *year.later]
    ends = [each.first - DAY for each in found[1:]] + [LAST_DAY]
    return list(zip(found, ends, strict=True))


def draw(kept, random):
    """Up to four versions, most from the first of a month on, and absences of every kind."""
    days = {NEW_YEAR, *(date(2026, random.randint(2, 12), random.choice((1, 1, 1, 17))) for _ in range(3))}
    for number, first in enumerate(sorted(days), 1):
        house_rules(
            kept,
            version=number,
            from_day=first,
            allowance_days=random.choice((None, Decimal(18), Decimal(25), Decimal("40.5"))),
            allowance_half_days=random.random() < 0.4,
            allowance_rounding=random.choice(("up", "down")),
            told_by=random.choice((None, time(9))),
            ill_days=random.choice((0, 2, None)),
        )
    planned = planned_days(told(kept), NEW_YEAR, LAST_DAY)
    for day in random.sample(planned, random.randint(0, 25)):
        absent(kept.scene.noor, day, kind=random.choice(("told", "told", "untold", "illness", "location")))


@pytest.mark.parametrize("seed", range(12))
def test_the_page_and_the_run_have_one_balance_whatever_the_rules_become(kept, fee, seed):
    draw(kept, Random(seed))  # noqa: S311  the same year each time
    for each, last in standings(kept):
        if (last + DAY).day == 1:
            assert each.balance.left == left_by_the_run(kept, first_of_month(last))


@pytest.fixture
def changed_in_july(kept, fee):
    """18 days a year, and 25 counted in half-days from July on.

    Two of five days from 5 January on: 18 x 4/10 x 361/365 = 7.12, 8 days; then 9.89 days, 19.78, 20 half-days.
    """
    house_rules(kept)
    house_rules(kept, version=2, from_day=JULY, allowance_days=Decimal(25), allowance_half_days=True)
    absent(kept.scene.noor, march(2), march(3), march(9))
    return kept


def test_a_change_in_july_by_hand(changed_in_july):
    year = year_of(told(changed_in_july, march(20)), 2026)
    assert (year.now.balance.entitled, year.now.balance.left, year.now.half_days) == (8, 5, False)
    (later,) = year.later
    assert (later.first, later.balance.entitled, later.balance.left, later.half_days) == (JULY, 20, 14, True)
    assert later.reasons[0].english() == "25 days a year for full-time care in 2026."
    then = year_of(told(changed_in_july, date(2026, 8, 3)), 2026)
    assert (then.now, then.later) == (later, ())


def test_the_page_of_the_agreement_tells_both(changed_in_july, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, 20, 12, tzinfo=UTC))
    parent = client_of(changed_in_july.scene.parent_user())
    page = parent.get(reverse("planning:my_agreement", args=[changed_in_july.scene.noor.reference]))
    said = " ".join(page.content.decode().split())
    assert "5 <small>of 8 days left" in said
    assert (
        "From 1 July 2026 other house rules hold: 20 half-days for the whole year, 14 of them left." in said
    )
    assert "18 days a year for full-time care in 2026." in said
    assert "25 days a year for full-time care in 2026." in said


def test_the_page_of_the_location_tells_the_same(changed_in_july, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, 20, 12, tzinfo=UTC))
    scene = changed_in_july.scene
    manager = client_of(manager_of(scene.location, now=scene.now))
    family = client_of(scene.parent_user()).get(reverse("planning:my_agreement", args=[scene.noor.reference]))
    page = manager.get(reverse("planning:agreement", args=[scene.location.slug, scene.noor.reference]))
    assert page.context["allowance"] == family.context["allowance"]
    assert "5 <small>of 8 days left" in " ".join(page.content.decode().split())


def test_an_absence_told_for_august_takes_of_what_holds_in_august(changed_in_july):
    absent(changed_in_july.scene.noor, date(2026, 8, 3), date(2026, 8, 4))
    year = year_of(told(changed_in_july, march(20)), 2026)
    assert (year.now.balance.left, year.later[0].balance.left) == (5, 10)
    assert left_by_the_run(changed_in_july, date(2026, 8, 1)) == 10


def test_versions_that_give_as_many_are_one(changed_in_july):
    house_rules(changed_in_july, version=3, from_day=date(2026, 5, 1), told_by=time(9))
    assert [each.first for each, _last in standings(changed_in_july)] == [NEW_YEAR, JULY]


@pytest.mark.parametrize("has_books", [True, False])
def test_the_cost_over_the_change_counts_in_what_holds_last(changed_in_july, has_books):
    if not has_books:
        changed_in_july.scene.location.organiser = None
        changed_in_july.scene.location.save()
    days = {date(2026, 6, 30): Absent.TOLD, date(2026, 7, 6): Absent.TOLD}
    here = told(changed_in_july, march(20))
    found = cost(here, days)
    # a day in June, two half-days in July: 20 - 2 x 3 - 2 - 2
    assert ([each.uses for each in found], uses_of(here, days, found)) == ([1, 2], (4, True))
    assert found[-1].left == 10


def test_fewer_than_were_used_are_none_left(kept, fee):
    """25 days make 10; then the law's 18 make 8."""
    house_rules(kept, allowance_days=Decimal(25))
    house_rules(kept, version=2, from_day=JULY)
    absent(kept.scene.noor, *(march(day) for day in (2, 3, 9, 10, 16, 17, 23, 24, 30)))
    year = year_of(told(kept, march(20)), 2026)
    assert (year.now.balance.left, year.later[0].balance.left) == (1, 0)
    assert left_by_the_run(kept, JULY) == 0
