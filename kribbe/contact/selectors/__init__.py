"""Reading notices, mails and letters."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from kribbe.contact.kinds import kinds
from kribbe.contact.models import Letter, Mail, MailState, Notice
from kribbe.people.models import Household
from kribbe.people.selectors import adults_first
from kribbe.region.models import Desk


def notices_of(household: Household) -> QuerySet[Notice]:
    """What the household was told, newest first."""
    return household.notices.order_by("-created_at", "-pk")


def unread_notices(household_ids: Iterable[int]) -> QuerySet[Notice]:
    """The notices of these households that nobody has opened yet; conversations count for themselves."""
    unread = Notice.objects.filter(household__in=list(household_ids), read_at=None)
    return unread.exclude(about__startswith="thread:")


def letters_at(desk: Desk, *, posted: bool, kind: str = "") -> QuerySet[Letter]:
    """Letters of the desk still to post, the oldest first; or those posted, the latest first.

    Without a kind those that don't stand apart.
    """
    found = _of_kind(kind).filter(notice__desk=desk, posted_at__isnull=not posted)
    with_adults = found.select_related("notice__household").prefetch_related(
        adults_first("notice__household__")
    )
    return with_adults.order_by("-posted_at" if posted else "notice__created_at", "pk")


def letters_to_post(desk_id: int, _now: datetime) -> QuerySet[Letter]:
    """Letters of the desk that wait to be posted, without the kinds that stand apart."""
    return _of_kind("").filter(notice__desk=desk_id, posted_at=None)


def _of_kind(kind: str) -> QuerySet[Letter]:
    if kind:
        return Letter.objects.filter(notice__kind=kind)
    return Letter.objects.exclude(notice__kind__in=[each.name for each in kinds() if each.apart])


def recent_mails(*, to: str = "", limit: int) -> list[Mail]:
    """The latest mails to addresses that hold `to`, newest first."""
    return list(Mail.objects.filter(address__icontains=to).order_by("-created_at", "-pk")[:limit])


def oldest_waiting_mail(now: datetime) -> datetime | None:
    """Since when the mail that waits longest should have left; None where none is late."""
    unfinished = Mail.objects.filter(state__in=[MailState.QUEUED, MailState.SENDING], due_at__lt=now)
    return unfinished.order_by("due_at").values_list("due_at", flat=True).first()
