"""A second parent: invited by mail, joining with an account of its own, and taken back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.pages.signed_in import signed_in
from kribbe.people.access import refusal
from kribbe.people.log_in import mail_code
from kribbe.people.models import Household, User
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Scope
from kribbe.trust.text import row_key
from kribbe.trust.tokens import read_token
from kribbe.upkeep.forms import InvitedForm, InviteForm
from kribbe.upkeep.models import Invitation
from kribbe.upkeep.services.invite import accept, account_of, invite, is_good, take_back
from kribbe.upkeep.tokens import INVITATION


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def second_parent(request: DeskRequest, reference: str) -> HttpResponse:
    """Who acts for the household by invitation; the applicant invites and takes back."""
    household = _household(request, reference)
    use_desk(request, household.desk)
    now = timezone.now()
    if "take_back" in request.POST:
        return _taken_back(request, household)
    form = InviteForm(request.POST or None)

    def work(given: dict[str, Any]) -> str:
        invite(principal=request.principal, household_id=household.pk, email=given["email"], now=now)
        messages.success(request, gettext("The invitation is on its way. It is good for two weeks."))
        return reverse("upkeep:second_parent", args=[reference])

    address = form.carry_out(work, at=request.path, now=now) if form.is_bound else None
    if address is not None:
        return redirect(address)
    shown = household.invitations.filter(revoked_at=None).order_by("-made_at")
    context = {
        "form": form,
        "household": household,
        "rows": [(row, _state(row, now)) for row in shown if row.accepted_by or is_good(row, now)],
    }
    return render(request, "upkeep/second_parent.html", context, status=422 if form.is_bound else 200)


def _household(request: DeskRequest, reference: str) -> Household:
    """The household that the address names: of several own ones another may be chosen meanwhile."""
    own = scope_ids(request.principal, Action.HOUSEHOLD_INVITE, Scope.HOUSEHOLD)
    named = Household.objects.select_related("desk__municipality").filter(pk__in=own, reference=reference)
    found = named.first()
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
    return redirect("upkeep:second_parent", household.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: DeskRequest, token: str) -> HttpResponse:
    """The invited person joins the household; who isn't logged in is mailed a code first. Looking changes nothing."""
    found = (
        Invitation.objects.select_related("household__desk__municipality")
        .filter(pk=read_token(INVITATION, token) or 0)
        .first()
    )
    if found is None:
        return render(request, "upkeep/invitation.html", status=404)
    use_desk(request, found.household.desk)
    if not is_good(found, timezone.now()):
        is_theirs = found.accepted_by is not None and found.accepted_by == request.principal.user_id
        return render(request, "upkeep/invitation.html", {"found": found, "is_theirs": is_theirs})
    if request.principal.is_visitor:
        return _proved_first(request, found)
    if request.method == "POST":
        return _joined(request, found, token)
    is_other = not User.objects.filter(pk=request.principal.user_id or 0, email=found.email).exists()
    return render(request, "upkeep/invitation.html", {"found": found, "is_good": True, "is_other": is_other})


def _proved_first(request: DeskRequest, found: Invitation) -> HttpResponse:
    form = InvitedForm(request.POST or None)
    if form.is_valid():
        try:
            user = account_of(
                invitation_id=found.pk,
                name=form.cleaned_data["name"],
                language=get_language() or "nl",
                now=timezone.now(),
            )
            return mail_code(request, user=user, next_url=request.path)
        except RefusedError as refused:
            messages.error(request, str(refused.message))
    context = {"found": found, "is_good": True, "form": form}
    return render(request, "upkeep/invitation.html", context, status=422 if form.errors else 200)


def _joined(request: DeskRequest, found: Invitation, token: str) -> HttpResponse:
    try:
        accept(principal=request.principal, invitation_id=found.pk, now=timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused.message))
        return redirect("upkeep:invitation", token)
    messages.success(request, gettext("You now see this household and act for it."))
    return redirect("enrolment:my")
