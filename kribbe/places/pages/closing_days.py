"""The days on which a location or one of its groups is closed, year by year."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.places.access import at_location, may_at
from kribbe.places.models import ClosingDay, Group, Location
from kribbe.places.selectors.closed import closing_of
from kribbe.places.selectors.holidays import named_holidays
from kribbe.places.services.closing_days import (
    FURTHEST_YEARS,
    MORE_FAMILIES,
    add_closing,
    remove_closing,
    working_days,
)
from kribbe.rules.closing import Closing
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.watching import families_concerned
from kribbe.web.dates import date_format
from kribbe.web.forms import DayField

REMOVED = "closing_removed"
WHOLE = "whole"
"""In a form, the choice of the whole location."""
SATURDAY = 5


class ClosingForm(forms.Form):
    """What closes, from when to when, and why. Where there is one group the page gives nothing to choose."""

    group = forms.ChoiceField(label=_("What closes"))
    first = DayField(_("First day"))
    last = DayField(_("Last day"), required=False, help_text=_("Leave it empty for one day."))
    reason = forms.CharField(label=_("Why"), required=False, max_length=100)

    def __init__(self, *args: Any, groups: Sequence[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(groups) > 1 or "group" in self.data:
            choices = [(WHOLE, _("The whole location")), *((f"{each.pk}", each.name) for each in groups)]
            self.fields["group"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["group"]

    def group_id(self) -> int | None:
        """The group that closes; None for the whole location."""
        chosen = self.cleaned_data.get("group", WHOLE)
        return None if chosen == WHOLE else int(chosen)

    def closing(self) -> Closing:
        """What was typed, once it is valid."""
        data = self.cleaned_data
        return Closing(data["first"], data["last"] or data["first"], data["reason"])


@require_http_methods(["GET", "POST"])
@at_location(Action.LOCATION_READ, Action.LOCATION_CHANGE)
def closing_days_page(request: Any, location: Location) -> HttpResponse:
    """Closing days and public holidays of a year; a new closing, asked once more where families are told of it."""
    now = timezone.now()
    today = localtime(now).date()
    groups = list(Group.objects.filter(location=location, active=True).order_by("from_months", "name"))
    form, asked = ClosingForm(request.POST or None, groups=groups), None
    if request.method == "POST" and form.is_valid():
        closing = form.closing()
        group = next((each for each in groups if each.pk == form.group_id()), None)
        try:
            add_closing(
                principal=request.principal,
                location_id=location.pk,
                closing=closing,
                group_id=group.pk if group else None,
                now=now,
                knowing=_number(request.POST.get("knowing", "")),
            )
        except RefusedError as error:
            if error.code == MORE_FAMILIES:
                asked = _again(location, group, closing, now)
            else:
                form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            text = gettext("You are closed on these days: %(days)s.") % {"days": _said(closing, group)}
            messages.success(request, f"{text} {_told(location, group, closing, now)}".strip())
            return redirect(f"{request.path}?year={closing.first.year}")
    year = _year(request.GET.get("year", ""), today)
    rows = [_row(row) for row in _closings(location, year)]
    context = {
        "place_name": location.name,
        "location": location,
        "form": form,
        "may_change": may_at(request.principal, Action.LOCATION_CHANGE, location),
        "year": year,
        "years": range(today.year - 1, today.year + FURTHEST_YEARS + 1),
        "rows": sorted([*rows, *_holidays(year)], key=lambda row: row["first"]),
        "days": sum(row["days"] for row in rows if not row["group"]),
        "removed": _removed(request, location, now),
        "asked": asked,
    }
    return render(request, "places/closing_days.html", context, status=422 if form.errors else 200)


@require_POST
@at_location(Action.LOCATION_CHANGE)
def remove_closing_days(request: Any, location: Location, closing_id: int) -> HttpResponse:
    """Open again on these days; the next page offers to undo it."""
    try:
        removed = remove_closing(
            principal=request.principal, location_id=location.pk, closing_id=closing_id, now=timezone.now()
        )
    except RefusedError as error:
        messages.info(request, str(error.message))
        return redirect("places:closing_days", slug=location.slug)
    closing = closing_of(removed)
    days = [f"{closing.first}", f"{closing.last}", closing.reason]
    request.session[REMOVED] = [*days, removed.group_id, location.pk]
    response = redirect("places:closing_days", slug=location.slug)
    response["Location"] += f"?year={closing.first.year}"
    return response


def _removed(request: Any, location: Location, now: datetime) -> dict[str, Any] | None:
    """What was removed here on the page before, to be put back; offered once.

    A session of before groups closed apart, or before it told the location, lacks these: it was all of this one.
    """
    found = request.session.pop(REMOVED, None) if request.method == "GET" else None
    if not found:
        return None
    first, last, reason, group_id, site = (*found, None, None)[:5]
    closing = Closing(date.fromisoformat(first), date.fromisoformat(last), reason)
    group = Group.objects.filter(location=location, pk=group_id).first() if group_id else None
    if (group_id and group is None) or site not in {None, location.pk}:
        return None
    return {**_again(location, group, closing, now), "told": _told(location, group, closing, now)}


def _again(location: Location, group: Group | None, closing: Closing, now: datetime) -> dict[str, Any]:
    """What a form sends to close on these days, knowing how many families are told."""
    return {
        "first": f"{closing.first}",
        "last": f"{closing.last}",
        "reason": closing.reason,
        "group": group.pk if group else WHOLE,
        "said": _said(closing, group),
        "families": _families(location, group, closing, now),
    }


def _families(location: Location, group: Group | None, closing: Closing, now: datetime) -> int:
    return families_concerned(location.pk, group.pk if group else None, closing.first, closing.last, now)


def _told(location: Location, group: Group | None, closing: Closing, now: datetime) -> str:
    """How many families were told, in words; empty where none was."""
    families = _families(location, group, closing, now)
    if not families:
        return ""
    return ngettext(
        "%(families)d family gets a message.", "%(families)d families get a message.", families
    ) % {"families": families}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _year(text: str, today: date) -> int:
    allowed = range(today.year - 1, today.year + FURTHEST_YEARS + 1)
    return int(text) if text.isdecimal() and len(text) == 4 and int(text) in allowed else today.year


def _closings(location: Location, year: int) -> list[ClosingDay]:
    whole = (date(year, 1, 1), date(year + 1, 1, 1))
    found = ClosingDay.objects.filter(location=location, during__overlap=whole)
    return list(found.select_related("group").order_by("during"))


def _row(row: ClosingDay) -> dict[str, Any]:
    closing = closing_of(row)
    return {
        "id": row.pk,
        "first": closing.first,
        "said": _said(closing),
        "label": _said(closing, row.group),
        "group": row.group.name if row.group else "",
        "reason": closing.reason,
        "days": working_days(closing),
        "is_holiday": False,
    }


def _holidays(year: int) -> list[dict[str, Any]]:
    return [
        {
            "id": 0,
            "group": "",
            "first": day,
            "said": date_format(day, "l j F"),
            "reason": name,
            "days": int(day.weekday() < SATURDAY),
            "is_holiday": True,
        }
        for day, name in named_holidays(year).items()
    ]


def _said(closing: Closing, group: Group | None = None) -> str:
    """The days, with the name of the group where only that one closes."""
    if group is not None:
        return f"{group.name}, {_said(closing)}"
    if closing.first == closing.last:
        return date_format(closing.first, "l j F Y")
    return gettext("%(first)s to %(last)s") % {
        "first": date_format(closing.first, "j F" if closing.first.year == closing.last.year else "j F Y"),
        "last": date_format(closing.last, "j F Y"),
    }
