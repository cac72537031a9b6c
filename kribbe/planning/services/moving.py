"""A child that moves up to the next group keeps its agreed hours."""

from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from kribbe.enrolment.models import Placement
from kribbe.planning.models import AgreedWeeks
from kribbe.planning.services.calendar import hold_calendar


def carry_on(before_id: int, following_id: int, now: datetime) -> None:
    """Lay the weeks that were agreed for the days of the next place over that place, in the same turn."""
    following = Placement.objects.get(pk=following_id)
    start, end = following.during.lower, following.during.upper
    rows = AgreedWeeks.objects.filter(
        Q(during__endswith=None) | Q(during__endswith__gt=start), placement=before_id
    )
    AgreedWeeks.objects.bulk_create(
        AgreedWeeks(
            agreement_id=row.agreement_id,
            placement=following,
            paper_id=row.paper_id,
            during=DateRange(_begins(row.during.lower, start), _ends(row.during.upper, end)),
            weeks=row.weeks,
            masks=row.masks,
            turns_from=row.turns_from,
            by_calendar=row.by_calendar,
        )
        for row in rows
        if end is None or row.during.lower is None or row.during.lower < end
    )
    hold_calendar(following, now=now)


def _begins(side: date | None, start: date) -> date | None:
    """The first day of the weeks; open where the place begins later."""
    return None if side is None or side <= start else side


def _ends(side: date | None, end: date | None) -> date | None:
    """The day after the last of the weeks; open where the place ends earlier."""
    return None if side is None or (end is not None and side >= end) else side
