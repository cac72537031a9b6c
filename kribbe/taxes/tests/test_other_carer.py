"""A day with another carer in the monthly reports: it is told where the child was, an absence where it was agreed."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from kribbe.attendance.models import Presence
from kribbe.billing.models import FeeCertificate
from kribbe.billing.tests.scene import with_books
from kribbe.places.models import Kind
from kribbe.planning.models import Absence
from kribbe.rules.calendar import public_holidays
from kribbe.staff.models import Replacement, StandIn, StandInState
from kribbe.taxes.models import ChildReported
from kribbe.taxes.selectors.months import months_of
from kribbe.taxes.writing.income_month import Block, Length
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONTH = date(2026, 9, 1)
MONDAY = date(2026, 9, 14)
"""Noor comes on Mondays and Tuesdays: eight or nine days of September."""
NOW = datetime(2026, 10, 5, 9, tzinfo=timezone.get_default_timezone())
CODE = "25040212301"


@built_once
def kept():
    made = with_books(now=NOW, start=date(2026, 8, 3), kind=Kind.FAMILY)
    made.scene.group.price_kind = "income"
    made.scene.group.save()
    host = cast.make_location(
        made.scene.desk, "Gastouder", kind=Kind.FAMILY, organiser=made.books.organiser, licence_number="2"
    )
    made.host, made.host_group = host, cast.make_group(host, 4, now=NOW)
    FeeCertificate.objects.create(
        books=made.books, child=made.scene.noor.child, during=(date(2026, 1, 1), None), day_fee=10, code=CODE,
        recorded_at=NOW,
    )  # fmt: skip
    return made


def with_other_carer(kept, day):
    given = Replacement.objects.create(location=kept.scene.location, made_at=NOW)
    return StandIn.objects.create(
        replacement=given, placement=kept.scene.noor, day=day, group=kept.host_group, halves=3,
        state=StandInState.TOLD, state_at=NOW,
    )  # fmt: skip


def came(kept, day):
    start = datetime.combine(day, time(8), timezone.get_default_timezone())
    Presence.objects.create(
        placement=kept.scene.noor, day=day, number=1, start=start, end=start + timedelta(hours=8), halves=3
    )


def absent(kept, day):
    Absence.objects.create(placement=kept.scene.noor, day=day, kind="told", side="family", told_at=NOW)


def counts(kept, location, block=Block.CAME):
    """The full days of Noor in the report of a location, asked alone and beside the other."""
    alone = months_of(kept.books, [location], MONTH, responsible="Mia")[0]
    both = months_of(kept.books, [kept.scene.location, kept.host], MONTH, responsible="Mia")
    (beside,) = (each for each in both if each.location == location)
    found = [
        sum(line.counts.get((block, Length.FULL), 0) for line in each.income.lines if line.code == CODE)
        for each in (alone, beside)
    ]
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize("is_registered", [True, False])
def test_a_day_with_another_carer_is_told_there(kept, is_registered):
    """Whether the register has it or not; the sum stays, and no location tells more days than it was open."""
    whole = counts(kept, kept.scene.location)
    with_other_carer(kept, MONDAY)
    if is_registered:
        came(kept, MONDAY)
    assert (counts(kept, kept.scene.location), counts(kept, kept.host)) == (whole - 1, 1)
    host = months_of(kept.books, [kept.host], MONTH, responsible="Mia")[0]
    assert host.has_income
    holidays = sum(MONTH + n * DAY in public_holidays(2026) for n in range(30))
    assert host.income.open_days == 22 - holidays


def test_an_absence_on_such_a_day_is_told_where_it_was_agreed(kept):
    """It takes a free day of that agreement; the carer who would have had the child tells nothing."""
    with_other_carer(kept, MONDAY)
    absent(kept, MONDAY)
    assert counts(kept, kept.scene.location, Block.JUSTIFIED) == 1
    assert (counts(kept, kept.host), counts(kept, kept.host, Block.JUSTIFIED)) == (0, 0)
    assert not months_of(kept.books, [kept.host], MONTH, responsible="Mia")[0].has_income


def test_who_came_all_the_same_was_there(kept):
    """Absent by the report, there by the register: the register is right."""
    with_other_carer(kept, MONDAY)
    absent(kept, MONDAY)
    came(kept, MONDAY)
    assert (counts(kept, kept.host), counts(kept, kept.scene.location, Block.JUSTIFIED)) == (1, 0)


def test_a_day_that_was_undone_stays_where_it_was(kept):
    whole = counts(kept, kept.scene.location)
    StandIn.objects.filter(pk=with_other_carer(kept, MONDAY).pk).update(state=StandInState.UNDONE)
    assert (counts(kept, kept.scene.location), counts(kept, kept.host)) == (whole, 0)


def test_stays_at_a_free_price_are_told_there_too(kept):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    ChildReported.objects.create(child=kept.scene.noor.child, sex="V", noted_at=NOW)
    with_other_carer(kept, MONDAY)
    came(kept, MONDAY)
    came(kept, MONDAY + DAY)
    own, host = months_of(kept.books, [kept.scene.location, kept.host], MONTH, responsible="Mia")
    assert [[day for day, _start, _end in child.stays] for child in own.children] == [[MONDAY + DAY]]
    assert [[day for day, _start, _end in child.stays] for child in host.children] == [[MONDAY]]
