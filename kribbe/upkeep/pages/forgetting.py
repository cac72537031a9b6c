"""Families that are soon forgotten, keeping one longer, and what the nightly duty did."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.people.access import household_for
from kribbe.people.keeping import kept
from kribbe.people.models import Adult, Household
from kribbe.people.pages.showing import form_page
from kribbe.region.http import DeskRequest
from kribbe.trust.audit import note_list
from kribbe.trust.permissions import Action
from kribbe.upkeep.forms import HoldForm, ReleaseForm
from kribbe.upkeep.models import ForgettingHold, Forgotten
from kribbe.upkeep.selectors.forgetting import due, failed_lately, forgotten_lately
from kribbe.upkeep.services.forgetting import hold, release

AHEAD = timedelta(days=60)
PAGE = 50
NIGHTS = 30


@require_safe
@at_desk(Action.DESK_UPKEEP)
def forgetting(request: DeskRequest) -> HttpResponse:
    """Who is forgotten in the coming weeks, the first day on top, and who is kept longer."""
    today = timezone.localdate()
    found = sorted(
        due(request.desk.pk, today + AHEAD, today=today).items(), key=lambda each: each[1].until or today
    )
    coming = dict(found[:PAGE])
    holds = list(
        ForgettingHold.objects.filter(household__desk=request.desk, ended_at=None, until__gt=today)
        .select_related("household")
        .order_by("until", "pk")[:PAGE]
    )
    names = _names([*coming, *(each.household_id for each in holds)])
    note_list(
        principal=request.principal,
        action="desk.list",
        subject=request.desk,
        desk_id=request.desk.pk,
        households=names,
        now=timezone.now(),
        list="forgetting",
    )
    references = dict(Household.objects.filter(pk__in=coming).values_list("pk", "reference"))
    context = {
        "rows": [(names.get(key, "…"), references[key], each) for key, each in coming.items()],
        "holds": [(names.get(each.household_id, "…"), each) for each in holds],
        "more": max(0, len(found) - PAGE),
        "days": AHEAD.days,
    }
    return render(request, "upkeep/forgetting.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.DESK_UPKEEP)
def hold_household(request: DeskRequest, reference: str) -> HttpResponse:
    """Keep one household longer, with a reason and a day; or let its own term hold again."""
    now = timezone.now()
    household = household_for(request.principal, Action.HOUSEHOLD_READ, reference, now=now)
    is_gone = Forgotten.objects.filter(household_id=household.pk).exists()
    if household.desk_id != request.desk.pk or is_gone:
        raise Http404
    held = ForgettingHold.objects.filter(
        household=household, ended_at=None, until__gt=timezone.localdate()
    ).first()
    address = reverse("upkeep:forgetting", args=[request.desk.slug])
    name = _names([household.pk]).get(household.pk, household.reference)
    shared: dict[str, Any] = {"now": now, "done_url": address, "base": "web/desk_base.html"}
    if held is not None:

        def let_go(_given: dict[str, Any]) -> None:
            release(principal=request.principal, household=household, now=now)

        return form_page(
            request,
            ReleaseForm(request.POST or None),
            let_go,
            done=_("The family's own term holds again. To undo this, keep it once more."),
            heading=_("Let the term of %(name)s hold again?") % {"name": name},
            lead=held.reason,
            **shared,
        )

    def keep(given: dict[str, Any]) -> None:
        hold(
            principal=request.principal,
            household=household,
            reason=given["reason"],
            until=given["until"],
            now=now,
        )

    until = kept({household.pk: household.desk_id}, timezone.localdate())[household.pk].until
    start = (until or timezone.localdate()) + timedelta(days=180)
    return form_page(
        request,
        HoldForm(request.POST or None, initial={"until": start}),
        keep,
        done=_("The family is kept until that day, and reads so on its page."),
        heading=_("Keep %(name)s longer") % {"name": name},
        lead=_("For example while an appeal runs. After that day the usual term holds again."),
        **shared,
    )


@require_safe
@at_desk(Action.DESK_AUDIT)
def forgotten(request: DeskRequest) -> HttpResponse:
    """What the duty did in the last nights, in numbers, and how often it failed."""
    context = {
        "nights": forgotten_lately(request.desk.pk, NIGHTS),
        "failed": failed_lately(request.desk.pk, timezone.now() - timedelta(days=NIGHTS)),
        "days": NIGHTS,
    }
    return render(request, "upkeep/forgotten.html", context)


def _names(household_ids: list[int]) -> dict[int, str]:
    rows = Adult.objects.filter(household__in=household_ids).order_by("household", "is_applicant", "-pk")
    return {adult.household_id: f"{adult}" for adult in rows}
