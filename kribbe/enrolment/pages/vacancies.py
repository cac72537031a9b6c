"""Places that came free: the desk's page for everybody, and the answer to a mailed one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.models import CareRequest, LastMinute, RequestState, Vacancy, VacancyInterest
from kribbe.enrolment.selectors.vacancies import is_on_offer, last_minutes, lists_of, vacancies_of
from kribbe.enrolment.services.vacancy_answer import add_location, tell_interest, waiting_at
from kribbe.enrolment.services.weekly_list import read_token
from kribbe.places.selectors.closed import Calendars, calendar_of_group, calendars_of
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.region.models import Desk
from kribbe.rules.closing import Calendar, Closing
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import Principal

GONE = 410
SHOWN = 60


@require_safe
def vacancies_page(request: DeskRequest, desk: str) -> HttpResponse:
    """This week's list (an earlier one with `week`), the desk's own places first, and last-minute places."""
    today = timezone.localdate()
    lists = lists_of(request.desk.region)
    asked = request.GET.get("week", "")
    made = next((one for one in lists if f"{one.day}" == asked), lists[0] if lists else None)
    rows = vacancies_of(made, request.desk, today=today) if made else []
    soon = last_minutes(request.desk, today=today)
    groups = [*(each.group for each in rows), *(each.group for each in soon)]
    calendars = calendars_of({each.location_id for each in groups}, today, None)
    own, others = _rows(rows, calendars, today, desk=request.desk)
    context = {
        "lists": lists,
        "made": made,
        "here": own[:SHOWN],
        "more_here": max(0, len(own) - SHOWN),
        "near": others[:SHOWN],
        "more_near": max(0, len(others) - SHOWN),
        "last_minutes": [(each, _closed_within(each, calendars)) for each in soon],
    }
    return render(request, "enrolment/vacancies.html", context)


def _rows(
    found: Iterable[Vacancy], calendars: Calendars, today: date, *, desk: Desk
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The desk's own places, and the neighbours'."""
    own: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for each in found:
        into = own if each.group.location.desk_id == desk.pk else others
        into.append(_row(each, calendars.of(each.group), today))
    return own, others


def _closed_within(place: LastMinute, calendars: Calendars) -> list[Closing]:
    calendar = calendars.of(place.group)
    return calendar.stretches(WeekPattern(place.pattern), place.first, place.last)


def _row(each: Vacancy, calendar: Calendar, today: date) -> dict[str, Any]:
    location = each.group.location
    return {
        "location": location,
        "group": each.group,
        "month": each.month,
        "until": each.until,
        "pattern": each.pattern,
        "shut": calendar.late_start(WeekPattern(each.pattern), max(each.month, today)),
    }


@never_cache
@require_http_methods(["GET", "POST"])
def vacancy_page(request: Any, token: str) -> HttpResponse:
    """One place of a mailed list: add its location, or tell that you are interested. A look changes nothing."""
    found = _found(token)
    if found is None:
        return render(request, "enrolment/vacancy_gone.html", status=GONE)
    asked, vacancy = found
    use_desk(request, asked.desk)
    location = vacancy.group.location
    is_wish = location.pk in waiting_at(asked.pk)
    if request.method == "POST":
        by = request.principal if not request.principal.is_visitor else Principal(name=_("Link in a mail"))
        work = tell_interest if is_wish else add_location
        try:
            work(principal=by, request_id=asked.pk, vacancy_id=vacancy.pk, now=timezone.now())
        except RefusedError as refused:
            messages.error(request, str(refused.message))
        return redirect("enrolment:vacancy", token)
    today = timezone.localdate()
    context = {
        "asked": asked,
        "child": asked.child,
        "location": location,
        "row": _row(vacancy, calendar_of_group(vacancy.group, today), today),
        "is_wish": is_wish,
        "is_told": VacancyInterest.objects.filter(request=asked, vacancy=vacancy).exists(),
        "is_gone": not is_on_offer(vacancy, today=today),
        "token": token,
    }
    return render(request, "enrolment/vacancy.html", context)


def _found(token: str) -> tuple[CareRequest, Vacancy] | None:
    keys = read_token(token)
    if keys is None:
        return None
    asked = (
        CareRequest.objects.select_related("child", "desk")
        .filter(pk=keys[0], state=RequestState.OPEN)
        .first()
    )
    vacancy = (
        Vacancy.objects.select_related("group__location__desk", "group__availability")
        .filter(pk=keys[1])
        .first()
    )
    return (asked, vacancy) if asked and vacancy else None
