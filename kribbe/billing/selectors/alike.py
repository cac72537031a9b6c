"""Payers of one name in a list, told apart."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models.functions import Lower

from kribbe.billing.models import Books, Payer

APART = "apart"
"""Where a payer has what tells it from others of its name, for the lists of pages."""


def tell_apart(books: Books, payers: Iterable[Payer]) -> None:
    """Lay on these payers what tells each from others of its name in the books; one query.

    That is the address, with the payer's reference where one of the same name lives there too; nothing otherwise.
    """
    found = list(payers)
    rows = Payer.objects.filter(books=books).annotate(folded=Lower("name"))
    alike: dict[str, list[str]] = defaultdict(list)
    for other in rows.filter(folded__in={each.name.lower() for each in found}):
        alike[other.name.lower()].append(_address(other))
    for each in found:
        setattr(each, APART, _apart(each, alike[each.name.lower()]))


def _apart(payer: Payer, addresses: list[str]) -> str:
    if len(addresses) < 2:
        return ""
    own = _address(payer)
    return own if own and Counter(addresses)[own] == 1 else f"{own} {payer.reference}".strip()


def _address(payer: Payer) -> str:
    return ", ".join(filter(None, (payer.street, f"{payer.postcode} {payer.city}".strip())))
