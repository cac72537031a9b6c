"""Movements as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from kribbe.banking.models import BankFile, Match, Movement, Statement
from kribbe.banking.selectors.proposals import Proposed, proposals_for
from kribbe.banking.selectors.targets import targets_of
from kribbe.billing.models import Books, JournalLine, Payer

LIVE = Match.objects.filter(movement=OuterRef("pk"), undone_by=None)


@dataclass(frozen=True, slots=True)
class Shown:
    """A movement with whose it is, or who may have paid it; `state` is matched, proposed, parked or aside."""

    movement: Movement
    state: str
    payers: tuple[Payer, ...] = ()
    why: str = ""


def parked(books: Books) -> QuerySet[Movement]:
    """Booked movements of which nobody said yet whose they are."""
    return Movement.objects.filter(
        ~Exists(LIVE), statement__books=books, statement__booked_at__isnull=False, aside_at=None
    ).exclude(amount=0)


def shown(books: Books, movements: Sequence[Movement]) -> list[Shown]:
    """These movements, each with its state. As many queries for any number."""
    payers = _matched(movements)
    rest = [each for each in movements if each.pk not in payers and each.aside_at is None]
    found = proposals_for(books.pk, rest)
    return [_shown(each, payers.get(each.pk), found.get(each.pk)) for each in movements]


def foreseen(books: Books, movements: Sequence[Movement]) -> list[Shown]:
    """What booking would make of these movements."""
    targets = targets_of(books.pk, movements)
    payers = Payer.objects.select_related("adult").in_bulk(
        {payer for target in targets.values() for payer in target.payers}
    )
    known = {
        key: tuple(payers[payer] for payer in dict.fromkeys(target.payers)) for key, target in targets.items()
    }
    found = proposals_for(books.pk, [each for each in movements if each.pk not in known])
    return [_shown(each, known.get(each.pk), found.get(each.pk)) for each in movements]


def follows(statement: Statement) -> bool:
    """Whether the account's statement before this one ends with the balance with which it begins."""
    before = (
        Statement.objects.filter(books=statement.books_id, iban=statement.iban, on__lte=statement.on)
        .exclude(pk=statement.pk)
        .filter(old_on__lte=statement.old_on)
        .order_by("-on", "-pk")
        .first()
    )
    return before is None or before.new_balance == statement.old_balance


def counts(file: BankFile, books: Books) -> dict[str, int]:
    """How many movements of a file have their invoice, how many come from elsewhere."""
    movements = list(Movement.objects.filter(statement__file=file).exclude(amount=0))
    matched = len(targets_of(books.pk, movements))
    return {"all": len(movements), "matched": matched, "parked": len(movements) - matched}


def _matched(movements: Sequence[Movement]) -> dict[int, tuple[Payer, ...]]:
    rows = (
        JournalLine.objects.filter(
            entry__match__movement__in=movements, entry__match__undone_by=None, payer__isnull=False
        )
        .select_related("payer__adult", "entry__match")
        .order_by("pk")
    )
    found: dict[int, dict[int, Payer]] = {}
    for row in rows:
        if row.payer:
            found.setdefault(row.entry.match.movement_id, {})[row.payer.pk] = row.payer
    return {key: tuple(payers.values()) for key, payers in found.items()}


def _shown(movement: Movement, payers: tuple[Payer, ...] | None, found: Proposed | None) -> Shown:
    if payers:
        return Shown(movement, "matched", payers)
    if movement.aside_at:
        return Shown(movement, "aside")
    if found:
        return Shown(movement, "proposed", (found.payer,), found.why)
    return Shown(movement, "parked")
