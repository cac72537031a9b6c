"""A month of the books that is closed: its journal stays, payments that come late and corrections come after it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from kribbe.billing import exports
from kribbe.billing.models import EntryKind, Invoice, InvoiceKind, JournalEntry, RunState
from kribbe.billing.services.closing import close_month, next_to_close, reopen_month
from kribbe.billing.services.run import start_run, work_off
from kribbe.billing.tests.issued import issued, mondays, paid, stay
from kribbe.billing.tests.scene import organiser_of, with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
TODAY = NOW.date()
MARCH, APRIL, MAY = (date(2026, month, 1) for month in (3, 4, 5))


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 3, 2))


def close(kept, month, today=TODAY):
    return close_month(principal=SYSTEM, books=kept.books, month=month, today=today, now=NOW)


def test_a_closed_month_takes_no_entry_and_a_late_payment_comes_on_the_first_open_day(kept):
    invoice = issued(kept)
    before = exports.journal(kept.books, APRIL, date(2026, 4, 30))
    close(kept, APRIL)
    entry = paid(kept, "59.36", on=date(2026, 4, 29), first=[invoice])
    assert entry.on == MAY
    assert exports.journal(kept.books, APRIL, date(2026, 4, 30)) == before
    assert invoice.settlements.get().amount == Decimal("59.36")


def test_the_database_holds_it_whatever_writes(kept):
    invoice = issued(kept)
    close(kept, APRIL)
    with pytest.raises(IntegrityError, match="closed on that day"), transaction.atomic():
        JournalEntry.objects.create(
            books=kept.books, kind=EntryKind.PAYMENT, on=date(2026, 4, 30), key="x", made_at=NOW
        )
    with pytest.raises(IntegrityError, match="closed on that day"), transaction.atomic():
        issued(kept)
    assert list(Invoice.objects.all()) == [invoice], (
        "nothing of the document that was refused is left, its number too"
    )


def test_a_correction_of_a_closed_month_is_a_credit_note_of_its_own_day(kept):
    issued(kept, mondays(kept))
    close(kept, APRIL)
    credit = issued(kept, [stay(kept.scene.noor, date(2026, 3, 2), "-12.34")], on=TODAY, now=NOW)
    assert (credit.kind, credit.issued_on, credit.month) == (InvoiceKind.CREDIT, TODAY, MARCH)
    assert JournalEntry.objects.get(key=f"invoice:{credit.pk}").on == TODAY


def test_months_are_closed_in_turn_once_over_and_with_no_run_under_way(kept):
    assert next_to_close(kept.books) is None
    issued(kept)
    for month in (MARCH, MAY):
        with pytest.raises(RefusedError):
            close(kept, month)
    with pytest.raises(RefusedError) as early:
        close(kept, APRIL, today=date(2026, 4, 30))
    run = start_run(principal=SYSTEM, books=kept.books, month=MARCH, on=TODAY, now=NOW)
    with pytest.raises(RefusedError) as busy:
        close(kept, APRIL)
    assert (early.value.code, busy.value.code) == ("not_over", "going")
    work_off(run.pk, now=NOW)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    close(kept, APRIL)
    assert next_to_close(kept.books) == MAY
    with pytest.raises(RefusedError):
        close(kept, APRIL)


def test_the_month_closed_last_is_opened_again(kept):
    issued(kept)
    close(kept, APRIL)
    with pytest.raises(RefusedError):
        reopen_month(principal=SYSTEM, books=kept.books, month=MARCH, now=NOW)
    reopen_month(principal=SYSTEM, books=kept.books, month=APRIL, now=NOW)
    assert paid(kept, "1.00", on=date(2026, 4, 29)).on == date(2026, 4, 29)
    assert (kept.books.closed_until, next_to_close(kept.books)) == (None, APRIL), "as before any was closed"


def test_a_manager_closes_a_month_and_another_tab_is_told(kept):
    issued(kept)
    manager = organiser_of(kept.books, now=NOW)
    client, page = client_of(manager), reverse("billing:accounts", args=[kept.scene.location.slug])
    assert "2026-04" in client.get(page).content.decode()
    sent = {"do": "close", "month": "2026-04"}
    assert client.post(page, sent).status_code == 302
    kept.books.refresh_from_db()
    assert kept.books.closed_until == date(2026, 4, 30)
    assert "one after the other" in client.post(page, sent, follow=True).content.decode()
    assert client.post(page, {"do": "close", "month": "x"}).status_code == 404
    month = client.get(reverse("billing:month", args=[kept.scene.location.slug, "2026-03"])).content.decode()
    assert "The books of this month are closed" in month
    client.post(page, {"do": "reopen", "month": "2026-04"})
    kept.books.refresh_from_db()
    assert kept.books.closed_until is None
