"""Fourteen months of a small organiser: after everything that happens the money is where it must be, once."""

import os
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

import pytest
from django.db.models import Sum

from kribbe.billing.models import (
    EntryKind,
    Invoice,
    InvoiceLine,
    Settlement,
)
from kribbe.rules.calendar import add_months
from kribbe.rules.tax_certificate import is_care, is_month, is_package
from kribbe.taxes.selectors.certificates import in_force
from kribbe.taxes.selectors.paid import PAID_ON, paid_by
from kribbe.taxes.services.certificates import issue_year
from kribbe.taxes.tests.organiser import FIRST, Organiser
from kribbe.taxes.tests.organiser_checks import NOUGHT, check, check_month, check_papers
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
MONTHS = 14


def check_paid(each: Organiser) -> None:
    """No certificate tells of more than was paid, or given by a month with more to give back than to ask."""
    payers = each.adults
    days = {
        (found.payer.pk, found.child.pk, day)
        for year in (2026, 2027)
        for found in paid_by(payers, year, today=each.today)
        for day in found.days
    }
    for payer in payers:
        given = sum(most_given(payer).values(), NOUGHT)
        told = sum((day.price for who, _child, day in days if who == payer.pk), NOUGHT)
        assert told <= max(each.paid[payer.pk], NOUGHT) + given, payer


def most_given(payer) -> dict[date, Decimal]:
    """By month that was below nought once, what it then gave the payer."""
    asked, given = defaultdict(Decimal), defaultdict(Decimal)
    for month, total in Invoice.objects.filter(payer=payer).order_by("pk").values_list("month", "total"):
        asked[month] += total
        given[month] = max(given[month], -asked[month])
    return given


def check_certified(each: Organiser) -> None:
    """Once everybody paid all, the certificates of all years are what was asked for days of care."""
    each.settle_all()
    check(each)
    for year in (2026, 2027):
        issue_year(principal=SYSTEM, books=each.books, year=year, now=each.now)
    for payer in each.adults:
        prices, beside = defaultdict(Decimal), defaultdict(Decimal)
        lines = InvoiceLine.objects.filter(invoice__payer=payer).select_related("placement", "care")
        for line in lines:
            if is_care(line.what):
                prices[line.charged, line.day] += line.amount
            elif not is_shared(line):
                beside[line.month] += line.amount
        gave = min([*beside.values(), *prices.values(), NOUGHT]) < 0 or any(most_given(payer).values())
        certified = sum(
            (
                in_force(each.books, year).filter(payer=payer).aggregate(sum=Sum("total"))["sum"] or NOUGHT
                for year in (2026, 2027)
            ),
            NOUGHT,
        )
        assert certified <= each.paid[payer.pk] + sum(most_given(payer).values())
        shared = sum((line.amount for line in lines if is_shared(line)), NOUGHT)
        if not gave and not any(map(is_shared, lines)):
            assert certified == sum(prices.values())
        elif not gave:
            assert certified <= sum(prices.values()) + shared


def is_shared(line: InvoiceLine) -> bool:
    """Whether it is the price of a month or of a package, which is that of many days."""
    return is_month(line.what) or is_package(line.what)


def check_years(each: Organiser) -> None:
    """The certificates of each year are its days, counted by hand."""
    for payer in each.adults:
        if any(is_shared(line) for line in InvoiceLine.objects.filter(invoice__payer=payer)):
            continue
        by_hand = days_by_hand(payer)
        for year in (2026, 2027):
            issued = in_force(each.books, year).filter(payer=payer).values_list("days", "total")
            own = [price for paid_on, price in by_hand if paid_on.year == year]
            assert (len(own), sum(own)) == tuple(map(sum, zip((0, 0), *issued, strict=True))), (payer, year)


def days_by_hand(payer) -> list[tuple[date, Decimal]]:
    """When each day of care was paid for good, and its price: evening after evening, from the money of its month."""
    prices, found = defaultdict(Decimal), []
    for line in InvoiceLine.objects.filter(invoice__payer=payer).select_related("placement", "care"):
        if is_care(line.what):
            prices[line.month, line.child, line.day] += line.amount
    cares: dict[tuple[date, object], dict[date, Decimal]] = defaultdict(dict)
    for (month, child, day), price in prices.items():
        if price > 0:
            cares[month, child][day] = price
    for (month, _child), own in cares.items():
        evenings = evenings_of(payer, month, sum(own.values()))
        for day, price in own.items():
            needed = sum(euros for when, euros in own.items() if when <= day)
            unpaid = [on for on, care in evenings if care < needed]
            since = [on for on, _care in evenings if on > max(unpaid, default=date.min)]
            if since:
                found.append((since[0], price))
    return found


def evenings_of(payer, month: date, care: Decimal) -> list[tuple[date, Decimal]]:
    """Each day on which money moved for a month, and what of its care was paid by then."""
    total = sum((one.total for one in Invoice.objects.filter(payer=payer, month=month)), NOUGHT)
    money = Settlement.objects.filter(invoice__payer=payer, invoice__month=month)
    moved = money.exclude(entry__kind=EntryKind.WRITE_OFF).annotate(paid_on=PAID_ON)
    rows = list(moved.values_list("paid_on", "amount"))
    found = []
    for on in sorted({on for on, _amount in rows}):
        came = sum(amount for when, amount in rows if when <= on)
        part = care if came >= total else care * came / total if came > 0 else NOUGHT
        found.append((on, min(came, part.quantize(Decimal("0.01"), ROUND_FLOOR))))
    return found


def check_runs(each: Organiser) -> None:
    while each.ran:
        check_month(each, each.ran.pop())


def live(seed: int, often: int) -> None:
    each = Organiser(seed)
    done: list[str] = []
    try:
        for number in range(MONTHS):
            month = add_months(FIRST, number)
            for _each in range(often):
                each.today = max(each.today, month) + timedelta(days=each.random.randint(0, 2))
                done.append(f"{each.today} {each.step()}")
                check(each)
                check_runs(each)
            each.today = max(each.today, add_months(month, 1) + timedelta(days=1))
            done.append(f"{each.today} run {month}")
            each.invoice(month)
            check(each)
            check_runs(each)
            check_paid(each)
        check_papers(list(Invoice.objects.order_by("-pk").values_list("pk", flat=True)[: 5 * often]))
        check_certified(each)
        check_years(each)
    except BaseException as fault:
        fault.add_note("\n".join(done[-40:]))
        raise


def walks() -> list[tuple[int, int]]:
    """Seeds, and how many things happen a month: a short walk, and those that `KRIBBE_WALKS` asks, in full."""
    first, _to, last = os.environ.get("KRIBBE_WALKS", "").partition("-")
    return [(104, 2), *((seed, 9) for seed in range(int(first), int(last) + 1))] if first else [(104, 2)]


@pytest.mark.parametrize(("seed", "often"), walks())
def test_fourteen_months(seed, often):
    live(seed, often)
