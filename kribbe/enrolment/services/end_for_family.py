"""A request is withdrawn by its family, or ended by a clerk, who can take that back; the family is told."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise

from kribbe.contact.services import tell_household
from kribbe.enrolment.models import CareRequest
from kribbe.enrolment.services.wishes import REOPEN_WITHIN, UNTOLD, end_request, reopen_request
from kribbe.enrolment.words import WHY_ENDED
from kribbe.rules.counting import RequestEnd
from kribbe.trust.principal import Principal


def end_for_family(
    *,
    principal: Principal,
    request_id: int,
    end: RequestEnd,
    now: datetime,
    why: str | Promise = "",
    code: str = "",
) -> None:
    """End a request for its family, and tell them why; nothing of a lost pregnancy.

    `why` says more than the end itself; `code` is how the audit trail names that.
    """
    with transaction.atomic():
        end_request(principal=principal, request_id=request_id, end=end, now=now, why=code)
        if end not in UNTOLD:
            _tell(request_id, "request_ended_by_desk", now=now, why=why or WHY_ENDED[end])


def withdraw_request(
    *, principal: Principal, request_id: int, end: RequestEnd, now: datetime, why: str = ""
) -> None:
    """A family, or who acts for it, withdraws its request, and all of it is told; nothing of a lost pregnancy."""
    with transaction.atomic():
        end_request(principal=principal, request_id=request_id, end=end, now=now, why=why)
        if end not in UNTOLD:
            _tell(request_id, "request_withdrawn", now=now, awaited=True, undo_until=now + REOPEN_WITHIN[end])


def reopen_for_family(*, principal: Principal, request_id: int, now: datetime) -> None:
    """Take the end of a request back for its family, and tell them; nothing of a lost pregnancy."""
    with transaction.atomic():
        ended = CareRequest.objects.values_list("end", flat=True).get(pk=request_id)
        reopen_request(principal=principal, request_id=request_id, now=now)
        if ended not in UNTOLD:
            _tell(request_id, "request_reopened_by_desk", now=now)


def _tell(request_id: int, kind: str, *, now: datetime, awaited: bool = False, **context: object) -> None:
    request = CareRequest.objects.select_related("child").get(pk=request_id)
    tell_household(
        household_id=request.household_id,
        kind=f"enrolment/{kind}",
        context={"request": request, "child": request.child, **context},
        now=now,
        link=reverse("enrolment:request", args=[request.reference]),
        about=f"request:{request.pk}",
        awaited=awaited,
    )
