"""What payers are told of their tax certificates."""

from datetime import datetime

from django.urls import reverse

from kribbe.contact.services import tell_household
from kribbe.taxes.models import TaxCertificate


def tell_payer(certificate: TaxCertificate, *, now: datetime) -> None:
    """Tell a payer that a certificate is in the account; nobody where the parent's data are gone."""
    adult = certificate.payer.adult
    if adult is None:
        return
    tell_household(
        household_id=adult.household_id,
        kind="taxes/certificate",
        context={"certificate": certificate, "organiser": certificate.books.name},
        now=now,
        link=reverse("taxes:mine"),
        about=f"tax_certificate:{certificate.pk}",
    )
