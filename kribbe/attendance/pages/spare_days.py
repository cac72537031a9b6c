"""Places of one day for a family that waits: hear of them, and say yes or no."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kribbe.attendance.models_spare import DayInvite, DayListener, InviteState
from kribbe.attendance.services.spare_days import decline, listen, take
from kribbe.enrolment.access import request_for
from kribbe.enrolment.models import CareRequest, RequestState
from kribbe.people.access import own_household
from kribbe.planning.selectors.child_file import file_of
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action


@require_http_methods(["GET", "POST"])
def my_spare(request: Any) -> HttpResponse:
    """The children that wait, each with whether its family wants to hear; and the places that were free."""
    household = own_household(request.principal)
    use_desk(request, household.desk)
    now = timezone.now()
    if request.method == "POST":
        _do(request, now)
        return redirect("attendance:my_spare")
    waiting = CareRequest.objects.filter(household=household, state=RequestState.OPEN)
    listening = set(DayListener.objects.filter(request__in=waiting).values_list("request", flat=True))
    invites = DayInvite.objects.filter(request__household=household, day__gte=localtime(now).date())
    context = {
        "children": [(each, each.pk in listening) for each in waiting.select_related("child").order_by("pk")],
        "invites": [
            {
                "invite": each,
                "may_take": each.state == InviteState.ASKED and now < each.answer_by,
                "may_give_back": each.state == InviteState.TAKEN and now < each.answer_by,
            }
            for each in invites.select_related("request__child", "group__location")
        ],
    }
    return render(request, "attendance/spare_days.html", context)


def _do(request: Any, now: Any) -> None:
    do, reference = request.POST.get("do", ""), request.POST.get("of", "")
    if do in {"hear", "mute"}:
        found = request_for(request.principal, Action.REQUEST_ANSWER_OFFER, reference, now=now)
        listen(principal=request.principal, request=found, wanted=do == "hear", now=now)
        messages.success(request, _("Noted."))
        return
    invite = (
        DayInvite.objects.select_related("request", "group__location").filter(reference=reference).first()
    )
    if invite is None:
        raise Http404
    request_for(request.principal, Action.REQUEST_ANSWER_OFFER, invite.request.reference, now=now)
    _answer(request, invite, do, now)


def _answer(request: Any, invite: DayInvite, do: str, now: Any) -> None:
    """What was answered so already is neither done nor told again."""
    if invite.state == (InviteState.TAKEN if do == "yes" else InviteState.DECLINED):
        return
    acting = {"principal": request.principal, "invite_id": invite.pk, "now": now}
    try:
        if do == "yes":
            take(**acting)
            messages.success(request, _("The place of this day is yours. The location expects your child."))
            if file_of(invite.request.child_id) is None:
                messages.warning(
                    request,
                    _(
                        "Call %(location)s about allergies, medication and who may fetch: it knows none of them yet."
                    )
                    % {"location": invite.group.location.name},
                )
        else:
            decline(**acting)
            messages.success(request, _("Noted."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
