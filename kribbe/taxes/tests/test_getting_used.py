"""Visits to get used that are charged stand on the tax certificate and in both monthly reports; free ones don't."""

from datetime import date

import pytest

from kribbe.billing.models import FeeCertificate, Invoice
from kribbe.billing.tests.issued import paid
from kribbe.billing.tests.marched import NOW, THE_2ND, euros, march
from kribbe.billing.tests.month import APRIL, MARCH, came, run
from kribbe.billing.tests.visit_scene import SIX_HOURS, agree, visited
from kribbe.taxes.models import ChildReported
from kribbe.taxes.selectors.months import months_of
from kribbe.taxes.selectors.paid import paid_by
from kribbe.taxes.writing.income_month import Block, Length

pytestmark = pytest.mark.django_db
CODE = "25040212301"
APRIL_2ND = date(2026, 4, 2)


@pytest.fixture(params=[True, False])
def kept(request):
    made = visited(charged=request.param)
    made.charged = request.param
    FeeCertificate.objects.update(code=CODE)
    return made


def told(kept, month=MARCH):
    (found,) = months_of(kept.books, [kept.scene.location], month, responsible="Mia")
    return found


def counts(kept, month=MARCH):
    return [line.counts for line in told(kept, month).income.lines]


def test_the_report_of_income_prices_has_them_by_their_length(kept):
    agree(kept, march(9))
    agree(kept, march(12), SIX_HOURS)
    expected = [{(Block.CAME, Length.HALF): 1, (Block.CAME, Length.FULL): 1}]
    assert counts(kept) == (expected if kept.charged else [])


def test_by_the_hours_of_the_register(kept):
    agree(kept, march(9))
    came(kept.scene.noor, march(9), "09:00", "14:30")
    assert counts(kept) == ([{(Block.CAME, Length.FULL): 1}] if kept.charged else [])


def test_in_the_month_of_the_first_day_a_free_one_is_no_day_of_care(kept):
    """April has seven Mondays and Tuesdays from the 7th on, and the visit of the 2nd, which the register has."""
    agree(kept, APRIL_2ND)
    came(kept.scene.noor, APRIL_2ND, "09:00", "11:00")
    visit = {(Block.CAME, Length.HALF): 1} if kept.charged else {}
    assert counts(kept, APRIL) == [{(Block.CAME, Length.FULL): 7, **visit}]


def test_the_report_of_free_prices_has_their_times(kept):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    ChildReported.objects.create(child=kept.scene.noor.child, sex="V", noted_at=NOW)
    agree(kept, APRIL_2ND)
    came(kept.scene.noor, APRIL_2ND, "09:00", "11:00")
    stays = [
        (day, start.hour, end.hour) for child in told(kept, APRIL).children for day, start, end in child.stays
    ]
    assert stays == ([(APRIL_2ND, 9, 11)] if kept.charged else [])


def test_who_paid_them_has_them_on_the_tax_certificate(kept):
    # 12.34 x 60 % = 7.40; the nappies are no care
    agree(kept, march(9))
    run(kept, MARCH, THE_2ND)
    for invoice in Invoice.objects.all():
        paid(kept, "7.90", first=[invoice])
    found = paid_by([kept.payer], 2026, today=date(2026, 12, 31))
    days = [(day.day, day.price) for each in found for day in each.days]
    assert days == ([(march(9), euros("7.40"))] if kept.charged else [])
