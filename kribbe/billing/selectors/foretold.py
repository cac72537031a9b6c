"""What an absence or a single day will cost before it is written: its months priced as their runs will price them.

Later months count too where the days have a part in their price: the next one where packages of days are sold, and
those of the year in which an absence is told already, whose free day may be gone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from kribbe.billing.models import Books, Run, RunState
from kribbe.billing.selectors.cases import cases_of
from kribbe.billing.selectors.drafts import results
from kribbe.billing.selectors.facts import Facts, facts_of, has_package
from kribbe.enrolment.models import Placement
from kribbe.places.models import Location
from kribbe.planning.models import Absence, DayChange, GettingUsedDay
from kribbe.planning.selectors.bill_prices import Agreed, MonthGain
from kribbe.planning.selectors.planned import Planned, plan_agreed, plan_with
from kribbe.planning.selectors.stay_year import StayYear
from kribbe.rules.billing.absence import AbsenceCost, difference
from kribbe.rules.billing.day_cost import DayCost, cost_of_day, together
from kribbe.rules.billing.result import Result
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.money import NOUGHT

DAY = timedelta(days=1)


class Foretold:
    """The prices of the billing run, for what planning tells families first."""

    def absences(
        self, placement: Placement, absences: Sequence[Absence], beside: Sequence[Absence] = ()
    ) -> list[AbsenceCost] | None:
        """The cost by month of absences of one place that aren't saved; None where its organiser keeps no books, and
        where the place isn't certain, so that nothing is billed.

        Those of one month count for the allowance of the next ones, as do those `beside` of other pieces of the stay.
        What other months are asked more stands with the last one. As many queries for each month as a month of a run.
        """
        by_month: dict[date, set[date]] = defaultdict(set)
        for each in absences:
            by_month[first_of_month(each.day)].add(each.day)
        read = [_beside(facts, beside) for facts in _read(placement, by_month) or ()]
        if not read or any(placement.pk not in facts.stays for facts in read):
            return None
        *costs, last = [_cost(facts, placement, absences, by_month[facts.month]) for facts in read]
        after = [_beside(each, beside) for each in _read(placement, _months_after(read, placement)) or ()]
        later = sum((_gained(each, _away(each, placement, absences)) for each in after), Decimal(0))
        return [*costs, replace(last, later=later)]

    def day(self, placement: Placement, change: DayChange) -> DayCost | None:
        """The cost of a day that isn't saved, as if it were granted; None as for `absences`.

        A day had for one of another month takes from one and adds to the other. The rest of a night is a day of its
        own.
        """
        days = [each for each in (change.day, change.instead_of) if each is not None]
        read = _read(placement, {first_of_month(each) for day in days for each in (day, day + DAY)})
        known = [facts for facts in read or () if placement.pk in facts.stays]
        if not known:
            return None
        after = _read(placement, _months_after(known, placement)) or ()
        later = sum((_gained(each, _with_day(each, placement, change)) for each in after), Decimal(0))
        return replace(together(_day_cost(facts, placement, change) for facts in known), later=later)

    def visits(self, placement: Placement, visits: Sequence[GettingUsedDay]) -> Mapping[date, DayCost] | None:
        """The cost of visits to get used by day, nothing on one that is reserved already; None as for `absences`."""
        days = [each.day for each in visits]
        read = _read(placement, {first_of_month(day) for day in days})
        if read is None:
            return None
        return {
            day: _visit_cost(facts, placement, day)
            for facts in read
            for day in days
            if first_of_month(day) == facts.month
        }

    def months(self, placement: Placement, agreed: Agreed, since: date) -> list[MonthGain] | None:
        """The invoiced months from that of a day on that cost another price once this is agreed; None where its
        organiser keeps no books. As many queries for each month as a month of a run.
        """
        books = Books.objects.filter(organiser=placement.group.location.organiser_id).first()
        if books is None:
            return None
        runs = Run.objects.filter(books=books, state=RunState.DONE, month__gte=first_of_month(since))
        read = _read(placement, set(runs.values_list("month", flat=True))) or ()
        found = (MonthGain(facts.month, _gain_of(facts, _agreed(facts, agreed))) for facts in read)
        return [each for each in found if each.more != 0]

    def is_billed(self, location: Location, since: date) -> bool:
        """Whether a month from that of a day on is invoiced, or being so, by the organiser of a location."""
        return Run.objects.filter(
            books__organiser=location.organiser_id, month__gte=first_of_month(since)
        ).exists()


def _read(placement: Placement, months: Iterable[date]) -> list[Facts] | None:
    books = Books.objects.filter(organiser=placement.group.location.organiser_id).first()
    if books is None:
        return None
    return [facts_of(books, month, [placement.child.household_id]) for month in sorted(months)]


def _months_after(read: Sequence[Facts], placement: Placement) -> set[date]:
    """The other months, after the first one that was read, whose price the days of these have a part in."""
    first, last, known = read[0].month, read[-1], {each.month for each in read}
    away = (first_of_month(each.day) for each in last.stays[placement.pk].absences)
    found = {month for month in away if month > first}
    if has_package(last.prices.get(placement.group.location_id, ()), last.month):
        found.add(add_months(last.month, 1))
    return found - known


def _cost(facts: Facts, placement: Placement, absences: Sequence[Absence], days: set[date]) -> AbsenceCost:
    earlier = [each for each in absences if each.day < facts.month]
    before = _results(_away(facts, placement, earlier))
    after = _results(_away(facts, placement, absences))
    return difference(before[placement.pk], after[placement.pk], days, more=_total(after) - _total(before))


def _day_cost(facts: Facts, placement: Placement, change: DayChange) -> DayCost:
    before, after = _results(facts), _results(_with_day(facts, placement, change))
    return cost_of_day(
        before[placement.pk],
        after[placement.pk],
        day=change.day,
        instead_of=change.instead_of,
        more=_total(after) - _total(before),
    )


def _visit_cost(facts: Facts, placement: Placement, day: date) -> DayCost:
    own = facts.visits.get(placement.pk, {})
    if day not in own:
        return together(())
    others = {each: parts for each, parts in own.items() if each != day}
    before = _results(replace(facts, visits={**facts.visits, placement.pk: others}))
    after = _results(facts)
    return cost_of_day(
        before[placement.pk], after[placement.pk], day=day, more=_total(after) - _total(before)
    )


def _gain_of(before: Facts, after: Facts) -> Decimal | None:
    """What a month gains; None where a day can't be priced any more."""
    was, becomes = _results(before), _results(after)
    if any(len(each.held) > len(was[key].held) for key, each in becomes.items() if key in was):
        return None
    return sum((each.total for each in becomes.values()), NOUGHT) - sum(
        (each.total for each in was.values()), NOUGHT
    )


def _agreed(facts: Facts, agreed: Agreed) -> Facts:
    """The facts as they will be once this is agreed."""

    def laid(plans: Sequence[Planned]) -> list[Planned]:
        return [
            plan_agreed(each, agreed.weeks)
            if each.placement is not None and each.placement.pk in agreed.placement_ids
            else each
            for each in plans
        ]

    fees = {
        key: agreed.day_fee if agreed.day_fee is not None and key in agreed.placement_ids else fee
        for key, fee in facts.fees.items()
    }
    return replace(
        facts,
        planned=laid(facts.planned),
        stays={each: replace(stay, plans=laid(stay.plans)) for each, stay in facts.stays.items()},
        fees=fees,
        earlier=tuple(_agreed(each, agreed) for each in facts.earlier),
    )


def _gained(before: Facts, after: Facts) -> Decimal:
    return _total(_results(after)) - _total(_results(before))


def _total(results: Mapping[int, Result]) -> Decimal:
    return sum((each.total for each in results.values()), Decimal(0))


def _results(facts: Facts) -> Mapping[int, Result]:
    return {priced.placement.pk: result for priced, result in results(cases_of(facts))}


def _away(facts: Facts, placement: Placement, absences: Sequence[Absence]) -> Facts:
    """The facts as they will be once these absences of the place were reported."""
    if not absences:
        return facts
    key = placement.pk
    own = sorted((*facts.absences.get(key, ()), *absences), key=lambda each: each.day)
    return replace(
        facts,
        absences={**facts.absences, key: own},
        stays={
            each: _away_in(stay, key, [one for one in absences if one.day.year == facts.month.year])
            for each, stay in facts.stays.items()
        },
        earlier=tuple(
            _away(each, placement, absences) if key in each.stays else each for each in facts.earlier
        ),
    )


def _beside(facts: Facts, absences: Iterable[Absence]) -> Facts:
    """The facts once these absences, of any places, were reported."""
    for each in absences:
        facts = _away(facts, each.placement, [each])
    return facts


def _away_in(stay: StayYear, key: int, absences: Sequence[Absence]) -> StayYear:
    """Every piece of a stay counts the absences of all of them."""
    if not any(_is_of(plan, key) for plan in stay.plans):
        return stay
    return replace(stay, absences=sorted((*stay.absences, *absences), key=lambda each: each.day))


def _with_day(facts: Facts, placement: Placement, change: DayChange) -> Facts:
    """The facts as they will be once this day of the place is granted."""
    key = placement.pk

    def laid(plans: Sequence[Planned]) -> list[Planned]:
        return [plan_with(each, change) if _is_of(each, key) else each for each in plans]

    return replace(
        facts,
        planned=laid(facts.planned),
        stays={each: replace(stay, plans=laid(stay.plans)) for each, stay in facts.stays.items()},
        earlier=tuple(_with_day(each, placement, change) for each in facts.earlier),
    )


def _is_of(plan: Planned, key: int) -> bool:
    return plan.placement is not None and plan.placement.pk == key
