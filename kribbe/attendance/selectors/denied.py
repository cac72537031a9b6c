"""What the register says against an absence, or for it: the child came, or its last word is that it wasn't there."""

from collections.abc import Collection
from datetime import date

from django.db.models import OuterRef, QuerySet

from kribbe.attendance.models import Correction, Presence
from kribbe.attendance.selectors.guests import came


def stays_of_absence() -> QuerySet[Presence]:
    """The stays on the day of an absence, for a query of absences; one that has no end yet is a stay too."""
    return Presence.objects.filter(placement=OuterRef("placement"), day=OuterRef("day"))


def denied(pairs: Collection[tuple[int, date]]) -> set[tuple[int, date]]:
    """Of places and days those that were corrected to no stay, where the child didn't come after it either."""
    rows = Correction.objects.filter(
        placement__in={key for key, _day in pairs}, day__in={day for _key, day in pairs}
    )
    last = {(each.placement_id, each.day): each for each in rows.order_by("made_at", "pk")}
    return {pair for pair in pairs if pair in last and not last[pair].starts} - came(pairs)
