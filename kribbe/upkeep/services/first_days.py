"""The first day in care: the location says whether the child came, its family what happens if it didn't."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.models import Notice
from kribbe.contact.services import tell_household, tell_location
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.services.pieces import cut_short, lock_stay
from kribbe.enrolment.services.turns import lay_turns
from kribbe.people.selectors import location_addresses
from kribbe.places import ledger
from kribbe.places.models import Group
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.watching import household_changes, stay_moved
from kribbe.upkeep.models import FirstDay, FirstDayState
from kribbe.upkeep.selectors.first_days import first_days_before

DAY = timedelta(days=1)
ASKED_FOR = timedelta(days=14)
"""A first day longer ago isn't asked about any more."""

LONGEST_SHUT = timedelta(weeks=10)
"""The longest that a place begins before the first open day of its half-days."""

TOLD_WITHIN = timedelta(weeks=6)
"""How long after a first day a location can say who came, or say otherwise."""


def ask_first_days(*, now: datetime) -> int:
    """Ask the location about every child that should have come first yesterday or lately. Returns how many.

    Who was to come later, as its family said, is asked about again after that day.
    """
    today = localtime(now).date()
    begun = Placement.objects.filter(
        Q(first_day=None) | Q(first_day__state=FirstDayState.LATER),
        state=PlacementState.FINAL,
        during__startswith__lt=today,
        during__startswith__gte=today - ASKED_FOR - LONGEST_SHUT,
        offer__isnull=False,
    ).select_related("child", "group__location__desk", "first_day")
    found = list(begun.order_by("pk"))
    days = first_days_before(found, today)
    due = [(each, days[each.pk]) for each in found if days.get(each.pk, date.min) >= today - ASKED_FOR]
    return sum(_ask(placement, day, now) for placement, day in due)


def _ask(placement: Placement, day: date, now: datetime) -> bool:
    with transaction.atomic():
        made, is_new = FirstDay.objects.get_or_create(
            placement=placement, defaults={"day": day, "asked_at": now}
        )
        if not is_new:
            made = _locked(made.pk)
            if made.state != FirstDayState.LATER or made.day >= day:
                return False
            made.state, made.day, made.asked_at = FirstDayState.ASKED, day, now
            made.told_at = made.told_by = made.answered_at = made.answered_by = None
            made.save()
        _tell_location(made, "first_day_asked", now)
    return True


def tell_came(*, principal: Principal, first_day_id: int, came: bool, now: datetime) -> None:
    """The location says that the child came, or didn't; its family is then asked, once, and the desk.

    RefusedError where the family answered already, or the first day is longer ago than `TOLD_WITHIN`.
    """
    with transaction.atomic():
        found = _locked(first_day_id)
        if found.state in {FirstDayState.LATER, FirstDayState.FREED}:
            raise RefusedError(_("The family has answered already."), code="answered")
        if found.day < earliest_told(localtime(now).date()):
            raise RefusedError(_("This first day is too long ago. Call the desk."), code="late")
        state = FirstDayState.CAME if came else FirstDayState.ABSENT
        if found.state == state:
            return
        found.state, found.told_at, found.told_by = state, now, principal.user_id
        found.save(update_fields=["state", "told_at", "told_by"])
        _record(principal, "first_day.came" if came else "first_day.absent", found, now)
        if not came and not _was_asked(found):
            _tell(found, "first_day_missed", now)


def earliest_told(today: date) -> date:
    """The earliest first day of which a location can still say who came."""
    return today - TOLD_WITHIN


def _was_asked(found: FirstDay) -> bool:
    about = f"placement:{found.placement_id}"
    told = Notice.objects.filter(kind="upkeep/first_day_missed", about=about)
    return told.filter(created_at__gte=found.asked_at).exists()


def comes_later(*, principal: Principal, first_day_id: int, start: date, now: datetime) -> None:
    """The child comes from a later day; the half-days before it are free again.

    RefusedError for a day that isn't later, or after the end of the place.
    """
    with transaction.atomic():
        found = _open(first_day_id)
        placement = found.placement
        end = placement.during.upper
        if start <= localtime(now).date() or (end is not None and start >= end):
            raise RefusedError(_("Choose a day that is still to come, within the stay."), field="start")
        if placement.in_turn is None:
            ledger.move(holder=f"placement:{placement.pk}", start=start, end=end, now=now)
        with household_changes(placement.child.household_id, now):
            placement.during = DateRange(start, end)
            placement.save(update_fields=["during"])
        lay_turns(placement, now=now)
        stay_moved(placement.pk, now)
        _answered(found, FirstDayState.LATER, principal, now)
        _record(principal, "first_day.later", found, now, start=f"{start}")
        _tell_location(found, "first_day_later", now, start=start)


def no_longer_needed(*, principal: Principal, first_day_id: int, now: datetime) -> None:
    """The place is given up: it ends today, with all that was agreed after it; its half-days are free from today."""
    with transaction.atomic():
        found = _open(first_day_id)
        placement = found.placement
        last = max(localtime(now).date() - DAY, placement.during.lower)
        ending, _later = cut_short(lock_stay(placement.pk), last, now)
        with household_changes(placement.child.household_id, now):
            ending.state, ending.replaced_end, ending.replaced_state = PlacementState.ENDED, None, ""
            ending.save(update_fields=["state", "replaced_end", "replaced_state"])
        lay_turns(ending, now=now)
        _answered(found, FirstDayState.FREED, principal, now)
        _record(principal, "first_day.freed", found, now)
        _tell_location(found, "first_day_freed", now)


def _locked(key: int) -> FirstDay:
    placement_id, group_id = (
        FirstDay.objects.filter(pk=key).values_list("placement_id", "placement__group_id").get()
    )
    lock_rows((FirstDay, key), (Placement, placement_id), (Group, group_id))
    return FirstDay.objects.select_related("placement__child", "placement__group__location__desk").get(pk=key)


def _open(key: int) -> FirstDay:
    found = _locked(key)
    if found.state != FirstDayState.ABSENT or found.placement.state != PlacementState.FINAL:
        raise RefusedError(_("There is nothing to answer here any more."), code="answered")
    return found


def _answered(found: FirstDay, state: FirstDayState, principal: Principal, now: datetime) -> None:
    found.state, found.answered_at, found.answered_by = state, now, principal.user_id
    found.save(update_fields=["state", "answered_at", "answered_by"])


def _tell(found: FirstDay, kind: str, now: datetime) -> None:
    placement = found.placement
    tell_household(
        household_id=placement.child.household_id,
        kind=f"upkeep/{kind}",
        context={"child": placement.child, "location": placement.group.location, "day": found.day},
        now=now,
        link=reverse("upkeep:first_day", args=[placement.reference]),
        about=f"placement:{placement.pk}",
        location_id=placement.group.location_id,
    )


def _tell_location(found: FirstDay, kind: str, now: datetime, **context: date) -> None:
    placement, location = found.placement, found.placement.group.location
    tell_location(
        location_id=location.pk,
        desk=location.desk,
        kind=f"upkeep/{kind}",
        context={"child": placement.child, "day": found.day, **context},
        now=now,
        link=reverse("upkeep:first_days", args=[location.slug]),
        about=f"placement:{placement.pk}",
        addresses=location_addresses(location_id=location.pk, organiser_id=location.organiser_id),
    )


def _record(principal: Principal, action: str, found: FirstDay, now: datetime, **data: str) -> None:
    record(
        principal=principal,
        action=action,
        subject=found,
        now=now,
        household_id=found.placement.child.household_id,
        desk_id=found.placement.group.location.desk_id,
        **data,
    )
