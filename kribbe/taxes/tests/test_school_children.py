"""Children at school in the monthly reports: short stays, and the line of out-of-school care."""

from datetime import date

import pytest

from kribbe.billing.models import FeeCertificate
from kribbe.billing.tests.marched import NOW, march
from kribbe.billing.tests.month import MARCH, came
from kribbe.billing.tests.scene import with_books
from kribbe.taxes.selectors.months import months_of
from kribbe.taxes.services.reported import note_child
from kribbe.taxes.writing.income_month import Block, Length
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
CODE = "22091200101"


@built_once
def kept():
    made = with_books(now=NOW, start=date(2026, 1, 5))
    made.scene.noor.child.born = date(2022, 9, 12)
    made.scene.noor.child.save()
    FeeCertificate.objects.create(
        books=made.books, child=made.scene.noor.child, during=(date(2026, 1, 1), None), day_fee=10, code=CODE,
        recorded_at=NOW,
    )  # fmt: skip
    return made


def told(kept):
    return months_of(kept.books, [kept.scene.location], MARCH, responsible="Mia")[0]


def lines(kept):
    return {each.out_of_school: each.counts for each in told(kept).income.lines if each.code == CODE}


def extra_hours(kept):
    """Two hours on a Wednesday before the 16th and on one after it."""
    for day in (4, 18):
        came(kept.scene.noor, march(day), "16:00", "18:00")


def test_from_school_on_it_is_out_of_school_care_with_short_stays(kept):
    """Ten full days: the 2nd, 3rd, 9th and 10th before school begins, six from the 16th on."""
    extra_hours(kept)
    kept.scene.noor.child.school_from = march(16)
    kept.scene.noor.child.save()
    found = lines(kept)
    assert found[False] == {(Block.CAME, Length.FULL): 4, (Block.CAME, Length.HALF): 1}
    assert found[True] == {(Block.CAME, Length.FULL): 6, (Block.CAME, Length.SHORT): 1}


def test_a_child_of_whom_nothing_was_told_has_no_short_stays(kept):
    extra_hours(kept)
    assert lines(kept) == {False: {(Block.CAME, Length.FULL): 10, (Block.CAME, Length.HALF): 2}}


def test_the_report_of_free_prices_reads_the_same_day(kept):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    extra_hours(kept)
    child = kept.scene.noor.child
    note_child(principal=SYSTEM, child=child, sex="V", school_from=march(16), now=NOW)
    child.refresh_from_db()
    assert child.school_from == march(16) == told(kept).children[0].school_from
