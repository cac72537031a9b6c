"""The register of a month: by child, as the law asks to keep it, on screen, as CSV and as PDF."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kribbe.attendance import words
from kribbe.attendance.attendee import Attendee, households
from kribbe.attendance.selectors.months import ChildMonth, DayLine, Month, months_at, stay_words
from kribbe.attendance.selectors.typed import TypedDay, unmatched_in
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.region.branding import brand_of
from kribbe.trust.audit import note_list
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of
from kribbe.web.documents import pdf
from kribbe.web.tables import csv_file
from kribbe.web.templatetags.telling import long_date, month_name, short_date

DAY = timedelta(days=1)


@require_safe
@at_location(Action.REGISTER_READ)
def month_page(request: Any, location: Location) -> HttpResponse:
    """Every child's days and hours in a month, and what its family signed for."""
    month, found = _read(request, location)
    today = localtime(timezone.now()).date()
    context = {
        "place_name": location.name,
        "location": location,
        "month": month,
        "before": Month.of(month.first - DAY),
        "after": Month.of(month.last + DAY) if month.last < today else None,
        "rows": [_row(each) for each in found],
        "waits": sum(each.waits for each in found),
        "typed": [_typed_row(each) for each in _typed(location, month)],
    }
    return render(request, "attendance/month.html", context)


@require_safe
@at_location(Action.REGISTER_READ)
def month_csv(request: Any, location: Location) -> HttpResponse:
    """The register of a month as a table: one row for each stay, and for each absence."""
    month, found = _read(request, location)
    heads = [
        _("Group"), _("Child"), _("Born"), _("Day"), _("In"), _("Out"), _("Minutes"), _("Absence"),
        _("Remark"), _("Reason of the correction"), _("Confirmed by"), _("Confirmed on"),
    ]  # fmt: skip
    rows = [row for each in found for line in each.days for row in _csv_rows(each, line)]
    rows += [row for each in _typed(location, month) for row in _typed_csv(each)]
    return csv_file(f"{location.slug}-{_('register')}-{month}", heads, rows)


@require_safe
@at_location(Action.REGISTER_READ)
def month_pdf(request: Any, location: Location) -> HttpResponse:
    """The register of a month as a document, to keep or to show an inspector."""
    month, found = _read(request, location)
    data = {
        "lead": _("%(name)s, %(street)s, %(postcode)s %(city)s. Licence number: %(licence)s. Times as tapped on "
                  "arrival and departure, or as corrected with the reason.") % {
            "name": location.name, "street": location.street, "postcode": location.postcode,
            "city": location.city, "licence": location.licence_number or "–",
        },
        "tables": [*(_table(each) for each in found if each.days), *_typed_tables(_typed(location, month))],
    }  # fmt: skip
    made = pdf(
        "web/report",
        data,
        title=_("Register of attendance, %(month)s") % {"month": month_name(month.first)},
        brand=brand_of(location.desk),
        language=request.LANGUAGE_CODE,
    )
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{location.slug}-{month}.pdf"'
    return answer


def asked_month(text: str, today: date) -> Month:
    """The month of an address (2026-11), or the one of today."""
    found = day_of(f"{text}-01")
    return Month.of(found if found is not None and found <= today else today)


def day_row(line: DayLine) -> dict[str, Any]:
    """A day of the register in words."""
    state, tone = words.line_state(line)
    return {
        "day": line.day,
        "told": ", ".join(line.told),
        "span": words.span(line.minutes) if line.minutes else "",
        "absent": words.absent(line),
        "reason": line.correction.reason if line.correction else "",
        "state": state,
        "tone": tone,
        "notes": line.notes,
        "disputes": line.disputes,
        "is_asked": line.is_asked,
    }


def _read(request: Any, location: Location) -> tuple[Month, Sequence[ChildMonth]]:
    """The month asked for; whose names are shown is written down."""
    now = timezone.now()
    month = asked_month(request.GET.get("month", ""), localtime(now).date())
    found = months_at(location, month)
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=households(each.child for each in found),
        now=now,
        of="register",
        month=f"{month}",
    )
    return month, found


def _row(each: ChildMonth) -> dict[str, Any]:
    present = [line for line in each.days if line.stays]
    return {
        "name": each.child.name,
        "reference": each.child.reference,
        "group": each.child.group.name,
        "is_direct": each.child.placement is None,
        "days": len(present),
        "span": words.span(each.minutes),
        "absent": sum(line.absence is not None for line in each.days),
        "waits": each.waits,
        "lines": [day_row(line) for line in each.days],
        "is_asked": any(line.is_asked for line in each.days),
    }


def _typed(location: Location, month: Month) -> list[TypedDay]:
    return unmatched_in(location, month.first, month.last, now=timezone.now())


def _typed_row(each: TypedDay) -> dict[str, Any]:
    return {
        "day": each.child.day,
        "name": each.child.name,
        "group": each.child.group.name,
        "told": ", ".join(map(stay_words, each.stays)),
        "span": words.span(each.minutes) if each.minutes else "",
        "state": words.typed_state(each.child),
        "tone": "warn" if each.child.is_open else "",
        "reason": each.child.reason,
    }


def _signed(line: DayLine) -> tuple[str, str]:
    if line.signed is None or not line.is_signed:
        return "", ""
    return line.signed.name, f"{localtime(line.signed.made_at).date()}"


def _csv_rows(each: ChildMonth, line: DayLine) -> list[list[object]]:
    child = each.child
    start = [child.group.name, child.name, _born(child), f"{line.day}"]
    state, _tone = words.line_state(line)
    end = [words.absent(line), state, line.correction.reason if line.correction else "", *_signed(line)]
    return [[*start, *stay, *end] for stay in _stays(line)]


def _typed_csv(each: TypedDay) -> list[list[object]]:
    child = each.child
    start = [child.group.name, child.name, "", f"{child.day}"]
    end = ["", words.typed_state(child), child.reason, "", ""]
    return [[*start, *stay, *end] for stay in _stays(each)]


def _stays(line: DayLine | TypedDay) -> list[list[str]]:
    """From, until and, with the first one, the minutes of all."""
    stays = [
        [f"{localtime(stay.start):%H:%M}", f"{localtime(stay.end):%H:%M}" if stay.end else "", ""]
        for stay in line.stays
    ]
    if stays:
        stays[0][2] = str(line.minutes)
    return stays or [["", "", ""]]


def _table(each: ChildMonth) -> dict[str, Any]:
    child = each.child
    rows = [
        [
            short_date(line.day),
            ", ".join(line.told) or words.absent(line) or "–",
            words.span(line.minutes) if line.minutes else "",
            line.correction.reason if line.correction else words.line_state(line)[0],
            _by(line),
        ]
        for line in each.days
    ]
    return {
        "heading": f"{child.name} ({_born_words(child)}), {child.group.name}",
        "columns": [_("Day"), _("There"), _("Time"), _("Remark"), _("Confirmed")],
        "rows": [*rows, [_("Together"), "", words.span(each.minutes), "", ""]],
        "numbers": [2],
    }


def _typed_tables(found: Sequence[TypedDay]) -> list[dict[str, Any]]:
    rows = [_typed_row(each) for each in found]
    if not rows:
        return []
    columns = [_("Day"), _("Child"), _("There"), _("Time"), _("Remark")]
    lines = [
        [short_date(row["day"]), row["name"], row["told"] or "–", row["span"], row["reason"] or row["state"]]
        for row in rows
    ]
    return [{"heading": _("Typed names"), "columns": columns, "rows": lines, "numbers": [3]}]


def _born(child: Attendee) -> str:
    """A day; outside the desk only the month is known."""
    return f"{child.birth}" if child.placement else f"{child.birth:%Y-%m}"


def _born_words(child: Attendee) -> str:
    if child.placement:
        return str(long_date(child.birth))
    return _("%(month)s, taken outside the desk") % {"month": month_name(child.birth)}


def _by(line: DayLine) -> str:
    name, day = _signed(line)
    return f"{name}, {short_date(date.fromisoformat(day))}" if name else ""
