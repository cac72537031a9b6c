"""What a location decides: layout and carers of each group, and its house rules."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.planning.forms import HouseRulesForm
from kribbe.planning.models import GroupTeam, HouseRules
from kribbe.planning.models import Layout as LayoutWords
from kribbe.planning.selectors.short import short_weeks
from kribbe.planning.selectors.teams import Team, teams_at
from kribbe.planning.services.house_rules import Rules, publish_house_rules
from kribbe.planning.services.house_rules_back import (
    give_back_house_rules,
    take_away_house_rules,
    taken_away,
)
from kribbe.planning.services.settings import remove_team, set_team
from kribbe.rules.allowance import Rounding
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.ratio import Layout
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of, row_key, whole_number
from kribbe.web.weeks import DAY_NAMES, DAY_SHORTS, slot_name

WEEKS_AHEAD = 26
MOST_TYPED = 2


@require_http_methods(["GET", "POST"])
@at_location(Action.PLAN_READ, Action.PLAN_CHANGE)
def team_page(request: Any, location: Location) -> HttpResponse:
    """Each group's layout and carers by half-day, and the weeks ahead that fall short by the law of their day."""
    now = timezone.now()
    today = localtime(now).date()
    error = ""
    if request.method == "POST":
        is_removal = request.POST.get("do") == "remove"
        error = (_remove_team if is_removal else _save_team)(request, location, now)
        if not error:
            messages.success(request, _("Saved. The weeks ahead are judged anew."))
            return redirect("planning:team", location.slug)
    context = {
        "place_name": location.name,
        "location": location,
        "today": today,
        "groups": [_group(each) for each in teams_at(location, today)],
        "layouts": LayoutWords.choices,
        "short": short_weeks(location, first=monday_of(today), weeks=WEEKS_AHEAD, today=today),
        "weeks_ahead": WEEKS_AHEAD,
        "may_change": may_at(request.principal, Action.PLAN_CHANGE, location),
        "error": error,
    }
    return render(request, "planning/team.html", context, status=422 if error else 200)


@require_http_methods(["GET", "POST"])
@at_location(Action.PLAN_READ, Action.PLAN_CHANGE)
def house_rules_page(request: Any, location: Location) -> HttpResponse:
    """The versions of the house rules, and a new one."""
    now = timezone.now()
    if request.POST.get("do") in _RULES_DEEDS:
        _RULES_DEEDS[request.POST["do"]](request, location, now)
        return redirect("planning:house_rules", location.slug)
    form = HouseRulesForm(request.POST or None, initial={"notice_days": 60, "rounding": Rounding.UP})
    if request.method == "POST" and form.is_valid():
        try:
            publish_house_rules(principal=request.principal, location=location, rules=_rules(form), now=now)
        except RefusedError as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            messages.success(
                request, _("Published. Your families are told; new agreements name this version.")
            )
            return redirect("planning:house_rules", location.slug)
    context = {
        "place_name": location.name,
        "location": location,
        "form": form,
        "versions": HouseRules.objects.filter(location=location).order_by("-version")[:20],
        "today": localtime(now).date(),
        "gone": taken_away(location, now),
        "may_change": may_at(request.principal, Action.PLAN_CHANGE, location),
    }
    return render(request, "planning/house_rules.html", context, status=422 if form.errors else 200)


def _take_away(request: Any, location: Location, now: Any) -> None:
    version = whole_number(request.POST.get("version", ""))
    try:
        take_away_house_rules(principal=request.principal, location=location, version=version, now=now)
        messages.success(request, _("Taken away. Families that were told of it are told so."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))


def _give_back(request: Any, location: Location, now: Any) -> None:
    try:
        give_back_house_rules(principal=request.principal, location=location, now=now)
        messages.success(request, _("Published again. Your families are told."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))


_RULES_DEEDS = {"take_away": _take_away, "give_back": _give_back}


def _rules(form: HouseRulesForm) -> Rules:
    data = dict(form.cleaned_data)
    all_ill, ill_days = data.pop("ill_all"), data.pop("ill_days") or 0
    data |= {
        "rounding": Rounding(data["rounding"]),
        "told_days_before": data["told_days_before"] or 0,
        "ill_days": None if all_ill else ill_days,
    }
    return Rules(**data)


def _group(each: Team) -> dict[str, Any]:
    """The days on which a group is open, and its carers by half of the day: None where that half is closed."""
    days, opened = each.opened.days(), each.opened
    halves = ([2 * day + part for day in days] for part in (0, 1))
    return {
        "group": each.group,
        "layout": each.layout,
        "is_doubtful": each.is_doubtful,
        "days": [(DAY_SHORTS[day], DAY_NAMES[day]) for day in days],
        "later": [_later(row, opened) for row in each.later],
        "rows": [
            (name, [(slot, slot_name(slot), each.carers[slot]) if slot in opened else None for slot in slots])
            for name, slots in zip((_("Morning"), _("Afternoon")), halves, strict=True)
        ],
    }


def _later(row: GroupTeam, opened: WeekPattern) -> dict[str, Any]:
    """What is planned from a later day on, in words: the carers of the morning and the afternoon by day."""
    carers = [f"{DAY_SHORTS[day]} {row.carers[2 * day]}/{row.carers[2 * day + 1]}" for day in opened.days()]
    return {"pk": row.pk, "first": row.during.lower, "layout": row.get_layout_display(), "carers": carers}


def _remove_team(request: Any, location: Location, now: Any) -> str:
    """Take away what was planned for later; says what is wrong, or nothing."""
    team_id = row_key(request.POST.get("team", "")) or 0
    try:
        remove_team(principal=request.principal, location=location, team_id=team_id, now=now)
    except RefusedError as refused:
        return str(refused.message)
    return ""


def _save_team(request: Any, location: Location, now: Any) -> str:
    """Save what was typed; says what is wrong, or nothing."""
    given = request.POST
    typed = [given.get(f"carers{slot}", "").strip() or "0" for slot in range(SLOTS)]
    first = day_of(given.get("first", ""))
    if first is None:
        return _("Give the day from which this holds.")
    if not all(text.isdecimal() and len(text) <= MOST_TYPED for text in typed):
        return _("Give a number of carers from 0 to 30.")
    layout = given.get("layout", "")
    if layout not in list(Layout):
        return _("Choose for whom the group is.")
    try:
        set_team(
            principal=request.principal,
            location=location,
            group_id=row_key(given.get("group", "")) or 0,
            first=first,
            layout=Layout(layout),
            carers=list(map(int, typed)),
            now=now,
        )
    except RefusedError as refused:
        return str(refused.message)
    return ""
