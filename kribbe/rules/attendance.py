"""Who was there from when to when: the taps of a day become stays, whatever the order in which they arrive.

A tap is what somebody pressed: in, out, or "that was a mistake" about another tap. Stays are worked out of the whole
set anew, so a tap that comes hours later, comes twice or comes before another changes nothing but what it says:

1. A tap that another one takes back doesn't count, nor one that waits for the location's word.
2. In while in, and out just after out, say the same again: the first one counts.
3. Out without in: the stay began as planned, else at the opening; to be confirmed. Where in follows within minutes,
   the wrong button was pressed, and out counts for nothing.
4. In without out: the child counts as there until its day is over (midnight, or past the end of a planned night).
   Then the stay ended as planned, else at closing time, never before the last in; to be confirmed.
5. A correction by the location stands in place of all stays of its day; a tap that arrives after it raises a doubt.
6. A child with two places (its own, and the group that it visits) is where it was checked in last. A check-in at the
   other ends its stay here, to be confirmed unless it is checked out here within minutes; an out here while it is
   elsewhere says no more. After it left there, an out here without in means that it came back at that moment.

Times are moments, so an hour that the clock repeats or leaves out in a night of summer time is counted as it passed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import zip_longest
from uuid import NAMESPACE_OID, UUID, uuid5

from kribbe.rules.agreed import MIDNIGHT, Parts
from kribbe.rules.halfdays import halves_of

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
AGAIN = timedelta(minutes=10)
"""Within this time a second out repeats the first, and an in after an out means that out was the wrong button."""

TRUSTED = timedelta(minutes=5)
"""A device's clock that is further off than this is set right."""

FURTHEST_BACK = timedelta(days=400)
"""So long ago a location can still set right who was there and who stayed away."""

NIGHT_GRACE = 120
"""Minutes after the planned end of a night in which a tap still belongs to the day on which it began."""


class Pressed(StrEnum):
    """What a tap says."""

    IN = "in"
    OUT = "out"
    CANCEL = "cancel"


class Doubt(StrEnum):
    """What the location or the family has to look at."""

    NONE = ""
    NO_OUT = "no_out"
    NO_IN = "no_in"
    AFTER_CORRECTION = "after_correction"


@dataclass(frozen=True)
class Tap:
    """One press. `cancels` is the key of the tap that it takes back; it `counts` unless the location must judge."""

    key: UUID
    pressed: Pressed
    at: datetime
    received_at: datetime
    cancels: UUID | None = None
    counts: bool = True


@dataclass(frozen=True)
class Plan:
    """What was expected of a day: the parts planned, and the opening hours, in minutes since midnight."""

    parts: Parts = ()
    opens: int = 0
    closes: int = MIDNIGHT


@dataclass(frozen=True)
class Stay:
    """From when to when, in UTC. `end` is None as long as the child is there."""

    start: datetime
    end: datetime | None
    doubt: Doubt = Doubt.NONE


@dataclass(frozen=True)
class Correction:
    """What the location wrote down for a day; none means that the child wasn't there."""

    made_at: datetime
    number: int
    stays: tuple[tuple[datetime, datetime], ...]


def register(
    day: date,
    taps: Iterable[Tap],
    corrections: Sequence[Correction],
    plan: Plan,
    *,
    zone: tzinfo,
    now: datetime,
    elsewhere: Sequence[Tap] = (),
) -> tuple[Stay, ...]:
    """The stays that began on a day, in order; the same for any order of taps and corrections.

    The last correction holds, whatever is tapped; but a child that wasn't there may still come, after it was said.
    `elsewhere` are the taps of the child's other places on the day (see `as_taps`), also those that lie within its
    span (`span_of`) and belong to the day before or after there.
    """
    held = tuple(taps)
    if not corrections:
        return stays_of(day, held, plan, zone=zone, now=now, elsewhere=elsewhere)
    last = _last(corrections)
    since = _since(last, held)
    if since:
        return stays_of(day, since, plan, zone=zone, now=now, elsewhere=elsewhere)
    late = any(tap.received_at > last.made_at for tap in held)
    doubt = Doubt.AFTER_CORRECTION if late else Doubt.NONE
    return tuple(Stay(_utc(start), _utc(end), doubt) for start, end in sorted(last.stays))


def as_taps(taps: Iterable[Tap], corrections: Sequence[Correction]) -> list[Tap]:
    """What a register says, as taps: with a correction those of its stays."""
    held = list(taps)
    if not corrections:
        return held
    last = _last(corrections)
    return [*_since(last, held)] or [
        Tap(uuid5(NAMESPACE_OID, f"{last.number} {at} {pressed}"), pressed, at, last.made_at)
        for stay in last.stays
        for at, pressed in zip(stay, (Pressed.IN, Pressed.OUT), strict=True)
    ]


def stays_of(
    day: date,
    taps: Iterable[Tap],
    plan: Plan,
    *,
    zone: tzinfo,
    now: datetime,
    elsewhere: Iterable[Tap] = (),
) -> tuple[Stay, ...]:
    """The stays that the taps of a day tell, without any correction."""
    counted = standing(taps)
    follows = {tap.key: after for tap, after in zip_longest(counted, counted[1:])}
    found: list[Stay] = []
    since: datetime | None = None
    seen = datetime.min.replace(tzinfo=UTC)
    there: Tap | None = None
    for tap in sorted((*counted, *standing(elsewhere)), key=_order):
        at = _utc(tap.at)
        if tap.key not in follows:
            if since is not None and tap.pressed is Pressed.IN:
                found.append(Stay(since, at, Doubt.NO_OUT))
                since = None
            there = tap
        elif tap.pressed is Pressed.IN:
            since, seen, there = at if since is None else since, at, None
        elif since is not None:
            found.append(Stay(since, at))
            since = None
        elif there is not None and there.pressed is Pressed.IN:
            _confirm(found, at)
        else:
            found.extend(_without_in(day, at, follows[tap.key], _end(found, there), found, plan, zone))
    if since is not None:
        found.append(_open(day, since, seen, plan, zone, now))
    return tuple(stay for stay in found if stay.end is None or stay.end > stay.start)


def standing(taps: Iterable[Tap]) -> list[Tap]:
    """The taps that count, each key once, in the order of their moments."""
    held = {tap.key: tap for tap in taps if tap.counts}
    gone = {tap.cancels for tap in held.values() if tap.pressed is Pressed.CANCEL}
    left = [tap for key, tap in held.items() if key not in gone and tap.pressed is not Pressed.CANCEL]
    return sorted(left, key=_order)


def _order(tap: Tap) -> tuple[datetime, Pressed, UUID]:
    """Of taps at one moment each register has the same order."""
    return tap.at, tap.pressed, tap.key


def _last(corrections: Sequence[Correction]) -> Correction:
    return max(corrections, key=lambda each: (each.made_at, each.number))


def _since(last: Correction, taps: Iterable[Tap]) -> tuple[Tap, ...]:
    """The taps that hold in place of a correction: those of a child that came after it was said not to be there."""
    return () if last.stays else tuple(tap for tap in taps if tap.at > last.made_at)


def service_day(at: datetime, before: Parts, *, zone: tzinfo) -> date:
    """The day to which a tap belongs: its own, or the day before while the night planned on it (`before`) lasts."""
    local = at.astimezone(zone)
    ends = max((end for _start, end in before), default=0)
    passed = MIDNIGHT + 60 * local.hour + local.minute
    is_night = ends > MIDNIGHT and passed <= ends + NIGHT_GRACE
    return local.date() - DAY if is_night else local.date()


@dataclass(frozen=True)
class Reading:
    """The clocks of a device at one moment: that on its wall, and the time `passed` since its app began.

    Nobody sets the second one, but it stands still while a device sleeps, and begins anew with every `session`.
    """

    wall: datetime
    passed: timedelta | None = None
    session: str = ""


def offset_then(
    tap: Reading, known: timedelta | None, sent: Reading, offset: timedelta
) -> tuple[timedelta, bool]:
    """What must be added to the device's clock as it stood at a tap, and whether that is in doubt.

    `known` is what it was when the device last heard the server before the tap, `offset` what it was when the tap was
    sent. Where these agree nobody set the clock. Where they don't, it was set before the tap or after it: the time by
    the wall from the tap to its sending is longer or shorter than what passed by just as much if it was after. In
    doubt, as where the device slept or its app began anew, the last offset holds.
    """
    is_comparable = tap.passed is not None and sent.passed is not None and tap.session == sent.session
    jump = (sent.wall - tap.wall) - (sent.passed - tap.passed) if is_comparable else None  # type: ignore[operator]  # both are there
    if known is None:
        return offset, jump is not None and jump < -TRUSTED
    was_set = known - offset
    if abs(was_set) <= TRUSTED or (jump is not None and abs(jump) <= TRUSTED):
        return offset, False
    if jump is not None and abs(jump - was_set) <= TRUSTED:
        return known, False
    return offset, True


def true_time(told: datetime, offset: timedelta, received: datetime) -> tuple[datetime, bool]:
    """When a tap was, and whether the device's clock had to be set right.

    `offset` is what must be added to the device's clock as it stood then (`offset_then`). No tap lies in the future.
    """
    is_off = abs(offset) > TRUSTED
    at = told + offset if is_off else told
    return min(at, received), is_off or at - received > TRUSTED


def reaches_midnight(taps: Iterable[Tap], midnight: datetime) -> bool:
    """Whether who was tapped so may be there at the midnight after: its last tap is in, or some lie beyond."""
    held = sorted((tap for tap in taps if tap.pressed is not Pressed.CANCEL), key=_order)
    return bool(held) and (held[-1].pressed is Pressed.IN or held[-1].at >= midnight)


def is_over(day: date, plan: Plan, *, zone: tzinfo, now: datetime) -> bool:
    """Whether whoever didn't check out on a day must have left."""
    return now >= moment(day, _day_ends(plan), zone)


def span_of(day: date, plan: Plan, *, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when to when somebody can be there on a day: until midnight, or past the end of a planned night."""
    return moment(day, 0, zone), moment(day, _day_ends(plan), zone)


def halves_of_stay(stay: Stay, day: date, *, zone: tzinfo, noon: time, now: datetime) -> int:
    """The half-days that a stay takes: bits 0 and 1 of its day, 2 and 3 of the day after."""
    start = int((_utc(stay.start) - moment(day, 0, zone)) / MINUTE)
    end = start + int(((stay.end or _utc(now)) - stay.start) / MINUTE)
    own = [(max(0, start), min(end, MIDNIGHT))]
    night = [(max(0, start - MIDNIGHT), min(end - MIDNIGHT, MIDNIGHT))]
    first, second = (halves_of([part for part in parts if part[0] < part[1]], noon) for parts in (own, night))
    return first | second << 2


def moment(day: date, minute: int, zone: tzinfo) -> datetime:
    """A minute of the day by the clock on the wall, in UTC; beyond 1440 is the next day."""
    days, rest = divmod(minute, MIDNIGHT)
    return datetime.combine(day + days * DAY, time(rest // 60, rest % 60), zone).astimezone(UTC)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _day_ends(plan: Plan) -> int:
    ends = max((end for _start, end in plan.parts), default=0)
    return ends + NIGHT_GRACE if ends > MIDNIGHT else MIDNIGHT


def _confirm(found: list[Stay], at: datetime) -> None:
    """An out after the child was checked in elsewhere: within minutes it says when the stay here ended."""
    if found and found[-1].end is not None and at - found[-1].end <= AGAIN:
        found[-1] = Stay(found[-1].start, found[-1].end)


def _end(found: Sequence[Stay], there: Tap | None) -> datetime | None:
    """When the last stay ended, here or elsewhere."""
    ends = [stay.end for stay in found[-1:] if stay.end] + ([_utc(there.at)] if there else [])
    return max(ends, default=None)


def _without_in(
    day: date,
    at: datetime,
    follows: Tap | None,
    before: datetime | None,
    found: Sequence[Stay],
    plan: Plan,
    zone: tzinfo,
) -> Iterator[Stay]:
    """The stay that ended with an out before any in; `before` is when the one before ended, here or elsewhere."""
    if before is not None and at - before <= AGAIN:
        return
    if follows is not None and follows.pressed is Pressed.IN and _utc(follows.at) - at <= AGAIN:
        return
    begins = [moment(day, start, zone) for start, _until in plan.parts]
    begins += [] if found else [moment(day, plan.opens, zone)]
    possible = [each for each in begins if each < at and (before is None or each >= before)]
    yield Stay(possible[0] if possible else before or at - MINUTE, at, Doubt.NO_IN)


def _open(day: date, since: datetime, seen: datetime, plan: Plan, zone: tzinfo, now: datetime) -> Stay:
    """The stay whose out is missing; the child was `seen` in last at that moment."""
    if not is_over(day, plan, zone=zone, now=now):
        return Stay(since, None)
    ends = [moment(day, end, zone) for _start, end in plan.parts][::-1]
    ends += [moment(day, plan.closes, zone), moment(day, _day_ends(plan), zone)]
    return Stay(since, next((end for end in ends if end > seen), seen + MINUTE), Doubt.NO_OUT)
