"""The desk's service for sick children: the calls with who was asked, the carers, the service itself."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.region.http import DeskRequest
from kribbe.sickcare.forms import CarerForm, ServiceForm
from kribbe.sickcare.models import Proposal, ProposalState, SickCall, SickCarer, SickService
from kribbe.sickcare.pages.carer import answered
from kribbe.sickcare.selectors import TONES
from kribbe.sickcare.services.calls import ends_at
from kribbe.sickcare.services.carers import set_carer, set_service
from kribbe.sickcare.tokens import DAYS
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.trust.tokens import make_token

BACK, MOST = timedelta(days=2), 200
PROPOSALS = {"yes": "good", "open": "primary", "no": "bad", "lapsed": "warn"}


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.SICK_CARE)
def calls(request: DeskRequest) -> HttpResponse:
    """The calls of these days; a carer who answers by telephone is noted here."""
    now = timezone.now()
    if request.method == "POST":
        _noted(request)
        return redirect("sickcare:calls", request.desk.slug)
    found = (
        SickCall.objects.filter(service__desk=request.desk, day__gte=timezone.localdate() - BACK)
        .select_related("child__household")
        .prefetch_related(
            Prefetch("proposals", Proposal.objects.select_related("carer", "call").order_by("pk"))
        )
        .order_by("day", "begins", "pk")[:MOST]
    )
    rows = list(found)
    note_list(
        principal=request.principal,
        action="desk.list",
        subject=request.desk,
        desk_id=request.desk.pk,
        households=[each.child.household_id for each in rows],
        now=now,
        list="sick",
    )
    context = {
        "rows": [
            {
                "call": each,
                "state": each.get_state_display(),
                "tone": TONES.get(each.state, ""),  # type: ignore[call-overload]  # a choice is its text
                "proposals": [_proposal(one, now) for one in each.proposals.all()],
            }
            for each in rows
        ],
        "service": SickService.objects.filter(desk=request.desk).first(),
    }
    return render(request, "sickcare/calls.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.SICK_CARE)
def carers(request: DeskRequest) -> HttpResponse:
    """The service and its carers, with the link to each one's days."""
    service = SickService.objects.filter(desk=request.desk).first()
    is_service = request.POST.get("form") == "service"
    names = ("name", "phone", "about", "answer_minutes", "asks_from", "asks_until", "hour_price", "active")
    about = ServiceForm(
        request.POST if is_service else None,
        initial={name: getattr(service, name) for name in names} if service else None,
    )
    changed = SickCarer.objects.filter(service=service, reference=request.GET.get("change", "")).first()
    one = CarerForm(request.POST if request.method == "POST" and not is_service else None, carer=changed)
    if request.method == "POST" and _saved(request, service, about if is_service else one):
        messages.success(request, gettext("Saved."))
        return redirect("sickcare:carers", request.desk.slug)
    rows = SickCarer.objects.filter(service=service).annotate(
        days_ahead=Count("days", filter=Q(days__day__gte=timezone.localdate()))
    )
    context = {
        "service": service,
        "about": about,
        "one": one,
        "changed": changed,
        "rows": [(each, _days_url(request, each)) for each in rows.order_by("name", "pk")],
    }
    status = 422 if about.errors or one.errors else 200
    return render(request, "sickcare/carers.html", context, status=status)


def _noted(request: DeskRequest) -> None:
    key = row_key(request.POST.get("proposal", ""))
    proposal = Proposal.objects.filter(pk=key, call__service__desk=request.desk).first()
    if proposal is None:
        return
    try:
        answered(request.principal, key, request.POST.get("do", ""))
    except RefusedError as refused:
        messages.error(request, str(refused.message))


def _saved(request: DeskRequest, service: SickService | None, form: Any) -> bool:
    if not form.is_valid():
        return False
    try:
        _keep(request, service, form)
    except RefusedError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        return False
    return True


def _keep(request: DeskRequest, service: SickService | None, form: Any) -> None:
    data = dict(form.cleaned_data)
    acting: dict[str, Any] = {"principal": request.principal, "now": timezone.now()}
    if isinstance(form, ServiceForm):
        set_service(desk=request.desk, **acting, **data)
        return
    if service is None:
        raise RefusedError(gettext("Describe the service first."))
    set_carer(service=service, email=data.pop("email"), values=data, **acting)


def _proposal(one: Proposal, now: Any) -> dict[str, Any]:
    return {
        "found": one,
        "state": one.get_state_display(),
        "tone": PROPOSALS.get(one.state, ""),
        "is_open": one.state == ProposalState.OPEN and one.answer_by > now,
        "may_withdraw": one.state == ProposalState.YES and ends_at(one.call) > now,
    }


def _days_url(request: DeskRequest, carer: SickCarer) -> str:
    return reverse("sickcare:days", args=[request.desk.slug, make_token(DAYS, carer.pk)])
