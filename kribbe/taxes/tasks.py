"""The jobs of taxes: the certificates of a year, and national numbers that no certificate needs any more."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from kribbe.taxes.services import identities, year_runs
from kribbe.trust.duties import duty


@duty("taxes.forget_numbers", cron="20 4 * * *", told="national numbers deleted, as their term was over")
def forget_numbers(now: datetime) -> int:
    """Delete the numbers of whom no certificate is young enough."""
    return identities.forget_due(now=now)


@app.task(name=year_runs.TASK)
def issue_year(run_id: int) -> None:
    """Work off one run; a second job for the same one finds nothing to do."""
    year_runs.work_off_year(run_id, now=timezone.now())


@duty("taxes.years", cron="*/5 * * * *", told="years of tax certificates resumed")
def years_resumed(now: datetime) -> int:
    """Resume the runs that lost their worker."""
    return year_runs.work_off_waiting(now=now)
