"""The figures of a year that the authority asks: on the page, as a spreadsheet and as a document."""

from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.billing.access import may_bill, note_payers, with_books
from kribbe.billing.models import Books
from kribbe.places.models import Location
from kribbe.region.branding import brand_of
from kribbe.taxes.forms import GroundsForm
from kribbe.taxes.models import GroundsReported
from kribbe.taxes.pages.mine import file_answer
from kribbe.taxes.pages.months import child_at
from kribbe.taxes.pages.year import asked_year
from kribbe.taxes.selectors.report import LocationYear, year_of
from kribbe.taxes.selectors.year import years_of
from kribbe.taxes.services.reported import note_grounds
from kribbe.trust.permissions import Action
from kribbe.web.documents import pdf
from kribbe.web.tables import csv_file
from kribbe.web.templatetags.telling import number, percent, short_date

DETAILS = (
    "work", "single", "low_income", "foster", "disability", "self_care", "social", "no_diploma", "care_need",
)  # fmt: skip


@require_safe
@with_books(Action.BILLING_READ)
def report_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """Occupancy, children and staff of each location in a calendar year; `as=csv` or `as=pdf` takes it along."""
    now = timezone.now()
    context: dict[str, Any] = {"place_name": location.name, "location": location, "books": books}
    context["may_change"] = may_bill(request.principal, Action.BILLING_CHANGE, location)
    if books is None:
        return render(request, "taxes/report.html", context)
    year = asked_year(request, books, now)
    today = localtime(now).date()
    locations = list(Location.objects.filter(organiser=books.organiser_id).order_by("name_key", "pk"))
    found = year_of(locations, year, today=today)
    title = _("Figures of %(year)d for the authority") % {"year": year}
    if request.GET.get("as") == "csv":
        return csv_file(f"figures-{year}", [label for label, _text in told(found[0])] if found else [], (
            [text for _label, text in told(each)] for each in found
        ))  # fmt: skip
    if request.GET.get("as") == "pdf":
        return file_answer(_document(books, found, title, location), f"figures-{year}.pdf")
    context |= {
        "year": year,
        "years": years_of(books, today),
        "title": title,
        "is_over": year < today.year,
        "reports": [
            {"name": each.location.name, "rows": told(each)[2:], "unnoted": _unnoted(each)} for each in found
        ],
    }
    unnoted = [place.child for each in found for place in each.unnoted]
    note_payers(request, location, (), of="year_report", children=unnoted)
    return render(request, "taxes/report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_books(Action.BILLING_CHANGE)
def grounds_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """On which of the three grounds that the form asks apart a family needs care."""
    child = child_at(request, location, reference)
    known = GroundsReported.objects.filter(household=child.household_id).first()
    form = GroundsForm(
        request.POST if request.method == "POST" else None,
        initial={"grounds": known.grounds if known else []},
    )
    if request.method == "POST" and form.is_valid():
        note_grounds(
            principal=request.principal,
            household=child.household,
            grounds=form.cleaned_data["grounds"],
            now=timezone.now(),
        )
        messages.success(request, _("Kept."))
        return redirect("taxes:report", location.slug)
    note_payers(request, location, (), of="report", children=[child])
    context = {
        "base": "web/desk_base.html",
        "place_name": location.name,
        "form": form,
        "heading": _("Need of care in the family of %(name)s") % {"name": child},
        "lead": _("The yearly form asks these three apart. Ask the family; it is used for nothing else."),
        "submit_label": _("Keep"),
        "back_url": reverse("taxes:report", args=[location.slug]),
    }
    return render(request, "web/form_page.html", context, status=422 if form.errors else 200)


def _unnoted(found: LocationYear) -> list[tuple[str, str]]:
    """The children of whom it isn't noted which ground holds, with the address at which it is."""
    return [
        (str(each.child), reverse("taxes:grounds", args=[found.location.slug, each.reference]))
        for each in found.unnoted
    ]


def told(found: LocationYear) -> list[tuple[str, str]]:
    """Every figure of a location with its name, in the order of the authority's forms."""
    details = {
        "work": _("Care for work, training or finding work"),
        "single": _("Single parents"),
        "low_income": _("Low income"),
        "foster": _("Foster children"),
        "disability": _("A family member with a disability"),
        "self_care": _("A family member with less self-care"),
        "social": _("A social or pedagogical reason"),
        "care_need": _("One of the three before, not noted which"),
        "no_diploma": _("No diploma of secondary education"),
    }
    full = found.occupancy
    return [
        (_("Location"), found.location.name),
        (_("Licence number"), found.location.licence_number or "–"),
        (_("Most licensed places"), str(found.licensed)),
        (_("Income price from"), short_date(found.income_first) or "–"),
        (_("Income price until"), short_date(found.income_last) or "–"),
        (_("Plus subsidy"), _("yes") if found.location.plus_subsidy else _("no")),
        (_("Children cared for"), str(found.children)),
        (_("Of priority groups, vulnerable families included"), str(found.priority)),
        (_("Of vulnerable families"), str(found.vulnerable)),
        *((details[name], str(found.grounds[name])) for name in DETAILS),
        (_("Children cared for, for each licensed place"), _ratio(found.child_place_ratio)),
        (_("Half-days open"), str(full.half_days)),
        (_("Child half-days planned"), str(full.planned)),
        (_("Occupancy of the licensed places"), _share(full.of_licensed)),
        (_("Child half-days that took place"), str(full.realised)),
        (_("Carers on the roster"), str(found.carers)),
        (_("Hours of carers on the roster"), number(found.half_hours / 2, 1)),
    ]


def _document(books: Books, found: list[LocationYear], title: str, location: Location) -> bytes:
    return pdf(
        "web/report",
        {
            "lead": _("Made from the books and registers of %(name)s. Children are counted once a year.")
            % {"name": books.name},
            "tables": [
                {
                    "heading": each.location.name,
                    "columns": [_("Figure"), _("How many")],
                    "rows": [list(row) for row in told(each)[1:]],
                    "numbers": [1],
                }
                for each in found
            ],
        },
        title=title,
        brand=brand_of(location.desk),
        language=get_language() or "nl",
    )


def _ratio(value: Fraction | None) -> str:
    return "–" if value is None else number(float(value), 2)


def _share(value: Fraction | None) -> str:
    return "–" if value is None else percent(float(value))
