"""What time brings: look-alikes, questions to families and locations, and ends."""

from datetime import datetime

from kribbe.trust.duties import duty
from kribbe.upkeep.services import ask_again, ends
from kribbe.upkeep.services.find_pairs import find_all
from kribbe.upkeep.services.first_days import ask_first_days
from kribbe.upkeep.services.forgetting import forget_due


@duty("upkeep.find_pairs", cron="40 2 * * *", told="pairs of registrations that look like one child")
def look_alikes(now: datetime) -> int:
    """Compare the registered children that share a key."""
    return find_all(now=now)


@duty("upkeep.end_unanswered", cron="0 4 * * *", told="requests ended without a place")
def unanswered_end(now: datetime) -> int:
    """End what should have started long ago."""
    return ends.end_unanswered(now=now)


@duty("upkeep.lapse_questions", cron="10 4 * * *", told="requests ended for want of an answer")
def questions_lapse(now: datetime) -> int:
    """End the requests of families that didn't say whether they still need a place."""
    ask_again.close_answered(now=now)
    return ask_again.lapse_due(now=now)


@duty("upkeep.ask_again", cron="0 6 * * *", told="families asked whether they still need a place")
def ask_families(now: datetime) -> int:
    """Ask who is due, and remind who didn't answer."""
    ask_again.remind_due(now=now)
    return ask_again.ask_due(now=now)


@duty("upkeep.ask_births", cron="20 6 * * *", told="families asked whether their child is born")
def ask_for_births(now: datetime) -> int:
    """Ask for births of which the expected date passed."""
    return ends.ask_births(now=now)


@duty("upkeep.ask_first_days", cron="40 6 * * *", told="first days asked to locations")
def ask_locations(now: datetime) -> int:
    """Ask whether the children came that should have come first."""
    return ask_first_days(now=now)


@duty("upkeep.forget_families", cron="30 1 * * *", told="families forgotten that nothing needs any more")
def families_forgotten(now: datetime) -> int:
    """Forget whose term is over."""
    return forget_due(now=now)
