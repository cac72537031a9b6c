"""What a person decides of a movement: whose it is, that it was another's, that it needs no look."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from kribbe.banking.models import Collection, Match, Movement, Refund
from kribbe.banking.services.posting import Draft, Share, Side, Waiting, write
from kribbe.billing.models import Account, Books, EntryKind, JournalEntry, JournalLine, Payer
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

NOUGHT = Decimal(0)


def kept_for(payer_id: int) -> Decimal:
    """Euros that are kept for a payer and not on their way back."""
    kept = JournalLine.objects.filter(payer=payer_id, account=Account.TO_REFUND).aggregate(sum=Sum("amount"))
    leaving = Refund.objects.filter(payer=payer_id, paid_by=None).aggregate(sum=Sum("amount"))
    return -(kept["sum"] or NOUGHT) - (leaving["sum"] or NOUGHT)


def match(*, principal: Principal, movement: Movement, shares: Sequence[Share], now: datetime) -> Match:
    """Say whose a parked payment is; the shares make its amount.

    Money that went out takes from what is kept for its one payer, or opens the payer's invoices again.
    Raises RefusedError where somebody was faster, or where the shares don't make the amount.
    """
    books = movement.statement.books
    with transaction.atomic():
        lock_rows((Books, books.pk), *((Payer, share.payer) for share in shares))
        _refuse_unless_parked(movement)
        _refuse_unless_whole(movement, shares)
        movement.refresh_from_db(fields=["aside_at"])
        if movement.aside_at is not None:
            _move_aside(principal, movement, False, now)
        waiting = Waiting([share.payer for share in shares])
        kind, sides, parts = _drawn(movement, shares, waiting)
        turn = movement.matches.count() + 1
        parked: Side = (Account.PARKED, movement.amount, None)
        draft = Draft(kind, movement.on, f"match:{movement.pk}:{turn}", [parked, *sides], parts, movement)
        (entry,) = write([draft], principal=principal, books=books, now=now)
        Movement.objects.filter(pk=movement.pk).update(aside_at=None)
        record(
            principal=principal,
            action="bank.match",
            subject=movement,
            now=now,
            payers=[share.payer for share in shares],
        )
    return Match.objects.get(entry=entry)


def undo(*, principal: Principal, movement: Movement, now: datetime) -> None:
    """Take a match back by a contrary entry, on the same day: the payment is parked again.

    Raises RefusedError where it wasn't matched, or where what was kept of it is used since.
    """
    with transaction.atomic():
        lock_rows((Books, movement.statement.books_id))
        found = movement.matches.filter(undone_by=None).select_related("entry").first()
        if found is None:
            raise RefusedError(_("This payment isn't matched."), code="parked")
        lines = list(found.entry.lines.all())
        payers = {line.payer_id for line in lines if line.payer_id}
        lock_rows(*((Payer, payer) for payer in payers))
        _refuse_if_used(lines)
        sides: list[Side] = [
            (
                Account.PARKED if line.account == Account.BANK else Account(line.account),
                -line.amount,
                line.payer_id,
            )
            for line in lines
        ]
        parts = [(each.invoice_id, -each.amount) for each in found.entry.settlements.all()]
        draft = Draft(EntryKind.MOVE, found.entry.on, f"undo:{found.pk}", sides, parts)
        (entry,) = write([draft], principal=principal, books=movement.statement.books, now=now)
        Match.objects.filter(pk=found.pk).update(undone_by=entry)
        Collection.objects.filter(paid_by=found.entry).update(paid_by=None)
        Collection.objects.filter(returned_by=found.entry).update(returned_by=None)
        Refund.objects.filter(paid_by=found.entry).update(paid_by=None)
        record(principal=principal, action="bank.undo", subject=movement, now=now, payers=sorted(payers))


def put_aside(*, principal: Principal, movement: Movement, aside: bool, now: datetime) -> None:
    """Say that a parked movement is of no payer and needs no look; or that it does.

    What went out goes to the costs of the bank, what came in (a subsidy) to other income; back by a contrary entry.
    """
    with transaction.atomic():
        lock_rows((Books, movement.statement.books_id))
        _refuse_unless_parked(movement)
        movement.refresh_from_db(fields=["aside_at"])
        if aside == (movement.aside_at is not None):
            return
        _move_aside(principal, movement, aside, now)
        Movement.objects.filter(pk=movement.pk).update(aside_at=now if aside else None)
        record(principal=principal, action="bank.aside", subject=movement, now=now, aside=aside)


def set_off(*, principal: Principal, payer: Payer, on: date, now: datetime) -> Decimal:
    """Settle a payer's open invoices with what is kept for it; returns the euros used."""
    with transaction.atomic():
        lock_rows((Books, payer.books_id), (Payer, payer.pk))
        kept = kept_for(payer.pk)
        if kept <= 0:
            raise RefusedError(_("Nothing is kept for this payer."), code="nothing")
        sides, parts = Waiting([payer.pk]).pay_all([Share(payer.pk, kept)])
        if not parts:
            raise RefusedError(_("This payer has no open invoice."), code="nothing_open")
        used = -sum((amount for account, amount, _payer in sides if account == Account.RECEIVABLE), NOUGHT)
        draft = Draft(
            EntryKind.MOVE,
            on,
            f"set_off:{payer.pk}:{now.timestamp()}",
            [(Account.TO_REFUND, kept, payer.pk), *sides],
            parts,
        )
        write([draft], principal=principal, books=payer.books, now=now)
        record(principal=principal, action="bank.set_off", subject=payer, now=now)
    return used


def _move_aside(principal: Principal, movement: Movement, aside: bool, now: datetime) -> None:
    books = movement.statement.books
    turns = JournalEntry.objects.filter(books=books, key__startswith=f"aside:{movement.pk}:").count()
    account = Account.OTHER if movement.amount > 0 else Account.BANK_COSTS
    euros = movement.amount if aside else -movement.amount
    sides: list[Side] = [(Account.PARKED, euros, None), (account, -euros, None)]
    draft = Draft(EntryKind.MOVE, movement.on, f"aside:{movement.pk}:{turns + 1}", sides)
    write([draft], principal=principal, books=books, now=now)


def _drawn(
    movement: Movement, shares: Sequence[Share], waiting: Waiting
) -> tuple[EntryKind, list[Side], list[tuple[int, Decimal]]]:
    if movement.amount > 0:
        return EntryKind.PAYMENT, *waiting.pay_all(shares)
    (share,) = shares
    if kept_for(share.payer) >= -movement.amount:
        return EntryKind.REFUND, [(Account.TO_REFUND, -movement.amount, share.payer)], []
    sides, parts = waiting.reopen(share.payer, -movement.amount, first=share.first)
    if sum((part for _invoice, part in parts), NOUGHT) != movement.amount:
        raise RefusedError(_("So much was never paid by this payer."), field="shares", code="too_much")
    return EntryKind.RETURN, sides, parts


def _refuse_unless_parked(movement: Movement) -> None:
    if movement.statement.booked_at is None:
        raise RefusedError(_("Book the statement first."), code="not_booked")
    if movement.matches.filter(undone_by=None).exists():
        raise RefusedError(_("This payment was matched already."), code="matched")


def _refuse_unless_whole(movement: Movement, shares: Sequence[Share]) -> None:
    payers = {share.payer for share in shares}
    allowed = Payer.objects.filter(books=movement.statement.books_id, pk__in=payers).count()
    one = movement.amount > 0 or len(shares) == 1
    if not shares or allowed != len(payers) or not one:
        raise RefusedError(_("Choose who paid."), field="shares", code="nobody")
    wrong = sum((share.amount for share in shares), NOUGHT) != abs(movement.amount)
    if wrong or any(share.amount <= 0 for share in shares):
        raise RefusedError(
            _("The amounts don't make up the payment of € %(amount)s.") % {"amount": abs(movement.amount)},
            field="shares",
            code="amounts",
        )


def _refuse_if_used(lines: Sequence[JournalLine]) -> None:
    for line in lines:
        if (
            line.account == Account.TO_REFUND
            and line.amount < 0
            and kept_for(line.payer_id or 0) < -line.amount
        ):
            raise RefusedError(
                _("What was kept of this payment is used or paid back since. Undo that first."), code="used"
            )
