"""Electronic invoices and credit notes: UBL 2.1, by Peppol BIS Billing 3 for payers with an enterprise number.

Those of parents follow the European norm EN 16931 alone: they have no electronic address, and packages for accounting
read them from a file.

Childcare is exempt from VAT (category E). The enterprise numbers are addresses of the Belgian scheme 0208.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from xml.etree import ElementTree as ET

from django.utils import translation
from django.utils.translation import gettext as _

from kribbe.billing.models import Invoice, InvoiceKind, InvoiceLine
from kribbe.billing.selectors.net import own_used
from kribbe.billing.words import printed_reference, what
from kribbe.rules.calendar import add_months
from kribbe.rules.money import CENT
from kribbe.web.templatetags.telling import long_date

SPACES = {
    "": "urn:oasis:names:specification:ubl:schema:xsd:{kind}-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
NORM = "urn:cen.eu:en16931:2017"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
SCHEME = "0208"
INVOICE_CODE, CREDIT_CODE = "380", "381"
TRANSFER = "30"
EXEMPT = "E"
EXEMPTION_CODE = "VATEX-EU-132-1H"
UNIT = "C62"
LEFT_OUT = "left-out.txt"
DAY = timedelta(days=1)

for _prefix in ("cac", "cbc"):
    ET.register_namespace(_prefix, SPACES[_prefix])


class NotElectronicError(ValueError):
    """This document can't leave as an electronic invoice; the message says why and what to do."""


def invoice_xml(invoice: Invoice) -> bytes:
    """The UBL of an invoice that comes `with_lines`; the same bytes each time.

    Raises NotElectronicError where buyer or seller has no enterprise number.
    """
    seller, buyer = invoice.parties["seller"], invoice.parties["buyer"]
    if problem := _not_electronic(seller, buyer):
        raise NotElectronicError(problem)
    return _xml(invoice)


def _xml(invoice: Invoice) -> bytes:
    seller, buyer = invoice.parties["seller"], invoice.parties["buyer"]
    with translation.override(invoice.language):
        made: bytes = ET.tostring(_document(invoice, seller, buyer), encoding="utf-8", xml_declaration=True)
        return made


def _not_electronic(seller: Mapping[str, str], buyer: Mapping[str, str]) -> str:
    if not buyer["enterprise_number"]:
        return _("Only an organisation with an enterprise number gets an electronic invoice. Send the PDF.")
    if not seller["enterprise_number"]:
        return _(
            "Your own enterprise number wasn't in the details of your invoices on the day of this one. Fill it in "
            "for the next ones, and send this one as a PDF."
        )
    return ""


def zipped(invoices: Iterable[Invoice]) -> bytes:
    """A zip for accounting with the UBL of each of these invoices, parents' too, that `with_lines` gave.

    One on which the seller had no enterprise number can't be in it, as the norm asks that the seller is identified:
    `left-out.txt` names it in the active language, with what to do.
    """
    made = io.BytesIO()
    left_out: list[Invoice] = []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for invoice in invoices:
            if invoice.parties["seller"]["enterprise_number"]:
                _put(archive, f"{invoice}.xml", invoice.issued_on, _xml(invoice))
            else:
                left_out.append(invoice)
        if left_out:
            lines = "".join(f"{_left_out(each)}\r\n" for each in left_out)
            _put(archive, LEFT_OUT, max(each.issued_on for each in left_out), lines.encode("utf-8-sig"))
    return made.getvalue()


def _put(archive: zipfile.ZipFile, name: str, on: date, content: bytes) -> None:
    """A file dated by its day, so that the same zip has the same bytes."""
    stamp = (*on.timetuple()[:3], 0, 0, 0)
    archive.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)


def _left_out(invoice: Invoice) -> str:
    return _(
        "%(number)s of %(day)s, %(buyer)s: your own enterprise number wasn't in the details of your invoices on that "
        "day, and the norm asks it. Give accounting the PDF; with the number filled in the next ones are in the ZIP."
    ) % {
        "number": f"{invoice}",
        "day": long_date(invoice.issued_on),
        "buyer": invoice.parties["buyer"]["name"],
    }


def _document(invoice: Invoice, seller: Mapping[str, str], buyer: Mapping[str, str]) -> ET.Element:
    is_credit = invoice.kind == InvoiceKind.CREDIT
    kind = "CreditNote" if is_credit else "Invoice"
    root = ET.Element(f"{{{SPACES[''].format(kind=kind)}}}{kind}")
    _add(root, "cbc:CustomizationID", CUSTOMIZATION if buyer["enterprise_number"] else NORM)
    _add(root, "cbc:ProfileID", PROFILE)
    _add(root, "cbc:ID", str(invoice))
    _add(root, "cbc:IssueDate", invoice.issued_on.isoformat())
    if not is_credit:
        _add(root, "cbc:DueDate", invoice.due_on.isoformat())
    _add(root, f"cbc:{kind}TypeCode", CREDIT_CODE if is_credit else INVOICE_CODE)
    _add(root, "cbc:DocumentCurrencyCode", "EUR")
    _add(root, "cbc:BuyerReference", invoice.payer.reference)
    _period(root, invoice.month)
    if invoice.corrects:
        corrected = _add(_add(root, "cac:BillingReference"), "cac:InvoiceDocumentReference")
        _add(corrected, "cbc:ID", str(invoice.corrects))
        _add(corrected, "cbc:IssueDate", invoice.corrects.issued_on.isoformat())
    _party(_add(root, "cac:AccountingSupplierParty"), seller, country="BE", is_seller=True)
    _party(_add(root, "cac:AccountingCustomerParty"), buyer, country=buyer["country"], is_seller=False)
    _payment(root, invoice, seller)
    _totals(root, abs(invoice.total), own_used(invoice) if invoice.total > 0 else Decimal(0))
    for number, line in enumerate(invoice.lines.all(), 1):
        _line(root, line, number, is_credit=is_credit)
    return root


def _period(root: ET.Element, month: date) -> None:
    period = _add(root, "cac:InvoicePeriod")
    _add(period, "cbc:StartDate", month.isoformat())
    _add(period, "cbc:EndDate", (add_months(month, 1) - DAY).isoformat())


def _party(parent: ET.Element, who: Mapping[str, str], *, country: str, is_seller: bool) -> None:
    party = _add(parent, "cac:Party")
    number = who["enterprise_number"]
    if number:
        _add(party, "cbc:EndpointID", number, schemeID=SCHEME)
    _add(_add(party, "cac:PartyName"), "cbc:Name", who["name"])
    address = _add(party, "cac:PostalAddress")
    for name, text in (("Street", "street"), ("City", "city")):
        if who[text]:
            _add(address, f"cbc:{name}Name", who[text])
    if who["postcode"]:
        _add(address, "cbc:PostalZone", who["postcode"])
    _add(_add(address, "cac:Country"), "cbc:IdentificationCode", country)
    if is_seller:
        # Who is exempt has no VAT number: the number by which the tax office knows it stands in its place (BT-32).
        scheme = _add(party, "cac:PartyTaxScheme")
        _add(scheme, "cbc:CompanyID", f"{country}{number}")
        _add(_add(scheme, "cac:TaxScheme"), "cbc:ID", "TAX")
    legal = _add(party, "cac:PartyLegalEntity")
    _add(legal, "cbc:RegistrationName", who["name"])
    if number:
        _add(legal, "cbc:CompanyID", number, schemeID=SCHEME)


def _payment(root: ET.Element, invoice: Invoice, seller: Mapping[str, str]) -> None:
    means = _add(root, "cac:PaymentMeans")
    _add(means, "cbc:PaymentMeansCode", TRANSFER)
    _add(means, "cbc:PaymentID", printed_reference(invoice.ogm))
    account = _add(means, "cac:PayeeFinancialAccount")
    _add(account, "cbc:ID", seller["iban"])
    _add(account, "cbc:Name", seller["name"])
    if seller["bic"]:
        _add(_add(account, "cac:FinancialInstitutionBranch"), "cbc:ID", seller["bic"])


def _totals(root: ET.Element, total: Decimal, prepaid: Decimal) -> None:
    taxes = _add(root, "cac:TaxTotal")
    _money(taxes, "cbc:TaxAmount", Decimal(0))
    part = _add(taxes, "cac:TaxSubtotal")
    _money(part, "cbc:TaxableAmount", total)
    _money(part, "cbc:TaxAmount", Decimal(0))
    category = _add(part, "cac:TaxCategory")
    _add(category, "cbc:ID", EXEMPT)
    _add(category, "cbc:Percent", "0")
    _add(category, "cbc:TaxExemptionReasonCode", EXEMPTION_CODE)
    _add(
        category,
        "cbc:TaxExemptionReason",
        _("Exempt from VAT: article 44, § 2 of the Belgian VAT Code (childcare)."),
    )
    _add(_add(category, "cac:TaxScheme"), "cbc:ID", "VAT")
    sums = _add(root, "cac:LegalMonetaryTotal")
    for name in ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount"):
        _money(sums, f"cbc:{name}", total)
    if prepaid:
        _money(sums, "cbc:PrepaidAmount", prepaid)
    _money(sums, "cbc:PayableAmount", total - prepaid)


def _line(root: ET.Element, line: InvoiceLine, number: int, *, is_credit: bool) -> None:
    amount = -line.amount if is_credit else line.amount
    quantity, price = _measured(line, amount)
    kind = "CreditNote" if is_credit else "Invoice"
    made = _add(root, f"cac:{kind}Line")
    _add(made, "cbc:ID", str(number))
    _add(made, f"cbc:{'Credited' if is_credit else 'Invoiced'}Quantity", f"{quantity}", unitCode=UNIT)
    _money(made, "cbc:LineExtensionAmount", amount)
    item = _add(made, "cac:Item")
    _add(item, "cbc:Description", f"{line.child}, {long_date(line.day)}")
    _add(item, "cbc:Name", what(line))
    category = _add(item, "cac:ClassifiedTaxCategory")
    _add(category, "cbc:ID", EXEMPT)
    _add(category, "cbc:Percent", "0")
    _add(_add(category, "cac:TaxScheme"), "cbc:ID", "VAT")
    _money(_add(made, "cac:Price"), "cbc:PriceAmount", price)


def _measured(line: InvoiceLine, amount: Decimal) -> tuple[Decimal, Decimal]:
    """Quantity and price whose product is the amount: a price is never below nought, so the quantity bears the sign.

    A share of a price, and a difference from what was asked before, stand as one piece.
    """
    price, quantity = abs(line.unit_price), abs(line.quantity)
    if (price * quantity).quantize(CENT, ROUND_HALF_UP) == abs(amount):
        return quantity.copy_sign(amount), price
    return Decimal(1).copy_sign(amount), abs(amount)


def _money(parent: ET.Element, name: str, euros: Decimal) -> None:
    _add(parent, name, f"{euros:.2f}", currencyID="EUR")


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    prefix, _colon, local = name.partition(":")
    made = ET.SubElement(parent, f"{{{SPACES[prefix]}}}{local}", attributes)
    made.text = text
    return made
