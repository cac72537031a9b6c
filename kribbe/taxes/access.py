"""The doors to tax certificates: an organiser's by its books, a parent's by its household."""

from django.db.models import QuerySet

from kribbe.billing.models import Books, Payer
from kribbe.people.access import refusal
from kribbe.people.models import Adult, Child
from kribbe.taxes.models import AuthorityFile, TaxCertificate
from kribbe.taxes.selectors.certificates import of_adults
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Principal, Scope

Person = Adult | Child


def own_certificates(principal: Principal) -> QuerySet[TaxCertificate]:
    """The certificates of the adults of the reader's households."""
    adults = Adult.objects.filter(household__in=_households(principal))
    return of_adults(list(adults.values_list("pk", flat=True)))


def own_certificate(principal: Principal, reference: str) -> TaxCertificate:
    """One of them; another's isn't found."""
    found = own_certificates(principal).filter(reference=reference).first()
    if found is None:
        raise refusal(principal)
    return found


def own_persons(principal: Principal) -> list[Person]:
    """The adults of the reader's households, and their children that are born, in a fixed order."""
    households = _households(principal)
    adults = Adult.objects.filter(household__in=households).select_related("household", "tax_identity")
    children = Child.objects.filter(household__in=households, born__isnull=False)
    return [
        *adults.order_by("pk"),
        *children.select_related("household", "tax_identity").order_by("born", "pk"),
    ]


def certificate_at(principal: Principal, books: Books | None, reference: str) -> TaxCertificate:
    """A certificate of these books; another's isn't found."""
    found = (
        TaxCertificate.objects.select_related("books", "child", "payer__adult", "replaces")
        .filter(books=books, reference=reference)
        .first()
    )
    if found is None:
        raise refusal(principal)
    return found


def payer_at(principal: Principal, books: Books | None, reference: str) -> Payer:
    """A parent who pays in these books; another's isn't found."""
    found = Payer.objects.select_related("adult").filter(books=books, reference=reference).first()
    if found is None:
        raise refusal(principal)
    return found


def file_at(principal: Principal, books: Books | None, reference: str) -> AuthorityFile:
    """A file of these books; another's isn't found."""
    found = AuthorityFile.objects.select_related("books").filter(reference=reference, books=books).first()
    if found is None:
        raise refusal(principal)
    return found


def _households(principal: Principal) -> frozenset[int]:
    return scope_ids(principal, Action.INVOICE_READ, Scope.HOUSEHOLD)
