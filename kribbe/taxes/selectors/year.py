"""Where a year stands: who paid, who lacks a number, who still owes, and the certificates that hold."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from kribbe.billing.models import Account, Books, JournalLine, Payer, PayerKind, Settlement
from kribbe.billing.selectors.accounts import OF_INVOICES
from kribbe.rules.money import NOUGHT
from kribbe.taxes.models import CertificateKind, TaxCertificate
from kribbe.taxes.selectors.certificates import in_force
from kribbe.taxes.selectors.paid import payers_of_year

EUROS: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=12, decimal_places=2)
NO_EUROS = Value(NOUGHT, output_field=EUROS)


@dataclass(frozen=True)
class YearCount:
    """The sums of a year over all its payers."""

    paid: int
    certificates: int
    total: Decimal
    no_number: int
    owing: int
    to_print: int


def year_payers(books: Books, year: int) -> QuerySet[Payer]:
    """The parents who paid or were asked something in a year, each with what the page tells of it.

    `knows_number` is of the parent and of every child on a certificate; `open` what is unpaid of the year's invoices.
    """
    asked = JournalLine.objects.filter(
        payer=OuterRef("pk"),
        account=Account.RECEIVABLE,
        entry__kind__in=OF_INVOICES,
        entry__on__year=year,
    )
    mine = TaxCertificate.objects.filter(payer=OuterRef("pk"), year=year, replaced_by=None).exclude(
        kind=CertificateKind.CANCEL
    )
    children = mine.filter(child__tax_identity__number__isnull=True)
    came = payers_of_year(books, year).filter(pk=OuterRef("pk"))
    return (
        Payer.objects.filter(books=books, kind=PayerKind.ADULT)
        .annotate(
            has_paid=Exists(came),
            certificates=_per_payer(mine, Count("pk"), 0),
            total=_per_payer(mine, Sum("total"), NO_EUROS),
            knows_number=Q(adult__tax_identity__number__isnull=False),
            lacks_child=Exists(children),
            open=_per_payer(asked, Sum("amount"), NO_EUROS) - _settled(year),
        )
        .filter(Q(has_paid=True) | Q(certificates__gt=0) | ~Q(open=0))
    )


def year_count(books: Books, year: int) -> YearCount:
    """The sums of a year."""
    found = year_payers(books, year).aggregate(
        paid=Count("pk", filter=Q(has_paid=True)),
        no_number=Count("pk", filter=Q(certificates__gt=0) & (Q(knows_number=False) | Q(lacks_child=True))),
        owing=Count("pk", filter=Q(open__gt=0)),
    )
    held = in_force(books, year).aggregate(count=Count("pk"), total=Coalesce(Sum("total"), NO_EUROS))
    return YearCount(
        certificates=held["count"], total=held["total"], to_print=print_pile(books, year).count(), **found
    )


def print_pile(books: Books, year: int) -> QuerySet[TaxCertificate]:
    """Certificates of payers without mail of which no copy left yet, cancellations too."""
    return TaxCertificate.objects.filter(
        books=books, year=year, replaced_by=None, copies=None, payer__email=""
    ).order_by("number")


def years_of(books: Books, today: date) -> list[int]:
    """The years of which something can be told, the newest first."""
    return list(range(today.year, books.started_on.year - 1, -1))


def _per_payer(
    rows: QuerySet[TaxCertificate] | QuerySet[JournalLine], sum_: Count | Sum, empty: object
) -> Coalesce:
    """A sum of rows of the outer payer."""
    return Coalesce(Subquery(rows.order_by().values("payer").annotate(found=sum_).values("found")), empty)


def _settled(year: int) -> Coalesce:
    """What came in for the invoices that were issued in a year."""
    rows = Settlement.objects.filter(invoice__payer=OuterRef("pk"), invoice__issued_on__year=year)
    return Coalesce(
        Subquery(
            rows.order_by()
            .annotate(who=F("invoice__payer"))
            .values("who")
            .annotate(found=Sum("amount"))
            .values("found")
        ),
        NO_EUROS,
    )
