"""A carer's own pages, by a link without a log-in: yes or no to a question, and the days on call."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kribbe.attendance.selectors.safety import Safety, safety_of_children
from kribbe.people.models import Adult
from kribbe.region.http import DeskRequest
from kribbe.sickcare.forms import DaysForm
from kribbe.sickcare.models import BINDING, Proposal, ProposalState, SickCarer
from kribbe.sickcare.services.calls import answer, ends_at, withdraw
from kribbe.sickcare.services.carers import set_days
from kribbe.sickcare.tokens import ANSWER, DAYS
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import Principal
from kribbe.trust.tokens import make_token, read_token

DAYS_AHEAD = 14
CARER = Principal(name="Link in a mail")
"""Who answers by the link: whoever reads the carer's mail."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def answer_page(request: DeskRequest, desk: str, token: str) -> HttpResponse:
    """The question, and its answer. Looking changes nothing: mail programs open links by themselves."""
    found = (
        Proposal.objects.filter(pk=read_token(ANSWER, token) or 0, call__service__desk=request.desk)
        .select_related("carer", "call__child__household", "call__service")
        .first()
    )
    if found is None:
        raise Http404
    now = timezone.now()
    if request.method == "POST":
        try:
            answered(CARER, found.pk, request.POST.get("do", ""))
        except RefusedError as refused:
            messages.error(request, str(refused.message))
        return redirect(request.path)
    family = Adult.objects.filter(household=found.call.child.household_id).exclude(phone="")
    comes = found.state == ProposalState.YES
    is_shown = comes and ends_at(found.call) > now
    context = {
        "found": found,
        "call": found.call,
        "family": family.order_by("-is_applicant", "pk"),
        "is_open": found.state == ProposalState.OPEN and found.answer_by > now,
        "comes": comes,
        "file": _file(found, now) if is_shown else None,
        "may_withdraw": is_shown,
        "days_url": reverse("sickcare:days", args=[request.desk.slug, make_token(DAYS, found.carer_id)]),
    }
    return render(request, "sickcare/answer.html", context)


def _file(found: Proposal, now: datetime) -> Safety:
    """What must be in sight of the carer, from the yes until the hours are over; the look is written down."""
    child = found.call.child
    record(
        principal=CARER,
        action="child_file.read",
        subject=found.call,
        now=now,
        household_id=child.household_id,
        desk_id=found.call.service.desk_id,
        carer=found.carer.reference,
    )
    return safety_of_children([child])[child.pk]


def answered(principal: Principal, proposal_id: int, told: str) -> None:
    """What a carer says: yes, no, or after a yes that it can't be after all. RefusedError where that is over."""
    now = timezone.now()
    if told == "withdraw":
        withdraw(principal=principal, proposal_id=proposal_id, now=now)
    else:
        answer(principal=principal, proposal_id=proposal_id, comes=told == "yes", now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def days_page(request: DeskRequest, desk: str, token: str) -> HttpResponse:
    """The hours of the coming two weeks, and what was promised."""
    carer = (
        SickCarer.objects.filter(pk=read_token(DAYS, token) or 0, service__desk=request.desk)
        .select_related("service")
        .first()
    )
    if carer is None:
        raise Http404
    today = timezone.localdate()
    days = [today + number * timedelta(days=1) for number in range(DAYS_AHEAD)]
    form = DaysForm(
        request.POST if request.method == "POST" else None, days=days, initial=_initial(carer, days)
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_days(principal=CARER, carer=carer, days=form.hours(), now=timezone.now())
        except RefusedError as refused:
            form.add_error(None, str(refused.message))
        else:
            messages.success(request, gettext("Saved."))
            return redirect(request.path)
    promised = Proposal.objects.filter(carer=carer, day__gte=today, state__in=BINDING).select_related("call")
    context = {"carer": carer, "form": form, "promised": promised.order_by("day")}
    return render(request, "sickcare/days.html", context, status=422 if form.errors else 200)


def _initial(carer: SickCarer, days: list[Any]) -> dict[str, Any]:
    rows = carer.days.filter(day__in=days)
    return {
        name: value
        for each in rows
        for name, value in ((f"b{each.day}", each.begins), (f"e{each.day}", each.ends))
    }
