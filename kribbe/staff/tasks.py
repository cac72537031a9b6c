"""The jobs that calculate rosters, and who is warned of papers that end."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from kribbe.staff.services import documents, home, proposals
from kribbe.trust.duties import duty


@app.task(name=proposals.TASK)
def propose_roster(proposal_id: int) -> None:
    """Calculate one proposal; a second job for the same one finds nothing to do."""
    proposals.calculate(proposal_id, now=timezone.now())


@duty("staff.proposals", cron="*/5 * * * *", told="rosters proposed")
def rosters_proposed(now: datetime) -> int:
    """Calculate what no worker took."""
    return proposals.calculate_waiting(now=now)


@duty("staff.warn_papers", cron="40 5 * * *", told="locations warned of papers that end")
def papers_end(now: datetime) -> int:
    """Warn of papers sixty and thirty days before their last day."""
    return documents.warn_due(now=now)


@duty("staff.hold_home", cron="25 3 * * *", told="children of family carers whose half-days are held")
def children_held(now: datetime) -> int:
    """Hold the half-days of children of family carers that have room by now."""
    return home.hold_due(now=now)
