"""Beside each month that was invoiced: how many documents differ, how many days are held back, counted when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from kribbe.billing.models import Invoice, InvoiceKind, MonthCount, Run, RunState
from kribbe.billing.selectors.changed import SOURCES
from kribbe.billing.selectors.drafts import drafted
from kribbe.billing.selectors.months import months_over
from kribbe.billing.services.months import LASTS, count_changed, count_month
from kribbe.billing.tests.marched import FEE, NEW_YEAR, THE_2ND, euros, march
from kribbe.billing.tests.month import APRIL, MARCH, absent, certificate, price_list, run
from kribbe.billing.tests.one_day_scene import kim_of, takes
from kribbe.billing.tests.scene import organiser_of
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.planning.models import AbsenceKind, CareAgreement, TellingSide
from kribbe.planning.services.absences import report_absence
from kribbe.rules.attendance import FURTHEST_BACK
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM
from kribbe.web.templatetags.telling import short_date

pytestmark = pytest.mark.django_db
MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)
TODAY = date(2026, 5, 4)


@pytest.fixture
def written_at(db):
    """The moment of this transaction, by the clock of the database, which the history goes by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


@pytest.fixture
def invoiced(kept, noor, fee):
    run(kept, MARCH, THE_2ND)
    return kept


def counted(kept, month=MARCH):
    (found,) = [each for each in months_over(kept.books, TODAY) if each.month == month]
    return found


def test_a_retroactive_certificate_shows_beside_its_month(invoiced, fee):
    before = count_month(invoiced.books, MARCH, now=MAY)
    held = len(drafted(invoiced.books, MARCH).held)
    assert (before.documents, before.held) == (0, held) and held, "Lou has no certificate"
    fee.day_fee = euros("10.00")
    fee.save()
    count_month(invoiced.books, MARCH, now=MAY)
    found = counted(invoiced)
    assert (found.count.documents, found.count.held, found.count.counted_at) == (1, held, MAY)


def test_a_run_that_sets_it_right_leaves_no_figure_of_before(invoiced, fee):
    fee.day_fee = euros("10.00")
    fee.save()
    count_month(invoiced.books, MARCH, now=MAY)
    run(invoiced, MARCH, date(2026, 4, 20))
    assert counted(invoiced).count is None
    assert count_month(invoiced.books, MARCH, now=MAY).documents == 0


def test_who_usually_pays_is_thought_of_and_not_written(invoiced):
    invoiced.scene.lou.shares.all().delete()
    certificate(invoiced, invoiced.scene.lou, FEE, NEW_YEAR)
    assert count_month(invoiced.books, MARCH, now=MAY).documents == 1
    assert not invoiced.scene.lou.shares.exists()


def test_only_what_changed_is_counted_again(invoiced, noor, written_at):
    run(invoiced, APRIL, date(2026, 5, 2))
    later = written_at + timedelta(hours=1)
    assert _counted(later) == {MARCH, APRIL}, "never counted"
    assert _counted(later) == set()
    MonthCount.objects.update(counted_at=written_at - timedelta(hours=1))
    assert _counted(written_at) == {MARCH, APRIL}, "all was written after that count"


@pytest.mark.parametrize(
    ("change", "months"),
    [
        (lambda kept: absent(kept.scene.noor, march(3)), {MARCH}),
        (lambda kept: absent(kept.scene.noor, march(31)), {MARCH, APRIL}),
        (lambda kept: absent(kept.scene.noor, date(2026, 4, 7)), {APRIL}),
        (lambda kept: school_from(kept, APRIL), {APRIL}),
        (lambda kept: free(kept), {MARCH, APRIL}),
        (lambda kept: agreement(kept), {MARCH, APRIL}),
        (lambda kept: price_list(kept, APRIL, full=euros("30.00")), {APRIL}),
        (lambda kept: takes(kept, kim_of(kept)), {MARCH}),
        (lambda kept: certificate(kept, kept.scene.lou, FEE, MARCH, APRIL), {MARCH}),
    ],
)
def test_a_change_touches_the_months_of_its_days(invoiced, written_at, change, months):
    """The rows of the fixtures were written by the same transaction: they are looked away from."""
    run(invoiced, APRIL, date(2026, 5, 2))
    for source in SOURCES:
        if source.at == "pgh_created_at":
            apps.get_model(source.model).objects.update(pgh_created_at=written_at - timedelta(days=2))
    _counted(written_at)
    MonthCount.objects.update(counted_at=written_at - timedelta(hours=1))
    assert _counted(written_at) == set()
    MonthCount.objects.update(counted_at=written_at - timedelta(hours=1))
    change(invoiced)
    assert _counted(written_at) == months


def school_from(kept, day):
    kept.scene.noor.child.school_from = day
    kept.scene.noor.child.save()


def free(kept):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()


def agreement(kept):
    CareAgreement.objects.create(placement=kept.scene.noor, day_fee=euros("30.00"), made_at=MAY)


def test_a_count_leaves_a_month_alone_that_is_run_or_was_since(invoiced):
    done = Run.objects.get()
    assert count_month(invoiced.books, MARCH, now=done.done_at - timedelta(minutes=1)) is None
    Run.objects.update(state=RunState.GOING, done_at=None)
    assert count_month(invoiced.books, MARCH, now=MAY) is None
    assert not MonthCount.objects.exists()


def _counted(now):
    """The months that were counted at this moment, of those invoiced until May 2026."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kribbe.billing.services.months.localtime", lambda _now: MAY)
        done = count_changed(now=now)
    found = set(MonthCount.objects.filter(counted_at=now).values_list("month", flat=True))
    MonthCount.objects.filter(counted_at=now).update(counted_at=now + timedelta(minutes=10))
    assert len(found) == done
    return found


def test_a_count_is_never_older_than_a_day(invoiced, written_at):
    count_month(invoiced.books, MARCH, now=written_at - LASTS)
    assert _counted(written_at) == {MARCH}


def test_the_page_says_it_with_its_moment(invoiced, fee, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: MAY)
    manager = organiser_of(invoiced.books, now=MAY)
    address = reverse("billing:invoices", args=[invoiced.scene.location.slug])
    client = client_of(manager)
    assert "Will be counted within the hour" in client.get(address).content.decode()
    fee.day_fee = euros("10.00")
    fee.save()
    count_month(invoiced.books, MARCH, now=MAY)
    page = client.get(address).content.decode()
    assert "1 document differs" in page and "days held back" in page
    assert f"As counted on {short_date(MAY)}, 11:00" in page
    assert reverse("billing:month", args=[invoiced.scene.location.slug, "2026-03"]) in page
    assert page.count("Not invoiced yet") == 3, "January, February and April"


def test_months_of_before_the_books_are_left_out(invoiced):
    assert [each.month.month for each in months_over(invoiced.books, TODAY)] == [4, 3, 2, 1]
    assert Run.objects.count() == 1


@pytest.mark.parametrize("kind", AbsenceKind.values)
def test_an_absence_of_a_month_long_closed_is_noted_counted_and_credited(invoiced, kind):
    """Told by the location on 7 December 2026 for 2 March; a full day at 12.34, with free days left."""
    december = datetime(2026, 12, 7, 9, tzinfo=UTC)
    count_month(invoiced.books, MARCH, now=MAY)
    told = {"placement_id": invoiced.scene.noor.pk, "days": [march(2)], "now": december, "kind": kind}
    with pytest.raises(RefusedError):
        report_absence(principal=invoiced.scene.parent, side=TellingSide.FAMILY, **told)
    report_absence(principal=invoiced.scene.manager, side=TellingSide.LOCATION, **told)
    trace = AuditEntry.objects.get(action="absence.report")
    assert (trace.data["days"], trace.household_id) == (
        [f"{march(2)}"], invoiced.scene.noor.child.household_id
    )  # fmt: skip
    assert count_month(invoiced.books, MARCH, now=december).documents == 1
    assert run(invoiced, MARCH, december.date()) == {"An Maes": euros(f"-{FEE}")}
    assert Invoice.objects.latest("pk").kind == InvoiceKind.CREDIT


def test_an_absence_is_noted_as_far_back_as_the_register_is_corrected(invoiced):
    told = {"principal": SYSTEM, "placement_id": invoiced.scene.noor.pk, "side": TellingSide.LOCATION}
    monday = march(2)
    report_absence(**told, days=[monday], now=at_nine(monday + FURTHEST_BACK))
    with pytest.raises(RefusedError) as refused:
        report_absence(**told, days=[monday], now=at_nine(monday + FURTHEST_BACK + timedelta(days=1)))
    assert refused.value.field == "first"


def at_nine(day):
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
