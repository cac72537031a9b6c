"""Out-of-school care of the clubs of an organiser: what of a month is to be asked, and who pays for it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kribbe.billing.models import Books, OneCharge, Share, UnplacedCare
from kribbe.outofschool.selectors.prices import clubs_of, coming, priced_month
from kribbe.people.models import Child
from kribbe.rules.billing.case import Charge
from kribbe.rules.billing.pricing import charge_line
from kribbe.rules.billing.result import Result
from kribbe.rules.calendar import add_months

NOTHING = Result((), (), Decimal(0))
Key = tuple[int, int]
"""Club, or location, and child."""


@dataclass(frozen=True, slots=True)
class CareMonth:
    """A child's month at a club, or of its places of one day, with the shares of its payers.

    Care that nobody paid for yet isn't written.
    """

    care: UnplacedCare
    result: Result
    shares: tuple[Share, ...]


def club_months(
    books: Books,
    month: date,
    households: Collection[int] | None = None,
    charges: Sequence[OneCharge] = (),
) -> list[CareMonth]:
    """The months of the children of these households, or of all, with these charges; nine queries, however many."""
    found = {
        (each.club.pk, each.child.pk): each
        for each in priced_month(clubs_of(books.organiser_id), month, households)
    }
    once: dict[Key, list[OneCharge]] = {}
    cares: dict[Key, UnplacedCare] = {}
    for charge in charges:
        if charge.care is not None and charge.care.club_id is not None:
            key = (charge.care.club_id, charge.care.child_id)
            cares[key] = charge.care
            once.setdefault(key, []).append(charge)
    known = UnplacedCare.objects.filter(child__in={child for _club, child in found})
    cares |= {(each.club_id, each.child_id): each for each in known if each.club_id is not None}
    shares = shares_of(cares.values(), month)
    months = []
    for key in sorted(found.keys() | once.keys()):
        care = cares.get(key) or UnplacedCare()
        if key in found:
            care.club, care.child = found[key].club, found[key].child
        result = with_charges(found[key].result if key in found else NOTHING, once.get(key, ()))
        months.append(CareMonth(care, result, tuple(shares.get(care.pk or 0, ()))))
    return months


def shares_of(cares: Iterable[UnplacedCare], month: date) -> dict[int, list[Share]]:
    """By care its shares of a month; one query."""
    shares: dict[int, list[Share]] = {}
    rows = Share.objects.filter(
        care__in=[each.pk for each in cares], during__overlap=(month, add_months(month, 1))
    )
    for share in rows.order_by("pk"):
        shares.setdefault(share.care_id or 0, []).append(share)
    return shares


def with_charges(result: Result, charges: Iterable[OneCharge]) -> Result:
    """The month with what was charged once."""
    more = [charge_line(Charge(each.day, each.name, each.amount)) for each in charges]
    return replace(result, lines=tuple(sorted((*result.lines, *more), key=lambda line: line.on)))


def households_of(books: Books, month: date) -> dict[tuple[int, int], int]:
    """By child and club, the household of everybody with something to ask for a month; three queries."""
    pairs = coming(clubs_of(books.organiser_id), month)
    homes = dict(
        Child.objects.filter(pk__in={child for child, _club in pairs}).values_list("pk", "household_id")
    )
    return {(child, club): homes[child] for child, club in pairs}
