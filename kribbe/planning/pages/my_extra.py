"""An extra day of one's own child, or one day for another: first what it costs and whether there is room."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import every_piece, home_on
from kribbe.enrolment.templatetags.enrolment import called
from kribbe.planning import words
from kribbe.planning.access import check_acts, own_placement, why_only_read
from kribbe.planning.forms_days import HALVES, ExtraDayForm
from kribbe.planning.models import DayChange, DayRules, DayState, ShortNotice
from kribbe.planning.selectors.absence_parts import parts_of
from kribbe.planning.selectors.allowance import stated
from kribbe.planning.selectors.days import changes_of, day_cost, room_on, rules_of
from kribbe.planning.services.days import Wish, ask_day, check_to_come, check_wish, take_back_day
from kribbe.planning.services.short_notice import listen
from kribbe.region.middleware import use_desk
from kribbe.rules.billing.day_cost import DayCost
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import whole_number
from kribbe.web.forms import changed_since_looked, looked_at
from kribbe.web.templatetags.telling import money
from kribbe.web.words import say

DAY = timedelta(days=1)
OFFERED_DAYS = 35
"""Own days that can be given for another are offered so far ahead."""


@require_http_methods(["GET", "POST"])
def my_extra(request: Any, reference: str) -> HttpResponse:
    """Ask a day; the page tells first what it costs, whether there is room, and who decides."""
    now = timezone.now()
    placement = own_placement(request.principal, Action.ABSENCE_REPORT, reference, now=now)
    use_desk(request, placement.child.household.desk)
    today = localtime(now).date()
    rules = rules_of(placement.group.location)
    form = _form(request, placement, rules, today)
    found: Mapping[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        wish = form.wish()
        home = home_on(placement, wish.day)
        try:
            check_acts(request.principal, home)
            asks = request.POST.get("do") == "ask"
            if asks and not changed_since_looked(request.POST):
                return _ask(request, home, wish, now)
            found = {**_look(home, wish, rules, now), "looked": looked_at(request.POST), "changed": asks}
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
    context = {
        "placement": placement,
        "location": placement.group.location,
        "name": called(placement.child),
        "form": form,
        "found": found,
        "rules": rules,
        "changes": [_row(each, today) for each in changes_of(placement, today)],
        "only_read": why_only_read(request.principal, placement),
        "listens": ShortNotice.objects.filter(placement=placement).exists(),
    }
    return render(request, "planning/my_extra.html", context, status=422 if form.errors else 200)


@require_POST
def my_extra_back(request: Any, reference: str) -> HttpResponse:
    """Take back what was asked or agreed."""
    now = timezone.now()
    placement = own_placement(request.principal, Action.ABSENCE_REPORT, reference, now=now)
    change = DayChange.objects.filter(
        placement__in=every_piece(placement), pk=whole_number(request.POST.get("change", ""))
    ).first()
    if change is not None:
        try:
            take_back_day(principal=request.principal, change_id=change.pk, now=now)
            messages.success(request, _("Taken back: %(days)s.") % {"days": words.day_list([change.day])})
        except RefusedError as refused:
            messages.error(request, str(refused.message))
    return redirect("planning:my_extra", reference)


@require_POST
def my_short_notice(request: Any, reference: str) -> HttpResponse:
    """Hear of places at short notice, or no longer."""
    now = timezone.now()
    placement = own_placement(request.principal, Action.ABSENCE_REPORT, reference, now=now)
    wanted = request.POST.get("wanted") == "yes"
    try:
        listen(principal=request.principal, placement_id=placement.pk, wanted=wanted, now=now)
    except RefusedError as refused:
        messages.error(request, str(refused.message))
        return redirect("planning:my_extra", reference)
    messages.success(
        request,
        _("You get a mail when a place comes free for today or tomorrow.")
        if wanted
        else _("You get no more mails about places at short notice."),
    )
    return redirect("planning:my_extra", reference)


def _form(request: Any, placement: Placement, rules: DayRules, today: date) -> ExtraDayForm:
    asked = {key: request.GET[key] for key in ("day", "halves") if key in request.GET}
    parts = parts_of(placement, today + DAY, today + OFFERED_DAYS * DAY, today=today)
    own = [day for part in parts for day in part.days]
    return ExtraDayForm(request.POST or None, initial=asked, own_days=own, swap_weeks=rules.swap_weeks)


def _look(placement: Placement, wish: Wish, rules: DayRules, now: datetime) -> dict[str, Any]:
    today = localtime(now).date()
    check_wish(placement, wish, rules, today)
    check_to_come(placement, wish, now)
    room = room_on(placement.group.location, placement.group_id, wish.day)
    told = stated(placement, wish.day.year, today=today)
    change = DayChange(placement=placement, day=wish.day, halves=wish.halves, instead_of=wish.instead_of)
    return {
        **_costs(day_cost(told, change)),
        "day": words.day_list([wish.day]),
        "halves": dict(HALVES)[str(wish.halves)],
        "swap": words.day_list([wish.instead_of]) if wish.instead_of else "",
        "has_room": room.has(wish.halves),
        "at_once": rules.at_once or (rules.short_notice and wish.day <= today + DAY),
    }


def _costs(found: DayCost) -> dict[str, Any]:
    """What the day costs, in the words of the page."""
    amount = found.amount
    return {
        "amount": money(amount) if amount is not None else "",
        "is_free": amount == 0 and not found.later,
        "unknown": " ".join(dict.fromkeys(say(reason) for held in found.held for reason in held.why)),
        "lines": [
            {"amount": money(line.amount), "why": " ".join(map(say, line.why))} for line in found.lines
        ],
        "elsewhere": _elsewhere(found) if amount is not None else "",
        "later": words.later_months(found.later) if amount is not None else "",
    }


def _elsewhere(found: DayCost) -> str:
    """What the day does to the price of other days, as a discount that moves to another child or a package."""
    if not found.elsewhere:
        return ""
    amount = {"amount": money(abs(found.elsewhere))}
    if found.elsewhere > 0:
        return (
            _("Because of it, other days of the month cost %(amount)s more; that is in the price.") % amount
        )
    return _("Because of it, other days of the month cost %(amount)s less; that is in the price.") % amount


def _ask(request: Any, placement: Placement, wish: Wish, now: Any) -> HttpResponse:
    change = ask_day(principal=request.principal, placement_id=placement.pk, wish=wish, now=now)
    messages.success(
        request,
        _("Agreed: %(day)s.") % {"day": words.day_list([change.day])}
        if change.state == DayState.GRANTED
        else _("Asked. The location answers; you get a mail."),
    )
    return redirect("planning:my_extra", placement.reference)


def _row(change: DayChange, today: date) -> dict[str, Any]:
    days = [day for day in (change.day, change.instead_of) if day is not None]
    stands = change.state in (DayState.ASKED, DayState.GRANTED)
    return {
        "change": change,
        "state": DayState(change.state),
        "halves": dict(HALVES)[str(change.halves)],
        "may_undo": stands and min(days) > today,
    }
