"""When groups rest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from kribbe.staff.models import GroupRest

DAY = timedelta(days=1)
Rests = Mapping[int, Sequence[GroupRest]]
"""By group the rests of some days, the first one first."""


def rests_of(group_ids: Iterable[int], first: date, last: date) -> Rests:
    """The rests of these groups from `first` to `last`, both included; one query."""
    found: dict[int, list[GroupRest]] = defaultdict(list)
    rows = GroupRest.objects.filter(group__in=list(group_ids), during__overlap=(first, last + DAY))
    for row in rows.order_by("during"):
        found[row.group_id].append(row)
    return found


def rests_on(rests: Rests, day: date) -> dict[int, range]:
    """By group the half-hours of its rest on a day."""
    return {
        group_id: range(row.start, row.end)
        for group_id, rows in rests.items()
        for row in rows
        if day in row.during
    }
