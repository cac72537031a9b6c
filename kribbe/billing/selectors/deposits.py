"""Where deposits stand: what is kept, what can still come in, and which stays have none."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from kribbe.billing.models import Account, Books, Deposit, JournalLine
from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import firsts
from kribbe.rules.money import NOUGHT

SET_OFF, GIVEN_BACK = "deposit_set_off:", "deposit_back:"
"""How the keys of the entries begin that use what is kept, or pay it back."""


def standing(rows: QuerySet[Deposit]) -> QuerySet[Any]:
    """Each with `kept`, `missing` (what can still come in, also in the place of what was set off), `unpaid` (what
    never came in) and the number of its `moved`. Euros; of one that was given back (`back` below nought) nothing is
    missing or unpaid.
    """
    back = Q(moves__entry__key__startswith=GIVEN_BACK)
    used = back | Q(moves__entry__key__startswith=SET_OFF)
    return rows.annotate(
        moved=Count("moves"),
        kept=_sum(),
        used=_sum(used),
        back=_sum(back),
        missing=_unless_back(F("asked") - F("kept")),
        unpaid=_unless_back(F("asked") - F("kept") + F("used")),
    )


def missing(deposit: Deposit) -> Decimal:
    """What of a deposit can still come in, in euros; nothing of one that was withdrawn."""
    found = standing(Deposit.objects.filter(pk=deposit.pk)).first()
    return Decimal(found.missing) if found else NOUGHT


def kept_of(books: Books) -> Decimal:
    """What is kept of all deposits of an organiser, as its ledger has it."""
    lines = JournalLine.objects.filter(entry__books=books, account=Account.DEPOSITS)
    return -Decimal(lines.aggregate(sum=Coalesce(Sum("amount"), NOUGHT))["sum"])


def held_of_child(books: Books, child_id: int) -> Decimal:
    """What is kept of a child's deposits at an organiser, or was asked and never came in."""
    rows = standing(Deposit.objects.filter(payer__books=books, placement__child=child_id))
    return sum((each.kept + each.unpaid for each in rows), NOUGHT)


def without_deposit(places: Iterable[Placement]) -> list[Placement]:
    """Of these places the first one of each stay of which no piece has a deposit, in their order; two queries."""
    found = sorted(places, key=lambda each: each.during.lower)
    children = {each.child_id for each in found}
    stay_of = firsts(children)
    asked = Deposit.objects.filter(placement__child__in=children).values_list("placement", flat=True)
    seen = {stay_of[key] for key in asked}
    kept: set[int] = set()
    for each in found:
        if stay_of[each.pk] not in seen:
            seen.add(stay_of[each.pk])
            kept.add(each.pk)
    return [each for each in found if each.pk in kept]


def _unless_back(euros: Any) -> Case:
    return Case(When(back__lt=0, then=Value(NOUGHT)), default=euros, output_field=DecimalField())


def _sum(which: Q | None = None) -> Coalesce:
    return Coalesce(Sum("moves__amount", filter=which), NOUGHT, output_field=DecimalField())
