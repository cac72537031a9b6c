"""Which children ask for care, of whatever kind, or have it: of them a second registration would count."""

from datetime import date

from django.db.models import Q, QuerySet

from kribbe.enrolment.models import CareRequest, Placement, PlacementState, RequestState
from kribbe.outofschool.models import LIVE, HolidayPlace, HolidayState, Registration
from kribbe.people.models import Child
from kribbe.rules.school import school_year_of
from kribbe.sickcare.models import LIVE as CALLED
from kribbe.sickcare.models import SickCall

ACTIVE = (PlacementState.TO_SIGN, PlacementState.FINAL)
COMES = (HolidayState.TAKEN, HolidayState.WAITING)


def asking(today: date) -> "QuerySet[Child]":
    """Children with an open request for day care, or who ask or have other care now or later."""
    request = CareRequest.objects.filter(state=RequestState.OPEN).values("child")
    return Child.objects.filter(Q(pk__in=request) | in_other_care(today))


def in_other_care(today: date) -> Q:
    """Who asks or has care after school, in a holiday or when ill, of this school year or of a day to come."""
    moments = Registration.objects.filter(state__in=LIVE, year__year__gte=school_year_of(today))
    weeks = HolidayPlace.objects.filter(state__in=COMES, week__last__gte=today)
    calls = SickCall.objects.filter(state__in=CALLED, day__gte=today)
    return (
        Q(pk__in=moments.values("child")) | Q(pk__in=weeks.values("child")) | Q(pk__in=calls.values("child"))
    )


def concerned(today: date) -> "QuerySet[Child]":
    """Children of whom a second registration would count: who ask, or have a place now or later."""
    placed = Placement.objects.filter(state__in=ACTIVE).exclude(during__endswith__lte=today).values("child")
    return Child.objects.filter(Q(pk__in=asking(today)) | Q(pk__in=placed))


def both_ask(one: Child, other: Child) -> bool:
    """Whether both ask or have the same out-of-school year, the same holiday week, or a carer on the same day."""
    return any(
        rows.filter(child=one).filter(**{f"{same}__in": rows.filter(child=other).values(same)}).exists()
        for rows, same in (
            (Registration.objects.filter(state__in=LIVE), "year"),
            (HolidayPlace.objects.filter(state__in=COMES), "week"),
            (SickCall.objects.filter(state__in=CALLED), "day"),
        )
    )


def given_up(kept: Child, gone: Child) -> "QuerySet[HolidayPlace]":
    """Places in holiday weeks that the one cancelled and the other has or waits for."""
    weeks = HolidayPlace.objects.filter(child=gone, state__in=COMES).values("week")
    return HolidayPlace.objects.filter(child=kept, state=HolidayState.CANCELLED, week__in=weeks)
