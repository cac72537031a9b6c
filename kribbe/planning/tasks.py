"""The jobs of planning, and what time brings: files to look at again, and papers that wait for a signature."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from kribbe.planning.importing import run
from kribbe.planning.importing.run import forget_lists
from kribbe.planning.services import child_file, days, keeping, reminding
from kribbe.trust.duties import duty


@app.task(name=run.TASK)
def take_over_list(run_id: int) -> None:
    """Write one list; a second job for the same one finds nothing to do."""
    run.work_off(run_id, now=timezone.now())


@duty("planning.lists", cron="*/5 * * * *", told="lists of children resumed")
def lists_resumed(now: datetime) -> int:
    """Resume the lists that lost their worker."""
    return run.work_off_waiting(now=now)


@duty("planning.ask_files", cron="30 6 * * *", told="families asked to look at the file of their child")
def ask_for_files(now: datetime) -> int:
    """Ask whose file isn't filled in, or was last looked at half a year ago."""
    return child_file.ask_due(now=now)


@duty("planning.remind_papers", cron="45 6 * * *", told="families reminded of an agreement to sign")
def remind_of_papers(now: datetime) -> int:
    """Remind whoever leaves an agreement unsigned for a week."""
    return reminding.remind_due(now=now)


@duty("planning.lapse_days", cron="40 0 * * *", told="extra days lapsed that nobody answered")
def lapse_days(now: datetime) -> int:
    """Let go of extra days and swaps that were never answered and whose day has come."""
    return days.lapse_due(now=now)


@duty("planning.forget_lists", cron="20 3 * * *", told="lists of children let go of that nobody took over")
def forget(now: datetime) -> int:
    """Let go of lists that were given two weeks ago and never carried out."""
    return forget_lists(now=now)


@duty("planning.forget_files", cron="50 3 * * *", told="files of children told of or removed after the care")
def forget_files(now: datetime) -> int:
    """Tell families a month before a file goes, and remove those whose term after the care is over."""
    return keeping.tell_due(now=now) + keeping.forget_due(now=now)
