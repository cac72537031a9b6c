"""Of which families a low income is known, by which the law sets the ceiling of a deposit."""

from collections.abc import Collection
from datetime import date

from kribbe.billing.models import Books, CertificateKind, FeeCertificate
from kribbe.enrolment.models import Placement
from kribbe.outofschool.models import SocialTariff
from kribbe.outofschool.selectors.prices import clubs_of
from kribbe.people.models import FactKind, HouseholdFact


def low_incomes(books: Books, placements: Collection[Placement], on: date) -> frozenset[int]:
    """The places (by primary key) of families that told so, have the social tariff of a club of the organiser, or a
    fee that was reduced for them; three queries.
    """
    households = {each.child.household_id for each in placements}
    told = HouseholdFact.objects.filter(
        household__in=households, kind=FactKind.LOW_INCOME, during__contains=on
    )
    social = SocialTariff.objects.filter(
        household__in=households, club__in=clubs_of(books.organiser_id), during__contains=on
    )
    reduced = FeeCertificate.objects.filter(
        books=books, child__household__in=households, kind=CertificateKind.REDUCED, during__contains=on
    )
    known = {
        *told.values_list("household_id", flat=True),
        *social.values_list("household_id", flat=True),
        *reduced.values_list("child__household_id", flat=True),
    }
    return frozenset(each.pk for each in placements if each.child.household_id in known)
