"""Fee certificates that weren't renewed since fees were last indexed."""

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from kribbe.billing.models import Books, FeeCertificate
from kribbe.enrolment.models import Placement
from kribbe.planning.selectors.planned import certain
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import PriceKind

PACK = "flanders"


def indexed_on(today: date) -> date:
    """The day on which fees are indexed: the next one within three months, or else the last one.

    Families are asked before the day, so that their certificate is there when it comes.
    """
    pack = load_pack(PACK)
    days = [
        day
        for year in (today.year - 1, today.year, today.year + 1)
        for day in (date(year, 1, 1), date(year, 10, 1))
        if pack.text("income.indexed_on", day) == f"{day:%m-%d}"
    ]
    return max(day for day in days if (day - today).days <= 92)


def to_renew(books: Books, on: date) -> QuerySet[Placement]:
    """The places by income on an indexation day without a certificate that begins on it or later.

    One of a place alone, as of one of parents who live apart, renews no other; and where such a one goes on over that
    day, one of the child doesn't renew it.
    """
    of_child = FeeCertificate.objects.filter(books=books, child=OuterRef("child"))
    own = of_child.filter(placement=OuterRef("pk"))
    renewed = Exists(own.filter(during__startswith__gte=on)) | (
        Exists(of_child.filter(placement=None, during__startswith__gte=on))
        & ~Exists(own.filter(during__contains=on))
    )
    return (
        certain((on, on.replace(day=2)))
        .prefetch_related(None)
        .filter(
            ~renewed,
            group__location__organiser=books.organiser_id,
            group__price_kind=PriceKind.INCOME,
        )
        .select_related("child", "group__location")
    )


def once_of(books: Books, household_id: int, on: date) -> str:
    """The name of what a family is told once of an indexation."""
    return f"renewal:{books.pk}:{household_id}:{on}"
