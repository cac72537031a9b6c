"""Out-of-school care for everybody: search by school or address, and the page of a club."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from kribbe.outofschool import words
from kribbe.outofschool.forms import SearchForm
from kribbe.outofschool.models import Club, HolidayWeek
from kribbe.outofschool.selectors.order import Rules, rules_on
from kribbe.outofschool.selectors.prices import tariff_on, with_prices
from kribbe.outofschool.selectors.search import Found, current_year, find, one, schools_of
from kribbe.people.access import household_for
from kribbe.places.addresses import locate
from kribbe.planning.words import HOLIDAYS
from kribbe.region.http import DeskRequest
from kribbe.rules.outofschool import MOMENTS
from kribbe.rules.packs import load_pack
from kribbe.rules.school import PACK, Community, holidays_between, year_bounds
from kribbe.trust.permissions import Action
from kribbe.web.weeks import DAY_NAMES

CHOSEN = ("school", "moments")
"""What of a search goes along to the short request."""

FEW = 3
"""Up to so many free places are told as few."""


@require_safe
def search(request: DeskRequest, desk: str) -> HttpResponse:
    """Clubs that fetch from a school or lie near an address, those with the moments free first."""
    now = timezone.now()
    form = SearchForm(request.GET or None, schools=schools_of(request.desk))
    school = point = None
    pattern, is_lost = 0, False
    if form.is_valid():
        school, pattern = form.cleaned_data["school"], form.cleaned_data["moments"]
        if address := form.cleaned_data["address"]:
            place = locate(address)
            point = (place.longitude, place.latitude) if place else None
            is_lost = point is None
    year = current_year(localtime(now).date())
    found = find(request.desk, school=school, point=point, pattern=pattern, year=year, now=now)
    context = {
        **_on_the_way(request),
        "form": form,
        "results": [_result(each) for each in found],
        "is_asked": bool(pattern),
        "is_lost": is_lost,
        "year": words.school_year(year),
        "weeks": [week_row(week, now) for week in _coming(found)],
    }
    return render(request, "outofschool/search.html", context, status=422 if form.errors else 200)


@require_safe
def club_page(request: DeskRequest, desk: str, club: str) -> HttpResponse:
    """One club: moments with free places, schools, prices, the order, and its holiday weeks."""
    now = timezone.now()
    today = localtime(now).date()
    clubs = Club.objects.filter(desk=request.desk, slug=club, active=True)
    here = with_prices(clubs.select_related("desk", "organiser"), today).first()
    if here is None:
        raise Http404
    year = current_year(today)
    found = one(here, year=year, now=now)
    context = {
        **_on_the_way(request),
        "club": here,
        "tariff": tariff_on(here.tariffs.all(), today),
        "found": found,
        "ages": words.ages(here),
        "year": words.school_year(year),
        "days": moment_table(found),
        "pickups": here.pickups.filter(school__active=True)
        .select_related("school")
        .order_by("school__name_key"),
        "rules": order_told(rules_on(here.desk, today)),
        "weeks": [week_row(week, now) for week in found.weeks],
        "holidays": _holidays(here, year),
    }
    return render(request, "outofschool/club.html", context)


def _on_the_way(request: DeskRequest) -> dict[str, Any]:
    """What goes along to the next page: the school and the moments chosen, and the family for whom somebody asks."""
    reference = request.GET.get("household", "")
    family = None
    if reference:
        family = household_for(request.principal, Action.REQUEST_MAKE, reference, now=timezone.now())
    chosen = {name: request.GET.getlist(name) for name in CHOSEN}
    carried = chosen | ({"household": [reference]} if family else {})
    return {
        "family": family,
        "applicant": family and family.adults.filter(is_applicant=True).first(),
        "chosen": urlencode(chosen, doseq=True),
        "carried": urlencode(carried, doseq=True),
    }


def moment_table(found: Found) -> list[dict[str, Any]]:
    """Free places before and after school, by day; None where the club is closed."""
    places = found.year.places if found.year else [0] * MOMENTS
    cells = [_cell(places[slot], found.free[slot]) for slot in range(MOMENTS)]
    return [
        {"day": DAY_NAMES[day], "before": cells[2 * day], "after": cells[2 * day + 1]}
        for day in range(MOMENTS // 2)
    ]


def order_told(rules: Rules) -> dict[str, Any]:
    """The desk's order for people."""
    return {
        "criteria": [words.CRITERIA[each] for each in rules.criteria],
        "answer_days": rules.answer_days,
        "why": rules.why,
        "is_own": rules.is_own,
        "step": rules.charge.step,
        "rounding": words.ROUNDINGS[rules.charge.rounding],
        "least": rules.charge.least,
        "cancel_days": rules.cancel_days,
        "unused_percent": rules.unused_percent,
    }


def week_row(week: HolidayWeek, now: Any) -> dict[str, Any]:
    """A holiday week as a page tells it. How long it still takes is a text, so that no script is needed."""
    left = week.opens_at - now
    minutes = max(0, -(-int(left.total_seconds()) // 60))
    return {
        "week": week,
        "club": week.club,
        "is_open": week.opens_at <= now < week.closes_at,
        "is_early": now < week.opens_at,
        "days": minutes // (24 * 60),
        "hours": minutes // 60 % 24,
        "minutes": minutes % 60,
        "is_few": 0 < week.free <= FEW,
    }


def _cell(places: int, free: int) -> dict[str, Any] | None:
    return {"free": free, "places": places, "is_few": 0 < free <= FEW} if places else None


def _result(found: Found) -> dict[str, Any]:
    return {"found": found, "ages": words.ages(found.club), "days": moment_table(found)}


def _coming(found: list[Found]) -> list[HolidayWeek]:
    weeks = [week for each in found for week in each.weeks]
    for each in found:
        for week in each.weeks:
            week.club = each.club
    return sorted(weeks, key=lambda week: (week.opens_at, week.first, week.pk))[:6]


def _holidays(club: Club, year: int) -> list[dict[str, Any]]:
    """The school holidays of the year, by the calendar that the club's schools keep."""
    kept = set(club.pickups.values_list("school__community", flat=True)) or {Community.DUTCH.value}
    first, last = year_bounds(year)
    pack = load_pack(PACK)
    return [
        {
            "community": community,
            "rows": [
                (HOLIDAYS[each.name], each.first, each.last)
                for each in holidays_between(pack, Community(community), first, last)
            ],
        }
        for community in sorted(kept, reverse=True)
    ]
