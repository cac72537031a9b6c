"""A month that is closed while something is entered in it: one comes before the other, never between."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from kribbe.billing.models import Books, JournalEntry, Payer
from kribbe.billing.services.closing import close_month
from kribbe.billing.tests.issued import issued, paid
from kribbe.billing.tests.scene import with_books
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
APRIL = date(2026, 4, 1)
WAIT = 0.3


def entered_while_closing(kept) -> list[object]:
    """The payment is entered while the closing stands uncommitted: it read the books when they were open."""
    is_closing, is_entering = threading.Event(), threading.Event()

    def close():
        with transaction.atomic():
            close_month(principal=SYSTEM, books=kept.books, month=APRIL, today=NOW.date(), now=NOW)
            is_closing.set()
            is_entering.wait()
            threading.Event().wait(WAIT)

    def enter():
        is_closing.wait()
        kept.books.closed_until = None
        is_entering.set()
        return paid(kept, "1.00", on=date(2026, 4, 29))

    return side_by_side([close, enter])


def test_what_is_entered_meanwhile_waits_and_is_refused(kept):
    _closed, entered = entered_while_closing(kept)
    assert isinstance(entered, IntegrityError), entered
    assert JournalEntry.objects.count() == 1, "the invoice alone"


def test_control_without_the_trigger_it_slips_in(kept):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_journalentry DISABLE TRIGGER pgtrigger_books_open_14920")
    try:
        _closed, entered = entered_while_closing(kept)
        assert entered.on == date(2026, 4, 29)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE billing_journalentry ENABLE TRIGGER pgtrigger_books_open_14920")


def test_who_books_a_statement_and_who_enters_something_for_a_payer_do_not_block_each_other(kept):
    has_books, has_payer = threading.Event(), threading.Event()

    def statement():
        with transaction.atomic():
            lock_rows((Books, kept.books.pk))
            has_books.set()
            has_payer.wait()
            lock_rows((Payer, kept.payer.pk))

    def write_off():
        with transaction.atomic():
            lock_rows((Payer, kept.payer.pk))
            has_payer.set()
            has_books.wait()
            return paid(kept, "1.00", on=date(2026, 4, 29)).on

    assert side_by_side([statement, write_off]) == [None, date(2026, 4, 29)]


@built_once
def kept():
    found = with_books(now=NOW, start=date(2026, 3, 2))
    issued(found)
    return found
