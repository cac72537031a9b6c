"""Issuing invoices and credit notes: numbers, lines and entries in the ledger, in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from psycopg.types.json import Jsonb

from kribbe.billing.models import (
    Account,
    Books,
    EntryKind,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    JournalEntry,
    JournalLine,
    Payer,
    Run,
)
from kribbe.billing.selectors.drafts import Draft, DraftLine
from kribbe.billing.services.numbers import new_keys, next_numbers, structured_reference
from kribbe.billing.services.setting_off import set_off_issued
from kribbe.rules.billing.supplement import Supplement
from kribbe.trust.audit import record_all
from kribbe.trust.errors import RefusedError
from kribbe.trust.many import copy_in
from kribbe.trust.principal import Principal

__all__ = ["Draft", "DraftLine", "issue", "issue_all"]
SELLER = ("name", "street", "postcode", "city", "enterprise_number", "iban", "bic", "email", "phone")
LINE = (
    "invoice_id",
    "placement_id",
    "care_id",
    "month",
    "day",
    "what",
    "quantity",
    "unit_price",
    "percent",
    "amount",
    "why",
)
BUYER = ("name", "street", "postcode", "city", "country", "email", "enterprise_number")


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
    draft = Draft(payer, month, lines, corrects)
    return issue_all(principal=principal, books=books, drafts=[draft], on=on, now=now, run=run)[0]


def issue_all(
    *,
    principal: Principal,
    books: Books,
    drafts: Sequence[Draft],
    on: date,
    now: datetime,
    run: Run | None = None,
) -> list[Invoice]:
    """Issue drafts, with numbers in their order; all of them or none. Raises RefusedError on one without lines.

    What credit notes give, and what is kept for the payers, goes off what they owe at once.
    """
    if not all(draft.lines for draft in drafts):
        raise RefusedError("An invoice has at least one line.", code="empty")
    with transaction.atomic():
        places = zip(drafts, new_keys(len(drafts)), next_numbers(books, on.year, len(drafts)), strict=True)
        made = [_invoice(books, draft, key, number, on, now, run) for draft, key, number in places]
        Invoice.objects.bulk_create(made)
        lines = (
            _line(invoice, line) for invoice, draft in zip(made, drafts, strict=True) for line in draft.lines
        )
        copy_in(InvoiceLine, LINE, lines)
        _post(principal, books, [each for each in made if each.total], now)
        set_off_issued(principal=principal, books=books, issued=made, on=on, now=now)
        record_all(
            principal=principal,
            action="invoice.issue",
            subjects=[(each, _household(each.payer)) for each in made],
            now=now,
        )
    return made


def _household(payer: Payer) -> int | None:
    return payer.adult.household_id if payer.adult else None


def _invoice(
    books: Books, draft: Draft, key: int, number: int, on: date, now: datetime, run: Run | None
) -> Invoice:
    return Invoice(
        pk=key,
        books=books,
        payer=draft.payer,
        run=run,
        kind=InvoiceKind.CREDIT if draft.total < 0 else InvoiceKind.INVOICE,
        corrects=draft.corrects,
        year=on.year,
        number=number,
        month=draft.month,
        issued_on=on,
        due_on=on + timedelta(days=books.term_days),
        ogm=structured_reference(key),
        language=draft.payer.language,
        total=draft.total,
        parties={"seller": _said(books, SELLER), "buyer": _said(draft.payer, BUYER)},
        supplements=[{"placement": key, **_told(each)} for key, each in draft.supplements.items()],
        issued_at=now,
    )


def _told(found: Supplement) -> dict[str, Any]:
    return {
        "full": found.full,
        "half": found.half,
        "day": str(found.day),
        "amount": str(found.amount),
        "verified": found.verified,
        "provisional": found.provisional,
        "at_school": found.at_school,
    }


def _said(party: Books | Payer, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(party, name) for name in names}


def _line(invoice: Invoice, line: DraftLine) -> tuple[object, ...]:
    return (
        invoice.pk,
        line.placement_id,
        line.care_id,
        line.month,
        line.day,
        line.what,
        line.quantity,
        line.unit_price,
        line.percent,
        line.amount,
        Jsonb(list(line.why)),
    )


def _post(principal: Principal, books: Books, invoices: Sequence[Invoice], now: datetime) -> None:
    """An entry for each: the payer owes its total, care earns it."""
    entries = JournalEntry.objects.bulk_create(
        JournalEntry(
            books=books,
            kind=EntryKind.CREDIT if each.kind == InvoiceKind.CREDIT else EntryKind.INVOICE,
            on=each.issued_on,
            key=f"invoice:{each.pk}",
            note=f"{each}",
            made_at=now,
            made_by=principal.user_id,
        )
        for each in invoices
    )
    JournalLine.objects.bulk_create(
        line
        for entry, each in zip(entries, invoices, strict=True)
        for line in (
            JournalLine(entry=entry, account=Account.RECEIVABLE, payer=each.payer, amount=each.total),
            JournalLine(entry=entry, account=Account.CARE, amount=-each.total),
        )
    )
