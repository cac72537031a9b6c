"""What waits for a clerk: urgent requests, offers that run out, letters to post, requests left half-way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from kribbe.contact.models import Letter
from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferState,
    Preference,
    PreferenceState,
    RequestDraft,
    RequestState,
)
from kribbe.region.models import Desk
from kribbe.region.selectors import policy_on

T = TypeVar("T", bound=Model)

SHOWN = 8
RUNNING_OUT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Some(Generic[T]):
    """The first rows of a list, and how many there are in all."""

    rows: Sequence[T]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def _some(found: "QuerySet[T]") -> Some[T]:
    rows = list(found[: SHOWN + 1])
    return Some(rows[:SHOWN], found.count() if len(rows) > SHOWN else len(rows))


def urgent_without_answer(desk: Desk, *, today: date) -> Some[CareRequest]:
    """Requests that wait, have no open offer and start within the desk's term, the nearest start first."""
    last = today + timedelta(days=policy_on(desk, today).urgent_days)
    waiting = Preference.objects.filter(request=OuterRef("pk"), state=PreferenceState.WAITING)
    offered = Offer.objects.filter(preference__request=OuterRef("pk"), state=OfferState.OPEN)
    found = CareRequest.objects.filter(desk=desk, state=RequestState.OPEN, wanted_start__lte=last)
    return _some(
        found.filter(Exists(waiting), ~Exists(offered))
        .select_related("child", "household")
        .order_by("wanted_start", "pk")
    )


def offers_running_out(desk: Desk, *, now: datetime) -> Some[Offer]:
    """Open offers to the desk's families whose term ends within three days, the first to end first."""
    return _some(
        Offer.objects.filter(
            state=OfferState.OPEN, preference__request__desk=desk, deadline__lte=now + RUNNING_OUT
        )
        .select_related(
            "preference__request__child", "preference__request__household", "preference__location"
        )
        .order_by("deadline", "pk")
    )


def letters_to_post(desk: Desk) -> Some[Letter]:
    """Letters that nobody posted yet, the oldest first."""
    return _some(
        Letter.objects.filter(posted_at=None, notice__desk=desk)
        .select_related("notice__household")
        .order_by("notice__created_at", "pk")
    )


def drafts_on_behalf(desk: Desk) -> Some[RequestDraft]:
    """Requests begun for a parent and not sent, the last saved first."""
    return _some(
        RequestDraft.objects.filter(desk=desk, on_behalf=True, request=None)
        .select_related("user", "household")
        .order_by("-saved_at", "pk")
    )
