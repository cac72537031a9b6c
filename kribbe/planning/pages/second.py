"""A second agreement for one child, with the other parent: a preview of both, then the signature that sends it."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.models import Placement
from kribbe.people.models import Adult
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.planning import words
from kribbe.planning.access import placement_at
from kribbe.planning.forms import SecondForm
from kribbe.planning.pages.agreements import note_read, week_days
from kribbe.planning.selectors.closed import closed_days
from kribbe.planning.services.papers import Terms, agreed_of
from kribbe.planning.services.second import check_weeks, send_second
from kribbe.planning.services.turns import turn_agreed
from kribbe.rules.agreed import Agreement, there_on
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.turns import next_week_of
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action

DAY = timedelta(days=1)
PREVIEWED_DAYS = 28


@require_http_methods(["GET", "POST"])
@at_location(Action.PLAN_CHANGE)
def second_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """Write the agreement with the other parent, beside one that is signed."""
    placement = placement_at(request.principal, location, reference)
    note_read(request.principal, placement, timezone.now())
    parents = _parents(placement)
    form = SecondForm(
        request.POST or None, days=week_days(placement), parents=parents, initial=_initial(placement)
    )
    preview: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            preview = _preview(placement, form)
            if request.POST.get("do") == "send":
                paper = _send(request, placement, form)
                messages.success(request, _("Signed and sent. It holds once this parent has signed too."))
                return redirect("planning:agreement", location.slug, paper.agreement.placement.reference)
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
    form.fields["name"].required = True
    context = {
        "place_name": location.name,
        "location": location,
        "placement": placement,
        "name": f"{placement.child}",
        "form": form,
        "may_write": bool(parents),
        "preview": preview,
    }
    return render(request, "planning/second.html", context, status=422 if form.errors else 200)


def _parents(placement: Placement) -> list[tuple[int, str]]:
    """The parents with whom a second agreement can be; none where the family's file has one parent only."""
    adults = Adult.objects.filter(household=placement.child.household_id).order_by("is_applicant", "pk")
    found = [(each.pk, f"{each}") for each in adults if each.pk != placement.parent_id]
    return found if len(adults) > 1 else []


def _initial(placement: Placement) -> dict[str, Any]:
    """The next week in which the child doesn't come, and weeks that take turns."""
    first = max(placement.during.lower, localtime().date())
    even, odd = turn_agreed(placement, first) or (0, 0)
    fuller = 0 if len(WeekPattern(even)) >= len(WeekPattern(odd)) else 1
    return {"first": next_week_of(1 - fuller, first), "is_free": True}


def _terms(form: SecondForm) -> Terms:
    return Terms(first=form.cleaned_data["first"], weeks=form.weeks(), note=form.cleaned_data["note"])


def _send(request: Any, placement: Placement, form: SecondForm) -> Any:
    data = form.cleaned_data
    return send_second(
        principal=request.principal,
        placement_id=placement.pk,
        parent_id=data["parent"],
        terms=_terms(form),
        name=data["name"],
        day_fee=data["day_fee"],
        now=timezone.now(),
    )


def _preview(placement: Placement, form: SecondForm) -> list[dict[str, Any]]:
    """Four weeks from the first day with the hours of both agreements; only days on which the child comes."""
    terms = _terms(form)
    check_weeks(placement, terms)
    first, second = agreed_of(placement), (Agreement(terms.first, None, terms.weeks),)
    closed = closed_days(placement.group.location_id, terms.first - DAY, terms.first + PREVIEWED_DAYS * DAY)
    rows = (_row(terms.first + n * DAY, first, second, closed) for n in range(PREVIEWED_DAYS))
    return [row for row in rows if row["first"] or row["second"]]


def _row(day: date, first: Any, second: Any, closed: frozenset[date]) -> dict[str, Any]:
    return {
        "day": day,
        "first": words.hours(there_on(first, day, closed)),
        "second": words.hours(there_on(second, day, closed)),
    }
