"""A location goes through its register: who left, who began on another day, staff, numbers, a child of its own.

All of it in one transaction, through the services that do each part; what changed is kept so that the whole can
be undone as long as nobody took what came free.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import DirectChild, Placement, RegisterVisit
from kribbe.enrolment.selectors.stays import stay_from
from kribbe.enrolment.services import direct, own_count, stays
from kribbe.places.models import Group, GroupCapacity, Location
from kribbe.places.services.capacity import Places, set_capacity
from kribbe.places.services.looking import confirm_places, take_back_confirmation
from kribbe.rules.capacity import NO_OVERBOOKING
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

Change = dict[str, Any]
"""What one part did: its `kind`, ids, what is there now, and what was there before."""


@dataclass(frozen=True, slots=True)
class Staff:
    """So many staffed places in a group from a day on."""

    group_id: int
    staffed: int
    from_day: date


@dataclass(frozen=True, slots=True)
class Numbers:
    """So many places free by half-day in a group, this month and next; None leaves a month as it is."""

    group_id: int
    this_month: Sequence[int] | None
    next_month: Sequence[int] | None


@dataclass(frozen=True, slots=True)
class Answers:
    """All that a location changes in one visit; nothing at all means that everything is right.

    `left` and `direct_left` map a child's place to its last day, `started` to its first day.
    """

    left: Mapping[int, date] = field(default_factory=dict)
    started: Mapping[int, date] = field(default_factory=dict)
    direct_left: Mapping[int, date] = field(default_factory=dict)
    staff: Sequence[Staff] = ()
    numbers: Sequence[Numbers] = ()
    taken: direct.Direct | None = None


def visit(*, principal: Principal, location_id: int, answers: Answers, now: datetime) -> RegisterVisit:
    """Carry out what a location says, and note that its figures are right as of now.

    Raises RefusedError, and changes nothing, where a part is refused; its field is "<part>-<id>-<field>".
    """
    with transaction.atomic():
        going = Placement.objects.filter(pk__in=answers.left)
        leaving = [piece.pk for each in going for piece in stay_from(each)]
        _lock(location_id, [*leaving, *answers.started], answers.direct_left)
        changes = list(_carry_out(principal, location_id, answers, now))
        before = confirm_places(principal=principal, location_id=location_id, now=now)
        made = RegisterVisit.objects.create(
            location_id=location_id, at=now, by=principal.user_id, changes=changes, looked_before=before
        )
        _record(principal, "register.visit", made, now, kinds=[change["kind"] for change in changes])
    return made


def undo_visit(*, principal: Principal, visit_id: int, now: datetime) -> RegisterVisit:
    """Everything as it was before the visit, or nothing: RefusedError where somebody took what came free.

    Only the last visit of a location can be undone.
    """
    with transaction.atomic():
        location_id = RegisterVisit.objects.values_list("location_id", flat=True).get(pk=visit_id)
        changes = RegisterVisit.objects.values_list("changes", flat=True).get(pk=visit_id)
        ids = {kind: [change["id"] for change in changes if change["kind"] == kind] for kind in UNDO}
        _lock(
            location_id,
            [*_left(changes), *ids["started"]],
            [*ids["direct_left"], *ids["taken"]],
            (RegisterVisit, visit_id),
        )
        made = RegisterVisit.objects.select_related("location").get(pk=visit_id)
        last = (
            RegisterVisit.objects.filter(location=location_id, undone_at=None).order_by("-at", "-pk").first()
        )
        if made != last:
            raise RefusedError(_("Only what you sent last can be undone."), code="not_last")
        for change in reversed(made.changes):
            UNDO[change["kind"]](principal, change, now)
        take_back_confirmation(
            principal=principal, location_id=location_id, before=made.looked_before, now=now
        )
        made.undone_at = now
        made.save(update_fields=["undone_at"])
        _record(principal, "register.undo", made, now)
    return made


def _carry_out(principal: Principal, location_id: int, answers: Answers, now: datetime) -> Iterator[Change]:
    """Who leaves first, then staff, so that room is made before anything is taken; the numbers last."""
    for key, last in answers.left.items():
        yield _leave(principal, location_id, key, last, now)
    for key, last in answers.direct_left.items():
        yield _direct_leave(principal, location_id, key, last, now)
    for staff in answers.staff:
        yield _staff(principal, location_id, staff, now)
    for key, start in answers.started.items():
        yield _start(principal, location_id, key, start, now)
    if answers.taken is not None:
        yield _taken(principal, location_id, answers.taken, now)
    for numbers in answers.numbers:
        yield _numbers(principal, location_id, numbers, now)


def _leave(principal: Principal, location_id: int, key: int, last: date, now: datetime) -> Change:
    _here(Placement.objects.filter(pk=key, group__location=location_id).exists())
    with _at_field(f"left-{key}"):
        left = stays.end_stay(principal=principal, placement_id=key, last=last, now=now)
    return {
        "kind": "left",
        "id": key,
        "last": f"{last}",
        "before": f"{left.end}" if left.end else None,
        "cut": left.placement_id,
        "closed": list(left.closed),
    }


def _direct_leave(principal: Principal, location_id: int, key: int, last: date, now: datetime) -> Change:
    _here(DirectChild.objects.filter(pk=key, group__location=location_id).exists())
    with _at_field(f"direct-{key}"):
        before = direct.end_direct(principal=principal, child_id=key, end=last + stays.DAY, now=now)
    return {"kind": "direct_left", "id": key, "last": f"{last}", "before": f"{before}" if before else None}


def _start(principal: Principal, location_id: int, key: int, start: date, now: datetime) -> Change:
    _here(Placement.objects.filter(pk=key, group__location=location_id).exists())
    with _at_field(f"start-{key}"):
        before = stays.move_start(principal=principal, placement_id=key, start=start, now=now)
    return {"kind": "started", "id": key, "start": f"{start}", "before": f"{before}"}


def _staff(principal: Principal, location_id: int, staff: Staff, now: datetime) -> Change:
    group = Group.objects.filter(pk=staff.group_id, location=location_id).first()
    _here(group is not None)
    held = GroupCapacity.objects.filter(group=staff.group_id, during__contains=staff.from_day).first()
    with _at_field(f"staff-{staff.group_id}"):
        if held is None:
            raise RefusedError(_("Say first how many places this group has."), field="staffed")
        places = _places(held.licensed_places, staff.staffed, held)
        set_capacity(
            principal=principal, group_id=staff.group_id, places=places, from_day=staff.from_day, now=now
        )
    return {
        "kind": "staff",
        "id": staff.group_id,
        "staffed": staff.staffed,
        "from_day": f"{staff.from_day}",
        "before": held.staffed_places,
    }


def _taken(principal: Principal, location_id: int, told: direct.Direct, now: datetime) -> Change:
    with _at_field("taken"):
        child = direct.take_directly(principal=principal, location_id=location_id, told=told, now=now)
    return {"kind": "taken", "id": child.pk, "start": f"{told.start}", "pattern": told.pattern.mask}


def _numbers(principal: Principal, location_id: int, numbers: Numbers, now: datetime) -> Change:
    _here(Group.objects.filter(pk=numbers.group_id, location=location_id).exists())
    with _at_field(f"free-{numbers.group_id}"):
        before = own_count.say_free(
            principal=principal,
            group_id=numbers.group_id,
            this_month=numbers.this_month,
            next_month=numbers.next_month,
            today=localtime(now).date(),
            now=now,
        )
    return {"kind": "free", "id": numbers.group_id, "before": [asdict(held) for held in before]}


def _undo_leave(principal: Principal, change: Change, now: datetime) -> None:
    stays.restore_end(principal=principal, leaving=_leaving(change), now=now)


def _leaving(change: Change) -> stays.Leaving:
    """What a visit kept of a child that left; one of before pieces were kept has the place alone."""
    return stays.Leaving(
        change["cut"] if "cut" in change else change["id"],
        _day(change["before"]),
        tuple(change.get("closed", ())),
    )


def _left(changes: Iterable[Change]) -> Iterator[int]:
    """Every place that the children who left lost days of."""
    for leaving in (_leaving(change) for change in changes if change["kind"] == "left"):
        yield from (leaving.placement_id, *leaving.closed)


def _undo_direct_leave(principal: Principal, change: Change, now: datetime) -> None:
    direct.end_direct(principal=principal, child_id=change["id"], end=_day(change["before"]), now=now)


def _undo_start(principal: Principal, change: Change, now: datetime) -> None:
    start = date.fromisoformat(change["before"])
    stays.move_start(principal=principal, placement_id=change["id"], start=start, now=now)


def _undo_staff(principal: Principal, change: Change, now: datetime) -> None:
    from_day = max(date.fromisoformat(change["from_day"]), localtime(now).date())
    held = GroupCapacity.objects.get(group=change["id"], during__contains=from_day)
    places = _places(held.licensed_places, change["before"], held)
    set_capacity(principal=principal, group_id=change["id"], places=places, from_day=from_day, now=now)


def _undo_taken(principal: Principal, change: Change, now: datetime) -> None:
    direct.take_back(principal=principal, child_id=change["id"], now=now)


def _undo_free(principal: Principal, change: Change, now: datetime) -> None:
    own_count.put_back(
        principal=principal,
        group_id=change["id"],
        before=[own_count.Held(**held) for held in change["before"]],
        today=localtime(now).date(),
        now=now,
    )


UNDO: Mapping[str, Callable[[Principal, Change, datetime], None]] = {
    "left": _undo_leave,
    "direct_left": _undo_direct_leave,
    "started": _undo_start,
    "staff": _undo_staff,
    "taken": _undo_taken,
    "free": _undo_free,
}


def _places(licensed: int, staffed: int, held: GroupCapacity) -> Places:
    """Other staff, with the half-days and the overbooking that the group has."""
    over = Decimal(held.bookable_places) / held.staffed_places if held.staffed_places else NO_OVERBOOKING
    return Places(licensed, staffed, WeekPattern(held.open_pattern), max(over, NO_OVERBOOKING))


def _lock(
    location_id: int,
    placements: Collection[int],
    children: Collection[int],
    *more: tuple[type[Model], int],
) -> None:
    """All that the parts of a visit lock, at once and so in the one order of everybody."""
    groups = Group.objects.filter(location=location_id).values_list("pk", flat=True)
    lock_rows(
        (Location, location_id),
        *((Group, key) for key in groups),
        *((Placement, key) for key in placements),
        *((DirectChild, key) for key in children),
        *more,
    )


def _here(is_here: bool) -> None:
    if not is_here:
        raise RefusedError(_("This child or group isn't of your location. Load the page again."), code="gone")


@contextmanager
def _at_field(part: str) -> Iterator[None]:
    """Names the part of the form in which something was refused."""
    try:
        yield
    except RefusedError as error:
        error.field = f"{part}-{error.field}" if error.field else part
        raise


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _record(principal: Principal, action: str, made: RegisterVisit, now: datetime, **data: Any) -> None:
    record(
        principal=principal,
        action=action,
        subject=made,
        now=now,
        desk_id=made.location.desk_id,
        location=made.location_id,
        **data,
    )
