"""The clubs of a desk for their staff: requests and places, holiday weeks, what a club says of itself."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.outofschool import words
from kribbe.outofschool.access import at_club, clubs_for
from kribbe.outofschool.forms import PlacesForm, WeekForm
from kribbe.outofschool.forms_office import ClubForm
from kribbe.outofschool.models import Club, ClubYear, HolidayPlace, Registration, RegistrationState, School
from kribbe.outofschool.pages.public import week_row
from kribbe.outofschool.selectors.figures import figures_of
from kribbe.outofschool.selectors.order import line, rules_on
from kribbe.outofschool.selectors.prices import tariff_on
from kribbe.outofschool.selectors.search import current_year
from kribbe.outofschool.services.holidays import set_week
from kribbe.outofschool.services.registering import set_places
from kribbe.outofschool.services.settings import set_club
from kribbe.people.access import refusal
from kribbe.places.models import Organiser
from kribbe.region.http import DeskRequest
from kribbe.region.models import Desk
from kribbe.rules.outofschool import MOMENTS, free_numbers
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Scope
from kribbe.trust.text import whole_number
from kribbe.web.tables import list_file

MOST = 200
at = at_club(Action.CLUB_READ, Action.CLUB_CHANGE)


@require_safe
@never_cache
def clubs(request: DeskRequest, desk: str) -> HttpResponse:
    """The clubs that this reader may open, with their figures."""
    found = clubs_for(request.principal, Action.CLUB_READ).filter(desk=request.desk)
    rows = list(found.order_by("name_key", "pk"))
    is_desk = _over_desk(request)
    if not rows and not is_desk:
        raise refusal(request.principal)
    year = current_year(timezone.localdate())
    context = {
        "rows": figures_of(rows, year=year),
        "year": words.school_year(year),
        "is_desk": is_desk,
    }
    return render(request, "outofschool/clubs.html", context)


@require_safe
@at_desk(Action.CLUB_CHANGE)
def figures(request: DeskRequest) -> HttpResponse:
    """The figures of all clubs of the desk as a table file: counted apart from the care of babies."""
    year = current_year(timezone.localdate())
    rows = figures_of(
        list(Club.objects.filter(desk=request.desk, active=True).order_by("name_key")), year=year
    )
    heads = ["club", "school_year", "moments", "places", "taken", "children", "waiting", "holiday_places"]
    counted = ("moments", "places", "taken", "children", "waiting", "holiday_places")
    return list_file(
        f"{request.desk.slug}-out-of-school-{year}.csv",
        heads,
        ([row.club.name, year, *(getattr(row, name) for name in counted)] for row in rows),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.CLUB_CHANGE)
def new_club(request: DeskRequest) -> HttpResponse:
    """A club that the desk adds."""
    return _club_form(request, request.desk, None)


@require_http_methods(["GET", "HEAD", "POST"])
@at
def club_data(request: Any, club: Club) -> HttpResponse:
    """What a club says of itself, and its schools."""
    return _club_form(request, club.desk, club)


@require_http_methods(["GET", "HEAD", "POST"])
@at
def requests(request: Any, club: Club) -> HttpResponse:
    """Who has a place and who waits, in the published order with its reasons; and the places by moment."""
    now = timezone.now()
    today = localtime(now).date()
    number = whole_number(request.GET.get("year", ""), otherwise=current_year(today))
    year = ClubYear.objects.filter(club=club, year=number).first()
    start = year.places if year else [0] * MOMENTS
    form = PlacesForm(
        request.POST if request.method == "POST" else None,
        initial={f"m{slot}": start[slot] for slot in range(MOMENTS)},
    )
    if request.method == "POST" and form.is_valid():
        set_places(principal=request.principal, club=club, year=number, places=form.places(), now=now)
        messages.success(request, gettext("Saved. What came free is offered to who waits."))
        return redirect(f"{request.path}?year={number}")
    rules = rules_on(club.desk, today)
    rows = _rows(year) if year else []
    standing = {each.id: each for each in line(year, club, rules.criteria, today=today)} if year else {}
    _note(request, club, [each.child.household_id for each in rows], now)
    told = [_row(each, standing) for each in rows]
    context = {
        "club": club,
        "tab": "requests",
        "year": words.school_year(number),
        "years": [
            (each, words.school_year(each), each == number) for each in (number - 1, number, number + 1)
        ],
        "waiting": sorted((row for row in told if row["position"]), key=lambda row: row["position"]),
        "others": [row for row in told if not row["position"]],
        "days": _places_table(form, year),
        "form": form,
        "criteria": [words.CRITERIA[each][0] for each in rules.criteria],
    }
    return render(request, "outofschool/requests.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@at
def holidays(request: Any, club: Club) -> HttpResponse:
    """Holiday weeks with who comes and who waits, and the form of a new or changed one."""
    now = timezone.now()
    changed = club.holiday_weeks.filter(reference=request.GET.get("change", "")).first()
    form = WeekForm(request.POST if request.method == "POST" else None, week=changed)
    if request.method == "POST" and form.is_valid():
        try:
            set_week(principal=request.principal, club=club, now=now, **form.cleaned_data)
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        else:
            messages.success(request, gettext("Saved."))
            return redirect(request.path)
    weeks = list(club.holiday_weeks.filter(last__gte=localtime(now).date()).order_by("first"))
    places = HolidayPlace.objects.filter(week__in=weeks).exclude(state="cancelled").select_related("child")
    by_week: dict[int, list[HolidayPlace]] = {}
    for place in places.order_by("pk"):
        by_week.setdefault(place.week_id, []).append(place)
    _note(request, club, [each.child.household_id for rows in by_week.values() for each in rows], now)
    context = {
        "club": club,
        "tab": "holidays",
        "form": form,
        "changed": changed,
        "weeks": [
            {
                **week_row(week, now),
                "taken": [each for each in by_week.get(week.pk, ()) if each.state == "taken"],
                "waiting": [each for each in by_week.get(week.pk, ()) if each.state == "waiting"],
            }
            for week in weeks
        ],
    }
    return render(request, "outofschool/holidays.html", context, status=422 if form.errors else 200)


def _club_form(request: Any, desk: Desk, club: Club | None) -> HttpResponse:
    schools = School.objects.filter(active=True, municipality__region=desk.region_id).order_by(
        "name_key", "pk"
    )
    form = ClubForm(
        request.POST if request.method == "POST" else None,
        schools=schools,
        organisers=_organisers(desk) if _over_desk(request) else None,
        initial=_initial(club) if club else {"prices_from": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = set_club(
                principal=request.principal,
                desk=desk,
                club=club,
                data=form.data_given(),
                tariff=form.tariff_given(),
                pickups=form.pickups(),
                now=timezone.now(),
            )
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        else:
            messages.success(request, gettext("Saved."))
            return redirect("outofschool:club_data", desk.slug, made.slug)
    context = {"club": club, "tab": "data", "form": form}
    return render(request, "outofschool/club_data.html", context, status=422 if form.errors else 200)


def _initial(club: Club) -> dict[str, Any]:
    pickups = list(club.pickups.all())
    today = timezone.localdate()
    tariff = tariff_on(club.tariffs.all(), today)
    names = (
        "name", "street", "postcode", "city", "phone", "email", "about", "opens_at", "closes_at", "organiser",
    )  # fmt: skip
    prices = ("hour_price", "day_price", "half_day_price", "every_sibling")
    return {
        **{name: getattr(club, name) for name in names},
        **{name: getattr(tariff, name) for name in prices},
        "half_day_hours": tariff.half_day_minutes / 60,
        "sibling_percent": (tariff.sibling_discount * 100).normalize(),
        "social_percent": (tariff.social_discount * 100).normalize(),
        "prices_from": today,
        "from_years": club.from_months / 12,
        "to_years": club.to_months / 12,
        "schools": [each.school_id for each in pickups],
        "how": next((each.how for each in pickups if each.how), ""),
    }


def _organisers(desk: Desk) -> "QuerySet[Organiser]":
    """Those with a location at the desk."""
    return Organiser.objects.filter(locations__desk=desk).distinct().order_by("name_key", "pk")


def _rows(year: ClubYear) -> list[Registration]:
    rows = Registration.objects.filter(
        year=year,
        state__in=[RegistrationState.WAITING, RegistrationState.OFFERED, RegistrationState.GRANTED],
    ).select_related("child__household", "school")
    return list(rows.order_by("child__last_name", "child__first_name", "pk")[:MOST])


def _row(found: Registration, standing: dict[int, Any]) -> dict[str, Any]:
    stands = standing.get(found.pk)
    return {
        "found": found,
        "name": str(found.child),
        "state": found.get_state_display(),
        "tone": {"offered": "primary", "granted": "good"}.get(found.state, "warn"),
        "moments": words.moments(found.pattern),
        "position": stands.position if stands else None,
        "because": words.because(stands.because) if stands else "",
    }


def _places_table(form: PlacesForm, year: ClubYear | None) -> list[dict[str, Any]]:
    free = free_numbers(year.places, year.taken) if year else (0,) * MOMENTS
    taken = year.taken if year else [0] * MOMENTS
    return [
        {"name": words.moment_name(slot), "field": form[f"m{slot}"], "taken": taken[slot], "free": free[slot]}
        for slot in range(MOMENTS)
    ]


def _over_desk(request: DeskRequest) -> bool:
    return request.desk.pk in scope_ids(
        request.principal, Action.CLUB_CHANGE, Scope.DESK
    ) or request.desk.region_id in scope_ids(request.principal, Action.CLUB_CHANGE, Scope.REGION)


def _note(request: Any, club: Club, households: list[int], now: Any) -> None:
    note_list(
        principal=request.principal,
        action="list.read",
        subject=club,
        desk_id=club.desk_id,
        households=households,
        now=now,
        of="club",
    )
