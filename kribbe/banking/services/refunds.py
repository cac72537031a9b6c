"""Paying back what is kept for a payer."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from sepaxml import SepaTransfer

from kribbe.banking.models import Refund, RefundFile
from kribbe.banking.services.mandates import checked_iban
from kribbe.banking.services.matching import kept_for
from kribbe.banking.services.pain import written
from kribbe.billing.models import Account, Books, JournalLine, Payer
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

SCHEMA = "pain.001.001.09"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept for a payer, in euros."""

    payer: Payer
    amount: Decimal


def kept(books: Books) -> list[Kept]:
    """What is kept for payers, by their names; what is on its way back doesn't count."""
    rows = (
        JournalLine.objects.filter(payer__books=books, account=Account.TO_REFUND)
        .values("payer")
        .annotate(sum=Sum("amount"))
        .filter(sum__lt=0)
    )
    sums = {row["payer"]: -row["sum"] for row in rows}
    leaving = Refund.objects.filter(payer__in=sums, paid_by=None).values("payer").annotate(sum=Sum("amount"))
    for row in leaving:
        sums[row["payer"]] -= row["sum"]
    payers = Payer.objects.filter(pk__in=[key for key, left in sums.items() if left > 0])
    return [Kept(payer, sums[payer.pk]) for payer in payers.select_related("adult").order_by("name", "pk")]


def refund(*, principal: Principal, payer: Payer, iban: str, pay_on: date, now: datetime) -> Refund:
    """Pay back all that is kept for a payer, on an account; the file goes to the bank by hand."""
    account = checked_iban(iban)
    with transaction.atomic():
        lock_rows((Books, payer.books_id), (Payer, payer.pk))
        amount = kept_for(payer.pk)
        if amount <= 0:
            raise RefusedError(_("Nothing is kept for this payer."), code="nothing")
        file = RefundFile.objects.create(
            books=payer.books, pay_on=pay_on, made_at=now, made_by=principal.user_id
        )
        row = Refund.objects.create(file=file, payer=payer, amount=amount, iban=account)
        household = payer.adult.household_id if payer.adult else None
        record(principal=principal, action="bank.refund", subject=row, now=now, household_id=household)
    return row


def refund_xml(file: RefundFile) -> bytes:
    """The file for the bank (pain.001.001.09), valid by its schema. Raises RefusedError where it isn't."""
    books = file.books
    sepa = SepaTransfer(
        {
            "name": books.name,
            "IBAN": books.iban,
            "batch": True,
            "currency": "EUR",
            **({"BIC": books.bic} if books.bic else {}),
        },
        schema=SCHEMA,
    )
    for each in file.refunds.select_related("payer").order_by("pk"):
        sepa.add_payment(
            {
                "name": each.payer.name,
                "IBAN": each.iban,
                "amount": int(each.amount * 100),
                "execution_date": file.pay_on,
                "description": books.name,
                "endtoend_id": each.reference,
            }
        )
    return written(sepa)
