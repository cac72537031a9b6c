"""What was done for a household, and who looked: from the audit trail, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kribbe.people.models import Household
from kribbe.trust.models import AuditEntry

SHOWN = 200
LISTED = timedelta(days=90)
"""For how long is told that the household stood in a search or on a list."""

LISTS = ("desk.search", "desk.list")


@dataclass(frozen=True, slots=True)
class Trail:
    """Rows about the household, and rows of searches and lists in which it stood."""

    entries: Sequence[AuditEntry]
    listed: Sequence[AuditEntry]


def trail_of(household: Household, *, now: datetime) -> Trail:
    """Everything on the trail that the household should know."""
    about = AuditEntry.objects.filter(household_id=household.pk).order_by("-at", "-pk")
    listed = AuditEntry.objects.filter(
        desk_id=household.desk_id,
        action__in=LISTS,
        at__gt=now - LISTED,
        data__households__contains=[household.pk],
    ).order_by("-at", "-pk")
    return Trail(list(about[:SHOWN]), list(listed[:SHOWN]))
