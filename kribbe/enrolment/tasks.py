"""What time brings about: offers and reservations run out, weeks are laid ahead, drafts are forgotten."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from kribbe.enrolment.services.answer_offer import lapse_offers
from kribbe.enrolment.services.drafts import forget_drafts
from kribbe.enrolment.services.sign import lapse_unsigned
from kribbe.places import ledger
from kribbe.places.models import Group

GROUPS_AT_ONCE = 50


@app.periodic(cron="*/5 * * * *")
@app.task(name="enrolment.lapse", queueing_lock="enrolment.lapse")
def lapse(timestamp: int) -> None:
    """Every five minutes: give back what wasn't answered or signed in time."""
    run_out(now=timezone.now())


@app.periodic(cron="20 3 * * *")
@app.task(name="enrolment.nightly", queueing_lock="enrolment.nightly")
def nightly(timestamp: int) -> None:
    """Every night: lay the new weeks of the ledger, and forget requests that were never sent."""
    lay_weeks(now=timezone.now())
    forget_drafts(now=timezone.now())


def run_out(*, now: datetime) -> tuple[int, int]:
    """Close what is past its term. Returns the numbers of offers and of reservations."""
    return lapse_offers(now=now), lapse_unsigned(now=now)


def lay_weeks(*, now: datetime) -> int:
    """Lay the weeks of every group to the horizon, some groups at a time. Returns the number of groups."""
    groups: QuerySet[Group, int] = (
        Group.objects.filter(active=True).order_by("pk").values_list("pk", flat=True)
    )
    keys = list(groups)
    for start in range(0, len(keys), GROUPS_AT_ONCE):
        ledger.recount(group_ids=keys[start : start + GROUPS_AT_ONCE], today=timezone.localdate(now), now=now)
    return len(keys)
