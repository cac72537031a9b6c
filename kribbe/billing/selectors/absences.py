"""What an absence will cost before it is reported: the month priced as its run will, without it and with it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from kribbe.billing.models import Books
from kribbe.billing.selectors.cases import cases_of
from kribbe.billing.selectors.drafts import results
from kribbe.billing.selectors.facts import Facts, facts_of
from kribbe.enrolment.models import Placement
from kribbe.planning.models import Absence
from kribbe.rules.billing.absence import AbsenceCost, difference
from kribbe.rules.billing.result import Result
from kribbe.rules.calendar import first_of_month


def absence_costs(placement: Placement, absences: Sequence[Absence]) -> list[AbsenceCost] | None:
    """The cost by month of absences of one place that aren't saved; None where its organiser keeps no books, and
    where the place isn't certain, so that nothing is billed.

    Those of one month count for the allowance of the next ones. As many queries for each month as a month of a run.
    """
    books = Books.objects.filter(organiser=placement.group.location.organiser_id).first()
    if books is None:
        return None
    by_month: dict[date, set[date]] = defaultdict(set)
    for each in absences:
        by_month[first_of_month(each.day)].add(each.day)
    read = [facts_of(books, month, [placement.child.household_id]) for month in sorted(by_month)]
    if any(placement.pk not in facts.stays for facts in read):
        return None
    return [_cost(facts, placement, absences, by_month[facts.month]) for facts in read]


def _cost(facts: Facts, placement: Placement, absences: Sequence[Absence], days: set[date]) -> AbsenceCost:
    earlier = [each for each in absences if each.day < facts.month]
    before = _results(_with(facts, placement, earlier))
    after = _results(_with(facts, placement, absences))
    found = difference(before[placement.pk], after[placement.pk], days)
    return replace(found, more=_total(after) - _total(before))


def _total(results: Mapping[int, Result]) -> Decimal:
    return sum((each.total for each in results.values()), Decimal(0))


def _results(facts: Facts) -> Mapping[int, Result]:
    return {priced.placement.pk: result for priced, result in results(cases_of(facts))}


def _with(facts: Facts, placement: Placement, absences: Sequence[Absence]) -> Facts:
    """The facts as they will be once these absences of the place were reported."""
    if not absences:
        return facts
    key, stay = placement.pk, facts.stays[placement.pk]
    whole = sorted((*stay.absences, *absences), key=lambda each: each.day)
    own = sorted((*facts.absences.get(key, ()), *absences), key=lambda each: each.day)
    return replace(
        facts,
        absences={**facts.absences, key: own},
        stays={**facts.stays, key: replace(stay, absences=whole)},
        earlier=tuple(
            _with(each, placement, absences) if key in each.stays else each for each in facts.earlier
        ),
    )
