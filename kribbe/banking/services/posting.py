"""Entries for movements: drawn up in memory, written together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from kribbe.banking.models import Match, Movement
from kribbe.billing.models import (
    Account,
    Books,
    EntryKind,
    Invoice,
    JournalEntry,
    JournalLine,
    Settlement,
)
from kribbe.billing.selectors.accounts import with_open
from kribbe.rules.settling import Open, settled_by
from kribbe.trust.principal import Principal

NOUGHT = Decimal(0)
BATCH = 2000
Side = tuple[Account, Decimal, int | None]
Part = tuple[int, Decimal]


@dataclass(slots=True)
class Draft:
    """An entry to be written: `sides` of account, euros and payer; `parts` of invoice and euros."""

    kind: EntryKind
    on: date
    key: str
    sides: list[Side]
    parts: list[Part] = field(default_factory=list)
    movement: Movement | None = None
    """The movement that it matches."""


@dataclass(frozen=True, slots=True)
class Share:
    """The euros of a payment that are a payer's, and which of its invoices they settle first."""

    payer: int
    amount: Decimal
    first: tuple[int, ...] = ()


class Waiting:
    """What these payers have open, brought up to date as drafts are made. Lock the payers first."""

    def __init__(self, payers: Collection[int]) -> None:
        self._of: dict[int, dict[int, Open]] = defaultdict(dict)
        found = with_open(Invoice.objects.filter(payer__in=payers)).exclude(open=0)
        for payer, invoice, is_open, due in found.values_list("payer", "pk", "open", "due_on"):
            self._of[payer][invoice] = Open(invoice, is_open, due)

    def pay_all(self, shares: Iterable[Share]) -> tuple[list[Side], list[Part]]:
        """The sides and parts of a payment: what settles invoices, and what is kept for its payers."""
        sides: list[Side] = []
        parts: list[Part] = []
        for share in shares:
            settled, left = settled_by(share.amount, self._of[share.payer].values(), first=share.first)
            for invoice, part in settled:
                self._of[share.payer][invoice].open -= part
            sides += _of_payer(share.payer, left - share.amount, -left)
            parts += settled
        return sides, parts

    def reopen(
        self, payer: int, amount: Decimal, *, first: Collection[int] = ()
    ) -> tuple[list[Side], list[Part]]:
        """The sides and parts of a payment that came back: invoices are open again, those of `first` before others
        and then the last due; what none had settled is taken from what is kept for the payer."""
        mine = self._of[payer]
        rows = Invoice.objects.filter(payer=payer, total__gt=0).order_by("-due_on", "-pk")
        found = [(Open(pk, total, due)) for pk, total, due in rows.values_list("pk", "total", "due_on")]
        parts, left = [], amount
        for each in sorted(found, key=lambda each: each.invoice not in first):
            known = mine.setdefault(each.invoice, Open(each.invoice, NOUGHT, each.due_on))
            part = min(each.open - known.open, left)
            if part:
                known.open += part
                left -= part
                parts.append((each.invoice, -part))
        return _of_payer(payer, amount - left, left), parts


def _of_payer(payer: int, owed: Decimal, kept: Decimal) -> list[Side]:
    return [(Account.RECEIVABLE, owed, payer), (Account.TO_REFUND, kept, payer)]


def write(
    drafts: Sequence[Draft], *, principal: Principal, books: Books, now: datetime
) -> list[JournalEntry]:
    """Write entries with their lines, settlements and matches; sides of nought are left out.

    A payment of a closed month is entered on the first open day. Who calls this holds the lock of the books.
    """
    books.refresh_from_db(fields=["closed_until"])
    entries = JournalEntry.objects.bulk_create(
        (
            JournalEntry(
                books=books,
                kind=each.kind,
                on=books.open_day(each.on),
                key=each.key,
                made_at=now,
                made_by=principal.user_id,
            )
            for each in drafts
        ),
        batch_size=BATCH,
    )
    both = list(zip(entries, drafts, strict=True))
    JournalLine.objects.bulk_create(
        (
            JournalLine(entry=entry, account=account, amount=amount, payer_id=payer)
            for entry, draft in both
            for account, amount, payer in _summed(draft.sides)
        ),
        batch_size=BATCH,
    )
    Settlement.objects.bulk_create(
        (
            Settlement(entry=entry, invoice_id=invoice, amount=amount)
            for entry, draft in both
            for invoice, amount in draft.parts
        ),
        batch_size=BATCH,
    )
    Match.objects.bulk_create(
        (Match(movement=draft.movement, entry=entry) for entry, draft in both if draft.movement),
        batch_size=BATCH,
    )
    return entries


def _summed(sides: Iterable[Side]) -> list[Side]:
    sums: dict[tuple[Account, int | None], Decimal] = defaultdict(Decimal)
    for account, amount, payer in sides:
        sums[account, payer] += amount
    return [(account, amount, payer) for (account, payer), amount in sums.items() if amount]
