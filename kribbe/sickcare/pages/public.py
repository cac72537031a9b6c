"""Care for a sick child for everybody: what the desk's service is, and the way to ask it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.pages.coming_in import come_in
from kribbe.enrolment.pages.drafts_begun import household_of
from kribbe.region.http import DeskRequest
from kribbe.region.models import Desk
from kribbe.sickcare.models import SickService


@require_safe
def about(request: DeskRequest, desk: str) -> HttpResponse:
    """What the service does, what it costs, and when carers are asked."""
    context = {"desk": request.desk, "service": service_of(request.desk)}
    return render(request, "sickcare/about.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_here(request: DeskRequest, desk: str) -> HttpResponse:
    """To the own family's page, which comes in here where it isn't known yet."""
    service = service_of(request.desk)
    if service is None:
        return redirect("sickcare:about", desk)
    found = come_in(request, request.desk, "sickcare/come_in.html", service=service)
    return found if isinstance(found, HttpResponse) else redirect("sickcare:family", found.reference)


@require_safe
def own(request: Any) -> HttpResponse:
    """The family's own page; who has no family yet reads first what there is at the desk."""
    household = household_of(request.principal)
    if household is not None:
        return redirect("sickcare:family", household.reference)
    return redirect("sickcare:about", request.desk.slug) if request.desk else redirect("region:start")


def service_of(desk: Desk) -> SickService | None:
    """The service that families of this desk can ask now."""
    return SickService.objects.filter(desk=desk, active=True).first()
