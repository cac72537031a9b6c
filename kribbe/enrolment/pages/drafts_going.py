"""Requests of the family that are open already: who comes for a place elsewhere adds it there, and asks once."""

from django.urls import reverse
from django.utils.http import urlencode

from kribbe.enrolment.models import CareRequest, RequestState
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.people.models import Household
from kribbe.places.models import Location
from kribbe.region.http import DeskRequest


def going(request: DeskRequest, household: Household | None) -> list[tuple[str, str]]:
    """Each open request by child and number, and where its choices change, the locations come for added."""
    if household is None:
        return []
    wanted = Location.objects.filter(
        slug__in=request.GET.getlist("location"), active=True, desk__region=request.desk.region_id
    )
    more = urlencode({"add": list(wanted.values_list("pk", flat=True))}, doseq=True)
    found = CareRequest.objects.filter(household=household, state=RequestState.OPEN).select_related("child")
    return [
        (
            f"{fully_called(each.child)} · {each.reference}",
            reverse("enrolment:request_wishes", args=[each.reference]) + (f"?{more}" if more else ""),
        )
        for each in found.order_by("registered_at", "pk")
    ]
