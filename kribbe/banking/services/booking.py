"""Booking what the bank told: every movement once, and each statement in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from kribbe.banking.models import BankFile, Collection, FileState, Movement, Refund, Statement
from kribbe.banking.selectors.targets import Kind, Target, targets_of
from kribbe.banking.services.posting import BATCH, Draft, Part, Share, Side, Waiting, write
from kribbe.billing.models import Account, Books, EntryKind, JournalEntry, Payer
from kribbe.trust.audit import record
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


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
        lock_rows(*((Payer, payer) for payer in payers))
        waiting = Waiting(payers)
        known = [each for each in movements if each.amount]
        drafts = [_draft(each, targets.get(each.pk), waiting) for each in known]
        entries = write(drafts, principal=principal, books=books, now=now)
        _note(known, targets, entries)
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


def _draft(movement: Movement, target: Target | None, waiting: Waiting) -> Draft:
    key = f"movement:{movement.pk}"
    sides: list[Side] = [(Account.PARKED, -movement.amount, None)]
    parts: list[Part] = []
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
        kind = EntryKind.PAYMENT
        sides, parts = waiting.pay_all(_shares(movement, target))
    bank: Side = (Account.BANK, movement.amount, None)
    return Draft(kind, movement.on, key, [bank, *sides], parts, movement if target else None)


def _shares(movement: Movement, target: Target) -> list[Share]:
    if target.invoice is not None:
        return [Share(target.payers[0], movement.amount, (target.invoice,))]
    return [Share(each.invoice.payer_id, each.amount, (each.invoice_id,)) for each in target.collections]


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
