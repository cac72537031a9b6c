"""A placement's month as the rules of billing read it: what was agreed, what happened, what it costs.

A day of a location that keeps a register counts as its stays tell; a day without any counts as agreed. An extra day
that was agreed is a stay beside the weeks; a day had for another moves the hours of the day that was given up.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from kribbe.billing.models import Books, PriceList
from kribbe.billing.selectors.facts import Facts, holding, package_months
from kribbe.billing.selectors.register import parts_by_day
from kribbe.enrolment.models import Placement
from kribbe.planning.models import DayChange, HouseRules
from kribbe.planning.selectors.counted import counting
from kribbe.planning.selectors.house_allowance import with_house
from kribbe.planning.selectors.planned import Planned, days_given, merged, parts_of_halves
from kribbe.rules.agreed import Agreement, Parts, changed, minutes, starting_on, there_on
from kribbe.rules.billing.case import (
    Allowance,
    ByStay,
    Case,
    Certificate,
    Charge,
    Entry,
    Extra,
    Fixed,
    FreePrice,
    IncomePrice,
    OwnFee,
    Package,
    Stay,
)
from kribbe.rules.billing.package_days import Draw, Part, parts_of
from kribbe.rules.billing.pricing import package_draws, package_left
from kribbe.rules.billing.supplement import Register
from kribbe.rules.money import NOUGHT
from kribbe.rules.priority import PriceKind

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Priced:
    """A placement with the case of its month, before any discount, and the one that its list gives to siblings."""

    placement: Placement
    case: Case
    sibling_discount: Decimal
    unregistered: tuple[date, ...]
    """Days on which the location kept its register and nothing stands there of this child, who was planned."""
    register: Register


def cases_of(facts: Facts) -> list[Priced]:
    """The cases of all placements of the facts, each with what the months before left of its package."""
    left: dict[int, tuple[int, bool]] = {}
    for before in facts.earlier:
        _with_packages(_all(before), facts.stay_of, left)
    return _with_packages(_all(facts), facts.stay_of, left)


def package_parts(books: Books, children: Collection[int], last: date) -> dict[int, dict[date, list[Part]]]:
    """By place of these children, and by the day on which packages were bought for its stay, the days they paid for.

    The month of each day is priced anew, from the first one of the books to the last day, as its run would do now.
    """
    stay_of, months = package_months(books, children, last)
    left: dict[int, tuple[int, bool]] = {}
    draws: dict[int, list[Draw]] = defaultdict(list)
    for month in months:
        priced = _with_packages(_all(month), stay_of, left)
        for each in sorted(priced, key=lambda each: each.placement.during.lower):
            stay = stay_of[each.placement.pk]
            if isinstance(each.case.price, FreePrice) and each.case.price.package is None:
                left.pop(stay, None)
            draws[stay] += [draw for draw in package_draws(each.case) if draw.on <= last]
    found = {stay: parts_of(own) for stay, own in draws.items()}
    return {place: found[stay] for place, stay in stay_of.items() if stay in found}


def _all(facts: Facts) -> list[Priced]:
    return [_priced(facts, planned, planned.placement) for planned in facts.planned if planned.placement]


def _with_packages(
    cases: Sequence[Priced], stay_of: Mapping[int, int], left: dict[int, tuple[int, bool]]
) -> list[Priced]:
    """These cases of one month; `left` is what is left by stay, with its unit, and goes on with them."""
    found = list(cases)
    order = sorted(range(len(found)), key=lambda each: found[each].placement.during.lower)
    for number in order:
        placement, case = found[number].placement, found[number].case
        if not isinstance(case.price, FreePrice) or case.price.package is None:
            continue
        stay, package = stay_of.get(placement.pk, placement.pk), case.price.package
        days, half_days = left.get(stay, (0, package.half_days))
        package = replace(package, left=package.counted(days, half_days=half_days))
        case = replace(case, price=replace(case.price, package=package))
        found[number] = replace(found[number], case=case)
        left[stay] = (package_left(case), package.half_days)
    return found


def discounted(case: Case, discount: Decimal) -> Case:
    """The case with a share off its free prices; a fee by certificate has none."""
    if not isinstance(case.price, FreePrice):
        return case
    return replace(case, price=replace(case.price, discount=discount))


def _priced(facts: Facts, planned: Planned, placement: Placement) -> Priced:
    site = placement.group.location
    prices = holding(facts.prices.get(site.pk, ()), facts.month)
    closed = facts.closed.of(placement.group)
    came = _came(facts, placement)
    agreement, entries = _days(facts, planned, placement, came)
    case = Case(
        pack=facts.packs[site.pk],
        month=facts.month,
        school_from=placement.child.school_from,
        certificates=_certificates(facts, placement),
        price=_price(facts, placement, prices),
        flex=prices.flex if prices else False,
        beyond=None,
        extras=tuple(extra_of(each) for each in prices.extras) if prices else (),
        charges=tuple(
            Charge(each.day, each.name, each.amount) for each in facts.charges.get(placement.pk, ())
        ),
        agreement=agreement,
        closing_days=closed,
        allowance=Allowance(),
        entries=entries,
    )
    return Priced(
        placement,
        with_house(
            case,
            placement=placement,
            stay=facts.stays[placement.pk],
            rules=facts.rules.get(site.pk, ()),
            closed=facts.closed,
            beyond=lambda rules: _beyond(rules, prices),
        ),
        prices.sibling_discount if prices else NOUGHT,
        _unregistered(facts, placement, case),
        _register(facts, placement, came),
    )


def _certificates(facts: Facts, placement: Placement) -> tuple[Certificate, ...]:
    return tuple(
        Certificate(
            each.during.lower or date.min,
            each.during.upper - DAY if each.during.upper else None,
            each.day_fee,
        )
        for each in facts.certificates.get(placement.pk, ())
    )


def _price(facts: Facts, placement: Placement, prices: PriceList | None) -> IncomePrice | FreePrice:
    if placement.group.price_kind == PriceKind.INCOME:
        return IncomePrice()
    if prices is None:
        full = facts.fees.get(placement.pk) or placement.group.location.day_price
        return FreePrice(full, None, None, None, None, None, package=None, discount=NOUGHT)
    return FreePrice(
        full=prices.full,
        half=prices.half,
        long=prices.long,
        short=prices.short,
        hour=prices.hour,
        month=prices.month,
        package=_package(prices),
        discount=NOUGHT,
    )


def _package(prices: PriceList) -> Package | None:
    if prices.package_size is None or prices.package_price is None:
        return None
    return Package(
        prices.package_name, prices.package_half_days, prices.package_size, prices.package_price, left=0
    )


def _beyond(rules: HouseRules | None, prices: PriceList | None) -> Fixed | OwnFee | None:
    if rules is None or rules.absence_full is None or rules.absence_half is None:
        return None
    amounts = ByStay(rules.absence_full, rules.absence_half)
    return OwnFee(amounts) if prices and prices.own_fee else Fixed(amounts)


def extra_of(raw: Mapping[str, str | None]) -> Extra:
    """An extra charge as a price list keeps it."""
    amounts = {each.value: Decimal(amount) for each in Stay if (amount := raw.get(each)) is not None}
    return Extra(str(raw["name"]), ByStay(**amounts))


def _days(
    facts: Facts, planned: Planned, placement: Placement, came: Mapping[date, Parts]
) -> tuple[tuple[Agreement, ...], dict[date, Entry]]:
    """The agreed weeks with the days laid over them that other months have a part in, and what is known of days."""
    away = {each.day: each for each in facts.absences.get(placement.pk, ())}
    entries = {day: Entry(present=tuple(parts)) for day, parts in came.items()}
    visits = facts.visits.get(placement.pk, {})
    entries |= {day: Entry(present=parts, is_visit=True) for day, parts in visits.items()}
    agreement, closed = planned.base, facts.closed.of(placement.group)
    absent = counting(
        facts.stays[placement.pk], facts.rules.get(placement.group.location_id, ()), facts.closed
    )
    entries |= {day: Entry(absent=absent(each)) for day, each in away.items() if day not in came}
    for change in days_given(placement):
        if change.instead_of is None and _is_away(entries.get(change.day)):
            known = entries[change.day]
            is_extra = known.is_extra or not there_on(agreement, change.day, closed)
            extra = 0 if is_extra else known.extra + _beside(agreement, change, placement, closed)
            entries[change.day] = replace(known, is_extra=is_extra, extra=extra)
            agreement = _reserved(agreement, change, placement)
        elif change.instead_of is None:
            _add_extra(entries, change, agreement, placement, facts)
        elif _is_within(change, agreement, closed, entries, facts):
            entries[change.day] = replace(entries.get(change.day, Entry()), swap=change.instead_of)
        else:
            agreement = _swapped(agreement, change)
    return agreement, entries


def _came(facts: Facts, placement: Placement) -> dict[date, Parts]:
    """When the child was there by day, since its place began."""
    return parts_by_day(
        each for each in facts.presences.get(placement.pk, ()) if each.day >= placement.during.lower
    )


def _register(facts: Facts, placement: Placement, came: Mapping[date, Parts]) -> Register:
    """What the register tells of the days that are charged, visits among them."""
    kept = facts.registered.get(placement.group.location_id, frozenset())
    visits = {day: parts for day, parts in facts.visits.get(placement.pk, {}).items() if day in kept}
    return Register({**came, **visits}, kept)


def _is_away(entry: Entry | None) -> bool:
    return entry is not None and entry.absent is not None


def _reserved(
    agreement: tuple[Agreement, ...], change: DayChange, placement: Placement
) -> tuple[Agreement, ...]:
    """An extra day on which the child stayed away is reserved like any other (6.8): it uses the allowance, and
    beyond it costs what the house rules ask. The price of a month doesn't hold it.
    """
    extra = parts_of_halves(change.halves, placement.group.location)
    parts = merged(starting_on(agreement, change.day), extra)
    return changed(agreement, Agreement(change.day, change.day, ({change.day.weekday(): parts},)))


def _add_extra(
    entries: dict[date, Entry],
    change: DayChange,
    agreement: tuple[Agreement, ...],
    placement: Placement,
    facts: Facts,
) -> None:
    """An extra day that was granted is reserved: it costs that at least, however short the stay (6.8)."""
    before = entries.get(change.day, Entry())
    if not facts.month <= change.day <= facts.last:
        return
    extra = parts_of_halves(change.halves, placement.group.location)
    closed = facts.closed.of(placement.group)
    reserved = merged(starting_on(agreement, change.day, closed), extra)
    known = before if minutes(before.present) >= minutes(reserved) else Entry(present=reserved)
    is_beside = there_on(agreement, change.day, closed)
    more = _beside(agreement, change, placement, closed) if is_beside else 0
    entries[change.day] = replace(known, extra=before.extra + more)


def _beside(
    agreement: tuple[Agreement, ...], change: DayChange, placement: Placement, closed: frozenset[date]
) -> int:
    """The minutes that were granted beside what the weeks have on the day."""
    own = starting_on(agreement, change.day, closed)
    extra = parts_of_halves(change.halves, placement.group.location)
    return minutes(merged(own, extra)) - minutes(own)


def _is_within(
    change: DayChange,
    agreement: tuple[Agreement, ...],
    closed: frozenset[date],
    entries: Mapping[date, Entry],
    facts: Facts,
) -> bool:
    """Whether both days of a swap are days of the month that the rules can turn round."""
    old = change.instead_of
    return (
        old is not None
        and facts.month <= min(old, change.day) <= max(old, change.day) <= facts.last
        and old not in entries
        and change.day not in closed
        and bool(starting_on(agreement, old, closed))
        and not starting_on(agreement, change.day, closed)
    )


def _swapped(agreement: tuple[Agreement, ...], change: DayChange) -> tuple[Agreement, ...]:
    if change.instead_of is None:
        return agreement
    moved = starting_on(agreement, change.instead_of)
    parts = merged(starting_on(agreement, change.day), moved)
    without = changed(agreement, Agreement(change.instead_of, change.instead_of, ({},)))
    return changed(without, Agreement(change.day, change.day, ({change.day.weekday(): parts},)))


def _unregistered(facts: Facts, placement: Placement, case: Case) -> tuple[date, ...]:
    """Planned days of the register on which this child has no stay and no absence."""
    days = facts.registered.get(placement.group.location_id, frozenset())
    days -= {each.day for each in facts.presences.get(placement.pk, ())}
    return tuple(
        day
        for day in sorted(days)
        if day not in case.entries and there_on(case.agreement, day, case.closing_days)
    )
