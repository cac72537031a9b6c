"""What a tablet holds as JSON: the children of today, from closing time on those of tomorrow too.

Of the others who have a place there on that day it holds the name, what to take care of, who may fetch and whom to
call, for whoever comes unplanned.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.timezone import localtime

from kribbe.attendance.attendee import Attendee, Who, told_apart
from kribbe.attendance.models import DayNote, Presence
from kribbe.attendance.selectors.day import ChildDay, Day, GroupDay, Where, day_of
from kribbe.attendance.selectors.photos import data_url, face_keys
from kribbe.attendance.selectors.safety import Safety, safety_of
from kribbe.attendance.selectors.shut import shut_words
from kribbe.attendance.selectors.typed import TypedDay
from kribbe.attendance.selectors.unplanned import others_of
from kribbe.places.models import Kind, Location
from kribbe.planning.words import away, hours
from kribbe.rules.attendance import Stay
from kribbe.rules.ratio import baby_months, figures_on, is_baby
from kribbe.rules.roster.plan import MINUTES
from kribbe.staff.selectors.carers import carers_on

DAY = timedelta(days=1)
PERSON, KEY_LETTERS = "kribbe.attendance.tablet.person", 16


def held_by_tablet(location: Location, *, now: datetime) -> dict[str, Any]:
    """Today's children by group, the carers of today, and the law's figures, by which it counts who must be there.

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
    names = told_apart([*here, *others])
    by_group = [[each for each in others if each.group == group.week.group] for group in day.groups]
    return {
        "day": f"{on}",
        "now": now.isoformat(),
        "location": location.name,
        "closed": shut_words(day),
        "groups": [
            _group(group, day, safety, faces, names)
            | {"others": [_other(each, day, safety[each.who], names) for each in rest]}
            for group, rest in zip(day.groups, by_group, strict=True)
        ],
        "carers": [
            {"ref": carer.reference, "name": carer.name, "initials": carer.initials, "pin": carer.has_pin}
            for carer in carers_on(location, on)
        ],
        "planned": list(day.carers),
        "noon": f"{location.morning_ends_at:%H:%M}",
        "own": [day.week.at_home.get((location.pk, on, slot), 0) for slot in _slots(day)],
        "law": figures_on(day.pack, on, family=location.kind == Kind.FAMILY),
        "baby": baby_months(day.pack, on),
    }


def _group(
    group: GroupDay,
    day: Day,
    safety: Mapping[Who, Safety],
    faces: Mapping[Who, str],
    names: Mapping[Who, str],
) -> dict[str, Any]:
    """`rests` is from and until which minute of the day its children rest; None where they don't.

    `key` names the group in what the tablet sends.
    """
    rest = day.rests.get(group.week.group.pk)
    return {
        "key": group.week.group.pk,
        "name": group.week.group.name,
        "layout": group.layout,
        "rests": [rest.start * MINUTES, rest.stop * MINUTES] if rest else None,
        "closed": day.on in group.week.closed,
        "children": [
            _child(child, day, safety[child.child.who], faces.get(child.child.who, ""), names)
            for child in group.children
        ]
        + [_typed(each) for each in group.typed],
    }


def _child(child: ChildDay, day: Day, safety: Safety, face: str, names: Mapping[Who, str]) -> dict[str, Any]:
    return {
        **_who(child.child, day, names),
        "face": face,
        "hours": hours(child.parts),
        "in": child.where is Where.IN,
        "missing": child.where is Where.MISSING,
        "there": {"group": child.there.place, "since": child.there.since.isoformat()}
        if child.there
        else None,
        "stays": _stays(child.stays),
        "away": away(child.away) if child.away else "",
        "marks": [str(mark.label) for mark in sorted(child.marks)],
        **_safety(safety),
        "notes": [_note(note) for note in child.notes],
    }


def _other(who: Attendee, day: Day, safety: Safety, names: Mapping[Who, str]) -> dict[str, Any]:
    """A child that isn't planned: by name, and with what can't wait for the network once it came."""
    return {**_blank(), **_who(who, day, names), **_safety(safety)}


def _safety(safety: Safety) -> dict[str, list[str]]:
    return {"care": list(safety.care), "fetchers": list(safety.fetchers), "calls": list(safety.calls)}


def _typed(each: TypedDay) -> dict[str, Any]:
    """A child by a typed name. `typed` goes with each of its taps, so that none is lost, whichever arrives first."""
    child = each.child
    return {
        **_blank(),
        "ref": child.reference,
        "person": child.reference,
        "name": child.name,
        "full": child.name,
        "initials": child.name[:2].upper(),
        "outside": True,
        "baby": child.is_baby,
        "in": each.is_in,
        "stays": _stays(each.stays),
        "typed": {"name": child.name, "group": child.group_id, "baby": child.is_baby},
    }


def _blank() -> dict[str, Any]:
    return {
        **dict.fromkeys(("face", "hours", "away"), ""),
        **dict.fromkeys(("in", "missing"), False),
        **{key: [] for key in ("stays", "marks", "fetchers", "calls", "notes", "care")},
    }


def _stays(stays: Iterable[Presence | Stay]) -> list[list[str | None]]:
    return [[stay.start.isoformat(), stay.end.isoformat() if stay.end else None] for stay in stays]


def _who(who: Attendee, day: Day, names: Mapping[Who, str]) -> dict[str, Any]:
    """What every entry has. `person` is the same for the places of one child, on this day and at this location only;
    `baby` is by the law of the day.
    """
    return {
        "ref": who.reference,
        "person": salted_hmac(PERSON, f"{day.location.pk} {day.on} {who.person}").hexdigest()[:KEY_LETTERS],
        "name": names[who.who],
        "full": who.name,
        "initials": who.initials,
        "outside": who.placement is None,
        "baby": is_baby(who.birth, day.pack, day.on),
    }


def _note(note: DayNote) -> dict[str, str]:
    return {"key": f"{note.key}", "label": note.get_about_display(), "words": note.words}


def _slots(day: Day) -> tuple[int, int]:
    """Its half-days of the week."""
    return 2 * day.on.weekday(), 2 * day.on.weekday() + 1
