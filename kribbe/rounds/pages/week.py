"""Own hand: the published order again, with what each choice would do to the week."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from kribbe.enrolment.pages.location_words import name_of, tags
from kribbe.enrolment.selectors.location import active_groups
from kribbe.places.access import at_location
from kribbe.places.models import Group, Location
from kribbe.rounds.selectors.week import Choice, OwnHand, own_hand
from kribbe.rules.calendar import first_of_month, months
from kribbe.trust.audit import note_list
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.web.weeks import week_strip, week_words

MONTHS_AHEAD = 12
HALF_A_MONTH = timedelta(days=15)


@require_safe
@at_location(Action.LIST_READ)
def week(request: Any, location: Location) -> HttpResponse:
    """Those who fit in a group from a month on, and what giving each a place fills, closes and leaves empty."""
    now = timezone.now()
    today = localtime(now).date()
    groups = active_groups(location)
    group = _group(groups, request.GET.get("group", ""))
    ahead = months(today, MONTHS_AHEAD)
    month = _month(ahead, request.GET.get("month", ""), today)
    look = own_hand(location, group=group, month=month, now=now) if group else None
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=[choice.line.waiting.household_id for choice in look.choices] if look else [],
        now=now,
        of="week",
    )
    context = {
        "place_name": location.name,
        "location": location,
        "groups": groups,
        "group": group,
        "months": ahead,
        "month": month,
        "look": look,
        "free": _strip(look) if look else [],
        "rows": [_row(location, choice) for choice in look.choices] if look else [],
    }
    return render(request, "rounds/week.html", context)


def _group(groups: list[Group], key: str) -> Group | None:
    wanted = row_key(key)
    return next((group for group in groups if group.pk == wanted), groups[0] if groups else None)


def _month(ahead: list[date], text: str, today: date) -> date:
    """The month that is asked for; else this one, or in its second half the next: who would begin in what is left?"""
    soon = first_of_month(today + HALF_A_MONTH)
    return next((month for month in ahead if f"{month:%Y-%m}" == text), soon)


def _strip(look: OwnHand) -> list[int | None]:
    """Free places by half-day; None where the group is closed."""
    return week_strip(look.free, sum(1 << slot for slot, places in enumerate(look.bookable) if places))


def _row(location: Location, choice: Choice) -> dict[str, Any]:
    waiting, does = choice.line.waiting, choice.effect
    lines = []
    if not does.becomes_full.is_empty:
        lines.append(gettext("Full by it: %(days)s.") % {"days": week_words(does.becomes_full.mask)})
    if not does.stays_empty.is_empty:
        lines.append(
            gettext("Stays more than half empty beside full days: %(days)s.")
            % {"days": week_words(does.stays_empty.mask)}
        )
    lines.append(
        ngettext(
            "%(count)d other child would still fit.", "%(count)d other children would still fit.", does.others
        )
        % {"count": does.others}
    )
    return {
        "number": waiting.position,
        "id": waiting.preference_id,
        "name": name_of(waiting),
        "days": week_words(waiting.pattern.mask),
        "tags": tags(waiting),
        "before": does.taken_before,
        "after": does.taken_after,
        "bookable": does.bookable,
        "lines": lines,
    }
