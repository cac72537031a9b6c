"""One day at a location: who comes, who stays away, and whether there are carers enough."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kribbe.enrolment.pages.location_words import short_name
from kribbe.people.models import Child
from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.places.selectors.closed import calendars_of, next_open_day
from kribbe.planning import words
from kribbe.planning.access import placement_at
from kribbe.planning.models import Absence, AbsenceKind, GettingUsedDay, Severity, TellingSide
from kribbe.planning.selectors.child_file import Allergy, allergies_at_hand
from kribbe.planning.selectors.getting_used import hours_of
from kribbe.planning.selectors.house_rules import house_rules_on, ill_rules
from kribbe.planning.selectors.planned import Planned, days_given
from kribbe.planning.selectors.week import GroupWeek, Week, day_of
from kribbe.planning.services.absences import report_absence, see_note, take_back_absence
from kribbe.rules.occupancy import State
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.rows import addresses, piece
from kribbe.web.templatetags.pieces import tag
from kribbe.web.templatetags.telling import age

DAY = timedelta(days=1)
FURTHEST = timedelta(days=800)
NOTE_DEEDS = {
    "note": gettext_lazy("Doctor's note seen"),
    "note_back": gettext_lazy("Note not seen after all"),
}
RowAction = Callable[[str, str, Absence | None], SafeString]
ILL = {"illness": gettext_lazy("Ill, told in time"), "illness_late": gettext_lazy("Ill, not told in time")}
"""A location says of an illness itself whether it was told in time."""


@require_safe
@at_location(Action.PLAN_READ)
def day_page(request: Any, location: Location) -> HttpResponse:
    """Children by group with their hours, who is away, and per half-day the children, places and carers."""
    now = timezone.now()
    today = localtime(now).date()
    on = asked_day(request.GET.get("on", ""), today)
    week = day_of(location, on, today=today)
    may_change = may_at(request.principal, Action.PLAN_CHANGE, location)
    allergies = allergies_at_hand(
        [row.planned.placement for group in week.groups for row in group.rows if row.planned.placement]
    )
    asks_note = (
        any(each.kind == AbsenceKind.ILLNESS for each in week.absences.values())
        and ill_rules(house_rules_on(location.pk, on)).asks_note
    )
    action = _actions(request, location, on, asks_note=asks_note) if may_change else _no_action
    called = child_names(week)
    groups = [(group, list(_children(group, on, week, allergies, called))) for group in week.groups]
    draw = _rows(request, action)
    note_look(request.principal, location, week, now)
    context = {
        "place_name": location.name,
        "location": location,
        "on": on,
        "is_today": on == today,
        "before": on - DAY,
        "after": on + DAY,
        **_shut(week, location, on),
        "is_closed": on in week.closed,
        "groups": [(group, len(rows), draw(rows), _nameless(group, on)) for group, rows in groups],
        "coming": sum(not row["away"] for _group, rows in groups for row in rows),
        "away": sum(bool(row["away"]) for _group, rows in groups for row in rows),
        "halves": [
            _half(week, 2 * on.weekday() + part, name)
            for part, name in enumerate((_("Morning"), _("Afternoon")))
        ],
        "birthdays": [
            (row["name"], on.year - row["birth"].year)
            for _group, rows in groups
            for row in rows
            if row["birth"] and birthday_in(row["birth"], on.year) == on and on.year > row["birth"].year
        ],
        "visits": [visit_row(each) for each in week.visits],
    }
    return render(request, "planning/day.html", context)


def _shut(week: Week, location: Location, on: date) -> dict[str, Any]:
    """Whether nobody comes on a day, and the way to the first open day after it."""
    if not week.is_shut(on):
        return {"is_shut": False}
    opens = next_open_day([each.group for each in week.groups], calendars_of([location.pk], on, None), on)
    return {"is_shut": True, "opens": opens, "opens_url": f"?on={opens}" if opens else ""}


def visit_row(visit: GettingUsedDay) -> dict[str, Any]:
    """A visit before the first day, in a list."""
    child = visit.placement.child
    return {
        "day": visit.day,
        "name": _short(child),
        "group": visit.placement.group.name,
        "hours": words.hours((hours_of(visit),)),
    }


@require_POST
@at_location(Action.PLAN_CHANGE)
def absence(request: Any, location: Location, reference: str) -> HttpResponse:
    """Note that a child doesn't come on a day, that it comes after all, or that the doctor's note was seen."""
    now = timezone.now()
    on = asked_day(request.POST.get("on", ""), localtime(now).date())
    placement = placement_at(request.principal, location, reference)
    acting: dict[str, Any] = {
        "principal": request.principal,
        "placement_id": placement.pk,
        "now": now,
    }
    here: dict[str, Any] = {"days": [on], "side": TellingSide.LOCATION}
    deed = request.POST.get("do", "")
    try:
        if deed == "back":
            take_back_absence(**acting, **here)
        elif deed in NOTE_DEEDS:
            see_note(**acting, day=on, seen=deed == "note")
        else:
            why = _why(request.POST.get("kind", ""))
            report_absence(**acting, **here, **why, instead=deed == "other")
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect(reverse("planning:day", args=[location.slug]) + f"?on={on}#p{placement.reference}")


def _why(chosen: str) -> dict[str, Any]:
    """What was chosen as the reason of an absence."""
    if chosen in ILL:
        return {"kind": AbsenceKind.ILLNESS, "late": chosen == "illness_late"}
    return {"kind": AbsenceKind(chosen) if chosen in AbsenceKind.values else AbsenceKind.TOLD}


def asked_day(text: str, today: date) -> date:
    """The day of an address, or today where it holds none or one too far away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs(day - today) <= FURTHEST else today


def note_look(principal: Any, location: Location, week: Week, now: Any) -> None:
    """Whose children stood on the page."""
    found = {
        row.planned.child.household_id for group in week.groups for row in group.rows if row.planned.child
    }
    if found:
        record(
            principal=principal,
            action="list.read",
            subject=location,
            now=now,
            desk_id=location.desk_id,
            households=sorted(found),
            of="planned",
        )


Called = Callable[[Planned], str]


def child_names(week: Week) -> Called:
    """What carers call a child of this week: in full where another child would be called the same."""
    found = (row.planned.child for group in week.groups for row in group.rows)
    children = {child.pk: child for child in found if child is not None}
    known = Counter(_short(child) for child in children.values())

    def called(planned: Planned) -> str:
        child = planned.child
        if child is None:
            return planned.name
        return _short(child) if known[_short(child)] == 1 else f"{child}"

    return called


def _short(child: Child) -> str:
    return short_name(child.first_name, child.last_name)


def _actions(request: Any, location: Location, on: date, *, asks_note: bool) -> RowAction:
    """The forms of a child's row: that it stays away on this day or comes after all, and the note of an illness."""
    why = _("Why %(name)s stays away")
    address = addresses("planning:absence", location.slug)
    reasons = [each for each in AbsenceKind.choices if each[0] != AbsenceKind.ILLNESS]
    options = format_html_join("", '<option value="{}">{}</option>', [*reasons, *ILL.items()])
    context = {"on_text": f"{on}", "options": options}
    away = piece(request, "planning/day_stays_away.html", context, "name", "address", "why", "deed", "label")
    back = piece(request, "planning/day_comes.html", context, "name", "address")
    note = piece(request, "planning/day_note.html", context, "name", "address", "deed", "label")

    def action(name: str, reference: str, found: Absence | None) -> SafeString:
        own = {"name": name, "address": address(reference)}
        if found is None:
            return away(**own, why=why % {"name": name}, deed="away", label=_("Stays away"))
        if found.kind == AbsenceKind.UNTOLD:
            other = away(**own, why=why % {"name": name}, deed="other", label=_("Another reason"))
            return other + back(**own)
        if not asks_note or found.kind != AbsenceKind.ILLNESS:
            return back(**own)
        deed = "note_back" if found.note_seen_at else "note"
        return note(**own, deed=deed, label=str(NOTE_DEEDS[deed])) + back(**own)

    return action


def _no_action(_name: str, _reference: str, _found: Absence | None) -> SafeString:
    return SafeString("")


def _rows(request: Any, action: RowAction) -> Callable[[Iterable[Mapping[str, Any]]], SafeString]:
    """Draws children as rows of a table."""
    fill = piece(request, "planning/day_row.html", {}, "anchor", "name", "tags", "age", "hours", "action")

    def row(child: Mapping[str, Any]) -> SafeString:
        name, reference = child["name"], child["reference"]
        return fill(
            anchor=SafeString(f' id="p{reference}"' if reference else ""),
            name=name,
            tags=_tags(child),
            age=child["age"],
            hours=child["hours"],
            action=action(name, reference, child["absence"]) if reference else "",
        )

    return lambda children: SafeString("".join(map(row, children)))


def _tags(child: Mapping[str, Any]) -> SafeString:
    """What must be seen of a child: what it can't have, and why its day is another than agreed."""
    found = [
        tag(each.what) if each.severity == Severity.MILD else tag(each.what, "bad", "triangle-alert")
        for each in child["allergies"]
    ]
    if child["is_extra"]:
        found.append(tag(_("extra day"), "blue", "calendar-check"))
    if child["away"]:
        found.append(tag(child["away"], "warn", "calendar-x"))
    if not child["is_agreed"]:
        found.append(tag(_("not agreed yet"), icon="pencil"))
    return SafeString(f' <span class="tags">{"".join(found)}</span>' if found else "")


def _children(
    group: GroupWeek,
    on: date,
    week: Week,
    allergies: Mapping[int, Sequence[Allergy]],
    called: Called,
) -> Iterator[dict[str, Any]]:
    for row in group.rows:
        planned = row.planned
        placement = planned.placement
        found = week.absences.get((placement.pk, on)) if placement else None
        reference = placement.reference if placement and placement.group_id == planned.group_id else ""
        yield {
            "reference": reference,
            "name": called(planned),
            "age": age(planned.child.birth, on) if planned.child else "–",
            "birth": planned.child.birth if planned.child else None,
            "hours": words.hours(planned.parts(on, group.closed)),
            "absence": found,
            "away": words.away(found) if found else "",
            "is_agreed": planned.is_agreed or placement is None,
            "is_extra": any(each.day == on for each in days_given(placement)) if placement else False,
            "allergies": allergies[placement.pk] if placement else (),
        }


def birthday_in(birth: date, year: int) -> date:
    """The birthday of a year; whoever was born on 29 February has it on the 28th in other years."""
    try:
        return birth.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _nameless(group: GroupWeek, on: date) -> int:
    return max(group.uncounted[2 * on.weekday() : 2 * on.weekday() + 2])


def _half(week: Week, slot: int, name: str) -> dict[str, Any]:
    """A half-day of the whole location: children, places, carers."""
    open_ = [group.cells[slot] for group in week.groups if group.cells[slot].state is not State.CLOSED]
    need, carers = week.needs[slot], week.carers[slot]
    return {
        "name": name,
        "planned": sum(cell.planned for cell in open_),
        "staffed": sum(cell.staffed for cell in open_),
        "need": need,
        "carers": carers,
        "missing": max(0, need.carers - carers) if carers is not None else 0,
    }
