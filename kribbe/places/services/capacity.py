"""Groups and their places: added, renamed, closed, and how many from which day on."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.places import ledger
from kribbe.places.free import Overfull, overfull_with
from kribbe.places.models import Group, GroupCapacity, LedgerTake, Location
from kribbe.region.selectors import policy_on
from kribbe.rules.capacity import NO_OVERBOOKING, Bookable, bookable_places
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import PriceKind
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.typed import is_seen

MOST_PLACES = 1000


@dataclass(frozen=True, slots=True)
class Places:
    """How many places a group has, and when it is open. `overbooking` 1 is none, 1.2 a fifth more."""

    licensed: int
    staffed: int
    open_pattern: WeekPattern
    overbooking: Decimal = NO_OVERBOOKING


@dataclass(frozen=True, slots=True)
class GroupDetails:
    """What a group is called, whom it cares for (ages in months, `to_months` not included) and how it is paid."""

    name: str
    from_months: int
    to_months: int
    price_kind: PriceKind


@dataclass(frozen=True, slots=True)
class Effect:
    """What new places would do: how many can be booked and why, until when, and where too much is agreed."""

    bookable: Bookable
    until: date | None
    overfull: Overfull | None


def add_group(
    *,
    principal: Principal,
    location_id: int,
    details: GroupDetails,
    places: Places,
    from_day: date,
    now: datetime,
) -> Group:
    """A new group with its places from a day on. Raises RefusedError on a name in use or impossible numbers."""
    with transaction.atomic():
        lock_rows((Location, location_id))
        location = Location.objects.select_related("desk").get(pk=location_id)
        _check_details(location_id, details)
        bookable = _checked(location, places, from_day, localtime(now).date())
        group = Group.objects.create(
            location=location,
            name=details.name,
            from_months=details.from_months,
            to_months=details.to_months,
            price_kind=details.price_kind,
        )
        _lay(group, from_day, None, places, bookable)
        ledger.recount(group_ids=[group.pk], today=localtime(now).date(), now=now)
        _record(principal, "group.add", group, now, name=details.name, bookable=bookable.places)
    return group


def change_group(*, principal: Principal, group_id: int, details: GroupDetails, now: datetime) -> Group:
    """Another name, age band or price kind. The price kind is fixed as long as places are taken."""
    with _locked(group_id) as group:
        _check_details(group.location_id, details, other_than=group.pk)
        if details.price_kind != group.price_kind and is_taken(group.pk, localtime(now).date()):
            raise RefusedError(
                _("Places are taken in this group, so its price can't change. Make a new group."),
                field="price_kind",
            )
        before = {name: getattr(group, name) for name in GroupDetails.__slots__}
        for name in before:
            setattr(group, name, getattr(details, name))
        group.save(update_fields=list(before))
        changed = [name for name, value in before.items() if value != getattr(group, name)]
        _record(principal, "group.change", group, now, changed=changed)
    return group


def close_group(*, principal: Principal, group_id: int, now: datetime) -> None:
    """Take an empty group out of use. Raises RefusedError while a place is taken or offered."""
    with _locked(group_id) as group:
        if is_taken(group.pk, localtime(now).date()):
            raise RefusedError(
                _("Children still have a place or an offer in this group. Move them first."), code="taken"
            )
        group.active = False
        group.save(update_fields=["active"])
        _record(principal, "group.close", group, now)


def open_group(*, principal: Principal, group_id: int, now: datetime) -> None:
    """Take a closed group back into use."""
    with _locked(group_id) as group:
        group.active = True
        group.save(update_fields=["active"])
        ledger.recount(group_ids=[group.pk], today=localtime(now).date(), now=now)
        _record(principal, "group.open", group, now)


def set_capacity(
    *, principal: Principal, group_id: int, places: Places, from_day: date, now: datetime
) -> Effect:
    """The group's places from a day on, until the next change that was planned already.

    Fewer places than agreements are recorded and shown, never refused: a carer falls ill, and the agreements
    stand. Raises RefusedError on impossible numbers or a day in the past.
    """
    with _locked(group_id) as group:
        today = localtime(now).date()
        _checked(group.location, places, from_day, today)
        effect = effect_of(group=group, places=places, from_day=from_day)
        ends = _make_room(group, from_day)
        _lay(group, from_day, ends, places, effect.bookable)
        ledger.recount(group_ids=[group.pk], today=today, now=now)
        _record(
            principal,
            "capacity.set",
            group,
            now,
            from_day=f"{from_day}",
            licensed=places.licensed,
            staffed=places.staffed,
            bookable=effect.bookable.places,
            open_pattern=places.open_pattern.mask,
            overfull=effect.overfull.half_days if effect.overfull else 0,
        )
    return effect


def drop_planned(*, principal: Principal, capacity_id: int, now: datetime) -> None:
    """Take back a change of places that was planned for later; what held before it goes on."""
    group_id = GroupCapacity.objects.values_list("group_id", flat=True).get(pk=capacity_id)
    with _locked(group_id) as group:
        today = localtime(now).date()
        planned = GroupCapacity.objects.get(pk=capacity_id)
        earlier = _before(group, planned.during.lower)
        if planned.during.lower <= today or earlier is None:
            raise RefusedError(_("These places hold already. Set other places from a day on."), code="holds")
        planned.delete()
        earlier.during = DateRange(earlier.during.lower, planned.during.upper)
        earlier.save(update_fields=["during"])
        ledger.recount(group_ids=[group.pk], today=today, now=now)
        _record(principal, "capacity.drop", group, now, from_day=f"{planned.during.lower}")


def effect_of(*, group: Group, places: Places, from_day: date) -> Effect:
    """What these places would do from that day, without changing anything."""
    bookable = _bookable(group.location, places, from_day)
    until = _next_change(group, from_day)
    return Effect(
        bookable=bookable,
        until=until,
        overfull=overfull_with(
            group_id=group.pk,
            since=from_day,
            until=until,
            bookable=bookable.places,
            open_pattern=places.open_pattern,
        ),
    )


def is_taken(group_id: int, today: date) -> bool:
    """Whether a place of the group is taken or offered today or later."""
    return group_id in taken_groups([group_id], today)


def taken_groups(group_ids: Collection[int], today: date) -> set[int]:
    """The groups of these in which a place is taken or offered today or later."""
    takes = LedgerTake.objects.filter(group__in=group_ids, during__overlap=DateRange(today, None))
    return set(takes.values_list("group_id", flat=True).distinct())


@contextmanager
def _locked(group_id: int) -> Iterator[Group]:
    with transaction.atomic():
        lock_rows((Group, group_id))
        yield Group.objects.select_related("location__desk").get(pk=group_id)


def _check_details(location_id: int, details: GroupDetails, *, other_than: int = 0) -> None:
    if not is_seen(details.name):
        raise RefusedError(_("Give the group a name."), field="name")
    same = Group.objects.filter(location=location_id, name__iexact=details.name).exclude(pk=other_than)
    if same.exists():
        raise RefusedError(_("There is a group with this name already."), field="name")
    if details.from_months >= details.to_months:
        raise RefusedError(_("The oldest age is above the youngest age."), field="to_months")


def _checked(location: Location, places: Places, from_day: date, today: date) -> Bookable:
    if places.licensed > MOST_PLACES:
        raise RefusedError(_("This is more than any location has. Check the number."), field="licensed")
    if places.staffed > places.licensed:
        raise RefusedError(
            _("There can't be more staffed places than licensed places (%(licensed)s).")
            % {"licensed": places.licensed},
            field="staffed",
        )
    if from_day < today:
        raise RefusedError(_("The day is in the past. Choose today or later."), field="from_day")
    return _bookable(location, places, from_day)


def _bookable(location: Location, places: Places, on: date) -> Bookable:
    return bookable_places(
        licensed=places.licensed,
        staffed=places.staffed,
        overbooking=places.overbooking,
        pack=load_pack(policy_on(location.desk, on).rule_pack),
        on=on,
    )


def _next_change(group: Group, day: date) -> date | None:
    return (
        GroupCapacity.objects.filter(group=group, during__startswith__gt=day)
        .order_by("during")
        .values_list("during__startswith", flat=True)
        .first()
    )


def _before(group: Group, day: date) -> GroupCapacity | None:
    return GroupCapacity.objects.filter(group=group, during__endswith=day).first()


def _make_room(group: Group, from_day: date) -> date | None:
    """End what holds on that day; gives the day on which the next planned change begins, or None."""
    ends = _next_change(group, from_day)
    holding = GroupCapacity.objects.filter(group=group, during__contains=from_day).first()
    if holding is not None and holding.during.lower == from_day:
        holding.delete()
    elif holding is not None:
        holding.during = DateRange(holding.during.lower, from_day)
        holding.save(update_fields=["during"])
    return ends


def _lay(group: Group, start: date, end: date | None, places: Places, bookable: Bookable) -> None:
    GroupCapacity.objects.create(
        group=group,
        during=DateRange(start, end),
        licensed_places=places.licensed,
        staffed_places=places.staffed,
        bookable_places=bookable.places,
        open_pattern=places.open_pattern.mask,
    )


def _record(principal: Principal, action: str, group: Group, now: datetime, **data: Any) -> None:
    record(
        principal=principal,
        action=action,
        subject=group,
        now=now,
        desk_id=group.location.desk_id,
        location=group.location_id,
        **data,
    )
