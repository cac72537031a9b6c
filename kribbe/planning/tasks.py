"""What time brings to planning: families asked to look at the file of their child."""

from datetime import datetime

from kribbe.planning.services import child_file
from kribbe.trust.duties import duty


@duty("planning.ask_files", cron="30 6 * * *", told="families asked to look at the file of their child")
def ask_for_files(now: datetime) -> int:
    """Ask whose file isn't filled in, or was last looked at half a year ago."""
    return child_file.ask_due(now=now)
