"""What time brings: carers who didn't answer in time, and a morning in which asking goes on."""

from datetime import datetime

from kribbe.sickcare.services.calls import go_on, lapse_due
from kribbe.trust.duties import duty


@duty("sickcare.ask_next", cron="* * * * *", told="carers for sick children who didn't answer in time")
def ask_the_next(now: datetime) -> int:
    """Ask the next carer where one kept silent, or where asking waited for the morning."""
    return lapse_due(now=now) + go_on(now=now)
