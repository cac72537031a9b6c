"""Proposals for payments that name no invoice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from kribbe.banking.models import Movement
from kribbe.billing.models import Invoice, JournalLine, Payer
from kribbe.billing.selectors.accounts import with_open
from kribbe.rules.bank.matching import Candidate, Why, proposed


@dataclass(frozen=True, slots=True)
class Proposed:
    """A payer that may have paid, and why."""

    payer: Payer
    why: Why


def proposals_for(books_id: int, movements: Sequence[Movement]) -> dict[int, Proposed]:
    """By movement, who may have paid it. Four queries, however many."""
    paid = [each for each in movements if each.amount > 0]
    accounts = _accounts(books_id, {each.iban for each in paid if each.iban})
    payers = Payer.objects.filter(
        Q(pk__in=accounts) | Q(pk__in=_asking(books_id, {each.amount for each in paid})), books=books_id
    ).select_related("adult")
    known = {payer.pk: payer for payer in payers}
    opens = _open(known)
    candidates = [Candidate(pk, payer.name, accounts[pk], opens[pk]) for pk, payer in known.items()]
    found = {each.pk: proposed(each.amount, each.iban, each.name, candidates) for each in paid}
    return {key: Proposed(known[one.payer], one.why) for key, one in found.items() if one}


def _accounts(books_id: int, ibans: set[str]) -> dict[int, set[str]]:
    """By payer, which of these accounts are its own or paid for it before."""
    found: dict[int, set[str]] = defaultdict(set)
    own = Payer.objects.filter(books=books_id, iban__in=ibans).values_list("pk", "iban")
    before = JournalLine.objects.filter(
        payer__books=books_id,
        entry__match__movement__iban__in=ibans,
        entry__match__undone_by=None,
    ).values_list("payer", "entry__match__movement__iban")
    for payer, iban in own.union(before):
        found[payer].add(iban)
    return found


def _asking(books_id: int, amounts: set[Decimal]) -> set[int]:
    """Payers of an invoice of which one of these amounts is open."""
    rows = with_open(Invoice.objects.filter(books=books_id, total__in=amounts, total__gt=0))
    return {payer for payer, is_open in rows.values_list("payer_id", "open") if is_open in amounts}


def _open(payers: dict[int, Payer]) -> dict[int, list[Decimal]]:
    found: dict[int, list[Decimal]] = defaultdict(list)
    rows = with_open(Invoice.objects.filter(payer__in=payers)).exclude(open=0)
    for payer, is_open in rows.values_list("payer_id", "open"):
        found[payer].append(is_open)
    return found
