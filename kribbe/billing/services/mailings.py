"""One click lets all invoices, reminders or requests to renew leave: a worker sends them, each once.

What left is known by its own row (a sending, a reminder, a notice), so that a mailing goes on after any fault where
it was, and a second worker at the same one sends nothing twice. One that can't leave is kept as stuck and the others
go; it is tried again with the next mailing, or when somebody asks for it alone.
"""

from datetime import date, datetime

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from kribbe.billing.models import Books, Mailing, MailingKind, Stuck, StuckAt
from kribbe.billing.selectors.late import Late
from kribbe.billing.selectors.mailings import due_reminders, unasked_renewals, unsent, waiting
from kribbe.billing.selectors.renewals import indexed_on
from kribbe.billing.services.reminders import remind
from kribbe.billing.services.renewals import ask_to_renew
from kribbe.billing.services.sending import send_invoices
from kribbe.billing.services.stuck import left
from kribbe.enrolment.models import Placement
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
    _close(mailing, now)
    return count


def _close(mailing: Mailing, now: datetime) -> None:
    """Done; what was stuck before it and isn't now has left, or isn't due any more."""
    with transaction.atomic():
        if Mailing.objects.filter(pk=mailing.pk, done_at=None).update(done_at=now):
            before = Q(at__lt=mailing.asked_at)
            Stuck.objects.filter(before, books=mailing.books_id, kind=mailing.kind).delete()


def work_off_mailings(*, now: datetime) -> int:
    """Go on with every mailing that isn't done. Returns how many there were."""
    keys = list(Mailing.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True))
    for key in keys:
        try:
            work_off_mailing(key, now=now)
        except Exception:  # one organiser's fault keeps no other's from leaving
            log.exception("mailing.stopped", mailing=key)
    return len(keys)


def try_again(*, principal: Principal, stuck: Stuck, now: datetime) -> None:
    """Have the one leave that couldn't. Raises RefusedError with its reason where it still can't."""
    today = localtime(now).date()
    if stuck.kind == MailingKind.INVOICES and stuck.invoice:
        send_invoices(principal=principal, invoices=[stuck.invoice], now=now)
    elif stuck.kind == MailingKind.REMINDERS and stuck.invoice:
        due = [each for each in due_reminders(stuck.books, today) if each.invoice == stuck.invoice]
        for each in due:
            _reminded(principal, each, now)
    elif stuck.placement:
        _asked(principal, stuck.books, stuck.placement, indexed_on(today), now)
    again = Stuck.objects.filter(pk=stuck.pk, at__gte=now).first()
    if again is not None:
        raise RefusedError(_("It still can't leave. %s") % again.get_where_display(), code="stuck")
    Stuck.objects.filter(pk=stuck.pk).delete()


def _invoices(mailing: Mailing, principal: Principal, now: datetime) -> int:
    count = 0
    tried = Stuck.objects.filter(
        books=mailing.books, kind=MailingKind.INVOICES, invoice__isnull=False, at__gte=mailing.asked_at
    )
    waiting = unsent(mailing.books, mailing.asked_at).exclude(pk__in=tried.values("invoice"))
    while part := list(waiting[:PART]):
        count += send_invoices(principal=principal, invoices=part, now=now)
    return count


def _reminders(mailing: Mailing, principal: Principal, now: datetime) -> int:
    """Those that were due when it was asked."""
    due = due_reminders(mailing.books, localtime(mailing.asked_at).date())
    return sum(_reminded(principal, each, now) for each in due)


def _reminded(principal: Principal, late: Late, now: datetime) -> bool:
    """Whether a reminder left; one that isn't due any more, as it was paid or sent meanwhile, is passed."""

    def leave() -> bool:
        if late.next is None:
            return False
        try:
            remind(
                principal=principal,
                invoice_id=late.invoice.pk,
                step=late.next,
                today=localtime(now).date(),
                now=now,
            )
        except RefusedError:
            return False
        return True

    return left(
        leave,
        StuckAt.LEAVING,
        now,
        books=late.invoice.books,
        kind=MailingKind.REMINDERS,
        invoice=late.invoice,
    )


def _renewals(mailing: Mailing, principal: Principal, now: datetime) -> int:
    on = indexed_on(localtime(mailing.asked_at).date())
    places = unasked_renewals(mailing.books, on)
    return sum(_asked(principal, mailing.books, each, on, now) for each in places)


def _asked(principal: Principal, books: Books, place: Placement, on: date, now: datetime) -> bool:
    """Whether a family was asked to renew."""
    return left(
        lambda: ask_to_renew(principal=principal, books=books, placements=[place], on=on, now=now),
        StuckAt.LEAVING,
        now,
        books=books,
        kind=MailingKind.RENEWALS,
        placement=place,
    )
