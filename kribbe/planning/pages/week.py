"""The week of a location at a glance: children by half-day, with places and carers beneath."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from kribbe.places.access import at_location, has_others, may_at
from kribbe.places.models import Location
from kribbe.planning.pages.day import Called, asked_day, child_names, note_look, visit_row
from kribbe.planning.pages.moving import last_batch
from kribbe.planning.pages.week_cells import draw_cells, draw_sums
from kribbe.planning.selectors.week import WORK_SLOTS, GroupWeek, Row, Week, week_of
from kribbe.planning.words import short_words
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.occupancy import Occupancy, State
from kribbe.rules.ratio import Short
from kribbe.trust.permissions import Action
from kribbe.web.rows import addresses
from kribbe.web.templatetags.telling import long_date, percent
from kribbe.web.weeks import DAY_NAMES, DAY_SHORTS, slot_name
from kribbe.web.words import say

WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)
Moves = Mapping[int, Mapping[int, SafeString]]
"""The addresses on which days are moved, by child and half-day."""


@require_safe
@at_location(Action.PLAN_READ)
def week_page(request: Any, location: Location) -> HttpResponse:
    """Every group's children by half-day, with the occupancy and the carers of each half-day."""
    now = timezone.now()
    today = localtime(now).date()
    monday = monday_of(asked_day(request.GET.get("week", ""), today))
    week = week_of(location, monday, today=today)
    note_look(request.principal, location, week, now)
    slots = range(_width(week))
    may_change = may_at(request.principal, Action.PLAN_CHANGE, location)
    moves = _moves(week, location, today) if may_change else {}
    called = child_names(week)
    days = [monday + day * DAY for day in range(len(slots) // 2)]
    words = [long_date(day) for day in days]
    context = {
        "place_name": location.name,
        "location": location,
        "monday": monday,
        "week_text": f"{monday}",
        "sunday": monday + 6 * DAY,
        "number": monday.isocalendar().week,
        "is_this_week": monday == monday_of(today),
        "before": monday - WEEK,
        "after": monday + WEEK,
        "days": [
            {
                "short": DAY_SHORTS[number],
                "name": DAY_NAMES[number],
                "number": day.day,
                "iso": f"{day}",
                "said": words[number],
                "is_shut": day in week.closed,
            }
            for number, day in enumerate(days)
        ],
        "groups": [_group(group, slots, moves, words, called) for group in week.groups],
        "may_change": may_change,
        "batch": last_batch(location) if may_change else None,
        "needs": [_need(week, slot) for slot in slots],
        "has_carers": any(each is not None for each in week.carers),
        "short": [_short(each) for each in week.short if each.slot in slots],
        "occupancy": occupancy_words(week.occupancy),
        "has_others": has_others(request.principal, Action.PLAN_READ, location),
        "visits": [visit_row(each) for each in week.visits],
    }
    return render(request, "planning/week.html", context)


def _width(week: Week) -> int:
    """The weekend stands there only if somebody comes or the group is open."""
    weekend = range(WORK_SLOTS, SLOTS)
    used = any(
        group.cells[slot].planned or group.cells[slot].state is not State.CLOSED
        for group in week.groups
        for slot in weekend
    )
    return SLOTS if used else WORK_SLOTS


def _moves(week: Week, location: Location, today: date) -> dict[int, dict[int, SafeString]]:
    """The days to come that can be moved: not those of a child that comes from another location."""
    ahead = sum(3 << 2 * day for day in range(7) if week.monday + day * DAY > today)
    found: dict[int, dict[int, SafeString]] = {}
    address = addresses("planning:move_day", location.slug)
    days = [f"{week.monday + day * DAY}" for day in range(7)]
    for row in (row for group in week.groups for row in group.rows) if ahead else ():
        place = row.planned.placement
        if place is None or place.group_id != row.planned.group_id:
            continue
        url = escape(address(place.reference))
        own = found.setdefault(place.child_id, {})
        for slot in WeekPattern(row.there & ~row.away & ahead).slots():
            own[slot] = url + SafeString(f"?day={days[slot // 2]}")
    return found


def _group(
    group: GroupWeek, slots: Sequence[int], moves: Moves, days: Sequence[str], called: Called
) -> dict[str, Any]:
    shut = {slot for slot in slots if group.cells[slot].state is State.CLOSED}
    return {
        "group": group.group,
        "rows": [_row(row, called(row.planned), shut, slots, moves, days) for row in _by_child(group.rows)],
        "nameless": [group.uncounted[slot] for slot in slots] if any(group.uncounted) else [],
        "counts": draw_sums([_count(group, slot) for slot in slots]),
        "occupancy": occupancy_words(group.occupancy),
    }


def _row(
    row: Row, name: str, shut: Collection[int], slots: Sequence[int], moves: Moves, days: Sequence[str]
) -> tuple[str, SafeString]:
    """A child's name, and its half-days as cells; `shut` are those on which the group is closed."""
    own = moves.get(row.planned.child.pk, {}) if row.planned.child else {}
    tones = [_tone(row, slot, slot in shut) for slot in slots]
    return name, draw_cells(tones, name, moves=own, days=days)


def _by_child(rows: Sequence[Row]) -> list[Row]:
    """One row for a child that has two places with each its own days."""
    found: dict[object, Row] = {}
    for row in rows:
        key = row.planned.child.pk if row.planned.child else row
        before = found.get(key)
        found[key] = (
            replace(before, there=before.there | row.there, away=before.away | row.away) if before else row
        )
    return list(found.values())


def _tone(row: Row, slot: int, is_shut: bool) -> str:
    """The look of a half-day of a child."""
    if row.away >> slot & 1:
        return "away"
    if row.there >> slot & 1:
        return "in"
    return "shut" if is_shut else "out"


def _count(group: GroupWeek, slot: int) -> tuple[str, int, int]:
    """The look of a half-day of a group, its children, and its places with staff."""
    cell = group.cells[slot]
    tone = {State.CLOSED: "shut", State.NO_STAFF: "bare", State.OPEN: ""}[cell.state]
    if cell.state is State.OPEN and cell.planned > cell.staffed:
        tone = "over"
    return tone, cell.planned, cell.staffed


def _need(week: Week, slot: int) -> dict[str, Any]:
    need, carers = week.needs[slot], week.carers[slot]
    missing = max(0, need.carers - carers) if carers is not None else 0
    return {"need": need.carers, "carers": carers, "missing": missing}


def _short(short: Short) -> dict[str, Any]:
    return {
        "when": slot_name(short.slot),
        "said": short_words(short.missing, short.need.too_many),
        "why": " ".join(map(say, short.need.reasons)),
    }


def occupancy_words(occupancy: Occupancy) -> str:
    """Occupancy in words: the share of the places with staff, or why there is none."""
    share = occupancy.of_staffed
    if share is None:
        return _("no places with staff") if occupancy.no_staff_half_days else _("closed")
    said = _("%(share)s of the places with staff are taken") % {"share": percent(float(share))}
    if occupancy.no_staff_planned:
        said += "; " + ngettext(
            "%(count)d child half-day is planned where there is no staff",
            "%(count)d child half-days are planned where there is no staff",
            occupancy.no_staff_planned,
        ) % {"count": occupancy.no_staff_planned}
    return said
