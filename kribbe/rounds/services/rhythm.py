"""When a desk gives places in rounds."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime

from kribbe.region.models import Desk
from kribbe.rounds.models import Rhythm, RoundPlan
from kribbe.rounds.services.rounds import plan_round
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Principal

FIRST_WEEK = 7
MARCH, SEPTEMBER = 3, 9


def set_rhythm(*, principal: Principal, desk: Desk, rhythm: Rhythm, months: int, now: datetime) -> RoundPlan:
    """Choose when rounds begin by themselves, and for how many months of first days."""
    with transaction.atomic():
        plan, _ = RoundPlan.objects.update_or_create(desk=desk, defaults={"rhythm": rhythm, "months": months})
        record(
            principal=principal,
            action="round.rhythm",
            subject=plan,
            now=now,
            desk_id=desk.pk,
            rhythm=rhythm.value,
            months=months,
        )
    return plan


def begin_due(*, now: datetime) -> int:
    """Begin the round of every desk whose day it is; one that can't begin now waits for the next. Gives how many."""
    today = localtime(now).date()
    plans = RoundPlan.objects.exclude(rhythm=Rhythm.NONE).select_related("desk").order_by("pk")
    return sum(_begin(plan, today, now) for plan in plans if is_due(Rhythm(plan.rhythm), today))


def is_due(rhythm: Rhythm, today: date) -> bool:
    """Whether a round of this rhythm begins on that day: a Thursday, the first of its month, the first of March."""
    first_thursday = today.day <= FIRST_WEEK
    return today.isoweekday() == 4 and (
        rhythm is Rhythm.WEEKLY
        or (rhythm is Rhythm.MONTHLY and first_thursday)
        or (rhythm is Rhythm.YEARLY and first_thursday and today.month == MARCH)
    )


def first_month(rhythm: Rhythm, today: date) -> date:
    """The first month of first days: September for the yearly round, the next month for the others."""
    if rhythm is Rhythm.YEARLY:
        return date(today.year, SEPTEMBER, 1)
    return add_months(first_of_month(today), 1)


def _begin(plan: RoundPlan, today: date, now: datetime) -> bool:
    try:
        plan_round(
            principal=SYSTEM,
            desk=plan.desk,
            first=first_month(Rhythm(plan.rhythm), today),
            months=plan.months,
            now=now,
        )
    except RefusedError:
        return False
    return True
