"""Months that were invoiced, looked at again: what a run would find, counted when something of them changed."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime

from kribbe.billing.models import Books, MonthCount, Run, RunState
from kribbe.billing.selectors.changed import changes_since, touches
from kribbe.billing.selectors.drafts import Drafted, drafted, parties
from kribbe.billing.selectors.months import invoiced_months
from kribbe.billing.services.payers import usual_payers
from kribbe.rules.calendar import first_of_month
from kribbe.trust.locks import lock_rows

COUNT = "billing.count_month"
AT_ONCE = 250
"""Households of one part."""
NO_PAYER = "billing.held.payer"
LASTS = timedelta(hours=23)
"""After this long a month is counted again, though nothing of it is known to have changed."""
UNCERTAIN = timedelta(minutes=5)
"""How long a change may have been under way, unseen by a count, before it was written."""


def as_run(books: Books, month: date, households: Collection[int], *, now: datetime) -> Drafted:
    """What a run would issue, with the usual payers that it would begin with; they are taken back."""
    found = drafted(books, month, households)
    if not any(reason.code == NO_PAYER for day in found.held for reason in day.why):
        return found
    with transaction.atomic():
        usual_payers(books=books, month=month, now=now)
        found = drafted(books, month, households)
        transaction.set_rollback(True)
    return found


def count_month(books: Books, month: date, *, now: datetime) -> MonthCount | None:
    """Write down how many documents a run of this month would issue, and how many days it would hold back.

    None, and nothing written, where a run of the month is under way or ended since: it has the month counted anew.
    """
    if _is_run(books, month, now):
        return None
    documents = held = 0
    for part in parties(books, month, size=AT_ONCE):
        found = as_run(books, month, part, now=now)
        documents += len(found.drafts)
        held += len(found.held)
    with transaction.atomic():
        lock_rows((Books, books.pk))
        if _is_run(books, month, now):
            return None
        count, _new = MonthCount.objects.update_or_create(
            books=books, month=month, defaults={"documents": documents, "held": held, "counted_at": now}
        )
    return count


def _is_run(books: Books, month: date, since: datetime) -> bool:
    """Whether a run of this month is under way or ended since a moment."""
    runs = Run.objects.filter(Q(state=RunState.GOING) | Q(done_at__gt=since), books=books, month=month)
    return runs.exists()


def count_changed(*, now: datetime) -> int:
    """Count the months that were invoiced and of which something changed since, or whose count is a day old.

    Returns how many were counted.
    """
    today = localtime(now).date()
    months = invoiced_months(today)
    known = {(each.books_id, each.month): each.counted_at for each in MonthCount.objects.all()}
    fresh = {key: at for key, at in known.items() if now - at < LASTS}
    changes = changes_since(min(fresh.values()) - UNCERTAIN, before=first_of_month(today)) if fresh else []
    done = 0
    for books, month in months:
        counted = fresh.get((books.pk, month))
        if counted is None or any(touches(each, books, month, counted - UNCERTAIN) for each in changes):
            done += count_month(books, month, now=now) is not None
    return done
