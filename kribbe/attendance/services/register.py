"""The register: taps are taken in, corrections written, and the stays of the days they touch worked out anew."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from kribbe.attendance.attendee import Who, of_any, who_of
from kribbe.attendance.models import Confirmation, Correction, Device, Mark, Presence, Pressed, Tap
from kribbe.attendance.selectors.guests import came
from kribbe.attendance.services.plans import Plans, plans_of
from kribbe.attendance.services.stays import Pair, lock_children, work_out
from kribbe.attendance.services.telling import tell_family
from kribbe.enrolment.models import Placement
from kribbe.enrolment.services.pieces import lock_all
from kribbe.places.models import Location
from kribbe.planning.models import Absence, TellingSide
from kribbe.planning.services.absences import note_not_there, restore_absence, take_back_absence
from kribbe.rules import attendance as rules
from kribbe.staff.models import Carer
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)
LATE_AFTER = timedelta(minutes=30)
"""A tap that arrives this long after it was made came by a device without network."""

MOST_STAYS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One press as it was told. `marks` are those that only who took it in can know.

    `offset` is what must be added to the clock that told it; None is that of its source. `device` is where it was
    pressed, unless that is its source. `latest` is the last day that it can belong to, where that is known: a stay
    that began on it may end the day after.
    """

    key: UUID
    who: Who
    pressed: Pressed
    told_at: datetime
    cancels: UUID | None = None
    carer: Carer | None = None
    offset: timedelta | None = None
    marks: frozenset[Mark] = field(default_factory=frozenset)
    device: Device | None = None
    latest: date = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where taps come from: a device with its clock's offset, or a page (no device, no offset)."""

    location: Location
    device: Device | None = None
    offset: timedelta = timedelta(0)

    def offset_of(self, own: timedelta | None) -> timedelta:
        """What must be added to the clock that told something: its `own`, where that is known."""
        return self.offset if own is None else own


def take(*, principal: Principal, source: Source, presses: Sequence[Press], now: datetime) -> list[Tap]:
    """Keep these taps, those known already as they are, and work out the days they touch. Returns the new ones.

    The children are locked first, so that taps of two devices for one child wait for each other. A check-in takes a
    reported absence of its day back, until that check-in is itself taken back. Places must be of the source's
    location.
    """
    if not presses:
        return []
    with transaction.atomic():
        whos = {press.who for press in presses}
        places = lock_children(whos)
        known = set(Tap.objects.filter(key__in=[each.key for each in presses]).values_list("key", flat=True))
        fresh = {press.key: press for press in presses if press.key not in known}
        if not fresh:
            return []
        dated = {
            key: rules.true_time(press.told_at, source.offset_of(press.offset), now)
            for key, press in fresh.items()
        }
        intake = _intake(principal, source, whos, [at for at, _off in dated.values()], now)
        taps = Tap.objects.bulk_create(_tap(press, *dated[key], intake) for key, press in fresh.items())
        work_out(source.location, {(who_of(tap), tap.day) for tap in taps}, places, now)
        lock_all(_with_absences(taps))
        _come_after_all(principal, taps, now)
        _absent_after_all(principal, taps, now)
        record_families(principal, source.location, "register.take", whos, now, taps=len(taps))
    return taps


def correct(
    *,
    principal: Principal,
    location: Location,
    who: Who,
    day: date,
    stays: Sequence[tuple[datetime, datetime]],
    reason: str,
    now: datetime,
) -> Correction:
    """On this day the child was there so, whatever was tapped; without stays it wasn't there.

    The absence of the day follows: one that was told is taken back where the child was there, and where it wasn't,
    it holds again, or the day counts as not told. A family that signed for the day is told.

    Raises RefusedError on times that can't be, on a day to come or long ago, and without a reason.
    """
    if not reason.strip():
        raise RefusedError(_("Say why. The family reads it."), field="reason")
    if len(stays) > MOST_STAYS:
        raise RefusedError(_("Give four stays at most."))
    zone = get_default_timezone()
    today = now.astimezone(zone).date()
    if not today - rules.FURTHEST_BACK <= day <= today:
        raise RefusedError(_("Only days until today, not more than a year ago, can be corrected."))
    ordered = sorted(stays)
    check_stays(ordered, now)
    with transaction.atomic():
        places = lock_children([who])
        made = Correction.objects.create(
            **who.columns(),
            day=day,
            starts=[start for start, _end in ordered],
            ends=[end for _start, end in ordered],
            reason=reason.strip(),
            made_at=now,
            made_by=principal.user_id,
            made_name=principal.name,
        )
        work_out(location, {(who, day)}, places, now)
        _absence_follows(principal, made, now)
        record_families(principal, location, "register.correct", {who}, now, day=f"{day}")
        _tell_signer(made, now)
    return made


def _absence_follows(principal: Principal, made: Correction, now: datetime) -> None:
    if made.placement_id is None:
        return
    day: dict[str, Any] = {"placement_id": made.placement_id, "principal": principal, "now": now}
    if made.starts:
        take_back_absence(**day, days=[made.day], side=TellingSide.LOCATION)
        return
    within = {"placement": made.placement_id, "day": made.day}
    taps = Tap.objects.filter(**within, marks__contains=[Mark.WAS_ABSENT]).values_list(
        "received_at", flat=True
    )
    moments = {*taps, *Correction.objects.filter(**within).values_list("made_at", flat=True)}
    if not any(
        restore_absence(**day, day=made.day, taken_back_at=at) for at in sorted(moments, reverse=True)
    ):
        note_not_there(**day, day=made.day)


def _tell_signer(made: Correction, now: datetime) -> None:
    signed = Confirmation.objects.filter(placement=made.placement_id, lines__has_key=f"{made.day}")
    if made.placement_id and signed.exists():
        placement = Placement.objects.select_related("child", "group__location").get(pk=made.placement_id)
        tell_family(placement, "day_corrected", made.day, made.reason, now)


def close_days(now: datetime) -> int:
    """Whoever never checked out left: their stays end as planned, to be confirmed. Returns how many."""
    today = now.astimezone(get_default_timezone()).date()
    waiting: dict[int, set[Pair]] = defaultdict(set)
    at = Coalesce("placement__group__location", "direct__group__location")
    for row in Presence.objects.filter(end=None, day__lt=today).annotate(location_id=at):
        waiting[row.location_id].add((who_of(row), row.day))
    locations = Location.objects.in_bulk(waiting)
    return sum(_close(locations[key], pairs, now) for key, pairs in sorted(waiting.items()))


def _close(location: Location, pairs: Collection[Pair], now: datetime) -> int:
    with transaction.atomic():
        places = lock_children({who for who, _day in pairs})
        work_out(location, pairs, places, now)
    days = {day for _who, day in pairs}
    left = Presence.objects.filter(of_any(who for who, _day in pairs), end=None, day__in=days)
    return len(pairs) - left.count()


@dataclass(frozen=True, slots=True)
class _Intake:
    """What is known while taps are taken in. `absent` are the days of which an absence was told."""

    principal: Principal
    source: Source
    plans: Plans
    absent: Collection[Pair]
    now: datetime


def _intake(
    principal: Principal,
    source: Source,
    whos: Collection[Who],
    moments: Sequence[datetime],
    now: datetime,
) -> _Intake:
    zone = get_default_timezone()
    first, last = (each.astimezone(zone).date() for each in (min(moments), max(moments)))
    absent = Absence.objects.filter(
        placement__in=[each.placement_id for each in whos], day__range=(first - DAY, last), taken_back_at=None
    )
    plans = plans_of(source.location, whos, first - DAY, last + DAY)
    pairs = {(Who(key), day) for key, day in absent.values_list("placement", "day")}
    return _Intake(principal, source, plans, pairs, now)


def _tap(press: Press, at: datetime, is_off: bool, intake: _Intake) -> Tap:
    zone = get_default_timezone()
    eve = intake.plans.parts(press.who, at.astimezone(zone).date() - DAY)
    day = min(rules.service_day(at, eve, zone=zone), press.latest)
    clock = {Mark.CLOCK} if is_off else set()
    return Tap(
        key=press.key,
        **press.who.columns(),
        day=day,
        pressed=press.pressed,
        at=at,
        told_at=press.told_at,
        received_at=intake.now,
        cancels=press.cancels,
        device=press.device or intake.source.device,
        carer=press.carer,
        noted_by=intake.principal.user_id,
        marks=sorted(press.marks | _marks(press, at, day, intake) | clock),
    )


def _marks(press: Press, at: datetime, day: date, intake: _Intake) -> set[Mark]:
    plans, is_in = intake.plans, press.pressed == Pressed.IN
    is_held = plans.holds(press.who, day)
    found = {
        Mark.LATE: intake.now - at > LATE_AFTER and Mark.TYPED not in press.marks,
        Mark.CARER_LEFT: press.carer is not None and not press.carer.works_on(day),
        Mark.OUTSIDE: not is_held,
        Mark.NOT_PLANNED: is_in and is_held and not plans.parts(press.who, day),
        Mark.WAS_ABSENT: is_in and (press.who, day) in intake.absent,
    }
    return {mark for mark, holds in found.items() if holds}


def _with_absences(taps: Sequence[Tap]) -> list[int]:
    """The places of which these taps may take an absence back, or have it hold again: locked at once with their
    groups, so that tablets that send children of the same groups don't wait for each other.
    """
    return sorted(
        {
            tap.placement_id
            for tap in taps
            if tap.placement_id and (tap.cancels or Mark.WAS_ABSENT in tap.marks)
        }
    )


def _come_after_all(principal: Principal, taps: Sequence[Tap], now: datetime) -> None:
    """A child that came isn't absent: what was reported of its day is taken back, unless a correction denies it."""
    there = {
        (tap.placement_id, tap.day)
        for tap in taps
        if tap.placement_id and Mark.WAS_ABSENT in tap.marks and tap.counts
    }
    for placement_id, day in sorted(came(there)):
        take_back_absence(
            principal=principal, placement_id=placement_id, days=[day], side=TellingSide.LOCATION, now=now
        )


def _absent_after_all(principal: Principal, taps: Sequence[Tap], now: datetime) -> None:
    """After a check-in by mistake, the absence that it took back holds again, unless the child came all the same."""
    undone = Tap.objects.filter(
        key__in=[tap.cancels for tap in taps if tap.cancels],
        placement__in=[tap.placement_id for tap in taps if tap.cancels],
        marks__contains=[Mark.WAS_ABSENT],
    ).order_by("pk")
    for tap in undone:
        if tap.placement_id and not Presence.objects.filter(placement=tap.placement_id, day=tap.day).exists():
            restore_absence(
                principal=principal,
                placement_id=tap.placement_id,
                day=tap.day,
                taken_back_at=tap.received_at,
                now=now,
            )


def check_stays(stays: Sequence[tuple[datetime, datetime]], now: datetime) -> None:
    """Raises RefusedError on times that can't be: stays in order, each over."""
    for start, end in stays:
        if end <= start:
            raise RefusedError(_("The end lies before the beginning."), field="to0")
        if end - start > DAY:
            raise RefusedError(_("A stay lasts a day at most."), field="to0")
        if end > now:
            raise RefusedError(_("This time is still to come."), field="to0")
    if any(after[0] < before[1] for before, after in pairwise(stays)):
        raise RefusedError(_("Two stays overlap."), field="from1")


def record_families(
    principal: Principal,
    location: Location,
    action: str,
    whos: Collection[Who],
    now: datetime,
    **data: Any,
) -> None:
    """One row on the trail of every family whose children these are."""
    households = Placement.objects.filter(pk__in=[each.placement_id for each in whos]).values_list(
        "child__household", flat=True
    )
    record(
        principal=principal,
        action=action,
        subject=location,
        now=now,
        desk_id=location.desk_id,
        households=sorted(set(households)),
        **data,
    )
