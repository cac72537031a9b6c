"""What visits to get used are charged for: the hours of the register, else as they were agreed."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from kribbe.attendance.models import Presence
from kribbe.billing.selectors.register import parts_by_day, registered_days
from kribbe.enrolment.models import Placement
from kribbe.planning.selectors.charged_visits import Visits, charged_visits
from kribbe.rules.agreed import Parts


def billed_visits(
    organiser_id: int | None, first: date, last: date, *, households: Collection[int] | None = None
) -> Visits:
    """The charged visits of these days by place, each with its hours: those of the register; on a day without any
    register at the location as agreed. Who didn't come has none: a visit isn't reserved.
    """
    agreed = charged_visits(organiser_id, first, last, households=households)
    if not agreed:
        return {}
    sites = dict(Placement.objects.filter(pk__in=agreed).values_list("pk", "group__location"))
    kept = registered_days(set(sites.values()), first, last)
    presences: dict[int, list[Presence]] = defaultdict(list)
    for each in Presence.objects.filter(placement__in=agreed, day__range=(first, last)):
        presences[each.placement_id or 0].append(each)
    return {
        key: _held(days, parts_by_day(presences[key]), kept.get(sites[key], frozenset()))
        for key, days in agreed.items()
    }


def _held(
    days: Mapping[date, Parts], came: Mapping[date, Parts], kept: Collection[date]
) -> dict[date, Parts]:
    held = {day: came.get(day, () if day in kept else parts) for day, parts in days.items()}
    return {day: parts for day, parts in held.items() if parts}


def told_presences(
    placements: Collection[Placement], visits: Visits, first: date, last: date
) -> dict[tuple[int, date], list[Presence]]:
    """By place and day those of the register that reports tell: since the place began, and of `visits`."""
    begun = {each.pk: each.during.lower for each in placements}
    found: dict[tuple[int, date], list[Presence]] = defaultdict(list)
    for each in Presence.objects.filter(placement__in=placements, day__range=(first, last)):
        key = each.placement_id
        if key and (each.day >= begun[key] or each.day in visits.get(key, {})):
            found[key, each.day].append(each)
    return found
