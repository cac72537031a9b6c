"""What a family asks, has and cancels. Parents and whoever acts for them see the same page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.pages.acting import page_of
from kribbe.outofschool import words
from kribbe.outofschool.access import for_household
from kribbe.outofschool.forms import NEW, AskForm, HolidayForm, first_day
from kribbe.outofschool.models import (
    Club,
    HolidayPlace,
    HolidayState,
    HolidayWeek,
    Registration,
    RegistrationState,
    School,
    Stay,
)
from kribbe.outofschool.pages.public import order_told, week_row
from kribbe.outofschool.selectors.day import charged
from kribbe.outofschool.selectors.order import line, rules_on, untold
from kribbe.outofschool.selectors.prices import priced_month, prices_of, tariff_on
from kribbe.outofschool.services import holidays
from kribbe.outofschool.services.registering import answer, register, stop, undo_stop
from kribbe.people.access import may_for
from kribbe.people.models import Child, Household
from kribbe.people.services import ChildData, add_child
from kribbe.rules.calendar import first_of_month
from kribbe.rules.outofschool import Charge
from kribbe.rules.school import school_year_of
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key

SHOWN_STAYS = 20
TONES = {
    RegistrationState.WAITING: "warn",
    RegistrationState.OFFERED: "primary",
    RegistrationState.GRANTED: "good",
}
AHEAD = Coalesce(
    Subquery(
        HolidayPlace.objects.filter(week=OuterRef("week"), state=HolidayState.WAITING, pk__lt=OuterRef("pk"))
        .order_by()
        .values("week")
        .annotate(number=Count("pk"))
        .values("number")
    ),
    0,
)
"""How many wait for the same week and asked before."""

acts = for_household(Action.HOUSEHOLD_READ, Action.REQUEST_MAKE)


@require_http_methods(["GET", "HEAD", "POST"])
@acts
def family(request: Any, household: Household) -> HttpResponse:
    """Everything of one family: requests, offers, holiday weeks, hours."""
    now = timezone.now()
    if request.method == "POST":
        try:
            _done(request, household, now)
        except RefusedError as refused:
            messages.error(request, str(refused.message))
        return redirect("outofschool:family", household.reference)
    today = localtime(now).date()
    rules = rules_on(household.desk, today)
    places = (
        HolidayPlace.objects.filter(child__household=household, week__last__gte=today)
        .select_related("child", "week__club__desk")
        .annotate(ahead=AHEAD)
    )
    context = {
        "household": household,
        "search_url": _search_url(request, household),
        "may_tell": may_for(request.principal, Action.HOUSEHOLD_CHANGE, household),
        "registrations": [
            _registration(each, household, today) for each in _registrations(household, school_year_of(today))
        ],
        "places": [_place(each, now) for each in places.order_by("week__first", "pk")],
        "stays": _stays(household, rules.charge),
    }
    return render(request, "outofschool/family.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acts
def ask(request: Any, household: Household, club: str) -> HttpResponse:
    """The short request for moments of a school year."""
    now = timezone.now()
    today = localtime(now).date()
    here = _club(household, club)
    years = here.years.filter(year__gte=school_year_of(today)).order_by("year")
    latest = years.first()
    if latest is None:
        messages.info(request, gettext("Not open yet for this school year"))
        return redirect("outofschool:club", here.desk.slug, here.slug)
    children = list(household.children.filter(born__isnull=False).order_by("born", "pk"))
    initial = {
        "child": str(children[0].pk) if children else NEW,
        "last_name": children[0].last_name if children else "",
        "first": first_day(latest, today),
        "school": School.objects.filter(reference=request.GET.get("school", "")).first(),
        "pattern": request.GET.getlist("moments"),
    }
    form = AskForm(
        request.POST if request.method == "POST" else None,
        club=here,
        years=years,
        children=children,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _ask(request, household, form.cleaned_data, now)
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        else:
            granted = made.state == RegistrationState.GRANTED
            messages.success(
                request,
                gettext("The place is granted.")
                if granted
                else gettext("Not everything is free: the request is on the waiting list."),
            )
            return redirect("outofschool:family", household.reference)
    rules = rules_on(here.desk, today)
    may_tell = may_for(request.principal, Action.HOUSEHOLD_CHANGE, household)
    context = {
        "household": household,
        "club": here,
        "form": form,
        "rules": order_told(rules),
        "untold": words.because(untold(household, rules.criteria, today)) if may_tell else "",
        "ages": words.ages(here),
    }
    return render(request, "outofschool/ask.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@acts
def week(request: Any, household: Household, week: str) -> HttpResponse:
    """Places in a holiday week; before it opens, when it will."""
    now = timezone.now()
    found = (
        HolidayWeek.objects.filter(reference=week, club__desk__region=household.desk.region_id)
        .select_related("club__desk")
        .first()
    )
    if found is None:
        raise Http404
    children = household.children.filter(born__isnull=False).order_by("born", "pk")
    form = HolidayForm(request.POST if request.method == "POST" else None, children=children)
    if request.method == "POST" and form.is_valid():
        try:
            made = holidays.take(
                principal=request.principal,
                week_id=found.pk,
                household_id=household.pk,
                child_ids=[child.pk for child in form.cleaned_data["children"]],
                now=timezone.now(),
            )
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        else:
            _say_taken(request, made)
            return redirect("outofschool:family", household.reference)
    context = {
        "household": household,
        "row": week_row(found, now),
        "tariff": tariff_on(found.club.tariffs.all(), found.first),
        "rules": rules_on(found.club.desk, localtime(now).date()),
        "form": form,
    }
    return render(request, "outofschool/week.html", context, status=422 if form.errors else 200)


def _search_url(request: Any, household: Household) -> str:
    """Where a location is looked for; who acts for the family keeps it on the way."""
    address = reverse("outofschool:search", args=[household.desk.slug])
    return f"{address}?household={household.reference}" if page_of(household, request.principal) else address


def _say_taken(request: Any, made: list[HolidayPlace]) -> None:
    taken = [place.child for place in made if place.state == HolidayState.TAKEN]
    waiting = [place.child for place in made if place.state == HolidayState.WAITING]
    if taken:
        messages.success(request, gettext("Place certain: %(names)s.") % {"names": words.names(taken)})
    if waiting:
        messages.warning(
            request,
            gettext("The week is full. On the waiting list: %(names)s.") % {"names": words.names(waiting)},
        )
    if not made:
        messages.info(request, gettext("They were on the list already."))


def _club(household: Household, slug: str) -> Club:
    found = Club.objects.filter(slug=slug, active=True, desk__region=household.desk.region_id)
    here = found.select_related("desk").first()
    if here is None:
        raise Http404
    return here


@transaction.atomic
def _ask(request: Any, household: Household, data: dict[str, Any], now: datetime) -> Registration:
    if data["child"] == NEW:
        child_id = add_child(
            household=household,
            child=ChildData(first_name=data["first_name"], last_name=data["last_name"], born=data["born"]),
            principal=request.principal,
            today=localtime(now).date(),
            now=now,
        ).pk
    else:
        child_id = Child.objects.get(pk=data["child"], household=household).pk
    return register(
        principal=request.principal,
        year_id=data["year"].pk,
        child_id=child_id,
        school_id=data["school"].pk,
        pattern=data["pattern"],
        first=data["first"],
        now=now,
    )


def _registrations(household: Household, year: int) -> list[Registration]:
    rows = Registration.objects.filter(child__household=household, year__year__gte=year)
    return list(rows.select_related("child", "school", "year__club__desk").order_by("-registered_at", "-pk"))


def _registration(found: Registration, household: Household, today: Any) -> dict[str, Any]:
    state = RegistrationState(found.state)
    told: dict[str, Any] = {
        "found": found,
        "state": state.label,
        "tone": TONES.get(state, ""),
        "moments": words.moments(found.pattern),
        "year": words.school_year(found.year.year),
        "is_live": state in TONES,
        "is_offered": state is RegistrationState.OFFERED,
        "may_undo": state is RegistrationState.ENDED,
    }
    if state is RegistrationState.WAITING:
        club = found.year.club
        rules = rules_on(club.desk, today)
        queue = line(found.year, club, rules.criteria, today=today)
        own_place = next(each for each in queue if each.id == found.pk)
        told |= {"position": own_place.position, "because": words.because(own_place.because)}
    return told


def _place(place: HolidayPlace, now: datetime) -> dict[str, Any]:
    ahead = int(getattr(place, "ahead", 0))
    return {
        "place": place,
        "state": place.get_state_display(),
        "tone": {"taken": "good", "waiting": "warn"}.get(place.state, ""),
        "position": ahead + 1 if place.state == HolidayState.WAITING else None,
        "is_live": place.state != HolidayState.CANCELLED,
        "late_percent": _late_percent(place, now),
        "may_undo": place.state == HolidayState.CANCELLED and now < place.week.closes_at,
    }


def _late_percent(place: HolidayPlace, now: datetime) -> int:
    """What of the price of its days cancelling this place costs from now on, in percent; 0 while it is free."""
    today = localtime(now).date()
    rules = rules_on(place.week.club.desk, today)
    is_late = today > place.week.first - timedelta(days=rules.cancel_days)
    return rules.unused_percent if is_late and place.state == HolidayState.TAKEN else 0


def _stays(household: Household, charge: Charge) -> list[dict[str, Any]]:
    """The last stays with what they will be invoiced at."""
    rows = Stay.objects.filter(child__household=household).select_related("child", "club")
    shown = list(rows.order_by("-day", "-came_at", "-pk")[:SHOWN_STAYS])
    clubs = Club.objects.filter(pk__in={stay.club_id for stay in shown})
    months = {first_of_month(stay.day) for stay in shown}
    prices = prices_of(each for month in months for each in priced_month(clubs, month, [household.pk]))
    return [
        {
            "stay": stay,
            "minutes": charged(stay, charge),
            "amount": prices.get((stay.club_id, stay.child_id, stay.day, f"club.{stay.part}"), Decimal(0)),
        }
        for stay in shown
    ]


Deed = Callable[[Any, int, datetime], str]


def _accept(principal: Any, key: int, now: datetime) -> str:
    answer(principal=principal, registration_id=key, accepts=True, now=now)
    return gettext("The place is yours.")


def _decline(principal: Any, key: int, now: datetime) -> str:
    answer(principal=principal, registration_id=key, accepts=False, now=now)
    return gettext("Noted. The place goes to the next family.")


def _stop(principal: Any, key: int, now: datetime) -> str:
    if stop(principal=principal, registration_id=key, now=now).last:
        return gettext("Stopped: today is the last day. You can undo this below.")
    return gettext("Stopped. You can undo this below.")


def _undo_stop(principal: Any, key: int, now: datetime) -> str:
    found = undo_stop(principal=principal, registration_id=key, now=now)
    granted = found.state == RegistrationState.GRANTED
    return gettext("The place is back.") if granted else gettext("The request waits again, in its old turn.")


def _cancel(principal: Any, key: int, now: datetime) -> str:
    holidays.cancel(principal=principal, place_id=key, now=now)
    return gettext("Cancelled. You can undo this below.")


def _undo_cancel(principal: Any, key: int, now: datetime) -> str:
    place = holidays.undo_cancel(principal=principal, place_id=key, now=now)
    taken = place.state == HolidayState.TAKEN
    return gettext("The place is back.") if taken else gettext("The week is full: back on the waiting list.")


DEEDS: dict[str, tuple[type[Registration] | type[HolidayPlace], Deed]] = {
    "accept": (Registration, _accept),
    "decline": (Registration, _decline),
    "stop": (Registration, _stop),
    "undo_stop": (Registration, _undo_stop),
    "cancel": (HolidayPlace, _cancel),
    "undo_cancel": (HolidayPlace, _undo_cancel),
}


def _done(request: Any, household: Household, now: datetime) -> None:
    """Carry out what the form asks, on a row of this family."""
    deed = DEEDS.get(request.POST.get("do", ""))
    if deed is None:
        return
    model, act = deed
    rows: Any = model._default_manager
    row = rows.filter(child__household=household, pk=row_key(request.POST.get("row", ""))).first()
    if row is None:
        raise Http404
    messages.success(request, act(request.principal, row.pk, now))
