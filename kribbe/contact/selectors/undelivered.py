"""Mails that didn't arrive."""

from datetime import datetime

from django.db.models import QuerySet

from kribbe.contact.models import Mail, MailState
from kribbe.people.selectors import adults_first
from kribbe.region.models import Desk


def undelivered_at(desk: Desk) -> QuerySet[Mail]:
    """What came back or was refused and nobody dealt with yet, the oldest first."""
    return (
        _waiting(desk.pk)
        .select_related("notice__household__desk")
        .prefetch_related(adults_first("notice__household__"))
        .order_by("created_at", "pk")
    )


def undelivered_waiting(desk_id: int, _now: datetime) -> QuerySet[Mail]:
    """Those that wait for a clerk."""
    return _waiting(desk_id)


def _waiting(desk_id: int) -> QuerySet[Mail]:
    return Mail.objects.filter(
        state__in=[MailState.FAILED, MailState.BOUNCED], handled_at=None, notice__desk=desk_id
    )
