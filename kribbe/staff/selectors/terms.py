"""What the roster of some weeks may ask of each carer: contracts, availability, absences, work elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import QuerySet

from kribbe.places.models import Location
from kribbe.region.selectors import policy_on
from kribbe.rules.at_work import Role
from kribbe.rules.calendar import monday_of
from kribbe.rules.packs import load_pack
from kribbe.rules.roster.plan import Law, Task, Terms
from kribbe.staff.models import Carer, Contract, Leave, Shift
from kribbe.staff.selectors.carers import carers_of
from kribbe.staff.selectors.needs import DayNeed

DAY = timedelta(days=1)


def task_of(location: Location, needs: Sequence[DayNeed]) -> Task:
    """The task to cover the needs of these days, whole weeks; five queries."""
    days = [each.day for each in needs]
    first, last = days[0], days[-1]
    carers = list(carers_of(location).filter(during__overlap=(first, last + DAY)))
    contracts = contracts_of([carer.pk for carer in carers], first, last)
    leaves = leaves_of(carers, first, last)
    open_days = [each.day for each in needs if not each.is_closed]
    found = [
        _terms(carer, contracts.get(carer.pk, ()), leaves.get(carer.pk, frozenset()), days, open_days)
        for carer in carers
    ]
    return Task(
        days=days,
        needs={each.day: each.carers for each in needs},
        carers=[terms for terms in found if terms.weeks],
        logistic={each.day: each.logistic for each in needs if any(each.logistic)},
        fixed=[shift.turn for shift in _fixed(location, carers, first, last)],
        law=Law.of(load_pack(policy_on(location.desk, first).rule_pack), first),
    )


def contracts_of(carer_ids: Iterable[int], first: date, last: date) -> Mapping[int, list[Contract]]:
    """The contracts of carers on these days, with their times; two queries."""
    found: dict[int, list[Contract]] = defaultdict(list)
    rows = Contract.objects.filter(carer__in=list(carer_ids), during__overlap=(first, last + DAY))
    for row in rows.select_related("group").prefetch_related("available"):
        found[row.carer_id].append(row)
    return found


def leaves_of(carers: Iterable[Carer], first: date, last: date) -> Mapping[int, frozenset[date]]:
    """The days on which carers are away; one query."""
    found: dict[int, set[date]] = defaultdict(set)
    rows = Leave.objects.filter(carer__in=[carer.pk for carer in carers], during__overlap=(first, last + DAY))
    for carer_id, during in rows.values_list("carer", "during"):
        begin, end = max(first, during.lower or first), min(last + DAY, during.upper or last + DAY)
        found[carer_id] |= {begin + n * DAY for n in range((end - begin).days)}
    return {key: frozenset(days) for key, days in found.items()}


def _terms(
    carer: Carer,
    contracts: Sequence[Contract],
    away: frozenset[date],
    days: Sequence[date],
    open_days: Sequence[date],
) -> Terms:
    """A day of leave or closing counts as worked: each day that one can work has an equal part of the week.

    Days on which somebody doesn't count by law have no window: a proposal leaves them to the location.
    """
    windows: dict[date, tuple[int, int]] = {}
    weeks: dict[date, Fraction] = defaultdict(Fraction)
    helps = set()
    most = 0
    for day in days:
        contract = next((each for each in contracts if day in each.during), None)
        times = (
            {each.weekday: (each.start, each.end) for each in contract.available.all()} if contract else {}
        )
        if contract is None or day.weekday() not in times or not carer.works_on(day):
            continue
        role = Role(contract.role)
        if not role.may_count:
            continue
        if role == Role.LOGISTIC:
            helps.add(day)
        most = max(most, contract.day)
        if day in open_days:
            windows[day] = times[day.weekday()]
            if day not in away:
                weeks[monday_of(day)] += Fraction(contract.week, len(times))
    return Terms(
        carer=carer.pk,
        weeks={monday: int(hours) for monday, hours in weeks.items()},
        windows=windows,
        most_a_day=most,
        away=away,
        helps=frozenset(helps),
    )


def _fixed(location: Location, carers: Iterable[Carer], first: date, last: date) -> QuerySet[Shift]:
    """Shifts elsewhere on these days, and all on the days just before and after."""
    own = Shift.objects.filter(carer__in=list(carers), day__range=(first - DAY, last + DAY))
    return own.exclude(location=location, day__range=(first, last)).order_by("day", "carer")
