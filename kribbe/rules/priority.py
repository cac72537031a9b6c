"""Who stands where at a location: the law first, then the location's published criteria, then the date.

A standing is a tuple of numbers, lower is better, and every number has a part that says why. Which law held
on a day is in the pack (`priority.regime`), so that an order can be replayed for any past day.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from math import ceil
from typing import TypeVar
from zoneinfo import ZoneInfo

from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import Pack
from kribbe.rules.reasons import Problem, Reason

T = TypeVar("T")

LOCAL_TIME = ZoneInfo("Europe/Brussels")
FULL_WEEK_HALF_DAYS = 8


class PriceKind(StrEnum):
    """How a place is paid; only income places fall under the law's priority."""

    INCOME = "income"
    FREE = "free"


class DateRule(StrEnum):
    """The date that orders requests which are equal in law and criteria."""

    REGISTERED = "registered"
    WANTED_START = "wanted_start"
    LOTTERY = "lottery"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is true of a child and its household at one location on one date.

    `work`: care is needed for work, training for it, or finding it. `work_share_4_5`: the carers work or
    follow day training for four fifths or more on average. `care_need`: disability, reduced self-care, or a
    social or pedagogical reason. `works_here`: a parent works in the municipality. `staff_child`: a parent
    works at the location. `continuity`: the child already goes to another location of the organiser.
    """

    work: bool = False
    work_share_4_5: bool = False
    single: bool = False
    low_income: bool = False
    care_need: bool = False
    no_diploma: bool = False
    foster: bool = False
    sibling_here: bool = False
    sibling_same_time: bool = False
    resident: bool = False
    neighbourhood: bool = False
    works_here: bool = False
    dutch_speaking: bool = False
    urgent: bool = False
    staff_child: bool = False
    continuity: bool = False


@dataclass(frozen=True)
class Verdict:
    """An answer with its reasons."""

    holds: bool
    reasons: tuple[Reason, ...]


CHARACTERISTICS = ("work", "single", "low_income", "care_need", "no_diploma")
DECISIVE = frozenset({"low_income", "care_need", "no_diploma"})


def vulnerable(facts: Facts, pack: Pack, on: date) -> Verdict:
    """Whether a household is vulnerable by law: enough of the five characteristics, enough of them decisive.

    The reasons are the characteristics that hold, followed by what is lacking. Who works four fifths works.
    """
    works = replace(facts, work=facts.work or facts.work_share_4_5)
    held = [name for name in CHARACTERISTICS if getattr(works, name)]
    needed = pack.integer("vulnerable.characteristics", on)
    reasons = [Reason.of(f"vulnerable.{name}") for name in held]
    lacking = []
    if len(held) < needed:
        lacking.append(Reason.of("vulnerable.too_few", held=len(held), needed=needed))
    if len(DECISIVE.intersection(held)) < pack.integer("vulnerable.decisive", on):
        lacking.append(Reason.of("vulnerable.none_decisive"))
    return Verdict(not lacking, (*reasons, *lacking))


def owed_vulnerable(*, cared: int, vulnerable: int, plus: bool, pack: Pack, on: date) -> int:
    """How many more vulnerable children a location owes: ceil(share x cared) - vulnerable, at least 0.

    `cared` counts the children cared for this calendar year, `vulnerable` those of them in vulnerable
    households; `plus` says that the location has the plus subsidy. ValueError on impossible counts.
    """
    if not 0 <= vulnerable <= cared:
        raise ValueError(f"{vulnerable} of {cared} children can't be vulnerable")
    share: Decimal = pack.decimal("vulnerable.share_plus" if plus else "vulnerable.share", on)
    return max(0, ceil(share * cared) - vulnerable)


@dataclass(frozen=True)
class Regime:
    """The law's order in a period: facts that give absolute priority, and facts that give it after them."""

    absolute: tuple[str, ...]
    grounds: tuple[str, ...]


REGIMES: Mapping[str, Regime] = {
    "before-2024": Regime(("work",), ("sibling_here", "foster", "single", "low_income")),
    "work-4/5-first": Regime(("work_share_4_5", "sibling_same_time", "foster"), ()),
}
"""By the name that a pack gives. No source names a second step for the rules of 1-4-2024 to 29-4-2025."""


@dataclass(frozen=True)
class Criterion:
    """A criterion that a location may publish: the fact that makes it hold (None: the pattern does)."""

    id: str
    fact: str | None
    sensitive: bool = False
    residence: bool = False

    def holds(self, facts: Facts, pattern: WeekPattern) -> bool:
        if self.fact is None:
            return len(pattern) >= FULL_WEEK_HALF_DAYS
        return bool(getattr(facts, self.fact))

    def reason(self, holds: bool) -> Reason:
        code = f"criterion.{self.id}" if holds else f"criterion.{self.id}.no"
        if self.fact is None:
            return Reason.of(code, needed=FULL_WEEK_HALF_DAYS)
        return Reason.of(code)


CRITERIA: Mapping[str, Criterion] = {
    criterion.id: criterion
    for criterion in (
        Criterion("sibling", "sibling_here"),
        Criterion("staff_child", "staff_child"),
        Criterion("continuity", "continuity"),
        Criterion("work", "work"),
        Criterion("single", "single", sensitive=True),
        Criterion("care_need", "care_need", sensitive=True),
        Criterion("full_week", None),
        Criterion("works_here", "works_here"),
        Criterion("resident", "resident", residence=True),
        Criterion("neighbourhood", "neighbourhood", residence=True),
    )
}

FORBIDDEN = frozenset({"residents_only", "nationality", "origin", "religion", "sex", "health", "language"})
"""Criteria that desks were asked for and that exclude or discriminate; refused by name, to say why."""


def check_criteria(ids: Sequence[str]) -> list[Problem]:
    """What is wrong with a location's list of criteria; `field` is the place in the list, from 0.

    A criterion is known, used once and lawful. Where a family lives only decides among the otherwise equal:
    such criteria come after all others (Opgroeien, FAQ on replacement capacity: no exclusion on residence).
    """
    return [
        Problem(str(place), reason)
        for place, criterion_id in enumerate(ids)
        if (reason := _criterion_problem(criterion_id, ids[:place], ids[place + 1 :])) is not None
    ]


def _criterion_problem(criterion_id: str, before: Sequence[str], after: Sequence[str]) -> Reason | None:
    if criterion_id in FORBIDDEN:
        return Reason.of("criteria.forbidden", criterion=criterion_id)
    if criterion_id not in CRITERIA:
        return Reason.of("criteria.unknown", criterion=criterion_id)
    if criterion_id in before:
        return Reason.of("criteria.twice", criterion=criterion_id)
    others = (CRITERIA[other] for other in after if other in CRITERIA)
    if CRITERIA[criterion_id].residence and any(not other.residence for other in others):
        return Reason.of("criteria.residence_not_last")
    return None


def tie(seed: int, child_id: str) -> str:
    """SHA-256 (hex) of `seed:child_id`: orders equal children, the same way for whoever looks."""
    return hashlib.sha256(f"{seed}:{child_id}".encode()).hexdigest()


def date_key(
    rule: DateRule, *, registered: datetime | date, wanted_start: date, seed: int, child_id: str
) -> int:
    """The number that orders by date, lower first: a day as YYYYMMDD, or the child's lot (48 bits).

    A moment counts as its day in Flanders, so nobody gains by being up at midnight. ValueError on a moment
    without a time zone.
    """
    if rule is DateRule.LOTTERY:
        return int(tie(seed, child_id)[:12], 16)
    return int(f"{_day(registered) if rule is DateRule.REGISTERED else wanted_start:%Y%m%d}")


def _day(moment: datetime | date) -> date:
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(LOCAL_TIME).date()


@dataclass(frozen=True)
class Part:
    """One step of a standing.

    `holds` says whether the ground counts for the child (always so for date and tie). A `sensitive` part is
    told to the household itself and to those who need it, never to other households.
    """

    name: str
    holds: bool
    sensitive: bool
    reason: Reason

    @property
    def public(self) -> str:
        """The name that other households may be told: grounds of law and sensitive ones are all `law`."""
        return "law" if self.sensitive or self.name.startswith("law.") else self.name


@dataclass(frozen=True)
class Standing:
    """Where a child stands at a location; lower is better. `parts` has one for each number, then the tie."""

    key: tuple[int, ...]
    tie: str
    parts: tuple[Part, ...]

    @property
    def sort_key(self) -> tuple[tuple[int, ...], str]:
        return self.key, self.tie


def standing(
    *,
    facts: Facts,
    pattern: WeekPattern,
    price: PriceKind,
    criteria: Sequence[str],
    date_rule: DateRule,
    registered: datetime | date,
    wanted_start: date,
    seed: int,
    child_id: str,
    pack: Pack,
    on: date,
) -> Standing:
    """Where a child stands at a location by the law and the published criteria of the day `on`.

    Income places: the law's absolute priority, the law's other grounds (one or several count the same), each
    criterion in its order, the date. Free-price places: the criteria and the date. Criteria and grounds are 0
    where they hold and 1 where they don't. ValueError on criteria that `check_criteria` refuses.
    """
    if problems := check_criteria(criteria):
        raise ValueError("; ".join(problem.reason.english() for problem in problems))
    law = _law_parts(facts, REGIMES[pack.text("priority.regime", on)]) if price is PriceKind.INCOME else ()
    published = tuple(_criterion_part(CRITERIA[criterion], facts, pattern) for criterion in criteria)
    day = date_key(date_rule, registered=registered, wanted_start=wanted_start, seed=seed, child_id=child_id)
    dated = _date_part(date_rule, _day(registered), wanted_start)
    last = Part("tie", holds=True, sensitive=False, reason=Reason.of("tie"))
    return Standing(
        key=(*(int(not part.holds) for part in (*law, *published)), day),
        tie=tie(seed, child_id),
        parts=(*law, *published, dated, last),
    )


def without_law(found: Standing) -> Standing:
    """The same child's standing for free-price places of that location: its criteria and the date alone."""
    parts = [part.name for part in found.parts]
    law = sum(name.startswith("law.") for name in parts)
    return Standing(found.key[law:], found.tie, found.parts[law:])


def key_if_asked(found: Standing, *, pattern: WeekPattern, wanted_start: date) -> tuple[int, ...]:
    """The same standing's numbers if other days or another start were asked; the date of registration stays.

    Of the criteria only the full week depends on the days. What brothers and sisters count for is taken as it is.
    """
    changed = {
        "criterion.full_week": int(len(pattern) < FULL_WEEK_HALF_DAYS),
        f"date.{DateRule.WANTED_START}": int(f"{wanted_start:%Y%m%d}"),
    }
    return tuple(changed.get(part.name, number) for part, number in zip(found.parts, found.key, strict=False))


def _law_parts(facts: Facts, regime: Regime) -> tuple[Part, ...]:
    return (
        _law_part("law.absolute", facts, regime.absolute),
        _law_part("law.ground", facts, regime.grounds),
    )


def _law_part(name: str, facts: Facts, grounds: Sequence[str]) -> Part:
    held = [ground for ground in grounds if getattr(facts, ground)]
    reason = Reason.of(f"law.{held[0]}") if held else Reason.of(f"{name}.none")
    return Part(name, holds=bool(held), sensitive=True, reason=reason)


def _criterion_part(criterion: Criterion, facts: Facts, pattern: WeekPattern) -> Part:
    holds = criterion.holds(facts, pattern)
    return Part(f"criterion.{criterion.id}", holds, criterion.sensitive, criterion.reason(holds))


def _date_part(rule: DateRule, registered: date, wanted_start: date) -> Part:
    if rule is DateRule.LOTTERY:
        reason = Reason.of("date.lottery")
    elif rule is DateRule.REGISTERED:
        reason = Reason.of("date.registered", day=registered)
    else:
        reason = Reason.of("date.wanted_start", day=wanted_start)
    return Part(f"date.{rule}", holds=True, sensitive=False, reason=reason)


def order(standings: Iterable[tuple[T, Standing]]) -> list[T]:
    """The items from the best standing to the worst, whatever order they came in."""
    return [item for item, _ in sorted(standings, key=lambda pair: pair[1].sort_key)]


def compare(a: Standing, b: Standing) -> Part:
    """The first part of `a` in which the two standings differ: why one is ahead of the other.

    ValueError where they have different parts (another location, price or day) or are the same child's.
    """
    if [part.name for part in a.parts] != [part.name for part in b.parts]:
        raise ValueError("only standings at one location by the same rules can be compared")
    for part, mine, other in zip(a.parts, (*a.key, a.tie), (*b.key, b.tie), strict=True):
        if mine != other:
            return part
    raise ValueError("the two standings are the same")


def grounds_ahead(mine: Standing, others: Iterable[Standing]) -> Counter[str]:
    """How many of the others are ahead of me, by the public name of the part that puts them there.

    Small counts are the caller's to hide (`small_numbers.hide_table`).
    """
    return Counter(compare(other, mine).public for other in others if other.sort_key < mine.sort_key)
