"""What was told, asked and granted for days of a stay goes with these days, whatever piece they come to lie in."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import every_piece, piece_on
from kribbe.enrolment.services.pieces import bring_along
from kribbe.places import ledger
from kribbe.planning.models import Absence, DayChange, DayState, GettingUsedDay, Paper, ShortNotice
from kribbe.planning.models_days import STANDING, day_holder
from kribbe.planning.services.holding import release
from kribbe.rules.halfdays import WeekPattern

DAY = timedelta(days=1)


def follow(before_id: int, following_ids: Sequence[int], now: datetime) -> None:
    """A stay goes on in these places: its days go along, and whoever listens for free days goes on doing so."""
    listens = ShortNotice.objects.filter(placement=before_id).first()
    if listens is not None:
        for key in following_ids:
            ShortNotice.objects.get_or_create(placement_id=key, defaults={"since": listens.since})
    keep_days(before_id, now)


def keep_days(placement_id: int, now: datetime) -> None:
    """Have absences, extra days and swaps hang on the piece that has their day, and hold them in its group."""
    pieces = every_piece(Placement.objects.get(pk=placement_id))
    stay = [each for each in pieces if each.state == PlacementState.FINAL]
    bring_along(Absence.objects.filter(placement__in=pieces), stay)
    moved = {each.pk for each in bring_along(DayChange.objects.filter(placement__in=pieces), stay)}
    granted = DayChange.objects.filter(
        placement__in=stay, state=DayState.GRANTED, day__gte=localtime(now).date()
    )
    _hold_again(granted.order_by("day", "pk"), stay, moved, now)


def _hold_again(
    granted: Iterable[DayChange], stay: Sequence[Placement], moved: set[int], now: datetime
) -> None:
    """In the ledger is what a granted day has beside the half-days of its place, where there is room for it."""
    for change in granted:
        home = piece_on(stay, change.day)
        own = own_halves(home, change) if home else 0
        if home is None or not (change.pk in moved or (change.in_ledger and own & change.halves)):
            continue
        ledger.release(holder=day_holder(change), now=now)
        change.in_ledger = held_on(change, home, change.halves & ~own, now)
        change.save(update_fields=["in_ledger"])


def own_halves(home: Placement, change: DayChange) -> int:
    """The half-days that a place has on the day every week; bit 0 the morning."""
    return 0 if home.in_turn is not None else home.pattern >> 2 * change.day.weekday() & 3


def held_on(change: DayChange, home: Placement, halves: int, now: datetime) -> bool:
    """Whether the ledger has room for these half-days of the day, and holds them now."""
    if not halves:
        return False
    try:
        ledger.take(
            group_id=home.group_id,
            start=change.day,
            end=change.day + DAY,
            pattern=WeekPattern(halves << 2 * change.day.weekday()),
            holder=day_holder(change),
            now=now,
        )
    except ledger.NoRoomError:
        return False
    return True


def let_go(placement_id: int, now: datetime) -> None:
    """A stay is shorter than was agreed: what was asked or granted for days after it is taken back.

    So are visits to get used to a place that won't begin, and a paper that would have held only after the last day.
    """
    pieces = every_piece(Placement.objects.get(pk=placement_id))
    stay = [each for each in pieces if each.state == PlacementState.FINAL]
    today = localtime(now).date()
    for change in DayChange.objects.filter(STANDING, placement__in=pieces, day__gte=today):
        if piece_on(stay, change.day) is None:
            ledger.release(holder=day_holder(change), now=now)
            change.state, change.answered_at, change.in_ledger = DayState.WITHDRAWN, now, False
            change.save(update_fields=["state", "answered_at", "in_ledger"])
    for paper in Paper.objects.filter(agreement__placement__in=pieces, signed_at=None, withdrawn_at=None):
        if piece_on(stay, paper.first) is None:
            release(paper, now)
            paper.withdrawn_at = now
            paper.save(update_fields=["withdrawn_at"])
    if not stay:
        visits = GettingUsedDay.objects.filter(placement__in=pieces, taken_back_at=None, day__gte=today)
        visits.update(taken_back_at=now)
