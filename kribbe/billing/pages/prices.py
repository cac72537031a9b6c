"""The books of an organiser, the prices of a location, and what a child's place costs and who pays for it."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kribbe.billing.access import may_bill, note_payers, priced_at, with_books
from kribbe.billing.forms import (
    AccountNumbersForm,
    BooksForm,
    CertificateForm,
    ChargeForm,
    LookUpForm,
    PricesForm,
    SchoolForm,
    going_on,
)
from kribbe.billing.lookup import fee_registers, look_up
from kribbe.billing.models import (
    Books,
    CertificateKind,
    Charged,
    FeeCertificate,
    OneCharge,
    PriceList,
    Share,
    UnplacedCare,
    charged_by,
)
from kribbe.billing.selectors.listed import kinds_each_stay, kinds_once, outside_the_list
from kribbe.billing.selectors.one_day import taken_days
from kribbe.billing.services.books import Seller, keep_account_numbers, keep_books, publish_prices
from kribbe.billing.services.fees import add_certificate, add_charge, take_back_charge, withdraw_certificate
from kribbe.billing.services.prices_back import give_back_prices, take_away_prices, taken_away_prices
from kribbe.billing.words import charge_words
from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import stays
from kribbe.outofschool.selectors.prices import clubs_of
from kribbe.people.services import record_school
from kribbe.places.models import Location
from kribbe.planning.selectors.planned import certain
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.priority import PriceKind
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of, row_key

DAY = timedelta(days=1)
SOON = timedelta(days=45)
SHOWN = 300


@require_http_methods(["GET", "POST"])
@with_books(Action.BILLING_READ, Action.BILLING_CHANGE)
def books_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """What invoices say of the organiser; the first time, its books begin."""
    named = {"name": location.organiser.name if location.organiser else location.name}
    initial = {name: getattr(books, name) for name in BooksForm.base_fields} if books else named
    is_chart = books is not None and request.POST.get("do") == "accounts"
    form = BooksForm(request.POST if request.method == "POST" and not is_chart else None, initial=initial)
    chart = AccountNumbersForm(request.POST if is_chart else None, books=books) if books else None
    if request.method == "POST" and _saved(request, location, books, chart if is_chart else form):
        return redirect("billing:accounts" if is_chart else "billing:invoices", location.slug)
    context = {**base(request, location, books), "form": form, "chart": chart}
    is_wrong = form.errors or (chart and chart.errors)
    return render(request, "billing/books.html", context, status=422 if is_wrong else 200)


def _saved(request: Any, location: Location, books: Books | None, form: Form | None) -> bool:
    """Whether what was sent is valid, and kept."""
    now = timezone.now()
    if form is None or not form.is_valid():
        return False
    if isinstance(form, AccountNumbersForm) and books is not None:
        keep_account_numbers(principal=request.principal, books=books, numbers=form.numbers, now=now)
        messages.success(request, _("Saved. The next journal has these numbers."))
    else:
        seller = Seller(**form.cleaned_data)
        keep_books(principal=request.principal, location=location, seller=seller, now=now)
        messages.success(request, _("Saved. It stands on the next invoices."))
    return True


@require_http_methods(["GET", "POST"])
@with_books(Action.BILLING_READ, Action.BILLING_CHANGE)
def prices_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """The price lists of a location by date, and a new one."""
    today = localtime(timezone.now()).date()
    lists = PriceList.objects.filter(location=location).order_by("-from_day")[:20]
    kinds = kinds_each_stay(location, today)
    before = going_on(lists[0], kinds) if lists else None
    if request.POST.get("do") in _PRICE_DEEDS:
        _PRICE_DEEDS[request.POST["do"]](request, location)
        return redirect("billing:prices", location.slug)
    form = PricesForm(request.POST or None, kinds=kinds, initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            publish_prices(
                principal=request.principal,
                location=location,
                first=form.cleaned_data["from_day"],
                prices=form.prices(),
                now=timezone.now(),
                replaces=form.cleaned_data["replaces"],
            )
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        else:
            messages.success(request, _("Saved. Months from then on are priced by it."))
            return redirect("billing:prices", location.slug)
    context = {
        **base(request, location, books),
        "form": form,
        "lists": [(each, [(charge_words(name), full) for name, full in each.charges]) for each in lists],
        "to_check": outside_the_list(location, today),
        "today": today,
        "gone": _gone(location),
    }
    return render(request, "billing/prices.html", context, status=422 if form.errors else 200)


def _gone(location: Location) -> dict[str, Any] | None:
    entry = taken_away_prices(location, timezone.now())
    return {"at": entry.at, "first": day_of(entry.data["kept"]["from_day"])} if entry else None


def _take_away(request: Any, location: Location) -> None:
    first = day_of(request.POST.get("first", "")) or date.min
    try:
        take_away_prices(principal=request.principal, location=location, first=first, now=timezone.now())
        messages.success(request, _("Taken away. The list before it goes on."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))


def _give_back(request: Any, location: Location) -> None:
    try:
        give_back_prices(principal=request.principal, location=location, now=timezone.now())
        messages.success(request, _("Saved. Months from then on are priced by it."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))


_PRICE_DEEDS = {"take_away": _take_away, "give_back": _give_back}


@require_http_methods(["GET"])
@with_books(Action.BILLING_READ)
def fees_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """The children of this month, each stay once: those without a certificate first, then those whose ends soon."""
    today = localtime(timezone.now()).date()
    month = first_of_month(today)
    held = FeeCertificate.objects.filter(books=books, child=OuterRef("child"))
    found = (
        certain((month, add_months(month, 1)))
        .filter(group__location=location)
        .prefetch_related(None)
        .annotate(
            has_fee=Exists(held.filter(during__contains=today)),
            goes_on=Exists(held.filter(during__contains=today + SOON)),
        )
    )
    rows = sorted((stay.home for stay in stays(found, today)), key=_urgency)[:SHOWN]
    one_day = list(_one_day(books, location, month)) if books else []
    children = [*(each.child for each in rows), *(each.child for each in one_day)]
    note_payers(request, location, (), of="fees", children=children)
    context = {
        **base(request, location, books),
        "rows": [_fee_row(each) for each in rows],
        "one_day": one_day,
        "has_clubs": books is not None and clubs_of(books.organiser_id).exists(),
    }
    return render(request, "billing/fees.html", context)


def _one_day(books: Books, location: Location, month: date) -> "QuerySet[UnplacedCare]":
    """The children with a place of one day here, in this month or the one before it."""
    taken = taken_days(books, add_months(month, -1)) | taken_days(books, month)
    found = UnplacedCare.objects.filter(
        location=location, child__in=taken.order_by().values("request__child")
    )
    return found.select_related("child").order_by("child__last_name", "child__first_name", "pk")[:SHOWN]


def _urgency(place: Any) -> tuple[bool, bool]:
    is_free = place.group.price_kind != PriceKind.INCOME
    return (place.has_fee or is_free, place.goes_on or is_free)


def _fee_row(place: Any) -> dict[str, Any]:
    settled, goes_on = _urgency(place)
    return {"placement": place, "is_missing": not settled, "ends_soon": settled and not goes_on}


@require_http_methods(["GET", "POST"])
@with_books(Action.BILLING_READ, Action.BILLING_CHANGE)
def fee_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """What a child's place, or its places of one day, cost: certificates, who pays, and charges of one day."""
    books, placement = priced_at(books, location, reference)
    do = request.POST.get("do", "")
    forms = _fee_forms(request, placement, do)
    if do == "look_up":
        forms["certificate"] = _looked_up(forms["look_up"])
    elif request.method == "POST" and _did(request, books, placement, do, forms.get(do)):
        messages.success(request, _("Saved. It counts in the next run of its month."))
        return redirect("billing:fee", location.slug, placement.reference)
    shares = list(
        Share.objects.filter(**charged_by(placement)).select_related("payer").order_by("-during", "pk")
    )
    note_payers(request, location, (each.payer for each in shares), of="fee", children=[placement.child])
    context = {
        **base(request, location, books),
        **forms,
        "placement": placement,
        "group": placement.group if isinstance(placement, Placement) else None,
        "look_up": forms["look_up"] if fee_registers() else None,
        "certificates": _told_certificates(books, placement),
        "shares": shares,
        "charges": told_charges(placement, 20),
    }
    faulty = any(form.errors for form in forms.values())
    return render(request, "billing/fee.html", context, status=422 if faulty else 200)


def _fee_forms(request: Any, placement: Charged, do: str) -> dict[str, Form]:
    """The forms of the page by what they do, with what was sent for the one that was."""
    sent = {do: request.POST}
    kinds = kinds_once(placement, localtime(timezone.now()).date())
    since = {"school_from": placement.child.school_from}
    certificate = CertificateForm(sent.get("certificate"))
    if not isinstance(placement, Placement):
        del certificate.fields["alone"]
    return {
        "certificate": certificate,
        "charge": ChargeForm(sent.get("charge"), kinds=kinds),
        "look_up": LookUpForm(sent.get("look_up")),
        "school": SchoolForm(sent.get("school"), initial=since),
    }


def _told_certificates(books: Books, placement: Charged) -> list[tuple[FeeCertificate, date | None]]:
    """Those of the child and of this place, the latest first, each with its last day."""
    own = Q(placement=placement) if isinstance(placement, Placement) else Q(pk__in=())
    found = FeeCertificate.objects.filter(Q(placement=None) | own, books=books, child=placement.child_id)
    return [
        (each, each.during.upper - DAY if each.during.upper else None) for each in found.order_by("-during")
    ]


def told_charges(charged: Charged, most: int) -> list[tuple[OneCharge, str]]:
    """The last charges of one day, with what each is for."""
    found = OneCharge.objects.filter(**charged_by(charged), taken_back_at=None).order_by("-day")[:most]
    return [(each, charge_words(each.name)) for each in found]


def _looked_up(form: Form) -> CertificateForm:
    """The form of a certificate as a register fills it in; where none knows the code, that stands at its field."""
    found = look_up(form.cleaned_data["code"], localtime(timezone.now()).date()) if form.is_valid() else None
    if found is None:
        if not form.errors:
            form.add_error(
                "code", _("No register knows this code, or none answers now. Type what the certificate says.")
            )
        return CertificateForm()
    told = {"first": found.first, "last": found.last, "day_fee": found.day_fee, "kind": found.kind}
    return CertificateForm(initial={**told, "code": form.cleaned_data["code"]})


def _did(request: Any, books: Books, placement: Charged, do: str, form: Form | None) -> bool:
    """Do what was asked; False with the fault at its field."""
    acting = {"principal": request.principal, "placement": placement, "now": timezone.now()}
    if do == "take_back":
        take_back_charge(
            principal=request.principal,
            charged=placement,
            charge_id=row_key(request.POST.get("charge", "")),
            now=acting["now"],
        )
        return True
    if do == "withdraw":
        withdraw_certificate(
            **acting, books=books, certificate_id=row_key(request.POST.get("certificate", ""))
        )
        return True
    if form is None or not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        if do == "charge":
            add_charge(principal=request.principal, charged=placement, now=acting["now"], **data)
        elif do == "school":
            record_school(
                child=placement.child,
                school_from=data["school_from"],
                principal=request.principal,
                now=acting["now"],
            )
        else:
            data["kind"] = CertificateKind(data["kind"])
            add_certificate(**acting, books=books, **{"alone": False, **data})
    except RefusedError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        return False
    return True


def base(request: Any, location: Location, books: Books | None) -> dict[str, Any]:
    """What every page of fees has."""
    return {
        "place_name": location.name,
        "location": location,
        "books": books,
        "may_change": may_bill(request.principal, Action.BILLING_CHANGE, location),
    }
