"""Certificates that hold: not replaced, and not cancelled."""

from collections.abc import Collection

from django.db.models import QuerySet

from kribbe.billing.models import Books
from kribbe.taxes.models import CertificateKind, TaxCertificate


def in_force(books: Books, year: int) -> QuerySet[TaxCertificate]:
    """Those of a year that hold, in the order of their numbers' first ones."""
    return TaxCertificate.objects.filter(books=books, year=year, replaced_by=None).exclude(
        kind=CertificateKind.CANCEL
    )


def of_adults(adults: Collection[int]) -> QuerySet[TaxCertificate]:
    """All certificates of these parents, the newest first, with what replaced them."""
    return (
        TaxCertificate.objects.filter(payer__adult__in=adults)
        .select_related("books", "child", "payer__adult", "replaced_by")
        .order_by("-year", "-number", "pk")
    )
