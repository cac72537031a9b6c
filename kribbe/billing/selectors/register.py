"""What the register tells the bill: when a child was there, and on which days a location kept it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.utils.timezone import localtime

from kribbe.attendance.models import Presence
from kribbe.planning.selectors.planned import merged
from kribbe.planning.written import minute
from kribbe.rules.agreed import Parts


def parts_by_day(presences: Iterable[Presence]) -> dict[date, Parts]:
    """The hours of stays that ended, by their day; parts that touch are one, and one without length is none."""
    found: dict[date, list[tuple[int, int]]] = defaultdict(list)
    for each in presences:
        if each.end is None:
            continue
        start, end = minute_of(each.start, each.day), minute_of(each.end, each.day)
        if start < end:
            found[each.day].append((start, end))
    return {day: merged(parts, ()) for day, parts in found.items()}


def minute_of(moment: datetime, day: date) -> int:
    """Minutes from midnight of a day, by the clock on the wall."""
    local = localtime(moment)
    return (local.date() - day).days * 24 * 60 + minute(local.time())


def registered_days(sites: Collection[int], month: date, last: date) -> dict[int, frozenset[date]]:
    """By location the days on which it kept its register; one query."""
    days = (
        Presence.objects.filter(placement__group__location__in=sites, day__range=(month, last))
        .values_list("placement__group__location_id", "day")
        .distinct()
    )
    found: dict[int, set[date]] = defaultdict(set)
    for site, day in days:
        found[site].add(day)
    return {site: frozenset(days) for site, days in found.items()}
