"""What time brings about in the register."""

from datetime import datetime

from kribbe.attendance.services.register import close_days
from kribbe.trust.duties import duty


@duty("attendance.close_days", cron="10 * * * *", told="forgotten check-outs closed")
def forgotten(now: datetime) -> int:
    """Whoever never checked out by the end of the day left as planned, to be confirmed."""
    return close_days(now)
