"""One click lets all invoices, reminders or requests to renew leave: a worker sends them, each once.

What left is known by its own row (a sending, a reminder, a notice), so that a mailing goes on after any fault where
it was, and a second worker at the same one sends nothing twice.
"""

from datetime import datetime

import structlog
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from kribbe.billing.models import Books, Mailing, MailingKind
from kribbe.billing.selectors.mailings import due_reminders, unasked_renewals, unsent, waiting
from kribbe.billing.selectors.renewals import indexed_on
from kribbe.billing.services.reminders import remind
from kribbe.billing.services.renewals import ask_to_renew
from kribbe.billing.services.sending import send_invoices
from kribbe.people.selectors import hand_of
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

log = structlog.get_logger(__name__)
TASK = "billing.mailing"
PART = 40
"""Invoices of one part, whose papers are made before they leave."""


def start_mailing(*, principal: Principal, books: Books, kind: MailingKind, now: datetime) -> Mailing:
    """Let all of a kind leave that waits now. Raises RefusedError while others are leaving, or where none waits."""
    with transaction.atomic():
        lock_rows((Books, books.pk))
        if Mailing.objects.filter(books=books, kind=kind, done_at=None).exists():
            raise RefusedError(_("They are leaving already. Look again in a minute."), code="going")
        count = waiting(books, kind, now)
        if not count:
            raise RefusedError(_("Nothing waits to leave."), code="nothing")
        mailing = Mailing.objects.create(
            books=books, kind=kind, count=count, asked_at=now, asked_by=principal.user_id
        )
        record(
            principal=principal, action="billing.mailing", subject=mailing, now=now, kind=kind, count=count
        )
        app.configure_task(TASK).defer(mailing_id=mailing.pk)
    return mailing


def work_off_mailing(mailing_id: int, *, now: datetime) -> int:
    """Send what is left of a mailing and close it; returns how many left here. Safe beside another worker at it."""
    mailing = Mailing.objects.select_related("books").get(pk=mailing_id)
    if mailing.done_at is not None:
        return 0
    send = {
        MailingKind.INVOICES: _invoices,
        MailingKind.REMINDERS: _reminders,
        MailingKind.RENEWALS: _renewals,
    }[MailingKind(mailing.kind)]
    count = send(mailing, hand_of(mailing.asked_by), now)
    Mailing.objects.filter(pk=mailing_id, done_at=None).update(done_at=now)
    return count


def work_off_mailings(*, now: datetime) -> int:
    """Go on with every mailing that isn't done. Returns how many there were."""
    keys = list(Mailing.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True))
    for key in keys:
        try:
            work_off_mailing(key, now=now)
        except Exception:  # one organiser's fault keeps no other's from leaving
            log.exception("mailing.stopped", mailing=key)
    return len(keys)


def _invoices(mailing: Mailing, principal: Principal, now: datetime) -> int:
    count = 0
    while part := list(unsent(mailing.books, mailing.asked_at)[:PART]):
        count += send_invoices(principal=principal, invoices=part, now=now)
    return count


def _reminders(mailing: Mailing, principal: Principal, now: datetime) -> int:
    """Those that were due when it was asked; one that isn't any more, as it was paid or sent meanwhile, is passed."""
    count = 0
    for each in due_reminders(mailing.books, localtime(mailing.asked_at).date()):
        if each.next is None:
            continue
        try:
            remind(
                principal=principal,
                invoice_id=each.invoice.pk,
                step=each.next,
                today=localtime(now).date(),
                now=now,
            )
        except RefusedError:
            continue
        count += 1
    return count


def _renewals(mailing: Mailing, principal: Principal, now: datetime) -> int:
    on = indexed_on(localtime(mailing.asked_at).date())
    places = unasked_renewals(mailing.books, on)
    return ask_to_renew(principal=principal, books=mailing.books, placements=places, on=on, now=now)
