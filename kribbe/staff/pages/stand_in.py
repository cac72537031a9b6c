"""A family carer is ill: who of the organiser's other carers has the children on these days."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.enrolment.models import Placement
from kribbe.enrolment.pages.location_words import short_name
from kribbe.places.access import at_location, may_at
from kribbe.places.models import Kind, Location
from kribbe.planning.words import hours
from kribbe.planning.written import minute
from kribbe.staff.access import replacement_at
from kribbe.staff.models import StandIn
from kribbe.staff.selectors.stand_in import MOST_DAYS, ChildDay, Host, Plan, away_days, plan_of_days
from kribbe.staff.services.stand_in import Choice, arrange, undo
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of, row_key
from kribbe.web.templatetags.telling import km

DAY = timedelta(days=1)
NOBODY = "nobody"
MOST_HOSTS = 12
"""Carers with room that are shown beside, the nearest first."""
MOST_CHOICES = 8
"""Carers that are offered for a child's day."""


@require_http_methods(["GET", "POST"])
@at_location(Action.STAFF_READ, Action.STAFF_CHANGE)
def stand_in_page(request: Any, location: Location) -> HttpResponse:
    """The children of these days with a carer proposed for each, and what was arranged."""
    now = timezone.now()
    is_home = location.kind == Kind.FAMILY
    days = _days(request, location, localtime(now).date())
    plan = plan_of_days(request.principal, location, days) if is_home else Plan((), (), {}, ())
    if request.method == "POST" and is_home and _arranged(request, location, plan, now):
        return redirect(f"{reverse('staff:stand_in', args=[location.slug])}?first={days[0]}&last={days[-1]}")
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=_households(plan),
        now=now,
        of="stand_in",
    )
    context = {
        "place_name": location.name,
        "location": location,
        "is_home": is_home,
        "first": days[0],
        "last": days[-1],
        "most_days": MOST_DAYS,
        "children": _children(plan),
        "hosts": [_host(host, days) for host in plan.hosts if _has_room(host, days)][:MOST_HOSTS],
        "days": days,
        "acts": _acts(plan.arranged, localtime(now).date()),
        "may_change": may_at(request.principal, Action.STAFF_CHANGE, location),
    }
    return render(request, "staff/stand_in.html", context)


@require_POST
@at_location(Action.STAFF_CHANGE)
def undo_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """Undo what was arranged in one go."""
    act = replacement_at(request.principal, location, reference)
    count = undo(principal=request.principal, replacement=act, now=timezone.now())
    if count:
        messages.success(request, _("Undone. The families and the other carers are told."))
    else:
        messages.info(
            request, _("Nothing could be undone: these days are over, or the children came already.")
        )
    return redirect(_back(request, location))


def _arranged(request: Any, location: Location, plan: Plan, now: Any) -> bool:
    choices = list(_chosen(request, plan.children))
    try:
        arrange(principal=request.principal, location=location, choices=choices, now=now)
    except RefusedError as refused:
        messages.error(request, str(refused.message))
        return True
    told = ngettext(
        "Arranged for %(count)d day of a child. The family is told.",
        "Arranged for %(count)d days of children. The families are told.",
        len(choices),
    )
    messages.success(request, told % {"count": len(choices)})
    return True


def _chosen(request: Any, children: Iterable[ChildDay]) -> Iterable[Choice]:
    for each in children:
        value = request.POST.get(_name(each), "")
        group_id = row_key(value)
        if value == NOBODY or group_id:
            yield Choice(placement_id=each.placement.pk, day=each.day, group_id=group_id)


def _name(each: ChildDay) -> str:
    return f"{each.placement.reference}:{each.day}"


def _days(request: Any, location: Location, today: date) -> list[date]:
    """The days asked, else the first on which a carer is away, else today."""
    given = request.POST if request.method == "POST" else request.GET
    first, last = day_of(given.get("first", "")), day_of(given.get("last", ""))
    if first is None:
        first, last = away_days(location, today) or (today, today)
    first = max(first, today)
    last = min(max(last or first, first), first + (MOST_DAYS - 1) * DAY)
    return [first + n * DAY for n in range((last - first).days + 1)]


def _back(request: Any, location: Location) -> str:
    first, last = day_of(request.POST.get("first", "")), day_of(request.POST.get("last", ""))
    asked = f"?first={first}&last={last}" if first and last else ""
    return reverse("staff:stand_in", args=[location.slug]) + asked


def _children(plan: Plan) -> list[dict[str, Any]]:
    """By child its days, each with the carers who have room, the nearest first."""
    found: dict[int, dict[str, Any]] = {}
    for each in sorted(plan.children, key=lambda child: (child.placement.child.name_key, child.day)):
        row = found.setdefault(each.placement.pk, {"name": _called(each.placement), "days": []})
        row["days"].append(
            {
                "day": each.day,
                "hours": hours(each.parts),
                "name": _name(each),
                "options": _options(each, plan),
            }
        )
    return list(found.values())


def _options(each: ChildDay, plan: Plan) -> list[tuple[str, str, bool]]:
    """Value, words and whether it is proposed."""
    proposed = plan.proposed.get((each.placement.pk, each.day))
    family = each.placement.child.household_id
    able = sorted((host for host in plan.hosts if _is_able(host, each)), key=lambda host: host.km[family])
    shown = [host for n, host in enumerate(able) if n < MOST_CHOICES or host.group.pk == proposed]
    return [
        ("", _("not arranged yet"), proposed is None),
        *((str(host.group.pk), _offer(host, each), host.group.pk == proposed) for host in shown),
        (NOBODY, _("nobody can: this day isn't charged"), False),
    ]


def _is_able(host: Host, each: ChildDay) -> bool:
    opens, closes = minute(host.location.opens_at), minute(host.location.closes_at)
    is_open = all(opens <= start and end <= closes for start, end in each.parts)
    return is_open and bool(each.halves) and host.left(each.day, each.halves) > 0


def _offer(host: Host, each: ChildDay) -> str:
    left = host.left(each.day, each.halves)
    return ngettext("%(name)s, %(km)s, %(left)d free", "%(name)s, %(km)s, %(left)d free", left) % {
        "name": host.location.name,
        "km": km(host.km[each.placement.child.household_id]),
        "left": left,
    }


def _has_room(host: Host, days: Sequence[date]) -> bool:
    return any(host.left(day, half) > 0 for day in days for half in (1, 2))


def _host(host: Host, days: Sequence[date]) -> dict[str, Any]:
    """Another carer with the places left by day, the morning and the afternoon."""
    return {
        "location": host.location,
        "days": [(day, max(0, host.left(day, 1)), max(0, host.left(day, 2))) for day in days],
    }


def _acts(arranged: Iterable[StandIn], today: date) -> list[dict[str, Any]]:
    """What was arranged, by what was arranged in one go."""
    found: dict[str, dict[str, Any]] = {}
    for each in arranged:
        act = found.setdefault(
            each.replacement.reference, {"act": each.replacement, "rows": [], "may_undo": False}
        )
        act["rows"].append({"name": _called(each.placement), "row": each})
        act["may_undo"] = act["may_undo"] or each.day >= today
    return sorted(found.values(), key=lambda act: act["act"].made_at)


def _households(plan: Plan) -> list[int]:
    placements = [each.placement for each in plan.children]
    placements += [each.placement for each in plan.arranged]
    return sorted({each.child.household_id for each in placements})


def _called(placement: Placement) -> str:
    return short_name(placement.child.first_name, placement.child.last_name)
