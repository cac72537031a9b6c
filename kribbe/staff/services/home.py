"""Children of a family carer: stated, taken back and put back; the half-days that they take are no longer free."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.places import ledger
from kribbe.places.models import Group, Kind, LedgerTake, Location
from kribbe.region.selectors import policy_on
from kribbe.rules.family_carer import Present, Tie, counts_until
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.staff.models import HomeChild, HomeTie
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHome:
    """A child of the carer, and when it is at home; `last` included, None without an end."""

    tie: HomeTie
    name: str
    born: date
    pattern: WeekPattern
    first: date
    last: date | None = None


def state_child(*, principal: Principal, location: Location, child: AtHome, now: datetime) -> HomeChild:
    """A child of the carer counts on these half-days, as long as the law counts it.

    What is free gets less by it; half-days that are full already stay so, and the child counts there too.
    Raises RefusedError where the location is no family carer's, or days can't be.
    """
    _check(location, child)
    with transaction.atomic():
        lock_rows((Location, location.pk))
        made = HomeChild.objects.create(
            location=location,
            tie=child.tie,
            name=child.name.strip(),
            born=child.born,
            pattern=child.pattern.mask,
            during=(child.first, child.last + DAY if child.last else None),
            made_at=now,
            made_by=principal.user_id,
        )
        made.refresh_from_db()
        _hold(made, now)
        _record(principal, "home_child.state", made, now)
    return made


def take_back_child(*, principal: Principal, child: HomeChild, now: datetime) -> None:
    """The child no longer counts, and its half-days are free; a second time changes nothing."""
    with transaction.atomic():
        lock_rows((Location, child.location_id))
        if HomeChild.objects.filter(pk=child.pk, gone_at=None).update(gone_at=now):
            ledger.release(holder=holder(child), now=now)
            _record(principal, "home_child.take_back", child, now)


def put_back_child(*, principal: Principal, child: HomeChild, now: datetime) -> None:
    """It counts all the same; a second time changes nothing."""
    with transaction.atomic():
        lock_rows((Location, child.location_id))
        if HomeChild.objects.filter(pk=child.pk, gone_at__isnull=False).update(gone_at=None):
            _hold(child, now)
            _record(principal, "home_child.put_back", child, now)


def hold_due(*, now: datetime) -> int:
    """Half-days that were full when a child was stated, and have room by now, are held. Returns how many children."""
    today = localtime(now).date()
    goes_on = Q(during__endswith=None) | Q(during__endswith__gt=today)
    found = HomeChild.objects.filter(goes_on, gone_at=None)
    return sum(_hold_again(child, now) for child in found.select_related("location__desk").order_by("pk"))


def holder(child: HomeChild) -> str:
    """Under this name the ledger holds the child's half-days."""
    return f"home:{child.pk}"


def _hold_again(child: HomeChild, now: datetime) -> bool:
    with transaction.atomic():
        lock_rows((Location, child.location_id))
        had = LedgerTake.objects.filter(holder=holder(child)).first()
        before = had.pattern if had else 0
        if before == child.pattern:
            return False
        return _hold(child, now) != before


def _hold(child: HomeChild, now: datetime) -> int:
    """Hold the half-days that have room on all days on which the child counts; returns them as a mask."""
    location = child.location
    group = Group.objects.filter(location=location, active=True).order_by("pk").first()
    today = localtime(now).date()
    pack = load_pack(policy_on(location.desk, today).rule_pack)
    ends = counts_until(Present(Tie(child.tie), child.born), pack=pack, on=today)
    start = max(child.during.lower, child.born, today)
    end = min(child.during.upper or ends, ends)
    if group is None or start >= end:
        return 0
    ledger.lock_groups([group.pk])
    ledger.release(holder=holder(child), now=now)
    full = ledger.full_cells(group_id=group.pk, start=start, end=end, pattern=child.week)
    fits = child.pattern & ~sum(1 << slot for slot in {cell.slot for cell in full})
    if fits:
        ledger.take(
            group_id=group.pk,
            start=start,
            end=end,
            pattern=WeekPattern(fits),
            holder=holder(child),
            now=now,
        )
    return fits


def _check(location: Location, child: AtHome) -> None:
    if location.kind != Kind.FAMILY:
        raise RefusedError(_("This is for family carers alone."))
    if not child.name.strip():
        raise RefusedError(_("Give a first name, so that you know the child again."), field="name")
    if child.pattern.is_empty:
        raise RefusedError(_("Choose at least one half-day."), field="pattern")
    if child.last is not None and child.last < child.first:
        raise RefusedError(_("The last day is before the first."), field="last")


def _record(principal: Principal, action: str, child: HomeChild, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=child,
        now=now,
        desk_id=child.location.desk_id,
        location=child.location_id,
        pattern=child.pattern,
    )
