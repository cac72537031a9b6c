"""What time brings about in the register."""

from datetime import datetime

from kribbe.attendance.forgetting import forget_typed
from kribbe.attendance.services.photos import forget_left
from kribbe.attendance.services.register import close_days
from kribbe.trust.duties import duty


@duty("attendance.close_days", cron="10 * * * *", told="forgotten check-outs closed")
def forgotten(now: datetime) -> int:
    """Whoever never checked out by the end of the day left as planned, to be confirmed."""
    return close_days(now)


@duty("attendance.forget_photos", cron="55 3 * * *", told="photos removed of children who left")
def forget_photos(now: datetime) -> int:
    """The photo of a child that nobody cares for any more goes the night after."""
    return forget_left(now=now)


@duty("attendance.forget_typed", cron="50 3 * * *", told="typed names of no known family forgotten")
def forget_typed_names(now: datetime) -> int:
    """A typed name that was matched with no family's child goes once care isn't kept any longer."""
    return forget_typed(now)
