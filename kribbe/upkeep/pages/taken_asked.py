"""Another desk asks whether a child taken directly is that of a request here: the answers, and their undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.models import DirectAnswer, DirectQuestion
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.services.direct_question import DECLINES, agree, decline, undo_answer
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.region.http import DeskRequest
from kribbe.rules.duplicates import Likeness
from kribbe.trust.audit import note_list
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.upkeep.pages.comparing import birth
from kribbe.upkeep.pages.verdicts import Verdict, decide
from kribbe.upkeep.selectors.taken_asked import questions_for
from kribbe.web.components import Option
from kribbe.web.words import say

PAGE = 20
LIST = "upkeep:taken_asked"


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question as the desk of the request reads it: of its own family all, of the child no more than what fits."""

    question: DirectQuestion
    name: str
    birth: str
    why: Sequence[str]
    answer: str
    may_undo: bool


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.DESK_UPKEEP)
def taken_asked(request: DeskRequest) -> HttpResponse:
    """What other desks ask, the newest first; the answers from `?answered=1`; a POST answers one or undoes that."""
    if request.method == "POST":
        return _decide(request)
    answered = request.GET.get("answered") == "1"
    found = questions_for(request.desk.pk, answered=answered).select_related(
        "direct__group__location__desk__municipality", "request__child", "request__household"
    )
    if before := row_key(request.GET.get("before", "")):
        found = found.filter(pk__lt=before)
    questions = list(found.order_by("-pk")[: PAGE + 1])
    shown = questions[:PAGE]
    note_list(
        principal=request.principal,
        action="desk.list",
        subject=request.desk,
        desk_id=request.desk.pk,
        households=[each.request.household_id for each in shown],
        now=timezone.now(),
        list="direct_asked",
    )
    context = {
        "rows": [_row(each) for each in shown],
        "answered": answered,
        "reasons": [Option(each.value, str(each.label)) for each in DECLINES],
        "next_url": f"?answered={int(answered)}&before={shown[-1].pk}" if len(questions) > PAGE else "",
    }
    return render(request, "upkeep/taken_asked.html", context)


def _row(question: DirectQuestion) -> QuestionRow:
    likeness = Likeness(question.score, tuple(question.signs))
    is_closed = bool(getattr(question, "is_closed", False))
    return QuestionRow(
        question=question,
        name=fully_called(question.request.child),
        birth=birth(question.request.child),
        why=[say(reason) for reason in likeness.reasons],
        answer=answer_words(question, is_closed=is_closed),
        may_undo=is_closed or question.answer in DECLINES,
    )


def answer_words(question: DirectQuestion, *, is_closed: bool) -> str:
    """What was answered, also where the request was opened again since."""
    if question.answer == DirectAnswer.CLOSED and not is_closed:
        return gettext("It was closed as placed, and opened again since")
    return str(DirectAnswer(question.answer).label) if question.answer else ""


def _decide(request: DeskRequest) -> HttpResponse:
    reference = request.POST.get("question", "")
    found = get_object_or_404(DirectQuestion, reference=reference, request__household__desk=request.desk)
    decide(request, found, VERDICTS)
    return redirect(LIST, request.desk.slug)


def _agree(request: DeskRequest, question: DirectQuestion) -> str:
    agree(principal=request.principal, question_id=question.pk, now=timezone.now())
    return gettext(
        "The request is closed as placed; the family and the other desk see it. You can undo it under “Answered”."
    )


def _decline(request: DeskRequest, question: DirectQuestion) -> str:
    why = request.POST.get("why", "")
    decline(principal=request.principal, question_id=question.pk, why=why, now=timezone.now())
    return gettext(
        "The request stays open, and the other desk reads why. You can take it back under “Answered”."
    )


def _undo(request: DeskRequest, question: DirectQuestion) -> str:
    undo_answer(principal=request.principal, question_id=question.pk, now=timezone.now())
    if question.answer == DirectAnswer.CLOSED:
        return gettext("Undone: the request stands again with its dates, and the family is told.")
    return gettext("Your answer is taken back: the question is on the list again.")


VERDICTS: Mapping[str, Verdict[DirectQuestion]] = {"same": _agree, "decline": _decline, "undo": _undo}
