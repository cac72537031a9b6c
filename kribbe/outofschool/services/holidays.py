"""Holiday weeks: registration opens at a minute, in the order of asking, and never sells a place twice."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kribbe.contact.services import tell_household
from kribbe.outofschool.models import Club, HolidayPlace, HolidayState, HolidayWeek
from kribbe.outofschool.services.registering import check_age
from kribbe.people.models import Child
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal
from kribbe.web.templatetags.telling import long_moment

State = HolidayState
LIVE = (State.TAKEN, State.WAITING)


def take(
    *, principal: Principal, week_id: int, household_id: int, child_ids: Collection[int], now: datetime
) -> list[HolidayPlace]:
    """Places in a holiday week for children of one family, or their turn on the waiting list.

    The clock of the server decides; who asks before the minute gets nothing for it. A child that has a place or a
    turn keeps it. Raises RefusedError before and after the time, beyond the limit of a family, or by age.
    """
    with transaction.atomic():
        week = _locked(week_id)
        _check_time(week, now)
        children = _children(week, household_id, child_ids)
        known = {
            each.child_id: each
            for each in HolidayPlace.objects.filter(week=week, child__household=household_id)
        }
        asked = [child for child in children if child.pk not in known or known[child.pk].state not in LIVE]
        _check_limit(week, sum(each.state in LIVE for each in known.values()) + len(asked))
        made = _seats(week, asked, known, principal, now)
        for place in made:
            _record(principal, "holiday.take", place, week, now)
        if made:
            _tell_taken(week, made, now)
    return made


def cancel(*, principal: Principal, place_id: int, now: datetime) -> HolidayPlace:
    """The child doesn't come any more; until the week begins, the first who waits moves up and is told.

    Raises RefusedError where it was cancelled already, or the week is over.
    """
    with transaction.atomic():
        week, place = _locked_place(place_id)
        if week.last < localtime(now).date():
            raise RefusedError(_("This week is over."), code="over")
        if place.state not in LIVE:
            raise RefusedError(_("This place was cancelled already."), code="cancelled")
        _move(place, State.CANCELLED, now)
        _record(principal, "holiday.cancel", place, week, now)
        _move_up(week, now)
    return place


def undo_cancel(*, principal: Principal, place_id: int, now: datetime) -> HolidayPlace:
    """The child comes after all: in its place if that is still free, else on the waiting list where it was."""
    with transaction.atomic():
        week, place = _locked_place(place_id)
        if place.state != State.CANCELLED:
            raise RefusedError(_("There is nothing to undo."), code="not-cancelled")
        if now >= week.closes_at:
            raise RefusedError(_("Registration for this week is closed."), code="closed")
        live = HolidayPlace.objects.filter(
            week=week, child__household=place.child.household_id, state__in=LIVE
        )
        _check_limit(week, live.count() + 1)
        _move(place, State.TAKEN if week.free > 0 else State.WAITING, now)
        _record(principal, "holiday.cancel_undone", place, week, now)
    return place


def set_week(
    *,
    principal: Principal,
    club: Club,
    name: str,
    first: date,
    last: date,
    opens_at: datetime,
    closes_at: datetime,
    places: int,
    per_household: int,
    now: datetime,
) -> HolidayWeek:
    """Make a holiday week, or change the one that begins on this day. More places are given to who waits.

    Raises RefusedError on periods the wrong way round and on fewer places than are taken.
    """
    if last < first:
        raise RefusedError(_("The last day is before the first."), field="last")
    if closes_at <= opens_at:
        raise RefusedError(_("Registration closes before it opens."), field="closes_at")
    with transaction.atomic():
        lock_rows((Club, club.pk))
        known = HolidayWeek.objects.filter(club=club, first=first).values_list("pk", flat=True).first()
        if known is not None:
            lock_rows((HolidayWeek, known))
        if known is not None and HolidayWeek.objects.get(pk=known).taken > places:
            raise RefusedError(_("More places than this are taken already."), field="places")
        made, _created = HolidayWeek.objects.update_or_create(
            club=club,
            first=first,
            defaults={
                "name": name,
                "last": last,
                "opens_at": opens_at,
                "closes_at": closes_at,
                "places": places,
                "per_household": per_household,
            },
        )
        record(
            principal=principal,
            action="holiday.set",
            subject=made,
            now=now,
            desk_id=club.desk_id,
            places=places,
            opens_at=f"{opens_at}",
        )
        _move_up(_locked(made.pk), now)
    return made


def _seats(
    week: HolidayWeek,
    children: Sequence[Child],
    known: dict[int, HolidayPlace],
    principal: Principal,
    now: datetime,
) -> list[HolidayPlace]:
    """Rows for the children, as many with a place as are free. Who comes back after cancelling stands at the end."""
    free = 0 if HolidayPlace.objects.filter(week=week, state=State.WAITING).exists() else week.free
    again = [known[child.pk].pk for child in children if child.pk in known]
    HolidayPlace.objects.filter(pk__in=again).delete()
    try:
        return [
            HolidayPlace.objects.create(
                week=week,
                child=child,
                state=State.TAKEN if number < free else State.WAITING,
                state_at=now,
                asked_at=now,
                asked_by=principal.user_id,
                given_up_on=None if number < free or child.pk not in known else known[child.pk].given_up_on,
            )
            for number, child in enumerate(children)
        ]
    except IntegrityError as error:
        raise RefusedError(_("Somebody was just before you. Try again."), code="full") from error


def _move_up(week: HolidayWeek, now: datetime) -> None:
    """Give what is free to who waits, in the order of asking; nobody once the week has begun."""
    if week.first <= localtime(now).date():
        return
    waiting = HolidayPlace.objects.filter(week=week, state=State.WAITING).select_related("child__household")
    week.refresh_from_db(fields=["taken"])
    for place in waiting.order_by("pk")[: max(0, week.free)]:
        _move(place, State.TAKEN, now)
        _record(SYSTEM, "holiday.move_up", place, week, now)
        _tell(week, [place], "holiday_moved_up", now)


def _check_time(week: HolidayWeek, now: datetime) -> None:
    if now < week.opens_at:
        raise RefusedError(
            _("Registration opens on %(moment)s. Nothing was kept of this attempt.")
            % {"moment": long_moment(localtime(week.opens_at))},
            code="early",
        )
    if now >= week.closes_at:
        raise RefusedError(_("Registration for this week is closed."), code="closed")


def _check_limit(week: HolidayWeek, number: int) -> None:
    if number > week.per_household:
        raise RefusedError(
            ngettext(
                "A family can ask %(number)d place in this week.",
                "A family can ask %(number)d places in this week.",
                week.per_household,
            )
            % {"number": week.per_household},
            field="children",
            code="limit",
        )


def _children(week: HolidayWeek, household_id: int, child_ids: Collection[int]) -> list[Child]:
    found = list(
        Child.objects.filter(pk__in=child_ids, household=household_id)
        .select_related("household")
        .order_by("pk")
    )
    if not found or len(found) != len(set(child_ids)):
        raise RefusedError(_("Choose at least one child."), field="children")
    for child in found:
        check_age(week.club, child, week.first)
    return found


def _locked(week_id: int) -> HolidayWeek:
    lock_rows((HolidayWeek, week_id))
    return HolidayWeek.objects.select_related("club__desk").get(pk=week_id)


def _locked_place(place_id: int) -> tuple[HolidayWeek, HolidayPlace]:
    week_id = HolidayPlace.objects.values_list("week_id", flat=True).get(pk=place_id)
    lock_rows((HolidayWeek, week_id), (HolidayPlace, place_id))
    week = HolidayWeek.objects.select_related("club__desk").get(pk=week_id)
    return week, HolidayPlace.objects.select_related("child__household").get(pk=place_id)


def _move(place: HolidayPlace, state: HolidayState, now: datetime) -> None:
    """A place that was had and is cancelled stays known as given up, until the child has one again."""
    if state == State.TAKEN:
        place.given_up_on = None
    elif place.state == State.TAKEN:
        place.given_up_on = localtime(now).date()
    place.state, place.state_at = state, now
    place.save(update_fields=["state", "state_at", "given_up_on"])


def _tell_taken(week: HolidayWeek, made: list[HolidayPlace], now: datetime) -> None:
    for state, kind in ((State.TAKEN, "holiday_taken"), (State.WAITING, "holiday_waiting")):
        places = [place for place in made if place.state == state]
        if places:
            _tell(week, places, kind, now)


def _tell(week: HolidayWeek, places: list[HolidayPlace], kind: str, now: datetime) -> None:
    household = places[0].child.household
    tell_household(
        household_id=household.pk,
        kind=f"outofschool/{kind}",
        context={"week": week, "club": week.club, "children": [place.child for place in places]},
        now=now,
        link=reverse("outofschool:family", args=[household.reference]),
        about=f"holiday:{week.pk}",
        awaited=True,
    )


def _record(principal: Principal, action: str, place: HolidayPlace, week: HolidayWeek, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=place,
        now=now,
        household_id=place.child.household_id,
        desk_id=week.club.desk_id,
        week=week.pk,
    )
