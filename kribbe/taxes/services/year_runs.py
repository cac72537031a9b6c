"""The certificates of a year issued by a worker: begun once, worked off in parts, resumed."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from kribbe.billing.models import Books
from kribbe.taxes.models import YearRun
from kribbe.taxes.services.certificates import AT_ONCE, issue_part, payers_to_look_at
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal

TASK = "taxes.year"


def start_year(*, principal: Principal, books: Books, year: int, now: datetime) -> YearRun:
    """Begin to issue and correct the certificates of a year; by a worker. RefusedError while one is under way."""
    with transaction.atomic():
        lock_rows((Books, books.pk))
        if YearRun.objects.filter(books=books, year=year, done_at=None).exists():
            raise RefusedError(_("The certificates of this year are being issued already."), code="going")
        run = YearRun.objects.create(
            books=books,
            year=year,
            payers=len(payers_to_look_at(books, year)),
            started_at=now,
            started_by=principal.user_id,
        )
        record(principal=principal, action="tax_certificate.year", subject=run, now=now, year=year)
        app.configure_task(TASK).defer(run_id=run.pk)
    return run


def work_off_year(run_id: int, *, now: datetime) -> YearRun:
    """Issue what is left of a run and close it.

    Safe beside another worker, and after any fault: what is right already is left alone.
    """
    run = YearRun.objects.select_related("books").get(pk=run_id)
    if run.done_at is not None:
        return run
    acting = Principal(user_id=run.started_by, name=SYSTEM.name)
    keys = payers_to_look_at(run.books, run.year)
    YearRun.objects.filter(pk=run_id, done_at=None).update(payers=len(keys), done=0)
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        with transaction.atomic():
            issued = issue_part(principal=acting, books=run.books, year=run.year, keys=part, now=now)
            YearRun.objects.filter(pk=run_id).update(
                new=F("new") + issued.new,
                changed=F("changed") + issued.changed,
                cancelled=F("cancelled") + issued.cancelled,
            )
            YearRun.objects.filter(
                pk=run_id, done__lt=start + len(part), payers__gte=start + len(part)
            ).update(done=start + len(part))
    YearRun.objects.filter(pk=run_id, done_at=None).update(done_at=now)
    run.refresh_from_db()
    return run


def work_off_waiting(*, now: datetime) -> int:
    """Resume every run that isn't done. Returns how many there were."""
    waiting = list(YearRun.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True))
    for key in waiting:
        work_off_year(key, now=now)
    return len(waiting)
