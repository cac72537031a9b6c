"""Which invoices a payment settles, and what is left of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(slots=True)
class Open:
    """What is open of an invoice, in euros; below nought what a credit note still gives."""

    invoice: int
    open: Decimal
    due_on: date


def settled_by(
    amount: Decimal, waiting: Iterable[Open], *, first: Collection[int] = ()
) -> tuple[list[tuple[int, Decimal]], Decimal]:
    """The parts of a payment (invoice and euros), and what is left over.

    Credit notes are set off, then come the invoices of `first` in their order, then the others as they fall due.
    """
    places = {invoice: place for place, invoice in enumerate(first)}
    order = sorted(
        waiting,
        key=lambda each: (each.open > 0, places.get(each.invoice, len(places)), each.due_on, each.invoice),
    )
    parts = []
    for each in order:
        part = each.open if each.open < 0 else min(each.open, amount)
        if part:
            parts.append((each.invoice, part))
            amount -= part
    return parts, amount
