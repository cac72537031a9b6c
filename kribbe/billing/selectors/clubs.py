"""Out-of-school care of the clubs of an organiser: what of a month is to be asked, and who pays for it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from kribbe.billing.models import Books, ClubCare, Share
from kribbe.outofschool.selectors.prices import clubs_of, coming, priced_month
from kribbe.people.models import Child
from kribbe.rules.billing.result import Result
from kribbe.rules.calendar import add_months


@dataclass(frozen=True, slots=True)
class ClubMonth:
    """A child's month at a club with the shares of its payers. Care that nobody paid for yet isn't written."""

    care: ClubCare
    result: Result
    shares: tuple[Share, ...]


def club_months(books: Books, month: date, households: Collection[int] | None = None) -> list[ClubMonth]:
    """The months of the children of these households, or of all; nine queries, however many."""
    found = priced_month(clubs_of(books.organiser_id), month, households)
    cares = {
        (each.club_id, each.child_id): each
        for each in ClubCare.objects.filter(child__in={each.child.pk for each in found})
    }
    shares: dict[int, list[Share]] = {}
    rows = Share.objects.filter(
        care__in=[each.pk for each in cares.values()], during__overlap=(month, add_months(month, 1))
    )
    for share in rows.order_by("pk"):
        shares.setdefault(share.care_id or 0, []).append(share)
    months = []
    for each in found:
        care = cares.get((each.club.pk, each.child.pk)) or ClubCare()
        care.club, care.child = each.club, each.child
        months.append(ClubMonth(care, each.result, tuple(shares.get(care.pk or 0, ()))))
    return months


def households_of(books: Books, month: date) -> dict[tuple[int, int], int]:
    """By child and club, the household of everybody with something to ask for a month; three queries."""
    pairs = coming(clubs_of(books.organiser_id), month)
    homes = dict(
        Child.objects.filter(pk__in={child for child, _club in pairs}).values_list("pk", "household_id")
    )
    return {(child, club): homes[child] for child, club in pairs}
