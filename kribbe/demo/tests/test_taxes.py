"""The demo closes the year of organisers that keep books, with numbers that pass their check."""

from datetime import UTC, date, datetime

import pytest
from stdnum.be import nn

from kribbe.billing.tests.scene import with_books
from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.taxes import close_years, number_of
from kribbe.taxes.models import TaxCertificate
from kribbe.taxes.tests.scene import invoice, pay, stay

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)


def test_what_was_paid_has_its_certificate():
    kept = with_books(now=NOW, start=date(2025, 9, 1))
    invoice(kept, [stay(kept.scene.noor, date(2026, 3, 2), "12.00")], on=date(2026, 4, 2), now=NOW)
    close_years(Book(date(2026, 5, 4)))
    assert not TaxCertificate.objects.exists()
    pay(kept, "12.00", on=date(2026, 4, 9), now=NOW)
    close_years(Book(date(2026, 5, 4)))
    assert TaxCertificate.objects.get().year == 2026


@pytest.mark.parametrize("born", [date(1985, 7, 30), date(2025, 4, 2)])
def test_invented_numbers_pass_their_check(born):
    chance = Chance("numbers")
    assert all(nn.is_valid(number_of(born, chance)) for _time in range(50))
