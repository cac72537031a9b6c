"""Requests that this browser began, by reference in a signed cookie; an empty one is kept nowhere else."""

from django.http import HttpResponse
from django.utils import timezone

from kribbe.enrolment.models import RequestDraft
from kribbe.enrolment.selectors.household import households_of
from kribbe.enrolment.services import drafts
from kribbe.enrolment.services.drafts import KEPT
from kribbe.people.models import Household
from kribbe.places.models import Location
from kribbe.places.pages.asked import Asked
from kribbe.region.http import DeskRequest
from kribbe.trust.principal import PARENTS, Principal, Scope
from kribbe.trust.references import new_reference

COOKIE = "requests"
REMEMBERED = 5


def held(request: DeskRequest) -> list[str]:
    """References of the requests that this browser began, the last first."""
    kept = request.get_signed_cookie(COOKIE, default="", max_age=KEPT) or ""
    return kept.split(".") if kept else []


def hold(request: DeskRequest, response: HttpResponse, reference: str) -> HttpResponse:
    """Let the browser remember a request."""
    others = [each for each in held(request) if each != reference]
    response.set_signed_cookie(
        COOKIE,
        ".".join([reference, *others][:REMEMBERED]),
        max_age=KEPT,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


def free_reference(request: DeskRequest) -> str:
    """A reference for a new request: one that this browser holds and never wrote under, or else a new one."""
    known = held(request)
    used = set(RequestDraft.objects.filter(reference__in=known).values_list("reference", flat=True))
    return next((each for each in known if each not in used), new_reference())


def household_of(principal: Principal) -> Household | None:
    """The household that the principal is a parent of; of several as `own_household` has it."""
    own = principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    return next(iter(households_of(own & {principal.household_id} or own)), None)


def begun(request: DeskRequest, reference: str) -> RequestDraft | None:
    """A request that this browser began and typed nothing in: not saved.

    `?location=slug` is its first wish; `start` and `days`, as the search has them, stand in its second step.
    """
    if reference not in held(request) or RequestDraft.objects.filter(reference=reference).exists():
        return None
    household = household_of(request.principal)
    wanted = Location.objects.filter(
        slug__in=request.GET.getlist("location"), active=True, desk__region=request.desk.region_id
    )
    return drafts.new_draft(
        principal=request.principal,
        desk=request.desk,
        now=timezone.now(),
        location_ids=[location.pk for location in wanted],
        days=_days_searched(request),
        household_id=household.pk if household and household.desk_id == request.desk.pk else None,
        reference=reference,
    )


def _days_searched(request: DeskRequest) -> dict[str, list[str]]:
    today = timezone.localdate()
    asked = Asked.read(request.GET, today=today)
    found = {"pattern": [str(slot) for slot in asked.pattern.slots()]} if asked.pattern else {}
    return found | ({"wanted_start": [asked.start.isoformat()]} if asked.start > today else {})
