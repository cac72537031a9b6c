"""What is tapped for children by a typed name: kept as it came, and in the register too once they are matched."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.utils.timezone import localtime

from kribbe.attendance.attendee import Who, who_of
from kribbe.attendance.models import Mark, Pressed, TypedChild, TypedTap
from kribbe.attendance.services.register import LATE_AFTER, Press, Source
from kribbe.rules import attendance as rules
from kribbe.trust.audit import record
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

NOBODY = Who()
"""Whose press it is as long as nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A child as it was typed. `key` is drawn by the device."""

    key: UUID
    name: str
    group_id: int
    is_baby: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedPress:
    """One press for such a child."""

    child: Typed
    press: Press


def keep_typed(
    *, principal: Principal, source: Source, presses: Sequence[TypedPress], now: datetime
) -> tuple[list[TypedTap], list[Press]]:
    """Keep these, those known already as they are. Within a transaction, before any child of the register is locked.

    Returns the new ones, and what they are for the register where the child is matched already.
    """
    if not presses:
        return [], []
    children = _children(source, presses, now)
    keys = [each.press.key for each in presses]
    known = set(TypedTap.objects.filter(key__in=keys).values_list("key", flat=True))
    fresh = {each.press.key: each for each in presses if each.press.key not in known}
    taps = TypedTap.objects.bulk_create(
        _tap(principal, source, children[each.child.key], each.press, now) for each in fresh.values()
    )
    if taps:
        _record(principal, source, taps, now)
    return taps, [copy_of(tap.child, tap) for tap in taps if tap.child.is_matched]


def copies(child: TypedChild, taps: Iterable[TypedTap]) -> list[Press]:
    """What a matched child's taps, or the times in their place, are for the register. The same for the same match."""
    if not child.corrected_at:
        return [copy_of(child, tap) for tap in taps]
    times = ((Pressed.IN, child.start), (Pressed.OUT, child.end))
    return [
        Press(
            key=copy_key(child, f"{pressed}"),
            who=who_of(child),
            pressed=pressed,
            told_at=at,
            marks=frozenset({Mark.TYPED}),
            latest=child.day,
        )
        for pressed, at in times
        if at is not None
    ]


def copy_of(child: TypedChild, tap: TypedTap) -> Press:
    """A tap for the register of the child that it was matched with, with all that is known of it."""
    return Press(
        key=copy_key(child, f"{tap.key}"),
        who=who_of(child),
        pressed=Pressed(tap.pressed),
        told_at=tap.told_at,
        cancels=copy_key(child, f"{tap.cancels}") if tap.cancels else None,
        carer=tap.carer,
        offset=tap.at - tap.told_at,
        marks=frozenset({*map(Mark, tap.marks), Mark.TYPED}),
        device=tap.device,
        latest=child.day,
    )


def copy_key(child: TypedChild, of: str) -> UUID:
    """The key of what a match writes: another for another match, so that nothing is taken for known."""
    return uuid5(child.key, f"{child.matches} {of}")


def _children(source: Source, presses: Iterable[TypedPress], now: datetime) -> Mapping[UUID, TypedChild]:
    """By key, made where they are new, and locked."""
    first: dict[UUID, TypedPress] = {}
    for each in sorted(presses, key=lambda each: each.press.told_at):
        first.setdefault(each.child.key, each)
    TypedChild.objects.bulk_create(
        (_child(source, first[key], now) for key in sorted(first)), ignore_conflicts=True
    )
    return locked(source.location.pk, first)


def locked(location_id: int, keys: Collection[UUID]) -> Mapping[UUID, TypedChild]:
    """These children of a location, by key, locked."""
    found = TypedChild.objects.filter(location=location_id, key__in=list(keys))
    lock_rows(*((TypedChild, key) for key in found.values_list("pk", flat=True)))
    return {each.key: each for each in found.all()}


def _child(source: Source, first: TypedPress, now: datetime) -> TypedChild:
    at, _is_off = rules.true_time(first.press.told_at, source.offset_of(first.press.offset), now)
    return TypedChild(
        key=first.child.key,
        location=source.location,
        group_id=first.child.group_id,
        name=first.child.name,
        is_baby=first.child.is_baby,
        day=localtime(at).date(),
        made_at=now,
    )


def _tap(principal: Principal, source: Source, child: TypedChild, press: Press, now: datetime) -> TypedTap:
    at, is_off = rules.true_time(press.told_at, source.offset_of(press.offset), now)
    found = {
        Mark.CLOCK: is_off,
        Mark.LATE: now - at > LATE_AFTER,
        Mark.CARER_LEFT: press.carer is not None and not press.carer.works_on(child.day),
    }
    return TypedTap(
        child=child,
        key=press.key,
        pressed=press.pressed,
        at=at,
        told_at=press.told_at,
        received_at=now,
        cancels=press.cancels,
        device=source.device,
        carer=press.carer,
        noted_by=principal.user_id,
        marks=sorted(press.marks | {mark for mark, holds in found.items() if holds}),
    )


def _record(principal: Principal, source: Source, taps: Sequence[TypedTap], now: datetime) -> None:
    record(
        principal=principal,
        action="register.typed",
        subject=source.location,
        now=now,
        desk_id=source.location.desk_id,
        taps=len(taps),
    )
