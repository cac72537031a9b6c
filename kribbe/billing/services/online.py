"""Online payments: begun by a parent, ended by what the provider says, entered in the ledger once."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import (
    Account,
    EntryKind,
    Invoice,
    OnlinePayment,
    OnlineState,
    Payer,
)
from kribbe.billing.online import Provider, provider_of
from kribbe.billing.selectors.accounts import with_open
from kribbe.billing.services.journal import Side, post, settle
from kribbe.billing.services.sending import household_of
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def begin_payment(
    *, principal: Principal, invoice: Invoice, provider: Provider, now: datetime
) -> OnlinePayment:
    """Begin to pay what is open of an invoice. Raises RefusedError where nothing is."""
    left = with_open(Invoice.objects.filter(pk=invoice.pk)).get().open
    if left <= 0:
        raise RefusedError(_("Nothing of this invoice is open."), code="nothing_open")
    with transaction.atomic():
        payment = OnlinePayment.objects.create(
            books=invoice.books, invoice=invoice, provider=provider.name, amount=left, begun_at=now
        )
        _recorded(principal, payment, "payment.begin", now)
    return payment


def finish_payment(*, principal: Principal, payment: OnlinePayment, now: datetime) -> OnlinePayment:
    """Ask the provider how a payment stands and enter it; asked again, what has ended changes no more.

    The money is on its way then: it stands among the payments to look at until the provider's own transfer
    comes in on the bank, which closes it. Raises ProviderError where the provider gives no answer.
    """
    provider = provider_of(payment.provider)
    if provider is None or payment.state != OnlineState.BEGUN:
        return payment
    state = provider.state(payment)
    if state == OnlineState.BEGUN:
        return payment
    with transaction.atomic():
        lock_rows((Payer, payment.invoice.payer_id), (OnlinePayment, payment.pk))
        payment.refresh_from_db()
        if payment.state == OnlineState.BEGUN:
            _end(principal, payment, state, now)
    return payment


def _end(principal: Principal, payment: OnlinePayment, state: OnlineState, now: datetime) -> None:
    payer = payment.invoice.payer
    if state == OnlineState.PAID:
        payment.entry = post(
            principal=principal,
            books=payment.books,
            kind=EntryKind.PAYMENT,
            on=localtime(now).date(),
            key=f"online:{payment.reference}",
            sides=[
                Side(Account.PARKED, payment.amount),
                Side(Account.RECEIVABLE, -payment.amount, payer),
            ],
            now=now,
        )
        settle(entry=payment.entry, payer=payer, amount=payment.amount, first=[payment.invoice])
    payment.state, payment.ended_at = state, now
    payment.save(update_fields=["state", "ended_at", "entry"])
    _recorded(principal, payment, f"payment.{state}", now)


def _recorded(principal: Principal, payment: OnlinePayment, action: str, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=payment.invoice,
        now=now,
        household_id=household_of(payment.invoice.payer),
    )
