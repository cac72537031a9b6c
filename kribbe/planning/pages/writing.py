"""A paper is written: its terms, a preview of what they do, then the signature that sends it to the family."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import stay_from
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.places.selectors.closed import closed_days_of_group, open_pattern
from kribbe.planning import words
from kribbe.planning.access import placement_at
from kribbe.planning.forms import COMMUNITIES, HolidayForm, PaperForm, typed_hours
from kribbe.planning.pages.agreements import note_read
from kribbe.planning.pages.past import told_of_past
from kribbe.planning.selectors.agreements import agreement_for
from kribbe.planning.services.papers import send_paper
from kribbe.planning.services.terms import Terms, agreed_of, check, check_differs, with_terms
from kribbe.rules.agreed import Agreement, ordinary, there_on
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.school import PACK, Community, known_until
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.forms import changed_since_looked, looked_at
from kribbe.web.templatetags.telling import long_date

DAY = timedelta(days=1)
PREVIEWED_DAYS = 28

Row = tuple[str, str, str]
"""A line of the preview: of which days, and what holds in the two columns."""


@require_http_methods(["GET", "POST"])
@at_location(Action.PLAN_CHANGE)
def write_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """Write the agreement or a change to it."""
    placement = placement_at(request.principal, location, reference)
    note_read(request.principal, placement, timezone.now())
    is_first = _is_first(placement)
    form = PaperForm(
        request.POST or None, days=week_days(placement), initial=_initial(placement, is_first=is_first)
    )
    if is_first:
        del form.fields["last"]

    def send() -> str:
        _send(request, placement, form, _terms(form))
        return reference

    return written(
        request,
        placement,
        "planning/write.html",
        form=form,
        look=lambda: _look(
            placement, _terms(form), is_first=is_first, day_fee=form.cleaned_data.get("day_fee")
        ),
        past=lambda: told_of_past(
            placement,
            _terms(form),
            today=localtime().date(),
            is_first=is_first,
            day_fee=form.cleaned_data.get("day_fee"),
        ),
        send=send,
        columns=(_("Now"), _("Then")),
        is_first=is_first,
    )


@require_http_methods(["GET", "POST"])
@at_location(Action.PLAN_CHANGE)
def holidays_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """Other days in school holidays, or outside of them: one change, laid over the ordinary weeks."""
    placement = placement_at(request.principal, location, reference)
    note_read(request.principal, placement, timezone.now())
    pack, end = load_pack(PACK), stay_from(placement)[-1].during.upper
    first = max(placement.during.lower, localtime().date() + DAY)
    form = HolidayForm(request.POST or None, days=week_days(placement), initial={"first": first})

    def terms() -> Terms:
        schedule = form.schedule(pack, end - DAY if end else None)
        data = form.cleaned_data
        return Terms(first=data["first"], weeks=form.weeks(), note=data["note"], schedule=schedule)

    def send() -> str:
        _send(request, placement, form, terms())
        return reference

    return written(
        request,
        placement,
        "planning/holidays.html",
        form=form,
        look=lambda: _look_at_schedule(placement, terms(), is_first=_is_first(placement)),
        past=lambda: told_of_past(
            placement, terms(), today=localtime().date(), is_first=_is_first(placement)
        ),
        send=send,
        columns=(_("Now"), _("Then")),
        known=[(name, known_until(pack, Community(key))) for key, name in COMMUNITIES],
    )


def written(
    request: Any,
    placement: Placement,
    template: str,
    *,
    form: forms.Form,
    look: Callable[[], Sequence[Row]],
    send: Callable[[], str],
    columns: tuple[str, str],
    past: Callable[[], Sequence[str]] = tuple,
    **more: Any,
) -> HttpResponse:
    """The page of a form with its preview; `send` gives the reference of the place whose agreement opens then, `past`
    what is to be known of days that are over.
    """
    location = placement.group.location
    preview: Sequence[Row] = []
    warning: Sequence[str] = ()
    sends = request.POST.get("do") == "send"
    changed = sends and changed_since_looked(request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            preview, warning = look(), past()
            if sends and not changed:
                reference = send()
                messages.success(request, _("Signed and sent. It holds once the family has signed too."))
                return redirect("planning:agreement", location.slug, reference)
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
    form.fields["name"].required = True
    context = {
        "place_name": location.name,
        "location": location,
        "placement": placement,
        "name": f"{placement.child}",
        "form": form,
        "preview": preview,
        "looked": looked_at(request.POST),
        "changed": changed,
        "warning": warning,
        "columns": columns,
        **more,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def week_days(placement: Placement) -> Sequence[int]:
    """The days on which the group is open from today on, and those that the place has."""
    opened = open_pattern([placement.group_id], localtime().date()) | WeekPattern(placement.pattern)
    return opened.days()


def side_by_side(
    placement: Placement, first: date, left: Sequence[Agreement], right: Sequence[Agreement]
) -> list[Row]:
    """Four weeks from a day with the hours of both; only days on which the child comes by one of them."""
    days = [first + n * DAY for n in range(PREVIEWED_DAYS)]
    closed = closed_days_of_group(placement.group, first - DAY, days[-1])
    rows = (
        (long_date(day), words.hours(there_on(left, day, closed)), words.hours(there_on(right, day, closed)))
        for day in days
    )
    return [row for row in rows if row[1] or row[2]]


def _is_first(placement: Placement) -> bool:
    agreement = agreement_for(placement)
    return agreement is None or not agreement.papers.filter(signed_at__isnull=False).exists()


def _initial(placement: Placement, *, is_first: bool) -> dict[str, Any]:
    agreed = ordinary(agreed_of(placement))
    today = localtime().date()
    start, end = placement.during.lower, placement.during.upper
    first = start if is_first else min(max(start, today + 14 * DAY), end - DAY if end else date.max)
    running = next((each for each in agreed if each.holds(first)), agreed[0])
    agreement = agreement_for(placement)
    weeks = running.weeks_from(first)
    return {
        "first": first,
        "day_fee": agreement.day_fee if agreement else None,
        **typed_hours(weeks),
    }


def _terms(form: PaperForm) -> Terms:
    data = form.cleaned_data
    return Terms(first=data["first"], last=data.get("last"), weeks=form.weeks(), note=data["note"])


def _send(request: Any, placement: Placement, form: PaperForm, terms: Terms) -> None:
    send_paper(
        principal=request.principal,
        placement_id=placement.pk,
        terms=terms,
        name=form.cleaned_data["name"],
        day_fee=form.cleaned_data.get("day_fee"),
        now=timezone.now(),
    )


def _look(placement: Placement, terms: Terms, *, is_first: bool, day_fee: Decimal | None) -> list[Row]:
    _check(placement, terms, is_first=is_first, day_fee=day_fee)
    return side_by_side(placement, terms.first, _agreed_from(placement), with_terms(placement, terms))


def _check(placement: Placement, terms: Terms, *, is_first: bool, day_fee: Decimal | None = None) -> None:
    """Raises RefusedError on what `send_paper` would refuse."""
    check(placement, terms, is_first=is_first)
    agreement = None if is_first else agreement_for(placement)
    if agreement is not None:
        check_differs(agreement, placement, terms, day_fee)


def _agreed_from(placement: Placement) -> list[Agreement]:
    """What holds on the days of a place and of the pieces of its stay after it."""
    return [each for part in stay_from(placement) for each in agreed_of(part)]


def _look_at_schedule(placement: Placement, terms: Terms, *, is_first: bool) -> list[Row]:
    """Each stretch of the schedule, or of the one that ends, with the days on which the child comes."""
    _check(placement, terms, is_first=is_first)
    before = _agreed_from(placement)
    after = with_terms(placement, terms)
    stretches = [
        each
        for each in (after if terms.schedule and terms.schedule.stretches else before)
        if each.by_calendar and (each.end is None or each.end >= terms.first)
    ]
    first, last = stretches[0].start, stretches[-1].end or stretches[-1].start
    closed = closed_days_of_group(placement.group, first - DAY, last)
    return [
        (
            words.stretch(each.start, each.end or each.start),
            _days_of(before, each, closed),
            _days_of(after, each, closed),
        )
        for each in stretches
    ]


def _days_of(agreed: Sequence[Agreement], stretch: Agreement, closed: frozenset[date]) -> str:
    last = stretch.end or stretch.start
    days = (stretch.start + n * DAY for n in range((last - stretch.start).days + 1))
    count = sum(bool(there_on(agreed, day, closed)) for day in days)
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
