"""What a person decides of a movement: whose it is, that it was another's, that it needs no look."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.banking.models import Aside, Collection, Match, Movement, Refund
from kribbe.banking.selectors.expected import entered_before
from kribbe.banking.services.booking import enter_deposits
from kribbe.banking.services.posting import write_matched
from kribbe.billing.models import (
    Account,
    Books,
    Deposit,
    DepositMove,
    EntryKind,
    JournalEntry,
    Payer,
)
from kribbe.billing.selectors.net import net_of
from kribbe.billing.services.deposits import refuse_beyond, take_received_back
from kribbe.billing.services.posting import Draft, Share, Side, Waiting, write
from kribbe.billing.services.setting_off import use_own
from kribbe.billing.services.write_offs import ask_again, write_off_rest
from kribbe.rules.money import NOUGHT
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def match(*, principal: Principal, movement: Movement, shares: Sequence[Share], now: datetime) -> Match:
    """Say whose a parked payment is; the shares make its amount.

    Money that went out takes from what is kept for its one payer, or opens the payer's invoices again: before others
    that of a collection of just that amount, which came back by it. An invoice that is named and was written off is
    asked again for it. Raises RefusedError where somebody was faster, where the shares don't make the amount, and
    beyond what was asked as a deposit.
    """
    books = movement.statement.books
    deposits = [share.deposit for share in shares if share.deposit is not None]
    with transaction.atomic():
        lock_rows(
            (Books, books.pk),
            *((Payer, share.payer) for share in shares),
            *((Deposit, each) for each in deposits),
        )
        _refuse_unless_parked(movement)
        _refuse_unless_whole(movement, shares)
        _refuse_other_deposits(movement, shares)
        by_whom: dict[str, Any] = {"principal": principal, "today": localtime(now).date(), "now": now}
        named = {invoice for share in shares for invoice in share.first} if movement.amount > 0 else set()
        undone = ask_again(invoices=named, **by_whom)
        movement.refresh_from_db(fields=["aside_at"])
        if movement.aside_at is not None:
            _take_aside_back(principal, movement, now)
        waiting = Waiting([share.payer for share in shares])
        came_back = _collected(movement, shares)
        kind, sides, parts = _drawn(movement, shares, waiting, came_back)
        turn = movement.matches.count() + 1
        parked: Side = (Account.PARKED, movement.amount, None)
        draft = Draft(kind, movement.on, f"match:{movement.pk}:{turn}", [parked, *sides], parts)
        (entry,) = write_matched([(draft, movement)], principal=principal, books=books, now=now)
        enter_deposits(principal, entry, shares, now)
        if came_back and kind == EntryKind.RETURN:
            Collection.objects.filter(pk=came_back.pk).update(returned_by=entry)
        write_off_rest(undone=undone, **by_whom)
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

    What was kept of it and used since, is open again. Raises RefusedError where it wasn't matched, where what was
    kept of it was paid back, and for a collection that came back once its invoice is collected again.
    """
    with transaction.atomic():
        lock_rows((Books, movement.statement.books_id))
        found = movement.matches.filter(undone_by=None).select_related("entry").first()
        if found is None:
            raise RefusedError(_("This payment isn't matched."), code="parked")
        _refuse_collected_again(found.entry)
        lines = list(found.entry.lines.all())
        payers = {line.payer_id for line in lines if line.payer_id}
        lock_rows(*((Payer, payer) for payer in payers))
        taken, parts = Waiting(payers).take_back(found.entry)
        sides: list[Side] = [
            (Account.PARKED if account == Account.BANK else account, euros, payer)
            for account, euros, payer in taken
        ]
        draft = Draft(EntryKind.MOVE, found.entry.on, f"undo:{found.pk}", sides, parts)
        (entry,) = write([draft], principal=principal, books=movement.statement.books, now=now)
        Match.objects.filter(pk=found.pk).update(undone_by=entry)
        Collection.objects.filter(paid_by=found.entry).update(paid_by=None)
        Collection.objects.filter(returned_by=found.entry).update(returned_by=None)
        Refund.objects.filter(paid_by=found.entry).update(paid_by=None)
        for each in DepositMove.objects.filter(entry=found.entry).select_related("deposit__payer__adult"):
            take_received_back(principal=principal, received=each, entry=entry, now=now)
        record(principal=principal, action="bank.undo", subject=movement, now=now, payers=sorted(payers))


def put_aside(
    *, principal: Principal, movement: Movement, aside: bool, now: datetime, entered: bool = False
) -> None:
    """Say that a parked movement needs no look; or that it does.

    Of one that is of no payer, what went out goes to the costs of the bank, what came in (a subsidy) to other income;
    back by a contrary entry. One that was `entered` before it came (the transfer of a provider of online payments, a
    deposit that was received by hand) goes nowhere: its money was entered from where it is parked.
    Raises RefusedError where less than the movement was entered so.
    """
    with transaction.atomic():
        lock_rows((Books, movement.statement.books_id))
        _refuse_unless_parked(movement)
        movement.refresh_from_db(fields=["aside_at", "aside_as"])
        if aside == (movement.aside_at is not None):
            return
        if not aside:
            _take_aside_back(principal, movement, now)
        else:
            _put_aside(principal, movement, Aside.ENTERED if entered else Aside.OTHER, now)
        record(principal=principal, action="bank.aside", subject=movement, now=now, aside=aside)


def _put_aside(principal: Principal, movement: Movement, as_what: Aside, now: datetime) -> None:
    if as_what == Aside.OTHER:
        _move_aside(principal, movement, True, now)
    elif not 0 < movement.amount <= entered_before(movement.statement.books):
        raise RefusedError(_("So much wasn't entered before this payment came."), code="not_entered")
    Movement.objects.filter(pk=movement.pk).update(aside_at=now, aside_as=as_what)


def _take_aside_back(principal: Principal, movement: Movement, now: datetime) -> None:
    movement.refresh_from_db(fields=["aside_as"])
    if movement.aside_as == Aside.OTHER:
        _move_aside(principal, movement, False, now)
    Movement.objects.filter(pk=movement.pk).update(aside_at=None, aside_as="")


def set_off(*, principal: Principal, payer: Payer, on: date, now: datetime) -> Decimal:
    """Settle what a payer owes, costs of reminders too, with what is its own; returns the euros used."""
    with transaction.atomic():
        lock_rows((Books, payer.books_id), (Payer, payer.pk))
        net = net_of(payer.pk)
        used = net.own - net.free
        if net.own <= 0:
            raise RefusedError(_("Nothing is kept for this payer."), code="nothing")
        if used <= 0:
            raise RefusedError(_("This payer owes nothing."), code="nothing_open")
        use_own(principal=principal, payer=payer, on=on, now=now)
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


def _collected(movement: Movement, shares: Sequence[Share]) -> Collection | None:
    """The last collection of just what went out, of the payer whose it is, that didn't come back yet."""
    if movement.amount > 0:
        return None
    (share,) = shares
    found = Collection.objects.filter(
        invoice__payer=share.payer, amount=-movement.amount, returned_by=None, dropped_at=None
    ).exclude(paid_by=None)
    named = found.filter(invoice__in=share.first) if share.first else found
    return named.order_by("pk").last()


def _drawn(
    movement: Movement, shares: Sequence[Share], waiting: Waiting, came_back: Collection | None
) -> tuple[EntryKind, list[Side], list[tuple[int, Decimal]]]:
    if movement.amount > 0:
        of_deposits = all(share.deposit is not None for share in shares)
        return EntryKind.DEPOSIT if of_deposits else EntryKind.PAYMENT, *waiting.pay_all(shares)
    (share,) = shares
    if waiting.kept(share.payer) >= -movement.amount:
        return EntryKind.REFUND, [(Account.TO_REFUND, -movement.amount, share.payer)], []
    first = [came_back.invoice_id] if came_back else share.first
    sides, parts = waiting.reopen(share.payer, -movement.amount, first=first)
    if any(euros for account, euros, _payer in sides if account == Account.TO_REFUND):
        raise RefusedError(_("So much was never paid by this payer."), field="shares", code="too_much")
    return EntryKind.RETURN, sides, parts


def _refuse_collected_again(entry: JournalEntry) -> None:
    """An invoice has one collection under way: with the return undone it would have two."""
    returned = Collection.objects.filter(returned_by=entry).values("invoice")
    if Collection.objects.filter(invoice__in=returned, returned_by=None, dropped_at=None).exists():
        raise RefusedError(
            _("This can't be undone: the invoice was collected again since."), code="collected_again"
        )


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


def _refuse_other_deposits(movement: Movement, shares: Sequence[Share]) -> None:
    """A deposit is of its payer and takes no more than is missing; one payment brings in one deposit."""
    of_deposits = [share for share in shares if share.deposit is not None]
    if len(of_deposits) > 1 or (of_deposits and movement.amount < 0):
        raise RefusedError(_("Choose one deposit for a payment."), field="shares", code="deposits")
    for share in of_deposits:
        deposit = Deposit.objects.filter(pk__in=[share.deposit], payer=share.payer).first()
        if deposit is None:
            raise RefusedError(_("Choose who paid."), field="shares", code="nobody")
        refuse_beyond(deposit, share.amount)
