"""A child was tapped in, and somebody told it absent: it came, until the location settles it.

Bill, report, tax certificate and occupancy give this one answer.

Noor has full Mondays and Tuesdays at 12.34 and nappies at 1.00 a day: ten days in March 2026.
"""

import pytest

from kribbe.attendance.models import Presence
from kribbe.attendance.selectors.day import Where, day_of
from kribbe.billing.selectors.expected import expected
from kribbe.billing.tests.marched import march
from kribbe.billing.tests.month import APRIL, MARCH
from kribbe.planning.models import Absence, TellingSide
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.services.absences import report_absence, take_back_absence
from kribbe.rules.attendance import moment
from kribbe.taxes.selectors.months import months_of
from kribbe.taxes.selectors.paid import _planned
from kribbe.taxes.tests.test_not_there import CODE, LATER, ZONE, corrected, press, priced, priced_month
from kribbe.taxes.writing.income_month import Block
from kribbe.trust.principal import SYSTEM

__all__ = ["priced"]
pytestmark = pytest.mark.django_db
DAY = march(2)
MORNING, NOON = moment(DAY, 8 * 60, ZONE), moment(DAY, 12 * 60, ZONE)


def told_absent(kept, now=NOON):
    report_absence(
        principal=SYSTEM, placement_id=kept.scene.noor.pk, days=[DAY], side=TellingSide.LOCATION, now=now
    )  # fmt: skip


def answers(kept):
    """Whether the child came on the day, by each that tells it."""
    noor = kept.scene.noor
    household = noor.child.household_id
    (priced,) = (each for each in expected(kept.books, MARCH, [household]) if each.placement == noor)
    (told,) = months_of(kept.books, [kept.scene.location], MARCH, responsible="Mia")
    (line,) = (each for each in told.income.lines if each.code == CODE)
    came = sum(number for (block, _length), number in line.counts.items() if block is Block.CAME)
    asked = {"first": DAY, "last": DAY, "today": LATER.date(), "locations": [kept.scene.location.pk]}
    return {
        "bill": DAY in {each.on for each in priced.result.lines if each.amount},
        "report": came == 10,
        "certificate": _planned({noor.pk: noor}, {(noor.pk, MARCH)})[noor.pk, MARCH][DAY],
        "occupancy": bool(cells(**asked).came.sum()),
    }


def all_say(came):
    return dict.fromkeys(("bill", "report", "certificate", "occupancy"), came)


@pytest.fixture
def conflict(priced):
    """In at eight, never out, and told absent at noon."""
    press(priced, DAY, at=MORNING, now=MORNING)
    told_absent(priced)
    return priced


def test_who_is_in_and_never_went_out_came(conflict):
    assert Presence.objects.get().end is None
    assert answers(conflict) == all_say(True)


def test_so_did_who_went_out_again(conflict):
    Presence.objects.update(end=NOON)
    assert answers(conflict) == all_say(True)


def test_no_free_day_goes_for_it_in_any_month(priced):
    total, left = priced_month(priced)
    later = priced_month(priced, APRIL)[1]
    press(priced, DAY, at=MORNING, now=MORNING)
    told_absent(priced)
    assert priced_month(priced) == (total, left)
    assert priced_month(priced, APRIL)[1] == later


def test_settled_as_there_the_absence_is_gone(conflict):
    take_back_absence(
        principal=SYSTEM, placement_id=conflict.scene.noor.pk, days=[DAY], side=TellingSide.LOCATION, now=LATER
    )  # fmt: skip
    assert not Absence.objects.filter(taken_back_at=None).exists()
    assert answers(conflict) == all_say(True)


def test_settled_as_not_there_the_absence_counts(conflict):
    left = priced_month(conflict)[1]
    press_of_lou(conflict)
    corrected(conflict, DAY)
    assert answers(conflict) == all_say(False) | {"occupancy": True}
    assert priced_month(conflict)[1] == left - 1


def press_of_lou(kept):
    """So that the register of the day was kept."""
    Presence.objects.create(
        placement=kept.scene.lou, day=DAY, number=0, start=MORNING, end=NOON, halves=1
    )  # fmt: skip


def test_an_absence_without_a_stay_is_one(priced):
    told_absent(priced, now=MORNING)
    assert answers(priced) == all_say(False) | {"occupancy": True}


def test_the_day_of_the_register_shows_it_to_be_settled(conflict):
    found = day_of(conflict.scene.location, DAY, now=NOON)
    (noor,) = (each for each in found.children if each.placement == conflict.scene.noor)
    assert (noor.where, noor.is_conflict) == (Where.IN, True)
    assert [each.is_conflict for each in found.children if each is not noor] == [False]
