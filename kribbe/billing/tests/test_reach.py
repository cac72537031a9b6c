"""An absence changes its own month, and a later one only where a free day is gone: those are counted again, no other.

Noor has full Mondays and Tuesdays and eight free days in 2026.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from kribbe.attendance.models import Correction
from kribbe.billing.models import MonthCount
from kribbe.billing.selectors.changed import OF_DAYS, SOURCES, changes_since, touches
from kribbe.billing.selectors.expected import expected
from kribbe.billing.services.months import count_changed
from kribbe.billing.tests.marched import euros, march
from kribbe.billing.tests.month import absent, came, day_change, house_rules, price_list, run
from kribbe.enrolment.models import Placement
from kribbe.planning.models import Absence, AgreedWeeks, CareAgreement, Paper
from kribbe.planning.selectors.allowance import planned_days, stated
from kribbe.rules.calendar import add_months

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONTHS = [date(2026, month, 1) for month in range(2, 9)]
AUGUST = datetime(2026, 9, 2, 9, tzinfo=UTC)
KINDS = ("told", "told", "untold", "illness", "location")


def eight(first, many):
    """So many Mondays and Tuesdays from a Monday on."""
    return [first + timedelta(weeks=each // 2, days=each % 2) for each in range(many)]


@pytest.fixture
def now(db):
    """The moment of this transaction, by which the history goes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def long_ago(now):
    """All that was written until here is of before the last count."""
    models = {model for model, at, *_ in OF_DAYS if at == "pgh_created_at"}
    models |= {source.model for source in SOURCES if source.at == "pgh_created_at"}
    for model in models:
        apps.get_model(model).objects.update(pgh_created_at=now - timedelta(days=2))


def touched(kept, now, months=MONTHS):
    since = now - timedelta(minutes=10)
    found = changes_since(since, before=add_months(months[-1], 1))
    return {month for month in months if any(touches(each, kept.books, month, since) for each in found)}


def priced(kept, months=MONTHS):
    """What a count of each month of Noor's family finds."""
    family = [kept.scene.noor.child.household_id]
    return {
        month: [(each.result.lines, each.result.held) for each in expected(kept.books, month, family)]
        for month in months
    }


def counted(kept, now, change, months=MONTHS):
    """The months that a change has counted again, which must hold those that it changes."""
    long_ago(now)
    before = priced(kept, months)
    change()
    after = priced(kept, months)
    found = touched(kept, now, months)
    assert {month for month in months if _amounts(before[month]) != _amounts(after[month])} <= found
    return {month.month for month in found}


def _amounts(results):
    return [([(line.on, line.what, line.amount) for line in lines], held) for lines, held in results]


@pytest.mark.usefixtures("fee")
class TestOneAbsence:
    @pytest.fixture(autouse=True)
    def by_the_house_rules(self, kept):
        house_rules(kept, told_by=time(9))

    def test_with_free_days_to_spare(self, kept, now):
        absent(kept.scene.noor, *eight(date(2026, 4, 13), 4), date(2026, 7, 6))
        assert counted(kept, now, lambda: absent(kept.scene.noor, march(9))) == {3}

    def test_that_takes_the_free_day_of_a_later_one(self, kept, now):
        absent(kept.scene.noor, *eight(date(2026, 4, 13), 4), *eight(date(2026, 6, 8), 4), date(2026, 7, 6))
        assert counted(kept, now, lambda: absent(kept.scene.noor, march(9))) == {3, 6}

    def test_once_no_free_day_is_left(self, kept, now):
        absent(kept.scene.noor, *eight(date(2026, 2, 2), 8), date(2026, 4, 13), date(2026, 7, 6))
        assert counted(kept, now, lambda: absent(kept.scene.noor, march(9))) == {3}

    def test_that_is_taken_back(self, kept, now):
        absent(kept.scene.noor, *eight(date(2026, 4, 13), 4), *eight(date(2026, 6, 8), 4), march(9))
        taken = Absence.objects.filter(day=march(9))
        assert counted(kept, now, lambda: taken.update(taken_back_at=now)) == {3, 6}

    def test_on_whose_day_the_child_came(self, kept, now):
        absent(kept.scene.noor, *eight(date(2026, 4, 13), 4), *eight(date(2026, 6, 8), 4), march(9))
        assert counted(kept, now, lambda: _corrected(kept.scene.noor, march(9), now)) == {3, 6}

    def test_an_extra_day_takes_no_free_day(self, kept, now):
        absent(kept.scene.noor, *eight(date(2026, 4, 13), 4), *eight(date(2026, 6, 8), 4))
        assert counted(kept, now, lambda: day_change(kept.scene.noor, march(4))) == {3}


@pytest.mark.usefixtures("fee")
def test_a_day_of_illness_that_takes_the_place_of_a_later_one(kept, now):
    house_rules(kept, told_by=time(9), ill_days=2)
    absent(kept.scene.noor, date(2026, 4, 13), date(2026, 6, 8), kind="illness")
    assert counted(kept, now, lambda: absent(kept.scene.noor, march(9), kind="illness")) == {3, 4, 6}


def test_all_months_after_it_where_packages_are_sold(kept, now):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    price_list(kept, package_name="Tien", package_size=10, package_price=euros("300.00"))
    assert counted(kept, now, lambda: absent(kept.scene.noor, march(9))) == {3, 4, 5, 6, 7, 8}


@pytest.mark.usefixtures("fee")
def test_no_month_that_would_be_told_otherwise_is_left_out(kept, now):
    """Years of absences of all kinds, extra days and swaps, under house rules that change, and changes in them."""
    noor = kept.scene.noor
    place = Placement.objects.select_related("child", "group__location__desk").get(pk=noor.pk)
    for seed in range(8):
        random = Random(seed)  # noqa: S311  the same years each time
        with transaction.atomic():
            house_rules(kept, told_by=time(9), ill_days=random.choice((0, 2, None)))
            if seed % 2:
                house_rules(kept, version=2, from_day=date(2026, 5, 1), allowance_half_days=seed % 4 == 1)
            days = planned_days(
                stated(place, 2026, today=march(1)), MONTHS[0], add_months(MONTHS[-1], 1) - DAY
            )
            random.shuffle(days)
            for day in days[: random.randint(4, 14)]:
                absent(noor, day, kind=random.choice(KINDS))
            assert counted(kept, now, partial(_change, noor, random, days, now))
            transaction.set_rollback(True)


@pytest.mark.usefixtures("fee")
class TestNewYearsNight:
    """Noor sleeps there from Thursday evening to Friday morning too: 31 December 2026 is a Thursday. New Year's Day
    is closed everywhere, so that her night has no rest in the new year: it takes no free day of it.
    """

    MONTHS = tuple(add_months(date(2026, 12, 1), number) for number in range(5))

    @pytest.fixture(autouse=True)
    def sleeps_there(self, kept):
        house_rules(kept, told_by=time(9))
        noor, made_at = kept.scene.noor, kept.scene.now
        agreement = CareAgreement.objects.create(placement=noor, made_at=made_at)
        paper = Paper.objects.create(
            agreement=agreement, number=0, first=kept.scene.start, weeks=[], pattern=1, notice_days=1,
            made_at=made_at, location_name="De Notelaar",
        )  # fmt: skip
        AgreedWeeks.objects.create(
            agreement=agreement, placement=noor, paper=paper, during=(None, None), masks=[0],
            weeks=[{"0": [[480, 1080]], "1": [[480, 1080]], "3": [[1200, 1860]]}],
            turns_from=kept.scene.start,
        )  # fmt: skip

    def test_ends_at_midnight(self, kept, now):
        absent(kept.scene.noor, *eight(date(2027, 1, 11), 2), *eight(date(2027, 2, 1), 8))
        absent(kept.scene.noor, *eight(date(2027, 3, 1), 8))
        change = partial(absent, kept.scene.noor, date(2026, 12, 31))
        assert counted(kept, now, change, self.MONTHS) == {12, 1}
        (january,) = expected(kept.books, date(2027, 1, 1), [kept.scene.noor.child.household_id])
        assert all(line.on != date(2027, 1, 1) for line in january.result.lines)


def _corrected(noor, day, now):
    """The location writes down that the child was there, whatever absence was told."""
    stay = came(noor, day, "08:00", "17:00")
    Correction.objects.create(
        placement=noor, day=day, starts=[stay.start], ends=[stay.end], reason="Was er toch", made_at=now
    )


def _change(noor, random, days, now):
    for day in days[-random.randint(1, 2) :]:
        absent(noor, day, kind=random.choice(KINDS))
    if random.random() < 0.5:
        Absence.objects.filter(day=days[0]).update(taken_back_at=now)
    if random.random() < 0.5:
        day_change(noor, days[1] + 2 * DAY, instead_of=days[1] if random.random() < 0.5 else None)
    if random.random() < 0.5:
        _corrected(noor, days[2], now)


@pytest.mark.usefixtures("fee")
def test_fewer_statements(kept, now, django_assert_max_num_queries):
    """Seven months are invoiced and counted; one absence of February has one of them counted again."""
    house_rules(kept, told_by=time(9))
    for month in MONTHS:
        run(kept, month, AUGUST.date())
    absent(kept.scene.noor, date(2026, 7, 6))
    long_ago(now)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kribbe.billing.services.months.localtime", lambda _now: AUGUST)
        with CaptureQueriesContext(connection) as of_all:
            count_changed(now=now)
        MonthCount.objects.update(counted_at=now - timedelta(minutes=10))
        absent(kept.scene.noor, date(2026, 2, 3))
        with django_assert_max_num_queries(len(of_all) // 2):
            assert count_changed(now=now) == 1
