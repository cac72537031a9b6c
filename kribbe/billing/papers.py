"""Invoices and credit notes as documents: every line in words with why, the totals by child, and how to pay."""

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kribbe.billing.models import Invoice, InvoiceKind, InvoiceLine, InvoicePaper
from kribbe.billing.qr import payment_svg
from kribbe.billing.reasons import from_json
from kribbe.billing.selectors.net import own_used
from kribbe.billing.words import (
    printed_enterprise,
    printed_iban,
    printed_reference,
    supplement_words,
    what,
)
from kribbe.outofschool.models import Club
from kribbe.people.models import Child
from kribbe.places.models import Location
from kribbe.region.branding import brand_of
from kribbe.region.models import Desk
from kribbe.rules.billing.supplement import Supplement
from kribbe.trust.many import insert_new
from kribbe.web.branding import Brand
from kribbe.web.documents import Sheet, pdf, pdfs
from kribbe.web.templatetags.telling import (
    amount,
    day_of_month,
    long_date,
    month_name,
    number,
    quantity,
    short_date,
)
from kribbe.web.words import say

log = structlog.get_logger(__name__)
TEMPLATE = "billing/invoice"
HUNDRED = Decimal(100)
AT_ONCE = 200
"""Invoices whose papers are kept in one transaction."""


def invoice_pdf(invoice: Invoice, *, now: datetime) -> bytes:
    """The kept paper of an invoice; the first time, it is made."""
    kept = InvoicePaper.objects.filter(invoice=invoice).first()
    if kept is None:
        sheet = invoice_sheet(with_lines([invoice.pk])[0])
        made = pdf(sheet.template, sheet.data, title=sheet.title, brand=sheet.brand, language=sheet.language)
        _keep([(invoice.pk, made, now)])
        kept = InvoicePaper.objects.get(invoice=invoice)
    return bytes(kept.pdf)


def make_papers(invoices: Iterable[int], *, now: datetime, workers: int = 0) -> int:
    """Make and keep the papers of these invoices (by primary key) that have none yet; returns how many.

    In so many worker processes, or one for each processor; what was kept stays where it is interrupted. One that
    can't be made is left out: `invoice_pdf` raises why.
    """
    missing = sorted(set(invoices) - set(InvoicePaper.objects.values_list("invoice_id", flat=True)))
    return papers_of(_parts(missing), now=now, workers=workers)


def papers_of(parts: Iterable[Sequence[int]], *, now: datetime, workers: int = 0) -> int:
    """As `make_papers`, of invoices that have none; a part is asked for when the papers of the one before are under
    way, so that what issues invoices works beside what draws them.
    """
    keys: deque[int] = deque()

    def sheets() -> Iterator[Sheet]:
        for part in parts:
            for invoice in with_lines(part):
                if sheet := _sheet_or_none(invoice):
                    keys.append(invoice.pk)
                    yield sheet

    count = 0
    made: list[tuple[int, bytes, datetime]] = []
    for content in pdfs(sheets(), workers=workers):
        key = keys.popleft()
        if not content:
            continue
        count += 1
        made.append((key, content, now))
        if len(made) == AT_ONCE:
            _keep(made)
    _keep(made)
    return count


def pile_pdf(invoices: Sequence[Invoice]) -> bytes:
    """Invoices of one organiser as one document to print. They come `with_lines`, at least one."""
    sheets = [invoice_sheet(each) for each in invoices]
    return pdf(
        "billing/pile",
        {"papers": [{"title": sheet.title, "data": sheet.data} for sheet in sheets]},
        title=_("Invoices to print"),
        brand=sheets[0].brand,
        language=sheets[0].language,
    )


def _keep(made: list[tuple[int, bytes, datetime]]) -> None:
    with transaction.atomic():
        insert_new(InvoicePaper, ("invoice_id", "pdf", "made_at"), made)
    made.clear()


def _parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def with_lines(keys: Sequence[int]) -> list[Invoice]:
    """These invoices by primary key, with all that their papers say; in so many queries whatever their number."""
    found = Invoice.objects.filter(pk__in=keys).select_related("corrects", "payer").order_by("pk")
    return list(
        found.prefetch_related(
            "lines__placement__child__household",
            "lines__placement__group__location__desk__municipality",
            "lines__care__child__household",
            "lines__care__club__desk__municipality",
            "lines__care__location__desk__municipality",
            "settlements__entry",
        )
    )


def _sheet_or_none(invoice: Invoice) -> Sheet | None:
    try:
        return invoice_sheet(invoice)
    except DatabaseError:
        raise
    except Exception:  # what is wrong with one keeps no other from being drawn
        log.exception("paper.not_made", invoice=invoice.pk)
        return None


def invoice_sheet(invoice: Invoice) -> Sheet:
    """What the paper of an invoice says, in the language that it was issued in. It comes `with_lines`."""
    lines = list(invoice.lines.all())
    seller, buyer = invoice.parties["seller"], invoice.parties["buyer"]
    own = own_used(invoice) if invoice.total > 0 else Decimal(0)
    asked = invoice.total - own
    with translation.override(invoice.language):
        return Sheet(
            template=TEMPLATE,
            title=f"{invoice.get_kind_display()} {invoice}",
            brand=face_of(lines[0].site.desk, seller),
            language=invoice.language,
            data={
                "language": invoice.language,
                "seller": seller_lines(seller),
                "buyer": buyer_lines(buyer),
                "about": _about(invoice, buyer),
                "asked": amount(abs(asked)),
                "total": amount(invoice.total),
                "payment": _payment(invoice, seller, own),
                "qr": payment_svg(
                    name=seller["name"],
                    iban=seller["iban"],
                    bic=seller["bic"],
                    amount=asked,
                    ogm=invoice.ogm,
                ),
                "children": _children(lines),
                "notes": [*_supplements(invoice, lines), *_notes(invoice, seller)],
                "words": _words(invoice, asked),
            },
        )


def face_of(desk: Desk, seller: Mapping[str, str]) -> Brand:
    """The organiser's own name and contacts, in the colours of its desk."""
    brand = brand_of(desk)
    return Brand(
        name=seller["name"],
        subtitle="",
        slug=brand.slug,
        logo_icon="receipt",
        tokens=brand.tokens,
        phone=seller["phone"],
        email=seller["email"],
        languages=brand.languages,
    )


def seller_lines(seller: Mapping[str, str]) -> list[str]:
    """Who asks, with its enterprise number."""
    enterprise = _("Enterprise number %s") % printed_enterprise(seller["enterprise_number"])
    return [
        seller["name"],
        seller["street"],
        f"{seller['postcode']} {seller['city']}",
        *([enterprise] if seller["enterprise_number"] else []),
    ]


def buyer_lines(buyer: Mapping[str, str]) -> list[str]:
    """The address as it stands in the window of an envelope."""
    return [buyer["name"], buyer["street"], f"{buyer['postcode']} {buyer['city']}"]


def _about(invoice: Invoice, buyer: Mapping[str, str]) -> list[list[str]]:
    rows = [
        [_("Number"), str(invoice)],
        [_("Date"), long_date(invoice.issued_on)],
        [_("Month of care"), month_name(invoice.month)],
    ]
    if invoice.corrects:
        rows.append([_("Corrects invoice"), f"{invoice.corrects}, {long_date(invoice.corrects.issued_on)}"])
    if buyer["enterprise_number"]:
        rows.append([_("Your enterprise number"), printed_enterprise(buyer["enterprise_number"])])
    return rows


def _payment(invoice: Invoice, seller: Mapping[str, str], own: Decimal) -> list[list[str]]:
    used = [[_("Of the total, already paid"), amount(own)]] if own else []
    if invoice.total <= own:
        return used
    return [
        *used,
        [_("Pay before or on"), long_date(invoice.due_on)],
        [_("Account"), printed_iban(seller["iban"])],
        [_("In the name of"), seller["name"]],
        [_("Reference"), printed_reference(invoice.ogm)],
    ]


def _children(lines: Sequence[InvoiceLine]) -> list[dict[str, Any]]:
    by_place: dict[tuple[Child, Location | Club], list[InvoiceLine]] = defaultdict(list)
    for line in lines:
        by_place[line.child, line.site].append(line)
    return [
        {
            "name": f"{child}, {site.name}",
            "lines": [
                [_days(alike), _what(alike), _why(alike[0]), amount(_sum(alike))]
                for alike in _alike(of_child)
            ],
            "total": amount(_sum(of_child)),
        }
        for (child, site), of_child in by_place.items()
    ]


def _alike(lines: Sequence[InvoiceLine]) -> list[list[InvoiceLine]]:
    """Lines that differ by their day alone stand together, where the first of them stood.

    Those of hours don't: their product is rounded for each day.
    """
    found: dict[tuple[object, ...], list[InvoiceLine]] = {}
    for line in lines:
        alone = line.day if abs(line.quantity) != 1 else line.day.replace(day=1)
        charge = (line.what, line.quantity, line.unit_price, line.percent, line.amount)
        found.setdefault((alone, *charge, json.dumps(line.why)), []).append(line)
    return list(found.values())


def _sum(lines: Iterable[InvoiceLine]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))


def _what(alike: Sequence[InvoiceLine]) -> str:
    """What these lines charge. Beside several days stands the payer's share of one, so that the product is right."""
    line, count = alike[0], len(alike)
    is_shared = line.percent != HUNDRED
    each = line.amount / line.quantity if is_shared and count > 1 else line.unit_price
    total = line.quantity * count
    counted = "" if total == 1 else f", {quantity(total)} × {amount(each)}"
    shared = _("your share is %s%%") % number(line.percent, 0 if line.percent % 1 == 0 else 2)
    return f"{what(line)}{counted}{', ' if is_shared else ''}{shared if is_shared else ''}"


def _days(alike: Sequence[InvoiceLine]) -> str:
    """`02/03/2026`; of several days of a month `2, 9, 16 March`."""
    *first, last = (line.day for line in alike)
    if not first:
        return _short_day(last, translation.get_language() or "")
    return ", ".join([*(str(day.day) for day in first), day_of_month(last)])


@lru_cache(maxsize=4096)
def _short_day(day: date, _language: str) -> str:
    return short_date(day)


def _why(line: InvoiceLine) -> str:
    return _told(json.dumps(line.why), translation.get_language() or "")


@lru_cache(maxsize=4096)
def _told(why: str, _language: str) -> str:
    """Most days of a month have the same reasons as the day before."""
    return " ".join(say(reason) for reason in from_json(json.loads(why)))


def _supplements(invoice: Invoice, lines: Sequence[InvoiceLine]) -> list[str]:
    """A sentence for each child whose days count for the childcare supplement."""
    children = {line.placement_id: line.child for line in lines}
    return [
        supplement_words(
            children[each["placement"]],
            Supplement(
                each["full"],
                each["half"],
                Decimal(each["day"]),
                Decimal(each["amount"]),
                each["verified"],
                provisional=each.get("provisional", 0),
                at_school=each.get("at_school", 0),
            ),
        )
        for each in invoice.supplements
        if each["placement"] in children
    ]


def _notes(invoice: Invoice, seller: Mapping[str, str]) -> list[str]:
    notes = []
    if invoice.total < 0:
        notes.append(_("You don't have to do anything: this amount goes off what you owe, or is paid back."))
    elif invoice.total == 0:
        notes.append(_("There is nothing to pay."))
    where = " · ".join(filter(None, (seller["phone"], seller["email"])))
    if where:
        notes.append(_("Is something wrong on this document? Tell us: %s") % where)
    return notes


def _words(invoice: Invoice, asked: Decimal) -> dict[str, Any]:
    return {
        "to_pay": _("Goes off what you owe") if invoice.kind == InvoiceKind.CREDIT else _("To pay"),
        "qr": _("Pay with your bank's app"),
        "qr_alt": _("QR code to pay %(amount)s with reference %(reference)s")
        % {"amount": amount(asked), "reference": printed_reference(invoice.ogm)},
        "columns": [_("Day"), _("What and why"), _("Amount")],
        "subtotal": _("Together"),
        "total": _("Total"),
        "vat": _("Exempt from VAT: article 44, § 2 of the Belgian VAT Code (childcare)."),
    }
