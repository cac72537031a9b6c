"""The desk's own order of out-of-school places, and the schools of its territory."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.outofschool.forms_office import RulesForm, SchoolForm, SchoolsForm
from kribbe.outofschool.models import ClubRules, School
from kribbe.outofschool.pages.public import order_told
from kribbe.outofschool.selectors.order import Rules, rules_on
from kribbe.outofschool.services.settings import import_schools, publish_rules, set_school
from kribbe.region.http import DeskRequest
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action

MOST = 500


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.CLUB_RULES)
def rules(request: DeskRequest) -> HttpResponse:
    """The order that holds, those before and after, and the form of another."""
    now = timezone.now()
    today = localtime(now).date()
    current = rules_on(request.desk, today)
    form = RulesForm(
        request.POST if request.method == "POST" else None, initial=_initial(current) | {"first": today}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            publish_rules(
                principal=request.principal,
                desk=request.desk,
                first=data["first"],
                criteria=form.criteria(),
                answer_days=data["answer_days"],
                charge=form.charge(),
                cancel_days=data["cancel_days"],
                unused_percent=data["unused_percent"],
                why=data["why"],
                now=now,
            )
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        else:
            messages.success(request, gettext("Published. Every list follows this order from that day on."))
            return redirect("outofschool:rules", request.desk.slug)
    context = {
        "form": form,
        "current": order_told(current),
        "history": ClubRules.objects.filter(desk=request.desk).order_by("-during")[:MOST],
    }
    return render(request, "outofschool/rules.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.CLUB_RULES)
def schools(request: DeskRequest) -> HttpResponse:
    """The schools of the region, one to add, or many pasted from a spreadsheet."""
    is_many = request.POST.get("form") == "many"
    one = SchoolForm(request.POST if request.method == "POST" and not is_many else None)
    many = SchoolsForm(request.POST if is_many else None)
    if request.method == "POST":
        done = _import(request, many) if is_many else _set(request, one)
        if done:
            return redirect("outofschool:schools", request.desk.slug)
    found = School.objects.filter(municipality__region=request.desk.region_id)
    context = {
        "one": one,
        "many": many,
        "schools": found.select_related("municipality").order_by("name_key", "pk")[:MOST],
    }
    status = 422 if one.errors or many.errors else 200
    return render(request, "outofschool/schools.html", context, status=status)


def _set(request: DeskRequest, form: SchoolForm) -> bool:
    if not form.is_valid():
        return False
    try:
        set_school(principal=request.principal, desk=request.desk, data=form.data_given(), now=timezone.now())
    except RefusedError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        return False
    messages.success(request, gettext("Saved."))
    return True


def _import(request: DeskRequest, form: SchoolsForm) -> bool:
    if not form.is_valid():
        return False
    try:
        count = import_schools(
            principal=request.principal, desk=request.desk, rows=form.cleaned_data["rows"], now=timezone.now()
        )
    except RefusedError as refused:
        form.add_error("rows", str(refused.message))
        return False
    said = ngettext("%(count)d school is saved.", "%(count)d schools are saved.", count)
    messages.success(request, said % {"count": count})
    return True


def _initial(current: Rules) -> dict[str, Any]:
    return {
        **{f"c{place}": criterion.value for place, criterion in enumerate(current.criteria)},
        "answer_days": current.answer_days,
        "step": current.charge.step,
        "rounding": current.charge.rounding.value,
        "least": current.charge.least,
        "cancel_days": current.cancel_days,
        "unused_percent": current.unused_percent,
        "why": current.why,
    }
