"""A tax certificate as a document, in the language of its payer."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from kribbe.billing.words import printed_enterprise
from kribbe.taxes.models import CertificateKind, TaxCertificate
from kribbe.web.branding import Brand
from kribbe.web.documents import pdf
from kribbe.web.templatetags.telling import amount, long_date

Taken = tuple[TaxCertificate, bool]
"""A certificate, and whether this copy is a duplicate."""


def certificate_pdf(certificate: TaxCertificate, *, duplicate: bool) -> bytes:
    """A tagged PDF; the same bytes for the same certificate."""
    return certificates_pdf([(certificate, duplicate)])


def certificates_pdf(taken: Sequence[Taken]) -> bytes:
    """Tagged certificates of one organiser, each from a page of its own; the title is in the first one's language."""
    first = taken[0][0]
    with translation.override(first.language):
        title = _("Certificate of childcare 281.86, %(year)d") % {"year": first.year}
        return pdf(
            "taxes/certificate",
            {"certificates": [_written(each, duplicate) for each, duplicate in taken]},
            title=title,
            brand=_brand(first),
            language=first.language,
        )


def _brand(certificate: TaxCertificate) -> Brand:
    books = certificate.books
    return Brand(
        name=books.name, subtitle="", slug="", logo_icon="receipt-euro", phone=books.phone, email=books.email
    )


def _written(certificate: TaxCertificate, duplicate: bool) -> dict[str, Any]:
    with translation.override(certificate.language):
        return {
            "mark": _("DUPLICATE") if duplicate else "",
            "heading": _("Certificate %(number)s") % {"number": certificate},
            "lead": _lead(certificate),
            "parts": _parts(certificate),
            "lines": [_line(each) for each in certificate.lines],
            "days": str(certificate.days),
            "total": amount(certificate.total),
            "end": _("Issued on %(day)s.") % {"day": long_date(certificate.issued_on)}
            + " "
            + _("The tax office gets the same data, with the national numbers that you gave."),
            "words": {
                "periods": _("Care that took place and was paid"),
                "total": _("Together"),
                "columns": [_("From"), _("Until"), _("Days"), _("Price a day"), _("Amount")],
            },
        }


def _lead(certificate: TaxCertificate) -> str:
    told = {"year": certificate.year, "old": certificate.replaces}
    if certificate.kind == CertificateKind.CANCEL:
        return _("This cancels certificate %(old)s: nothing that counts was paid in %(year)d.") % told
    lead = _(
        "For the tax return of income year %(year)d. Only the price of care counts: no meals, no charges for absence,"
        " no fines, no deposits. No amount is limited to what the tax office deducts."
    )
    if certificate.kind == CertificateKind.CHANGE:
        lead = _("This takes the place of certificate %(old)s.") + " " + lead
    return lead % told


def _parts(certificate: TaxCertificate) -> list[dict[str, Any]]:
    organiser, certifier, payer, child = (
        certificate.parties[name] for name in ("organiser", "certifier", "payer", "child")
    )
    return [
        {
            "heading": _("Who cared for the child"),
            "rows": [
                [_("Name"), organiser["name"]],
                [_("Address"), _address(organiser)],
                [_("Enterprise number"), printed_enterprise(organiser["enterprise_number"]) or "–"],
                [_("Licensed by"), f"{certifier['name']}, {_address(certifier)}"],
            ],
        },
        {
            "heading": _("Who paid"),
            "rows": [[_("Name"), payer["name"]], [_("Address"), _address(payer)]],
        },
        {
            "heading": _("The child"),
            "rows": [
                [_("Name"), f"{child['first_name']} {child['last_name']}"],
                [_("Born on"), long_date(date.fromisoformat(child["born"]))],
                [_("Address"), _address(child)],
            ],
        },
    ]


def _address(party: dict[str, str]) -> str:
    return f"{party['street']}, {party['postcode']} {party['city']}"


def _line(line: dict[str, Any]) -> list[str]:
    return [
        long_date(date.fromisoformat(line["first"])),
        long_date(date.fromisoformat(line["last"])),
        str(line["days"]),
        amount(Decimal(line["price"])) if line["price"] else "–",
        amount(Decimal(line["amount"])),
    ]
