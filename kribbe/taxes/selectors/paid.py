"""What payers paid for care: lines of invoices and what came in for them, as the rules of a certificate read it."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kribbe.billing.models import Books, EntryKind, Invoice, InvoiceLine, Payer, PayerKind, Settlement
from kribbe.billing.selectors.cases import package_parts
from kribbe.enrolment.models import Placement
from kribbe.people.models import Child
from kribbe.places.selectors.closed import closed_days_of
from kribbe.planning.selectors.held_absences import held_absences
from kribbe.planning.selectors.planned import plan_of, with_weeks
from kribbe.rules.billing.package_days import Part, part_not_taken
from kribbe.rules.calendar import add_months, days_of_month, first_of_month
from kribbe.rules.tax_certificate import (
    CARE,
    MONTH,
    PACKAGE,
    Asked,
    Charge,
    PaidDay,
    asked_for_care,
    funded,
    is_care,
    is_month,
    is_package,
    paid_days,
    spread,
)

DAY = timedelta(days=1)
PAID_ON = Coalesce("entry__match__movement__on", "entry__undone_match__movement__on", "entry__on")
"""The day on the bank's statement: an entry may come later, once the month of that day was closed."""
NO_MONEY = (EntryKind.WRITE_OFF,)
"""Entries that settle an invoice though nobody paid it."""
Month = tuple[int, date]
"""A placement and the first day of a month."""
Account = tuple[int, date]
"""A payer and the first day of a month: its invoice and all that corrected it are paid as one."""


@dataclass(frozen=True)
class ChildPaid:
    """The days of a child that a payer paid, whatever the year."""

    payer: Payer
    child: Child
    days: Sequence[PaidDay]


def payers_of_year(books: Books, year: int) -> QuerySet[Payer]:
    """The parents for whose invoices money came in during a year."""
    came = (
        Settlement.objects.annotate(paid_on=PAID_ON)
        .filter(invoice__payer=OuterRef("pk"), paid_on__year=year, entry__books=books)
        .exclude(entry__kind__in=NO_MONEY)
    )
    return Payer.objects.filter(Exists(came), books=books, kind=PayerKind.ADULT)


def package_payers(books: Books, year: int) -> QuerySet[Payer]:
    """The parents who were asked for a package of days up to this year: a day of it may count in a later one."""
    asked = InvoiceLine.objects.filter(
        invoice__payer=OuterRef("pk"), what=PACKAGE, day__lte=date(year, 12, 31)
    )
    return Payer.objects.filter(Exists(asked), books=books, kind=PayerKind.ADULT)


def paid_by(payers: Sequence[Payer], year: int, *, today: date) -> list[ChildPaid]:
    """By payer and child the days paid in a year or beside it; a handful of queries, however many payers.

    Read are the months for which money came in during the year, those between them, and those with a package of days.
    Of a package only days until today count.
    """
    lines = _lines(payers, year)
    asked = _asked(payers)
    shared = [*_months(lines), *_packages(lines, min(today, date(year, 12, 31)))]
    found: dict[tuple[int, int], list[Charge]] = defaultdict(list)
    children: dict[int, Child] = {}
    for line in lines:
        child = line.child
        children[child.pk] = child
        if is_care(line.what):
            found[line.invoice.payer_id, child.pk].append(Charge(_account(line), line.day, line.amount))
    for payer_id, child_id, charges in shared:
        found[payer_id, child_id] += charges
    known = {each.pk: each for each in payers}
    together = _of_all_children(found.values())
    asked = [replace(each, care=together[each.key]) for each in asked]
    return [
        ChildPaid(known[payer_id], children[child_id], paid_days(charges, asked))
        for (payer_id, child_id), charges in sorted(found.items())
    ]


def _of_all_children(charged: Iterable[Iterable[Charge]]) -> Mapping[Hashable, Decimal]:
    """What each account asks for care, by the charges of each child."""
    found: dict[Hashable, Decimal] = defaultdict(Decimal)
    for charges in charged:
        amounts: dict[Hashable, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for charge in charges:
            amounts[charge.account][charge.day] += charge.amount
        for account, by_day in amounts.items():
            found[account] += asked_for_care(by_day)
    return found


def _lines(payers: Sequence[Payer], year: int) -> list[InvoiceLine]:
    mine = InvoiceLine.objects.filter(invoice__payer__in=payers)
    came = Settlement.objects.annotate(paid_on=PAID_ON).filter(invoice__payer__in=payers, paid_on__year=year)
    packages = mine.filter(what=PACKAGE, day__lte=date(year, 12, 31)).order_by()
    bounds = mine.filter(invoice__in=came.values("invoice")).aggregate(
        first=Min("invoice__month"), last=Max("invoice__month")
    )
    during = Q(invoice__month__range=(bounds["first"], bounds["last"])) if bounds["first"] else Q(pk__in=())
    return list(
        mine.filter(
            reduce(or_, (Q(what__startswith=each) for each in (*CARE, *MONTH)), Q(what=PACKAGE)),
            during | Q(invoice__month__in=packages.values("invoice__month")),
        )
        .select_related("invoice__books", "placement__child", "placement__group__location", "care__child")
        .order_by("day", "pk")
    )


def _account(line: InvoiceLine) -> Account:
    return line.invoice.payer_id, line.invoice.month


def _asked(payers: Sequence[Payer]) -> list[Asked]:
    """What the accounts of these payers ask with all their documents, and what came in for them.

    All of them are read, whatever the year: what one lacks is taken off others, and in every year off the same.
    """
    wanted = Invoice.objects.filter(payer__in=payers).order_by()
    totals = wanted.values_list("payer", "month").annotate(Sum("total"))
    came: dict[Account, list[tuple[date, Decimal]]] = defaultdict(list)
    rows = (
        Settlement.objects.filter(invoice__payer__in=payers)
        .exclude(entry__kind__in=NO_MONEY)
        .annotate(paid_on=PAID_ON)
        .values_list("invoice__payer", "invoice__month", "paid_on", "amount")
    )
    for payer, month, on, amount in rows:
        came[payer, month].append((on, amount))
    by_payer: dict[int, list[Asked]] = defaultdict(list)
    for payer, month, total in sorted(totals):
        by_payer[payer].append(Asked((payer, month), total, tuple(came[payer, month])))
    return [each for own in by_payer.values() for each in funded(own)]


def _months(lines: Iterable[InvoiceLine]) -> list[tuple[int, int, list[Charge]]]:
    """Prices of a month, each shared out over the days for which it was asked; those of an absence don't count."""
    amounts: dict[tuple[int, Month], Decimal] = defaultdict(Decimal)
    free: dict[tuple[int, Month], set[date]] = defaultdict(set)
    placements: dict[int, Placement] = {}
    accounts: dict[int, Account] = {}
    for line in lines:
        if line.placement is not None and is_month(line.what):
            key = line.invoice_id, (line.placement.pk, first_of_month(line.day))
            amounts[key] += line.amount
            placements[line.placement.pk] = line.placement
            accounts[line.invoice_id] = _account(line)
            if line.what != "month":
                free[key].add(line.day)
    planned = _planned(placements, {month for _invoice, month in amounts})
    return [
        (
            accounts[invoice][0],
            placements[month[0]].child_id,
            [
                Charge(accounts[invoice], day, part)
                for day, part in spread(
                    amount, [day for day in planned[month] if day not in free[invoice, month]]
                ).items()
                if planned[month][day]
            ],
        )
        for (invoice, month), amount in amounts.items()
    ]


def _packages(lines: Iterable[InvoiceLine], last: date) -> list[tuple[int, int, list[Charge]]]:
    """Prices of packages, each shared out over the days that it paid for.

    An absence, and what isn't used yet or lapsed, have their share of the price too, and never count.
    """
    own = [line for line in lines if line.placement is not None and is_package(line.what)]
    if not own:
        return []
    books = own[0].invoice.books
    parts = package_parts(books, {line.child.pk for line in own}, last)
    return [
        (line.invoice.payer_id, line.child.pk, _of_package(line, parts.get(line.placement_id or 0, {})))
        for line in own
    ]


def _of_package(line: InvoiceLine, bought: Mapping[date, Sequence[Part]]) -> list[Charge]:
    parts = bought.get(line.day, ())
    charges = [
        Charge(_account(line), part.day, part.of(line.amount), part.day if part.came else None)
        for part in parts
    ]
    rest = part_not_taken(line.amount, parts)
    return [*charges, Charge(_account(line), date.max, rest, None)] if rest else charges


def _planned(
    placements: Mapping[int, Placement], months: Iterable[Month]
) -> Mapping[Month, Mapping[date, bool]]:
    """The planned days of these months, and whether the child came as agreed."""
    wanted = list(months)
    if not wanted:
        return {}
    first = min(month for _key, month in wanted)
    last = add_months(max(month for _key, month in wanted), 1) - DAY
    read = {
        each.pk: each
        for each in with_weeks(Placement.objects.filter(pk__in=placements)).select_related(
            "child", "group__location"
        )
    }
    away = held_absences(read.values(), first, last)
    closed = closed_days_of({each.group.location_id for each in read.values()}, first - DAY, last)
    return {
        (key, month): {
            day: (key, day) not in away
            for day in days_of_month(month)
            if plan_of(read[key], read[key].group.location).parts(day, closed.of(read[key].group))
        }
        for key, month in wanted
    }
