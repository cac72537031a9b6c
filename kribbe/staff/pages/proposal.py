"""A proposed roster: asked, watched while it is calculated, read, and taken over whole or by day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.planning.pages.day import asked_day
from kribbe.rules.calendar import monday_of
from kribbe.rules.reasons import Reason
from kribbe.staff.access import proposal_at
from kribbe.staff.models import RosterProposal
from kribbe.staff.models.roster import ProposalState
from kribbe.staff.selectors.carers import carers_of
from kribbe.staff.services.proposals import ask_proposal, put_away, take_over
from kribbe.staff.written import span
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of
from kribbe.web.words import say

DAY = timedelta(days=1)


@require_POST
@at_location(Action.STAFF_CHANGE)
def ask(request: Any, location: Location) -> HttpResponse:
    """Ask for a proposal from a week on."""
    now = timezone.now()
    monday = monday_of(asked_day(request.POST.get("week", ""), localtime(now).date()))
    weeks = request.POST.get("weeks", "")
    try:
        made = ask_proposal(
            principal=request.principal,
            location=location,
            first=monday,
            weeks=int(weeks) if weeks.isdecimal() and len(weeks) == 1 else 0,
            now=now,
        )
    except RefusedError as refused:
        messages.error(request, str(refused.message))
        return redirect(f"{reverse('staff:roster', args=[location.slug])}?week={monday}")
    return redirect("staff:proposal", location.slug, made.reference)


@require_http_methods(["GET", "POST"])
@at_location(Action.STAFF_READ, Action.STAFF_CHANGE)
def proposal_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """How far it is; once ready its shifts by day, and what stays uncovered with the reason."""
    proposal = proposal_at(request.principal, location, reference)
    if request.method == "POST":
        return _acted(request, location, proposal)
    context = {
        "place_name": location.name,
        "location": location,
        "proposal": proposal,
        "last": proposal.first + (7 * proposal.weeks - 1) * DAY,
        "is_waiting": proposal.state in {ProposalState.ASKED, ProposalState.RUNNING},
        "is_ready": proposal.state == ProposalState.READY,
        "days": _days(location, proposal),
        "to_come": _to_come(proposal, timezone.now()),
        "missing_hours": sum((end - start) * count for _day, start, end, count, _why in proposal.lacks) / 2,
        "is_least": proposal.least_weeks == proposal.weeks,
        "may_change": may_at(request.principal, Action.STAFF_CHANGE, location),
    }
    return render(request, "staff/proposal.html", context)


def _acted(request: Any, location: Location, proposal: RosterProposal) -> HttpResponse:
    now = timezone.now()
    roster = f"{reverse('staff:roster', args=[location.slug])}?week={proposal.first}"
    if request.POST.get("do") == "away":
        put_away(principal=request.principal, proposal=proposal, now=now)
        messages.success(request, _("The proposal is put away."))
        return redirect(roster)
    one = day_of(request.POST.get("day", ""))
    every = _to_come(proposal, now)
    try:
        take_over(
            principal=request.principal,
            location=location,
            proposal=proposal,
            days=[one] if one else every,
            now=now,
        )
    except RefusedError as refused:
        messages.error(request, str(refused.message))
        return redirect("staff:proposal", location.slug, proposal.reference)
    messages.success(request, _("Taken over into the roster. You can undo it there."))
    return redirect("staff:proposal", location.slug, proposal.reference) if one else redirect(roster)


def _to_come(proposal: RosterProposal, now: datetime) -> list[date]:
    """Its days from today on: what is over stays as it was worked."""
    today = localtime(now).date()
    return [day for n in range(7 * proposal.weeks) if (day := proposal.first + n * DAY) >= today]


def _days(location: Location, proposal: RosterProposal) -> list[dict[str, Any]]:
    """The days with shifts or shortage, in order."""
    names = {carer.pk: carer for carer in carers_of(location)}
    found = []
    for day in (proposal.first + n * DAY for n in range(7 * proposal.weeks)):
        turns = [turn for turn in proposal.turns if turn[0] == f"{day}"]
        short = [_lack(lack) for lack in proposal.lacks if lack[0] == f"{day}"]
        if turns or short:
            found.append(
                {
                    "day": day,
                    "turns": _named(turns, names),
                    "lacks": short,
                    "is_taken": day in proposal.taken_days,
                }
            )
    return found


def _named(turns: Sequence[Any], names: Any) -> list[tuple[str, str]]:
    return [
        (names[carer].name if carer in names else "?", span(start, end))
        for _day, carer, _group, start, end, _pause in sorted(turns, key=lambda turn: (turn[3], turn[1]))
    ]


def _lack(lack: Sequence[Any]) -> dict[str, Any]:
    _day, start, end, missing, reasons = lack
    return {
        "span": span(start, end),
        "said": ngettext("%(count)d carer too few", "%(count)d carers too few", missing) % {"count": missing},
        "why": " ".join(say(_reason(code, carers)) for code, carers in reasons),
    }


def _reason(code: str, carers: int) -> Reason:
    return Reason.of(code) if code == "roster.nobody" else Reason.of(code, carers=carers)
