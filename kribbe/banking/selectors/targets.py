"""Whose movements are, as far as their own references say so."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kribbe.banking.models import Collection, Movement, Refund
from kribbe.billing.models import Deposit, Invoice
from kribbe.billing.services.numbers import deposit_of
from kribbe.rules.bank.statement import is_ogm

TYPED = re.compile(r"(?<!\d)\d{3}[ /.-]?\d{4}[ /.-]?\d{5}(?!\d)")


class Kind(StrEnum):
    """What a movement is of."""

    INVOICE = "invoice"
    DEPOSIT = "deposit"
    COLLECTED = "collected"
    RETURNED = "returned"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Target:
    """What a movement is of: an invoice, a deposit, collections, or a refund; `payers` are all whom it concerns."""

    kind: Kind
    payers: tuple[int, ...]
    invoice: int | None = None
    deposit: int | None = None
    collections: tuple[Collection, ...] = ()
    refund: Refund | None = None


def reference_of(movement: Movement) -> str:
    """The structured reference of a payment: its own, or one that was typed in its text."""
    if movement.ogm:
        return movement.ogm
    typed = (re.sub(r"\D", "", found) for found in TYPED.findall(movement.text))
    return next((digits for digits in typed if is_ogm(digits)), "")


def targets_of(books_id: int, movements: Sequence[Movement]) -> dict[int, Target]:
    """By movement, what it is of; one that nothing is known of is left out. Four queries, however many."""
    found: dict[int, Target] = {}
    found |= _by_reference(books_id, movements)
    found |= _by_collection(books_id, movements)
    found |= _by_refund(books_id, movements)
    return found


def _by_reference(books_id: int, movements: Iterable[Movement]) -> Iterator[tuple[int, Target]]:
    told = {each.pk: reference_of(each) for each in movements if each.amount > 0}
    wanted = {ogm for ogm in told.values() if ogm}
    rows = Invoice.objects.filter(books=books_id, ogm__in=wanted).values_list("ogm", "pk", "payer_id")
    known = {ogm: Target(Kind.INVOICE, (payer,), invoice=pk) for ogm, pk, payer in rows}
    known |= _of_deposits(books_id, wanted)
    return ((key, known[ogm]) for key, ogm in told.items() if ogm in known)


def _of_deposits(books_id: int, wanted: Iterable[str]) -> dict[str, Target]:
    keys = {key: ogm for ogm in wanted if (key := deposit_of(ogm)) is not None}
    rows = Deposit.objects.filter(payer__books=books_id, pk__in=keys).values_list("pk", "payer_id")
    return {keys[pk]: Target(Kind.DEPOSIT, (payer,), deposit=pk) for pk, payer in rows}


def _by_collection(books_id: int, movements: Iterable[Movement]) -> Iterator[tuple[int, Target]]:
    told = {each.client_reference for each in movements if each.client_reference}
    standing = Collection.objects.filter(file__books=books_id, returned_by=None, dropped_at=None)
    rows = standing.select_related("invoice", "file")
    singles = {each.reference: each for each in rows.filter(reference__in=told)}
    files: dict[str, list[Collection]] = defaultdict(list)
    for each in rows.filter(file__reference__in=told, paid_by=None).order_by("pk"):
        files[each.file.reference].append(each)
    for movement in movements:
        own = movement.client_reference
        among = [singles[own]] if own in singles else files.get(own, [])
        if among and (target := _collected(movement.amount, among)):
            yield movement.pk, target


def _collected(amount: Decimal, among: Sequence[Collection]) -> Target | None:
    sums = sum((each.amount for each in among), Decimal(0))
    payers = tuple(each.invoice.payer_id for each in among)
    if amount == sums and all(each.paid_by_id is None for each in among):
        return Target(Kind.COLLECTED, payers, collections=tuple(among))
    if amount == -sums and len(among) == 1 and among[0].paid_by_id:
        return Target(Kind.RETURNED, payers, collections=tuple(among))
    return None


def _by_refund(books_id: int, movements: Iterable[Movement]) -> Iterator[tuple[int, Target]]:
    told = {each.client_reference: each for each in movements if each.amount < 0 and each.client_reference}
    rows = Refund.objects.filter(file__books=books_id, reference__in=told, paid_by=None, withdrawn_at=None)
    for refund in rows:
        if told[refund.reference].amount == -refund.amount:
            yield told[refund.reference].pk, Target(Kind.REFUNDED, (refund.payer_id,), refund=refund)
