"""Online payments: begun by a parent, ended by what the provider says, entered in the ledger once."""

from contextlib import suppress
from datetime import datetime, timedelta

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
from kribbe.billing.online import Provider, ProviderError, provider_of
from kribbe.billing.selectors.net import to_pay
from kribbe.billing.services.posting import pay
from kribbe.billing.services.sending import household_of
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal

ASKED_FOR = timedelta(days=30)
"""How long a payment that was begun is asked for; providers end theirs within days."""


def begin_payment(
    *, principal: Principal, invoice: Invoice, provider: Provider, now: datetime
) -> OnlinePayment:
    """Begin to pay what is asked of an invoice and its reminders. Raises RefusedError where nothing is."""
    left = to_pay(invoice).total
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


def finish_begun(*, now: datetime) -> int:
    """Ask the providers of all payments that were begun lately how they stand; returns how many ended here.

    One that its provider doesn't answer for is asked again the next time.
    """
    begun = OnlinePayment.objects.filter(state=OnlineState.BEGUN, begun_at__gt=now - ASKED_FOR)
    ended = 0
    for payment in begun.select_related("invoice__payer__adult", "invoice__payer__books", "books").order_by(
        "pk"
    ):
        with suppress(ProviderError):
            finish_payment(principal=SYSTEM, payment=payment, now=now)
        ended += payment.state != OnlineState.BEGUN
    return ended


def _end(principal: Principal, payment: OnlinePayment, state: OnlineState, now: datetime) -> None:
    if state == OnlineState.PAID:
        payment.entry = pay(
            principal=principal,
            payer=payment.invoice.payer,
            source=(Account.PARKED, payment.amount, None),
            kind=EntryKind.PAYMENT,
            on=localtime(now).date(),
            key=f"online:{payment.reference}",
            now=now,
            first=[payment.invoice],
        )
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
