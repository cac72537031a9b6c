"""What time brings about for finding care."""

from datetime import datetime

from kribbe.places.services.names import learn_names
from kribbe.trust.duties import duty


@duty("places.learn_names", cron="40 3 * * *", told="names learnt")
def names_learnt(now: datetime) -> int:
    """Learn the names that came by other ways than an import."""
    return learn_names()
