"""The day compensation of a family carer by month: on screen to check it, as a table to send it."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kribbe.attendance.attendee import households
from kribbe.attendance.pages.month import asked_month
from kribbe.attendance.selectors.compensation import ChildPay, Statement, statement_of
from kribbe.attendance.selectors.months import Month
from kribbe.places.access import at_location
from kribbe.places.models import Kind, Location
from kribbe.trust.audit import note_list
from kribbe.trust.permissions import Action
from kribbe.web.tables import csv_file

DAY = timedelta(days=1)


@require_safe
@at_location(Action.REGISTER_READ)
def compensation_page(request: Any, location: Location) -> HttpResponse:
    """What the register of a month brings a family carer, by child."""
    month = _month(request)
    is_home = location.kind == Kind.FAMILY
    context = {
        "place_name": location.name,
        "location": location,
        "is_home": is_home,
        "month": month,
        "before": Month.of(month.first - DAY),
        "after": Month.of(month.last + DAY) if month.last < localtime(timezone.now()).date() else None,
        "statement": _read(request, location, month) if is_home else None,
    }
    return render(request, "attendance/compensation.html", context)


@require_safe
@at_location(Action.REGISTER_READ)
def compensation_csv(request: Any, location: Location) -> HttpResponse:
    """The same as a table: one row for each child and day, and the sum of each child."""
    month = _month(request)
    heads = [_("Child"), _("Day"), _("Full days"), _("Half days"), _("Amount in euros")]
    is_home = location.kind == Kind.FAMILY
    found = _read(request, location, month).children if is_home else ()
    rows = [row for each in found for row in _rows(each)]
    return csv_file(f"{location.slug}-{_('day-compensation')}-{month}", heads, rows)


def _rows(each: ChildPay) -> list[list[object]]:
    days: list[list[object]] = [
        [each.child.name, f"{day}", int(full), int(not full), ""] for day, full in each.days
    ]
    total: object = each.pay.amount if each.pay else _("unknown")
    return [*days, [each.child.name, _("Together"), each.full_days, each.half_days, total]]


def _month(request: Any) -> Month:
    return asked_month(request.GET.get("month", ""), localtime(timezone.now()).date())


def _read(request: Any, location: Location, month: Month) -> Statement:
    """The statement; whose names are shown is written down."""
    found = statement_of(location, month)
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=households(each.child for each in found.children),
        now=timezone.now(),
        of="compensation",
        month=f"{month}",
    )
    return found
