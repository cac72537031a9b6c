"""A month invoiced: started once, worked off in parts, resumed where it was interrupted.

Each part is a transaction of its own: what it issued is whole, and the part that a fault cut off was never begun. A
part asks what differs from all that runs asked for the month before. So a run that is repeated asks nothing new, and
a later run of a month that was invoiced already is its correction. A payer gets one document of a run: what changed
after it was issued, while the run was interrupted, is for the next run.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from kribbe.billing.models import Books, MonthCount, Run, RunState
from kribbe.billing.papers import papers_of
from kribbe.billing.selectors.drafts import drafted, parties
from kribbe.billing.services.issue import issue_all
from kribbe.billing.services.months import AT_ONCE, COUNT
from kribbe.billing.services.payers import usual_payers
from kribbe.people.selectors import hand_of
from kribbe.places.models import Location
from kribbe.trust.audit import record
from kribbe.trust.collector import few_collections
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.web.templatetags.telling import long_date

TASK = "billing.run"


def start_run(*, principal: Principal, books: Books, month: date, on: date, now: datetime) -> Run:
    """Begin to invoice a month (its first day), or to set it right; a worker does it. One run of a month at a time.

    Whoever takes house rules or prices of a location away meanwhile waits, and finds the run.

    Raises RefusedError for a month to come and while another run of it is under way.
    """
    if month > on:
        raise RefusedError(
            _("This month hasn't begun yet: its invoices can be issued from %(day)s.")
            % {"day": long_date(month)},
            field="month",
        )
    with transaction.atomic():
        sites = Location.objects.filter(organiser=books.organiser_id).values_list("pk", flat=True)
        lock_rows((Books, books.pk), *((Location, key) for key in sites))
        if Run.objects.filter(books=books, month=month, state=RunState.GOING).exists():
            raise RefusedError(_("This month is being invoiced already."), field="month")
        usual_payers(books=books, month=month, now=now)
        run = Run.objects.create(
            books=books, month=month, issued_on=on, started_at=now, started_by=principal.user_id
        )
        record(principal=principal, action="billing.run", subject=run, now=now, month=f"{month}")
        app.configure_task(TASK).defer(run_id=run.pk)
    return run


@few_collections()
def work_off(run_id: int, *, now: datetime, with_papers: bool = False) -> int:
    """Issue what is left of a run and close it. Returns how many documents were issued here.

    Safe beside another worker at the same run, and after any fault. Their papers are made meanwhile, in a process for
    each processor, or else when they leave.
    """
    run = Run.objects.select_related("books").get(pk=run_id)
    if run.state == RunState.DONE:
        return 0
    issued = (_part(run, part, now) for part in parties(run.books, run.month, size=AT_ONCE))
    made = papers_of(issued, now=now) if with_papers else sum(len(part) for part in issued)
    _close(run, now)
    return made


def work_off_waiting(*, now: datetime) -> int:
    """Resume every run that isn't done. Returns how many there were."""
    waiting = list(Run.objects.filter(state=RunState.GOING).order_by("pk").values_list("pk", flat=True))
    for key in waiting:
        work_off(key, now=now)
    return len(waiting)


def _part(run: Run, households: list[int], now: datetime) -> list[int]:
    """The documents issued for these households, by primary key."""
    with transaction.atomic():
        lock_rows((Run, run.pk))
        if not Run.objects.filter(pk=run.pk, state=RunState.GOING).exists():
            return []
        had = set(run.invoices.values_list("payer_id", flat=True))
        found = drafted(run.books, run.month, households).drafts
        drafts = [draft for draft in found if draft.payer.pk not in had]
        if not drafts:
            return []
        asking = hand_of(run.started_by)
        made = issue_all(principal=asking, books=run.books, drafts=drafts, on=run.issued_on, now=now, run=run)
        return [each.pk for each in made]


def _close(run: Run, now: datetime) -> None:
    """Done; what is left of the month is counted anew."""
    with transaction.atomic():
        lock_rows((Run, run.pk))
        if Run.objects.filter(pk=run.pk, state=RunState.GOING).update(state=RunState.DONE, done_at=now):
            MonthCount.objects.filter(books=run.books, month=run.month).delete()
            app.configure_task(COUNT).defer(run_id=run.pk)
