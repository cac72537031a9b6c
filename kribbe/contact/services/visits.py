"""Visits: moments published or proposed, booked, moved and cancelled. A seat is never given twice."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.contact.invitations import Invitation, invitation
from kribbe.contact.links import are_linked
from kribbe.contact.models import VisitBooking, VisitMoment, VisitState
from kribbe.contact.services import tell_household, tell_location
from kribbe.contact.writing import allowed_language
from kribbe.people.models import Household
from kribbe.people.selectors import household_with_adults, location_addresses
from kribbe.places.models import Location
from kribbe.places.selectors.closed import closed_days
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

MOST_SEATS = 50
MOST_WEEKS = 26


def publish_moments(
    *,
    location: Location,
    starts_at: datetime,
    ends_at: datetime,
    seats: int,
    note: str,
    weeks: int,
    principal: Principal,
    now: datetime,
) -> list[VisitMoment]:
    """Publish a moment, and the same one in the following weeks: `weeks` in all, at the same time by the clock.

    Weeks in which the location is closed on that day are left out (see `closed_moments`). RefusedError where it is
    over already, or where it is closed every time.
    """
    if starts_at <= now:
        raise RefusedError(_("Choose a moment that is still to come."), field="day", code="past")
    closed = closed_moments(location=location, starts_at=starts_at, weeks=weeks)
    if len(closed) == weeks:
        raise RefusedError(
            _("The location is closed on that day. Choose another one."), field="day", code="closed"
        )
    with transaction.atomic():
        made = [
            VisitMoment.objects.create(
                location=location,
                starts_at=_weeks_later(starts_at, week),
                ends_at=_weeks_later(ends_at, week),
                seats=seats,
                note=note,
                published_at=now,
                published_by=principal.user_id,
            )
            for week in range(weeks)
            if localtime(_weeks_later(starts_at, week)).date() not in closed
        ]
        _record(principal, "visit.publish", made[0], now, location, moments=[each.pk for each in made])
    return made


def closed_moments(*, location: Location, starts_at: datetime, weeks: int) -> list[date]:
    """The days of a weekly series on which the location is closed, or that are public holidays; in order."""
    days = [localtime(_weeks_later(starts_at, week)).date() for week in range(weeks)]
    closed = closed_days(location.pk, days[0], days[-1])
    return [day for day in days if day in closed]


def propose_moment(
    *,
    location: Location,
    household: Household,
    starts_at: datetime,
    ends_at: datetime,
    note: str,
    principal: Principal,
    now: datetime,
) -> VisitMoment:
    """Propose a moment to one family, which alone can book it. RefusedError in the past, or to a strange family."""
    if starts_at <= now:
        raise RefusedError(_("Choose a moment that is still to come."), field="day", code="past")
    _require_link(household.pk, location.pk)
    with transaction.atomic():
        moment = VisitMoment.objects.create(
            location=location,
            for_household=household,
            starts_at=starts_at,
            ends_at=ends_at,
            seats=1,
            note=note,
            published_at=now,
            published_by=principal.user_id,
        )
        _record(principal, "visit.propose", moment, now, location, household_id=household.pk)
        _propose(moment, household.pk, now)
    return moment


def _propose(moment: VisitMoment, household_id: int, now: datetime) -> None:
    tell_household(
        household_id=household_id,
        kind="contact/visit_proposed",
        context={"moment": moment, "location": moment.location},
        now=now,
        link=reverse("contact:visits"),
        about=f"moment:{moment.pk}",
        location_id=moment.location_id,
    )


def move_moment(
    *, moment_id: int, starts_at: datetime, ends_at: datetime, principal: Principal, now: datetime
) -> int:
    """The location moves a moment in time: every family that booked it is told, with its calendar. Returns how many.

    RefusedError to a moment that is past or on a closed day, and where this one is over or called off.
    """
    if starts_at <= now:
        raise RefusedError(_("Choose a moment that is still to come."), field="day", code="past")
    with transaction.atomic():
        lock_rows((VisitMoment, moment_id))
        moment = VisitMoment.objects.select_related("location__desk").get(pk=moment_id)
        if moment.state != VisitState.ON or moment.starts_at <= now:
            raise RefusedError(_("This visit is over or called off. Look at the list again."), code="gone")
        if closed_moments(location=moment.location, starts_at=starts_at, weeks=1):
            raise RefusedError(
                _("The location is closed on that day. Choose another one."), field="day", code="closed"
            )
        moment.starts_at, moment.ends_at = starts_at, ends_at
        moment.save(update_fields=["starts_at", "ends_at"])
        bookings = list(moment.bookings.filter(state=VisitState.ON).order_by("pk"))
        for booking in bookings:
            booking.moment, booking.sequence = moment, booking.sequence + 1
            booking.save(update_fields=["sequence"])
            _tell(booking, "visit_moved_by_location", now)
        if moment.for_household_id is not None and not bookings:
            _propose(moment, moment.for_household_id, now)
        _record(principal, "visit.move_moment", moment, now, moment.location, start=f"{starts_at:%Y-%m-%d}")
    return len(bookings)


def cancel_moment(*, moment_id: int, principal: Principal, now: datetime) -> int:
    """The moment doesn't go through: every family that booked it is told. Returns how many."""
    with transaction.atomic():
        lock_rows((VisitMoment, moment_id))
        moment = VisitMoment.objects.select_related("location__desk").get(pk=moment_id)
        if moment.state == VisitState.CANCELLED:
            return 0
        bookings = list(moment.bookings.filter(state=VisitState.ON).order_by("pk"))
        for booking in bookings:
            _cancel(booking, moment, now)
            _tell(booking, "visit_cancelled_by_location", now)
        moment.state, moment.taken = VisitState.CANCELLED, 0
        moment.save(update_fields=["state", "taken"])
        _record(principal, "visit.cancel_moment", moment, now, moment.location)
    return len(bookings)


def book(*, moment_id: int, household: Household, principal: Principal, now: datetime) -> VisitBooking:
    """A family takes a seat. RefusedError where none is left, it is over, or the family has a visit there already."""
    with transaction.atomic():
        lock_rows((Household, household.pk), (VisitMoment, moment_id))
        moment = _bookable(moment_id, household.pk, now)
        _require_no_other(moment.location_id, household.pk, now)
        booking = VisitBooking.objects.create(
            moment=moment, household=household, booked_at=now, booked_by=principal.user_id
        )
        _take(moment)
        _record(principal, "visit.book", booking, now, moment.location, household_id=household.pk)
        _tell(booking, "visit_booked", now)
        _tell_location(booking, "visit_booked_location", now)
    return booking


def move(*, booking: VisitBooking, moment_id: int, principal: Principal, now: datetime) -> VisitBooking:
    """The family comes at another moment of the same location. RefusedError as for booking."""
    with transaction.atomic():
        lock_rows(
            (Household, booking.household_id), (VisitMoment, moment_id), (VisitMoment, booking.moment_id)
        )
        booking = _standing(booking, now)
        before = booking.moment
        moment = _bookable(moment_id, booking.household_id, now)
        if moment.location_id != before.location_id or moment.pk == before.pk:
            raise RefusedError(_("Choose another moment at the same location."), field="moment", code="same")
        booking.moment, booking.sequence = moment, booking.sequence + 1
        booking.save(update_fields=["moment", "sequence"])
        _take(moment)
        _give_back(before)
        _record(principal, "visit.move", booking, now, moment.location, household_id=booking.household_id)
        _tell(booking, "visit_moved", now)
        _tell_location(booking, "visit_moved_location", now)
    return booking


def cancel(*, booking: VisitBooking, principal: Principal, now: datetime) -> None:
    """The family doesn't come; its seat is free again. A second time changes nothing."""
    with transaction.atomic():
        lock_rows((Household, booking.household_id), (VisitMoment, booking.moment_id))
        if VisitBooking.objects.filter(pk=booking.pk, state=VisitState.CANCELLED).exists():
            return
        booking = _standing(booking, now)
        _drop(booking, principal, now)
        _tell(booking, "visit_cancelled", now)
        _tell_location(booking, "visit_cancelled_location", now)


def cancel_unlinked(*, household_id: int, principal: Principal, now: datetime) -> None:
    """Cancel what the family booked at locations where nothing of it is left, without a word to it.

    The locations are told, so that nobody waits.
    """
    with transaction.atomic():
        for booking in _to_come(household_id, now):
            lock_rows((Household, household_id), (VisitMoment, booking.moment_id))
            if not VisitBooking.objects.filter(pk=booking.pk, state=VisitState.ON).exists():
                continue
            if not _is_linked(booking):
                _drop(booking, principal, now)
                _tell_location(booking, "visit_cancelled_location", now)


def _to_come(household_id: int, now: datetime) -> "QuerySet[VisitBooking]":
    return (
        VisitBooking.objects.filter(household=household_id, state=VisitState.ON, moment__starts_at__gt=now)
        .select_related("moment__location__desk")
        .order_by("moment", "pk")
    )


def _is_linked(booking: VisitBooking) -> bool:
    return are_linked(household_id=booking.household_id, location_id=booking.moment.location_id)


def _drop(booking: VisitBooking, principal: Principal, now: datetime) -> None:
    location = booking.moment.location
    _cancel(booking, booking.moment, now)
    _give_back(booking.moment)
    _record(principal, "visit.cancel", booking, now, location, household_id=booking.household_id)


def remind_of_visits(*, now: datetime) -> int:
    """Remind each family the day before its visit, once; not where its request is gone. Returns how many."""
    tomorrow = localtime(now).date() + timedelta(days=1)
    bookings = VisitBooking.objects.filter(state=VisitState.ON, moment__starts_at__date=tomorrow)
    standing = bookings.select_related("moment__location__desk").order_by("pk")
    return sum(_remind(booking, now) for booking in standing if _is_linked(booking))


def _remind(booking: VisitBooking, now: datetime) -> bool:
    once = f"visit_tomorrow:{booking.pk}:{localtime(booking.moment.starts_at):%Y-%m-%d}"
    return _tell(booking, "visit_tomorrow", now, with_invitation=False, once=once)


def _weeks_later(moment: datetime, weeks: int) -> datetime:
    """So many weeks later at the same time by the clock, summer time or not."""
    local = localtime(moment)
    return (local.replace(tzinfo=None) + timedelta(weeks=weeks)).replace(tzinfo=local.tzinfo)


def _bookable(moment_id: int, household_id: int, now: datetime) -> VisitMoment:
    moment = VisitMoment.objects.select_related("location__desk").get(pk=moment_id)
    if moment.state != VisitState.ON or moment.starts_at <= now:
        raise RefusedError(_("This visit can no longer be booked. Choose another one."), code="gone")
    if moment.for_household_id not in (None, household_id):
        raise RefusedError(_("This visit is for another family."), code="gone")
    _require_link(household_id, moment.location_id)
    if moment.taken >= moment.seats:
        raise RefusedError(_("The last seat was just taken. Choose another moment."), code="full")
    return moment


def _require_link(household_id: int, location_id: int) -> None:
    if not are_linked(household_id=household_id, location_id=location_id):
        raise RefusedError(
            _("Choose this location in your request first; then you can visit it."), code="not_linked"
        )


def _require_no_other(location_id: int, household_id: int, now: datetime) -> None:
    standing = VisitBooking.objects.filter(
        household=household_id,
        state=VisitState.ON,
        moment__location=location_id,
        moment__starts_at__gt=now,
    )
    if standing.exists():
        raise RefusedError(_("You have a visit there already. You can move it."), code="twice")


def _standing(booking: VisitBooking, now: datetime) -> VisitBooking:
    """The booking as it is behind the lock; RefusedError where somebody changed it meanwhile, or it is over."""
    found = VisitBooking.objects.select_related("moment__location__desk").get(pk=booking.pk)
    changed = found.state != VisitState.ON or found.moment_id != booking.moment_id
    if changed or found.moment.starts_at <= now:
        raise RefusedError(_("This visit is over, moved or cancelled. Look at the list again."), code="gone")
    return found


def _take(moment: VisitMoment) -> None:
    VisitMoment.objects.filter(pk=moment.pk).update(taken=F("taken") + 1)


def _give_back(moment: VisitMoment) -> None:
    VisitMoment.objects.filter(pk=moment.pk).update(taken=F("taken") - 1)


def _cancel(booking: VisitBooking, moment: VisitMoment, now: datetime) -> None:
    booking.moment = moment
    booking.state, booking.cancelled_at = VisitState.CANCELLED, now
    booking.sequence += 1
    booking.save(update_fields=["state", "cancelled_at", "sequence"])


def _tell(
    booking: VisitBooking, kind: str, now: datetime, *, with_invitation: bool = True, once: str | None = None
) -> bool:
    """Tell the family, with an invitation for its calendar; False where it was told `once` already."""
    notice = tell_household(
        household_id=booking.household_id,
        kind=f"contact/{kind}",
        context={"moment": booking.moment, "location": booking.moment.location},
        now=now,
        link=reverse("contact:visits"),
        about=f"visit:{booking.pk}",
        location_id=booking.moment.location_id,
        calendar=_invitation(booking, now) if with_invitation else None,
        once=once,
        awaited=with_invitation,
    )
    return notice is not None


def _invitation(booking: VisitBooking, now: datetime) -> Invitation:
    household = household_with_adults(booking.household_id)
    addresses: Sequence[str] = [each.email for each in household.adults.all() if each.email]
    with translation.override(allowed_language(household.desk, household.language)):
        title = gettext("Visit to %s") % booking.moment.location.name
    return invitation(booking, title=title, addresses=addresses, now=now)


def _tell_location(booking: VisitBooking, kind: str, now: datetime) -> None:
    location = booking.moment.location
    adults = list(household_with_adults(booking.household_id).adults.all())
    tell_location(
        location_id=location.pk,
        desk=location.desk,
        kind=f"contact/{kind}",
        context={
            "moment": booking.moment,
            "location": location,
            "family": adults[0].last_name if adults else "",
        },
        now=now,
        link=reverse("contact:location_visits", args=[location.slug]),
        about=f"visit:{booking.pk}",
        addresses=location_addresses(location_id=location.pk, organiser_id=location.organiser_id),
    )


def _record(
    principal: Principal,
    action: str,
    subject: VisitMoment | VisitBooking,
    now: datetime,
    location: Location,
    household_id: int | None = None,
    **data: Any,
) -> None:
    audit.record(
        principal=principal,
        action=action,
        subject=subject,
        now=now,
        household_id=household_id,
        desk_id=location.desk_id,
        **data,
    )
