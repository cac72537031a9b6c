"""Reading visits."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import TruncDate

from kribbe.contact.models import CalendarFeed, VisitBooking, VisitMoment, VisitState
from kribbe.people.models import Household
from kribbe.people.selectors import adults_first
from kribbe.places.models import ClosingDay, Location

FED_BACK = timedelta(days=90)
"""How far back a calendar feed goes."""


def visits_of(household: Household, *, now: datetime) -> QuerySet[VisitBooking]:
    """The family's visits to come, the first first."""
    return (
        VisitBooking.objects.select_related("moment__location")
        .filter(household=household, state=VisitState.ON, moment__ends_at__gt=now)
        .order_by("moment__starts_at", "pk")
    )


def bookable_moments(
    household: Household, location_ids: Iterable[int], *, now: datetime
) -> QuerySet[VisitMoment]:
    """Moments with a seat left at these locations, and what was proposed to this family alone."""
    return (
        VisitMoment.objects.select_related("location")
        .filter(
            Q(for_household=None) | Q(for_household=household),
            location__in=list(location_ids),
            state=VisitState.ON,
            starts_at__gt=now,
            taken__lt=F("seats"),
        )
        .order_by("location__name_key", "starts_at", "pk")
    )


def moments_at(location: Location, *, now: datetime) -> QuerySet[VisitMoment]:
    """The location's moments to come with the families that booked them."""
    standing = (
        VisitBooking.objects.filter(state=VisitState.ON)
        .prefetch_related(adults_first("household__"))
        .select_related("household")
        .order_by("booked_at", "pk")
    )
    return (
        VisitMoment.objects.filter(location=location, state=VisitState.ON, ends_at__gt=now)
        .select_related("for_household")
        .prefetch_related(Prefetch("bookings", queryset=standing), adults_first("for_household__"))
        .order_by("starts_at", "pk")
    )


def booked_when_closed(now: datetime) -> QuerySet[VisitMoment]:
    """Moments to come, booked by somebody, on days on which their location closes: it closed them later."""
    closed = ClosingDay.objects.filter(
        location=OuterRef("location"),
        group=None,
        during__startswith__lte=OuterRef("day"),
        during__endswith__gt=OuterRef("day"),
    )
    coming = VisitMoment.objects.filter(state=VisitState.ON, starts_at__gt=now, taken__gt=0)
    return coming.annotate(day=TruncDate("starts_at")).filter(Exists(closed))


def visits_in_feed(feed: CalendarFeed, *, now: datetime) -> QuerySet[VisitBooking]:
    """The visits that a calendar feed shows: those to come and of the last months, cancelled ones too."""
    found = VisitBooking.objects.select_related("moment__location", "household").filter(
        moment__ends_at__gt=now - FED_BACK
    )
    whose = {"household": feed.household_id} if feed.household_id else {"moment__location": feed.location_id}
    return (
        found.filter(**whose)
        .prefetch_related(adults_first("household__"))
        .order_by("moment__starts_at", "pk")
    )
