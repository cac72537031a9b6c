"""Collections that don't go to the bank after all: dropped before it took them, and their files withdrawn."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kribbe.banking.models import Collection, DebitFile, Dropped, Mandate
from kribbe.billing.models import Books
from kribbe.billing.selectors.late import in_running_plans
from kribbe.billing.selectors.net import asked_of
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def drop_stale(*, principal: Principal, file: DebitFile, now: datetime) -> int:
    """Before a file goes to the bank: drop what may not be collected any more, because its mandate was taken back, or
    less is to be paid of it, or a plan pays it off. Returns how many were dropped."""
    with transaction.atomic():
        lock_rows((Books, file.books_id))
        rows = _not_taken(file.collections)
        asked = asked_of(each.invoice for each in rows)
        planned = set(in_running_plans().values_list("invoice", flat=True))
        stale = [
            each
            for each in rows
            if each.mandate.revoked_at or asked[each.invoice_id] < each.amount or each.invoice_id in planned
        ]
        for each in stale:
            _drop(principal, each, Dropped.REVOKED if each.mandate.revoked_at else Dropped.SETTLED, now)
    return len(stale)


def withdraw_debits(*, principal: Principal, file: DebitFile, now: datetime) -> None:
    """Take a file of collections back that the bank didn't carry out: its invoices can be collected again.

    Raises RefusedError where the bank told that something of it was paid.
    """
    with transaction.atomic():
        lock_rows((Books, file.books_id))
        if file.collections.exclude(paid_by=None, returned_by=None).exists():
            raise RefusedError(_("The bank paid this already. It can't be withdrawn."), code="paid")
        for each in _not_taken(file.collections):
            _drop(principal, each, Dropped.WITHDRAWN, now)


def drop_revoked(*, principal: Principal, mandate: Mandate, now: datetime) -> None:
    """Drop what was announced by a mandate that was taken back, unless the bank told that it took it."""
    for each in _not_taken(mandate.collections):
        _drop(principal, each, Dropped.REVOKED, now)


def _not_taken(collections: "Any") -> list[Collection]:
    found: QuerySet[Collection] = collections.filter(paid_by=None, returned_by=None, dropped_at=None)
    return list(found.select_related("mandate__payer__adult", "invoice").order_by("pk"))


def _drop(principal: Principal, collection: Collection, why: Dropped, now: datetime) -> None:
    collection.dropped_at, collection.dropped_why = now, why
    collection.save(update_fields=["dropped_at", "dropped_why"])
    adult = collection.mandate.payer.adult
    record(
        principal=principal,
        action="debit.drop",
        subject=collection.invoice,
        now=now,
        household_id=adult.household_id if adult else None,
        why=why,
    )
