"""The jobs of billing."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from kribbe.billing.importing.run import forget_lists
from kribbe.billing.models import Run
from kribbe.billing.services import mailings, months, online, run
from kribbe.trust.duties import duty


@app.task(name=run.TASK)
def invoice_month(run_id: int) -> None:
    """Work off one run; a second job for the same one finds nothing to do."""
    run.work_off(run_id, now=timezone.now(), with_papers=True)


@app.task(name=mailings.TASK)
def send_mailing(mailing_id: int) -> None:
    """Send all of one mailing; a second job for the same one finds nothing to do."""
    mailings.work_off_mailing(mailing_id, now=timezone.now())


@app.task(name=months.COUNT)
def count_month(run_id: int) -> None:
    """Count what is left of the month of a run that is done."""
    done = Run.objects.select_related("books").get(pk=run_id)
    months.count_month(done.books, done.month, now=timezone.now())


@duty("billing.runs", cron="*/5 * * * *", told="runs of a month resumed")
def runs_resumed(now: datetime) -> int:
    """Resume the runs that lost their worker."""
    return run.work_off_waiting(now=now)


@duty("billing.mailings", cron="*/5 * * * *", told="mailings resumed")
def mailings_resumed(now: datetime) -> int:
    """Go on with what was asked to leave and lost its worker."""
    return mailings.work_off_mailings(now=now)


@duty("billing.months", cron="17 * * * *", told="months counted that were invoiced")
def months_counted(now: datetime) -> int:
    """Count what differs of months that were invoiced: of which something changed, and once a day of all."""
    return months.count_changed(now=now)


@duty("billing.online", cron="*/10 * * * *", told="online payments of which the end is known")
def online_finished(now: datetime) -> int:
    """Ask how payments ended of parents who closed the page of the provider."""
    return online.finish_begun(now=now)


@duty("billing.forget_lists", cron="25 3 * * *", told="lists of certificates let go of that nobody took over")
def lists_forgotten(now: datetime) -> int:
    """Let go of lists that were given two weeks ago and never carried out."""
    return forget_lists(now=now)
