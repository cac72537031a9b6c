"""What time brings: offers of out-of-school places that nobody answered."""

from datetime import datetime

from kribbe.outofschool.services.registering import lapse_due
from kribbe.trust.duties import duty


@duty("outofschool.lapse_offers", cron="15 4 * * *", told="offers of out-of-school places run out")
def offers_run_out(now: datetime) -> int:
    """End the offers whose last day is over, and offer what they held to the next."""
    return lapse_due(now=now)
