"""A second parent: invited by mail, joining with an account of its own, and taken back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.pages.signed_in import signed_in
from kribbe.people.access import refusal
from kribbe.people.models import Household
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Scope
from kribbe.trust.text import row_key
from kribbe.upkeep.forms import InviteForm
from kribbe.upkeep.models import Invitation
from kribbe.upkeep.services.invite import accept, invite, is_good, take_back
from kribbe.upkeep.tokens import INVITATION, read_token


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def second_parent(request: DeskRequest) -> HttpResponse:
    """Who acts for the household by invitation; the applicant invites and takes back."""
    household = _household(request)
    use_desk(request, household.desk)
    now = timezone.now()
    if "take_back" in request.POST:
        return _taken_back(request, household)
    form = InviteForm(request.POST or None)

    def work(given: dict[str, Any]) -> str:
        invite(principal=request.principal, household_id=household.pk, email=given["email"], now=now)
        messages.success(request, gettext("The invitation is on its way. It is good for two weeks."))
        return reverse("upkeep:second_parent")

    address = form.carry_out(work, at=request.path, now=now) if form.is_bound else None
    if address is not None:
        return redirect(address)
    shown = household.invitations.filter(revoked_at=None).order_by("-made_at")
    context = {
        "form": form,
        "rows": [(row, _state(row, now)) for row in shown if row.accepted_by or is_good(row, now)],
    }
    return render(request, "upkeep/second_parent.html", context, status=422 if form.is_bound else 200)


def _household(request: DeskRequest) -> Household:
    own = scope_ids(request.principal, Action.HOUSEHOLD_INVITE, Scope.HOUSEHOLD)
    found = Household.objects.select_related("desk").filter(pk__in=own).order_by("pk").first()
    if found is None:
        raise refusal(request.principal)
    return found


def _state(row: Invitation, now: Any) -> str:
    if row.accepted_by is not None:
        return gettext("Sees and does the same as you, but can't invite others")
    return gettext("Invited") if is_good(row, now) else ""


def _taken_back(request: DeskRequest, household: Household) -> HttpResponse:
    found = household.invitations.filter(pk=row_key(request.POST["take_back"])).first()
    if found is None:
        raise Http404
    try:
        take_back(principal=request.principal, invitation_id=found.pk, now=timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, gettext("Taken back."))
    return redirect("upkeep:second_parent")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def invitation(request: DeskRequest, token: str) -> HttpResponse:
    """The invited person, logged in, joins the household. Looking changes nothing."""
    found = (
        Invitation.objects.select_related("household__desk")
        .filter(pk=read_token(INVITATION, token) or 0)
        .first()
    )
    if found is None:
        raise Http404
    use_desk(request, found.household.desk)
    if request.method == "POST":
        try:
            accept(principal=request.principal, invitation_id=found.pk, now=timezone.now())
        except RefusedError as refused:
            messages.error(request, str(refused.message))
            return redirect("upkeep:invitation", token)
        messages.success(request, gettext("You now see this household and act for it."))
        return redirect("enrolment:my")
    return render(
        request, "upkeep/invitation.html", {"is_good": is_good(found, timezone.now()), "found": found}
    )
