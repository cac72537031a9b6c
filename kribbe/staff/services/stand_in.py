"""Children of a family carer who is ill: placed with other carers, the families told and asked, and all undone.

Where nobody can have a child, or its family keeps it at home, the day isn't charged: the location couldn't take it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement
from kribbe.places import ledger
from kribbe.places.access import locations_for
from kribbe.places.models import Group, Kind, Location
from kribbe.planning.access import check_acts
from kribbe.planning.models import AbsenceKind, TellingSide
from kribbe.planning.selectors.days import NO_ROOM, rooms_at
from kribbe.planning.services.absences import report_absence, take_back_absence
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.stand_in import HALVES
from kribbe.staff.models import HOLDS, Replacement, StandIn, StandInState
from kribbe.staff.selectors.stand_in import ChildDay, on_leave, to_place
from kribbe.staff.services import telling
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)
MOST = 200
"""Days of children in one go."""

Came = Callable[[Collection[tuple[int, date]]], set[tuple[int, date]]]
"""Of places and days those on which the child came, by the register."""

_came: list[Came] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A child's day, and the group that takes it; None where nobody can."""

    placement_id: int
    day: date
    group_id: int | None


def register_came(source: Came) -> None:
    """Let this register say which children came already: their days aren't undone."""
    _came[:] = [source]


def arrange(
    *, principal: Principal, location: Location, choices: Sequence[Choice], now: datetime
) -> Replacement:
    """Place the children of a location for some days, and tell their families and the carers who take them.

    Raises RefusedError on days that are over or were placed meanwhile, and where a carer has no room left.
    """
    if not choices or len(choices) > MOST:
        raise RefusedError(_("Choose for at least one child who has it."))
    days = sorted({each.day for each in choices})
    if days[0] < localtime(now).date():
        raise RefusedError(_("These days are over."), code="over")
    hosts = _hosts(principal, location, {each.group_id for each in choices if each.group_id})
    with transaction.atomic():
        _lock(hosts, {each.placement_id for each in choices})
        waiting = {(each.placement.pk, each.day): each for each in to_place(location, days)}
        if any((each.placement_id, each.day) not in waiting for each in choices):
            raise RefusedError(_("Something changed meanwhile. Look at the page again."), code="changed")
        _check_room([each for each in choices if each.group_id], waiting, hosts, days)
        _renew(choices, now)
        made = Replacement.objects.create(location=location, made_at=now, made_by=principal.user_id)
        rows = [_row(made, each, waiting[each.placement_id, each.day], hosts, now) for each in choices]
        StandIn.objects.bulk_create(rows)
        for row in rows:
            _hold(row, now)
        _not_charged(principal, [row for row in rows if row.group is None], now)
        _record(principal, "stand_in.arrange", made, rows, now)
        telling.arranged(made, rows, now)
    return made


def undo(*, principal: Principal, replacement: Replacement, now: datetime) -> int:
    """The children come to their own carer again, from today on; who came to the other one already stays there.

    Returns how many days were undone; a second time none.
    """
    today = localtime(now).date()
    with transaction.atomic():
        wanted = replacement.days.exclude(state=StandInState.UNDONE).filter(day__gte=today)
        _lock_of(wanted)
        rows = list(_full(wanted).order_by("pk"))
        came = _came[0]([(row.placement_id, row.day) for row in rows]) if _came else set()
        gone = [row for row in rows if (row.placement_id, row.day) not in came]
        for row in gone:
            _release(row, now)
        _charged(principal, [row for row in gone if not row.holds], now)
        held = [row for row in gone if row.holds]
        _set(gone, StandInState.UNDONE, now)
        if len(gone) == len(rows):
            Replacement.objects.filter(pk=replacement.pk, undone_at=None).update(undone_at=now)
        if gone:
            _record(principal, "stand_in.undo", replacement, gone, now)
            telling.undone(gone, held, now)
    return len(gone)


def answer(
    *, principal: Principal, placement: Placement, days: Collection[date], agrees: bool, now: datetime
) -> int:
    """The family agrees with the other carer, or keeps the child at home on these days. Returns on how many.

    Raises RefusedError for another parent, where a day is over, or where the child came already.
    """
    today = localtime(now).date()
    check_acts(principal, placement)
    with transaction.atomic():
        wanted = StandIn.objects.filter(HOLDS, placement=placement, day__in=days)
        _lock_of(wanted)
        rows = list(_full(wanted))
        changing = [row for row in rows if not (agrees and row.state == StandInState.AGREED)]
        if any(row.day < today for row in changing):
            raise RefusedError(_("This day is over."))
        came = _came[0]([(row.placement_id, row.day) for row in rows]) if _came else set()
        if came and not agrees:
            raise RefusedError(_("The child came already. Call the carer."))
        if agrees:
            _set(changing, StandInState.AGREED, now)
        else:
            for row in changing:
                _release(row, now)
            _set(changing, StandInState.DECLINED, now)
            _not_charged(principal, changing, now)
            telling.declined(changing, now)
        for act in {row.replacement for row in changing}:
            _record(principal, "stand_in.agree" if agrees else "stand_in.decline", act, changing, now)
    return len(rows)


def holder(row: StandIn) -> str:
    """Under this name the ledger holds the half-days."""
    return f"elsewhere:{row.pk}"


def _hosts(principal: Principal, location: Location, group_ids: Collection[int]) -> dict[int, Group]:
    own = locations_for(principal, Action.STAFF_CHANGE).filter(
        organiser__isnull=False, organiser=location.organiser_id, kind=Kind.FAMILY, active=True
    )
    found = Group.objects.select_related("location__desk").filter(
        pk__in=group_ids, active=True, location__in=own.exclude(pk=location.pk)
    )
    hosts = {group.pk: group for group in found}
    if set(group_ids) - set(hosts):
        raise RefusedError(_("Choose a carer of the same organiser."), code="host")
    return hosts


def _lock_of(wanted: QuerySet[StandIn]) -> None:
    """Lock the places and groups of these days; they are read after it, as whoever held the locks left them."""
    keys = list(wanted.values_list("placement", "group"))
    _lock({group for _place, group in keys if group is not None}, {place for place, _group in keys})


def _lock(groups: Collection[int], placements: Collection[int]) -> None:
    own = Placement.objects.filter(pk__in=placements).values_list("group", flat=True)
    lock_rows(
        *((Placement, key) for key in placements),
        *((Group, key) for key in {*own, *groups}),
    )


def _renew(choices: Iterable[Choice], now: datetime) -> None:
    """Of a child that comes after all, what was arranged before counts no more: it wasn't with anybody."""
    chosen = {(each.placement_id, each.day) for each in choices}
    found = StandIn.objects.filter(
        placement__in={key for key, _day in chosen},
        day__in={day for _key, day in chosen},
        state__in=[StandInState.NOBODY, StandInState.DECLINED],
    )
    _set([row for row in found if (row.placement_id, row.day) in chosen], StandInState.UNDONE, now)


def _check_room(
    choices: Iterable[Choice],
    waiting: Mapping[tuple[int, date], ChildDay],
    hosts: Mapping[int, Group],
    days: Collection[date],
) -> None:
    places = [group.location for group in hosts.values()]
    rooms = rooms_at(places, days) if hosts else {}
    shut = on_leave(places, days)
    asked: dict[tuple[int, date, int], int] = defaultdict(int)
    for each in choices:
        group_id = each.group_id or 0
        is_shut = each.day in shut[hosts[group_id].location_id]
        room = NO_ROOM if is_shut else rooms.get((group_id, each.day), NO_ROOM)
        for half in HALVES:
            asked[group_id, each.day, half] += waiting[each.placement_id, each.day].halves >> half & 1
            if asked[group_id, each.day, half] > max(0, room.places[half] - room.taken[half]):
                raise RefusedError(
                    _("%(location)s has no place left on one of these days.")
                    % {"location": hosts[group_id].location.name},
                    code="full",
                )


def _row(
    made: Replacement, choice: Choice, child: ChildDay, hosts: Mapping[int, Group], now: datetime
) -> StandIn:
    group = hosts.get(choice.group_id) if choice.group_id else None
    return StandIn(
        replacement=made,
        placement=child.placement,
        day=choice.day,
        group=group,
        halves=child.halves or 1,
        state=StandInState.TOLD if group else StandInState.NOBODY,
        state_at=now,
    )


def _hold(row: StandIn, now: datetime) -> None:
    """Its half-days in the ledger, where that has room: who stays away made some that the ledger doesn't know."""
    if row.group_id is None:
        return
    pattern = WeekPattern(row.halves << 2 * row.day.weekday())
    until = row.day + DAY
    if ledger.full_cells(group_id=row.group_id, start=row.day, end=until, pattern=pattern):
        return
    ledger.take(group_id=row.group_id, start=row.day, end=until, pattern=pattern, holder=holder(row), now=now)


def _release(row: StandIn, now: datetime) -> None:
    if row.group_id is not None:
        ledger.release(holder=holder(row), now=now)


def _not_charged(principal: Principal, rows: Iterable[StandIn], now: datetime) -> None:
    for placement_id, days in _by_place(rows).items():
        report_absence(
            principal=principal,
            placement_id=placement_id,
            days=days,
            side=TellingSide.LOCATION,
            kind=AbsenceKind.LOCATION,
            instead=True,
            now=now,
        )


def _charged(principal: Principal, rows: Iterable[StandIn], now: datetime) -> None:
    for placement_id, days in _by_place(rows).items():
        take_back_absence(
            principal=principal,
            placement_id=placement_id,
            days=days,
            side=TellingSide.LOCATION,
            kind=AbsenceKind.LOCATION,
            now=now,
        )


def _by_place(rows: Iterable[StandIn]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = defaultdict(list)
    for row in rows:
        found[row.placement_id].append(row.day)
    return found


def _set(rows: Iterable[StandIn], state: StandInState, now: datetime) -> None:
    found = list(rows)
    for row in found:
        row.state, row.state_at = state, now
    StandIn.objects.bulk_update(found, ["state", "state_at"])


def _full(rows: Any) -> Any:
    return rows.select_related(
        "replacement__location__desk",
        "placement__child",
        "placement__group__location__desk",
        "group__location__desk",
    )


def _record(
    principal: Principal, action: str, act: Replacement, rows: Collection[StandIn], now: datetime
) -> None:
    record(
        principal=principal,
        action=action,
        subject=act,
        now=now,
        desk_id=act.location.desk_id,
        households=sorted({row.placement.child.household_id for row in rows}),
        location=act.location_id,
        days=sorted({f"{row.day}" for row in rows}),
    )
