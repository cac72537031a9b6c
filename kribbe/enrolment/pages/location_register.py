"""A location's own register: two minutes a week, on a phone."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.enrolment.models import DirectChild, Placement, RegisterVisit
from kribbe.enrolment.pages.register_form import Read, TakenForm, read
from kribbe.enrolment.selectors.register import GroupNow, Register, register_of
from kribbe.enrolment.services.register_visit import Change, undo_visit, visit
from kribbe.places.access import at_location
from kribbe.places.models import Group, Location
from kribbe.places.selectors.freshness import freshness_of, freshness_point
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.once import new_token, once
from kribbe.trust.permissions import Action
from kribbe.web.templatetags.telling import long_date
from kribbe.web.weeks import DAY_NAMES, DAY_SHORTS, PART_SHORTS, slot_name, week_words

DAY = timedelta(days=1)


@require_http_methods(["GET", "POST"])
@at_location(Action.LIST_READ, Action.OFFER_MAKE)
def register_page(request: Any, location: Location) -> HttpResponse:
    """Confirm that everything is right, or say what changed; one form, sent once."""
    now = timezone.now()
    today = localtime(now).date()
    register = register_of(location, today=today)
    data = request.POST if request.method == "POST" else None
    taken = TakenForm(data, groups=[each.group for each in register.groups])
    found = read(request.POST, register, today=today)
    if data is not None and _is_right(found, taken):
        try:
            address = once(
                request.POST.get("once", ""),
                at=request.path,
                now=now,
                work=lambda: _visit(request, location, found, taken, now),
            )
        except RefusedError as error:
            _put_error(found, taken, error)
        else:
            return redirect(address)
    _note_look(request, location, register, now)
    sent = data is not None
    context = {
        "place_name": location.name,
        "location": location,
        "today": today,
        "tomorrow": today + DAY,
        "register": register,
        "here": [_child(each, f"left-{each.pk}", request.POST, found) for each in register.here],
        "direct": [_child(each, f"direct-{each.pk}", request.POST, found) for each in register.direct],
        "beginning": [_child(each, f"start-{each.pk}", request.POST, found) for each in register.beginning],
        "groups": [_group(each, request.POST, found, today) for each in register.groups],
        "taken": taken,
        "taken_open": taken.is_filled,
        "errors": found.errors,
        "checked": freshness_point(freshness_of([location.pk], today=today)[location.pk]),
        "once": request.POST.get("once") or new_token(),
    }
    return render(request, "enrolment/location/register.html", context, status=422 if sent else 200)


@require_GET
@at_location(Action.LIST_READ)
def register_done_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """What the visit changed, and the way back."""
    made = get_object_or_404(RegisterVisit, reference=reference, location=location)
    lines = list(told(made.changes))
    is_last = not RegisterVisit.objects.filter(location=location, undone_at=None, pk__gt=made.pk).exists()
    context = {
        "place_name": location.name,
        "location": location,
        "visit": made,
        "lines": lines,
        "may_undo": made.undone_at is None and is_last,
    }
    return render(request, "enrolment/location/register_done.html", context)


@require_POST
@at_location(Action.OFFER_MAKE)
def register_undo(request: Any, location: Location, reference: str) -> HttpResponse:
    """Everything as it was before the visit."""
    made = get_object_or_404(RegisterVisit, reference=reference, location=location)
    try:
        if made.undone_at is None:
            undo_visit(principal=request.principal, visit_id=made.pk, now=timezone.now())
    except RefusedError as error:
        messages.error(request, str(error.message))
        return redirect("enrolment:register_done", location.slug, reference)
    messages.success(request, _("It is undone. Everything is as it was before."))
    return redirect("enrolment:register", location.slug)


def told(changes: Sequence[Change]) -> Iterator[str]:
    """What a visit changed, one sentence each; three queries at most."""
    keys = {change["id"] for change in changes if change["kind"] in {"left", "started"}}
    places = Placement.objects.select_related("child").in_bulk(keys)
    direct = DirectChild.objects.in_bulk(
        change["id"] for change in changes if change["kind"] in {"taken", "direct_left"}
    )
    groups = Group.objects.in_bulk(change["id"] for change in changes if change["kind"] in {"staff", "free"})
    for change in changes:
        yield _sentence(change, places, direct, groups)


def _sentence(
    change: Change, places: dict[int, Placement], direct: dict[int, DirectChild], groups: dict[int, Group]
) -> str:
    key = change["id"]
    match change["kind"]:
        case "left":
            text, name = _("%(name)s leaves; the last day is %(day)s."), f"{places[key].child}"
            return text % {"name": name, "day": _said(change["last"])}
        case "direct_left":
            text = _("%(name)s leaves; the last day is %(day)s.")
            return text % {"name": direct[key].name, "day": _said(change["last"])}
        case "started":
            text, name = _("%(name)s begins on %(day)s."), f"{places[key].child}"
            return text % {"name": name, "day": _said(change["start"])}
        case "staff":
            text = _("%(group)s has %(count)d staffed places from %(day)s.")
            return text % {
                "group": groups[key].name,
                "count": change["staffed"],
                "day": _said(change["from_day"]),
            }
        case "taken":
            text = _("You took %(name)s directly, from %(day)s: %(days)s.")
            return text % {
                "name": direct[key].name,
                "day": _said(change["start"]),
                "days": week_words(change["pattern"]),
            }
    return _("The free places of %(group)s are as you gave them.") % {"group": groups[key].name}


def _said(day: str) -> str:
    return str(long_date(date.fromisoformat(day)))


def _is_right(found: Read, taken: TakenForm) -> bool:
    return not found.errors and (not taken.is_filled or taken.is_valid())


def _visit(request: Any, location: Location, found: Read, taken: TakenForm, now: datetime) -> str:
    made = visit(principal=request.principal, location_id=location.pk, answers=found.answers(taken), now=now)
    return reverse("enrolment:register_done", args=[location.slug, made.reference])


def _put_error(found: Read, taken: TakenForm, error: RefusedError) -> None:
    """At its field; what belongs to none stands above the form."""
    part, _dash, name = error.field.partition("-")
    if part == "taken":
        taken.add_error(name if name in taken.fields else None, str(error.message))
        return
    found.errors[_field_of(error.field)] = str(error.message)


def _field_of(name: str) -> str:
    """`left-12-last` is the field `left-12`; `free-3-next` is a field of its own."""
    parts = name.split("-")
    return name if parts[0] == "free" else "-".join(parts[:2])


def _child(each: Any, name: str, data: Any, found: Read) -> dict[str, Any]:
    return {
        "name": name,
        "called": f"{each.child}" if isinstance(each, Placement) else each.name,
        "group": each.group.name,
        "first": each.during.lower,
        "end": each.during.upper - DAY if each.during.upper else None,
        "value": data.get(name, ""),
        "error": found.errors.get(name, ""),
    }


def _group(each: GroupNow, data: Any, found: Read, today: date) -> dict[str, Any]:
    key = each.group.pk
    months = []
    for month, numbers, comes in (
        ("this", each.this_month, each.left),
        ("next", each.next_month, each.open),
    ):
        name = f"free-{key}-{month}"
        shown = list(numbers[: each.slots])
        months.append(
            {
                "name": name,
                "is_this": month == "this",
                "was": data.get(f"{name}-was", ",".join(map(str, shown))),
                "free": sum(1 << slot for slot, number in enumerate(shown) if number),
                "open": comes.mask,
                "rows": _rows(comes, name, shown, data),
                "error": found.errors.get(name, ""),
            }
        )
    staff = f"staff-{key}"
    return {
        "group": each.group,
        "staffed": data.get(staff, each.staffed),
        "licensed": each.licensed,
        "staff_name": staff,
        "staff_day": data.get(f"{staff}-day", f"{today}"),
        "staff_error": found.errors.get(staff, ""),
        "days": [(str(DAY_SHORTS[day]), str(DAY_NAMES[day])) for day in range(each.slots // 2)],
        "months": months,
        "is_changed": any(f"free-{key}" in name for name in found.errors),
    }


def _rows(
    comes: WeekPattern, name: str, shown: Sequence[int], data: Any
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Mornings and afternoons, a cell for each day."""
    cells = [
        {
            "slot": slot,
            "label": slot_name(slot),
            "value": data.get(f"{name}-{slot}", number),
            "is_open": slot in comes,
        }
        for slot, number in enumerate(shown)
    ]
    return [(str(PART_SHORTS[part]), cells[part::2]) for part in (0, 1)]


def _note_look(request: Any, location: Location, register: Register, now: datetime) -> None:
    """Whose names stood in the register."""
    households = sorted({each.child.household_id for each in [*register.here, *register.beginning]})
    if households:
        record(
            principal=request.principal,
            action="list.read",
            subject=location,
            now=now,
            desk_id=location.desk_id,
            households=households,
            of="register",
        )
