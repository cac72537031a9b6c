"""The stays of days, worked out anew from taps and corrections; a child with two places is in one of them at once.

A night belongs to the day on which it began. At its end the child may be at its other place, on the day after: so the
days beside one are read too, and those that its night touches are written anew.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import Q
from django.utils.timezone import get_default_timezone

from kribbe.attendance.attendee import Who, of_any, who_of
from kribbe.attendance.models import Correction, Presence, Tap
from kribbe.attendance.services.plans import Plans, plans_of
from kribbe.enrolment.models import DirectChild, Placement
from kribbe.places.models import Location
from kribbe.rules import attendance as rules
from kribbe.trust.locks import lock_rows

DAY = timedelta(days=1)
Row = TypeVar("Row", Tap, Correction)
Pair = tuple[Who, date]
"""Whose day it is."""


def lock_children(whos: Collection[Who]) -> dict[int, Placement]:
    """Lock these children at every place that they have at one organiser: a tap at one ends a stay at another.

    Returns these places by key, read once they are locked: a place that came while it waited is locked too.
    """
    direct = [(DirectChild, each.direct_id) for each in whos if each.direct_id]
    known = _places(whos)
    while True:
        lock_rows(*((Placement, key) for key in known), *direct)
        places = _places(whos)
        if places.keys() <= known.keys():
            return places
        known |= places


def work_out(
    location: Location, pairs: Collection[Pair], places: Mapping[int, Placement], now: datetime
) -> None:
    """Write the stays of these children and days anew, also at the other of their `places` (see `lock_children`).

    Seven queries, however many; where a child was tapped at another location too, five more for each.
    """
    if not pairs:
        return
    whos = {who for who, _day in pairs} | {Who(placement_id=key) for key in places}
    has_second = len({each.child_id for each in places.values()}) < len(places)
    reach = 2 if has_second else 0
    days = {day + each * DAY for _who, day in pairs for each in range(-reach, reach + 1)}
    within = of_any(whos) & Q(day__in=days)
    said = _Said(_by_pair(Tap.objects.filter(within)), _by_pair(Correction.objects.filter(within)), places)
    also = {other for pair in pairs for other in said.touched(pair)} - set(pairs)
    at: dict[Location, set[Pair]] = defaultdict(set, {location: set(pairs)})
    for who, day in also:
        at[places[who.placement_id].group.location].add((who, day))
    _write({pair: stays for site, own in at.items() for pair, stays in _stays(site, own, said, now).items()})


def _write(stays: Mapping[Pair, Sequence[Presence]]) -> None:
    """In place of those that stood. All that went go first: a stay may take the hours of another."""
    within = of_any(who for who, _day in stays) & Q(day__in={day for _who, day in stays})
    known = Presence.objects.filter(within).only("pk", "placement_id", "direct_id", "day")
    Presence.objects.filter(pk__in=[row.pk for row in known if (who_of(row), row.day) in stays]).delete()
    Presence.objects.bulk_create(each for pair in sorted(stays) for each in stays[pair])


@dataclass(frozen=True)
class _Said:
    """What was tapped and corrected, by child and day, and the places of the children."""

    taps: Mapping[Pair, Sequence[Tap]]
    corrections: Mapping[Pair, Sequence[Correction]]
    places: Mapping[int, Placement]

    def has(self, pair: Pair) -> bool:
        return pair in self.taps or pair in self.corrections

    def others(self, who: Who) -> list[Who]:
        """The other places of a child."""
        own = self.places.get(who.placement_id)
        return [
            Who(placement_id=key)
            for key, each in self.places.items()
            if own is not None and each.child_id == own.child_id and key != own.pk
        ]

    def touched(self, pair: Pair) -> list[Pair]:
        """The days at the child's other places that change with a day: the same one, and those that a night joins."""
        who, day = pair
        after, before = day + DAY, day - DAY
        return [
            other
            for each in self.others(who)
            for other, is_joined in (
                ((each, day), True),
                ((each, after), self._reaches(pair)),
                ((each, before), self._reaches((each, before))),
            )
            if is_joined and self.has(other)
        ]

    def elsewhere(self, who: Who, day: date, span: tuple[datetime, datetime]) -> list[rules.Tap]:
        """What the registers of the child's other places say of a day, and of all the time that it lasts."""
        begins, ends = span
        return [
            tap
            for other in self.others(who)
            for each in (day - DAY, day, day + DAY)
            for tap in rules.as_taps(*self.of((other, each)))
            if each == day or tap.cancels or begins <= tap.at < ends
        ]

    def _reaches(self, pair: Pair) -> bool:
        midnight = rules.moment(pair[1] + DAY, 0, get_default_timezone())
        return rules.reaches_midnight(rules.as_taps(*self.of(pair)), midnight)

    def of(self, pair: Pair) -> tuple[list[rules.Tap], list[rules.Correction]]:
        """For the rules."""
        taps, corrections = self.taps.get(pair, ()), self.corrections.get(pair, ())
        return [tap.as_rule() for tap in taps], [each.as_rule() for each in corrections]


def _places(whos: Iterable[Who]) -> dict[int, Placement]:
    """These places, and all others of their children at the organiser of one of them: nobody writes in the register
    of another.

    Of whoever was taken outside the desk none is known beside its own.
    """
    keys = [each.placement_id for each in whos if each.placement_id]
    own = Placement.objects.filter(pk__in=keys)
    found = Placement.objects.filter(
        Q(pk__in=keys)
        | Q(
            child__in=own.values("child"),
            group__location__organiser__in=own.values("group__location__organiser"),
        )
    )
    return {each.pk: each for each in found.select_related("group__location")} if keys else {}


def _stays(
    location: Location, pairs: Collection[Pair], said: _Said, now: datetime
) -> dict[Pair, list[Presence]]:
    days = {day for _who, day in pairs}
    plans = plans_of(location, {who for who, _day in pairs}, min(days), max(days) + DAY)
    return {pair: _presences(pair, plans, said, now) for pair in pairs}


def _presences(pair: Pair, plans: Plans, said: _Said, now: datetime) -> list[Presence]:
    who, day = pair
    zone = get_default_timezone()
    taps, corrections = said.of(pair)
    plan = plans.on(who, day)
    stays = rules.register(
        day,
        taps,
        corrections,
        plan,
        zone=zone,
        now=now,
        elsewhere=said.elsewhere(who, day, rules.span_of(day, plan, zone=zone)),
    )
    return [
        Presence(
            **who.columns(),
            day=day,
            number=number,
            start=stay.start,
            end=stay.end,
            halves=rules.halves_of_stay(stay, day, zone=zone, noon=plans.location.morning_ends_at, now=now),
            doubt=stay.doubt,
            is_corrected=bool(corrections),
        )
        for number, stay in enumerate(stays)
    ]


def _by_pair(rows: Iterable[Row]) -> dict[Pair, list[Row]]:
    found: dict[Pair, list[Row]] = defaultdict(list)
    for row in rows:
        found[who_of(row), row.day].append(row)
    return dict(found)
