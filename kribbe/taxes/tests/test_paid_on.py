"""The year of a payment is that of the bank's statement, also when it is booked after its month was closed."""

from datetime import UTC, date, datetime

import pytest

from kribbe.banking.models import Match
from kribbe.banking.services.matching import undo
from kribbe.banking.tests.scene import booked, paid_in
from kribbe.billing.services.closing import close_month
from kribbe.billing.tests.scene import with_books
from kribbe.taxes.selectors.paid import paid_by, payers_of_year
from kribbe.taxes.tests.scene import invoice, stay
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 6, 9, tzinfo=UTC)
DECEMBER = date(2025, 12, 1)
PAID = date(2025, 12, 29)


def test_a_payment_of_december_counts_in_december_and_so_does_its_undoing():
    kept = with_books(now=NOW, start=date(2025, 9, 1))
    asked = invoice(kept, [stay(kept.scene.noor, DECEMBER, "12.34")], on=date(2025, 12, 10), now=NOW)
    close_month(principal=SYSTEM, books=kept.books, month=DECEMBER, today=NOW.date(), now=NOW)
    booked(kept, paid_in(1, "12.34", ogm=asked.ogm, value_on=PAID, entered_on=PAID), on=PAID)
    match = Match.objects.select_related("movement", "entry").get()
    assert match.entry.on == date(2026, 1, 1)
    assert list(payers_of_year(kept.books, 2025)) == [kept.payer]
    assert not payers_of_year(kept.books, 2026).exists()
    [paid] = paid_by([kept.payer], 2025, today=NOW.date())
    assert [(day.day, day.paid_on) for day in paid.days] == [(DECEMBER, PAID)]
    undo(principal=SYSTEM, movement=match.movement, now=NOW)
    assert not payers_of_year(kept.books, 2026).exists()
