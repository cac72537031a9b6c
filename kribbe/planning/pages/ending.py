"""The end of an agreement: what a family and a location say, answer and take back, and the letter."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.models import Placement
from kribbe.enrolment.templatetags.enrolment import called
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.planning.access import ending_at, own_ending, own_placement, placement_at, why_only_read
from kribbe.planning.ending_paper import ending_pdf
from kribbe.planning.forms_ending import EndingForm, MyEndingForm
from kribbe.planning.models import Ending, Ground, TellingSide
from kribbe.planning.pages.agreements import note_read
from kribbe.planning.selectors.ending import Ends, endings_of, ends_of
from kribbe.planning.services.ending import answer_ending, end_agreement, may_take_back, take_back_ending
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.words import say


@require_http_methods(["GET", "POST"])
def my_ending(request: Any, reference: str) -> HttpResponse:
    """A family ends the agreement; it reads first on which day it would end."""
    now = timezone.now()
    action = Action.AGREEMENT_SIGN if request.method == "POST" else Action.HOUSEHOLD_READ
    placement = own_placement(request.principal, action, reference, now=now)
    use_desk(request, placement.child.household.desk)
    ends = ends_of(placement, TellingSide.FAMILY, localtime(now).date())
    if ends is not None and not ends.has_begun:
        return redirect("enrolment:give_up", ends.home.reference)
    form = MyEndingForm(request.POST or None, initial=_my_initial(placement, ends, localtime(now).date()))
    done = _posted(request, placement, TellingSide.FAMILY, form, now)
    if done:
        return redirect("planning:my_ending", reference)
    context = {
        **_context(placement, TellingSide.FAMILY, ends, form, now),
        "name": called(placement.child),
        "only_read": why_only_read(request.principal, placement),
    }
    return render(request, "planning/my_ending.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@at_location(Action.PLAN_CHANGE)
def ending_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """A location ends the agreement, or asks the family to end it together."""
    now = timezone.now()
    placement = placement_at(request.principal, location, reference)
    note_read(request.principal, placement, now)
    ends = ends_of(placement, TellingSide.LOCATION, localtime(now).date())
    form = EndingForm(request.POST or None, initial={**_initial(ends), "ground": Ground.NOTICE})
    done = _posted(request, placement, TellingSide.LOCATION, form, now)
    if done:
        return redirect("planning:ending", location.slug, reference)
    context = {
        **_context(placement, TellingSide.LOCATION, ends, form, now),
        "place_name": location.name,
        "name": f"{placement.child}",
    }
    return render(request, "planning/ending.html", context, status=422 if form.errors else 200)


@require_safe
def my_letter(request: Any, reference: str) -> HttpResponse:
    """The letter of an ending, for the family."""
    return _letter(own_ending(request.principal, Action.HOUSEHOLD_READ, reference, now=timezone.now()))


@require_safe
@at_location(Action.PLAN_READ)
def letter(request: Any, location: Location, reference: str) -> HttpResponse:
    """The letter of an ending, for the location."""
    ending = ending_at(request.principal, location, reference)
    note_read(request.principal, ending.placement, timezone.now())
    return _letter(ending)


def _letter(ending: Ending) -> HttpResponse:
    answer = HttpResponse(ending_pdf(ending), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{ending.reference}.pdf"'
    return answer


def _initial(ends: Ends | None) -> dict[str, Any]:
    return {"last": min(filter(None, (ends.agreed, ends.term.last)))} if ends else {}


def _my_initial(placement: Placement, ends: Ends | None, today: date) -> dict[str, Any]:
    """By the term; at once where the location lost its licence."""
    if ends is not None and placement.group.location.is_stopped:
        return {"last": today, "ground": Ground.FAULT}
    return {**_initial(ends), "ground": Ground.NOTICE}


def _context(
    placement: Placement, side: TellingSide, ends: Ends | None, form: Any, now: datetime
) -> dict[str, Any]:
    rows = _rows(endings_of(placement), side, localtime(now).date())
    return {
        "placement": placement,
        "location": placement.group.location,
        "form": form,
        "ends": ends,
        "why": say(ends.term.why) if ends else "",
        "rows": rows,
        "waits": any(row["waits"] for row in rows),
    }


def _rows(endings: Sequence[Ending], side: TellingSide, today: date) -> list[dict[str, Any]]:
    return [
        {
            "ending": each,
            "side": TellingSide(each.side).label,
            "ground": each.ground_words,
            "waits": each.waits_on(today),
            "may_answer": each.waits_on(today) and each.side != side,
            "may_take_back": may_take_back(each, side, today),
        }
        for each in endings
    ]


def _posted(request: Any, placement: Placement, side: TellingSide, form: forms.Form, now: datetime) -> bool:
    """Carry out what was posted; whether it is done."""
    if request.method != "POST":
        return False
    do = request.POST.get("do", "end")
    if do == "end":
        return form.is_valid() and _ended(request, placement, form, now)
    form.is_bound = False
    asked = next((each for each in endings_of(placement) if f"{each.pk}" == request.POST.get("ending")), None)
    if asked is None:
        return True
    try:
        if do == "back":
            take_back_ending(principal=request.principal, ending_id=asked.pk, side=side, now=now)
            messages.success(request, _("Taken back. The care goes on as it was agreed."))
        else:
            answer_ending(
                principal=request.principal,
                ending_id=asked.pk,
                side=side,
                agrees=do == "agree",
                name=request.POST.get("name", ""),
                now=now,
            )
            messages.success(request, _("Answered. The other side is told."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return True


def _ended(request: Any, placement: Placement, form: Any, now: datetime) -> bool:
    try:
        made = end_agreement(
            principal=request.principal, placement_id=placement.pk, notice=form.notice(), now=now
        )
    except RefusedError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        return False
    messages.success(
        request,
        _("Noted. Both sides are told.")
        if made.ends_on
        else _("Asked. Nothing changes until it is answered."),
    )
    return True
