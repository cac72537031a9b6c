"""The doors to conversations, visits and what was told: each side sees its own, and nothing of another family."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from kribbe.contact.models import Post, Side, Thread
from kribbe.people.models import Household
from kribbe.places.models import Location
from kribbe.region.models import Desk
from kribbe.trust.audit import note_list, record
from kribbe.trust.principal import Principal

READ_MARKS = {
    Side.HOUSEHOLD: "household_read_at",
    Side.LOCATION: "location_read_at",
    Side.DESK: "desk_read_at",
}


@dataclass(frozen=True, slots=True)
class Seat:
    """For whom somebody sits at the table: a household, a location, or the desk. Its door was passed already."""

    side: Side
    desk: Desk
    household: Household | None = None
    location: Location | None = None


def threads_at(seat: Seat) -> QuerySet[Thread]:
    """The conversations of this side. The desk sees those it takes part in."""
    threads = Thread.objects.select_related("household", "location", "desk").prefetch_related(
        "desk__municipality"
    )
    if seat.side is Side.HOUSEHOLD:
        return threads.filter(household=seat.household)
    if seat.side is Side.LOCATION:
        return threads.filter(location=seat.location)
    return threads.filter(desk=seat.desk, with_desk=True)


def thread_at(seat: Seat, reference: str) -> Thread:
    """The conversation of that reference at this side; Http404 for another's and for none."""
    found = threads_at(seat).filter(reference=reference).first()
    if found is None:
        raise Http404
    return found


def own_post_at(seat: Seat, thread: Thread, post_id: int) -> Post:
    """A post of one's own side in a conversation; Http404 for another's and for none."""
    found = thread.posts.filter(pk=post_id, side=seat.side).first()
    if found is None:
        raise Http404
    return found


def note_reading(*, principal: Principal, seat: Seat, thread: Thread, now: datetime) -> None:
    """Write down that staff read a conversation with a family."""
    if seat.side is not Side.HOUSEHOLD:
        record(
            principal=principal,
            action="thread.read",
            subject=thread,
            now=now,
            household_id=thread.household_id,
            desk_id=thread.desk_id,
        )


def note_threads(*, principal: Principal, seat: Seat, threads: Iterable[Thread], now: datetime) -> None:
    """Write down whose conversations stood on a list that staff opened."""
    if seat.side is not Side.HOUSEHOLD:
        note_list(
            principal=principal,
            action="desk.list" if seat.side is Side.DESK else "list.read",
            subject=seat.location or seat.desk,
            desk_id=seat.desk.pk,
            households=[thread.household_id for thread in threads],
            now=now,
            list="threads",
        )
