"""A family asks somebody to come to a sick child, sees who comes, and calls it off."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kribbe.outofschool.access import for_household
from kribbe.people.models import Household
from kribbe.sickcare.forms import CallForm
from kribbe.sickcare.models import CallState, Proposal, ProposalState, SickCall, SickService
from kribbe.sickcare.selectors import TONES
from kribbe.sickcare.services.calls import ask, call_off
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key

SHOWN = 10
EVENING, FIRST_HOUR = 12, 8


@require_http_methods(["GET", "HEAD", "POST"])
@for_household(Action.HOUSEHOLD_READ, Action.REQUEST_MAKE)
def family(request: Any, household: Household) -> HttpResponse:
    """The calls of a family and the form of a new one."""
    now = timezone.now()
    service = SickService.objects.filter(desk=household.desk, active=True).first()
    children = household.children.filter(born__isnull=False).order_by("born", "pk")
    is_off = request.POST.get("do") == "call_off"
    form = CallForm(
        request.POST if request.method == "POST" and not is_off else None,
        children=children,
        initial=_initial(children.first(), now),
    )
    if request.method == "POST":
        done = _call_off(request, household, now) if is_off else _ask(request, service, form, now)
        if done:
            return redirect("sickcare:family", household.reference)
    calls = SickCall.objects.filter(child__household=household).select_related("child")
    context = {
        "household": household,
        "service": service,
        "form": form if children else None,
        "is_lost": form.is_bound and form.has_error(NON_FIELD_ERRORS, "address"),
        "calls": _rows(list(calls.order_by("-day", "-pk")[:SHOWN])),
    }
    return render(request, "sickcare/family.html", context, status=422 if form.errors else 200)


def _initial(child: Any, now: datetime) -> dict[str, Any]:
    """Tomorrow, once the morning is over; today from the next hour that is still to come."""
    here = localtime(now)
    key = child.pk if child else None
    if here.hour >= EVENING:
        return {"child": key, "day": here.date() + timedelta(days=1)}
    return {"child": key, "day": here.date(), "begins": time(max(FIRST_HOUR, here.hour + 1))}


def _ask(request: Any, service: SickService | None, form: CallForm, now: datetime) -> bool:
    if service is None:
        raise Http404
    if not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        made = ask(
            principal=request.principal,
            service_id=service.pk,
            child_id=data["child"].pk,
            day=data["day"],
            begins=data["begins"],
            ends=data["ends"],
            now=now,
        )
    except RefusedError as refused:
        field = refused.field if refused.field in form.fields else None
        form.add_error(field, ValidationError(str(refused.message), code=refused.code))
        return False
    if made.state == CallState.NOBODY:
        messages.warning(request, gettext("Nobody is on call near you on that day. Call the service."))
    elif not made.proposals.exists():
        messages.success(request, gettext("It is late now. We ask on in the morning, and tell you at once."))
    else:
        messages.success(request, gettext("We ask a carer now. You are told as soon as somebody says yes."))
    return True


def _call_off(request: Any, household: Household, now: datetime) -> bool:
    key = row_key(request.POST.get("row", ""))
    call = SickCall.objects.filter(pk=key, child__household=household).first()
    if call is None:
        raise Http404
    try:
        call_off(principal=request.principal, call_id=call.pk, now=now)
        messages.success(request, gettext("Called off. Do you need somebody after all? Ask again."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return True


def _rows(calls: list[SickCall]) -> list[dict[str, Any]]:
    coming = {
        each.call_id: each
        for each in Proposal.objects.filter(call__in=calls, state=ProposalState.YES).select_related("carer")
    }
    return [
        {
            "call": call,
            "state": call.get_state_display(),
            "tone": TONES.get(CallState(call.state), ""),
            "carer": coming[call.pk].carer if call.pk in coming else None,
            "may_call_off": call.state != CallState.CALLED_OFF and call.day >= timezone.localdate(),
        }
        for call in calls
    ]
