"""The year of an organiser: its tax certificates, who lacks what, and the file for the tax office."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kribbe.billing.access import with_books
from kribbe.billing.models import Books, Payer
from kribbe.places.models import Location
from kribbe.rules.packs import load_pack
from kribbe.rules.tax_certificate import most_a_day
from kribbe.taxes.access import certificate_at, file_at, payer_at
from kribbe.taxes.models import AuthorityFile, FileKind, Way, YearRun
from kribbe.taxes.pages.mine import file_answer
from kribbe.taxes.papers import certificate_pdf, certificates_pdf
from kribbe.taxes.selectors.year import print_pile, year_count, year_payers, years_of
from kribbe.taxes.services.certificates import take_copy
from kribbe.taxes.services.files import belcotax_ready, make_belcotax, mark_sent
from kribbe.taxes.services.identities import PACK
from kribbe.taxes.services.year_runs import start_year
from kribbe.trust.audit import note_list, record
from kribbe.trust.errors import RefusedError
from kribbe.trust.keyset import page
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.web.templatetags.telling import amount

PAGE = 50
PRINTED_AT_ONCE = 200
SHOWN_FAULTS = 20
SHOWN_FILES = 10
XML = "application/xml"


@require_safe
@with_books(Action.BILLING_READ)
def year_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """Who is complete, who lacks a number and who owes; the certificates of a payer; files that were taken."""
    now = timezone.now()
    context: dict[str, Any] = {"place_name": location.name, "location": location, "books": books}
    if books is not None:
        year = asked_year(request, books, now)
        payers = year_payers(books, year).select_related("adult")
        found = page(
            payers,
            by="name",
            size=PAGE,
            after=_anchor(books, request.GET.get("after")),
            before=_anchor(books, request.GET.get("before")),
        )
        note_list(
            principal=request.principal,
            action="list.read",
            subject=location,
            desk_id=location.desk_id,
            households=(each.adult.household_id for each in found.rows if each.adult),
            now=now,
            of="tax_certificates",
        )
        context |= _told(location, books, year, now) | {
            "rows": [_row(each, year) for each in found.rows],
            "previous": f"?year={year}&before={found.rows[0].pk}"
            if found.has_previous and found.rows
            else "",
            "next": f"?year={year}&after={found.rows[-1].pk}" if found.has_next and found.rows else "",
        }
    return render(request, "taxes/year.html", context)


@require_safe
@with_books(Action.BILLING_READ)
def payer_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """The certificates of one payer, and copies of them on paper. The look is written down."""
    payer = payer_at(request.principal, books, reference)
    record(
        principal=request.principal,
        action="tax_certificate.read",
        subject=payer,
        now=timezone.now(),
        household_id=payer.adult.household_id if payer.adult else None,
        desk_id=location.desk_id,
    )
    context = {
        "place_name": location.name,
        "location": location,
        "payer": payer,
        "rows": [
            {
                "certificate": each,
                "child": str(each.child),
                "replaced": getattr(each, "replaced_by", None),
                "is_taken": each.taken > 0,
            }
            for each in payer.tax_certificates.select_related("child", "replaced_by")
            .annotate(taken=Count("copies"))
            .order_by("-year", "-number")
        ],
    }
    return render(request, "taxes/payer.html", context)


@require_POST
@with_books(Action.BILLING_CHANGE)
def issue(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """Issue the certificates of a year, and correct earlier ones."""
    kept = _need(books)
    now = timezone.now()
    year = asked_year(request, kept, now)
    try:
        start_year(principal=request.principal, books=kept, year=year, now=now)
        messages.success(request, _("The certificates are being issued. You can leave this page."))
    except RefusedError as refused:
        messages.info(request, str(refused.message))
    return _back(location, year)


@require_POST
@with_books(Action.BILLING_CHANGE)
def print_all(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """The certificates of payers without mail, in one document to print; the next press gives the next ones."""
    kept = _need(books)
    now = timezone.now()
    year = asked_year(request, kept, now)
    pile = list(
        print_pile(kept, year).select_related("books", "child", "payer__adult", "replaces")[:PRINTED_AT_ONCE]
    )
    if not pile:
        messages.info(request, _("Nothing waits to be printed."))
        return _back(location, year)
    taken = [
        (each, take_copy(principal=request.principal, certificate=each, way=Way.PAPER, now=now))
        for each in pile
    ]
    return file_answer(certificates_pdf(taken), f"281.86-{year}.pdf")


@require_POST
@with_books(Action.BILLING_CHANGE)
def copy(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """One certificate on paper; marked as a duplicate where a copy left before."""
    certificate = certificate_at(request.principal, books, reference)
    duplicate = take_copy(
        principal=request.principal, certificate=certificate, way=Way.PAPER, now=timezone.now()
    )
    return file_answer(certificate_pdf(certificate, duplicate=duplicate), f"281.86-{certificate}.pdf")


@require_POST
@with_books(Action.BILLING_CHANGE)
def belcotax(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """The file of a year for the tax office, once it has no faults."""
    kept = _need(books)
    now = timezone.now()
    year = asked_year(request, kept, now)
    try:
        made = make_belcotax(
            principal=request.principal,
            books=kept,
            year=year,
            is_test=request.POST.get("test") == "on",
            now=now,
        )
    except RefusedError as refused:
        messages.error(request, str(refused.message))
        return _back(location, year)
    if made.file is None:
        messages.error(request, tell_faults(made.faults))
        return _back(location, year)
    return file_answer(made.data, f"belcotax-{year}-{made.file.reference}.xml", XML)


@require_POST
@with_books(Action.BILLING_CHANGE)
def sent(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """A file went to the authority."""
    file = file_at(request.principal, books, reference)
    try:
        mark_sent(
            principal=request.principal,
            file=file,
            answer=request.POST.get("answer", ""),
            now=timezone.now(),
        )
        messages.success(request, _("Noted as sent."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    if file.kind == FileKind.BELCOTAX:
        return _back(location, file.period.year)
    return redirect(f"{reverse('taxes:months', args=[location.slug])}?month={file.period:%Y-%m}")


def asked_year(request: Any, books: Books, now: datetime) -> int:
    """The year of the page: one since the books began, by default the last one that is over."""
    today = localtime(now).date()
    years = years_of(books, today)
    asked = (request.POST if request.method == "POST" else request.GET).get("year", "")
    if asked in {str(year) for year in years}:
        return int(asked)
    return today.year - 1 if today.year - 1 in years else today.year


def tell_faults(faults: Any) -> str:
    """Faults of a file in one text."""
    shown = "; ".join(faults[:SHOWN_FAULTS])
    return _("The file wasn't made. What must be mended first: %(faults)s") % {"faults": shown}


def _told(location: Location, books: Books, year: int, now: datetime) -> dict[str, Any]:
    ready = belcotax_ready(books, year).count()
    limit = most_a_day(load_pack(PACK), year)
    count = year_count(books, year)
    return {
        "year": year,
        "years": years_of(books, localtime(now).date()),
        "count": count,
        "facts": [
            (_("Parents who paid"), count.paid),
            (_("Certificates"), count.certificates),
            (_("Sum of the certificates"), amount(count.total)),
            (_("Parents or children without a national number"), count.no_number),
            (_("Parents with something to pay"), count.owing),
        ],
        "ready": ready,
        "left_out": count.certificates - ready,
        "files": list(
            AuthorityFile.objects.filter(books=books, kind=FileKind.BELCOTAX, period=date(year, 1, 1))[:10]
        ),
        "limit": amount(limit.value) if not isinstance(limit.value, str) else limit.value,
        "limit_is_known": limit.holds(date(year, 12, 31)) and limit.verified,
        "is_over": year < localtime(now).date().year,
        "run": YearRun.objects.filter(books=books, year=year).order_by("-pk").first(),
        "print_words": ngettext("Print %(count)d certificate", "Print %(count)d certificates", count.to_print)
        % {"count": count.to_print},
    }


def _row(payer: Any, year: int) -> dict[str, Any]:
    return {
        "name": payer.name,
        "count": payer.certificates,
        "total": payer.total,
        "open": payer.open,
        "lacks": [
            *([_("number of the parent")] if not payer.knows_number else []),
            *([_("number of a child")] if payer.lacks_child else []),
        ],
        "certificates": payer.certificates,
        "reference": payer.reference,
    }


def _need(books: Books | None) -> Books:
    if books is None:
        raise Http404
    return books


def _anchor(books: Books, text: str | None) -> Payer | None:
    key = row_key(text or "")
    return Payer.objects.filter(books=books, pk=key).first() if key else None


def _back(location: Location, year: int) -> HttpResponse:
    return redirect(f"{reverse('taxes:year', args=[location.slug])}?year={year}")
