"""Urgent families that chose other locations, and last-minute places: what a location can do for them."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.enrolment.models import LastMinute
from kribbe.enrolment.pages import location_words as words
from kribbe.enrolment.selectors import location as selectors
from kribbe.enrolment.selectors.fit import fit, stay_end, suits
from kribbe.enrolment.selectors.urgent import urgent_list
from kribbe.enrolment.selectors.waiting import Waiting
from kribbe.enrolment.services.last_minute import publish, take_away
from kribbe.enrolment.services.make_offer import Excuse
from kribbe.enrolment.services.urgent import offer_to_urgent
from kribbe.places.access import at_location
from kribbe.places.ledger_free import free_by_month
from kribbe.places.models import MONTHS_SHOWN, Group, Location
from kribbe.places.selectors.closed import calendars_of, first_open_day
from kribbe.region.models import PassOverReason
from kribbe.rules.calendar import first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.once import new_token, once
from kribbe.trust.permissions import Action
from kribbe.web.forms import DayField, HalfDayPicker, PatternField

SHOWN = 50


def _pattern() -> PatternField:
    return PatternField(
        label=_("Half-days"),
        widget=HalfDayPicker(small=True),
        error_messages={"required": _("Choose at least one half-day.")},
    )


class UrgentOfferForm(forms.Form):
    """A place for an urgent family."""

    group = forms.ChoiceField(label=_("Group"))
    start = DayField(_("First day"))
    pattern = _pattern()
    reason = forms.ChoiceField(
        label=_("Why are families ahead passed over?"),
        required=False,
        help_text=_("Only needed where somebody stands ahead and would fit."),
    )
    message = forms.CharField(
        label=_("Message to the family"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, groups: list[Group], reasons: list[PassOverReason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [(str(g.pk), words.group_name(g)) for g in groups]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Nobody is passed over")),
            *((r.code, words.reason_text(r)) for r in reasons),
        ]


class LastMinuteForm(forms.Form):
    """Half-days of the coming weeks."""

    group = forms.ChoiceField(label=_("Group"))
    first = DayField(_("First day"))
    last = DayField(_("Last day"))
    pattern = _pattern()
    note = forms.CharField(label=_("A word with it"), required=False, max_length=300)

    def __init__(self, *args: Any, groups: list[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [(str(g.pk), words.group_name(g)) for g in groups]  # type: ignore[attr-defined]


@require_http_methods(["GET"])
@at_location(Action.LIST_READ)
def urgent_page(request: Any, location: Location) -> HttpResponse:
    """Urgent families of the desk that didn't choose this location, in its published order."""
    now = timezone.now()
    lines = urgent_list(location, now=now)
    groups = selectors.active_groups(location)
    free = free_by_month(
        group_ids=[group.pk for group in groups],
        first_month=first_of_month(localtime(now).date()),
        months=MONTHS_SHOWN,
    )
    _note(request, location, lines[:SHOWN], now)
    context = {
        "place_name": location.name,
        "location": location,
        "rows": [_row(line, groups, free, localtime(now).date()) for line in lines[:SHOWN]],
        "more": max(0, len(lines) - SHOWN),
    }
    return render(request, "enrolment/location/urgent.html", context)


@require_http_methods(["GET", "POST"])
@at_location(Action.OFFER_MAKE)
def urgent_offer_page(request: Any, location: Location, request_id: int) -> HttpResponse:
    """Offer an urgent family a place; the family is told, and the location stands last among its choices."""
    now = timezone.now()
    line = next((each for each in urgent_list(location, now=now) if each.request_id == request_id), None)
    if line is None:
        raise Http404
    groups = selectors.active_groups(location)
    reasons = list(PassOverReason.objects.filter(desk=location.desk, active=True, refusal=False))
    form = UrgentOfferForm(
        request.POST or None, groups=groups, reasons=reasons, initial=_first_idea(location, line, groups, now)
    )
    if request.method == "POST" and form.is_valid():
        try:
            once(
                request.POST.get("once", ""),
                at=request.path,
                now=now,
                work=lambda: _offer(request, location, line, form, now),
            )
        except RefusedError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            messages.success(request, gettext("The offer is sent."))
            return redirect("enrolment:location_offers", location.slug)
    _note(request, location, [line], now)
    context = {
        "place_name": location.name,
        "location": location,
        "form": form,
        "name": words.name_of(line),
        "line": line,
        "days": line.pattern.mask,
        "once": request.POST.get("once") or new_token(),
    }
    return render(
        request, "enrolment/location/urgent_offer.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@at_location(Action.LIST_READ, Action.OFFER_MAKE)
def last_minute_page(request: Any, location: Location) -> HttpResponse:
    """Half-days given away in the coming weeks."""
    now = timezone.now()
    today = localtime(now).date()
    groups = selectors.active_groups(location)
    form = LastMinuteForm(
        request.POST or None, groups=groups, initial={"first": today, "last": today + timedelta(days=7)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            told = once(
                request.POST.get("once", ""),
                at=request.path,
                now=now,
                work=lambda: _publish(request, location, form, now),
            )
        except RefusedError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            text = gettext("Published. %(count)d families were told.")
            messages.success(request, text % {"count": int(told)})
            return redirect("enrolment:last_minute", location.slug)
    calendars = calendars_of([location.pk], today, None)
    shown = LastMinute.objects.filter(group__location=location, last__gte=today, ended_at=None)
    context = {
        "place_name": location.name,
        "location": location,
        "form": form,
        "once": request.POST.get("once") or new_token(),
        "has_groups": bool(groups),
        "rows": [
            (each, calendars.of(each.group).stretches(WeekPattern(each.pattern), each.first, each.last))
            for each in shown.select_related("group").order_by("first", "pk")
        ],
    }
    return render(request, "enrolment/location/last_minute.html", context, status=422 if form.errors else 200)


@require_POST
@at_location(Action.OFFER_MAKE)
def last_minute_gone(request: Any, location: Location, reference: str) -> HttpResponse:
    """These half-days are gone."""
    made = get_object_or_404(LastMinute, reference=reference, group__location=location)
    take_away(principal=request.principal, last_minute_id=made.pk, now=timezone.now())
    messages.success(request, gettext("It stands on no page any more."))
    return redirect("enrolment:last_minute", location.slug)


def _publish(request: Any, location: Location, form: LastMinuteForm, now: datetime) -> str:
    """Returns how many families were told."""
    data = form.cleaned_data
    made = publish(
        principal=request.principal,
        location_id=location.pk,
        group_id=int(data["group"]),
        first=data["first"],
        last=data["last"],
        pattern=WeekPattern(data["pattern"]),
        note=data["note"],
        now=now,
    )
    return str(made.told)


def _offer(request: Any, location: Location, line: Waiting, form: UrgentOfferForm, now: datetime) -> str:
    data = form.cleaned_data
    offer = offer_to_urgent(
        principal=request.principal,
        location_id=location.pk,
        request_id=line.request_id,
        group_id=int(data["group"]),
        start=data["start"],
        pattern=WeekPattern(data["pattern"]),
        now=now,
        message=data["message"],
        excuse=Excuse(data["reason"]) if data["reason"] else None,
    )
    return offer.reference


def _first_idea(location: Location, line: Waiting, groups: list[Group], now: datetime) -> dict[str, object]:
    since = max(line.wanted_start, localtime(now).date())
    calendars = calendars_of([location.pk], since, None)
    start = first_open_day(calendars.at[location.pk], line.pattern, since)
    group = next((each for each in groups if suits(each, line, start)), None)
    if group:
        start = first_open_day(calendars.of(group), line.pattern, start)
    return {"group": group.pk if group else None, "start": start, "pattern": line.pattern.mask}


def _row(line: Waiting, groups: list[Group], free: dict[int, list[list[int]]], today: date) -> dict[str, Any]:
    start = max(line.wanted_start, today)
    found = [
        fit(
            line.pattern,
            start=start,
            end=stay_end(line.birth),
            first_month=first_of_month(today),
            free=free[group.pk],
        )
        for group in groups
        if suits(group, line, start) and stay_end(line.birth) > start
    ]
    best = max(found, key=lambda each: len(each.free), default=None)
    return {
        "line": line,
        "name": words.name_of(line),
        "age": words.age_at_start(line, start),
        "asked": line.pattern.mask,
        "free": best.free.mask if best else 0,
        "fits": best is not None and best.whole,
        "tags": words.tags(line),
    }


def _note(request: Any, location: Location, lines: list[Waiting], now: datetime) -> None:
    """Whose names stood on the urgent list."""
    if lines:
        record(
            principal=request.principal,
            action="list.read",
            subject=location,
            now=now,
            desk_id=location.desk_id,
            households=sorted({line.household_id for line in lines}),
            of="urgent",
        )
