"""What a desk asks another about a child that a location took directly: at the desk asked, and at the asking one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from kribbe.enrolment.models import DirectAnswer, DirectChild, DirectMatch, DirectQuestion, RequestState

STANDING = DirectMatch.objects.filter(direct=OuterRef("direct"), undone_at=None)
OPEN = Q(answer="", request__state=RequestState.OPEN)


def questions_for(desk_id: int, *, answered: bool) -> "QuerySet[DirectQuestion]":
    """Questions about requests of this desk's families: answered, or to answer while there is something to decide.

    `is_closed` tells of each whether its request stands closed by it.
    """
    pair = STANDING.filter(request=OuterRef("request"))
    found = DirectQuestion.objects.filter(request__household__desk=desk_id).annotate(is_closed=Exists(pair))
    if answered:
        return found.exclude(answer__in=["", DirectAnswer.WITHDRAWN])
    return found.filter(~Exists(STANDING), OPEN, direct__undone_at=None)


def unanswered(desk_id: int, _now: datetime) -> "QuerySet[DirectQuestion]":
    """Those that wait for this desk."""
    return questions_for(desk_id, answered=False)


def questions_of(children: Iterable[DirectChild]) -> Mapping[int, list[DirectQuestion]]:
    """By child, what its desk asked other desks, the latest last: answered, or of a request still open."""
    found = (
        DirectQuestion.objects.filter(OPEN | ~Q(answer=""), direct__in=[each.pk for each in children])
        .exclude(answer=DirectAnswer.WITHDRAWN)
        .select_related("request__child", "request__household__desk__municipality")
        .order_by("asked_at", "pk")
    )
    by_child: dict[int, list[DirectQuestion]] = defaultdict(list)
    for each in found:
        by_child[each.direct_id].append(each)
    return by_child
