"""Absences: reported by the family or the location, and taken back."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import piece_on
from kribbe.enrolment.services.pieces import lock_stay
from kribbe.places.selectors.closed import closed_days_of_group
from kribbe.planning.access import check_acts
from kribbe.planning.models import Absence, AbsenceKind, DayChange, DayState, HouseRules, TellingSide
from kribbe.planning.selectors.days import room_on
from kribbe.planning.selectors.held_absences import held
from kribbe.planning.selectors.house_rules import house_rules_by_day
from kribbe.planning.selectors.planned import certain, planned_of
from kribbe.planning.services.locking import locked_place
from kribbe.planning.services.short_notice import tell_freed
from kribbe.rules.agreed import starting_on
from kribbe.rules.attendance import FURTHEST_BACK
from kribbe.rules.house_rules import is_in_time
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)
LONGEST = 62
"""Days of one report at most."""
NOT_CHARGED = (AbsenceKind.LOCATION, AbsenceKind.FORCE_MAJEURE)

Denied = Callable[[Collection[tuple[int, date]]], set[tuple[int, date]]]
"""Of places and days those of which the register says that the child wasn't there."""

_denied: list[Denied] = []


def register_denied(source: Denied) -> None:
    """Let this register say on which days a child wasn't there: their absences aren't taken back."""
    _denied[:] = [source]


def report_absence(
    *,
    principal: Principal,
    placement_id: int,
    days: Collection[date],
    side: TellingSide,
    now: datetime,
    kind: AbsenceKind | None = None,
    late: bool | None = None,
    instead: bool = False,
    frees: bool = True,
) -> list[Absence]:
    """The child doesn't come on these days. What the family tells is judged by the house rules of each day.

    `late` says of an illness whether it was told in time, which the house rules judge too where nobody says it.
    `frees`: families that wait are told of the place.

    Days told already stay as they are; with `instead` those that are charged are told anew. It makes room for others,
    unless the location can't take the child. Raises RefusedError on days on which the child isn't planned or the
    place isn't certain, and where a family tells of days that are over.
    """
    if not days or len(days) > LONGEST:
        raise RefusedError(_("Choose from one day to two months."), field="last")
    with transaction.atomic():
        placement = locked_place(placement_id)
        if side is TellingSide.FAMILY:
            check_acts(principal, placement)
        _check_days(placement, sorted(days), side, localtime(now).date())
        told = Absence.objects.filter(placement=placement, taken_back_at=None)
        if instead:
            told.filter(day__in=days).exclude(kind__in=NOT_CHARGED).update(taken_back_at=now)
        known = set(told.values_list("day", flat=True))
        rules = house_rules_by_day(placement.group.location_id, days)
        made = Absence.objects.bulk_create(
            Absence(
                placement=placement,
                day=day,
                kind=kind or told_in_time(rules[day], day, now),
                late=kind == AbsenceKind.ILLNESS and _is_late(late, rules[day], day, now),
                side=side,
                told_at=now,
                told_by=principal.user_id,
            )
            for day in sorted(set(days) - known)
        )
        _record(principal, "absence.report", placement, now, [each.day for each in made])
        if frees and kind != AbsenceKind.LOCATION:
            tell_freed(placement=placement, days=[each.day for each in made], now=now)
    return made


def report_absences(
    *,
    principal: Principal,
    placement_id: int,
    days: Collection[date],
    side: TellingSide,
    now: datetime,
    kind: AbsenceKind | None = None,
) -> list[Absence]:
    """As `report_absence`, of days of a stay in whatever pieces, from the first one that has any on: all or none."""
    with transaction.atomic():
        by_piece = _by_piece(lock_stay(placement_id), days)
        if sum(map(len, by_piece.values())) != len(set(days)):
            raise RefusedError(_("The child isn't planned on one of these days."), field="first")
        return [
            each
            for piece, own in by_piece.items()
            for each in report_absence(
                principal=principal, placement_id=piece, days=own, side=side, now=now, kind=kind
            )
        ]


def take_back_absences(
    *, principal: Principal, placement_id: int, days: Collection[date], side: TellingSide, now: datetime
) -> int:
    """As `take_back_absence`, of days of a stay in whatever pieces, from the first one that has any on."""
    with transaction.atomic():
        return sum(
            take_back_absence(principal=principal, placement_id=piece, days=own, side=side, now=now)
            for piece, own in _by_piece(lock_stay(placement_id), days).items()
        )


def _by_piece(pieces: Sequence[Placement], days: Collection[date]) -> Mapping[int, list[date]]:
    """The days by the key of the piece that has them, without those that none has."""
    found: dict[int, list[date]] = {}
    for day in sorted(set(days)):
        piece = piece_on(pieces, day)
        if piece is not None:
            found.setdefault(piece.pk, []).append(day)
    return found


def note_not_there(*, principal: Principal, placement_id: int, day: date, now: datetime) -> bool:
    """The register says that a child wasn't there: where it was planned and nothing is told, that wasn't told.

    Whether an absence was noted.
    """
    with transaction.atomic():
        placement = locked_place(placement_id)
        is_told = Absence.objects.filter(placement=placement, day=day, taken_back_at=None).exists()
        closed = closed_days_of_group(placement.group, day - DAY, day)
        is_planned = bool(starting_on(planned_of(placement).agreements, day, closed))
        if is_told or not is_planned or not certain((day, day + DAY)).filter(pk=placement_id).exists():
            return False
        report_absence(
            principal=principal,
            placement_id=placement_id,
            days=[day],
            side=TellingSide.LOCATION,
            kind=AbsenceKind.UNTOLD,
            frees=False,
            now=now,
        )
    return True


def take_back_absence(
    *,
    principal: Principal,
    placement_id: int,
    days: Collection[date],
    side: TellingSide,
    now: datetime,
    kind: AbsenceKind | None = None,
) -> int:
    """The child comes after all. A family can say so until the day itself, and of what it told itself.

    With `kind` only what this side told as that; what that was told instead of then counts again.

    Raises RefusedError where the place of such a day was given to another child meanwhile (a location may say so
    all the same), and where the register says that the child wasn't there.
    """
    with transaction.atomic():
        placement = locked_place(placement_id)
        found = Absence.objects.filter(placement=placement, day__in=days, taken_back_at=None)
        if side is TellingSide.FAMILY:
            check_acts(principal, placement)
            found = found.filter(side=side, day__gte=localtime(now).date())
        if kind is not None:
            found = found.filter(side=side, kind=kind)
        before = _told_before(placement, found) if kind is not None else []
        gone = sorted(found.values_list("day", flat=True))
        if side is TellingSide.FAMILY:
            held_days = held().filter(pk__in=found.values("pk")).values_list("day", flat=True)
            _check_room(placement, sorted(held_days))
        if kind is None:
            _check_register(placement, gone)
        found.update(taken_back_at=now)
        Absence.objects.filter(pk__in=before).update(taken_back_at=None)
        if gone:
            _record(principal, "absence.take_back", placement, now, gone)
    return len(gone)


def restore_absence(
    *, principal: Principal, placement_id: int, day: date, taken_back_at: datetime, now: datetime
) -> bool:
    """What was taken back of a day at that moment holds again, by a mistake that is undone. Whether there was any."""
    with transaction.atomic():
        placement = locked_place(placement_id)
        told = Absence.objects.filter(placement=placement, day=day)
        if told.filter(taken_back_at=None).exists():
            return False
        found = told.filter(taken_back_at=taken_back_at).order_by("-told_at", "-pk").first()
        if found is None:
            return False
        found.taken_back_at = None
        found.save(update_fields=["taken_back_at"])
        _record(principal, "absence.restore", placement, now, [day])
    return True


def see_note(*, principal: Principal, placement_id: int, day: date, seen: bool, now: datetime) -> int:
    """The location saw the doctor's note of an illness, or takes that back: for all days of the report of that day.

    How many days it concerns. Raises RefusedError where the child isn't told ill on that day.
    """
    with transaction.atomic():
        placement = locked_place(placement_id)
        ill = Absence.objects.filter(placement=placement, kind=AbsenceKind.ILLNESS, taken_back_at=None)
        told = ill.filter(day=day).values_list("told_at", flat=True).first()
        if told is None:
            raise RefusedError(_("The child isn't noted as ill on this day. Note that first."))
        found = ill.filter(told_at=told, note_seen_at__isnull=seen)
        days = sorted(found.values_list("day", flat=True))
        found.update(note_seen_at=now if seen else None)
        if days:
            _record(principal, "absence.note" if seen else "absence.note_back", placement, now, days)
    return len(days)


def _told_before(placement: Placement, absences: Iterable[Absence]) -> list[int]:
    """What was taken back in the moment in which these were told instead."""
    moments = {(each.day, each.told_at) for each in absences}
    gone = Absence.objects.filter(placement=placement, taken_back_at__in={at for _day, at in moments})
    return [each.pk for each in gone if (each.day, each.taken_back_at) in moments]


def _check_room(placement: Placement, days: Sequence[date]) -> None:
    """The place of each day is still there: no other child came in it."""
    location = placement.group.location
    planned = planned_of(placement)
    for day in days:
        given = DayChange.objects.filter(
            placement__group=placement.group_id, day=day, state=DayState.GRANTED, in_ledger=False
        )
        halves = planned.halves(day, closed_days_of_group(placement.group, day - DAY, day), location)
        if given.exists() and not room_on(location, placement.group_id, day).has(halves):
            raise RefusedError(_("Your place of this day was given to another child. Call the location."))


def _check_register(placement: Placement, days: Sequence[date]) -> None:
    """The register doesn't say that the child wasn't there on these days."""
    if any(source([(placement.pk, day) for day in days]) for source in _denied):
        raise RefusedError(
            _("The register says that the child wasn't there on this day. If it was, correct the register.")
        )


def told_in_time(rules: HouseRules | None, day: date, now: datetime) -> AbsenceKind:
    """Whether telling now of an absence on a day keeps the location's term."""
    if rules is None or is_in_time(localtime(now), day, rules.told_by, rules.told_days_before):
        return AbsenceKind.TOLD
    return AbsenceKind.UNTOLD


def _is_late(said: bool | None, rules: HouseRules | None, day: date, now: datetime) -> bool:
    return told_in_time(rules, day, now) == AbsenceKind.UNTOLD if said is None else said


def _check_days(placement: Placement, days: list[date], side: TellingSide, today: date) -> None:
    if side is TellingSide.FAMILY and days[0] < today:
        raise RefusedError(_("This day is over. Ask the location to note it."), field="first")
    if days[0] < today - FURTHEST_BACK:
        raise RefusedError(
            _("This is more than a year ago. Give back or charge the amount once, in the next invoice."),
            field="first",
        )
    planned = planned_of(placement)
    closed = closed_days_of_group(placement.group, days[0] - DAY, days[-1])
    if any(not planned.parts(day, closed) for day in days):
        raise RefusedError(_("The child isn't planned on one of these days."), field="first")
    check_certain(placement, days)


def check_certain(placement: Placement, days: Sequence[date]) -> None:
    """Raises RefusedError where the place isn't certain, or ended, on these days in their order."""
    if not certain((days[0], days[-1] + DAY)).filter(pk=placement.pk).exists():
        raise RefusedError(
            _("This place isn't certain, or it ended, so nothing is to be reported. Ask the location."),
            field="first",
        )


def _record(
    principal: Principal, action: str, placement: Placement, now: datetime, days: Collection[date]
) -> None:
    record(
        principal=principal,
        action=action,
        subject=placement,
        now=now,
        household_id=placement.child.household_id,
        desk_id=placement.group.location.desk_id,
        days=[f"{day}" for day in days],
    )
