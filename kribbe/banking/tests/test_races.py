"""One payment pays once, however many book or match it at the same moment."""

from datetime import date
from decimal import Decimal

import pytest

from kribbe.banking.models import BankFile, Match, Movement, Statement
from kribbe.banking.services.booking import book_file
from kribbe.banking.services.files import take_in
from kribbe.banking.services.matching import match
from kribbe.banking.tests.scene import NOW, balance, booked, invoice, open_of, paid_in, received
from kribbe.billing.models import Account, JournalEntry
from kribbe.billing.services.posting import Share
from kribbe.billing.tests.scene import with_books
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.tests.bank.drawn import statement
from kribbe.testing.kills import killed_inside
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TAKERS = 6
WORK = """
from datetime import UTC, datetime
from kribbe.banking.models import BankFile
from kribbe.banking.services import booking
from kribbe.trust.principal import SYSTEM
file = BankFile.objects.get(pk={file})
booking.book_file(principal=SYSTEM, file=file, now=datetime(2026, 4, 2, 9, tzinfo=UTC))
"""


@built_once
def kept():
    return with_books(now=NOW)


def takes(kept):
    data = write_coda([statement(paid_in(1, "10.00"))])
    return [
        lambda: take_in(principal=SYSTEM, books=kept.books, data=data, name="a", now=NOW)
        for _ in range(TAKERS)
    ]


def test_the_same_file_given_at_once_is_kept_once(kept):
    outcomes = side_by_side(takes(kept))
    assert {each.pk for each in outcomes} == {BankFile.objects.get().pk}
    assert Statement.objects.count() == 1


def test_control_without_locks_the_database_must_refuse_the_second(kept, monkeypatch):
    monkeypatch.setattr(locks, "ENABLED", False)
    outcomes = side_by_side(takes(kept))
    assert any(isinstance(each, Exception) for each in outcomes), outcomes
    assert BankFile.objects.count() == 1


def test_a_file_that_is_booked_at_once_is_booked_once(kept):
    asked = invoice(kept, "10.00")
    file = received(kept, paid_in(1, "10.00", ogm=asked.ogm))
    side_by_side([lambda: book_file(principal=SYSTEM, file=file, now=NOW) for _ in range(TAKERS)])
    assert open_of(asked) == 0
    assert balance(Account.BANK) == Decimal("10.00")
    assert JournalEntry.objects.filter(key__startswith="movement:").count() == 1


def test_a_payment_that_is_matched_at_once_has_one_match(kept):
    asked = invoice(kept, "10.00")
    booked(kept, paid_in(1, "10.00"))
    movement = Movement.objects.select_related("statement__books").get()
    shares = [Share(kept.payer.pk, Decimal("10.00"))]
    outcomes = side_by_side(
        [lambda: match(principal=SYSTEM, movement=movement, shares=shares, now=NOW) for _ in range(TAKERS)]
    )
    assert sum(isinstance(each, Match) for each in outcomes) == 1, outcomes
    assert {each.code for each in outcomes if isinstance(each, RefusedError)} <= {"matched", "busy"}
    assert open_of(asked) == 0


def test_control_without_locks_the_database_must_refuse_the_second_match(kept, monkeypatch):
    invoice(kept, "10.00")
    booked(kept, paid_in(1, "10.00"))
    movement = Movement.objects.select_related("statement__books").get()
    shares = [Share(kept.payer.pk, Decimal("10.00"))]
    monkeypatch.setattr(locks, "ENABLED", False)
    outcomes = side_by_side(
        [lambda: match(principal=SYSTEM, movement=movement, shares=shares, now=NOW) for _ in range(TAKERS)]
    )
    assert any(not isinstance(each, Match | RefusedError) for each in outcomes), outcomes
    assert Match.objects.filter(undone_by=None).count() == 1


def test_a_booking_that_is_killed_within_a_statement_goes_on_from_there(kept):
    """Three statements in a file; the process dies in the second, once its entries are written."""
    asked = [invoice(kept, "10.00") for _number in range(3)]
    days = [date(2026, 4, day) for day in (1, 2, 3)]
    data = write_coda(
        [
            statement(
                paid_in(1, "10.00", ogm=each.ogm), number=day.day, old=f"{1000 + 10 * day.day}.00", on=day
            )
            for each, day in zip(asked, days, strict=True)
        ]
    )
    file = take_in(principal=SYSTEM, books=kept.books, data=data, name="april.cod", now=NOW)
    killed_inside(WORK.format(file=file.pk), point="kribbe.banking.services.booking._note", times=2)
    assert (Statement.objects.exclude(booked_at=None).count(), paid()) == (1, 1)
    assert (balance(Account.BANK), sum(map(open_of, asked))) == (Decimal(10), Decimal(20))
    book_file(principal=SYSTEM, file=file, now=NOW)
    assert (Statement.objects.exclude(booked_at=None).count(), paid()) == (3, 3)
    assert (balance(Account.BANK), sum(map(open_of, asked))) == (Decimal(30), Decimal(0))


def paid():
    return JournalEntry.objects.filter(key__startswith="movement:").count()
