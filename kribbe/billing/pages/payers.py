"""Who pays for a child's place: shares from a day on with the next invoices first, undone, and a payer's details."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kribbe.billing.access import charged_at, note_payers, payer_of_books, with_books
from kribbe.billing.forms_payers import PayerForm, SharesForm
from kribbe.billing.models import (
    Books,
    Charged,
    Payer,
    PayerKind,
    Share,
    ShareChange,
    UnplacedCare,
    charged_by,
    site_of,
)
from kribbe.billing.pages.prices import base
from kribbe.billing.selectors.shares import (
    Effect,
    candidates,
    effect,
    months_asked,
    organisations,
    said_otherwise,
)
from kribbe.billing.services.payers import Part, keep_payer, share_out, undo_shares
from kribbe.places.models import Location
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key

DAY = timedelta(days=1)
READ, CHANGE = Action.BILLING_READ, Action.BILLING_CHANGE


@require_http_methods(["GET", "HEAD", "POST"])
@with_books(READ, CHANGE)
def shares_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """Who pays for a place from which day on; a change shows the next invoices before it is saved."""
    books, placement = charged_at(books, location, reference)
    do = request.POST.get("do", "")
    if do == "undo":
        return _undone(request, location, placement)
    form = _form(request, books, placement)
    foreseen: list[Effect] = []
    month = first_of_month(localdate())
    if request.method == "POST" and form.is_valid():
        month = first_of_month(form.cleaned_data["first"])
        try:
            foreseen = _carried_out(request, books, placement, form, month, is_final=do == "save")
        except RefusedError as refused:
            form.refuse(refused.field, str(refused.message))
        else:
            if do == "save":
                messages.success(request, _("Saved. The next run of each month asks it so."))
                return redirect("billing:shares", location.slug, placement.reference)
    shares = list(
        Share.objects.filter(**charged_by(placement)).select_related("payer").order_by("during", "pk")
    )
    payers = [each.payer for each in shares] + [each.payer for each in foreseen]
    note_payers(request, location, payers, of="shares", children=[placement.child])
    context = {
        **base(request, location, books),
        "placement": placement,
        "is_club": isinstance(placement, UnplacedCare) and placement.club_id is not None,
        "site": site_of(placement),
        "form": form,
        "rows": [
            {"share": each, "last": each.during.upper - DAY if each.during.upper else None} for each in shares
        ],
        "foreseen": foreseen,
        "month": month,
        "asked": months_asked(placement, month) if foreseen else [],
        "change": ShareChange.objects.filter(**charged_by(placement), undone_at=None).order_by("-pk").first(),
    }
    return render(request, "billing/shares.html", context, status=422 if form.errors else 200)


def _form(request: Any, books: Books, placement: Charged) -> SharesForm:
    also = request.GET.get("payer", "")
    return SharesForm(
        request.POST if request.method == "POST" else None,
        candidates=candidates(books, placement, now=timezone.now(), also=also),
        organisations=organisations(books),
        initial={"first": _usual_day(placement, localdate())},
    )


def _usual_day(placement: Charged, today: date) -> date:
    """The first of next month, or the first day of a place that begins later."""
    begins: date = placement.during.lower
    return max(add_months(first_of_month(today), 1), begins)


def _carried_out(
    request: Any, books: Books, placement: Charged, form: SharesForm, month: date, *, is_final: bool
) -> list[Effect]:
    now = timezone.now()

    def change() -> None:
        parts = [Part(each.payer, percent) for each, percent in form.chosen()]
        share_out(
            principal=request.principal,
            placement=placement,
            parts=parts,
            first=form.cleaned_data["first"],
            now=now,
        )

    if is_final:
        change()
        return []
    return effect(books, placement, month, change)


def _undone(request: Any, location: Location, placement: Charged) -> HttpResponse:
    try:
        undo_shares(
            principal=request.principal,
            placement=placement,
            change_id=row_key(request.POST.get("change", "")),
            now=timezone.now(),
        )
        messages.success(request, _("Undone. Those of before pay again."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("billing:shares", location.slug, placement.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@with_books(READ, CHANGE)
def new_payer_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """An organisation that will pay for this child."""
    books, placement = charged_at(books, location, reference)
    note_payers(request, location, (), of="shares", children=[placement.child])
    back = reverse("billing:shares", args=[location.slug, placement.reference])
    return _details(request, location, books, None, back)


@require_http_methods(["GET", "HEAD", "POST"])
@with_books(READ, CHANGE)
def payer_page(request: Any, location: Location, books: Books | None, payer: str) -> HttpResponse:
    """How a payer is called and reached, and how its invoices leave."""
    found = payer_of_books(request.principal, books, payer)
    note_payers(request, location, [found], of="payer")
    back = reverse("billing:account", args=[location.slug, found.reference])
    return _details(request, location, found.books, found, back)


def _details(request: Any, location: Location, books: Books, payer: Payer | None, back: str) -> HttpResponse:
    initial = {name: getattr(payer, name) for name in PayerForm.base_fields} if payer else {}
    form = PayerForm(request.POST if request.method == "POST" else None, payer=payer, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            kept = keep_payer(
                principal=request.principal, books=books, payer=payer, fields=form.kept(), now=timezone.now()
            )
        except RefusedError as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            messages.success(request, _("Saved. It stands on the next invoices."))
            return redirect(back if payer else f"{back}?payer={kept.reference}")
    context = {
        **base(request, location, books),
        "payer": payer,
        "form": form,
        "back": back,
        "is_parent": payer is not None and payer.kind == PayerKind.ADULT,
        "said": ", ".join(said_otherwise(payer).values()) if payer else "",
    }
    return render(request, "billing/payer.html", context, status=422 if form.errors else 200)
