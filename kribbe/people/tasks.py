"""What time brings about: households whose names or addresses changed are found by them."""

from datetime import datetime

from kribbe.people.services import refresh_keys
from kribbe.trust.duties import duty


@duty("people.refresh_keys", cron="* * * * *", told="households found anew")
def keys_are_due(now: datetime) -> int:
    """Make the search keys of households that changed."""
    return refresh_keys()
