"""The jobs of billing."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from kribbe.billing.services import run
from kribbe.trust.duties import duty


@app.task(name=run.TASK)
def invoice_month(run_id: int) -> None:
    """Work off one run; a second job for the same one finds nothing to do."""
    run.work_off(run_id, now=timezone.now(), with_papers=True)


@duty("billing.runs", cron="*/5 * * * *", told="runs of a month resumed")
def runs_resumed(now: datetime) -> int:
    """Resume the runs that lost their worker."""
    return run.work_off_waiting(now=now)
