"""What waits to leave of each kind, how far a mailing is, and what couldn't leave."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.timezone import localdate, localtime

from kribbe.billing.models import Books, Invoice, Mailing, MailingKind, RunState, Stuck
from kribbe.billing.selectors.late import Late, late
from kribbe.billing.selectors.renewals import indexed_on, once_of, to_renew
from kribbe.contact.models import Notice
from kribbe.enrolment.models import Placement


@dataclass(frozen=True, slots=True)
class Progress:
    """A mailing under way, and how many of its documents or families are still to go."""

    mailing: Mailing
    left: int

    @property
    def gone(self) -> int:
        return max(self.mailing.count - self.left, 0)


def unsent(books: Books, until: datetime) -> QuerySet[Invoice]:
    """The documents issued until then that haven't left; those of a run that goes on wait for its end."""
    rows = Invoice.objects.filter(books=books, sending=None, issued_at__lte=until)
    rows = rows.exclude(run__state=RunState.GOING)
    return rows.select_related("payer__adult").order_by("pk")


def due_reminders(books: Books, on: date) -> list[Late]:
    """The late invoices of which a reminder may leave on a day."""
    return [each for each in late(books, on) if each.next]


def unasked_renewals(books: Books, on: date) -> list[Placement]:
    """The places without a new certificate whose family wasn't asked for one yet."""
    places = list(to_renew(books, on))
    names = {once_of(books, each.child.household_id, on) for each in places}
    told = set(Notice.objects.filter(once__in=names).values_list("once", flat=True))
    return [each for each in places if once_of(books, each.child.household_id, on) not in told]


def waiting(books: Books, kind: str, at: datetime) -> int:
    """How many documents or families a mailing asked at a moment still has to go."""
    day = localtime(at).date()
    if kind == MailingKind.INVOICES:
        return unsent(books, at).count()
    if kind == MailingKind.REMINDERS:
        return len(due_reminders(books, day))
    return len({each.child.household_id for each in unasked_renewals(books, indexed_on(day))})


def going(books: Books, kind: MailingKind) -> Progress | None:
    """The mailing of a kind that is under way."""
    found = Mailing.objects.filter(books=books, kind=kind, done_at=None).first()
    return Progress(found, waiting(books, kind, found.asked_at)) if found else None


def stuck(books: Books, kind: MailingKind) -> list[Stuck]:
    """Those of a kind that couldn't leave and still wait to, with whom they are about."""
    rows = Stuck.objects.filter(books=books, kind=kind).order_by("pk")
    found = list(rows.select_related("invoice__payer__adult", "placement__child"))
    if not found:
        return []
    waiting = _waiting_keys(books, kind)
    return [each for each in found if (each.invoice_id or each.placement_id) in waiting]


def _waiting_keys(books: Books, kind: MailingKind) -> set[int]:
    now = timezone.now()
    if kind == MailingKind.INVOICES:
        return set(unsent(books, now).values_list("pk", flat=True))
    if kind == MailingKind.REMINDERS:
        return {each.invoice.pk for each in due_reminders(books, localdate(now))}
    return {each.pk for each in unasked_renewals(books, indexed_on(localdate(now)))}
