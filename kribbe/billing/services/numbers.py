"""Numbers of documents, and references for the bank."""

from django.db import connection, transaction
from django.db.models import F
from stdnum.be import ogm_vcs

from kribbe.billing.models import Books, Counter, Invoice


def next_number(books: Books, year: int) -> int:
    """The next number of a year, kept by whoever issues a document in the same transaction.

    The row stays locked until that transaction ends: taken back, the number is given to the next.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("next_number needs a transaction")
    Counter.objects.bulk_create([Counter(books=books, year=year)], ignore_conflicts=True)
    Counter.objects.filter(books=books, year=year).update(last=F("last") + 1)
    return Counter.objects.values_list("last", flat=True).get(books=books, year=year)


def new_key() -> int:
    """A primary key for an invoice that isn't written yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [Invoice._meta.db_table])
        return int(cursor.fetchone()[0])


def structured_reference(key: int) -> str:
    """The twelve digits of a structured reference (OGM) of an invoice with this primary key.

    Ten digits and the remainder of their division by 97, where nought is written 97.
    """
    digits = f"{key:010d}"
    return f"{digits}{int(ogm_vcs.calc_check_digits(digits)):02d}"
