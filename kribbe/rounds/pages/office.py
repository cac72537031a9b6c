"""The desk's rounds: beginning one, looking at what it would do, sending the offers."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kribbe.enrolment.models import CareRequest
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.people.models import Child
from kribbe.places.models import Location
from kribbe.region.http import DeskRequest
from kribbe.rounds.access import round_for
from kribbe.rounds.forms import BeginForm, RhythmForm
from kribbe.rounds.models import Rhythm, Round, RoundPlan, RoundState
from kribbe.rounds.selectors.preview import Preview, preview
from kribbe.rounds.services.answers import send_offers
from kribbe.rounds.services.rhythm import set_rhythm
from kribbe.rounds.services.rounds import call_off, catch_up, plan_round
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action

SHOWN = 30


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.DESK_ROUNDS)
def rounds(request: DeskRequest) -> HttpResponse:
    """All rounds of the desk, the form of a new one, and when they begin by themselves."""
    plan = RoundPlan.objects.filter(desk=request.desk).first()
    is_rhythm = request.POST.get("form") == "rhythm"
    begin = BeginForm(
        request.POST if request.method == "POST" and not is_rhythm else None, today=timezone.localdate()
    )
    chosen = {
        "rhythm": plan.rhythm if plan else Rhythm.NONE,
        "rhythm_months": plan.months if plan else 6,
    }
    rhythm = RhythmForm(request.POST if is_rhythm else None, initial=chosen)
    if request.method == "POST":
        answer = _set_rhythm(request, rhythm) if is_rhythm else _begin(request, begin)
        if answer is not None:
            return answer
    context = {
        "begin": begin,
        "rhythm": rhythm,
        "rounds": list(Round.objects.filter(desk=request.desk).order_by("-planned_at")[:SHOWN]),
        "locations": Location.objects.filter(desk=request.desk, active=True).count(),
        "part": Location.objects.filter(desk=request.desk, active=True, takes_part__isnull=False).count(),
    }
    status = 422 if begin.errors or rhythm.errors else 200
    return render(request, "rounds/rounds.html", context, status=status)


def _begin(request: DeskRequest, form: BeginForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    try:
        made = plan_round(
            principal=request.principal, desk=request.desk, now=timezone.now(), **form.cleaned_data
        )
    except RefusedError as refused:
        form.add_error(None, str(refused.message))
        return None
    return redirect("rounds:round", request.desk.slug, made.reference)


def _set_rhythm(request: DeskRequest, form: RhythmForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    set_rhythm(
        principal=request.principal,
        desk=request.desk,
        rhythm=Rhythm(form.cleaned_data["rhythm"]),
        months=form.cleaned_data["rhythm_months"],
        now=timezone.now(),
    )
    messages.success(request, gettext("Saved."))
    return redirect("rounds:rounds", request.desk.slug)


@require_safe
@at_desk(Action.DESK_ROUNDS)
def round_page(request: DeskRequest, reference: str) -> HttpResponse:
    """What a round would do at each location, and what is left to do."""
    found = round_for(request.principal, request.desk, reference)
    look = preview(found)
    envied, changed = _envied(look), _changed(look)
    note_list(
        principal=request.principal,
        action="desk.list",
        subject=request.desk,
        desk_id=request.desk.pk,
        households=[child.household_id for child in [*envied.values(), *changed.values()]],
        now=timezone.now(),
        list="rounds",
    )
    places = {each.location.pk: each.location.name for each in look.locations}
    context = {
        "found": found,
        "look": look,
        "is_planned": found.state == RoundState.PLANNED,
        "is_running": found.state == RoundState.PREVIEW,
        "envy": [
            (fully_called(envied[each.child_id]), places[each.location_id], each.over) for each in look.envy
        ],
        "changed": _changes_told(look, changed),
        "may_send": look.confirmed and found.state in {RoundState.PREVIEW, RoundState.DONE},
    }
    return render(request, "rounds/round.html", context)


def _envied(look: Preview) -> dict[int, Child]:
    return Child.objects.in_bulk({each.child_id for each in look.envy})


CHANGES: Mapping[str, str | Promise] = {
    "came": gettext_lazy("Proposed now"),
    "moved": gettext_lazy("Proposed elsewhere or otherwise"),
    "left": gettext_lazy("No longer proposed"),
}
"""What a calculation changes for a request."""


def _changed(look: Preview) -> dict[int, Child]:
    """The children, by request, for whom the last calculation changed something."""
    if look.last is None or look.last.number == 1:
        return {}
    keys = {key for name in CHANGES for key in look.last.changes[name]}
    rows = CareRequest.objects.filter(pk__in=keys).select_related("child")
    return {row.pk: row.child for row in rows}


def _changes_told(look: Preview, children: Mapping[int, Child]) -> list[tuple[str, str]]:
    """What happened, and the names of the children."""
    if look.last is None or not children:
        return []
    changes = look.last.changes
    return [
        (str(text), ", ".join(fully_called(children[key]) for key in changes[name]))
        for name, text in CHANGES.items()
        if changes[name]
    ]


@require_POST
@at_desk(Action.DESK_ROUNDS)
def round_do(request: DeskRequest, reference: str) -> HttpResponse:
    """Calculate what changed, send what is confirmed, or call the round off."""
    found = round_for(request.principal, request.desk, reference)
    deeds: Mapping[str, Callable[[Any, Round], str]] = {"again": _again, "send": _send, "call_off": _call_off}
    deed = deeds.get(request.POST.get("do", ""))
    if deed is None:
        return redirect("rounds:round", request.desk.slug, found.reference)
    try:
        messages.success(request, deed(request, found))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("rounds:round", request.desk.slug, found.reference)


def _again(_request: DeskRequest, found: Round) -> str:
    made = catch_up(round_id=found.pk, now=timezone.now())
    if made is None:
        return gettext("Nothing changed since the last calculation.")
    count = len(made.changes["places"])
    return ngettext(
        "%(count)d location was calculated anew.", "%(count)d locations were calculated anew.", count
    ) % {"count": count}


def _send(request: DeskRequest, found: Round) -> str:
    sent, held_back = send_offers(principal=request.principal, round_id=found.pk, now=timezone.now())
    said = ngettext("%(count)d offer has gone out.", "%(count)d offers have gone out.", sent) % {
        "count": sent
    }
    if held_back:
        said += " " + ngettext(
            "%(count)d could not go out; its location sees why.",
            "%(count)d could not go out; their locations see why.",
            held_back,
        ) % {"count": held_back}
    return said


def _call_off(request: DeskRequest, found: Round) -> str:
    call_off(principal=request.principal, round_id=found.pk, now=timezone.now())
    return gettext("The round is called off. Nobody was told anything.")
