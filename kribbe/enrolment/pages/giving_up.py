"""A family, or a clerk for it, gives up a certain place before it begins; and takes that back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.enrolment.access import placement_for
from kribbe.enrolment.models import Placement
from kribbe.enrolment.pages.signed_in import signed_in
from kribbe.enrolment.selectors.given_up import may_be_given_up
from kribbe.enrolment.services.give_up import give_up, take_back
from kribbe.enrolment.templatetags.enrolment import called
from kribbe.people.access import household_for
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action


@require_http_methods(["GET", "POST"])
@signed_in
def give_up_page(request: DeskRequest, reference: str) -> HttpResponse:
    """What giving up means, and yes. A family that lost the pregnancy says so, and gets no message."""
    placement = _placement(request, reference)
    now = timezone.now()
    if not may_be_given_up(placement, localtime(now).date()):
        return redirect("enrolment:placement", reference)
    if request.method == "POST":
        lost = bool(request.POST.get("lost")) and placement.child.born is None
        try:
            give_up(principal=request.principal, placement_id=placement.pk, now=now, lost=lost)
        except RefusedError as refused:
            messages.error(request, str(refused.message))
        return redirect("enrolment:placement", reference)
    context = {
        "placement": placement,
        "child": placement.child,
        "name": called(placement.child),
        "location": placement.group.location,
        "is_expected": placement.child.born is None,
    }
    return render(request, "enrolment/give_up.html", context)


@require_POST
@signed_in
def take_back_page(request: DeskRequest, reference: str) -> HttpResponse:
    """The child comes after all."""
    placement = _placement(request, reference)
    try:
        take_back(principal=request.principal, placement_id=placement.pk, now=timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, gettext("The place stands again, as it was agreed."))
    return redirect("enrolment:placement", reference)


def _placement(request: DeskRequest, reference: str) -> Placement:
    action = Action.REQUEST_ANSWER_OFFER
    placement = placement_for(request.principal, action, reference)
    household_for(request.principal, action, placement.child.household.reference, now=timezone.now())
    use_desk(request, placement.child.household.desk)
    return placement
