"""Days of illness in the monthly report: those that the house rules give are justified, others as they were told."""

from datetime import date, time

import pytest

from kribbe.billing.models import FeeCertificate
from kribbe.billing.tests.marched import NOW, march
from kribbe.billing.tests.month import MARCH, absent, house_rules
from kribbe.billing.tests.scene import with_books
from kribbe.planning.models import Absence
from kribbe.taxes.selectors.months import months_of
from kribbe.taxes.writing.income_month import Block, Length
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
CODE = "25040212301"


@built_once
def kept():
    made = with_books(now=NOW, start=date(2026, 1, 5))
    FeeCertificate.objects.create(
        books=made.books, child=made.scene.noor.child, during=(date(2026, 1, 1), None), day_fee=10, code=CODE,
        recorded_at=NOW,
    )  # fmt: skip
    return made


@pytest.mark.parametrize(("free", "justified"), [(0, 0), (1, 1), (None, 2)])
def test_the_report_counts_days_of_illness_as_the_bill_does(kept, free, justified):
    house_rules(kept, told_by=time(9), ill_days=free)
    absent(kept.scene.noor, march(2), march(3), kind="illness")
    Absence.objects.update(late=True)
    (month,) = months_of(kept.books, [kept.scene.location], MARCH, responsible="Mia")
    (line,) = (each for each in month.income.lines if each.code == CODE)
    found = [line.counts.get((block, Length.FULL), 0) for block in (Block.JUSTIFIED, Block.BEYOND)]
    assert found == [justified, 2 - justified]
