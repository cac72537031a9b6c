"""Issuing an invoice or credit note: its number, its lines and its entry in the ledger, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from kribbe.billing.models import (
    Account,
    Books,
    EntryKind,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    Payer,
    Run,
)
from kribbe.billing.services.journal import Side, post
from kribbe.billing.services.numbers import new_key, next_number, structured_reference
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import Principal

SELLER = ("name", "street", "postcode", "city", "enterprise_number", "iban", "bic", "email", "phone")
BUYER = ("name", "street", "postcode", "city", "country", "email", "enterprise_number")


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line before it has an invoice; fields as `InvoiceLine`."""

    placement_id: int
    month: date
    day: date
    what: str
    quantity: Decimal
    unit_price: Decimal
    percent: Decimal
    amount: Decimal
    why: Sequence[Any] = ()


def issue(
    *,
    principal: Principal,
    books: Books,
    payer: Payer,
    month: date,
    lines: Sequence[DraftLine],
    on: date,
    now: datetime,
    run: Run | None = None,
    corrects: Invoice | None = None,
) -> Invoice:
    """Issue these lines to a payer: an invoice, or a credit note where they sum below nought.

    Raises RefusedError without lines.
    """
    if not lines:
        raise RefusedError("An invoice has at least one line.", code="empty")
    total = sum((line.amount for line in lines), Decimal(0))
    with transaction.atomic():
        key = new_key()
        invoice = Invoice.objects.create(
            pk=key,
            books=books,
            payer=payer,
            run=run,
            kind=InvoiceKind.CREDIT if total < 0 else InvoiceKind.INVOICE,
            corrects=corrects,
            year=on.year,
            number=next_number(books, on.year),
            month=month,
            issued_on=on,
            due_on=on + timedelta(days=books.term_days),
            ogm=structured_reference(key),
            language=payer.language,
            total=total,
            parties={
                "seller": {name: getattr(books, name) for name in SELLER},
                "buyer": {name: getattr(payer, name) for name in BUYER},
            },
            issued_at=now,
        )
        InvoiceLine.objects.bulk_create(
            InvoiceLine(
                invoice=invoice,
                placement_id=line.placement_id,
                month=line.month,
                day=line.day,
                what=line.what,
                quantity=line.quantity,
                unit_price=line.unit_price,
                percent=line.percent,
                amount=line.amount,
                why=list(line.why),
            )
            for line in lines
        )
        _post(principal, invoice, now)
        record(
            principal=principal,
            action="invoice.issue",
            subject=invoice,
            now=now,
            household_id=payer.adult.household_id if payer.adult else None,
        )
    return invoice


def _post(principal: Principal, invoice: Invoice, now: datetime) -> None:
    if not invoice.total:
        return
    post(
        principal=principal,
        books=invoice.books,
        kind=EntryKind.CREDIT if invoice.kind == InvoiceKind.CREDIT else EntryKind.INVOICE,
        on=invoice.issued_on,
        key=f"invoice:{invoice.pk}",
        sides=[
            Side(Account.RECEIVABLE, invoice.total, invoice.payer),
            Side(Account.CARE, -invoice.total),
        ],
        now=now,
    )
