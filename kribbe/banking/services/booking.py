"""Booking what the bank told: every movement once, and each statement in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime

from kribbe.banking.models import BankFile, Collection, FileState, Movement, Refund, Statement
from kribbe.banking.selectors.targets import Kind, Target, targets_of
from kribbe.banking.services.posting import write_matched
from kribbe.billing.models import Account, Books, Deposit, EntryKind, JournalEntry, Payer
from kribbe.billing.selectors.deposits import standing
from kribbe.billing.services.deposits import enter_received
from kribbe.billing.services.posting import BATCH, Draft, Part, Share, Side, Waiting
from kribbe.billing.services.write_offs import ask_again, write_off_rest
from kribbe.trust.audit import record
from kribbe.trust.collector import few_collections
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


@few_collections()
def book_file(*, principal: Principal, file: BankFile, now: datetime) -> None:
    """Book the statements of a file that aren't booked yet; interrupted, a second call goes on from there."""
    for statement in file.statements.filter(booked_at=None).order_by("on", "pk"):
        _book(principal, file.books, statement, now)
    BankFile.objects.filter(pk=file.pk).update(state=FileState.BOOKED)


def _book(principal: Principal, books: Books, statement: Statement, now: datetime) -> None:
    with transaction.atomic():
        lock_rows((Books, books.pk))
        statement.refresh_from_db()
        if statement.booked_at:
            return
        movements = list(statement.movements.order_by("number"))
        targets = targets_of(books.pk, movements)
        payers = {payer for target in targets.values() for payer in target.payers}
        deposits = {target.deposit for target in targets.values() if target.deposit}
        lock_rows(*((Payer, payer) for payer in payers), *((Deposit, each) for each in deposits))
        by_whom: dict[str, Any] = {"principal": principal, "today": localtime(now).date(), "now": now}
        undone = ask_again(invoices=_paid_invoices(targets.values()), **by_whom)
        waiting, room = Waiting(payers), _room(deposits)
        known = [each for each in movements if each.amount]
        drafted = [_draft(each, targets.get(each.pk), waiting, room) for each in known]
        entries = write_matched(
            [
                (draft, each if each.pk in targets else None)
                for each, (draft, _of) in zip(known, drafted, strict=True)
            ],
            principal=principal,
            books=books,
            now=now,
        )
        _note(known, targets, entries)
        for entry, (_drafted, shares) in zip(entries, drafted, strict=True):
            enter_deposits(principal, entry, shares, now)
        write_off_rest(undone=undone, **by_whom)
        statement.booked_at = now
        statement.save(update_fields=["booked_at"])
        record(
            principal=principal,
            action="bank.book",
            subject=statement,
            now=now,
            movements=len(known),
            matched=len(targets),
        )


def enter_deposits(principal: Principal, entry: JournalEntry, shares: Sequence[Share], now: datetime) -> None:
    """Have the deposits that an entry brought in know of it."""
    for share in shares:
        if share.deposit is not None:
            deposit = Deposit.objects.select_related("payer__adult", "placement").get(pk=share.deposit)
            enter_received(principal=principal, deposit=deposit, entry=entry, euros=share.amount, now=now)


def _paid_invoices(targets: Iterable[Target]) -> set[int]:
    paid = [each for each in targets if each.kind in (Kind.INVOICE, Kind.COLLECTED)]
    named = {each.invoice for each in paid if each.invoice is not None}
    return named | {one.invoice_id for each in paid for one in each.collections}


def _room(deposits: Iterable[int]) -> dict[int, Decimal]:
    """By deposit, what of it can still come in."""
    return {each.pk: each.missing for each in standing(Deposit.objects.filter(pk__in=deposits))}


def _draft(
    movement: Movement, target: Target | None, waiting: Waiting, room: dict[int, Decimal]
) -> tuple[Draft, Sequence[Share]]:
    sides: list[Side] = [(Account.PARKED, -movement.amount, None)]
    parts: list[Part] = []
    shares: Sequence[Share] = ()
    if target is None:
        kind = EntryKind.PAYMENT if movement.amount > 0 else EntryKind.MOVE
    elif target.kind == Kind.REFUNDED:
        kind = EntryKind.REFUND
        sides = [(Account.TO_REFUND, -movement.amount, target.payers[0])]
    elif target.kind == Kind.RETURNED:
        kind = EntryKind.RETURN
        (returned,) = target.collections
        sides, parts = waiting.reopen(target.payers[0], -movement.amount, first=[returned.invoice_id])
    else:
        kind = EntryKind.DEPOSIT if target.deposit else EntryKind.PAYMENT
        shares = _shares(movement, target, room)
        sides, parts = waiting.pay_all(shares)
    bank: Side = (Account.BANK, movement.amount, None)
    return Draft(kind, movement.on, f"movement:{movement.pk}", [bank, *sides], parts), shares


def _shares(movement: Movement, target: Target, room: dict[int, Decimal]) -> list[Share]:
    if target.deposit is not None:
        return _of_deposit(movement.amount, target.payers[0], target.deposit, room)
    if target.invoice is not None:
        return [Share(target.payers[0], movement.amount, (target.invoice,))]
    return [Share(each.invoice.payer_id, each.amount, (each.invoice_id,)) for each in target.collections]


def _of_deposit(euros: Decimal, payer: int, deposit: int, room: dict[int, Decimal]) -> list[Share]:
    """What is missing of the deposit; what is more than that is a payment as any other."""
    part = min(euros, room[deposit])
    room[deposit] -= part
    found = [Share(payer, part, deposit=deposit), Share(payer, euros - part)]
    return [each for each in found if each.amount]


def _note(
    movements: Sequence[Movement], targets: Mapping[int, Target], entries: Sequence[JournalEntry]
) -> None:
    """Collections and refunds that the bank told of have their entry."""
    collections, refunds = [], []
    for movement, entry in zip(movements, entries, strict=True):
        target = targets.get(movement.pk)
        if target is None:
            continue
        if target.refund:
            target.refund.paid_by = entry
            refunds.append(target.refund)
        for each in target.collections:
            setattr(each, "returned_by" if target.kind == Kind.RETURNED else "paid_by", entry)
            collections.append(each)
    Collection.objects.bulk_update(collections, ["paid_by", "returned_by"], batch_size=BATCH)
    Refund.objects.bulk_update(refunds, ["paid_by"], batch_size=BATCH)
