"""What the nights bring: look-alikes among the registered children."""

from datetime import datetime

from kribbe.trust.duties import duty
from kribbe.upkeep.services.find_pairs import find_all


@duty("upkeep.find_pairs", cron="40 2 * * *", told="pairs of registrations that look like one child")
def look_alikes(now: datetime) -> int:
    """Compare the registered children that share a key."""
    return find_all(now=now)
