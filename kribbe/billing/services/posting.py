"""Entries of money: drawn up in memory with what they settle, written together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import (
    Account,
    Books,
    EntryKind,
    Invoice,
    JournalEntry,
    JournalLine,
    Payer,
    Settlement,
    WriteOff,
)
from kribbe.billing.selectors.net import nets
from kribbe.rules.money import NOUGHT
from kribbe.rules.settling import Open
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

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


@dataclass(frozen=True, slots=True)
class Share:
    """The euros of a payment that are a payer's, and which of its invoices they settle first; or the deposit (by
    primary key) that they are."""

    payer: int
    amount: Decimal
    first: tuple[int, ...] = ()
    deposit: int | None = None


class Waiting:
    """Where these payers stand, brought up to date as drafts are made. Lock the payers first."""

    def __init__(self, payers: Collection[int]) -> None:
        self._of = nets(payers)

    def kept(self, payer: int) -> Decimal:
        """What is kept for a payer and can be used."""
        return self._of[payer].kept

    def pay_all(self, shares: Iterable[Share]) -> tuple[list[Side], list[Part]]:
        """The sides and parts of a payment: what settles invoices and pays costs, and what is kept for its payers.

        What was kept before is used too. A share of nought uses that alone. One of a deposit settles nothing.
        """
        sides: list[Side] = []
        parts: list[Part] = []
        for share in shares:
            if share.deposit is not None:
                sides.append((Account.DEPOSITS, -share.amount, share.payer))
                continue
            mine = self._of[share.payer]
            done = mine.settled(share.amount, first=share.first)
            sides += _of_payer(share.payer, done.left - share.amount - mine.kept, mine.kept - done.left)
            for invoice, part in done.parts:
                mine.waiting[invoice].open -= part
            mine.costs, mine.kept = max(mine.costs, NOUGHT) - done.costs, done.left
            parts += done.parts
        return sides, parts

    def reopen(
        self, payer: int, amount: Decimal, *, first: Collection[int] = ()
    ) -> tuple[list[Side], list[Part]]:
        """The sides and parts of a payment that came back: invoices are open again, those of `first` before others
        and then the last due; then costs that were paid; what none of these had is taken from what is kept. What was
        written off of an invoice was never paid, and stays."""
        mine = self._of[payer]
        rows = Invoice.objects.filter(payer=payer, total__gt=0).order_by("-due_on", "-pk")
        found = [Open(*each) for each in rows.values_list("pk", "total", "due_on", "month")]
        off = _written_off(payer)
        parts, left = [], amount
        for each in sorted(found, key=lambda each: each.invoice not in first):
            known = mine.waiting.setdefault(each.invoice, replace(each, open=NOUGHT))
            part = min(each.open - off.get(each.invoice, NOUGHT) - known.open, left)
            if part > 0:
                known.open += part
                left -= part
                parts.append((each.invoice, -part))
        costs = min(self._costs_paid(payer), left)
        mine.costs += costs
        left -= costs
        mine.kept -= left
        return _of_payer(payer, amount - left, left), parts

    def take_back(self, entry: JournalEntry) -> tuple[list[Side], list[Part]]:
        """The sides and parts that undo an entry. What it had kept for a payer and was used since, is open again.

        Of an invoice and of costs no more is opened than was paid, and no more settled than is open: what is beyond
        that opens others, or is the payer's own. Raises RefusedError where it was paid back.
        """
        parts, beyond = self._unsettled(entry)
        self._open_costs(entry, beyond)
        sides: list[Side] = []
        for line in entry.lines.all():
            payer, account, euros = line.payer_id, Account(line.account), -line.amount
            if payer and account == Account.TO_REFUND:
                mine = self._of[payer]
                used = max(euros - mine.kept, NOUGHT)
                beyond[payer] += used
                mine.kept -= euros - used
                sides.append((Account.RECEIVABLE, used, payer))
                euros -= used
            sides.append((account, euros, payer))
        for payer, euros in beyond.items():
            if not euros:
                continue
            more, again = self.reopen(payer, euros) if euros > 0 else self.pay_all([Share(payer, -euros)])
            if self._of[payer].kept < 0:
                raise RefusedError(_("What was kept of this payment was paid back since."), code="used")
            sides += [*more, (Account.RECEIVABLE, -euros, payer)]
            parts += again
        return sides, parts

    def _unsettled(self, entry: JournalEntry) -> tuple[list[Part], dict[int, Decimal]]:
        """The parts that undo those of an entry, as far as they stand; and by payer, what is beyond that."""
        settled = list(entry.settlements.select_related("invoice"))
        off = {payer: _written_off(payer) for payer in {each.invoice.payer_id for each in settled}}
        parts: list[Part] = []
        beyond: dict[int, Decimal] = defaultdict(Decimal)
        for each in settled:
            asked, payer = each.invoice, each.invoice.payer_id
            waiting = self._of[payer].waiting
            known = waiting.setdefault(asked.pk, Open(asked.pk, NOUGHT, asked.due_on, asked.month))
            least = min(asked.total, NOUGHT) - known.open
            most = max(asked.total, NOUGHT) - off[payer].get(asked.pk, NOUGHT) - known.open
            part = max(least, min(each.amount, most))
            known.open += part
            parts.append((asked.pk, -part))
            beyond[payer] += each.amount - part
        return [each for each in parts if each[1]], beyond

    def _open_costs(self, entry: JournalEntry, beyond: dict[int, Decimal]) -> None:
        """Costs that an entry paid are open again, or those that it opened paid, as far as they stand; what is more
        than that is added to `beyond`."""
        paid: dict[int, Decimal] = defaultdict(Decimal)
        for line in entry.lines.filter(account=Account.RECEIVABLE):
            if line.payer_id is not None:
                paid[line.payer_id] -= line.amount
        for each in entry.settlements.select_related("invoice"):
            paid[each.invoice.payer_id] -= each.amount
        for payer, euros in paid.items():
            mine = self._of[payer]
            part = max(-max(mine.costs, NOUGHT), min(euros, self._costs_paid(payer)))
            mine.costs += part
            beyond[payer] += euros - part

    def _costs_paid(self, payer: int) -> Decimal:
        """What stands paid of the costs that were asked of a payer."""
        return max(_costs_asked(payer) - self._of[payer].costs, NOUGHT)


def _written_off(payer: int) -> dict[int, Decimal]:
    """What stands written off of each invoice of a payer, by primary key; costs aside."""
    rows = WriteOff.objects.filter(invoice__payer=payer, undone=None, entry__settlements__isnull=False)
    return dict(rows.order_by().values_list("invoice").annotate(Sum("amount")))


def _costs_asked(payer: int) -> Decimal:
    """What was asked of a payer as costs of reminders, less what was written off of them."""
    lines = JournalLine.objects.filter(payer=payer, account=Account.RECEIVABLE)
    asked = lines.filter(entry__kind=EntryKind.REMINDER).aggregate(sum=Sum("amount"))["sum"]
    off = lines.filter(entry__kind=EntryKind.WRITE_OFF, entry__settlements=None).aggregate(sum=Sum("amount"))
    return (asked or NOUGHT) + (off["sum"] or NOUGHT)


def _of_payer(payer: int, owed: Decimal, kept: Decimal) -> list[Side]:
    return [(Account.RECEIVABLE, owed, payer), (Account.TO_REFUND, kept, payer)]


def pay(
    *,
    principal: Principal,
    payer: Payer,
    source: Side,
    kind: EntryKind,
    on: date,
    key: str,
    now: datetime,
    first: Sequence[Invoice] = (),
) -> JournalEntry:
    """Enter money of a payer that came from `source`: it settles the invoices of `first` and others, pays costs, and
    what is left is kept. Raises IntegrityError where the books have an entry with this key.
    """
    with transaction.atomic():
        lock_rows((Payer, payer.pk))
        share = Share(payer.pk, source[1], tuple(each.pk for each in first))
        sides, parts = Waiting([payer.pk]).pay_all([share])
        draft = Draft(kind, on, key, [source, *sides], parts)
        (entry,) = write([draft], principal=principal, books=payer.books, now=now)
    return entry


def write(
    drafts: Sequence[Draft], *, principal: Principal, books: Books, now: datetime
) -> list[JournalEntry]:
    """Write entries with their lines and settlements; sides of nought are left out.

    A payment of a closed month is entered on the first open day.
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
            for account, amount, payer in summed(draft.sides)
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
    return entries


def summed(sides: Iterable[Side]) -> list[Side]:
    """One side for each account and payer; those of nought are left out."""
    sums: dict[tuple[Account, int | None], Decimal] = defaultdict(Decimal)
    for account, amount, payer in sides:
        sums[account, payer] += amount
    return [(account, amount, payer) for (account, payer), amount in sums.items() if amount]
