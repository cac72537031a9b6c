"""The deposits of an organiser: asked within the law, received, set off, paid back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kribbe.billing.access import note_payers, with_books
from kribbe.billing.models import Books, Deposit
from kribbe.billing.selectors.deposits import kept_of, missing, standing, without_deposit
from kribbe.billing.selectors.low_income import low_incomes
from kribbe.billing.services.deposits import (
    ask_agreed,
    ask_deposit,
    give_back,
    receive,
    set_off,
    withdraw_deposit,
)
from kribbe.billing.services.journal import open_invoices
from kribbe.billing.services.payers import payer_for
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.places.models import Location
from kribbe.rules.priority import PriceKind
from kribbe.trust.errors import RefusedError
from kribbe.trust.keyset import Page, page
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key

SHOWN = 50
AGREED = 200
LOW, ABOVE = "low", "above"
INCOMES = [("", _("As it is known")), (LOW, _("Low")), (ABOVE, _("Not low"))]


class AskForm(forms.Form):
    """A deposit for a place of this location that has a payer and none yet."""

    placement = forms.ModelChoiceField(
        label=_("For which child?"),
        queryset=Placement.objects.none(),
        empty_label=_("Choose a child"),
        error_messages={"required": _("Choose a child.")},
    )
    euros = forms.DecimalField(label=_("How much, in euros?"), min_value=1, max_digits=6, decimal_places=2)
    low_income = forms.TypedChoiceField(
        label=_("The income of the family"),
        choices=INCOMES,
        coerce=lambda value: value == LOW,
        empty_value=None,
        required=False,
        help_text=_(
            "For a place at an income price the law sets a ceiling, lower for a low income. Known is what the family "
            "told, a reduced fee, and the social tariff of a club."
        ),
    )

    def __init__(self, *args: Any, location: Location, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Placement.objects.filter(group__location=location, shares__isnull=False)
        without = without_deposit(places.select_related("child").distinct())
        field: Any = self.fields["placement"]
        field.queryset = (
            places.filter(pk__in=[each.pk for each in without]).select_related("child").distinct()
        )
        field.label_from_instance = lambda placement: str(placement.child)


@require_http_methods(["GET", "POST"])
@with_books(Action.BILLING_READ, Action.BILLING_CHANGE)
def deposits_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """What was asked and what is kept; buttons for what can follow."""
    if books is None:
        raise Http404
    form = AskForm(request.POST if request.POST.get("do") == "ask" else None, location=location)
    if request.method == "POST":
        try:
            if _done(request, books, form):
                messages.success(request, _("Done."))
                return redirect("billing:deposits", location.slug)
        except RefusedError as error:
            if not form.is_bound:
                messages.warning(request, str(error.message))
                return redirect("billing:deposits", location.slug)
            form.add_error("euros" if error.code == "ceiling" else None, str(error.message))
    shown = _shown(request, books)
    rows = shown.rows
    agreed = without_deposit(_agreed(books))[-AGREED:]
    note_payers(
        request,
        location,
        (row.payer for row in rows),
        of="deposits",
        children=(place.child for place in (*agreed, *(row.placement for row in rows))),
    )
    return render(
        request,
        "billing/deposits.html",
        {
            "place_name": location.name,
            "location": location,
            "rows": rows,
            "previous": f"?before={rows[0].pk}" if shown.has_previous else "",
            "next": f"?after={rows[-1].pk}" if shown.has_next else "",
            "kept": kept_of(books),
            "agreed": agreed,
            "low": low_incomes(books, agreed, localdate()),
            "income": PriceKind.INCOME,
            "form": form,
        },
    )


def _shown(request: Any, books: Books) -> Page[Deposit]:
    """The deposits around the one that the address names, the latest first."""
    found = standing(Deposit.objects.filter(payer__books=books).select_related("placement__child", "payer"))
    return page(
        found,
        by="made_at",
        size=SHOWN,
        descending=True,
        after=found.filter(pk=row_key(request.GET.get("after", ""))).first(),
        before=found.filter(pk=row_key(request.GET.get("before", ""))).first(),
    )


def _agreed(books: Books) -> QuerySet[Placement]:
    """The places whose agreement has a deposit that nobody asked or received yet."""
    return Placement.objects.filter(
        group__location__organiser=books.organiser_id,
        state__in=(PlacementState.TO_SIGN, PlacementState.FINAL),
        deposit_asked__gt=0,
        deposit_paid_at=None,
    ).select_related("child", "group__location")


def _done(request: Any, books: Books, form: AskForm) -> bool:
    """Whether the form was carried out; one that isn't valid is shown again."""
    match request.POST.get("do"):
        case "ask":
            return form.is_valid() and _ask(request, books, form)
        case "ask_agreed":
            _ask_agreed(request, books)
        case "receive" | "set_off" | "give_back" | "withdraw" as do:
            _move(request, books, do)
        case _:
            raise Http404
    return True


def _ask(request: Any, books: Books, form: AskForm) -> bool:
    now = timezone.now()
    placement = form.cleaned_data["placement"]
    payer = payer_for(books=books, placement=placement, now=now)
    if payer is None:
        raise Http404
    ask_deposit(
        principal=request.principal,
        placement=placement,
        payer=payer,
        euros=form.cleaned_data["euros"],
        low_income=form.cleaned_data["low_income"],
        on=localdate(),
        now=now,
    )
    return True


def _ask_agreed(request: Any, books: Books) -> None:
    place = _agreed(books).filter(reference=request.POST.get("place", ""), deposit=None).first()
    if place is None:
        asked = Deposit.objects.filter(payer__books=books, placement__reference=request.POST.get("place", ""))
        if not asked.exists():
            raise Http404
        raise RefusedError(_("A deposit was asked for this place already."), code="asked")
    ask_agreed(
        principal=request.principal,
        books=books,
        placement=place,
        low_income="low_income" in request.POST,
        on=localdate(),
        now=timezone.now(),
    )


def _move(request: Any, books: Books, do: str) -> None:
    principal, now, today = request.principal, timezone.now(), localdate()
    deposit = Deposit.objects.filter(payer__books=books, reference=request.POST.get("deposit", "")).first()
    if deposit is None:
        raise Http404
    if do == "receive":
        key = f"by_hand:{deposit.pk}:{deposit.moves.count()}"
        receive(principal=principal, deposit=deposit, euros=missing(deposit), on=today, key=key, now=now)
    elif do == "withdraw":
        withdraw_deposit(principal=principal, deposit=deposit, now=now)
    elif do == "set_off":
        open_now = [each.invoice for each in open_invoices(deposit.payer) if each.amount > 0]
        if not open_now:
            raise RefusedError(_("There is nothing to set off."), code="nothing")
        set_off(principal=principal, deposit=deposit, invoice=open_now[-1], on=today, now=now)
    else:
        give_back(principal=principal, deposit=deposit, on=today, now=now)
