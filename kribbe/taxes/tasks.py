"""What time brings to taxes: national numbers that no certificate needs any more."""

from datetime import datetime

from kribbe.taxes.services import identities
from kribbe.trust.duties import duty


@duty("taxes.forget_numbers", cron="20 4 * * *", told="national numbers deleted, as their term was over")
def forget_numbers(now: datetime) -> int:
    """Delete the numbers of whom no certificate is young enough."""
    return identities.forget_due(now=now)
