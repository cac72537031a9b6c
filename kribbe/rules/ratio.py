"""How many carers the children of a half-day need, by the law of that day; and where a plan falls short.

The number is judged for the whole location, by the layout that it chose for each group: a mixed group stays mixed
while by chance only babies are there. A group chosen for children above the age of babies is that as long as none is
there; with one it is a mixed group, whatever was chosen (`with_baby`). Up to 2026 a carer alone had one limit and
several together another, whatever the ages; from 2027 each layout has its own. Children of several groups add up
before they are rounded.
While children rest they ask fewer (`carers_needed`). One living group has its own most, whoever is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from kribbe.rules.calendar import add_months
from kribbe.rules.packs import FigureMissing, Pack
from kribbe.rules.reasons import Reason

REST_CARERS = 2
"""While children rest at least two carers watch them."""


class Layout(StrEnum):
    """The children for whom a group is meant, as the location chose."""

    BABIES = "babies"
    TODDLERS = "toddlers"
    MIXED = "mixed"


@dataclass(frozen=True)
class Need:
    """The carers that must be there, and why so many."""

    carers: int
    reasons: tuple[Reason, ...]
    too_many: int = 0
    """Children beyond those that the law allows in a living group or at a family carer's home, whoever is there."""

    @property
    def weight(self) -> tuple[int, int]:
        """What sorts the moments by what they ask: children too many come before carers."""
        return self.too_many, self.carers

    def is_short(self, carers: int) -> bool:
        """Whether so many carers are too few, or the children too many whoever is there."""
        return carers < self.carers or self.too_many > 0


@dataclass(frozen=True)
class Present:
    """Those who are in a living group at once: its lay-out as chosen, how many, and what else counts about them."""

    layout: Layout
    children: int
    has_baby: bool = False
    rests: bool = False


@dataclass(frozen=True)
class Half:
    """One half-day of a location: the day, its children by layout, and the carers planned."""

    on: date
    slot: int
    children: Mapping[Layout, int]
    carers: int
    own: int = 0
    """Children of a family carer that are at home and count."""
    groups: Sequence[int] = ()
    """The children of each living group."""
    has_baby: bool = False
    """Whether a group of toddlers counts as mixed by a baby."""


@dataclass(frozen=True)
class Short:
    """A half-day with fewer carers than the law asks, or more children than it allows."""

    on: date
    slot: int
    need: Need
    carers: int

    @property
    def missing(self) -> int:
        return max(0, self.need.carers - self.carers)


def carers_needed(
    *,
    children: Mapping[Layout, int],
    pack: Pack,
    on: date,
    resting: Mapping[Layout, int] | None = None,
    family: bool = False,
    own: int = 0,
    groups: Sequence[int] = (),
    has_baby: bool = False,
) -> Need:
    """The carers for children present at once. ValueError on a negative number of children.

    `resting` are those of the children who rest; they ask more carers than others only by the least that must watch
    them, so where that is more than all of them awake ask, the lesser number holds.
    `family` is care at a family carer's home, where the law limits the children of one carer, `own` of the carer that
    are at home and count among them (see `family_carer`). `groups` are the same children by living group, of which
    none may be larger than the law allows. `has_baby` tells that a group counts as mixed by a baby (see `with_baby`).
    FigureMissing where the pack knows no ratio for the day.
    """
    if own < 0 or any(number < 0 for number in children.values()):
        raise ValueError(f"children can't be fewer than none: {dict(children)}")
    total = sum(children.values())
    if not total:
        return Need(0, (Reason.of("ratio.nobody"),))
    if family:
        return _family(total, own, pack, on)
    limits = _limits(pack, on)
    awake = _whatever_the_age(total, pack, on) if limits is None else _by_layout(children, limits)
    asleep = _resting(children, resting or {}, limits, pack, on)
    need = asleep if asleep is not None and asleep.carers < awake.carers else awake
    if has_baby and limits is not None:
        need = replace(need, reasons=(*need.reasons, Reason.of("ratio.baby_among")))
    return _with_groups(need, groups, pack.integer("capacity.living_group", on))


def need_of_groups(
    groups: Sequence[Present], *, pack: Pack, on: date, family: bool = False, own: int = 0
) -> Need:
    """As `carers_needed`, for who is in each living group. A tablet counts by the same rule (`tablet-ratio.js`)."""
    inside, resting = dict.fromkeys(Layout, 0), dict.fromkeys(Layout, 0)
    for group in groups:
        layout = with_baby(group.layout, group.has_baby)
        inside[layout] += group.children
        resting[layout] += group.children if group.rests else 0
    return carers_needed(
        children=inside,
        pack=pack,
        on=on,
        resting=resting,
        family=family,
        own=own,
        groups=[group.children for group in groups],
        has_baby=any(with_baby(group.layout, group.has_baby) is not group.layout for group in groups),
    )


def figures_on(pack: Pack, on: date, *, family: bool) -> dict[str, Any]:
    """The law's figures of a day for a device that counts by itself, as JSON: children for each carer, and the most.

    At a family carer's home two; else `limits` by lay-out, or None where the law looks at no age.
    """
    if family:
        limit, most = _family_figures(pack, on)
        return {"family": limit, "most": most}
    limits = _limits(pack, on)
    return {
        "limits": limits and {f"{layout}": limit for layout, limit in limits.items()},
        "alone": pack.integer("ratio.alone", on) if limits is None else 0,
        "together": pack.integer("ratio.together", on) if limits is None else 0,
        "rest": pack.integer("ratio.rest", on),
        "watch": REST_CARERS,
        "group": pack.integer("capacity.living_group", on),
    }


def tightest(needs: Iterable[Need]) -> Need:
    """That of several moments which asks most. ValueError on none."""
    return max(needs, key=lambda need: need.weight)


def baby_months(pack: Pack, on: date) -> int:
    """The age to which a child is a baby; for groups chosen ahead of the first law that asks, the age of that law."""
    first = pack.figures["ratio.baby_months"][0].valid_from
    return pack.integer("ratio.baby_months", max(on, first))


def is_baby(birth: date, pack: Pack, on: date) -> bool:
    """Whether a child born, or expected, on a day is still a baby."""
    return on < add_months(birth, baby_months(pack, on))


def with_baby(layout: Layout, has_baby: bool) -> Layout:
    """What a group counts as by who is really there: one of toddlers with a baby is mixed, which asks more carers.

    It is never the other way: what was chosen isn't given up for fewer carers because of who is there by chance.
    """
    return Layout.MIXED if has_baby and layout is Layout.TODDLERS else layout


def may_be(layout: Layout, from_months: int, babies_to: int) -> bool:
    """Whether a group of children from this age on may be chosen as such: with babies it is none of toddlers."""
    return layout is not Layout.TODDLERS or from_months >= babies_to


def shortfalls(*, halves: Iterable[Half], pack: Pack, family: bool = False) -> list[Short]:
    """The half-days that fall short, in the order given, each judged by the law of its own day."""
    found = []
    for half in halves:
        need = carers_needed(
            children=half.children,
            pack=pack,
            on=half.on,
            family=family,
            own=half.own,
            groups=half.groups,
            has_baby=half.has_baby,
        )
        if need.is_short(half.carers):
            found.append(Short(half.on, half.slot, need, half.carers))
    return found


def _family(total: int, own: int, pack: Pack, on: date) -> Need:
    """By the carers' own limit; from the least of group care on it is no care at a home, also by carers together."""
    limit, most = _family_figures(pack, on)
    present = total + own
    reasons = [Reason.of("ratio.family", children=present, limit=limit)]
    if own:
        reasons.append(Reason.of("family_carer.own", own=own))
    too_many = max(0, present - most)
    if too_many:
        reasons.append(Reason.of("ratio.family_most", most=most))
    return Need(_ceiling(Fraction(present, limit)), tuple(reasons), too_many)


def _family_figures(pack: Pack, on: date) -> tuple[int, int]:
    """The children for each family carer, and the most at one home."""
    return pack.integer("capacity.family_care", on), pack.integer("capacity.group_care_minimum", on) - 1


def _with_groups(need: Need, groups: Sequence[int], most: int) -> Need:
    """The same carers, and the children beyond the most of one living group."""
    over = [children for children in groups if children > most]
    if not over:
        return need
    told = tuple(Reason.of("ratio.living_group", children=children, most=most) for children in over)
    return replace(need, reasons=need.reasons + told, too_many=sum(over) - most * len(over))


def _resting(
    children: Mapping[Layout, int],
    resting: Mapping[Layout, int],
    limits: Mapping[Layout, int] | None,
    pack: Pack,
    on: date,
) -> Need | None:
    """Where some rest: their part by the limit of rest, that of the others by their own; None where nobody rests."""
    asleep = sum(resting.values())
    if not asleep:
        return None
    limit, together = (
        pack.integer("ratio.rest", on),
        pack.integer("ratio.together", on) if limits is None else 0,
    )
    exact = Fraction(asleep, limit)
    reasons = [Reason.of("ratio.rest", children=asleep, limit=limit)]
    for layout in Layout:
        awake = children.get(layout, 0) - resting.get(layout, 0)
        if awake < 0:
            raise ValueError(f"more children rest than are there: {dict(resting)} of {dict(children)}")
        if awake and limits is not None:
            exact += Fraction(awake, limits[layout])
            reasons.append(Reason.of(f"ratio.{layout}", children=awake, limit=limits[layout]))
    awake = sum(children.values()) - asleep
    if awake and limits is None:
        exact += Fraction(awake, together)
        reasons.append(Reason.of("ratio.together", children=awake, limit=together))
    return Need(max(REST_CARERS, _ceiling(exact)), tuple(reasons))


def _limits(pack: Pack, on: date) -> Mapping[Layout, int] | None:
    """The limit of each layout; None where the law of the day doesn't look at ages."""
    try:
        return {layout: pack.integer(f"ratio.{layout}", on) for layout in Layout}
    except FigureMissing:
        return None


def _whatever_the_age(total: int, pack: Pack, on: date) -> Need:
    alone, together = pack.integer("ratio.alone", on), pack.integer("ratio.together", on)
    if total <= alone:
        return Need(1, (Reason.of("ratio.alone", children=total, limit=alone),))
    return Need(
        max(2, _ceiling(Fraction(total, together))),
        (Reason.of("ratio.together", children=total, limit=together),),
    )


def _by_layout(children: Mapping[Layout, int], limits: Mapping[Layout, int]) -> Need:
    present = [(layout, number) for layout in Layout if (number := children.get(layout, 0))]
    exact = sum((Fraction(number, limits[layout]) for layout, number in present), Fraction(0))
    return Need(
        _ceiling(exact),
        tuple(
            Reason.of(f"ratio.{layout}", children=number, limit=limits[layout]) for layout, number in present
        ),
    )


def _ceiling(number: Fraction) -> int:
    return -(-number.numerator // number.denominator)
