"""The desk's work on rounds: which wait for it, and which locations to call."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.region.http import DeskRequest
from kribbe.rounds.selectors.waiting import running, silent_locations, unanswered, with_counts
from kribbe.trust.permissions import Action
from kribbe.web.worklists import WorkList, register

PAGE = "rounds:waiting"

LISTS = (
    WorkList(
        "rounds_unanswered",
        _("Proposals without an answer"),
        _("A location hasn't confirmed or refused a week after the round began: call it."),
        "phone",
        PAGE,
        rows=unanswered,
        order=32,
    ),
    WorkList(
        "rounds_running",
        _("Rounds that wait"),
        _("Locations look at the proposals; send what they confirmed."),
        "scale",
        PAGE,
        rows=lambda desk_id, _now: running(desk_id),
        order=33,
        tone="blue",
    ),
)


def register_work_lists() -> None:
    """Hang them on the clerk's first page."""
    for one in LISTS:
        register(one)


@require_safe
@at_desk(Action.DESK_ROUNDS)
def waiting(request: DeskRequest) -> HttpResponse:
    """Rounds that run, with what is confirmed, and the locations that haven't answered in time."""
    context = {
        "rounds": list(with_counts(request.desk.pk)),
        "silent": silent_locations(request.desk.pk, now=timezone.now()),
    }
    return render(request, "rounds/waiting.html", context)
