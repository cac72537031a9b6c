"""What time brings about: names are learnt for search, what a location took off its page is forgotten."""

from datetime import datetime

from kribbe.places.services.names import learn_names
from kribbe.places.services.saved_searches import forget_searches
from kribbe.places.services.showing import forget_removed
from kribbe.trust.duties import duty


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
