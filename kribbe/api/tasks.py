"""What time brings about at the doors for other programs."""

from datetime import datetime

from kribbe.api.limits import WINDOW_SECONDS
from kribbe.api.models import CallWindow
from kribbe.trust.duties import duty

KEPT_MINUTES = 10


@duty("api.forget_callers", cron="*/10 * * * *", told="counts of callers forgotten")
def forget_callers(now: datetime) -> int:
    """Forget who called, as soon as the counting is over."""
    before = int(now.timestamp()) // WINDOW_SECONDS - KEPT_MINUTES
    return CallWindow.objects.filter(minute__lt=before).delete()[0]
