"""What time brings about: changed households are found by their names, and what visitors left behind goes."""

from datetime import datetime

from kribbe.people.services import refresh_keys
from kribbe.people.services.left_behind import forget_left_behind
from kribbe.trust.duties import duty


@duty("people.refresh_keys", cron="* * * * *", told="households found anew")
def keys_are_due(now: datetime) -> int:
    """Make the search keys of households that changed."""
    return refresh_keys()


@duty("people.forget_left_behind", cron="25 3 * * *", told="unused accounts forgotten")
def left_behind_forgotten(now: datetime) -> int:
    """Forget accounts for addresses that nobody proved, and sessions that ran out."""
    return forget_left_behind(now=now)
