"""What must be true of a small organiser's money, whatever happened to it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

from django.db import connection
from django.db.models import F, Sum
from django.utils import translation

from kribbe.billing.models import (
    Account,
    Charged,
    Invoice,
    InvoiceLine,
    JournalLine,
    OneCharge,
    Reminder,
    WriteOff,
)
from kribbe.billing.papers import invoice_sheet, with_lines
from kribbe.billing.selectors.accounts import aged, statement, with_open
from kribbe.billing.selectors.clubs import club_months
from kribbe.billing.selectors.drafts import drafted
from kribbe.billing.selectors.expected import expected
from kribbe.billing.selectors.net import Net, nets, own_used
from kribbe.billing.ubl import zipped
from kribbe.rules.calendar import add_months
from kribbe.rules.tax_certificate import is_care
from kribbe.taxes.tests.organiser import DAY, FIRST, Organiser
from kribbe.web.templatetags.telling import amount

LATER = date(2030, 1, 1)
NOUGHT = Decimal(0)


def positions(each: Organiser) -> dict[int, Decimal]:
    """What each payer owes, by what was asked of it and what it paid."""
    off = WriteOff.objects.filter(undone=None)
    asked = by_payer(Invoice.objects.values_list("payer").annotate(Sum("total")).order_by())
    costs, given_up = (
        costs_of_reminders(),
        by_payer(off.values_list("invoice__payer").annotate(Sum("amount"))),
    )
    return {
        payer.pk: asked[payer.pk] + costs[payer.pk] - given_up[payer.pk] - each.paid[payer.pk]
        for payer in each.payers
    }


def by_payer(rows: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    return defaultdict(Decimal, dict(rows))


def costs_of_reminders() -> dict[int, Decimal]:
    """What was asked as costs of reminders, by payer."""
    rows = Reminder.objects.order_by().values_list("invoice__payer")
    return by_payer(rows.annotate(sum=Sum(F("interest") + F("lump"))))


def check(each: Organiser) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    owed = positions(each)
    check_documents()
    check_ledger(each, sum(owed.values()))
    late = {row.payer.pk: row.total for row in aged(each.books, LATER)}
    net_by_payer = nets(owed)
    check_costs(net_by_payer)
    for payer in each.payers:
        owes, net = owed[payer.pk], net_by_payer[payer.pk]
        assert statement(payer, FIRST, LATER).after == owes
        assert late.get(payer.pk, NOUGHT) == owes
        assert net.owed - net.free - net.leaving == owes
        assert min(net.owed, net.free, net.leaving, net.kept) >= 0
    for one in with_open(Invoice.objects.all()):
        assert min(one.total, NOUGHT) <= one.open <= max(one.total, NOUGHT)


def check_costs(found: Mapping[int, Net]) -> None:
    """Of costs no more is open than was asked and isn't given up."""
    of_costs = WriteOff.objects.filter(undone=None, entry__settlements=None).order_by()
    asked, off = (
        costs_of_reminders(),
        by_payer(of_costs.values_list("invoice__payer").annotate(Sum("amount"))),
    )
    for payer, net in found.items():
        assert 0 <= net.costs <= asked[payer] - off[payer]


def check_documents() -> None:
    """Numbers without a gap; each document is the sum of its lines, and a correction names the last before it."""
    numbers = defaultdict(list)
    for year, number in Invoice.objects.order_by("year", "number").values_list("year", "number"):
        numbers[year].append(number)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    summed = Invoice.objects.annotate(sum=Sum("lines__amount"))
    assert not summed.exclude(sum=F("total")).exists()
    last: dict[tuple[int, date], int] = {}
    for pk, payer, month, corrects in Invoice.objects.order_by("pk").values_list(
        "pk", "payer", "month", "corrects"
    ):
        assert corrects == last.get((payer, month)), pk
        last[payer, month] = pk


def check_ledger(each: Organiser, owed: Decimal) -> None:
    """Every account has what happened, and so every euro stands in one place."""
    rows = JournalLine.objects.values("account").annotate(sum=Sum("amount")).order_by()
    found = defaultdict(Decimal, {row["account"]: row["sum"] for row in rows})
    assert found[Account.RECEIVABLE] + found[Account.TO_REFUND] == owed
    assert found[Account.BANK] == each.bank
    assert found[Account.PARKED] == -sum(each.parked.values())
    assert found[Account.OTHER] + found[Account.BANK_COSTS] == -each.other
    assert found[Account.DEPOSITS] == -sum(each.deposits.values())
    assert found[Account.CARE] == -(Invoice.objects.aggregate(sum=Sum("total"))["sum"] or NOUGHT)
    assert sum(found.values()) == 0


def check_month(each: Organiser, month: date) -> None:
    """What was asked for a month, corrections included, is its price as things stand; each day of a child once."""
    asked: dict[Charged, Decimal] = defaultdict(Decimal)
    lines = InvoiceLine.objects.filter(month=month).select_related("placement", "care")
    for line in lines:
        asked[line.charged] += line.amount
    homes = [place.child.household_id for place in each.places]
    priced: dict[Charged, Decimal] = {
        one.placement: one.result.total for one in expected(each.books, month, homes)
    }
    charges = OneCharge.objects.filter(
        care__isnull=False, taken_back_at=None, day__range=(month, add_months(month, 1) - DAY)
    ).select_related("care__club", "care__child")
    clubs = club_months(each.books, month, charges=list(charges))
    priced |= {one.care: one.result.total for one in clubs if one.care.pk}
    for charged in asked.keys() | priced.keys():
        assert asked[charged] == priced.get(charged, NOUGHT), (month, charged)
    assert drafted(each.books, month).drafts == []
    check_days(lines)


def check_days(lines: Iterable[InvoiceLine]) -> None:
    """No day of a child is asked for two places, though its parents live apart."""
    sums: dict[tuple[int, date], dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in lines:
        if line.placement and is_care(line.what):
            sums[line.placement.child_id, line.day][line.placement.pk] += line.amount
    for key, by_place in sums.items():
        assert sum(euros != 0 for euros in by_place.values()) <= 1, key


def check_papers(keys: Sequence[int]) -> None:
    """Paper and electronic invoice say what the database has."""
    invoices = with_lines(keys)
    with ZipFile(BytesIO(zipped(invoices))) as archive:
        files = {invoice.pk: archive.read(f"{invoice}.xml").decode() for invoice in invoices}
    for invoice in invoices:
        own = own_used(invoice) if invoice.total > 0 else NOUGHT
        sheet, asked = invoice_sheet(invoice).data, abs(invoice.total) - own
        with translation.override(invoice.language):
            assert (sheet["total"], sheet["asked"]) == (amount(invoice.total), amount(asked)), invoice
        assert sums_of(files[invoice.pk]) == [*[abs(invoice.total)] * 3, asked], invoice


def sums_of(xml: str) -> list[Decimal]:
    """Of an electronic invoice: what its lines sum to, their sum as it tells it, its total and what is to be paid."""
    _head, _mark, tail = xml.partition("LegalMonetaryTotal>")
    told = [
        Decimal(re.findall(rf"<cbc:{name} [^>]*>([-.0-9]+)<", tail)[0])
        for name in ("LineExtensionAmount", "TaxInclusiveAmount", "PayableAmount")
    ]
    *_first, lines = tail.partition("LegalMonetaryTotal>")
    return [
        sum(map(Decimal, re.findall(r"<cbc:LineExtensionAmount [^>]*>([-.0-9]+)<", lines)), NOUGHT),
        *told,
    ]
