"""Numbers of documents, and references for the bank."""

from django.db import connection, transaction
from django.db.models import F
from stdnum.be import ogm_vcs

from kribbe.billing.models import Books, Counter, Invoice

DEPOSITS_FROM = 9_000_000_000
"""The first ten digits of a deposit's reference less its primary key; invoices count from 1."""


def next_numbers(books: Books, year: int, count: int = 1) -> list[int]:
    """The next numbers of a year, kept by whoever issues documents in the same transaction.

    The row stays locked until that transaction ends: taken back, the numbers are given to the next.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("next_numbers needs a transaction")
    Counter.objects.bulk_create([Counter(books=books, year=year)], ignore_conflicts=True)
    Counter.objects.filter(books=books, year=year).update(last=F("last") + count)
    last = Counter.objects.values_list("last", flat=True).get(books=books, year=year)
    return list(range(last - count + 1, last + 1))


def new_keys(count: int = 1) -> list[int]:
    """Primary keys for invoices that aren't written yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [Invoice._meta.db_table, count],
        )
        return [int(key) for (key,) in cursor.fetchall()]


def structured_reference(key: int) -> str:
    """The twelve digits of a structured reference (OGM) of an invoice with this primary key.

    Ten digits, which no invoice takes from `DEPOSITS_FROM` on, and the remainder of their division by 97, where
    nought is written 97.
    """
    digits = f"{key:010d}"
    return f"{digits}{int(ogm_vcs.calc_check_digits(digits)):02d}"


def deposit_reference(key: int) -> str:
    """The twelve digits of the structured reference of a deposit with this primary key."""
    return structured_reference(DEPOSITS_FROM + key)


def deposit_of(reference: str) -> int | None:
    """The primary key of the deposit of which this is the structured reference; None of an invoice's."""
    key = int(reference[:10])
    return key - DEPOSITS_FROM if key >= DEPOSITS_FROM else None
