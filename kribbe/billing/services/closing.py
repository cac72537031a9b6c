"""Closing a month of the books: what its journal says then stays; what comes later is entered on a later day.

Attendance, certificates and payers can still be set right for the month of care. What differs is asked or given
back by a document of the day on which it is found.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import Books, Run, RunState
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_alone
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)


def next_to_close(books: Books) -> date | None:
    """The first day of the month that is closed next; None where nothing was entered yet."""
    if books.closed_until:
        return books.closed_until + DAY
    first = books.entries.order_by("on").values_list("on", flat=True).first()
    return first_of_month(first) if first else None


def close_month(*, principal: Principal, books: Books, month: date, today: date, now: datetime) -> Books:
    """Close the books until the end of a month (its first day).

    Raises RefusedError for a month that isn't over, one that doesn't follow, and while a run is under way.
    """
    last = add_months(month, 1) - DAY
    with transaction.atomic():
        lock_alone((Books, books.pk))
        books.refresh_from_db()
        if last >= today:
            raise RefusedError(_("This month isn't over."), code="not_over")
        if month != next_to_close(books):
            raise RefusedError(
                _("Months are closed one after the other: look at the page again."), code="order"
            )
        if Run.objects.filter(books=books, state=RunState.GOING).exists():
            raise RefusedError(_("A run is under way: close the month once it is done."), code="going")
        return _until(principal, books, last, "books.close", now)


def reopen_month(*, principal: Principal, books: Books, month: date, now: datetime) -> Books:
    """Open the month that was closed last (its first day). Raises RefusedError for another one."""
    with transaction.atomic():
        lock_alone((Books, books.pk))
        books.refresh_from_db()
        if not books.closed_until or first_of_month(books.closed_until) != month:
            raise RefusedError(_("Only the month that was closed last is opened again."), code="order")
        last = month - DAY
        was_closed = books.entries.filter(on__lte=last).exists()
        return _until(principal, books, last if was_closed else None, "books.reopen", now)


def _until(principal: Principal, books: Books, last: date | None, action: str, now: datetime) -> Books:
    books.closed_until = last
    books.save(update_fields=["closed_until"])
    record(principal=principal, action=action, subject=books, now=now, until=f"{last or ''}")
    return books
