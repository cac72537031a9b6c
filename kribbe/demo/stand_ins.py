"""A family carer of the service who is ill on the next working day, and families that hear of places of one day."""

from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_default_timezone

from kribbe.attendance.models import DayInvite, DayListener
from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.logins import family_service, logins
from kribbe.enrolment.models import CareRequest, Preference, PreferenceState, RequestState
from kribbe.people.models import RoleGrant
from kribbe.places.models import Group, Kind, Location
from kribbe.planning.models import DayRules
from kribbe.rules.calendar import is_working_day
from kribbe.rules.halfdays import WeekPattern
from kribbe.staff.models import Leave, LeaveKind
from kribbe.staff.selectors.carers import carers_of
from kribbe.staff.selectors.stand_in import plan_of_days
from kribbe.staff.services.stand_in import Choice, arrange
from kribbe.trust.principal import Grant, Principal, Role, Scope

DAY = timedelta(days=1)
LISTENING_SHARE = 0.2
LOOKED_AT = 12
"""Carers of the service among whom one is ill."""


def stand_in(book: Book) -> None:
    """By the services themselves, once the half-days are counted."""
    day = _next_working_day(book.today)
    _fall_ill(book, day)
    _hear_of_days(book, day)


def _fall_ill(book: Book, day: date) -> None:
    """One carer with children that others can take is ill; all but one child are placed."""
    organiser_id = family_service(book)
    principal = Principal(
        name="", grants=(Grant(Role.ORGANISER, Scope.ORGANISER, organiser_id),), verified=True
    )
    grants = RoleGrant.objects.filter(role=Role.MANAGER, scope=Scope.LOCATION).values("scope_id")
    homes = Location.objects.select_related("desk", "organiser").filter(
        organiser=organiser_id, kind=Kind.FAMILY, active=True
    )
    for location in homes.exclude(pk__in=grants).order_by("pk")[:LOOKED_AT]:
        carer = carers_of(location).first()
        plan = plan_of_days(principal, location, [day])
        if carer is None or len(plan.proposed) < 2:
            continue
        Leave.objects.get_or_create(
            carer=carer, during=(day, day + DAY), kind=LeaveKind.ILLNESS, defaults={"made_at": book.now}
        )
        given = sorted(plan.proposed.items())[: len(plan.children) - 1]
        choices = [Choice(placement_id=key, day=on, group_id=group) for (key, on), group in given]
        arrange(principal=principal, location=location, choices=choices, now=book.now)
        return


def _hear_of_days(book: Book, day: date) -> None:
    """Some families that wait want to hear; the parent of the demo is asked for a place of one day."""
    chance = Chance("days for who waits")
    waiting = CareRequest.objects.filter(
        state=RequestState.OPEN,
        preferences__state=PreferenceState.WAITING,
        preferences__location__in=DayRules.objects.filter(short_notice=True).values("location"),
    )
    hearing = [row for row in waiting.distinct().order_by("pk") if chance.happens(LISTENING_SHARE)]
    own = _of_the_parent()
    requests = {row.pk: row for row in (*hearing, *([own.request] if own else ()))}
    DayListener.objects.bulk_create(
        DayListener(request=row, since=book.now - timedelta(days=chance.whole(1, 60)))
        for row in requests.values()
    )
    if own is not None:
        _ask(own, day, book.now)


def _of_the_parent() -> Preference | None:
    """Where the parent of the demo still waits."""
    parent = next(login for login in logins() if login.who == "parent-offer")
    found = Preference.objects.filter(
        request__household__adults__user__email=parent.email, state=PreferenceState.WAITING
    )
    return found.select_related("request__child", "location").order_by("rank").first()


def _ask(wish: Preference, day: date, now: datetime) -> None:
    halves = WeekPattern(wish.request.pattern).mask >> 2 * day.weekday() & 3
    group = Group.objects.filter(location=wish.location, active=True).order_by("pk").first()
    if group is None:
        return
    DayInvite.objects.create(
        request=wish.request,
        group=group,
        day=day,
        halves=halves or 3,
        asked_at=now,
        answer_by=datetime.combine(day, wish.location.opens_at or time(7), get_default_timezone()),
        state_at=now,
    )


def _next_working_day(today: date) -> date:
    day = today + DAY
    while not is_working_day(day):
        day += DAY
    return day
