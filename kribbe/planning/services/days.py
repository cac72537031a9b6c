"""Extra half-days and days for another: asked by a family, decided by the free half-days or the location, undone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import home_on
from kribbe.places import ledger
from kribbe.places.models import Location
from kribbe.places.selectors.closed import closed_days_of_group
from kribbe.planning.access import check_acts
from kribbe.planning.models import DayChange, DayRules, DayState
from kribbe.planning.models_days import STANDING, day_holder
from kribbe.planning.selectors.days import (
    halves_not_over,
    halves_to_come,
    open_halves,
    room_on,
    rules_of,
)
from kribbe.planning.selectors.planned import absences, parts_of_halves, planned_halves, planned_of
from kribbe.planning.services import telling
from kribbe.planning.services.locking import locked_certain_place
from kribbe.rules.agreed import there_on
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import WeekPattern, halves_of
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal
from kribbe.web.templatetags.telling import long_date

DAY = timedelta(days=1)
FURTHEST = timedelta(days=92)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A day with its halves (bit 0 the morning), and the day that the child gives for it, if any."""

    day: date
    halves: int
    instead_of: date | None = None


def ask_day(*, principal: Principal, placement_id: int, wish: Wish, now: datetime) -> DayChange:
    """A family asks an extra half-day, or one day for another.

    Where the location lets the free half-days decide, and for a place of today or tomorrow told at short notice, it
    is granted at once; otherwise it waits for the location. Raises RefusedError, naming the field, on what can't be
    and, where it would be granted at once, on a full day; a half-day that has begun is too late.
    """
    with transaction.atomic():
        placement = locked_certain_place(placement_id)
        check_acts(principal, placement)
        location = placement.group.location
        today = localtime(now).date()
        rules = rules_of(location)
        check_wish(placement, wish, rules, today)
        check_to_come(placement, wish, now)
        change = DayChange.objects.create(
            placement=placement,
            day=wish.day,
            halves=wish.halves,
            instead_of=wish.instead_of,
            asked_at=now,
            asked_by=principal.user_id,
        )
        _record(principal, "day.ask", change, placement, now)
        if rules.at_once or (rules.short_notice and wish.day <= today + DAY):
            _grant(change, placement, principal, now)
        else:
            _tell_location(change, placement, "day_asked", now)
    return change


def give_day(
    *, principal: Principal, placement_id: int, wish: Wish, rules: DayRules, now: datetime
) -> tuple[DayChange, Placement]:
    """The location gives a child a day, or one for another, as it agreed with the family, which is told.

    Raises RefusedError, naming the field, on what can't be and on a full day.
    """
    with transaction.atomic():
        placement = locked_certain_place(placement_id)
        check_wish(placement, wish, rules, localtime(now).date())
        change = DayChange.objects.create(
            placement=placement,
            day=wish.day,
            halves=wish.halves,
            instead_of=wish.instead_of,
            asked_at=now,
            asked_by=principal.user_id,
        )
        _grant(change, placement, principal, now)
        _record(principal, "day.grant", change, placement, now)
        _tell_family(change, placement, "day_granted", now)
    return change, placement


def answer_day(
    *, principal: Principal, change_id: int, granted: bool, now: datetime, reason: str = ""
) -> DayChange:
    """The location grants or refuses.

    Raises RefusedError where it is answered already and, where it grants, on what can't be any more (the day or the
    one given for it is over, the child is planned then meanwhile) and on a full day.
    """
    with transaction.atomic():
        change, placement = _locked_change(change_id)
        if change.state != DayState.ASKED:
            raise RefusedError(_("This was answered already."), code="answered")
        if granted:
            _check_still(change, placement, now)
            _grant(change, placement, principal, now)
        else:
            _settle(change, DayState.REFUSED, principal, now, reason)
        _record(principal, "day.grant" if granted else "day.refuse", change, placement, now)
        _tell_family(change, placement, "day_granted" if granted else "day_refused", now)
    return change


def take_back_day(
    *, principal: Principal, change_id: int, now: datetime, by_location: bool = False
) -> DayChange:
    """The family takes back what it asked or got, until the day before. A day given for it is its own again.

    A location takes back so what it gave itself, and the family is told.

    Raises RefusedError where it is too late, or where that day was given to another child meanwhile.
    """
    with transaction.atomic():
        change, placement = _locked_change(change_id)
        if not by_location:
            check_acts(principal, placement)
        if change.state not in (DayState.ASKED, DayState.GRANTED):
            raise RefusedError(_("This was answered already."), code="answered")
        days = [day for day in (change.day, change.instead_of) if day is not None]
        if min(days) <= localtime(now).date():
            raise RefusedError(_("This is too late to take back. Report an absence instead."), code="over")
        was_granted, given = change.state == DayState.GRANTED, change.instead_of
        if was_granted and given is not None:
            halves = halves_of(there_on(planned_of(placement).base, given), _noon(placement))
            if not room_on(placement.group.location, placement.group_id, given).has(halves):
                raise RefusedError(_("The day that you gave for it is full now."), code="full")
        ledger.release(holder=day_holder(change), now=now)
        _settle(change, DayState.WITHDRAWN, principal, now)
        _record(principal, "day.take_back", change, placement, now)
        if by_location:
            _tell_family(change, placement, "day_undone", now)
        elif was_granted:
            _tell_location(change, placement, "day_taken_back", now)
    return change


def lapse_due(*, now: datetime) -> int:
    """What nobody answered lapses once its day, or the day given for it, is there; the family is told. How many."""
    today = localtime(now).date()
    due = DayChange.objects.filter(Q(day__lt=today) | Q(instead_of__lte=today), state=DayState.ASKED)
    return sum(_lapse(key, now) for key in due.order_by("pk").values_list("pk", flat=True))


def _lapse(change_id: int, now: datetime) -> bool:
    with transaction.atomic():
        lock_rows((DayChange, change_id))
        change = DayChange.objects.select_related("placement__child", "placement__group__location__desk").get(
            pk=change_id
        )
        if change.state != DayState.ASKED:
            return False
        _settle(change, DayState.REFUSED, SYSTEM, now)
        _record(SYSTEM, "day.lapse", change, change.placement, now)
        _tell_family(change, change.placement, "day_lapsed", now)
    return True


def check_to_come(placement: Placement, wish: Wish, now: datetime) -> None:
    """Raises RefusedError where a half-day that a family asks has begun."""
    if wish.halves & ~halves_to_come(placement.group.location, wish.day, now):
        raise RefusedError(
            _("This half-day has begun. Choose one that is still to come, or call the location."),
            field="halves",
            code="begun",
        )


def _check_still(change: DayChange, placement: Placement, now: datetime) -> None:
    """Raises RefusedError where what was asked can't be any more."""
    location, today = placement.group.location, localtime(now).date()
    if not change.halves & halves_not_over(location, change.day, now):
        raise RefusedError(_("This day is over."), code="over")
    if change.instead_of is not None and change.instead_of <= today:
        raise RefusedError(
            _("The day that the family would give for it has come. Refuse this, or give an extra day."),
            code="over",
        )
    wish = Wish(day=change.day, halves=change.halves, instead_of=change.instead_of)
    check_wish(placement, wish, rules_of(location), today, besides=change)


def check_wish(
    placement: Placement, wish: Wish, rules: DayRules, today: date, *, besides: DayChange | None = None
) -> None:
    """Raises RefusedError, naming the field, on the first thing that can't be; whether there is room isn't asked.

    `besides` is the change that asks it, where it is written already.
    """
    _check_day(placement, wish.day, today)
    _check_open(placement, wish)
    standing = DayChange.objects.filter(STANDING, placement=placement)
    if besides is not None:
        standing = standing.exclude(pk=besides.pk)
    if standing.filter(day=wish.day).exists() or standing.filter(instead_of=wish.day).exists():
        raise RefusedError(_("You asked for this day already. Take that back first."), field="day")
    hours = parts_of_halves(wish.halves, placement.group.location) if wish.halves else ()
    if not hours:
        raise RefusedError(_("Choose the morning, the afternoon or both."), field="halves")
    if planned_halves(placement.child_id, wish.day) & wish.halves:
        raise RefusedError(_("The child is planned then already."), field="day")
    if wish.instead_of is not None:
        _check_swap(placement, wish, wish.instead_of, rules, today)


def set_rules(*, principal: Principal, location: Location, rules: DayRules, now: datetime) -> DayRules:
    """What a location decides of extra days and swaps."""
    with transaction.atomic():
        lock_rows((Location, location.pk))
        kept, _made = DayRules.objects.update_or_create(
            location=location,
            defaults={
                "at_once": rules.at_once,
                "swap_weeks": rules.swap_weeks,
                "short_notice": rules.short_notice,
            },
        )
        record(
            principal=principal,
            action="day_rules.set",
            subject=kept,
            now=now,
            desk_id=location.desk_id,
            location=location.pk,
        )
    return kept


def _check_day(placement: Placement, day: date, today: date) -> None:
    if day < today:
        raise RefusedError(_("This day is over."), field="day")
    if day > today + FURTHEST:
        raise RefusedError(_("Ask at most three months ahead."), field="day")
    if day < placement.during.lower or (placement.during.upper and day >= placement.during.upper):
        raise RefusedError(_("Choose a day within the child's stay."), field="day")
    if day in closed_days_of_group(placement.group, day, day):
        raise RefusedError(_("There is no care on this day: it is a closing day."), field="day")


def _check_open(placement: Placement, wish: Wish) -> None:
    opens = open_halves(placement.group_id, wish.day)
    if not opens:
        raise RefusedError(
            _("The group never opens on this day of the week. Choose another day."),
            field="day",
            code="never_open",
        )
    if wish.halves & ~opens:
        raise RefusedError(
            _("The group opens for half of this day only. Choose the other half, or another day."),
            field="halves",
        )


def _check_swap(placement: Placement, wish: Wish, given: date, rules: DayRules, today: date) -> None:
    if given <= today:
        raise RefusedError(_("Give a day that is still to come."), field="instead_of")
    apart = abs(monday_of(wish.day) - monday_of(given)) // WEEK
    if apart >= rules.swap_weeks:
        raise RefusedError(
            _("This location takes a day for another within %(weeks)d weeks.") % {"weeks": rules.swap_weeks}
            if rules.swap_weeks
            else _("This location takes no day for another."),
            field="instead_of",
        )
    _check_same_piece(placement, given)
    planned = planned_of(placement)
    halves = halves_of(
        planned.parts(given, closed_days_of_group(placement.group, given, given)), _noon(placement)
    )
    if not halves or (placement.pk, given) in absences([placement], given, given):
        raise RefusedError(_("Give a day on which the child comes."), field="instead_of")
    if DayChange.objects.filter(STANDING, placement=placement, day=given).exists():
        raise RefusedError(_("An extra day can't be given for another."), field="instead_of")
    if wish.halves.bit_count() > halves.bit_count():
        raise RefusedError(_("Give a whole day for a whole day."), field="instead_of")


def _check_same_piece(placement: Placement, given: date) -> None:
    """A day is had for one of the same agreed days: those before a change of days, or those after it."""
    home = home_on(placement, given)
    if home.pk == placement.pk:
        return
    since = max(home.during.lower, placement.during.lower)
    raise RefusedError(
        _("From %(day)s on other days are agreed. Give a day on the same side of it as the day that you ask.")
        % {"day": long_date(since)},
        field="instead_of",
        code="other_piece",
    )


def _grant(change: DayChange, placement: Placement, principal: Principal, now: datetime) -> None:
    """Hold the half-days, or come in the place of a child that stays away; the group is locked."""
    if not room_on(placement.group.location, placement.group_id, change.day).has(change.halves):
        raise RefusedError(_("There is no place left on this day."), field="day", code="full")
    pattern = WeekPattern(change.halves << 2 * change.day.weekday())
    try:
        ledger.take(
            group_id=placement.group_id,
            start=change.day,
            end=change.day + DAY,
            pattern=pattern,
            holder=day_holder(change),
            now=now,
        )
        change.in_ledger = True
    except ledger.NoRoomError:
        change.in_ledger = False
    _settle(change, DayState.GRANTED, principal, now)


def _settle(
    change: DayChange, state: DayState, principal: Principal, now: datetime, reason: str = ""
) -> None:
    change.state, change.answered_at, change.answered_by = state, now, principal.user_id
    change.reason = reason.strip()
    change.in_ledger = change.in_ledger and state is DayState.GRANTED
    change.save()


def _noon(placement: Placement) -> time:
    return placement.group.location.morning_ends_at


def _locked_change(change_id: int) -> tuple[DayChange, Placement]:
    placement = locked_certain_place(DayChange.objects.values_list("placement", flat=True).get(pk=change_id))
    lock_rows((DayChange, change_id))
    return DayChange.objects.get(pk=change_id), placement


def _tell_location(change: DayChange, placement: Placement, kind: str, now: datetime) -> None:
    link = reverse("planning:extra_days", args=[placement.group.location.slug])
    telling.location_about_place(placement, kind, now=now, link=link, about=f"day:{change.pk}", change=change)


def _tell_family(change: DayChange, placement: Placement, kind: str, now: datetime) -> None:
    link = reverse("planning:my_extra", args=[placement.reference])
    telling.about_place(placement, kind, now=now, link=link, about=f"day:{change.pk}", change=change)


def _record(
    principal: Principal, action: str, change: DayChange, placement: Placement, now: datetime
) -> None:
    record(
        principal=principal,
        action=action,
        subject=change,
        now=now,
        household_id=placement.child.household_id,
        desk_id=placement.group.location.desk_id,
        day=f"{change.day}",
        instead_of=f"{change.instead_of or ''}",
    )
