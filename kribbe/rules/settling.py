"""Which invoices a payment settles, what of it pays costs, and what is left of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kribbe.rules.money import NOUGHT


@dataclass(slots=True)
class Open:
    """What is open of an invoice of a month of care, in euros; below nought what a credit note still gives."""

    invoice: int
    open: Decimal
    due_on: date
    month: date


class Settled(NamedTuple):
    """What became of a payment, in euros: parts by invoice, costs that it paid, and what is left over."""

    parts: list[tuple[int, Decimal]]
    costs: Decimal
    left: Decimal


def settled_by(
    amount: Decimal, waiting: Iterable[Open], *, first: Collection[int] = (), costs: Decimal = NOUGHT
) -> Settled:
    """Share a payment of at least nought out over what is open, and over `costs` of reminders.

    A credit note goes off what is asked for its own month, and what it gives beyond that is set off. Then come the
    invoices of `first` in their order (where none is named: the one that fell due first), then the costs, then the
    other invoices as they fall due.
    """
    rows = sorted(waiting, key=lambda each: (each.due_on, each.invoice))
    gives = [each for each in rows if each.open < 0]
    asks = [each for each in rows if each.open > 0]
    of = {each.invoice: each for each in asks}
    parts = {each.invoice: each.open for each in gives}
    left = amount
    for give in gives:
        left += _settle([each for each in asks if each.month == give.month], -give.open, parts)
    named = [of[key] for key in dict.fromkeys(first) if key in of] if first else _still_open(asks, parts)[:1]
    left = _settle(named, left, parts)
    paid = min(costs, left)
    left = _settle([each for each in asks if each not in named], left - paid, parts)
    return Settled(list(parts.items()), paid, left)


def _still_open(asks: Iterable[Open], parts: Mapping[int, Decimal]) -> list[Open]:
    return [each for each in asks if parts.get(each.invoice, NOUGHT) < each.open]


def _settle(asks: Iterable[Open], left: Decimal, parts: dict[int, Decimal]) -> Decimal:
    for each in asks:
        before = parts.get(each.invoice, NOUGHT)
        part = min(each.open - before, left)
        if part > 0:
            parts[each.invoice] = before + part
            left -= part
    return left
