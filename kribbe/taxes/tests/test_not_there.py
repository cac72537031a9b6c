"""The register says that a child wasn't there: bill, report, balance and occupancy count an absence.

Noor has full Mondays and Tuesdays at 12.34 and nappies at 1.00 a day: ten days in March 2026.
"""

from datetime import date, datetime, time, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.utils.timezone import get_default_timezone

from kribbe.attendance.attendee import Who
from kribbe.attendance.models import Correction, Presence, Pressed
from kribbe.attendance.services.register import Press, Source, correct, take
from kribbe.billing.models import FeeCertificate
from kribbe.billing.selectors.expected import expected
from kribbe.billing.tests.marched import FEE, NEW_YEAR, NOW, THE_2ND, THE_20TH, euros, march
from kribbe.billing.tests.month import (
    APRIL,
    MARCH,
    absent,
    came,
    certificate,
    day_change,
    house_rules,
    lines_of,
    price_list,
    run,
)
from kribbe.billing.tests.scene import with_books
from kribbe.planning.models import Absence, AbsenceKind, TellingSide
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.services.absences import report_absence, take_back_absence
from kribbe.rules.attendance import moment
from kribbe.taxes.models import ChildReported
from kribbe.taxes.selectors.months import months_of
from kribbe.taxes.selectors.paid import _planned
from kribbe.taxes.writing.income_month import Block, Length
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
ZONE = get_default_timezone()
CODE = "25040212301"
LATER = datetime(2026, 4, 8, 9, tzinfo=ZONE)


@built_once
def priced():
    kept = with_books(now=NOW, start=date(2026, 1, 5))
    certificate(kept, kept.scene.noor, FEE, NEW_YEAR)
    price_list(kept, extras=[{"name": "Luiers", "full": "1.00", "half": "1.00"}])
    house_rules(kept)
    FeeCertificate.objects.update(code=CODE)
    return kept


def corrected(kept, day, *spans, now=LATER):
    """What the register says of Noor on a day; without hours that she wasn't there."""
    stays = [tuple(moment(day, 60 * hour, ZONE) for hour in span) for span in spans]
    return correct(
        principal=SYSTEM, location=kept.scene.location, who=Who(kept.scene.noor.pk), day=day, stays=stays,
        reason="Nagekeken.", now=now,
    )  # fmt: skip


def priced_month(kept, month=MARCH):
    (noor,) = (
        each for each in expected(kept.books, month, [kept.scene.noor.child.household_id])
        if each.placement == kept.scene.noor
    )  # fmt: skip
    return noor.result.total, noor.result.allowance_left


def kinds():
    return [(each.day, each.kind) for each in Absence.objects.filter(taken_back_at=None).order_by("day")]


def test_it_uses_a_free_day_and_asks_neither_stay_nor_extras(priced):
    total, left = priced_month(priced)
    corrected(priced, march(2))
    # 12.34 + 1.00 fall away
    assert priced_month(priced) == (total - euros("13.34"), left - 1)
    assert priced_month(priced, APRIL)[1] == left - 1
    assert kinds() == [(march(2), "untold")]
    run(priced, MARCH, THE_2ND)
    assert not [line for line in lines_of("An Maes") if line[0] == march(2)]


def test_where_the_house_rules_ask_for_days_not_told_it_is_asked_as_such(priced):
    house_rules(priced, version=2, told_by=time(9))
    total, left = priced_month(priced)
    corrected(priced, march(2))
    # 15.00 in place of 12.34 + 1.00
    assert priced_month(priced) == (total + euros("1.66"), left)


@pytest.mark.parametrize("kind", ["told", "illness", "force_majeure", "location"])
def test_an_absence_that_was_told_stays_what_it_is(priced, kind):
    absent(priced.scene.noor, march(2), kind=kind)
    corrected(priced, march(2))
    assert kinds() == [(march(2), kind)]


def test_a_month_long_invoiced_is_credited(priced):
    run(priced, MARCH, THE_2ND)
    corrected(priced, march(2))
    assert run(priced, MARCH, THE_20TH) == {"An Maes": euros("-13.34")}


def test_corrected_once_more_the_child_was_there_and_then_was_not(priced):
    """What was told before holds again each time that the register denies the stay."""
    absent(priced.scene.noor, march(3), kind="illness")
    corrected(priced, march(3), (8, 12))
    assert kinds() == []
    left = priced_month(priced, APRIL)[1]
    corrected(priced, march(3), now=LATER + timedelta(hours=1))
    assert kinds() == [(march(3), "illness")]
    assert priced_month(priced, APRIL)[1] == left - 1
    corrected(priced, march(3), (8, 18), now=LATER + timedelta(hours=2))
    assert kinds() == []


def test_an_absence_that_a_check_in_took_back_holds_again(priced):
    absent(priced.scene.noor, march(2), kind="told")
    press(priced, march(2))
    assert kinds() == []
    corrected(priced, march(2))
    assert kinds() == [(march(2), "told")]


def test_a_check_in_that_arrives_after_the_correction_leaves_the_absence(priced):
    corrected(priced, march(2))
    press(priced, march(2))
    assert kinds() == [(march(2), "untold")]


def test_a_child_that_comes_after_it_was_said_not_to_be_there_is_there(priced):
    """At 7:40 a check-in by mistake is corrected to nothing; at 9:00 the child comes."""
    day = march(2)
    corrected(priced, day, now=moment(day, 7 * 60 + 40, ZONE))
    assert kinds() == [(day, "untold")]
    press(priced, day, at=moment(day, 9 * 60, ZONE), now=moment(day, 9 * 60, ZONE))
    assert kinds() == []
    assert Presence.objects.get(placement=priced.scene.noor, day=day).start == moment(day, 9 * 60, ZONE)
    corrected(priced, day)
    assert kinds() == [(day, "untold")]


def press(kept, day, at=None, now=LATER):
    one = Press(
        key="5a1e6f0a-2f4e-4c55-9c3a-0d6f1f0e7a11", who=Who(kept.scene.noor.pk), pressed=Pressed.IN,
        told_at=at or moment(day, 8 * 60, ZONE),
    )  # fmt: skip
    take(principal=SYSTEM, source=Source(location=kept.scene.location), presses=[one], now=now)


@pytest.mark.parametrize("day", [march(4), date(2025, 12, 29)])
def test_a_day_without_a_plan_has_nothing_to_stay_away_from(priced, day):
    corrected(priced, day)
    assert kinds() == []


def test_an_extra_day_is_stayed_away_from_as_well(priced):
    day_change(priced.scene.noor, march(4))
    total, left = priced_month(priced)
    corrected(priced, march(4))
    assert priced_month(priced) == (total - euros("13.34"), left - 1)


def test_the_authority_reads_an_absence(priced):
    corrected(priced, march(2))
    (told,) = months_of(priced.books, [priced.scene.location], MARCH, responsible="Mia")
    (line,) = (each for each in told.income.lines if each.code == CODE)
    assert line.counts == {(Block.CAME, Length.FULL): 9, (Block.JUSTIFIED, Length.FULL): 1}


def test_at_a_free_price_no_stay_is_told(priced):
    priced.scene.group.price_kind = "free"
    priced.scene.group.save()
    ChildReported.objects.create(child=priced.scene.noor.child, sex="V", noted_at=LATER)
    came(priced.scene.noor, march(2), "08:00", "18:00")
    came(priced.scene.noor, march(3), "08:00", "18:00")
    corrected(priced, march(2))
    (told,) = months_of(priced.books, [priced.scene.location], MARCH, responsible="Mia")
    assert [[day for day, _start, _end in child.stays] for child in told.children] == [[march(3)]]


def test_no_day_of_the_month_s_price_is_certified_for_it(priced):
    noor = priced.scene.noor
    corrected(priced, march(2))
    planned = _planned({noor.pk: noor}, {(noor.pk, MARCH)})[noor.pk, MARCH]
    assert (planned[march(2)], planned[march(3)]) == (False, True)


def test_nobody_is_counted_in_the_place(priced):
    scene = priced.scene
    asked = {"first": march(2), "last": march(2), "today": LATER.date(), "locations": [scene.location.pk]}
    before = cells(**asked).came.sum()
    corrected(priced, march(2))
    assert cells(**asked).came.sum() == before - 2


def migrated():
    """What the migration writes for days of before."""
    migration = import_module("kribbe.attendance.migrations.0006_not_there")
    with connection.cursor() as cursor:
        cursor.execute(migration.TOLD)
        cursor.execute(migration.NOT_THERE)


def test_what_was_corrected_before_counts_as_well(priced):
    """Days that the register denied before absences followed it."""
    absent(priced.scene.noor, march(9))
    for day in (march(2), march(3), march(9)):
        corrected(priced, day)
    corrected(priced, march(3), (8, 18), now=LATER + timedelta(hours=1))
    Absence.objects.filter(day=march(2)).delete()
    migrated()
    assert kinds() == [(march(2), "untold"), (march(9), "told")]


def test_what_was_told_before_a_check_in_by_mistake_holds_again_in_days_of_before(priced):
    absent(priced.scene.noor, march(2))
    press(priced, march(2))
    Correction.objects.create(
        placement=priced.scene.noor, day=march(2), starts=[], ends=[], reason="Vergist.",
        made_at=LATER + timedelta(hours=1), made_by=1, made_name="Mia",
    )  # fmt: skip
    migrated()
    assert kinds() == [(march(2), "told")]


def test_the_absence_stays_as_long_as_the_register_denies_the_child(priced):
    corrected(priced, march(2))
    back = {"principal": SYSTEM, "placement_id": priced.scene.noor.pk, "days": [march(2)], "now": LATER}
    with pytest.raises(RefusedError):
        take_back_absence(**back, side=TellingSide.LOCATION)
    report_absence(**back, side=TellingSide.LOCATION, kind=AbsenceKind.FORCE_MAJEURE, instead=True)
    assert kinds() == [(march(2), "force_majeure")]
    corrected(priced, march(2), (8, 18), now=LATER + timedelta(hours=1))
    assert kinds() == []
