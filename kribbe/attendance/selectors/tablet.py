"""What a tablet holds as JSON: the children of today, from closing time on those of tomorrow too.

Of the others who have a place there it holds the name and what to take care of, for whoever comes unplanned.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise, product
from math import prod
from typing import Any

from django.utils.timezone import localtime

from kribbe.attendance.attendee import Attendee, Who
from kribbe.attendance.models import DayNote
from kribbe.attendance.selectors.day import ChildDay, Day, GroupDay, Where, day_of, need_of
from kribbe.attendance.selectors.photos import data_url, face_keys
from kribbe.attendance.selectors.safety import Safety, safety_of
from kribbe.attendance.selectors.unplanned import others_of
from kribbe.places.models import Location
from kribbe.planning.words import away, hours
from kribbe.rules.ratio import Layout
from kribbe.rules.roster.plan import HALVES, MINUTES
from kribbe.staff.selectors.carers import carers_on

DAY = timedelta(days=1)
Resting = tuple[Layout, bool]
"""How the groups are laid out, and whether they rest."""

MOST_NEEDS = 4000
"""Entries of the table of carers. Beyond it only those planned are counted, then the tablet shows what the server
last said."""


def held_by_tablet(location: Location, *, now: datetime) -> dict[str, Any]:
    """Today's children by group, the carers of today, and what the law asks for any number of children.

    `next` is the same of tomorrow, once the location has closed: a tablet without network shows it from
    midnight on. None before.
    """
    local = localtime(now)
    tomorrow = local.date() + DAY if local.time() >= location.closes_at else None
    return {
        **_held_on(location, local.date(), now),
        "next": _held_on(location, tomorrow, now) if tomorrow else None,
    }


def faces_held(location: Location, *, now: datetime) -> dict[str, str]:
    """The photos of the children whom a tablet holds, by the key that stands with each."""
    held = held_by_tablet(location, now=now)
    days = [held, *filter(None, [held["next"]])]
    keys = {child["face"] for day in days for group in day["groups"] for child in group["children"]}
    return {key: data_url(key) for key in sorted(keys - {""})}


def _held_on(location: Location, on: date, now: datetime) -> dict[str, Any]:
    day = day_of(location, on, now=now)
    here, others = [each.child for each in day.children], others_of(day)
    safety, faces = safety_of([*here, *others]), face_keys(here)
    by_group = [[each for each in others if each.group == group.week.group] for group in day.groups]
    return {
        "day": f"{on}",
        "now": now.isoformat(),
        "location": location.name,
        "groups": [
            _group(group, safety, faces) | {"others": [_other(each, safety[each.who]) for each in rest]}
            for group, rest in zip(day.groups, by_group, strict=True)
        ],
        "carers": [
            {"ref": carer.reference, "name": carer.name, "initials": carer.initials, "pin": carer.has_pin}
            for carer in carers_on(location, on)
        ],
        "planned": _carers(day),
        "noon": f"{location.morning_ends_at:%H:%M}",
        "need": day.need.carers,
        "needs": _needs(day, list(map(len, by_group))),
    }


def _group(group: GroupDay, safety: Mapping[Who, Safety], faces: Mapping[Who, str]) -> dict[str, Any]:
    return {
        "name": group.week.group.name,
        "children": [
            _child(child, safety[child.child.who], faces.get(child.child.who, "")) for child in group.children
        ],
    }


def _child(child: ChildDay, safety: Safety, face: str) -> dict[str, Any]:
    who = child.child
    return {
        "ref": who.reference,
        "name": who.short,
        "full": who.name,
        "initials": who.initials,
        "face": face,
        "outside": who.placement is None,
        "hours": hours(child.parts),
        "in": child.where is Where.IN,
        "missing": child.where is Where.MISSING,
        "stays": [
            [stay.start.isoformat(), stay.end.isoformat() if stay.end else None] for stay in child.stays
        ],
        "away": away(child.away) if child.away else "",
        "marks": [str(mark.label) for mark in sorted(child.marks)],
        "care": list(safety.care),
        "fetchers": list(safety.fetchers),
        "calls": list(safety.calls),
        "notes": [_note(note) for note in child.notes],
    }


def _other(who: Attendee, safety: Safety) -> dict[str, Any]:
    """A child that isn't planned: by name, and with what can't wait for the network once it came."""
    return {
        **dict.fromkeys(("face", "hours", "away"), ""),
        **dict.fromkeys(("in", "missing"), False),
        **{key: [] for key in ("stays", "marks", "fetchers", "calls", "notes")},
        "ref": who.reference,
        "name": who.short,
        "full": who.name,
        "initials": who.initials,
        "outside": who.placement is None,
        "care": list(safety.care),
    }


def _note(note: DayNote) -> dict[str, str]:
    return {"key": f"{note.key}", "label": note.get_about_display(), "words": note.words}


def _carers(day: Day) -> list[int | None]:
    """The carers planned for the morning and for the afternoon."""
    slot = 2 * day.on.weekday()
    return list(day.week.carers[slot : slot + 2])


def _needs(day: Day, others: Sequence[int]) -> list[dict[str, Any]]:
    """For each part of the day in which the same groups rest, its last minute and the carers that the law asks.

    So the tablet knows the ratio without network, and the rule has one definition. `others` are by group the children
    who aren't planned and may come.
    """
    edges = sorted({0, HALVES, *(edge for rest in day.rests.values() for edge in (rest.start, rest.stop))})
    return [{"until": end * MINUTES, **_table(day, start, others)} for start, end in pairwise(edges)]


def _table(day: Day, half: int, others: Sequence[int]) -> dict[str, Any]:
    """The carers in a half-hour for every number of children that can be in, by layout and whether they rest.

    `of` has for each group its place among these, `sizes` how many numbers there are of each; the table runs through
    the last one fastest.
    """
    kinds = [(group.layout, half in day.rests.get(group.week.group.pk, ())) for group in day.groups]
    planned = [len(group.children) for group in day.groups]
    most = _most(kinds, [sum(each) for each in zip(planned, others, strict=True)])
    if _entries(most) > MOST_NEEDS:
        most = _most(kinds, planned)
    if _entries(most) > MOST_NEEDS:
        return {"of": [], "sizes": [], "table": []}
    known, sizes = list(most), [number + 1 for number in most.values()]
    table = [
        _carers_for(day, dict(zip(known, counts, strict=True))) for counts in product(*map(range, sizes))
    ]
    return {"of": [known.index(kind) for kind in kinds], "sizes": sizes, "table": table}


def _most(kinds: Sequence[Resting], numbers: Sequence[int]) -> dict[Resting, int]:
    """The children that can be in, by layout and whether they rest."""
    most = dict.fromkeys(kinds, 0)
    for kind, number in zip(kinds, numbers, strict=True):
        most[kind] += number
    return most


def _entries(most: Mapping[Resting, int]) -> int:
    return prod(number + 1 for number in most.values())


def _carers_for(day: Day, counts: Mapping[Resting, int]) -> int:
    inside, resting = dict.fromkeys(Layout, 0), dict.fromkeys(Layout, 0)
    for (layout, rests), number in counts.items():
        inside[layout] += number
        resting[layout] += number if rests else 0
    return need_of(day.location, day.on, inside, day.pack, resting=resting, own=day.own).carers
