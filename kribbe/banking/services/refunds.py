"""Paying back what is kept for a payer."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from sepaxml import SepaTransfer

from kribbe.banking.models import Refund, RefundFile
from kribbe.banking.services.mandates import checked_iban
from kribbe.banking.services.pain import written
from kribbe.billing.models import Books, Payer
from kribbe.billing.selectors.net import net_of, nets, owners
from kribbe.billing.services.setting_off import use_own
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

SCHEMA = "pain.001.001.09"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is a payer's own, in euros, and what of it is `free`: the rest could settle what it owes."""

    payer: Payer
    amount: Decimal
    free: Decimal


def kept(books: Books) -> list[Kept]:
    """What is the payers' own, by their names; what is on its way back doesn't count."""
    found = nets(owners(books.payers.values("pk")))
    payers = Payer.objects.filter(pk__in=[key for key, net in found.items() if net.own > 0])
    rows = payers.select_related("adult").order_by("name", "pk")
    return [Kept(payer, found[payer.pk].own, found[payer.pk].free) for payer in rows]


def refund(*, principal: Principal, payer: Payer, iban: str, pay_on: date, now: datetime) -> Refund:
    """Pay back what is a payer's own, once it went off what it owes; the file goes to the bank by hand.

    Raises RefusedError where nothing is left, and for a wrong account.
    """
    account = checked_iban(iban)
    with transaction.atomic():
        lock_rows((Books, payer.books_id), (Payer, payer.pk))
        net = net_of(payer.pk)
        if net.own <= 0:
            raise RefusedError(_("Nothing is kept for this payer."), code="nothing")
        if net.free <= 0:
            raise RefusedError(_("This payer owes as much: use it for that."), code="owes")
        use_own(principal=principal, payer=payer, on=localtime(now).date(), now=now)
        file = RefundFile.objects.create(
            books=payer.books, pay_on=pay_on, made_at=now, made_by=principal.user_id
        )
        row = Refund.objects.create(file=file, payer=payer, amount=net.free, iban=account)
        _recorded(principal, "bank.refund", row, now)
    return row


def withdraw_refunds(*, principal: Principal, file: RefundFile, now: datetime) -> None:
    """Take a file of payments back that the bank didn't carry out: what is in it is kept again.

    Raises RefusedError where the bank told that something of it was paid.
    """
    with transaction.atomic():
        payers = file.refunds.values_list("payer", flat=True)
        lock_rows((Books, file.books_id), *((Payer, each) for each in payers))
        rows = list(file.refunds.select_related("payer__adult"))
        if any(each.paid_by_id for each in rows):
            raise RefusedError(_("The bank paid this already. It can't be withdrawn."), code="paid")
        for each in rows:
            if each.withdrawn_at is None:
                each.withdrawn_at = now
                each.save(update_fields=["withdrawn_at"])
                _recorded(principal, "bank.refund_withdrawn", each, now)


def _recorded(principal: Principal, action: str, row: Refund, now: datetime) -> None:
    household = row.payer.adult.household_id if row.payer.adult else None
    record(principal=principal, action=action, subject=row, now=now, household_id=household)


def refund_xml(file: RefundFile) -> bytes:
    """The file for the bank (pain.001.001.09), valid by its schema. RefusedError where it isn't, or was withdrawn."""
    rows = list(file.refunds.filter(withdrawn_at=None).select_related("payer").order_by("pk"))
    if not rows:
        raise RefusedError(_("This file was withdrawn."), code="withdrawn")
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
    for each in rows:
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
