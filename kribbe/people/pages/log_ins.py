"""Who logs in for a household, kept by the desk: let in by their mail address, and taken out."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kribbe.people import services
from kribbe.people.access import household_for
from kribbe.people.models import Household
from kribbe.people.selectors import grants_over, used_addresses
from kribbe.people.words import ROLES
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Role


@require_safe
@never_cache
def log_ins(request: DeskRequest, reference: str) -> HttpResponse:
    """Every account that acts for the household, and the adults who have no log-in."""
    household = _opened(request, reference)
    grants = list(grants_over(household))
    used = used_addresses(grant.user for grant in grants)
    known = {grant.user.email for grant in grants}
    context = {
        "household": household,
        "rows": [(grant, ROLES[Role(grant.role)], grant.user_id in used) for grant in grants],
        "others": [
            adult
            for adult in household.adults.order_by("-is_applicant", "pk")
            if adult.email not in known and adult.user_id not in {grant.user_id for grant in grants}
        ],
    }
    return render(request, "people/log_ins.html", context)


@require_POST
@never_cache
def take_out(request: DeskRequest, reference: str, grant: int) -> HttpResponse:
    """An account no longer acts for the household, from now on."""
    household = _opened(request, reference)
    row = get_object_or_404(grants_over(household), pk=grant)
    return _done(
        request,
        household,
        lambda: services.take_out(grant=row, principal=request.principal, now=timezone.now()),
        gettext("%(address)s no longer gets to this household.") % {"address": row.user.email},
    )


@require_POST
@never_cache
def let_in(request: DeskRequest, reference: str, adult: int) -> HttpResponse:
    """An adult logs in with their mail address from now on."""
    household = _opened(request, reference)
    row = get_object_or_404(household.adults.select_related("household"), pk=adult)
    return _done(
        request,
        household,
        lambda: services.let_in(adult=row, principal=request.principal, now=timezone.now()),
        gettext("%(name)s can log in with %(address)s: we mail a code each time.")
        % {"name": row, "address": row.email},
    )


def _opened(request: DeskRequest, reference: str) -> Household:
    household = household_for(request.principal, Action.HOUSEHOLD_LOG_INS, reference, now=timezone.now())
    use_desk(request, household.desk)
    return household


def _done(request: DeskRequest, household: Household, work: Callable[[], None], said: str) -> HttpResponse:
    try:
        work()
        messages.success(request, said)
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return HttpResponseRedirect(reverse("people:log_ins", args=[household.reference]))
