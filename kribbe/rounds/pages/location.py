"""What a location sees of rounds: whether it takes part, and the proposals to confirm."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.pages.location_words import reason_text, short_name
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.region.models import PassOverReason
from kribbe.rounds.models import Proposal, ProposalState, Round, RoundState, TakesPart
from kribbe.rounds.selectors.preview import at_location as week_at
from kribbe.rounds.selectors.preview import proposals_at
from kribbe.rounds.services.answers import ROUND_REASON, confirm, refuse, take_answer_back
from kribbe.rounds.services.rounds import catch_up, take_part
from kribbe.rules.calendar import add_months
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.web.weeks import week_words

TONES = {
    ProposalState.CONFIRMED: "good",
    ProposalState.REFUSED: "bad",
    ProposalState.OFFERED: "primary",
    ProposalState.PROPOSED: "warn",
}


@require_http_methods(["GET", "HEAD", "POST"])
@at_location(Action.LIST_READ, Action.OFFER_MAKE)
def proposals(request: Any, location: Location) -> HttpResponse:
    """The round that runs or was last, what it proposes here, and the choice to take part."""
    if request.method != "POST":
        return _page(request, location)
    try:
        _done(request, location)
    except RefusedError as refused:
        if refused.field == "reason":
            return _page(request, location, lacks_reason=str(refused.message))
        messages.error(request, str(refused.message))
    return redirect("rounds:proposals", location.slug)


def _page(request: Any, location: Location, *, lacks_reason: str = "") -> HttpResponse:
    """The page; `lacks_reason` is said at the proposal that was sent, with what was typed."""
    found = (
        Round.objects.filter(locations=location, state__in=[RoundState.PREVIEW, RoundState.DONE])
        .order_by("-planned_at")
        .first()
    )
    rows = list(proposals_at(found, location)) if found else []
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=[row.request.household_id for row in rows],
        now=timezone.now(),
        of="round",
    )
    week = week_at(found, location) if found else None
    context = {
        "place_name": location.name,
        "location": location,
        "found": found,
        "is_running": found is not None and found.state == RoundState.PREVIEW,
        "takes_part": TakesPart.objects.filter(location=location).exists(),
        "rows": [_row(row) for row in rows],
        "wrong": {"key": row_key(request.POST.get("proposal", "")), "said": lacks_reason}
        if lacks_reason
        else None,
        "note": request.POST.get("note", ""),
        "to_do": sum(row.state == ProposalState.PROPOSED for row in rows),
        "week": week,
        "before": week.shown(week.before) if week else [],
        "after": week.shown(week.after) if week else [],
        "month": add_months(found.first, found.months - 1) if found else None,
        "reasons": [(reason.code, reason_text(reason)) for reason in _reasons(location)],
    }
    return render(request, "rounds/proposals.html", context, status=422 if lacks_reason else 200)


def _row(row: Proposal) -> dict[str, Any]:
    child = row.request.child
    return {
        "row": row,
        "name": short_name(child.first_name, child.last_name),
        "days": week_words(row.pattern),
        "status": ProposalState(row.state).label,
        "tone": TONES[ProposalState(row.state)],
        "reason": f"{reason_text(row.reason)} {row.note}".strip() if row.reason else "",
        "is_owed": row.on == "owed",
        "may_answer": row.state == ProposalState.PROPOSED,
        "may_undo": row.state in {ProposalState.CONFIRMED, ProposalState.REFUSED},
    }


def _reasons(location: Location) -> list[PassOverReason]:
    return list(
        PassOverReason.objects.filter(desk=location.desk, active=True, refusal=False)
        .exclude(code=ROUND_REASON)
        .order_by("pk")
    )


def _done(request: Any, location: Location) -> None:
    """Carry out what the form asks, and calculate anew where that touches others."""
    given, now = request.POST, timezone.now()
    acting = {"principal": request.principal, "location": location, "now": now}
    if given.get("do") == "part":
        take_part(takes_part=given.get("part") == "yes", **acting)
        messages.success(request, gettext("Saved. It counts from the next round on."))
    elif given.get("do") == "confirm_all":
        keys = list(
            Proposal.objects.filter(
                group__location=location, state=ProposalState.PROPOSED, round__state=RoundState.PREVIEW
            ).values_list("pk", flat=True)
        )
        _told(request, confirm(proposal_ids=keys, **acting))
    elif key := row_key(given.get("proposal", "")):
        _one(request, location, key, acting)


def _one(request: Any, location: Location, key: int, acting: dict[str, Any]) -> None:
    do = request.POST.get("do")
    if do == "confirm":
        _told(request, confirm(proposal_ids=[key], **acting))
        return
    if do == "undo":
        take_answer_back(proposal_id=key, **acting)
    elif do == "refuse":
        refuse(
            proposal_id=key,
            reason_code=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
            **acting,
        )
    for found in Round.objects.filter(locations=location, state=RoundState.PREVIEW):
        catch_up(round_id=found.pk, now=acting["now"])
    messages.success(request, gettext("Noted. What it touches was calculated anew."))


def _told(request: Any, count: int) -> None:
    said = ngettext("%(count)d place is confirmed.", "%(count)d places are confirmed.", count)
    messages.success(request, said % {"count": count})
