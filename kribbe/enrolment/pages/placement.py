"""A place as its household sees it: what is done to make it certain, and signing."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.access import placement_for
from kribbe.enrolment.forms.small import SignForm
from kribbe.enrolment.models import (
    Placement,
    PlacementState,
    PreferenceState,
    RequestState,
)
from kribbe.enrolment.pages.signed_in import request_of, signed_in
from kribbe.enrolment.selectors.given_up import back_until, may_be_given_up
from kribbe.enrolment.services.sign import sign
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.people.access import household_for
from kribbe.places.models import LicenceState
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.components import ProgressStep
from kribbe.web.templatetags.telling import long_date, money


@require_http_methods(["GET", "POST"])
@signed_in
def placement_page(request: DeskRequest, reference: str) -> HttpResponse:
    """A place: sign it, see what is still needed to make it certain."""
    action = Action.REQUEST_ANSWER_OFFER if request.method == "POST" else Action.HOUSEHOLD_READ
    placement = placement_for(request.principal, action, reference)
    use_desk(request, placement.child.household.desk)
    if placement.offer is not None:
        request_of(request, action, placement.offer.preference.request.reference)
    else:
        household_for(request.principal, action, placement.child.household.reference, now=timezone.now())
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sign(
                principal=request.principal,
                placement_id=placement.pk,
                name=form.cleaned_data["name"],
                now=timezone.now(),
            )
        except RefusedError as refused:
            if refused.code in {"final", "signed"}:
                return redirect("enrolment:placement", reference)
            form.add_error(refused.field or None, str(refused.message))
        else:
            return redirect("enrolment:placement", reference)
    context = {**_context(placement), "form": form}
    return render(request, "enrolment/placement.html", context, status=422 if form.errors else 200)


def _context(placement: Placement) -> dict[str, Any]:
    today = timezone.localdate()
    is_reserved, is_final = (
        placement.state == state for state in (PlacementState.TO_SIGN, PlacementState.FINAL)
    )
    earlier = placement.replaces if is_reserved else None
    location = placement.group.location
    return {
        "placement": placement,
        "child": placement.child,
        "location": location,
        "name": fully_called(placement.child),
        "status": PlacementState(placement.state).label,
        "is_stopped": is_reserved and location.is_stopped,
        "is_suspended": location.licence_state == LicenceState.SUSPENDED,
        "is_to_sign": is_reserved and placement.signed_at is None and not location.is_stopped,
        "is_final": is_final,
        "has_begun": is_final and placement.during.lower <= today,
        "is_over": is_final and placement.during.upper is not None and placement.during.upper <= today,
        "may_give_up": may_be_given_up(placement, today),
        "back_until": back_until(placement, today),
        "is_lapsed": placement.state == PlacementState.LAPSED,
        "steps": _steps(placement),
        "earlier": earlier,
        "waiting": _still_waiting(placement),
    }


def _steps(placement: Placement) -> list[ProgressStep]:
    """Reserved, signed, paid where asked, certain: what is done, what is now, what comes.

    A place that became certain without a signature here (it came from a list) has no such step.
    """
    done: list[tuple[str, Any, str]] = [(gettext("Reserved"), placement.reserved_at, "")]
    if placement.signed_at or placement.state != PlacementState.FINAL:
        by = gettext("by %(name)s") % {"name": placement.signed_name} if placement.signed_name else ""
        done.append((gettext("Signed"), placement.signed_at, by))
    if placement.deposit_asked:
        text = gettext("%(amount)s. The location tells you how to pay, and notes it here.")
        done.append(
            (
                gettext("Deposit paid"),
                placement.deposit_paid_at,
                text % {"amount": money(placement.deposit_asked)},
            )
        )
    done.append((gettext("Certain"), placement.final_at, ""))
    is_first = placement.state == PlacementState.TO_SIGN
    steps = []
    for label, moment, text in done:
        state = "done" if moment else "now" if is_first else "next"
        is_first = is_first and bool(moment)
        steps.append(
            ProgressStep(label, state, long_date(timezone.localdate(moment)) if moment else "", text)
        )
    return steps


def _still_waiting(placement: Placement) -> list[str]:
    if placement.offer is None:
        return []
    waiting = placement.offer.preference.request.preferences.filter(
        state=PreferenceState.WAITING, request__state=RequestState.OPEN
    ).order_by("rank")
    return list(waiting.values_list("location__name", flat=True))
