"""A child that a location took directly is the one of a request: the request ends as placed, and can come back."""

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import CareRequest, DirectAnswer, DirectChild, DirectMatch, DirectQuestion
from kribbe.enrolment.services.direct import mark_seen
from kribbe.enrolment.services.end_for_family import end_for_family, reopen_for_family
from kribbe.places.models import Group
from kribbe.rules.counting import RequestEnd
from kribbe.rules.duplicates import Likeness
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

WHY = "taken_directly"
"""How the audit trail names the reason."""


def close_as_taken(
    *, principal: Principal, child_id: int, request_id: int, likeness: Likeness, now: datetime
) -> DirectMatch:
    """End the request as answered by the location that took its child, tell the family, and note why it is the same.

    The location is told nothing; a question to the desk of the request is answered with it. RefusedError, and nothing
    changed, where the request has ended, the location took the child back, or the child was found to be of another
    request.
    """
    with transaction.atomic():
        group_id = DirectChild.objects.values_list("group_id", flat=True).get(pk=child_id)
        lock_rows((CareRequest, request_id), (Group, group_id), (DirectChild, child_id))
        child = DirectChild.objects.select_related("group__location").get(pk=child_id)
        if child.undone_at is not None or child.matches.filter(undone_at=None).exists():
            raise RefusedError(_("This child was decided already. Load the page again."), code="decided")
        made = DirectMatch.objects.create(
            direct=child,
            request_id=request_id,
            score=likeness.score,
            signs=list(likeness.signs),
            at=now,
            by=principal.user_id,
        )
        why = format_lazy(
            _("{location} told the desk that your child goes there."), location=child.group.location.name
        )
        end_for_family(
            principal=principal, request_id=request_id, end=RequestEnd.ANSWERED, now=now, why=why, code=WHY
        )
        mark_seen(principal=principal, child_id=child_id, now=now)
        asked = DirectQuestion.objects.filter(direct=child_id, request=request_id, answer="")
        asked.update(answer=DirectAnswer.CLOSED, answered_at=now, answered_by=principal.user_id)
    return made


def undo_taken(*, principal: Principal, child_id: int, now: datetime) -> None:
    """It is another child: the request stands again with its dates, the family is told, the child is on the list.

    RefusedError where nothing was closed, or the request can't be opened any more.
    """
    match = DirectMatch.objects.filter(direct=child_id, undone_at=None).first()
    if match is None:
        raise RefusedError(_("This was undone already."), code="undone")
    reopen_for_family(principal=principal, request_id=match.request_id, now=now)
