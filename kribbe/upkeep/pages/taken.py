"""Children that a location took directly: whose request that perhaps is, closing it as placed or asking its desk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from kribbe.enrolment.models import DirectChild, DirectMatch, DirectQuestion
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.services.direct import mark_seen
from kribbe.enrolment.services.direct_match import close_as_taken, undo_taken
from kribbe.enrolment.services.direct_question import ask_desk, withdraw_question
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.people.access import may_for
from kribbe.people.models import Household
from kribbe.region.http import DeskRequest
from kribbe.rules.duplicates import Likeness
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.upkeep.pages.comparing import birth
from kribbe.upkeep.pages.taken_asked import answer_words
from kribbe.upkeep.pages.verdicts import Verdict, decide
from kribbe.upkeep.selectors.taken import Proposal, direct_children, matches_of, proposals
from kribbe.upkeep.selectors.taken_asked import questions_of
from kribbe.web.words import say

PAGE = 20
LIST = "upkeep:taken"


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A request that is perhaps the child's own, as the page shows it; `asked_at`: its desk hasn't answered yet."""

    reference: str
    name: str
    birth: str
    household: Household
    score: int
    why: Sequence[str]
    is_here: bool
    may_close: bool
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What another desk answered about a request of its own; its family isn't named."""

    reference: str
    desk: str
    at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A child taken directly, with the request that ended for it, or those that are perhaps its own."""

    child: DirectChild
    closed: ProposalRow | None
    proposals: Sequence[ProposalRow]
    answers: Sequence[AnswerRow]

    @property
    def is_taken_back(self) -> bool:
        return self.child.undone_at is not None


@require_safe
@at_desk(Action.DESK_UPKEEP)
def taken(request: DeskRequest) -> HttpResponse:
    """Children taken directly, the newest first: those that no clerk looked at; the others from `?seen=1`."""
    seen = request.GET.get("seen") == "1"
    found = direct_children(request.desk.pk, seen=seen).select_related("group__location", "municipality")
    if before := row_key(request.GET.get("before", "")):
        found = found.filter(pk__lt=before)
    children = list(found.order_by("-pk")[: PAGE + 1])
    rows = _rows(request, children[:PAGE])
    _note(request, rows)
    context = {
        "rows": rows,
        "seen": seen,
        "next_url": f"?seen={int(seen)}&before={children[PAGE - 1].pk}" if len(children) > PAGE else "",
    }
    return render(request, "upkeep/taken.html", context)


def _rows(request: DeskRequest, children: Sequence[DirectChild]) -> list[TakenRow]:
    closed = matches_of(children)
    likely = proposals([child for child in children if child.pk not in closed], request.desk)
    questions = questions_of(children)
    rows = []
    for child in children:
        match, asked = closed.get(child.pk), questions.get(child.pk, [])
        proposed = [] if match else _proposed(likely.get(child.pk, ()), asked, request)
        answers = [_answer(each, match) for each in asked if each.answer]
        rows.append(
            TakenRow(child=child, closed=_closed(match, request), proposals=proposed, answers=answers)
        )
    return rows


def _proposed(
    likely: Iterable[Proposal], asked: Iterable[DirectQuestion], request: DeskRequest
) -> list[ProposalRow]:
    """Those that are likely now, and those asked about that meanwhile aren't any more."""
    waiting = {each.request_id: each for each in asked if not each.answer}
    found = {each.request.pk: each for each in likely}
    for key, question in waiting.items():
        likeness = Likeness(question.score, tuple(question.signs))
        found.setdefault(key, Proposal(question.request, likeness))
    return [
        replace(_proposal(each, request), asked_at=waiting[key].asked_at if key in waiting else None)
        for key, each in found.items()
    ]


def _answer(question: DirectQuestion, match: DirectMatch | None) -> AnswerRow:
    is_closed = match is not None and match.request_id == question.request_id
    return AnswerRow(
        reference=question.request.reference,
        desk=question.request.household.desk.shown_name,
        at=question.answered_at,
        words=answer_words(question, is_closed=is_closed),
    )


def _closed(match: DirectMatch | None, request: DeskRequest) -> ProposalRow | None:
    if match is None:
        return None
    return _proposal(Proposal(match.request, Likeness(match.score, tuple(match.signs))), request)


def _proposal(proposal: Proposal, request: DeskRequest) -> ProposalRow:
    found, likeness = proposal.request, proposal.likeness
    return ProposalRow(
        reference=found.reference,
        name=fully_called(found.child),
        birth=birth(found.child),
        household=found.household,
        score=likeness.score,
        why=[say(reason) for reason in likeness.reasons],
        is_here=found.household.desk_id == request.desk.pk,
        may_close=may_for(request.principal, Action.DESK_UPKEEP, found.household),
    )


def _note(request: DeskRequest, rows: Iterable[TakenRow]) -> None:
    """The names that the page shows leave their trace."""
    shown = [each for row in rows for each in (row.closed, *row.proposals) if each is not None]
    if shown:
        record(
            principal=request.principal,
            action="desk.list",
            subject=request.desk,
            now=timezone.now(),
            desk_id=request.desk.pk,
            list="direct",
            households=sorted({each.household.pk for each in shown}),
        )


@require_POST
@at_desk(Action.DESK_UPKEEP)
def taken_child(request: DeskRequest, child: int) -> HttpResponse:
    """What a clerk says of one: looked at, put back, close this request or ask its desk, or undo that."""
    found = get_object_or_404(
        DirectChild.objects.select_related("group__location"), pk=child, group__location__desk=request.desk
    )
    decide(request, found, VERDICTS)
    return redirect(LIST, request.desk.slug)


def _seen(request: DeskRequest, child: DirectChild) -> str:
    mark_seen(principal=request.principal, child_id=child.pk, now=timezone.now())
    return gettext("Off the list.")


def _unseen(request: DeskRequest, child: DirectChild) -> str:
    mark_seen(principal=request.principal, child_id=child.pk, now=timezone.now(), seen=False)
    return gettext("Back on the list.")


def _close(request: DeskRequest, child: DirectChild) -> str:
    proposal = _chosen(request, child)
    if not may_for(request.principal, Action.DESK_UPKEEP, proposal.request.household):
        raise RefusedError(gettext("Only the desk of that request can close it. Ask that desk."))
    close_as_taken(
        principal=request.principal,
        child_id=child.pk,
        request_id=proposal.request.pk,
        likeness=proposal.likeness,
        now=timezone.now(),
    )
    return gettext(
        "The request is closed as placed, and the family is told. You can undo it under “Looked at”."
    )


def _chosen(request: DeskRequest, child: DirectChild) -> Proposal:
    reference = request.POST.get("request", "")
    for each in proposals([child], request.desk).get(child.pk, ()):
        if each.request.reference == reference:
            return each
    raise RefusedError(gettext("This request isn't proposed any more. Look at the list again."))


def _ask(request: DeskRequest, child: DirectChild) -> str:
    proposal = _chosen(request, child)
    if proposal.request.household.desk_id == request.desk.pk:
        raise RefusedError(gettext("This request is of your own desk: you can close it yourself."))
    ask_desk(
        principal=request.principal,
        child_id=child.pk,
        request_id=proposal.request.pk,
        likeness=proposal.likeness,
        now=timezone.now(),
    )
    return gettext("Asked. The other desk has it on its work list, and its answer stands here.")


def _unask(request: DeskRequest, child: DirectChild) -> str:
    reference = request.POST.get("request", "")
    asked = questions_of([child]).get(child.pk, [])
    question = next((each for each in asked if each.request.reference == reference), None)
    if question is None:
        raise RefusedError(gettext("This was undone already."), code="undone")
    withdraw_question(principal=request.principal, question_id=question.pk, now=timezone.now())
    return gettext("The question is taken back: the other desk no longer sees it.")


def _undo(request: DeskRequest, child: DirectChild) -> str:
    match = matches_of([child]).get(child.pk)
    if match is not None and not may_for(request.principal, Action.DESK_UPKEEP, match.request.household):
        raise RefusedError(gettext("The desk of that request can undo this."))
    undo_taken(principal=request.principal, child_id=child.pk, now=timezone.now())
    return gettext("Undone: the request stands again with its dates, and the family is told.")


VERDICTS: Mapping[str, Verdict[DirectChild]] = {
    "seen": _seen,
    "unseen": _unseen,
    "close": _close,
    "ask": _ask,
    "unask": _unask,
    "undo": _undo,
}
