"""Which invoices a payment settles, what of it pays costs, and what is left of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kribbe.rules.money import NOUGHT


@dataclass(slots=True)
class Open:
    """What is open of an invoice, in euros; below nought what a credit note still gives."""

    invoice: int
    open: Decimal
    due_on: date


class Settled(NamedTuple):
    """What became of a payment, in euros: parts by invoice, costs that it paid, and what is left over."""

    parts: list[tuple[int, Decimal]]
    costs: Decimal
    left: Decimal


def settled_by(
    amount: Decimal, waiting: Iterable[Open], *, first: Collection[int] = (), costs: Decimal = NOUGHT
) -> Settled:
    """Share a payment of at least nought out over what is open, and over `costs` of reminders.

    Credit notes are set off, then come the invoices of `first` in their order (where none is named: the one that fell
    due first), then the costs, then the other invoices as they fall due.
    """
    rows = sorted(waiting, key=lambda each: (each.due_on, each.invoice))
    gives = [each for each in rows if each.open < 0]
    asks = [each for each in rows if each.open > 0]
    of = {each.invoice: each for each in asks}
    named = [of[key] for key in dict.fromkeys(first) if key in of] if first else asks[:1]
    parts = [(each.invoice, each.open) for each in gives]
    left = amount - sum((each.open for each in gives), NOUGHT)
    left = _settle(named, left, parts)
    paid = min(costs, left)
    left = _settle([each for each in asks if each not in named], left - paid, parts)
    return Settled(parts, paid, left)


def _settle(asks: Iterable[Open], left: Decimal, parts: list[tuple[int, Decimal]]) -> Decimal:
    for each in asks:
        part = min(each.open, left)
        if part > 0:
            parts.append((each.invoice, part))
            left -= part
    return left
