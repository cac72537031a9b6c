"""Payers to choose from, with what they have open."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from kribbe.billing.models import Books, Deposit, Invoice, Payer
from kribbe.billing.selectors.accounts import with_open
from kribbe.billing.selectors.deposits import standing

MOST = 12


@dataclass(frozen=True)
class Owing:
    """A payer with its invoices that aren't settled, each with its `open`, the first due first.

    Then invoices that were `written_off`, which a payment makes open again, and `deposits` with what is `missing`.
    """

    payer: Payer
    invoices: Sequence[Invoice]
    written_off: Sequence[Invoice]
    deposits: Sequence[Any]


def payers_named(books: Books, query: str) -> list[Payer]:
    """Payers by a part of their name, by an invoice's number (2026-00012) or reference."""
    digits = "".join(filter(str.isdecimal, query))
    wanted = Q(name__icontains=query.strip())
    if len(digits) == 12:
        wanted |= Q(invoices__ogm=digits)
    year, dash, number = query.strip().partition("-")
    if dash and year.isdecimal() and number.isdecimal() and len(number) < 8 and len(year) == 4:
        wanted |= Q(invoices__year=int(year), invoices__number=int(number))
    found = Payer.objects.filter(wanted, books=books).select_related("adult").distinct()
    return list(found.order_by("name", "pk")[:MOST])


def owing(books: Books, references: Sequence[str]) -> list[Owing]:
    """These payers in the order given, with what they have open."""
    payers = {
        payer.reference: payer
        for payer in Payer.objects.filter(books=books, reference__in=references).select_related("adult")
    }
    rows = (
        with_open(Invoice.objects.filter(payer__in=payers.values())).exclude(open=0).order_by("due_on", "pk")
    )
    of: dict[int, list[Invoice]] = defaultdict(list)
    for row in rows:
        of[row.payer_id].append(row)
    off, deposits = _written_off(payers.values()), _deposits(payers.values())
    found = [payers[each] for each in dict.fromkeys(references) if each in payers]
    return [Owing(each, of[each.pk], off[each.pk], deposits[each.pk]) for each in found]


def _written_off(payers: Collection[Payer]) -> dict[int, list[Invoice]]:
    of: dict[int, list[Invoice]] = defaultdict(list)
    rows = Invoice.objects.filter(payer__in=payers, write_offs__isnull=False, write_offs__undone=None)
    for row in rows.distinct().order_by("due_on", "pk"):
        of[row.payer_id].append(row)
    return of


def _deposits(payers: Collection[Payer]) -> dict[int, list[Any]]:
    of: dict[int, list[Any]] = defaultdict(list)
    rows = standing(Deposit.objects.filter(payer__in=payers)).filter(missing__gt=0)
    for row in rows.select_related("placement__child").order_by("pk"):
        of[row.payer_id].append(row)
    return of
