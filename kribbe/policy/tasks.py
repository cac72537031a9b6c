"""What time brings about: the month's figures are kept."""

from datetime import datetime

from kribbe.policy.services.snapshots import take_snapshots
from kribbe.trust.duties import duty


@duty("policy.snapshots", cron="40 1 * * *", told="figures of the month kept")
def month_kept(now: datetime) -> int:
    """Keep the figures of the month, once; a night that was missed is made up for on the next."""
    return take_snapshots(now=now)
