"""Reading and booking ask the database as often for many movements as for few."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kribbe.banking.models import Match
from kribbe.banking.services.booking import book_file
from kribbe.banking.tests.scene import NOW, balance, invoice, paid_in, received
from kribbe.billing.models import Account
from kribbe.billing.tests.scene import make_payer, with_books
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


def test_booking_asks_as_much_for_many_as_for_few():
    kept = with_books(now=NOW)

    def queries(number: int, count: int) -> int:
        rows = []
        for key in range(count):
            payer = make_payer(kept.books, f"Gezin {number} {key}", now=NOW)
            asked = invoice(kept, "10.00", payer=payer)
            rows.append(paid_in(key + 1, "10.00", ogm=asked.ogm))
        file = received(kept, *rows, number=number)
        with CaptureQueriesContext(connection) as caught:
            book_file(principal=SYSTEM, file=file, now=NOW)
        return len(caught)

    assert queries(1, 3) == queries(2, 40)
    assert Match.objects.count() == 43
    assert balance(Account.BANK) == Decimal("430.00")
