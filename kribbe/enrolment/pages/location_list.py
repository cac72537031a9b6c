"""The waiting list as its location sees it, now and as it stood on a past day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from kribbe.enrolment.models import PreferenceState
from kribbe.enrolment.pages import location_words as words
from kribbe.enrolment.pages.location_lines import Look, Row, row_of
from kribbe.enrolment.selectors import location as selectors
from kribbe.enrolment.selectors.location import Line, Queue
from kribbe.enrolment.selectors.waiting import Waiting, waiting_list
from kribbe.places.access import at_location
from kribbe.places.models import Group, Location
from kribbe.rules.calendar import add_months, first_of_month, months
from kribbe.rules.priority import PriceKind
from kribbe.trust.audit import record
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal
from kribbe.trust.text import day_of, whole_number
from kribbe.web.components import Chip
from kribbe.web.dates import date_format
from kribbe.web.tables import csv_file
from kribbe.web.templatetags.telling import short_date
from kribbe.web.weeks import days_shown

PAGE = 50
MONTHS_AHEAD = 24


@require_GET
@at_location(Action.LIST_READ)
def waiting_list_page(request: Any, location: Location) -> HttpResponse:
    """The published order, judged for the chosen group and month; `at` replays a past day.

    Where no month is chosen and nobody can begin in this one, everyone is shown.
    """
    now = timezone.now()
    day = day_of(request.GET.get("at", ""))
    if day is not None and day < localtime(now).date():
        return _replay(request, location, day, now)
    look = _look(request.GET, selectors.active_groups(location), localtime(now).date())
    queue = selectors.queue(location, group=look.group, month=look.month, now=now)
    if not (queue.in_month or "month" in request.GET):
        look = replace(look, everyone=True)
    chosen = _chosen(queue, look)
    if request.GET.get("format") == "csv":
        _note_look(request.principal, location, [line.waiting for line in chosen], now, export=True)
        return _csv(location, chosen)
    shown = [line for line in chosen if line.waiting.position > look.after][:PAGE]
    _note_look(request.principal, location, [line.waiting for line in shown], now)
    context = _context(location, queue, look, chosen, shown, now)
    return render(request, "enrolment/location/waiting_list.html", context)


@require_GET
@at_location(Action.LIST_READ)
def waiting_child_page(request: Any, location: Location, preference_id: int) -> HttpResponse:
    """One who waits: what is asked, where it stands and why, and what the location can do."""
    now = timezone.now()
    wish = selectors.wish_at(location, preference_id)
    if wish is None:
        raise Http404
    groups = selectors.active_groups(location)
    look = _look(request.GET, groups, localtime(now).date())
    queue = selectors.queue(location, group=look.group, month=look.month, now=now)
    line = next((each for each in queue.lines if each.waiting.preference_id == wish.pk), None)
    record(
        principal=request.principal,
        action="request.read",
        subject=wish.request,
        now=now,
        household_id=wish.request.household_id,
        desk_id=location.desk_id,
    )
    row = row_of(location, queue, line, look) if line else None
    context = {
        "place_name": location.name,
        "location": location,
        "wish": wish,
        "request_row": wish.request,
        "name": words.short_name(wish.request.child.first_name, wish.request.child.last_name),
        "line": line,
        "row": row,
        "total": len(queue.lines),
        "group": look.group,
        "start": line.start if line else None,
        "shows_rank": queue.policy.ranking_shown,
        "offers": [
            (offer, offer.get_state_display())
            for offer in wish.offers.select_related("group").order_by("-made_at")
        ],
        "is_waiting": wish.state == PreferenceState.WAITING,
        "back_url": reverse("enrolment:waiting_list", args=[location.slug]) + look.query(),
    }
    return render(request, "enrolment/location/waiting_child.html", context)


def _replay(request: Any, location: Location, day: date, now: datetime) -> HttpResponse:
    as_of = datetime.combine(day, time.max, tzinfo=get_current_timezone())
    groups = selectors.active_groups(location)
    group = _group(request.GET.get("group", ""), groups)
    price = PriceKind(group.price_kind) if group else None
    found = waiting_list(location.pk, now=now, as_of=as_of, price=price)
    after = whole_number(request.GET.get("after", ""))
    shown = [line for line in found if line.position > after][:PAGE]
    _note_look(request.principal, location, shown, now, at=f"{day}")
    query = {"at": f"{day}", "group": group.pk if group else ""}
    rows = [
        {
            "id": line.preference_id,
            "number": line.position,
            "name": words.name_of(line),
            "start": short_date(line.wanted_start),
            "since": short_date(localtime(line.registered_at).date()),
            "tags": words.tags(line),
            "asked": line.pattern.mask,
            "why": words.why(line),
        }
        for line in shown
    ]
    context = {
        "place_name": location.name,
        "location": location,
        "day": day,
        "today": localtime(now).date(),
        "rows": rows,
        "total": len(found),
        "groups": [(each.pk, words.group_name(each)) for each in groups],
        "group": group,
        "next_url": f"?{urlencode({**query, 'after': shown[-1].position})}"
        if len(found) > after + PAGE
        else "",
        "previous_url": f"?{urlencode({**query, 'after': max(0, after - PAGE)})}" if after else "",
        "back_url": reverse("enrolment:waiting_list", args=[location.slug]),
    }
    return render(request, "enrolment/location/replay.html", context)


def _look(data: Mapping[str, str], groups: Sequence[Group], today: date) -> Look:
    return Look(
        groups=groups,
        group=_group(data.get("group", ""), groups),
        month=_month(data.get("month", ""), today),
        everyone=data.get("show") == "all",
        fits=data.get("fits") == "1",
        after=whole_number(data.get("after", "")),
    )


def _group(text: str, groups: Sequence[Group]) -> Group | None:
    return next((each for each in groups if str(each.pk) == text), groups[0] if groups else None)


def _month(text: str, today: date) -> date:
    first = first_of_month(today)
    asked = day_of(f"{text}-01")
    return asked if asked and first <= asked <= add_months(first, MONTHS_AHEAD - 1) else first


def _chosen(queue: Queue, look: Look) -> list[Line]:
    lines = queue.lines if look.everyone else queue.in_month
    return [line for line in lines if line.fit is not None and line.fit.whole] if look.fits else list(lines)


def _context(
    location: Location, queue: Queue, look: Look, chosen: Sequence[Line], shown: Sequence[Line], now: datetime
) -> dict[str, object]:
    rows = [row_of(location, queue, line, look) for line in shown]
    fitting = [line for line in queue.in_month if line.fits]
    before = [line for line in chosen if line.waiting.position <= look.after]
    return {
        "place_name": location.name,
        "location": location,
        "look": look,
        "groups": [(group.pk, words.group_name(group)) for group in look.groups],
        "months": [
            (f"{month:%Y-%m}", date_format(month, "F Y"))
            for month in months(localtime(now).date(), MONTHS_AHEAD)
        ],
        "month_value": f"{look.month:%Y-%m}",
        "week_query": look.query(show="", fits=""),
        "strip": queue.month,
        "days": range(_days_shown(queue, rows)),
        "rows": rows,
        "primary": next((row.id for row in rows if row.is_fit and row.action), 0),
        "caption": _caption(queue, look, len(chosen)),
        "chips": _chips(queue, look, len(fitting)),
        "total": len(queue.lines),
        "csv_url": look.query(format="csv"),
        "previous_url": look.query(after=_page_before(before)) if before else "",
        "next_url": look.query(after=shown[-1].waiting.position)
        if len(before) + len(shown) < len(chosen)
        else "",
        "range": _("%(first)d–%(last)d of %(total)d")
        % {"first": len(before) + 1, "last": len(before) + len(shown), "total": len(chosen)},
        "earlier_days": f"{localtime(now).date()}",
    }


def _days_shown(queue: Queue, rows: Sequence[Row]) -> int:
    """The weekend has columns where the group is open then, or one of these families asks it."""
    opened = queue.month.opened if queue.month else 0
    return days_shown(opened | reduce(or_, (row.asked for row in rows), 0))


def _page_before(before: Sequence[Line]) -> int:
    """The keyset position from which the page before this one begins."""
    return before[-PAGE - 1].waiting.position if len(before) > PAGE else 0


def _caption(queue: Queue, look: Look, count: int) -> str:
    month = {"month": date_format(look.month, "F"), "count": count, "total": len(queue.lines)}
    if look.fits:
        return (
            ngettext(
                "%(count)d of %(total)d families fits wholly.",
                "%(count)d of %(total)d families fit wholly.",
                count,
            )
            % month
        )
    if look.everyone:
        return _("All %(total)d families that wait. A shaded row fits wholly.") % month
    return (
        ngettext(
            "%(count)d of %(total)d families can begin in %(month)s. A shaded row fits wholly.",
            "%(count)d of %(total)d families can begin in %(month)s. A shaded row fits wholly.",
            count,
        )
        % month
    )


def _chips(queue: Queue, look: Look, fitting: int) -> list[Chip]:
    month = date_format(look.month, "F")
    usual = not look.everyone and not look.fits
    return [
        Chip(
            _("Can begin in %(month)s (%(count)d)") % {"month": month, "count": len(queue.in_month)},
            look.query(show="", fits=""),
            usual,
        ),
        Chip(
            _("Fits wholly (%(count)d)") % {"count": fitting},
            look.query(show="", fits="1"),
            look.fits,
            "check",
        ),
        Chip(
            _("Everyone (%(count)d)") % {"count": len(queue.lines)},
            look.query(show="all", fits=""),
            look.everyone and not look.fits,
        ),
    ]


def _csv(location: Location, lines: Iterable[Line]) -> HttpResponse:
    head = [
        _("No."),
        _("Child"),
        _("Age in months at the start"),
        _("Start"),
        _("Latest start"),
        _("On the list"),
        _("Priority"),
        _("Half-days asked"),
        _("Half-days free"),
    ]
    rows = [
        [
            line.waiting.position,
            words.name_of(line.waiting),
            line.waiting.months_old(line.start),
            line.waiting.wanted_start,
            line.waiting.latest_start,
            localtime(line.waiting.registered_at).date(),
            ", ".join(label for label, _tone in words.tags(line.waiting)),
            line.waiting.pattern.to_text(),
            line.fit.free.to_text() if line.fit else "",
        ]
        for line in lines
    ]
    return csv_file(f"{location.slug}-{_('waiting-list')}", head, rows)


def _note_look(
    principal: Principal, location: Location, lines: Iterable[Waiting], now: datetime, **data: Any
) -> None:
    record(
        principal=principal,
        action="list.read",
        subject=location,
        now=now,
        desk_id=location.desk_id,
        households=sorted({line.household_id for line in lines}),
        **data,
    )
