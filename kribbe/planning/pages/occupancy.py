"""How full a location is: planned beside come, against places by licence and with staff."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.planning.pages.day import asked_day
from kribbe.planning.selectors.filling import Filled, Filling, Step, filling_of
from kribbe.planning.selectors.week import WORK_SLOTS
from kribbe.rules.occupancy import Occupancy
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.web.charts import Series, line_chart
from kribbe.web.templatetags.telling import month_name, short_date
from kribbe.web.weeks import slot_name
from kribbe.web.workbooks import KINDS, table_file

DAY = timedelta(days=1)
STEPS = {
    Step.HALF: _("Half-days of a week"),
    Step.WEEK: _("Weeks"),
    Step.MONTH: _("Months of a year"),
    Step.YEAR: _("Years"),
}


@require_safe
@at_location(Action.PLAN_READ)
def occupancy_page(request: Any, location: Location) -> HttpResponse:
    """A table with its chart, as a page, CSV or XLSX."""
    today = localtime(timezone.now()).date()
    asked = request.GET
    step = Step(asked["step"]) if asked.get("step") in set(Step) else Step.WEEK
    day = asked_day(asked.get("on", ""), today)
    group_id = row_key(asked.get("group", "")) or None
    found = filling_of(location, step, day, today=today, group_id=group_id)
    kind = asked.get("download", "")
    if kind in KINDS:
        name = "-".join([location.slug, gettext("occupancy"), f"{found.first}"])
        return table_file(kind, name, [gettext("When"), *heads()], _table(found, step))
    own = {"step": step, "group": group_id or ""}
    context = {
        "place_name": location.name,
        "location": location,
        "steps": [(value, label, value == step) for value, label in STEPS.items()],
        "found": found,
        "on": day,
        "group_id": group_id,
        "heads": heads(),
        "rows": [(_name(row, step), _cells(row.occupancy)) for row in _shown(found.rows)],
        "groups": [(name, _cells(occupancy)) for _key, name, occupancy in found.groups],
        "total": _cells(found.total),
        "is_bare": bool(found.total.no_staff_half_days),
        "chart": _chart(found, step),
        "before": urlencode({**own, "on": found.first - DAY}),
        "after": urlencode({**own, "on": found.last + DAY}),
        "files": [(kind.upper(), urlencode({**own, "on": day, "download": kind})) for kind in KINDS],
    }
    return render(request, "planning/occupancy.html", context)


def heads() -> list[str]:
    """What the columns hold."""
    return [
        gettext("Half-days open"),
        gettext("Planned"),
        gettext("Children who came"),
        gettext("Places by licence"),
        gettext("Places with staff"),
        gettext("Planned of licence"),
        gettext("Planned of staff"),
        gettext("Came of planned"),
        gettext("Open without staff"),
        gettext("Planned without staff"),
    ]


def _shown(rows: Sequence[Filled]) -> list[Filled]:
    """Without half-days of a weekend on which nothing is open and nobody is planned."""
    return [row for row in rows if row.slot is None or row.slot < WORK_SLOTS or row.occupancy.half_days]


def _name(row: Filled, step: Step) -> str:
    match step:
        case Step.HALF:
            return f"{slot_name(row.slot or 0)} {short_date(row.first)}"
        case Step.WEEK:
            return gettext("Week %(number)s, from %(day)s") % {
                "number": row.first.isocalendar().week,
                "day": short_date(row.first),
            }
        case Step.MONTH:
            return month_name(row.first)
    return str(row.first.year)


def _values(found: Occupancy) -> list[Any]:
    """In the order of the heads; None where there is nothing to tell or to share by."""
    is_over = found.planned_of_realised or found.realised
    shares = [
        None if each is None else float(each) for each in (found.of_licensed, found.of_staffed, found.came)
    ]
    return [
        found.half_days,
        found.planned,
        found.realised if is_over else None,
        found.licensed,
        found.staffed,
        *shares,
        found.no_staff_half_days,
        found.no_staff_planned,
    ]


def _cells(found: Occupancy) -> list[tuple[str, Any, bool]]:
    """Head, value, and whether it is a share."""
    return [
        (head, value, 5 <= place <= 7)
        for place, (head, value) in enumerate(zip(heads(), _values(found), strict=True))
    ]


def _table(found: Filling, step: Step) -> list[list[Any]]:
    rows = [[_name(row, step), *_rounded(row.occupancy)] for row in found.rows]
    return [*rows, [gettext("Together"), *_rounded(found.total)]]


def _rounded(found: Occupancy) -> list[Any]:
    return [round(each, 4) if isinstance(each, float) else each for each in _values(found)]


def _chart(found: Filling, step: Step) -> SafeString | str:
    """Children planned and come beside the places with staff, by half-day; nothing where nobody is planned."""
    rows = _shown(found.rows)
    if len(rows) < 2 or not found.total.planned:
        return ""
    came = [row.occupancy.realised if row.occupancy.planned_of_realised else None for row in rows]
    series = [
        Series(pgettext("line of a chart", "planned"), [row.occupancy.planned for row in rows]),
        Series(pgettext("line of a chart", "came"), came),
        Series(pgettext("line of a chart", "places with staff"), [row.occupancy.staffed for row in rows]),
    ]
    label = gettext("Child half-days planned and come, and places with staff, from %(first)s to %(last)s") % {
        "first": short_date(found.first),
        "last": short_date(found.last),
    }
    return line_chart([_tick(row, step) for row in rows], series, label)


def _tick(row: Filled, step: Step) -> str:
    formats = {Step.HALF: "%d/%m", Step.WEEK: "%d/%m", Step.MONTH: "%m-%Y", Step.YEAR: "%Y"}
    return f"{row.first:{formats[step]}}"
