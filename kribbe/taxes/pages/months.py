"""The monthly reports of an organiser's locations: what they lack, to take along, and noted as sent."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kribbe.billing.access import note_payers, with_books
from kribbe.billing.models import Books, UnplacedCare
from kribbe.enrolment.models import Placement
from kribbe.people.access import refusal
from kribbe.people.models import Child
from kribbe.places.models import Location
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.taxes.forms import ChildReportedForm
from kribbe.taxes.models import AuthorityFile, ChildReported, FileKind
from kribbe.taxes.pages.mine import file_answer
from kribbe.taxes.pages.year import SHOWN_FAULTS, XML, tell_faults
from kribbe.taxes.selectors.months import LocationMonth, months_of
from kribbe.taxes.services.files import digest_of, make_month, month_file
from kribbe.taxes.services.reported import note_child
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action

MONTHS_BACK = 12
MEDIA = {FileKind.INCOME_MONTH: (XML, "xml"), FileKind.FREE_MONTH: ("application/json", "json")}


@require_safe
@with_books(Action.BILLING_READ)
def months_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """Both reports of each location for a month, with what is wrong or missing."""
    now = timezone.now()
    context: dict[str, Any] = {"place_name": location.name, "location": location, "books": books}
    if books is not None:
        month = asked_month(request.GET.get("month", ""), now)
        told = _months(books, month)
        files = _files(books, month)
        note_list(
            principal=request.principal,
            action="list.read",
            subject=location,
            desk_id=location.desk_id,
            households=(
                child.household_id for each in told for child in (*each.without_code, *each.without_sex)
            ),
            now=now,
            of="month_reports",
        )
        context |= {
            "month": month,
            "months": [
                add_months(first_of_month(localtime(now).date()), -back) for back in range(1, MONTHS_BACK + 1)
            ],
            "reports": [
                _report(each, kind, files.get((each.location.pk, kind)))
                for each in told
                for kind in _kinds(each)
            ],
        }
    return render(request, "taxes/months.html", context)


@require_POST
@with_books(Action.BILLING_CHANGE)
def take(request: Any, location: Location, books: Books | None, kind: str) -> HttpResponse:
    """One report of the location as a file."""
    if books is None or kind not in MEDIA:
        raise Http404
    now = timezone.now()
    month = asked_month(request.POST.get("month", ""), now)
    chosen = FileKind(kind)
    (told,) = months_of(books, [location], month, responsible=books.name)
    made = make_month(principal=request.principal, books=books, told=told, kind=chosen, now=now)
    if made.file is None:
        messages.error(request, tell_faults(made.faults))
        return redirect(f"{reverse('taxes:months', args=[location.slug])}?month={month:%Y-%m}")
    media, ending = MEDIA[chosen]
    return file_answer(made.data, f"{location.slug}-{month:%Y-%m}-{kind}.{ending}", media)


@require_http_methods(["GET", "HEAD", "POST"])
@with_books(Action.BILLING_CHANGE)
def child_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """What only the report of places at a free price asks of a child."""
    now = timezone.now()
    child = child_at(request, location, reference)
    known = ChildReported.objects.filter(child=child).first()
    form = ChildReportedForm(
        request.POST if request.method == "POST" else None,
        instance=known,
        initial={"school_from": child.school_from},
    )
    if request.method == "POST" and form.is_valid():
        try:
            note_child(principal=request.principal, child=child, now=now, **form.cleaned_data)
        except RefusedError as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            messages.success(request, _("Kept."))
            return redirect("taxes:months", location.slug)
    note_payers(request, location, (), of="report", children=[child])
    context = {
        "base": "web/desk_base.html",
        "place_name": location.name,
        "form": form,
        "heading": str(child),
        "lead": _(
            "The report for the childcare supplement asks this of each child. The sex is used for nothing else."
        ),
        "submit_label": _("Keep"),
        "back_url": reverse("taxes:months", args=[location.slug]),
    }
    return render(request, "web/form_page.html", context, status=422 if form.errors else 200)


def asked_month(text: str, now: datetime) -> date:
    """The first day of the month that was asked (2026-03), by default of the last one that is over."""
    last = add_months(first_of_month(localtime(now).date()), -1)
    year, _dash, number = text.partition("-")
    if not (
        len(year) == 4 and year.isdecimal() and year.isascii() and number.isdecimal() and number.isascii()
    ):
        return last
    if not (1 <= int(number) <= 12 and int(year) >= 2000):
        return last
    return min(date(int(year), int(number), 1), add_months(last, 1))


def _months(books: Books, month: date) -> list[LocationMonth]:
    locations = list(Location.objects.filter(organiser=books.organiser_id).order_by("name_key", "pk"))
    return months_of(books, locations, month, responsible=books.name)


def _kinds(told: LocationMonth) -> list[FileKind]:
    return [
        *([FileKind.INCOME_MONTH] if told.has_income else []),
        *([FileKind.FREE_MONTH] if told.has_free else []),
    ]


def _files(books: Books, month: date) -> dict[tuple[int | None, str], AuthorityFile]:
    """The newest file of each location and kind."""
    found = AuthorityFile.objects.filter(books=books, period=month).exclude(kind=FileKind.BELCOTAX)
    return {(each.location_id, each.kind): each for each in found.order_by("made_at", "pk")}


def _report(told: LocationMonth, kind: FileKind, file: AuthorityFile | None) -> dict[str, Any]:
    data, faults, rows = month_file(told, kind)
    children = told.without_code if kind == FileKind.INCOME_MONTH else told.without_sex
    return {
        "location": told.location,
        "kind": str(kind),
        "label": kind.label,
        "rows": rows,
        "faults": faults[:SHOWN_FAULTS],
        "without_code": [str(each) for each in children] if kind == FileKind.INCOME_MONTH else [],
        "without_sex": _links(told.location, children) if kind == FileKind.FREE_MONTH else [],
        "file": file,
        "is_changed": file is not None and file.digest != digest_of(data),
    }


def _links(location: Location, children: Any) -> list[tuple[str, str]]:
    """The children with the address at which their sex is noted; a guest of another location has none."""
    keys = [child.pk for child in children]
    days = UnplacedCare.objects.filter(location=location, child__in=keys)
    places = Placement.objects.filter(group__location=location, child__in=keys)
    known = {each.child_id: each.reference for rows in (days, places) for each in rows}
    return [
        (
            str(child),
            reverse("taxes:reported", args=[location.slug, known[child.pk]]) if child.pk in known else "",
        )
        for child in children
    ]


def child_at(request: Any, location: Location, reference: str) -> Child:
    """Whose place, or places of one day, it is at a location; another's isn't found."""
    places = Placement.objects.filter(group__location=location, reference=reference)
    days = UnplacedCare.objects.filter(location=location, reference=reference)
    keys = [*places.values_list("child_id", flat=True), *days.values_list("child_id", flat=True)]
    found = Child.objects.select_related("household").filter(pk__in=keys).first()
    if found is None:
        raise refusal(request.principal)
    return found
