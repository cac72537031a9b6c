"""A file of the bank that comes once its month is closed still settles what was asked."""

from datetime import UTC, date, datetime

import pytest

from kribbe.banking.models import Match
from kribbe.banking.services.matching import undo
from kribbe.banking.tests.scene import NOW, booked, invoice, open_of, paid_in
from kribbe.billing.models import Books
from kribbe.billing.services.closing import close_month
from kribbe.billing.tests.scene import with_books
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)


def test_a_payment_of_a_closed_month_settles_on_the_first_open_day_and_can_be_undone():
    kept = with_books(now=NOW)
    asked = invoice(kept, "123.40")
    close_month(principal=SYSTEM, books=kept.books, month=date(2026, 4, 1), today=MAY.date(), now=MAY)
    booked(kept, paid_in(1, "123.40", ogm=asked.ogm))
    match = Match.objects.select_related("movement", "entry").get()
    assert match.movement.on <= date(2026, 4, 30)
    assert match.entry.on == date(2026, 5, 1)
    assert open_of(asked) == 0
    undo(principal=SYSTEM, movement=match.movement, now=MAY)
    assert open_of(asked) == asked.total


def test_a_month_closed_since_the_books_were_read_is_seen():
    kept = with_books(now=NOW)
    invoice(kept, "123.40")
    again = Books.objects.get(pk=kept.books.pk)
    close_month(principal=SYSTEM, books=again, month=date(2026, 4, 1), today=MAY.date(), now=MAY)
    booked(kept, paid_in(1, "5.00"))
    assert kept.books.entries.latest("pk").on == date(2026, 5, 1)
