"""Rows of banking for the test that tries every address."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from kribbe.banking.models import (
    BankFile,
    Collection,
    Creditor,
    DebitFile,
    FileState,
    Mandate,
    Movement,
    Refund,
    RefundFile,
    Statement,
)
from kribbe.billing.models import Books, Payer
from kribbe.billing.services.issue import DraftLine, issue
from kribbe.billing.tests.scene import IBAN, make_payer
from kribbe.enrolment.models import Placement
from kribbe.trust.principal import SYSTEM


def bank_of(placement: Placement, now: datetime) -> dict[str, object]:
    """A booked file and one to be booked, a mandate, a collection and money on its way back."""
    today = now.date()
    adult = placement.child.household.adults.get()
    books = Books.objects.filter(organiser=placement.group.location.organiser).first() or _books(
        placement, now
    )
    payer = Payer.objects.filter(books=books, adult=adult).first()
    payer = payer or make_payer(books, f"{adult.first_name} {adult.last_name}", adult=adult, now=now)
    euros = Decimal(20)
    line = DraftLine(
        placement.pk, today.replace(day=1), today, "stay.full", Decimal(1), euros, Decimal(100), euros
    )
    invoice = issue(
        principal=SYSTEM, books=books, payer=payer, month=today.replace(day=1), lines=[line], on=today, now=now
    )  # fmt: skip
    Creditor.objects.create(books=books, identifier="BE50ZZZ0403019261")
    mandate = Mandate.objects.create(
        payer=payer, iban=IBAN, holder=payer.name, text="Ja", signed_name=payer.name, signed_on=today, signed_at=now
    )  # fmt: skip
    debits = DebitFile.objects.create(books=books, collect_on=today, made_at=now)
    Collection.objects.create(file=debits, mandate=mandate, invoice=invoice, amount=euros, sequence="FRST")
    back = RefundFile.objects.create(books=books, pay_on=today, made_at=now)
    Refund.objects.create(file=back, payer=payer, amount=euros, iban=IBAN)
    checked, booked = _file(books, "a", now), _file(books, "b", now)
    BankFile.objects.filter(pk=booked.pk).update(state=FileState.BOOKED)
    statement = Statement.objects.create(
        books=books, file=booked, iban=IBAN, year=today.year, number="1", old_balance=0, new_balance=20,
        old_on=today, on=today, booked_at=now,
    )  # fmt: skip
    movement = Movement.objects.create(
        statement=statement, number=1, amount=euros, on=today, value_on=today, name=payer.name
    )
    return {
        "bank_file": checked.reference,
        "statement": statement.reference,
        "movement": movement.reference,
        "debit_file": debits.reference,
        "refund_file": back.reference,
        "payer": payer.reference,
    }


def _books(placement: Placement, now: datetime) -> Books:
    return Books.objects.create(
        organiser=placement.group.location.organiser,
        name="De Notelaar vzw",
        street="Bondgenotenlaan 1",
        postcode="3000",
        city="Leuven",
        iban=IBAN,
        started_on=now.date(),
    )


def _file(books: Books, name: str, now: datetime) -> BankFile:
    return BankFile.objects.create(books=books, form="coda", name=name, digest=name * 64, received_at=now)
