"""The order that a location publishes after the law: changed by hand, checked, and tried on the present list."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.pages import location_words as words
from kribbe.enrolment.selectors import order
from kribbe.enrolment.services.publish_criteria import publish_criteria
from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.region.selectors import policy_on
from kribbe.rules.priority import CRITERIA, check_criteria
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of
from kribbe.web.components import Ranked
from kribbe.web.words import say

DAY = timedelta(days=1)
EXAMPLES = 10
MOTIVE_LENGTH = 500

NAMES: Mapping[str, str | Promise] = {
    "sibling": _("A brother or sister goes here"),
    "staff_child": _("A parent works here"),
    "continuity": _("The child already goes to this organiser"),
    "work": _("Care is needed for work, training or finding work"),
    "single": _("A single parent"),
    "care_need": _("The child or a family member needs extra care"),
    "full_week": _("Nearly a full week is asked (8 half-days or more)"),
    "works_here": _("A parent works in the municipality"),
    "resident": _("The child lives in the municipality"),
    "neighbourhood": _("The child lives in the neighbourhood"),
}
"""Each criterion as a location chooses it."""


HINTS: Mapping[str, str | Promise] = {
    "resident": _(
        "Where a family lives: only after everything else, and never so that others have no chance."
    ),
    "neighbourhood": _("A neighbourhood can stand for an origin or an income. Can another criterion do it?"),
    "works_here": _(
        "Families without work have no chance on this ground. The law protects some of them first."
    ),
    "full_week": _("A full week puts single parents and who works part-time behind. Do you need it?"),
    "staff_child": _("Your own staff before others: tell families so, or they read it as a favour."),
    "continuity": _("Who is in already stays ahead. Newcomers then seldom get a turn."),
}
"""What a criterion may do to people whom the law protects."""


@require_http_methods(["GET", "POST"])
@at_location(Action.LOCATION_READ, Action.LOCATION_CHANGE)
def criteria_page(request: Any, location: Location) -> HttpResponse:
    """Choose and rank the criteria; a form sent without `publish` only shows what it would do."""
    now = timezone.now()
    today = localtime(now).date()
    present = order.criteria_on(location, today)
    names = _edited(request.POST) if request.method == "POST" else present
    from_day, day_problem = _from_day(request.POST, today)
    motive = request.POST.get("motive", order.motive_on(location, today))[:MOTIVE_LENGTH]
    problems = [say(problem.reason) for problem in check_criteria(names)]
    motive_problem = ""
    if "publish" in request.POST and not problems and not day_problem:
        try:
            publish_criteria(
                principal=request.principal,
                location_id=location.pk,
                names=names,
                motive=motive,
                from_day=from_day,
                now=now,
            )
        except RefusedError as error:
            if error.field == "motive":
                motive_problem = str(error.message)
            else:
                problems = [str(error.message)]
        else:
            messages.success(request, _published(from_day, today))
            return redirect("enrolment:criteria", slug=location.slug)
    reading = may_at(request.principal, Action.LIST_READ, location)
    moved = order.reordered(location, names, on=from_day, now=now) if reading and not problems else []
    context = {
        "place_name": location.name,
        "location": location,
        "chosen": [Ranked(name, str(NAMES[name])) for name in names if name in NAMES],
        "others": [(name, NAMES[name]) for name in CRITERIA if name not in names],
        "is_changed": names != present,
        "may_change": may_at(request.principal, Action.LOCATION_CHANGE, location),
        "problems": problems,
        "day_problem": day_problem,
        "motive": motive,
        "motive_problem": motive_problem,
        "motive_length": MOTIVE_LENGTH,
        "hints": [HINTS[name] for name in names if name in HINTS],
        "grounds": _grounds(moved, names, present),
        "from_day": from_day,
        "today": today,
        "date_rule": policy_on(location.desk, today).get_date_rule_display(),
        "history": _history(location, now),
        **_effect(moved),
    }
    refused = "publish" in request.POST and bool(problems or day_problem or motive_problem)
    return render(request, "enrolment/location/criteria.html", context, status=422 if refused else 200)


def _edited(data: Any) -> list[str]:
    """The list as the form has it, after the button that was pressed."""
    names: list[str] = [name for name in data.getlist("order") if name in CRITERIA]
    names += [name for name in data.getlist("add") if name in CRITERIA and name not in names]
    removed = data.get("remove", "")
    names = [name for name in names if name != removed]
    way, _colon, name = data.get("move", "").partition(":")
    if name in names:
        place = names.index(name)
        other = place - 1 if way == "up" else place + 1
        if 0 <= other < len(names):
            names[place], names[other] = names[other], names[place]
    return names


def _from_day(data: Mapping[str, str], today: date) -> tuple[date, str]:
    text = data.get("from_day", "")
    if not text:
        return today, ""
    day = day_of(text)
    if day is None:
        return today, gettext("Give a day, like 01/09/2027.")
    return (day, "") if day >= today else (today, gettext("The day is in the past. Choose today or later."))


def _published(from_day: date, today: date) -> str:
    if from_day <= today:
        return gettext("Your order is published. Families whose place changed can read why.")
    return gettext("Your order is published and holds from %(day)s.") % {"day": words.long_day(from_day)}


def _effect(moved: Sequence[order.Moved]) -> dict[str, object]:
    """How many move, and the first few of them."""
    changed = [each for each in moved if each.after != each.line.position]
    return {
        "total": len(moved),
        "up": sum(each.after < each.line.position for each in changed),
        "down": sum(each.after > each.line.position for each in changed),
        "examples": [
            (words.name_of(each.line), each.line.position, each.after)
            for each in sorted(changed, key=lambda each: each.after)[:EXAMPLES]
        ],
    }


def _grounds(
    moved: Sequence[order.Moved], names: Sequence[str], present: Sequence[str]
) -> list[tuple[str, int, int, int]]:
    """For each ground that the location may see: its name, who has it, and how many of them move up and down."""
    rows = []
    for name in dict.fromkeys([*names, *present]):
        criterion = CRITERIA.get(name)
        if criterion is None or criterion.sensitive:
            continue
        having = [each for each in moved if criterion.holds(each.line.facts, each.line.pattern)]
        up = sum(each.after < each.line.position for each in having)
        down = sum(each.after > each.line.position for each in having)
        rows.append((str(NAMES[name]), len(having), up, down))
    return rows


def _history(location: Location, now: datetime) -> list[dict[str, object]]:
    today = localtime(now).date()
    return [
        {
            "names": [NAMES.get(name, name) for name in row.names],
            "first": row.during.lower,
            "last": row.during.upper - DAY if row.during.upper else None,
            "is_present": today in row.during,
            "is_planned": row.during.lower > today,
        }
        for row in order.published(location)
    ]
