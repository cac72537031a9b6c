"""What time brings about: the figures of the month and of the hour are kept."""

from datetime import datetime

from kribbe.policy.services.snapshots import keep_counts, take_snapshots
from kribbe.trust.duties import duty


@duty("policy.snapshots", cron="40 1 * * *", told="figures of the month kept")
def month_kept(now: datetime) -> int:
    """Keep the figures of the month, once; a night that was missed is made up for on the next."""
    return take_snapshots(now=now)


@duty("policy.counts", cron="10 * * * *", told="regions counted")
def regions_counted(now: datetime) -> int:
    """Count every region, so that its page of figures opens at once."""
    return keep_counts(now=now)
