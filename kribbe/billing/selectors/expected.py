"""What a month may cost a family as things stand: priced as the run will price it, and written nowhere."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kribbe.billing.models import Books, Payer, Share
from kribbe.billing.selectors.cases import cases_of
from kribbe.billing.selectors.drafts import results
from kribbe.billing.selectors.facts import facts_of
from kribbe.enrolment.models import Placement
from kribbe.rules.billing.result import Line, Result
from kribbe.rules.billing.shares import HUNDRED
from kribbe.rules.billing.supplement import Supplement, supplement


@dataclass(frozen=True, slots=True)
class Expected:
    """A place with its month; `percent` is what of it the family's own payers pay, at the end of the month.

    `supplement` is what of it counts for the childcare supplement, which isn't in the result.
    """

    placement: Placement
    result: Result
    percent: Decimal
    supplement: Supplement | None = None

    @property
    def kinds(self) -> list[tuple[str, Decimal, Decimal]]:
        """By what is charged: how much of it, and its euros."""
        found: dict[str, tuple[Decimal, Decimal]] = {}
        for line in self.result.lines:
            found[line.what] = _added(found.get(line.what, (Decimal(0), Decimal(0))), line)
        return [(what, *sums) for what, sums in found.items()]


def books_of(households: Collection[int], first: date, after: date) -> list[Books]:
    """The books of the organisers where children of these households have a place between two days."""
    places = Placement.objects.filter(child__household__in=households, during__overlap=(first, after))
    sites = places.values("group__location__organiser")
    return list(Books.objects.filter(organiser__in=sites).order_by("name", "pk"))


def expected(books: Books, month: date, households: Collection[int]) -> list[Expected]:
    """The month of each place of these households at an organiser; as many queries for one child as for ten."""
    facts = facts_of(books, month, households)
    own = set(Payer.objects.filter(books=books, adult__household__in=households).values_list("pk", flat=True))
    return [
        Expected(
            priced.placement,
            result,
            _percent(
                facts.shares.get(priced.placement.pk, ()), own, max(facts.last, priced.placement.during.lower)
            ),
            supplement(priced.case, priced.register),
        )
        for priced, result in results(cases_of(facts))
    ]


def _percent(shares: Iterable[Share], own: Collection[int], on: date) -> Decimal:
    """A place that nobody pays for yet is the family's own."""
    on_day = [share for share in shares if on in share.during]
    return (
        sum((share.percent for share in on_day if share.payer_id in own), Decimal(0)) if on_day else HUNDRED
    )


def _added(sums: tuple[Decimal, Decimal], line: Line) -> tuple[Decimal, Decimal]:
    return sums[0] + line.quantity, sums[1] + line.amount
