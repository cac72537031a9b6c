"""What a tablet holds: today's children of its location and nothing else, as JSON."""

from collections.abc import Mapping
from datetime import datetime
from itertools import product
from math import prod
from typing import Any

from django.utils.timezone import localtime

from kribbe.attendance.attendee import Who
from kribbe.attendance.models import DayNote
from kribbe.attendance.selectors.day import ChildDay, Day, GroupDay, Where, day_of, need_of
from kribbe.attendance.selectors.safety import Safety, safety_of
from kribbe.places.models import Location
from kribbe.planning.models import AbsenceKind
from kribbe.planning.words import hours
from kribbe.rules.ratio import Layout
from kribbe.staff.selectors.carers import carers_on

MOST_NEEDS = 4000
"""Entries of the table of carers; a larger location's tablet shows what the server last said."""


def held_by_tablet(location: Location, *, now: datetime) -> dict[str, Any]:
    """Today's children by group, the carers of today, and what the law asks for any number of children."""
    today = localtime(now).date()
    day = day_of(location, today, now=now)
    safety = safety_of([each.child for each in day.children])
    return {
        "day": f"{today}",
        "now": now.isoformat(),
        "location": location.name,
        "groups": [_group(group, safety) for group in day.groups],
        "carers": [
            {"ref": carer.reference, "name": carer.name, "initials": carer.initials, "pin": carer.has_pin}
            for carer in carers_on(location, today)
        ],
        "planned": _carers(day),
        "noon": f"{location.morning_ends_at:%H:%M}",
        "need": day.need.carers,
        "needs": _needs(day),
    }


def _group(group: GroupDay, safety: Mapping[Who, Safety]) -> dict[str, Any]:
    return {
        "name": group.week.group.name,
        "layout": group.layout,
        "children": [_child(child, safety[child.child.who]) for child in group.children],
    }


def _child(child: ChildDay, safety: Safety) -> dict[str, Any]:
    who = child.child
    return {
        "ref": who.reference,
        "name": who.short,
        "full": who.name,
        "initials": who.initials,
        "outside": who.placement is None,
        "hours": hours(child.parts),
        "in": child.where is Where.IN,
        "missing": child.where is Where.MISSING,
        "stays": [
            [stay.start.isoformat(), stay.end.isoformat() if stay.end else None] for stay in child.stays
        ],
        "away": str(AbsenceKind(child.away.kind).label) if child.away else "",
        "marks": [str(mark.label) for mark in sorted(child.marks)],
        "care": list(safety.care),
        "fetchers": list(safety.fetchers),
        "calls": list(safety.calls),
        "notes": [_note(note) for note in child.notes],
    }


def _note(note: DayNote) -> dict[str, str]:
    return {"key": f"{note.key}", "label": note.get_about_display(), "words": note.words}


def _carers(day: Day) -> list[int | None]:
    """The carers planned for the morning and for the afternoon."""
    slot = 2 * day.on.weekday()
    return list(day.week.carers[slot : slot + 2])


def _needs(day: Day) -> dict[str, Any]:
    """The carers that the law asks, for every number of children of each layout that can be in.

    `sizes` has how many numbers there are of each of the `layouts`; the table runs through the last one fastest.
    So the tablet knows the ratio without network, and the rule has one definition.
    """
    most: dict[Layout, int] = {}
    for group in day.groups:
        most[group.layout] = most.get(group.layout, 0) + len(group.children)
    layouts, sizes = list(most), [number + 1 for number in most.values()]
    if prod(sizes) > MOST_NEEDS:
        return {"layouts": [], "sizes": [], "table": []}
    table = [
        need_of(day.location, day.on, dict(zip(layouts, counts, strict=True)), day.pack, own=day.own).carers
        for counts in product(*map(range, sizes))
    ]
    return {"layouts": layouts, "sizes": sizes, "table": table}
