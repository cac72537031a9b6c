"""What was done for a household, and who looked: from the audit trail, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from kribbe.enrolment.models import Preference
from kribbe.people.models import Household
from kribbe.places.models import Location
from kribbe.trust.models import AuditEntry

SHOWN = 200
LISTED = timedelta(days=90)
"""For how long is told that the household stood in a search or on a list."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One person opened searches or lists of one kind on which the household stood: how often, and the last time.

    `place` is the location whose list it was; "" for one of the desk.
    """

    last: AuditEntry
    times: int
    place: str


@dataclass(frozen=True, slots=True)
class Trail:
    """Rows about the household; and searches and lists in which it stood, at its desk and where it asks a place."""

    entries: Sequence[AuditEntry]
    listed: Sequence[Listed]


def trail_of(household: Household, *, now: datetime) -> Trail:
    """Everything on the trail that the household should know, in a fixed number of queries."""
    about = AuditEntry.objects.filter(household_id=household.pk).order_by("-at", "-pk")
    return Trail(list(about[:SHOWN]), _listed(household, now - LISTED))


def _listed(household: Household, since: datetime) -> list[Listed]:
    asked = Preference.objects.filter(request__household=household).order_by()
    desks = {household.desk_id, *asked.values_list("location__desk", flat=True).distinct()}
    found = (
        AuditEntry.objects.filter(
            desk_id__in=desks, at__gt=since, household_id=None, data__households__contains=[household.pk]
        )
        .values("action", "actor_id", "subject", "subject_id")
        .annotate(times=Count("pk"), last=Max("pk"))
        .order_by("-last")[:SHOWN]
    )
    times = {row["last"]: row["times"] for row in found}
    kept = list(AuditEntry.objects.filter(pk__in=times))
    names = _names(kept)
    return [
        Listed(entry, times[entry.pk], names.get(entry.subject_id or 0, "") if _is_place(entry) else "")
        for entry in kept
    ]


def _is_place(entry: AuditEntry) -> bool:
    return entry.subject == Location._meta.label_lower


def _names(entries: Sequence[AuditEntry]) -> dict[int, str]:
    keys = {entry.subject_id for entry in entries if entry.subject_id and _is_place(entry)}
    return dict(Location.objects.filter(pk__in=keys).values_list("pk", "name"))
