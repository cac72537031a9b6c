"""What time brings: rounds begin by the desk's rhythm, are calculated, and take in what changed."""

from datetime import datetime

from kribbe.rounds.services import rhythm, rounds
from kribbe.trust.duties import duty


@duty("rounds.begin", cron="0 5 * * 4", told="rounds begun")
def rounds_begin(now: datetime) -> int:
    """Begin the rounds that are due this Thursday."""
    return rhythm.begin_due(now=now)


@duty("rounds.calculate", cron="* * * * *", told="rounds calculated")
def rounds_are_calculated(now: datetime) -> int:
    """Calculate what was planned."""
    return rounds.calculate_planned(now=now)


@duty("rounds.catch_up", cron="*/15 * * * *", told="rounds brought up to date")
def rounds_catch_up(now: datetime) -> int:
    """Calculate anew what a change touched."""
    return rounds.catch_up_all(now=now)
