"""What a family sees of the register: the times and notes of its child; it confirms them or says what is wrong."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.attendance import words
from kribbe.attendance.forms import ConfirmForm, DisputeForm
from kribbe.attendance.pages.month import asked_month, day_row
from kribbe.attendance.selectors.months import ChildMonth, Month, months_of, signed_lines
from kribbe.attendance.services.answers import confirm, dispute
from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import home_on, stays, whole_stay
from kribbe.enrolment.templatetags.enrolment import called
from kribbe.people.access import own_household
from kribbe.planning.access import own_placement, why_only_read
from kribbe.planning.selectors.planned import certain
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of

DAY = timedelta(days=1)
SHOWN_BACK = timedelta(days=92)
"""A place that ended so long ago isn't shown any more; its register stays."""


@require_safe
def overview(request: Any) -> HttpResponse:
    """One's own children with a place; with one child, straight to its times."""
    household = own_household(request.principal)
    use_desk(request, household.desk)
    today = localtime(timezone.now()).date()
    found = (
        certain((today - SHOWN_BACK, today + DAY))
        .filter(child__household=household)
        .select_related("child", "group__location")
    )
    homes = [row.home for row in stays(found, today)]
    if len(homes) == 1:
        return redirect("attendance:my_month", homes[0].reference)
    children = [(called(each.child), each.group.location.name, each.reference) for each in homes]
    return render(request, "attendance/my.html", {"children": children})


@require_http_methods(["GET", "POST"])
def month_page(request: Any, reference: str) -> HttpResponse:
    """A month of one's own child, to read and to confirm, whatever pieces its stay is cut into."""
    now = timezone.now()
    action = Action.REGISTER_CONFIRM if request.method == "POST" else Action.HOUSEHOLD_READ
    placement = own_placement(request.principal, action, reference, now=now)
    use_desk(request, placement.child.household.desk)
    today = localtime(now).date()
    month = asked_month(request.GET.get("month", ""), today)
    pieces = whole_stay(placement, today).pieces
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _confirm(request, pieces, month, form.cleaned_data["name"], now)
        except RefusedError as refused:
            form.add_error("name", str(refused.message))
        else:
            messages.success(request, _("Confirmed. Thank you."))
            return redirect(f"{reverse('attendance:my_month', args=[reference])}?month={month}")
    found = months_of(pieces, month)
    context = {
        "placement": placement,
        "name": called(placement.child),
        "location": placement.group.location,
        "month": month,
        "before": Month.of(month.first - DAY),
        "after": Month.of(month.last + DAY) if month.last < today else None,
        "lines": [day_row(line) for each in found for line in each.days][::-1],
        "span": words.span(sum(each.minutes for each in found)),
        "to_confirm": sum(len(signed_lines(each, month, today=today)) for each in _waiting(found)),
        "form": form,
        "only_read": why_only_read(request.principal, placement),
    }
    return render(request, "attendance/my_month.html", context, status=422 if form.errors else 200)


def _waiting(months: Iterable[ChildMonth]) -> list[Placement]:
    """The pieces with days that stand to be signed for."""
    return [each.child.placement for each in months if each.waits and each.child.placement]


def _confirm(request: Any, pieces: Sequence[Placement], month: Month, name: str, now: datetime) -> None:
    """Sign for each piece that has days of the month; all or none."""
    today = localtime(now).date()
    signed = [each for each in pieces if signed_lines(each, month, today=today)]
    with transaction.atomic():
        for piece in signed or pieces[:1]:
            confirm(principal=request.principal, placement=piece, month=month, name=name, now=now)


@require_http_methods(["GET", "POST"])
def ask(request: Any, reference: str, day: str) -> HttpResponse:
    """Say what is wrong with a day."""
    now = timezone.now()
    action = Action.REGISTER_CONFIRM if request.method == "POST" else Action.HOUSEHOLD_READ
    placement = own_placement(request.principal, action, reference, now=now)
    use_desk(request, placement.child.household.desk)
    on = day_of(day)
    if on is None:
        raise Http404
    back = f"{reverse('attendance:my_month', args=[reference])}?month={Month.of(on)}"
    form = DisputeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            dispute(
                principal=request.principal,
                placement=home_on(placement, on),
                day=on,
                words=form.cleaned_data["words"],
                now=now,
            )
        except RefusedError as refused:
            form.add_error("words", str(refused.message))
        else:
            messages.success(request, _("Sent. The location answers here."))
            return redirect(back)
    context = {
        "form": form,
        "heading": _("What is wrong with this day?"),
        "lead": _("The location sees it beside the times, and answers. Nothing that was tapped is lost."),
        "submit_label": _("Send"),
        "back_url": back,
        "cancel_url": back,
    }
    return render(request, "web/form_page.html", context, status=422 if form.errors else 200)
