"""When a household reads what it is told: terms are counted from then."""

from datetime import date, datetime, timedelta

from django.utils.timezone import localtime

from kribbe.contact.selectors.policy import quiet_hours
from kribbe.people.models import Household
from kribbe.rules.quiet import leaves_at

BY_POST = timedelta(days=5)
"""A clerk prints and posts a letter on a working day, and it is under way for two or three."""


def reached_on(household: Household, *, now: datetime) -> date:
    """The day on which a notice of now reaches the household: by mail after the quiet hours, else by post."""
    if household.adults.exclude(email="").exists():
        return localtime(leaves_at(now, quiet_hours(household.desk))).date()
    return localtime(now).date() + BY_POST
