"""What a family sees of the register: the times and notes of its child; it confirms them or says what is wrong."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
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
from kribbe.attendance.selectors.months import Month, months_of, signed_lines
from kribbe.attendance.services.answers import confirm, dispute
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
    found = list(
        certain((today - SHOWN_BACK, today + DAY))
        .filter(child__household=household)
        .select_related("child", "group__location")
    )
    if len(found) == 1:
        return redirect("attendance:my_month", found[0].reference)
    children = [(called(each.child), each.group.location.name, each.reference) for each in found]
    return render(request, "attendance/my.html", {"children": children})


@require_http_methods(["GET", "POST"])
def month_page(request: Any, reference: str) -> HttpResponse:
    """A month of one's own child, to read and to confirm."""
    now = timezone.now()
    action = Action.REGISTER_CONFIRM if request.method == "POST" else Action.HOUSEHOLD_READ
    placement = own_placement(request.principal, action, reference, now=now)
    use_desk(request, placement.child.household.desk)
    today = localtime(now).date()
    month = asked_month(request.GET.get("month", ""), today)
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            confirm(
                principal=request.principal,
                placement=placement,
                month=month,
                name=form.cleaned_data["name"],
                now=now,
            )
        except RefusedError as refused:
            form.add_error("name", str(refused.message))
        else:
            messages.success(request, _("Confirmed. Thank you."))
            return redirect(f"{reverse('attendance:my_month', args=[reference])}?month={month}")
    (found,) = months_of([placement], month)
    context = {
        "placement": placement,
        "name": called(placement.child),
        "location": placement.group.location,
        "month": month,
        "before": Month.of(month.first - DAY),
        "after": Month.of(month.last + DAY) if month.last < today else None,
        "lines": [day_row(line) for line in found.days][::-1],
        "span": words.span(found.minutes),
        "to_confirm": len(signed_lines(placement, month, today=today)) if found.waits else 0,
        "form": form,
        "only_read": why_only_read(request.principal, placement),
    }
    return render(request, "attendance/my_month.html", context, status=422 if form.errors else 200)


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
                placement=placement,
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
