"""What time brings to planning: files to look at again, and papers that wait for a signature."""

from datetime import datetime

from kribbe.planning.importing.run import forget_lists
from kribbe.planning.services import child_file, papers
from kribbe.trust.duties import duty


@duty("planning.ask_files", cron="30 6 * * *", told="families asked to look at the file of their child")
def ask_for_files(now: datetime) -> int:
    """Ask whose file isn't filled in, or was last looked at half a year ago."""
    return child_file.ask_due(now=now)


@duty("planning.remind_papers", cron="45 6 * * *", told="families reminded of an agreement to sign")
def remind_of_papers(now: datetime) -> int:
    """Remind whoever leaves an agreement unsigned for a week."""
    return papers.remind_due(now=now)


@duty("planning.forget_lists", cron="20 3 * * *", told="lists of children let go of that nobody took over")
def forget(now: datetime) -> int:
    """Let go of lists that were given two weeks ago and never carried out."""
    return forget_lists(now=now)
