"""Imports are carried out, names are learnt for search, what a location took off its page is forgotten."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from kribbe.places.importing import asked
from kribbe.places.services.names import learn_names
from kribbe.places.services.saved_searches import forget_searches
from kribbe.places.services.showing import forget_removed
from kribbe.trust.duties import duty


@app.task(name=asked.TASK)
def import_locations(desk_id: int, token: str) -> None:
    """Import one file; a second job for the same one finds nothing to do."""
    asked.work_off(desk_id, token, now=timezone.now())


@duty("places.imports", cron="*/5 * * * *", told="imports begun again")
def imports_resumed(now: datetime) -> int:
    """Begin again with the imports that lost their worker."""
    return asked.work_off_waiting(now=now)


@duty("places.learn_names", cron="40 3 * * *", told="names learnt")
def names_learnt(now: datetime) -> int:
    """Learn the names that came by other ways than an import."""
    return learn_names()


@duty("places.forget_removed", cron="40 * * * *", told="things taken off pages forgotten")
def removed_forgotten(now: datetime) -> int:
    """Forget photos, reports and open days that were taken away more than a day ago."""
    return forget_removed(now=now)


@duty("places.forget_searches", cron="45 3 * * *", told="saved searches forgotten")
def searches_forgotten(now: datetime) -> int:
    """Forget searches that were never confirmed or whose month is long past."""
    return forget_searches(now=now)
