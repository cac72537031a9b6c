"""A club's day list with pick-up per school, in and out, and the hours of a month."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.attendance.selectors.safety import Safety, safety_of_children
from kribbe.outofschool import words
from kribbe.outofschool.access import at_club, clubs_for
from kribbe.outofschool.forms import TimesForm
from kribbe.outofschool.models import Club, Part, Stay
from kribbe.outofschool.selectors.day import ClubDay, Stop, charged, day_of
from kribbe.outofschool.selectors.order import Rules, rules_on
from kribbe.outofschool.selectors.prices import Priced, priced_month, prices_of
from kribbe.outofschool.services.stays import Which, came, correct, left
from kribbe.planning.words import HOLIDAYS
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.packs import load_pack
from kribbe.rules.school import PACK, Community, DayKind, holiday_on
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of as day_given
from kribbe.trust.text import row_key
from kribbe.web.tables import list_file

DAY = timedelta(days=1)
at = at_club(Action.CLUB_READ, Action.CLUB_CHANGE)


@require_http_methods(["GET", "HEAD", "POST"])
@at
def day_page(request: Any, club: Club) -> HttpResponse:
    """Who is expected on a day, by school; who came and left is noted here."""
    now = timezone.now()
    today = localtime(now).date()
    on = day_given((request.POST or request.GET).get("on", "")) or today
    if request.method == "POST":
        return _noted(request, club, on, now)
    rules = rules_on(club.desk, on)
    found = day_of(club, on, rules.charge)
    rows = [row for stop in found.stops for row in stop.children]
    is_shown = on >= today and _may(request, club, Action.CHILD_FILE_READ)
    files = safety_of_children([row.child for row in rows]) if is_shown else {}
    _note_look(request, club, {row.child.household_id for row in rows}, now, files=is_shown)
    context = {
        "club": club,
        "tab": "day",
        "on": on,
        "is_today": on == today,
        "is_future": on > today,
        "before": on - DAY,
        "after": on + DAY,
        "stops": [_stop(each, files) for each in found.stops],
        "schools": _days_told(found, on),
        "expected": len(rows),
        "there": sum(bool(row.stay and row.stay.left_at is None) for row in rows),
        "may_change": _may(request, club, Action.CLUB_CHANGE),
    }
    return render(request, "outofschool/day.html", context)


@require_safe
@at
def hours(request: Any, club: Club) -> HttpResponse:
    """The hours of a month by child, as charged; also as a table file."""
    now = timezone.now()
    asked = day_given(f"{request.GET.get('month', '')}-01")
    month = first_of_month(asked or localtime(now).date())
    rules = rules_on(club.desk, month)
    stays = list(
        Stay.objects.filter(club=club, day__gte=month, day__lt=add_months(month, 1))
        .select_related("child")
        .order_by("child__last_name", "child__first_name", "child_id", "day", "came_at")
    )
    priced = priced_month(Club.objects.filter(pk=club.pk), month)
    households = {each.child.household_id for each in stays} | {each.child.household_id for each in priced}
    _note_look(request, club, households, now)
    if request.GET.get("as") == "csv":
        return _table(club, stays, rules, month, priced)
    rows = list(_by_child(stays, rules, priced))
    context = {
        "club": club,
        "tab": "hours",
        "month": month,
        "before": add_months(month, -1),
        "after": add_months(month, 1),
        "rows": rows,
        "minutes": sum(row["minutes"] for row in rows),
        "amount": sum((row["amount"] for row in rows), Decimal(0)),
        "rules": rules,
        "rounding": words.ROUNDINGS[rules.charge.rounding],
    }
    return render(request, "outofschool/hours.html", context)


def _noted(request: Any, club: Club, on: date, now: datetime) -> HttpResponse:
    part, do = request.POST.get("part", ""), request.POST.get("do", "")
    key = row_key(request.POST.get("child", ""))
    back = reverse("outofschool:day", args=[club.desk.slug, club.slug]) + f"?on={on}#c{key}{part}"
    if part not in Part.values:
        return redirect(back)
    which = Which(key, on, Part(part))
    acting = {"principal": request.principal, "club": club, "which": which, "now": now}
    try:
        if do == "came":
            came(**acting)
        elif do == "left":
            left(**acting)
        else:
            _corrected(request, acting)
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect(back)


def _corrected(request: Any, acting: Mapping[str, Any]) -> None:
    form = TimesForm(request.POST)
    if not form.is_valid():
        raise RefusedError(gettext("Give the times as 15:30."))
    correct(**acting, **form.cleaned_data)


def _stop(stop: Stop, files: Mapping[int, Safety]) -> dict[str, Any]:
    """`files` has what must be in sight of each child, where the reader may see it."""
    return {
        "stop": stop,
        "part": stop.part.label,
        "rows": [
            {
                "row": row,
                "name": str(row.child),
                "file": files.get(row.child.pk),
                "is_there": bool(row.stay and row.stay.left_at is None),
                "hours": words.hours(row.minutes) if row.minutes else "",
            }
            for row in stop.children
        ],
    }


def _days_told(found: ClubDay, on: date) -> list[tuple[str, str]]:
    """Schools at which this is no whole day of school, and why."""
    pack = load_pack(PACK)
    told = []
    for each in found.schools:
        if each.kind is DayKind.HALF:
            told.append((each.school.name, gettext("school until noon")))
        elif each.kind is DayKind.HOLIDAY:
            holiday = holiday_on(pack, Community(each.school.community), on)
            told.append((each.school.name, str(HOLIDAYS[holiday.name]) if holiday else ""))
        elif each.kind is DayKind.UNKNOWN:
            told.append((each.school.name, gettext("no school calendar is known for this day yet")))
    return told


def _may(request: Any, club: Club, action: Action) -> bool:
    return clubs_for(request.principal, action).filter(pk=club.pk).exists()


def _note_look(request: Any, club: Club, households: set[int], now: datetime, *, files: bool = False) -> None:
    """Whose children stood on the page, and whether what their files say did."""
    note_list(
        principal=request.principal,
        action="list.read",
        subject=club,
        desk_id=club.desk_id,
        households=households,
        now=now,
        of="club_files" if files else "club",
    )


def _by_child(stays: list[Stay], rules: Rules, priced: Sequence[Priced]) -> Iterator[dict[str, Any]]:
    """What each child's month comes to, as it will be invoiced; also who paid for a place that stayed empty."""
    totals = {each.child.pk: each.result.total for each in priced}
    children = {each.child.pk: each.child for each in priced} | {each.child_id: each.child for each in stays}
    for key, child in sorted(children.items(), key=lambda each: (str(each[1]), each[0])):
        own = [stay for stay in stays if stay.child_id == key]
        minutes = sum(charged(stay, rules.charge) for stay in own)
        yield {
            "child": child,
            "days": len({stay.day for stay in own}),
            "minutes": minutes,
            "hours": words.hours(minutes),
            "amount": totals.get(key, Decimal(0)),
            "open": sum(stay.left_at is None for stay in own),
        }


def _table(
    club: Club, stays: list[Stay], rules: Rules, month: date, priced: Sequence[Priced]
) -> HttpResponse:
    """Stay by stay, and after those the days that are asked though nobody came."""
    prices = prices_of(priced)
    rows = [
        [
            *(stay.day, stay.part, str(stay.child), stay.child.born, f"{stay.came_at:%H:%M}"),
            f"{stay.left_at:%H:%M}" if stay.left_at else "",
            charged(stay, rules.charge),
            prices.get((club.pk, stay.child_id, stay.day, f"club.{stay.part}"), Decimal(0)),
        ]
        for stay in stays
    ]
    rows += [
        [line.on, "unused", str(each.child), each.child.born, "", "", 0, line.amount]
        for each in priced
        for line in each.result.lines
        if line.what == "absence.club"
    ]
    columns = ["day", "part", "child", "born", "came", "left", "charged_minutes", "amount_euro"]
    return list_file(f"{club.slug}-{month:%Y-%m}.csv", columns, rows)
